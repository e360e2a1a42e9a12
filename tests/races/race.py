"""One race: two applies of the same reviewed plan, and what the account's own history says about it."""

from __future__ import annotations

import json
import random
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from reconciler.sandbox import Sandbox
from tests.crash.nursery import Nursery, Order, words
from tests.races.place import MADE, MAILS, PLACES, SEED

_LATEST = 0.6
"""Seconds, at most, between the two starts: about as long as an apply takes, so that they meet anywhere in it."""
_DONE, _BUSY = 0, 75
_HOLDER = re.compile(r"It is held by .+ \(process \d+ on .+reconciler unlock --id [0-9a-f]{8}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one race: the exit codes in the order of the starts, whether each was to wait, what was wrong."""

    store: str
    number: int
    codes: tuple[int, ...]
    patient: tuple[bool, ...]
    wrong: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """How the two got along."""
        if _BUSY in self.codes:
            return "one was refused, and told who is at work"
        return "one waited for the other, or came when it was over"


@dataclass(slots=True)
class _Run:
    """One of the two."""

    root: Path
    patient: bool
    pause: float
    code: int = -1
    said: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """Where races are held. A nursery for each of the two, made before this process had any thread."""

    nurseries: tuple[Nursery, Nursery]
    seed: int = 0

    def race(self, store: str, number: int) -> Came:
        """Race number `number` on this store: the same every time, but for what the machine makes of it."""
        chance = random.Random(f"{self.seed}/{store}/{number}")  # noqa: S311 - reproducible, not secret
        with tempfile.TemporaryDirectory(prefix="race-") as folder, Sandbox.open(None, SEED) as account:
            roots = PLACES[store](Path(folder))
            digest = self._digest(account, roots[0], Path(folder))
            latest = _LATEST * chance.random()
            pauses = (0.0, latest) if chance.random() < 0.5 else (latest, 0.0)
            runs = [_Run(root, chance.random() < 0.5, pause) for root, pause in zip(roots, pauses, strict=True)]
            self._both(account, runs, digest, Path(folder))
            wrong = [*_between(runs), *self._after(account, roots, Path(folder))]
            return Came(
                store, number, tuple(run.code for run in runs), tuple(run.patient for run in runs), tuple(wrong)
            )

    def _call(self, which: int, account: Sandbox, root: Path, said: Path, line: Sequence[str]) -> int:
        order = Order(words(line[0], root, line[1:]), account.url, root, said)
        return self.nurseries[which].run(order).code

    def _digest(self, account: Sandbox, root: Path, folder: Path) -> str:
        said = folder / "plan.json"
        self._call(0, account, root, said, ["plan"])
        return str(json.loads(said.read_text())["digest"])

    def _both(self, account: Sandbox, runs: Sequence[_Run], digest: str, folder: Path) -> None:
        def run(which: int) -> None:
            mine, said = runs[which], folder / f"apply-{which}.json"
            line = ["apply", "--digest", digest, *(["--lock-timeout", "60s"] if mine.patient else [])]
            time.sleep(mine.pause)
            mine.code = self._call(which, account, mine.root, said, line)
            mine.said = said.with_suffix(".err").read_text()

        threads = [threading.Thread(target=run, args=(which,)) for which in range(len(runs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _after(self, account: Sandbox, roots: Sequence[Path], folder: Path) -> Iterator[str]:
        """What is wrong with the account or the ledger when both have ended."""
        made = Counter(item.path for item in account.history.requests() if item.method == "POST" and item.effect)
        for path, count in MADE.items():
            if made[path] != count:
                yield f"POST {path} had its effect {made[path]} times, not {count}"
        for which, root in enumerate(roots):
            if self._call(which, account, root, folder / "second.json", ["plan", "--detailed-exitcode"]) != _DONE:
                yield "the next plan is not empty"
        shown = folder / "ledger.json"
        if self._call(0, account, roots[0], shown, ["ledger show"]) != _DONE:
            yield "the ledger cannot be read"
        else:
            ledger = json.loads(shown.read_text())
            if ledger["lease"] is not None or ledger["open_intents"]:
                yield f"the ledger is left with lease {ledger['lease']} and open calls {ledger['open']}"
        account.clock.advance(timedelta(days=30))
        mails = Counter((item.email, item.envio) for item in account.history.deliveries())
        if sum(mails.values()) != MAILS or max(mails.values()) > 1:
            yield f"{sum(mails.values())} mails to {len(mails)} people and sends, not {MAILS} to as many"


def _between(runs: Sequence[_Run]) -> Iterator[str]:
    """What is wrong with how the two ended."""
    if _DONE not in {run.code for run in runs}:
        yield f"neither was done: {[run.code for run in runs]}"
    for run in runs:
        if run.code not in (_DONE, _BUSY):
            yield f"exit {run.code}: {run.said.strip()[:300]}"
        if run.code == _BUSY and run.patient:
            yield "it was to wait, and did not"
        if run.code == _BUSY and not _HOLDER.search(run.said):
            yield f"the holder is not named: {run.said.strip()[:300]}"
        if "Traceback" in run.said:
            yield "a traceback"


@dataclass(slots=True)
class Table:
    """How all races of each store came out."""

    came: list[Came] = field(default_factory=list)

    def markdown(self) -> str:
        """One row for each store."""
        head = ["store", "races", "one refused (75)", "one after the other", "effects twice or lost", "other faults"]
        rows = [head, ["---"] * len(head)]
        for store in dict.fromkeys(item.store for item in self.came):
            mine = [item for item in self.came if item.store == store]
            refused = sum(_BUSY in item.codes for item in mine)
            effects = sum(any("POST" in words or "mails" in words for words in item.wrong) for item in mine)
            faults = sum(bool(item.wrong) for item in mine) - effects
            rows.append([store, *map(str, (len(mine), refused, len(mine) - refused, effects, faults))])
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
