"""Remetentes: the account's senders. Read only: they are confirmed in the vendor's screen."""
