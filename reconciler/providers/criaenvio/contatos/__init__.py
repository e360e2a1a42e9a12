"""Contatos: the people, each with lists and field values."""
