"""Mindo: WhatsApp, observed only."""
