"""The Ogmma API: WhatsApp. Batches and messages, which are seeded and only shown, from the vendor's documents."""
