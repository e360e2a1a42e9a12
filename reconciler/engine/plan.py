"""The plan as data: changes in order, what is blocked, totals of calls and people, and the digest. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from reconciler.engine.check import Verdict
from reconciler.engine.model import OPEN_OUTCOME, Action, Address, Binding, Blocked, Change, Finding, Value
from reconciler.engine.proof import Proof
from reconciler.engine.route import Route
from reconciler.engine.sight import Refresh
from reconciler.engine.timeline import Event
from reconciler.engine.waiting import Waiting

_UNASKED = frozenset({Action.ADOPT, Action.CANCEL_TWINS})


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan in figures.

    `calls` counts requests (changes of one batch share theirs). `recipients` counts people once over all sends, `exact`
    says whether that is a count or an upper bound (lists overlap), `messages` counts one per person and send.
    `first_send` is aware; None with `sends` > 0 means that the first goes out as soon as it is applied.
    """

    actions: Mapping[str, int]
    calls: int
    sends: int
    recipients: int
    exact: bool
    messages: int
    first_send: datetime | None


@dataclass(frozen=True, slots=True)
class Against:
    """The snapshot that stood for the account: its SHA-256, and when the account was so (aware).

    `people` says whether contacts were compared.
    """

    sum: str
    observed: datetime
    people: bool


@dataclass(frozen=True)
class Plan:
    """What `apply` would do to one account, and what it would not.

    `refusals` are guards that stop the whole plan. `keep` is the ledger's entry for every address that was found live,
    as it should stand whether or not anything changes; `live` counts live objects by kind. `reads` counts the calls
    that the planning itself made, `pace` is how many may be made a second now, if that is bounded (they are shown, and
    are no part of the digest). `generated_from` says what the plan was made from (no times: same inputs, same bytes).
    People who are found live by their e-mail are no changes, and those of them who are just as declared have no place
    in `keep`: `adopted` counts them all. `routes` says how people were read. With another `refresh` than full the
    ledger's word was taken for some of them, `trusted`.
    Lead time lets it be applied `until` then, if a time ends that.
    `waiting` are sends that a check holds back: no changes, and no part of the digest, so that nobody approves of them
    before they are due. `verdicts` are what came of all checks, `timeline` is this plan's sends among other channels'.
    A plan that was made `against` a snapshot is for reading: its digest is one that no plan of the account has. `proof`
    is what a rehearsal of it showed, if there was one; it is no part of the digest.
    """

    account: str
    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[Finding, ...] = ()
    refusals: tuple[Finding, ...] = ()
    keep: Mapping[Address, Binding] = field(default_factory=dict)
    reached: tuple[int, bool] = (0, True)
    reads: Mapping[str, int] = field(default_factory=dict)
    generated_from: Mapping[str, str] = field(default_factory=dict)
    pace: float | None = None
    adopted: int = 0
    routes: tuple[Route, ...] = ()
    refresh: Refresh = Refresh.FULL
    trusted: int = 0
    waiting: tuple[Waiting, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    timeline: tuple[Event, ...] = ()
    until: datetime | None = None
    against: Against | None = None
    proof: Proof | None = None

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do, not even to remember."""
        return not (self.changes or self.adopted)

    @cached_property
    def steps(self) -> tuple[Change, ...]:
        """What a reviewer approves: every change, but for those that need no approval.

        Adopting makes no call. A twin is cancelled whatever was approved: that nobody is mailed twice was promised.
        """
        return tuple(change for change in self.changes if change.action not in _UNASKED)

    @cached_property
    def digest(self) -> str:
        """Names exactly these changes for these many people: `<hash of the canonical changes>-<recipients>`.

        What needs no approval is no part of it: it may have been settled, or come up, since the plan was reviewed.
        """
        lines = (json.dumps(canonical(change), sort_keys=True, ensure_ascii=False) for change in self.steps)
        offline = () if self.against is None else (f"against {self.against.sum}",)
        text = "\n".join((self.account, *sorted(lines), *offline))
        return f"{hashlib.sha256(text.encode()).hexdigest()[:16]}-{self.summary.recipients}"

    @property
    def unanswered(self) -> bool:
        """Whether a call of an earlier run may have had its effect, and only a person can say yet."""
        return any(item.rule == OPEN_OUTCOME for item in self.blocked)

    @cached_property
    def summary(self) -> Summary:
        """The plan in figures."""
        audiences = [change.audience for change in self.changes if change.audience]
        starts = [audience.start for audience in audiences]
        return Summary(
            actions=self._actions(),
            calls=call_count(self.changes),
            sends=len(audiences),
            recipients=self.reached[0],
            exact=self.reached[1],
            messages=sum(audience.people for audience in audiences),
            first_send=None if None in starts else min((start for start in starts if start), default=None),
        )

    def _actions(self) -> dict[str, int]:
        counted = Counter(str(change.action) for change in self.changes)
        if self.adopted:
            counted[str(Action.ADOPT)] += self.adopted
        return dict(sorted(counted.items()))


def call_count(changes: Iterable[Change]) -> int:
    """How many requests `changes` make when nothing goes wrong: those of one batch are made once."""
    batches: dict[str, int] = {}
    single = 0
    for change in changes:
        if change.batch is None:
            single += len(change.calls)
        else:
            batches[change.batch] = len(change.calls)
    return single + sum(batches.values())


def canonical(change: Change) -> dict[str, object]:
    """The part of a change that a reviewer approves, as JSON values: everything but wording, places and head-counts."""
    return {
        "address": str(change.address),
        "action": str(change.action),
        "live_id": change.live_id,
        "deltas": [[delta.field, plain(delta.before), plain(delta.after)] for delta in change.deltas],
        "values": {name: plain(value) for name, value in change.values.items()},
        "needs": sorted(change.needs),
    }


def plain(value: Value) -> object:
    """`value` as JSON holds it: sets sorted, times as ISO 8601 with offset to the minute, mappings as they are."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    return value
