"""A fresh account and workspace for one trial, the runs on them, and what is noted of each."""

from __future__ import annotations

import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from reconciler.ledger import State, read_ledger
from reconciler.sandbox import Sandbox
from tests.crash import oracle, season
from tests.crash.nursery import Nursery, Order, words
from tests.crash.steps import Death, Passed, passed

MOST_FURTHER = 5
"""Further runs after which a trial is given up as never ending."""
_OK, _BLOCKED, _DIFFERS, _UNKNOWN = 0, 4, 5, 7
"""Exit codes: done; a person must decide; not the reviewed plan; the outcome of a call is not known."""
_PAUSE, _PATIENCE = 0.5, 10 * (season.DEADLINE + season.LONGEST_DELAY)
"""Seconds between two plans, and in all, until one is the last word."""


@dataclass(slots=True)
class Notes:
    """What was noted of the runs.

    `codes` are the exit codes of the applies (-9: killed); `unknown` are addresses of which one of them said that it
    did not know; `asked` those about which a person had to answer; `sent` those of both that were there all the same.
    `differences` say what an apply found changed since the plan just before it.
    """

    codes: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


class Stage:
    """One account behind HTTP, and the workspace that declares it; gone with the `with` that it is made in."""

    def __init__(self, nursery: Nursery, scene: str) -> None:
        """Nothing is run yet."""
        self._nursery = nursery
        self._folder = Path(tempfile.mkdtemp(prefix="crash-"))
        self._said = ""
        self.root = self._folder / "workspace"
        self.root.mkdir()
        self.account = Sandbox.open(None, season.SEED)
        self.notes = Notes()
        season.lay(self.root, self.account.url, scene)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.account.close()
        shutil.rmtree(self._folder)

    def plan(self, *options: str) -> tuple[int, Mapping[str, Any]]:
        """A plan: its exit code and document."""
        return self._call("plan", *season.ALLOWED, *options)

    def watched(self, digest: str, death: Death | None) -> tuple[int, tuple[Passed, ...]]:
        """Apply what has this digest: its exit code (or minus the signal that ended it), and every moment of it."""
        code, trace, _ = self._watched(digest, death)
        return code, trace

    def _watched(self, digest: str, death: Death | None) -> tuple[int, tuple[Passed, ...], Mapping[str, Any]]:
        trace = self._folder / "trace"
        trace.unlink(missing_ok=True)
        code, result = self._call("apply", *season.ALLOWED, "--digest", digest, trace=trace, death=death)
        self._heard(code, result)
        return code, tuple(passed(trace)), result

    def again(self, death: Death | None) -> tuple[int, tuple[Passed, ...]]:
        """Apply with the digest of a fresh plan, watched as before."""
        plan = self._reviewed()
        code, trace, result = self._watched(str(plan.get("digest")), death)
        if code == _DIFFERS:
            self.notes.differences.append(_difference(plan, result))
        return code, trace

    def finish(self) -> tuple[int, tuple[Passed, ...]]:
        """Apply with the digest of a fresh plan until nothing is left to do: how many runs that took, and the first."""
        first: tuple[Passed, ...] = ()
        for number in range(1, MOST_FURTHER + 1):
            _, trace = self.again(None)
            first = first or trace
            if self.plan("--detailed-exitcode")[0] == _OK and not self.left_open():
                return number, first
        self.notes.complaints.append(f"still not done after {MOST_FURTHER} further runs")
        return MOST_FURTHER + 1, first

    def left_open(self) -> set[str]:
        """The calls without an outcome that the ledger holds, and the people who may have been created."""
        memory = self._memory()
        return {intent.id for intent in memory.open_intents()} | {stamp.hex() for stamp in memory.announced}

    def lost(self, trace: Iterable[Passed]) -> list[str]:
        """What a dead run had written down before a call, and the ledger knows nothing of."""
        return lost(trace, self.left_open() | {bond.stamp.hex() for bond in self._memory().people})

    def _memory(self) -> State:
        return read_ledger(season.home(self.root), account=season.ACCOUNT, origin=self.account.url)

    def verify(self) -> None:
        """Complain of a ledger that is not whole."""
        code, told = self._call("ledger verify")
        if code != _OK:
            self.notes.complaints.append(f"ledger verify ended with {code}: {told} {self._said}")

    def _call(
        self, command: str, *options: str, trace: Path | None = None, death: Death | None = None
    ) -> tuple[int, Mapping[str, Any]]:
        """Run a command: how it ended, and the JSON that it wrote."""
        output = self._folder / "output"
        order = Order(words(command, self.root, options), self.account.url, self.root, output, trace, death)
        ended = self._nursery.run(order)
        code = -ended.signal if ended.signal else ended.code
        self._said = output.with_suffix(".err").read_text(encoding="utf-8")
        if "Traceback" in self._said or "fault of the program" in self._said or ended.signal == signal.SIGALRM:
            self.notes.complaints.append(f"{command} ended with {code}: {self._said[-500:]}")
        text = output.read_text(encoding="utf-8")
        return code, json.loads(text) if text and code >= 0 else {}

    def _heard(self, code: int, result: Mapping[str, Any]) -> None:
        """Note how an apply ended, and whether that of which it does not know was sent all the same."""
        self.notes.codes.append(code)
        if code == _UNKNOWN:
            unknown = [item["address"] for item in result.get("changes", ()) if item["status"] == "unknown"]
            self.notes.unknown += unknown
            self.notes.sent += oracle.there(self.account, unknown)

    def _reviewed(self) -> Mapping[str, Any]:
        """A fresh plan that is the last word, with its questions answered."""
        code, plan = self.plan()
        patience = time.monotonic() + _PATIENCE
        while _unsettled(plan) and time.monotonic() < patience:
            time.sleep(_PAUSE)
            code, plan = self.plan()
        if code == _UNKNOWN:
            for item in plan["blocked"]:
                self._answer(item["address"])
            code, plan = self.plan()
        if code not in (_OK, _BLOCKED):
            self.notes.complaints.append(f"plan ended with {code}: {self._said[-500:]}")
        return plan

    def _answer(self, address: str) -> None:
        """Be the person who finds nothing of a send in the account, and says so."""
        self.notes.asked.append(address)
        self.notes.sent += oracle.there(self.account, [address])
        code, _ = self._call(f"resolve {address} --absent")
        if code != _OK:
            self.notes.complaints.append(f"resolve {address} ended with {code}: {self._said[-500:]}")


