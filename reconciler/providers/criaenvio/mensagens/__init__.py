"""Mensagens: what is sent."""
