"""Envios em massa: bulk sends of Mindo."""
