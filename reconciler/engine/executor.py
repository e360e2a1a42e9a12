"""Makes a plan's changes in order, side by side where they are independent, and says honestly what came of each.

Effects happen only through the arguments: `perform` makes the calls, `journal` remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any, Protocol, TypeAlias

from reconciler.engine.herald import Announcing, Herald
from reconciler.engine.model import Action, Address, Binding, Change, Intent, Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.engine.queue import Queue, Unit
from reconciler.engine.result import Exit

Intend: TypeAlias = Callable[[Mapping[str, str]], None]
"""To be called right before a request that must not be repeated blindly, with what finds its effect again.

Calling it again says that the request before is proven to have had no effect.
"""


class ChangeFailedError(Exception):
    """The change was refused or certainly not sent: nothing happened, or only what `performed` says."""

    def __init__(self, detail: str, performed: Performed | None = None) -> None:
        super().__init__(detail)
        self.performed = performed


class OutcomeUnknownError(Exception):
    """The request may have had its effect; nobody can tell yet."""


class JournalError(Exception):
    """The ledger cannot be written any more: from here on, no call would be remembered."""


class RunEndedError(Exception):
    """No further call makes sense in this run (key refused, API unavailable). `exit` is what that deserves."""

    def __init__(self, exit_: Exit, detail: str) -> None:
        super().__init__(detail)
        self.exit = exit_


@dataclass(frozen=True, slots=True)
class Performed:
    """What a change left behind: the id that the address now has (None: none, nothing live stands for it any more).

    `sent` and `stored` are hashes per field for the ledger. `former` are ids that are no longer the address's.
    `detail` is for the report.
    """

    live_id: str | None
    sent: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    former: tuple[str, ...] = ()
    detail: str = ""


class Perform(Protocol):
    """Makes the calls of one change, or of all changes of one batch. Raises the three errors above, and no other."""

    def __call__(self, changes: Sequence[Change], ids: Mapping[Address, str], intend: Intend) -> Sequence[Performed]:
        """`ids` maps addresses to live ids as they are now; the answer has one entry per change."""


class Journal(Announcing, Protocol):
    """The ledger's write side. Safe for several threads."""

    def begin(self, intent: Intent) -> None:
        """Durable when it returns."""

    def end(self, intent: Intent, result: str, evidence: Mapping[str, str]) -> None:
        """What came of `intent`."""

    def bind(self, address: Address, binding: Binding) -> None:
        """`address` now stands for this."""

    def forget(self, address: Address) -> None:
        """`address` is no longer ours."""


@dataclass(slots=True)
class _Run:
    """The state of one run: what is waiting, what came of the rest."""

    plan: Plan
    journal: Journal
    perform: Perform
    herald: Herald
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    ids: dict[Address, str]
    bindings: dict[Address, Binding]
    unwritten: JournalError | None = None
    lock: Lock = field(default_factory=Lock)

    def make(self, changes: Sequence[Change]) -> list[Outcome]:
        """Make one change (or one batch), journal it, and say what came of it."""
        intents: list[Intent] = []
        attempts: list[datetime] = []

        def intend(evidence: Mapping[str, str]) -> None:
            first = changes[0]
            at = self.now()
            attempts.append(at)
            identity = f"{first.id}@{at.isoformat(timespec='seconds')}#{self.nonce()}"
            intents.append(Intent(identity, first.address, first.action, at, len(attempts), evidence))
            self.journal.begin(intents[-1])
            if len(intents) > 1:  # ended first, a crash in between would forget what the calls so far were for
                self.journal.end(intents.pop(0), "absent", {})

        self.herald.announce(changes[0])
        try:
            performed = self.perform(changes, self.ids, intend)
        except ChangeFailedError as failed:
            outcomes = [Outcome(change, Status.FAILED, str(failed)) for change in changes]
            left = [] if failed.performed is None else [(changes[0], failed.performed)]
            return self._recorded(outcomes, left, intents, "not-sent")
        except OutcomeUnknownError as unknown:
            return [Outcome(change, Status.UNKNOWN, str(unknown)) for change in changes]
        except RunEndedError:
            self._end(intents, "not-sent")
            raise
        made = list(zip(changes, performed, strict=True))
        outcomes = [Outcome(change, Status.DONE, left.detail, left.live_id) for change, left in made]
        return self._recorded(outcomes, made, intents, "confirmed")

    def _recorded(
        self, outcomes: list[Outcome], made: Iterable[tuple[Change, Performed]], intents: Sequence[Intent], result: str
    ) -> list[Outcome]:
        """Write down what came of a call; a ledger that fails then takes nothing from what is told."""
        try:
            for change, left in made:
                self._remember(change, left)
            self._end(intents, result)
        except JournalError as error:
            self.unwritten = self.unwritten or error
            return [
                replace(outcome, detail=f"{outcome.detail or outcome.status}, but not recorded: {error}")
                for outcome in outcomes
            ]
        return outcomes

    def _end(self, intents: Sequence[Intent], result: str) -> None:
        for intent in intents:
            self.journal.end(intent, result, {})

    def _remember(self, change: Change, made: Performed) -> None:
        """Follow the address to its present id, in this run and in the ledger."""
        with self.lock:
            known = self.bindings.get(change.address)
            if _lets_go(change):
                self.journal.forget(change.address)
                self.bindings.pop(change.address, None)
                self.ids.pop(change.address, None)
                return
            binding = follow(known or Binding(change.address.kind, change.address.key, ""), made)
            self.bindings[change.address] = binding
            self.ids[change.address] = binding.id
            self.journal.bind(change.address, binding)


