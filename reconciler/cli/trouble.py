"""Every way in which a command can end badly, as words on stderr and a documented exit code."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from reconciler.cli.console import Console
from reconciler.cli.stopping import TerminatedError, terminable
from reconciler.engine.model import Finding
from reconciler.engine.result import Exit
from reconciler.engine.roll import RowChangedError
from reconciler.engine.saved import SavedPlanError


@contextmanager
def told(console: Console) -> Iterator[None]:
    """Run a command's body; whatever goes wrong in it is told in words, and ends the program with its code."""
    try:
        with terminable():
            yield
    except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
        raise
    except TerminatedError:
        console.tell("terminated")
        raise click.exceptions.Exit(Exit.TERMINATED) from None
    except KeyboardInterrupt:
        console.tell("interrupted")
        raise click.exceptions.Exit(Exit.INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - the last place that can put it into words
        raise click.exceptions.Exit(_code(console, error)) from None


def show(console: Console, findings: Sequence[Finding]) -> None:
    """Findings on stderr, compiler-style."""
    from reconciler.report import findings as report  # noqa: PLC0415

    if findings:
        console.tell(report.text(findings, color=console.error_color))


def _code(console: Console, error: Exception) -> Exit:
    from reconciler.config import InvalidConfig  # noqa: PLC0415  (pydantic)
    from reconciler.ledger import LedgerBusyError, LedgerError  # noqa: PLC0415
    from reconciler.offline.errors import SnapshotError  # noqa: PLC0415
    from reconciler.sandbox import AssumptionError, SeedError, StateError  # noqa: PLC0415  (its server and database)
    from reconciler.transport import Failure, InvalidKeyError, InvalidOriginError  # noqa: PLC0415  (httpcore)

    code = Exit.ERROR
    match error:
        case InvalidConfig():
            show(console, error.findings)
            code = Exit.INVALID
        case RowChangedError():
            show(console, [error.finding])
            code = Exit.LATER
        case SavedPlanError() | SnapshotError():
            show(console, [error.finding])
            code = error.exit
        case LedgerError():
            show(console, [error.finding])
            code = Exit.LATER if isinstance(error, LedgerBusyError) else Exit.ERROR
        case Failure():
            console.tell(f"error: {error}")
            if type(error).__name__ in _REMEDIES:
                console.tell(f"  {_REMEDIES[type(error).__name__]}")
            code = Exit.LATER if error.later else Exit.ERROR
        case InvalidKeyError() | InvalidOriginError() | SeedError() | StateError() | AssumptionError():
            console.tell(f"error: {error}")
            code = _WRONG_INPUT.get(type(error).__name__, Exit.ERROR)
        case _:
            console.tell(f"error: {type(error).__name__}: {error}")
            console.tell("  this is a fault of the program: please report it with the output of -vv")
            console.say("".join(traceback.format_exception(error)), at=2)
    return code


_REMEDIES = {
    "Unauthorized": "the account refuses the key: check the variable that reconciler.yaml names under chave",
    "BudgetSpent": "planning alone takes more: allow more with --max-calls or --max-time; nothing was written",
}
_WRONG_INPUT = {
    "AssumptionError": Exit.USAGE,
    "InvalidKeyError": Exit.USAGE,
    "InvalidOriginError": Exit.USAGE,
    "SeedError": Exit.INVALID,
}
