"""The entry: `reconciler COMMAND`. Commands are imported when they are called; what is heavy, inside them."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from reconciler import __version__
from reconciler.cli.lazily import Lazily
from reconciler.cli.log import watch_streams
from reconciler.engine.result import Exit

_COMMANDS = {
    "validate": ("reconciler.cli.validate", "Check the workspace's files; needs neither network nor key."),
    "accounts": ("reconciler.cli.accounts", "List the accounts, or those that a change of files concerns."),
    "plan": ("reconciler.cli.plan", "Compare the workspace with the account and show what would change."),
    "snapshot": ("reconciler.cli.snapshot", "Keep the account in a file without people, to plan against offline."),
    "rehearse": ("reconciler.cli.rehearse", "Apply the plan to a copy of the account, in memory, and see what comes."),
    "apply": ("reconciler.cli.apply", "Make the changes that a plan shows."),
    "status": ("reconciler.cli.status", "Show how the sends of every channel and the checks stand."),
    "observe": ("reconciler.cli.observe", "Show what another channel shows, row by row."),
    "stop": ("reconciler.cli.stop", "Stop sends now: the kill switch."),
    "resolve": ("reconciler.cli.resolve", "Answer what only a person can tell about a send."),
    "ledger": ("reconciler.cli.ledger", "Show, verify or rebuild the memory of an account."),
    "unlock": ("reconciler.cli.unlock", "Free a ledger from a run that is dead."),
    "github": ("reconciler.cli.github", "Say on GitHub what a run found: for workflows."),
    "sandbox": ("reconciler.cli.sandbox", "Serve a simulated account to try things on."),
    "schema": ("reconciler.cli.schema", "Write the JSON Schemas of files and reports."),
}

EPILOG = """\b
Exit codes:
  0   done, or nothing to do          6   partly applied
  1   error                           7   outcome of a call unknown
  2   changes (--detailed-exitcode)   64  usage
  3   invalid configuration           75  busy or unavailable: later
  4   blocked: a person must decide   130 interrupted (Ctrl-C)
  5   not the plan that was reviewed  143 ended by SIGTERM
"""


@click.command(cls=Lazily, named=_COMMANDS, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="reconciler", message="%(prog)s %(version)s")
def cli() -> None:
    """Campaigns as code: what stands in git as YAML, compared with and applied to a Criaenvio account."""


def main() -> NoReturn:
    """Run the command line and exit with a documented code, whatever happens; no traceback reaches the user."""
    _open_streams()
    watch_streams()
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.Abort:
        code = Exit.INTERRUPTED
    except click.UsageError as error:
        error.show()
        code = Exit.USAGE
    except click.ClickException as error:
        error.show()
        code = Exit.ERROR
    except BrokenPipeError:
        code = Exit.ERROR
    sys.exit(_written(int(code or 0)))


def _open_streams() -> None:
    """Who closed stdout or stderr (`>&-`) wants nothing there: nor may a file that is opened later be taken for one."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _written(code: int) -> int:
    """The exit code once stdout is written; what cannot be (a reader that has left, a full disk) is dropped quietly."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code or Exit.ERROR
    return code
