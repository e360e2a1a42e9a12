"""Mensagens: those of one conversation of Ogmma."""
