"""What a run may use: nothing is begun that is not covered, and the run says what it stopped at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from reconciler.engine.budget import Budget, Purse
from reconciler.engine.model import Action, Address, Audience, Call, Change

CALL = Call("POST", "/contatos")


@dataclass
class Used:
    """A run so far: calls, seconds of the slowest, calls a second."""

    total: int = 0
    slowest: float = 0.1
    rate: float = 1.0

    def seconds_for(self, calls: int) -> float:
        """At the present rate."""
        return calls / self.rate


def contact(number: int, calls: int = 1, batch: str | None = None) -> Change:
    """A change of a contact."""
    return Change(Address("contato", f"n{number}"), Action.CREATE, "", calls=(CALL,) * calls, batch=batch)


SEND = Change(
    Address("envio", "um"),
    Action.SCHEDULE,
    "",
    calls=(CALL,) * 6,
    audience=Audience(10, exact=True, start=datetime(2026, 12, 1, tzinfo=UTC), lists=()),
)


@pytest.mark.parametrize(
    ("total", "changes", "under_way", "fits"),
    [
        (99, [contact(1)], [], True),
        (100, [contact(1)], [], False),
        (98, [contact(1)], [contact(2)], True),
        (99, [contact(1)], [contact(2)], False),
        (99, [contact(1, batch="b"), contact(2, batch="b")], [], True),
        (100, [contact(1, calls=0)], [], True),
        (88, [SEND], [], True),
        (89, [SEND], [], False),
    ],
)
def test_calls(total: int, changes: list[Change], under_way: list[Change], fits: bool) -> None:
    """What is under way counts in full, a batch once, and a send with the calls that finding it again would take."""
    purse = Purse(Budget(calls=100), Used(total), lambda: 0.0, 150.0)
    assert (purse.short(changes, under_way) == "") is fits


@pytest.mark.parametrize(
    ("left", "changes", "fits"),
    [
        (2.0, [contact(1)], True),
        (1.9, [contact(1)], False),
        (0.0, [contact(1, calls=0)], True),
        (163.0, [SEND], True),
        (162.9, [SEND], False),
    ],
)
def test_time(left: float, changes: list[Change], fits: bool) -> None:
    """Calls take as long as the pace makes them, a send also until it is settled, and the end of the run a second."""
    purse = Purse(Budget(until=1000.0, closing=1.0), Used(), lambda: 1000.0 - left, 150.0)
    assert (purse.short(changes) == "") is fits


def test_slow_answers() -> None:
    """Where the server is slower than the pace its answers count."""
    assert Purse(Budget(until=10.0), Used(slowest=6.0, rate=100.0), lambda: 0.0, 0.0).short([contact(1, calls=2)])


def test_what_it_says() -> None:
    """The figures, and the change that did not fit; never whom it is about."""
    told = Purse(Budget(calls=100), Used(97), lambda: 0.0, 150.0).short([SEND])
    assert told == "97 of the 100 calls that it may make are made, and the next change (schedule of a send) may take 12"
    told = Purse(Budget(until=5.0), Used(), lambda: 4.5, 150.0).short([contact(1)])
    assert told == "0 s are left of its time, and the next change (create of a contato) may take 1 s"
