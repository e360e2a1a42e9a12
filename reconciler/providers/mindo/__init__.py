"""The Mindo account: bulk sends of WhatsApp templates. Observed only; nothing is ever written there."""
