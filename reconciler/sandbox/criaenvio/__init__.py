"""The Criaenvio API: e-mail. Its records, calls, refusals and sends, from the vendor's reference."""
