"""The program with one of its defences taken out at a port: what the scenarios must be able to catch.

Each is put together from the real parts and one wrong one. No switch for any of this exists in the program.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from reconciler.config import Account
from reconciler.engine.model import Intent
from reconciler.ledger import Ledger
from reconciler.ledger.medium import Disk
from reconciler.transport import Clock
from reconciler.transport.line import Line
from reconciler.transport.parcel import Answer, Broken, Parcel
from tests.simulation.disk import MemoryDisk
from tests.simulation.scenario import Scenario
from tests.simulation.world import Subject

_TIMES = 3


class _NoFsync:
    """A disk whose `sync` says that it is done, and does nothing."""

    def __init__(self, disk: MemoryDisk) -> None:
        self._disk = disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._disk, name)

    def sync(self, _handle: int, _path: Path) -> None:
        """Nothing."""
        self._disk.power.tick("no fsync")


@dataclass
class _LateIntents:
    """A ledger that writes an intent down with whatever it is told next: after the call."""

    ledger: Ledger
    waiting: list[Intent] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.ledger, name)
        if name in {"end", "bind", "forget"}:
            self._write()
        return found

    def begin(self, intent: Intent) -> None:
        """Later."""
        self._write()
        self.waiting.append(intent)

    def _write(self) -> None:
        while self.waiting:
            self.ledger.begin(self.waiting.pop(0))


@contextmanager
def _late(ledger: Ledger) -> Iterator[Ledger]:
    with ledger:
        yield cast("Ledger", _LateIntents(ledger))


@dataclass
class _Lines:
    """A line around another."""

    inner: Line

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """As the line within."""
        return self.inner.send(parcel, within_seconds, clock)

    def close(self) -> None:
        """As the line within."""
        self.inner.close()


@dataclass
class _Again(_Lines):
    """Sends a POST again for as long as `wrong` says so of what came back."""

    wrong: Callable[[Answer | Broken], bool]

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Up to three times."""
        heard = self.inner.send(parcel, within_seconds, clock)
        for _ in range(_TIMES - 1):
            if parcel.method != "POST" or not self.wrong(heard):
                break
            heard = self.inner.send(parcel, within_seconds, clock)
        return heard


def _no_proper_answer(heard: Answer | Broken) -> bool:
    return isinstance(heard, Broken) or heard.status >= 500 or heard.document is None


def _redirected(heard: Answer | Broken) -> bool:
    return isinstance(heard, Answer) and 300 <= heard.status < 400


@dataclass
class _NoPostCheck(_Lines):
    """Does not look again after a send was made: the listing that would be the look is answered with nothing."""

    made: bool = False

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """The first listing after a POST that went well is empty."""
        if self.made and (parcel.method, parcel.path) == ("GET", "/envios"):
            self.made = False
            return Answer(200, {"data": []}, "", clock.now(), None)
        heard = self.inner.send(parcel, within_seconds, clock)
        if (parcel.method, parcel.path) == ("POST", "/envios"):
            self.made = isinstance(heard, Answer) and heard.status == 200 and heard.document is not None
        return heard


@dataclass
class _NoTwinSweep(_Lines):
    """Knows its sends by their ids, and does not look at the others: only what it asks for by id is listed."""

    began: bool = False

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """The listing of open sends is empty until the run has done something."""
        self.began |= parcel.method != "GET"
        swept = (parcel.method, parcel.path) == ("GET", "/envios") and b"status=" in parcel.query
        if swept and not self.began:
            return Answer(200, {"data": []}, "", clock.now(), None)
        return self.inner.send(parcel, within_seconds, clock)