def follow(old: Binding, made: Performed) -> Binding:
    """What the ledger holds of an address once `made` was left behind: its present id, earlier ones, and the hashes."""
    live = made.live_id or ""
    past = dict.fromkeys((*old.ids, *made.former))
    return replace(
        old,
        id=live,
        former_ids=tuple(past_id for past_id in past if past_id and past_id != live),
        sent={**old.sent, **made.sent},
        stored={**old.stored, **made.stored},
    )


def _lets_go(change: Change) -> bool:
    """Whether the change ends our ownership (it has no place: nothing declares the address any more)."""
    return change.place is None and change.action in (Action.DEACTIVATE, Action.DELETE)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who makes the changes: how many side by side, which strictly one at a time, and when to start no more.

    `herded` says which creations are announced many at once instead of having an intent each (see `Herald`). `now` is
    the API's time, aware; `nonce` gives a text that no other intent has. `short` says why some changes may not
    be begun beside those under way, as nothing is left for them of what the run may use; empty if they may.
    """

    workers: int
    alone: Callable[[Change], bool]
    herded: Callable[[Change], bool]
    stopping: Callable[[], bool]
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    short: Callable[[Sequence[Change], Sequence[Change]], str] = lambda _changes, _under_way: ""

    def hands(self) -> Executor:
        """Who does the work: threads; a crew of one needs none, and is whoever asks."""
        if self.workers == 1:
            return _Oneself()
        return ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="apply")


class _Oneself(Executor):
    """Does each piece of work when it is handed in."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except BaseException as error:  # noqa: BLE001 - it is for whoever asks for the result
            done.set_exception(error)
        return done


class Apply:
    """One run over a plan: iterate to make the changes; `ended` then says why it stopped early, if it did."""

    def __init__(self, plan: Plan, perform: Perform, journal: Journal, crew: Crew) -> None:
        """Nothing is called before the iteration starts."""
        self.ended: tuple[Exit, str] | None = None
        self._crew = crew
        ids = {address: binding.id for address, binding in plan.keep.items() if binding.id}
        self._herald = Herald(journal, filter(crew.herded, plan.changes))
        self._run = _Run(plan, journal, perform, self._herald, crew.now, crew.nonce, ids, dict(plan.keep))
        self._queue = Queue(plan.changes, crew.alone)

    @property
    def ids(self) -> Mapping[Address, str]:
        """The live id of every address, as the run left it."""
        return dict(self._run.ids)

    def __iter__(self) -> Iterator[Outcome]:
        """Make the changes and yield what came of each, as it comes; those not reached come last, as pending."""
        busy: dict[Future[list[Outcome]], Unit] = {}
        with self._crew.hands() as pool:
            while True:
                yield from self._queue.skipped()
                while len(busy) < self._crew.workers and self.ended is None and not self._crew.stopping():
                    unit = self._next(list(busy.values()))
                    if unit is None:
                        break
                    busy[pool.submit(self._run.make, unit.changes)] = unit
                if not busy:
                    break
                for future in wait(busy, return_when=FIRST_COMPLETED).done:
                    yield from self._settle(future, busy.pop(future))
        self._close()
        yield from self._queue.pending()

    def _close(self) -> None:
        """Nothing is made any more. What a ledger that fails cannot take back is looked for by the next run."""
        try:
            self._herald.close()
        except JournalError as error:
            self.ended = self.ended or (Exit.ERROR, str(error))

    def _next(self, busy: Sequence[Unit]) -> Unit | None:
        """What is to be begun now, if anything. The run ends before the first that is not covered any more."""
        unit = self._queue.take(sending=any(other.alone for other in busy))
        if unit is None:
            return None
        why = self._crew.short(unit.changes, [change for other in busy for change in other.changes])
        if not why:
            return unit
        self._queue.give_back(unit)
        if not busy:  # what is under way is counted in full, and may leave enough
            self.ended = (Exit.LATER, why)
        return None

    def _settle(self, future: Future[list[Outcome]], unit: Unit) -> Iterator[Outcome]:
        """Record what came of one unit."""
        try:
            outcomes = future.result()
        except RunEndedError as ended:
            self.ended = self.ended or (ended.exit, str(ended))
            outcomes = [Outcome(change, Status.FAILED, str(ended)) for change in unit.changes]
        except JournalError as error:  # before the call: it was not made
            self.ended = self.ended or (Exit.ERROR, str(error))
            outcomes = [Outcome(change, Status.FAILED, f"not made: {error}") for change in unit.changes]
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the report of the others with it
            self.ended = self.ended or (Exit.ERROR, f"a fault of the program: {type(error).__name__}: {error}")
            outcomes = [Outcome(change, Status.UNKNOWN, f"{type(error).__name__}: {error}") for change in unit.changes]
        if self._run.unwritten is not None:
            self.ended = self.ended or (Exit.ERROR, str(self._run.unwritten))
        self._herald.heard(outcomes)
        self._queue.settle(unit, outcomes)
        yield from outcomes
