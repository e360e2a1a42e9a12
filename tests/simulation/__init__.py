"""Thousands of runs a minute against the simulated account, each with its own troubles: what no one may ever break."""
