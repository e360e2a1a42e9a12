"""Listas: the groups of contacts that sends go to (the API says `grupos`)."""
