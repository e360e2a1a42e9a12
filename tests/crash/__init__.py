"""Kills a real apply with SIGKILL at every step that it takes, and has the server's own history say what came of it."""
