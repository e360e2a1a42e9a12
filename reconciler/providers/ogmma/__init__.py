"""The Ogmma account: batches of WhatsApp messages, and conversations. Observed only; nothing is ever written there."""
