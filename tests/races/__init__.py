"""Two applies of one account at once, again and again: real processes, started at random moments, on every store."""
