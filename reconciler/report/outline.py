"""From a plan to its outline: keyed hashes for a machine that compares, words for a person who decides. Pure."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reconciler.engine.audience import SENDS
from reconciler.engine.diff import fingerprint
from reconciler.engine.model import Action, Address, Audience, Change, Value
from reconciler.engine.outline import Outline, Step
from reconciler.engine.plan import Plan, canonical, plain
from reconciler.report.mask import is_private
from reconciler.report.values import shown
from reconciler.report.words import count, visible

HASH = 16
"""Characters of a hash: 96 bits, in letters that are safe everywhere."""
_LONG = 80
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Outliner:
    """Makes outlines that can be compared: those with the same `salt`, which is secret.

    `clean` takes out of every text what must stand in no file.
    """

    salt: bytes
    clean: Callable[[str], str] = str

    def outline(self, plan: Plan) -> Outline:
        """What a reviewer approves of `plan`, in outline."""
        steps = tuple(self._step(change) for change in plan.steps)
        return Outline(plan.digest, plan.summary.recipients, plan.summary.exact, steps)

    def name(self, address: Address) -> str:
        """How `address` is named in an outline."""
        return f"{address.kind}.#{self._hash(str(address))}" if is_private(address) else str(address)

    def _step(self, change: Change) -> Step:
        made = change.live_id is None
        private = is_private(change.address)
        rest = self._hash(_encode(_written(change)))
        return Step(
            name=self.name(change.address),
            action=change.action,
            hash=rest if made else self._hash(_encode(_approved(change))),
            rest=rest,
            made=made,
            private=private,
            wording="" if private else self._text(change.reason),
            fields={} if private else {name: self._text(text) for name, text in _fields(change).items()},
            irreversible=change.irreversible,
            people=change.audience.people if change.audience else None,
            start=_start(change.audience),
        )

    def _hash(self, text: str) -> str:
        mac = hmac.digest(self.salt, text.encode("utf-8", "surrogatepass"), "sha256")
        return urlsafe_b64encode(mac[: HASH * 3 // 4]).decode()

    def _text(self, text: str) -> str:
        return visible(self.clean(text))


def _approved(change: Change) -> dict[str, object]:
    """The canonical form without `needs`: those follow from the other changes, which are compared themselves."""
    form = canonical(change)
    del form["needs"]
    return form


def _written(change: Change) -> dict[str, object]:
    """What is left of the canonical form once its object is live: what is written, not what stood there before.

    `values` of a send are complete; the new send of a replacement is written as any other.
    """
    form = canonical(change)
    sends = change.action in SENDS
    return {
        "address": form["address"],
        "action": str(Action.SCHEDULE if change.action is Action.REPLACE else change.action),
        "values": form["values"],
        "after": [] if sends else [[delta.field, plain(delta.after)] for delta in change.deltas],
    }


def _fields(change: Change) -> Mapping[str, str]:
    """What becomes of each field, in words: before → after where it differs, else what is written."""
    made = change.live_id is None
    found = {} if made else {"id": str(change.live_id)}
    for delta in change.deltas:
        new = made and delta.before is None
        found[delta.field] = _short(delta.after) if new else f"{_short(delta.before)} → {_short(delta.after)}"
    return {name: _short(value) for name, value in change.values.items()} | found


def _short(value: Value) -> str:
    """A value on a short line; of a long text its size, and a hash that tells it from others."""
    if isinstance(value, str) and (len(value) > _LONG or "\n" in value):
        return f"{count(len(value), 'character')} #{fingerprint(value)[:8]}"
    text = shown(value)
    return text if len(text) <= 2 * _LONG else f"{text[:_LONG]}… #{fingerprint(value)[:8]}"


def _start(audience: Audience | None) -> str | None:
    if audience is None:
        return None
    return "agora" if audience.start is None else audience.start.isoformat(timespec="minutes")