@dataclass
class _SingleSweep(_Lines):
    """Reads each listing of lists once, page after page, and believes it for the rest of the run."""

    swept: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """A search is answered from the one sweep."""
        if parcel.path != "/grupos":
            return self.inner.send(parcel, within_seconds, clock)
        if parcel.method != "GET":
            self.swept.clear()
            return self.inner.send(parcel, within_seconds, clock)
        query = dict(parse_qsl(parcel.query.decode("ascii")))
        kept = query.get("ativo", "")
        if kept not in self.swept:
            found = self._sweep(parcel, {"ativo": kept, "number": "100"}, within_seconds, clock)
            if not isinstance(found, list):
                return found
            self.swept[kept] = found
        ids, name = query.get("id", "").split(","), query.get("nome", "")
        rows = [row for row in self.swept[kept] if name in row["nome"] and (ids == [""] or row["id"] in ids)]
        return Answer(200, {"data": rows}, "", clock.now(), None)

    def _sweep(
        self, parcel: Parcel, query: Mapping[str, str], within_seconds: float, clock: Clock
    ) -> list[Mapping[str, Any]] | Answer | Broken:
        rows: list[Mapping[str, Any]] = []
        for page in range(1, 10):
            asked = urlencode({**query, "page": page}).encode("ascii")
            heard = self.inner.send(replace(parcel, query=asked), within_seconds, clock)
            if not isinstance(heard, Answer) or heard.document is None or heard.status != 200:
                return heard
            more = cast("Sequence[Mapping[str, Any]]", heard.document["data"])
            if not more:
                break
            rows += more
        return rows


@dataclass
class _FirstMatch(_Lines):
    """Of sends of one message at one start it sees only the first: that one must be it."""

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Listings of sends, thinned out."""
        heard = self.inner.send(parcel, within_seconds, clock)
        if (parcel.method, parcel.path) != ("GET", "/envios") or not isinstance(heard, Answer) or not heard.document:
            return heard
        if "data" not in heard.document:
            return heard
        rows = cast("Sequence[Mapping[str, Any]]", heard.document["data"])
        first = {json.dumps([row["id_mensagem"], row["data_de_inicio"]]): row for row in reversed(rows)}
        return replace(heard, document={"data": [row for row in rows if row in first.values()]})


def _no_quiet_period(account: Account) -> Account:
    """Reads at once what became of a call, as if nothing could arrive late."""
    return replace(account, longest_delay=-account.deadline)


def _befalls(*names: str, method: str = "*") -> Callable[[Scenario], bool]:
    """Whether any of these troubles is part of a scenario, for a request of that method."""

    def fits(scenario: Scenario) -> bool:
        troubles = [trouble for item in scenario.rounds for trouble in item.troubles]
        return any(trouble.name in names and method in ("*", trouble.method) for trouble in troubles)

    return fits


@dataclass(frozen=True, slots=True)
class Variant:
    """A broken subject, which scenarios can show it, and the law (the first word of a violation) that it breaks."""

    subject: Subject
    shown_by: Callable[[Scenario], bool]
    breaks: frozenset[str]


_DUPLICATE, _LOST = frozenset({"duplicate"}), frozenset({"lost"})
_LATE = ("reset, applied late", "given up, applied late")
_EFFECT_FIRST = ("reset after the effect", "answer lost", "5xx after the effect", "page after the effect")

VARIANTS: Mapping[str, Variant] = {
    name: Variant(replace(subject, name=name), shown_by, breaks)
    for name, subject, shown_by, breaks in (
        ("no fsync", Subject(disk=lambda disk: cast("Disk", _NoFsync(disk))), lambda _: True, _LOST),
        ("intent after the POST", Subject(ledger=_late), lambda _: True, _LOST),
        ("no quiet period", Subject(account=_no_quiet_period), _befalls(*_LATE, method="POST"), _DUPLICATE),
        ("no post-check", Subject(line=_NoPostCheck), _befalls("by hand: twin"), _DUPLICATE),
        (
            "blind retry of POST",
            Subject(line=lambda line: _Again(line, _no_proper_answer)),
            _befalls(*_EFFECT_FIRST, method="POST"),
            _DUPLICATE,
        ),
        (
            "following redirects",
            Subject(line=lambda line: _Again(line, _redirected)),
            _befalls("redirected after the effect", method="POST"),
            _DUPLICATE,
        ),
        ("no twin sweep", Subject(line=_NoTwinSweep), lambda found: found.beyond, _DUPLICATE),
        ("single sweep", Subject(line=_SingleSweep), _befalls("rows move between pages"), _DUPLICATE),
        ("adoption by first match", Subject(line=_FirstMatch), _befalls("by hand: twin"), _DUPLICATE),
    )
}
