"""Ogmma: WhatsApp, observed only."""
