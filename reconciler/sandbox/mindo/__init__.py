"""The Mindo API: WhatsApp by templates. Bulk sends, which are seeded and only shown, from the vendor's document."""
