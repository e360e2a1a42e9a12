"""The command line: the only layer that prints, reads the environment, or exits. One file per command, no decisions."""

from reconciler.cli.main import main

__all__ = ["main"]
