"""Campos: the personalised fields of contacts."""
