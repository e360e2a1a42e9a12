"""`reconciler status`: how the sends of every channel and the checks stand. Reads only, and holds no lock."""

from __future__ import annotations

import click

from reconciler.cli import looking_options, options
from reconciler.cli.looking_options import Watching
from reconciler.cli.options import Common
from reconciler.cli.trouble import told

_EPILOG = """\b
Exit codes:
  0   all is done, and every check holds
  2   something goes on, or a check does not hold yet
  4   a person has to look: a check is broken; a send has failed, was
      cancelled or paused by somebody else, or was never made
  75  a source could not be read now
  1   a source could not be read at all (its key, its address)
"""


@click.command(epilog=_EPILOG)
@options.common
@options.simulated
@looking_options.watching
def command(common: Common, embedded: bool, watching: Watching) -> None:
    """Show how the sends stand: envios, WhatsApp bulk sends, and what came of the checks.

    The envios are those that are declared, and those that the ledger remembers. With --watch a terminal is drawn anew
    with each look; elsewhere a line is printed for everything that has changed (with --format json, a document a line).
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.cli.looking import Looking  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.cli.opening import chosen_to_look  # noqa: PLC0415

        account = chosen_to_look(common.root, common.account)
        looking = Looking(common, console, account, embedded, watching.recent)
        ended = looking.until_over(watching.every) if watching.watch else looking.once()
        raise click.exceptions.Exit(ended)
