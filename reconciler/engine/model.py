"""The engine's nouns, as frozen data: declared, observed, what should change and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from reconciler.engine.overlap import Overlap

Value: TypeAlias = "str | bool | int | datetime | frozenset[str] | Mapping[str, str] | None"
"""What one field can hold. A set holds keys (declared) or ids (observed); a mapping, field values by key or id."""


class Address(NamedTuple):
    """A resource's stable name, `kind.key`, chosen by the author (a contact's key is its e-mail, in lower case)."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: file relative to the workspace (with /), line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a finding weighs: an error stops, a warning is only shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know: what is wrong, where, why, and what to do about it.

    `rule` names the guard or the check (`antecedencia_minima`, `unknown-key`); `excerpt` is the source line of `place`;
    `width` is how many characters of it, from `place.column`, the caret underlines.
    """

    severity: Severity
    rule: str
    summary: str
    reason: str = ""
    remedy: str = ""
    place: Place | None = None
    address: Address | None = None
    field: str | None = None
    value: str | None = None
    excerpt: str | None = None
    width: int = 1


@dataclass(frozen=True, slots=True)
class Declared:
    """One resource as its author wrote it: only the fields that stand in the YAML (and `nome`, which has a default).

    References stand as keys: `listas` is a set of lista keys, `campos` maps campo keys to texts, `mensagem` is a key.
    `data_de_inicio` is an aware datetime in the account's zone, to the minute, or the text `agora`.
    `id` pins the address to a live object; `former` is the natural key that it had before a rename
    (`nome_anterior`, `email_anterior`); `on_removal` is the resource's own `ao_remover`; `rules` its own `regras`
    (names of `Rules`), which win over the account's.
    """

    address: Address
    fields: Mapping[str, Value]
    place: Place
    id: str | None = None
    former: str | None = None
    on_removal: str | None = None
    rules: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """One live object, in our vocabulary: same field names as Declared, but references stand as live ids."""

    kind: str
    id: str
    fields: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Binding:
    """What the ledger remembers of one address: the live object that it is bound to and hashes of what was written.

    `key` is None for kinds whose key is personal data (the ledger then keeps a keyed hash of it only).
    `former_ids` are earlier ids of the same object, oldest first (a sent message gets a new id when it is edited).
    `sent` and `stored` map field names to hashes: what we wrote, and what the server then showed.
    """

    kind: str
    key: str | None
    id: str
    former_ids: tuple[str, ...] = ()
    sent: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    on_removal: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that the object ever had, the present one last."""
        return (*self.former_ids, self.id)


class Action(StrEnum):
    """What a change does.

    `adopt` binds an address to a live object that is already as declared: no call is made. `cancel-twins` cancels the
    live sends that are the same as the one that the address stands for, and stand for nothing themselves.
    """

    CREATE = "create"
    UPDATE = "update"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    SET_FIELDS = "set-fields"
    SCHEDULE = "schedule"
    RESCHEDULE = "reschedule"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    CANCEL_TWINS = "cancel-twins"
    REPLACE = "replace"
    DELETE = "delete"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class Delta:
    """One field's difference, in the words of the YAML (keys, never ids)."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Call:
    """One request that a change makes when nothing goes wrong: method and path template as documented."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a send reaches: people counted once, whether that count is exact or an upper bound, and when it starts.

    `start` is aware, to the minute; None means as soon as it is applied (`agora`). `lists` holds (lista key, people).
    `overlap` is None where memberships are not known, and of one list.
    """

    people: int
    exact: bool
    start: datetime | None
    lists: tuple[tuple[str, int], ...]
    overlap: Overlap | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a plan.

    `values` is everything that the calls write, complete, with references as keys. `live_id` is the object acted upon
    (None when this plan creates it). `needs` names the changes (`id`) and groups (`feeds` of others) that must be done
    before. Changes with the same `batch` share one call. `irreversible` is true when people may get mail because of it,
    or data is erased. `expects` are facts that the plan rests on, to be read again right before a send. `moves` holds
    (lista key, ± people) for changes that alter who a send to that list reaches.
    """

    address: Address
    action: Action
    reason: str
    deltas: tuple[Delta, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    needs: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    moves: tuple[tuple[str, int], ...] = ()
    expects: Mapping[str, str] = field(default_factory=dict)
    live_id: str | None = None
    batch: str | None = None
    irreversible: bool = False
    audience: Audience | None = None
    place: Place | None = None

    @property
    def id(self) -> str:
        """Names this change within its plan: `envio.natal-sp/schedule`."""
        return f"{self.address}/{self.action}"


OPEN_OUTCOME, LOOK_ALIKE = "open-outcome", "look-alike"
"""Questions that a person answers with `resolve`: what came of a call; whether a live object is the declared one."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A difference that the engine will not act upon until a person decides.

    `candidates` are live ids. `rule` names the question, where it is one of those that `resolve` takes an answer to.
    """

    address: Address
    action: Action | None
    reason: str
    remedy: str
    candidates: tuple[str, ...] = ()
    place: Place | None = None
    rule: str = ""


class Status(StrEnum):
    """What came of one change."""

    DONE = "done"
    FAILED = "failed"  # refused, or certainly not sent
    UNKNOWN = "unknown"  # the request may have had its effect
    SKIPPED = "skipped"  # something that it needs was not done
    PENDING = "pending"  # not reached: the run ended first


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one change: status, in words, and the live id that its address now has."""

    change: Change
    status: Status
    detail: str = ""
    live_id: str | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """One call that must never be repeated blindly, as the journal records it before the request leaves.

    `id` is unique within the ledger (attempts of one change have an id each); `at` is aware, by the server's clock;
    `attempt` counts from 1. `evidence` is what recovery needs to find the call's effect by reading: ids, digests and
    times, such as `{"codigo": "1923", "inicio": "2026-12-20T09:00-03:00", "mensagem": "<id>", "listas": "<id>,<id>"}`;
    never personal data.
    """

    id: str
    address: Address
    action: Action
    at: datetime
    attempt: int = 1
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tempo:
    """What a run found out about the rate at which an account's API shows overload: calls per second, and when.

    `at` is aware.
    """

    edge: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """A plan that was put into effect, as the ledger remembers it.

    `plan` is the id of the saved plan, or the digest where none was given; `digest` is the one that was agreed to. `at`
    is aware, by the server's clock; `entry` is the ledger's own count at that moment. `finished` is true once every
    change of it was made.
    """

    plan: str
    digest: str
    at: datetime
    entry: int
    finished: bool = False
