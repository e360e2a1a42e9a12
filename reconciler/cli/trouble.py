"""Every way in which a command can end badly: words on stderr, a documented exit code, and the reports say it too."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

import click

from reconciler.cli.console import Console
from reconciler.cli.stopping import TerminatedError, terminable
from reconciler.engine.model import Finding
from reconciler.engine.result import Exit
from reconciler.engine.roll import RowChangedError
from reconciler.engine.saved import SavedPlanError


class StoppedError(Exception):
    """A run that ends before it has a plan, for a reason that needs no other words; with its exit code."""

    def __init__(self, why: str, code: Exit) -> None:
        super().__init__(why)
        self.exit = code


@contextmanager
def told(console: Console) -> Iterator[None]:
    """Run a command's body; whatever goes wrong in it is told in words, and ends the program with its code.

    Where reports are kept in files, they say so as well.
    """
    try:
        with terminable():
            console.editions.check()
            yield
    except click.exceptions.Exit:
        raise
    except click.ClickException as error:
        code = Exit.USAGE if isinstance(error, click.UsageError) else Exit.ERROR
        _keep(console, code, error.format_message())
        raise
    except click.Abort:
        _keep(console, Exit.INTERRUPTED, "interrupted")
        raise
    except BrokenPipeError:
        _keep(console, Exit.ERROR, "whoever was to read the report on stdout has left")
        raise
    except TerminatedError:
        raise _ended(console, "terminated", Exit.TERMINATED) from None
    except KeyboardInterrupt:
        raise _ended(console, "interrupted", Exit.INTERRUPTED) from None
    except Exception as error:  # noqa: BLE001 - the last place that can put it into words
        words = _put(error)
        show(console, words.findings)
        for line in words.lines:
            console.tell(line)
        if words.fault:
            console.say("".join(traceback.format_exception(error)), at=2)
        _keep(console, words.exit, words.message or str(error), words.findings)
        raise click.exceptions.Exit(words.exit) from None


def show(console: Console, findings: Sequence[Finding]) -> None:
    """Findings on stderr, compiler-style."""
    from reconciler.report import findings as report  # noqa: PLC0415

    if findings:
        console.tell(report.text(findings, color=console.error_color))


def _ended(console: Console, word: str, code: Exit) -> click.exceptions.Exit:
    console.tell(word)
    _keep(console, code, word)
    return click.exceptions.Exit(code)


def _keep(console: Console, code: Exit, message: str, findings: Sequence[Finding] = ()) -> None:
    """Say in the files that keep reports how the run ended, beside what it had reported by then.

    What keeps them from being written is told already, or is told for the same file by whoever looks for it.
    """
    if not console.editions.paths:
        return
    from reconciler.report import Ending, Frame, Trouble, TroubleReport, View  # noqa: PLC0415  (httpcore)

    trouble = Trouble(console.account, code, message, tuple(findings))
    view = View(salt=b"", today=datetime.now(UTC).date())
    report = TroubleReport(trouble, view, Frame(command="", whole="reconciler validate"))
    with contextlib.suppress(click.ClickException):
        console.keep(console.reported.ended(Ending(code, message)) if console.reported else report)


class _Words(NamedTuple):
    """An exception in words: the exit code that it deserves, findings or lines, and whether the program is at fault."""

    exit: Exit
    findings: Sequence[Finding] = ()
    lines: tuple[str, ...] = ()
    fault: bool = False

    @property
    def message(self) -> str:
        """All of it in one text; empty where there are several findings, which stand for themselves."""
        if len(self.findings) == 1:
            first = self.findings[0]
            return "; ".join(filter(None, (first.summary, first.reason, first.remedy)))
        return "; ".join(line.strip().removeprefix("error: ") for line in self.lines)


def _put(error: Exception) -> _Words:
    """An exception in words."""
    from reconciler.config import InvalidConfig  # noqa: PLC0415  (pydantic)
    from reconciler.github.errors import GitHubError  # noqa: PLC0415
    from reconciler.ledger import LedgerBusyError, LedgerError  # noqa: PLC0415
    from reconciler.offline.errors import SnapshotError  # noqa: PLC0415
    from reconciler.sandbox import AssumptionError, SeedError, StateError  # noqa: PLC0415  (its server and database)
    from reconciler.transport import Failure, InvalidKeyError, InvalidOriginError  # noqa: PLC0415  (httpcore)

    advice = "  this is a fault of the program: please report it with the output of -vv"
    words = _Words(Exit.ERROR, lines=(f"error: {type(error).__name__}: {error}", advice), fault=True)
    match error:
        case StoppedError():
            words = _Words(error.exit, lines=(str(error),))
        case InvalidConfig():
            words = _Words(Exit.INVALID, error.findings)
        case RowChangedError():
            words = _Words(Exit.LATER, (error.finding,))
        case SavedPlanError() | SnapshotError():
            words = _Words(error.exit, (error.finding,))
        case LedgerError():
            words = _Words(Exit.LATER if isinstance(error, LedgerBusyError) else Exit.ERROR, (error.finding,))
        case Failure():
            remedy = _REMEDIES.get(type(error).__name__)
            lines = (f"error: {error}", f"  {remedy}") if remedy else (f"error: {error}",)
            words = _Words(Exit.LATER if error.later else Exit.ERROR, lines=lines)
        case GitHubError():
            words = _Words(Exit.LATER if error.later else Exit.ERROR, lines=(f"error: {error}",))
        case InvalidKeyError() | InvalidOriginError() | SeedError() | StateError() | AssumptionError():
            words = _Words(_WRONG_INPUT.get(type(error).__name__, Exit.ERROR), lines=(f"error: {error}",))
    return words


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
