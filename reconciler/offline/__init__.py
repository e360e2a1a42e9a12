"""Accounts that are not the real one: snapshots of it, the embedded sandbox that they are loaded into, rehearsals."""