def is_announced(trace: Iterable[Passed]) -> bool:
    """Whether contatos were created only once that had been written down, in one line for all, and synced."""
    names = [item.moment.name for item in trace]
    announced = [place for place, name in enumerate(names) if name == "after write journal announce contato"]
    created = [place for place, name in enumerate(names) if name == "before POST /contatos"]
    return len(announced) == 1 <= len(created) and "after fsync journal" in names[announced[0] : created[0]]


def lost(trace: Iterable[Passed], kept: Iterable[str]) -> list[str]:
    """Intents that a dead run had written and not ended, and people whom it had announced, that are not in `kept`."""
    trace = tuple(trace)
    begun, ended = _told_of(trace, "after", "begin", "announce"), _told_of(trace, "before", "end", "withdraw")
    return sorted(begun - ended - set(kept))


def _told_of(trace: Iterable[Passed], side: str, *operations: str) -> set[str]:
    """Intents and people in the journal's lines of some operations, on one side of their being written."""
    names = tuple(f"{side} write journal {operation}" for operation in operations)
    return {name for item in trace if item.moment.name.startswith(names) for name in item.intent.split()}


def _unsettled(plan: Mapping[str, Any]) -> bool:
    """Whether a plan says that it is not the last word, and when to plan again."""
    waits = [item for item in plan.get("warnings", ()) if item["rule"] == "unsettled"]
    return bool(waits) or any("settled at" in item["reason"] for item in plan.get("blocked", ()))


def _difference(reviewed: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What is in one of two plans only, or not the same in both."""
    before, after = dict(_items(reviewed)), dict(_items(now))
    names = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    words = {(True, True): "changed", (True, False): "gone", (False, True): "new"}
    return ", ".join(f"{name} {words[name in before, name in after]}" for name in names)


def _items(plan: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for part in ("changes", "blocked"):
        for item in plan.get(part, ()):
            yield f"{item['address']}/{item['action']}", item
