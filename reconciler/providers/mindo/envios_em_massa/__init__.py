"""Bulk sends of WhatsApp templates ("envios em massa")."""
