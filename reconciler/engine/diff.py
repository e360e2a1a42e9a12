"""What differs, and in what words: equality decides, deepdiff only explains what is known to differ. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping

from reconciler.engine.model import Binding, Delta, Value
from reconciler.engine.plan import plain

Same = Callable[[Value, Value], bool]


def fingerprint(value: Value) -> str:
    """A short hash of one field's value, for the ledger: what was written and what the server then showed."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def deltas(
    wanted: Mapping[str, Value],
    live: Mapping[str, Value],
    *,
    binding: Binding | None = None,
    same: Mapping[str, Same] | None = None,
) -> tuple[Delta, ...]:
    """The fields of `wanted` that `live` shows otherwise, in `wanted`'s order.

    Fields equal in memory (`binding`: what we sent is what is wanted, what the server stored is what it shows) are no
    difference even if the texts differ. `same` compares a field by meaning where equal text is too strict.
    """
    return tuple(
        Delta(name, live.get(name), value)
        for name, value in wanted.items()
        if not _equal(name, value, live.get(name), binding, (same or {}).get(name))
    )


def _equal(name: str, wanted: Value, live: Value, binding: Binding | None, same: Same | None) -> bool:
    if wanted == live:
        return True
    if same is not None and same(wanted, live):
        return True
    if binding is None or name not in binding.sent or name not in binding.stored:
        return False
    return binding.sent[name] == fingerprint(wanted) and binding.stored[name] == fingerprint(live)


def explain(before: object, after: object) -> Iterable[str]:
    """One line per difference between two JSON-like values that differ (sets as lists), worded for a reviewer."""
    from deepdiff import DeepDiff  # noqa: PLC0415  (400 ms to import: only when something differs)

    found = DeepDiff(before, after, ignore_order=True, verbose_level=2, view="tree")
    for category in sorted(found):
        for item in sorted(found[category], key=lambda level: str(level.path())):
            where = str(item.path()).removeprefix("root") or "value"
            if category.endswith("_added"):
                yield f"+ {where} {item.t2!r}"
            elif category.endswith("_removed"):
                yield f"- {where} {item.t1!r}"
            else:
                yield f"~ {where} {item.t1!r} → {item.t2!r}"
