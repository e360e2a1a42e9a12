"""Envios: the sends, each of one message to some lists at one time."""
