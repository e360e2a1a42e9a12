"""A person's answer to what nobody could tell: which live object an address stands for, or that there is none. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reconciler.engine.model import LOOK_ALIKE, Address, Binding, Blocked, Declared, Intent, Observed
from reconciler.engine.plan import Plan
from reconciler.engine.scene import Memory, Scene


class UnresolvableError(Exception):
    """The answer does not fit what is live or remembered; nothing was written. `remedy` says what would."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says: `address` is the live object `live_id`, or (None) nothing that is live."""

    address: Address
    live_id: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an answer changes in the ledger.

    `binding` is what the address has from now on (an empty id: nothing live stands for it, and none of `former_ids`
    does). `closed` are the calls whose outcome is thereby known. `observed` is the live object that was named.
    """

    address: Address
    binding: Binding
    closed: tuple[Intent, ...]
    observed: Observed | None = None


def pinned(declared: Iterable[Declared], address: Address, live_id: str) -> tuple[Declared, ...]:
    """`declared`, where `address` stands for the object `live_id`. Raises UnresolvableError if nothing declares it."""
    found = {item.address: item for item in declared}
    if address not in found:
        raise UnresolvableError(f"nothing declares {address}", "declare it first; the answer would be forgotten again")
    return tuple((found | {address: replace(found[address], id=live_id)}).values())


def adopted(address: Address, live_id: str, plan: Plan, scene: Scene) -> Resolution:
    """`address` is the live object `live_id`; `plan` and `scene` were made with `pinned`. Raises UnresolvableError."""
    closed, known = _open(address, scene.memory), scene.memory.of(address)
    before = known.id if known else ""
    if before not in ("", live_id) and not closed and any(item.id == before for item in scene.live.of(address.kind)):
        raise UnresolvableError(
            f"{address} stands for {before} already, which is in the account",
            "nothing about it is open; to take another object, write its id: in the YAML",
        )
    for other in scene.of_kind(address.kind):
        binding = scene.memory.of(other.address)
        if other.address != address and live_id in (other.id, binding.id if binding else None):
            raise UnresolvableError(f"{live_id} stands for {other.address} already", f"let {other.address} go first")
    observed = scene.match(address).observed
    if observed is None or observed.id != live_id:
        reasons = [item.reason for item in scene.blocked.get(address, ())]
        raise UnresolvableError("; ".join(reasons) or f"{live_id} cannot be {address}", "check the id")
    return Resolution(address, plan.keep[address], closed, observed)


def absent(address: Address, scene: Scene) -> Resolution:
    """Nothing live is `address`. Raises UnresolvableError where the account shows it, or nobody asked."""
    closed, known = _open(address, scene.memory), scene.memory.of(address)
    observed = scene.match(address).observed
    if observed is not None:
        raise UnresolvableError(
            f"the account shows it: {address} is the live {address.kind} {observed.id}",
            f"reconciler resolve {address} --adopt {observed.id}, or stop it in the vendor's screen first",
        )
    asked = scene.blocked.get(address, [])
    _check_answerable(address, asked)
    alike = tuple(live_id for item in asked if item.rule == LOOK_ALIKE for live_id in item.candidates)
    if not closed and not alike and not (known and known.id):
        raise UnresolvableError(f"nothing about {address} is open", "`reconciler plan` shows what it would become")
    former = dict.fromkeys((*(known.ids if known else ()), *alike))
    binding = replace(known or Binding(*address, ""), id="", former_ids=tuple(live_id for live_id in former if live_id))
    return Resolution(address, binding, closed)


def _check_answerable(address: Address, asked: Iterable[Blocked]) -> None:
    """Two live objects of its name: it is one of them, whatever a person says."""
    for item in asked:
        if len(item.candidates) > 1 and item.rule != LOOK_ALIKE:
            reason = f"{item.reason}: saying that it is none of them would make one more"
            remedy = " or ".join(f"--adopt {live_id}" for live_id in item.candidates)
            raise UnresolvableError(reason, f"reconciler resolve {address} with {remedy}")


def _open(address: Address, memory: Memory) -> tuple[Intent, ...]:
    """The calls for `address` that nobody knows the outcome of."""
    token = memory.token(address)
    return tuple(intent for intent in memory.open_intents() if memory.token(intent.address) == token)
