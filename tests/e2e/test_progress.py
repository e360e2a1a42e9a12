"""How far a run is: in calls and changes, as fast as it really is, and how long the rest takes at that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.cli.console import Console
from reconciler.cli.progress import Progress, Tally
from reconciler.engine.model import Action, Address, Call, Change, Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.sandbox import Fault, FaultKind
from tests.e2e.test_terminal import campaign, on_terminal

CALLS = (Call("POST", "/contatos"),)


@dataclass
class Made:
    """Who has made so many calls, at such a pace."""

    total: int
    rate: float | None


def people(size: int) -> Plan:
    """A plan of so many contacts."""
    return Plan("p", tuple(Change(Address("contato", f"n{n}"), Action.CREATE, "", calls=CALLS) for n in range(size)))


@pytest.mark.parametrize(
    ("rate", "line"),
    [
        (0.5, "applying: 100/815 calls, 100/815 changes, 0.5/s, about 24 min left"),
        (None, "applying: 100/815 calls, 100/815 changes"),
    ],
)
def test_a_line(rate: float | None, line: str) -> None:
    """Before calls were seen the pace says how long the rest takes; where nothing bounds it, nobody guesses."""
    tally = Tally(people(815), Console())
    for change in tally.plan.changes[:100]:
        tally(Outcome(change, Status.DONE))
    assert Progress(Console(), Made(140, rate))._line("applying", tally) == line


def test_calls_of_a_batch_count_once() -> None:
    """Changes that share a call are over with it."""
    both = [Change(Address("lista", key), Action.ACTIVATE, "", calls=CALLS, batch="b") for key in "ab"]
    tally = Tally(Plan("p", tuple(both)), Console())
    for change in both:
        tally(Outcome(change, Status.DONE))
    assert (tally.changes, tally.calls) == (2, 1)


def test_on_a_terminal(tmp_path: Path) -> None:
    """A terminal shows what is going on in a line that is wiped: nothing of it stays."""
    people = [{"email": f"q{n}@exemplo.org", "listas": ["sp"]} for n in range(200)]
    with campaign(tmp_path, {"listas": {"sp": {}}, "contatos": people}) as sandbox:
        # Long enough for a line.
        sandbox.faults.add(Fault(kind=FaultKind.SLOW, method="POST", path="/contatos", skip=100, delay=2.0))
        terminal = on_terminal(tmp_path, sandbox, "apply", "--yes")
        assert terminal.end() == 0
    assert "\r\x1b[2Kapplying: " in terminal.shown
    assert "/400 calls" in terminal.shown
    assert "reading the account" not in terminal.shown.rpartition("\x1b[2K")[2]
