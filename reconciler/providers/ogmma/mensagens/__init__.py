"""WhatsApp messages of one conversation."""
