"""Lotes: bulk sends of Ogmma."""
