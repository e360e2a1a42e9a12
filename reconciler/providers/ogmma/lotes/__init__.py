"""Batches of WhatsApp messages ("lotes de envio")."""
