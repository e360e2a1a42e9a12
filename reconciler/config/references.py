"""Whether what is referred to is declared; and that a contact is declared twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reconciler.config.campaign import KINDS
from reconciler.config.document import Map, Seq
from reconciler.config.gathering import Gathered
from reconciler.config.spot import Spot, Step
from reconciler.config.translate import suggestion
from reconciler.engine.model import Address, Finding, Place
from reconciler.providers.spec import Resource

_A_KEY: Final = re.compile(r"(?:verificacao\.)?[a-z0-9][a-z0-9_-]{0,62}\Z")


class References:
    """The checks of one account, over everything that it declares."""

    def __init__(self, gathered: Gathered) -> None:
        self._known = gathered.known
        self._unsure = gathered.unsure
        self._findings = gathered.findings

    def check(
        self, kinds: Mapping[str, str], fields: Mapping[str, Any], address: Address | str, spot: Callable[[], Spot]
    ) -> None:
        """Finds the keys in `fields` that nobody declares. `kinds`: field → kind; `spot` is asked only then."""
        for field, kind in kinds.items():
            if field not in fields or kind in self._unsure:
                continue
            value = fields[field]
            written = {value} if isinstance(value, str) else set(value)
            unknown = written if kind == "verificacao" else written - self._known[kind]
            for text in sorted(unknown):
                if text.removeprefix(f"{kind}.") not in self._known[kind]:
                    self._unknown(text, field, kind, str(address), spot())

    def _unknown(self, text: str, field: str, kind: str, address: str, spot: Spot) -> None:
        key = text.removeprefix(f"{kind}.")
        section = next(one.section for one in KINDS if one.kind == kind)
        near = suggestion(key, sorted(self._known[kind]))
        trail = _trail(spot, field, text)
        find = spot.finding_at_key if isinstance(spot.value(spot.reached((field,))), Map) else spot.finding
        self._findings.add(
            find(
                trail,
                "unknown-reference",
                f"{address}: there is no {kind} {key!r}",
                reason=f"{field} names the key of a declared {kind}",
                remedy=near or f"declare it under {section}, or correct the key",
                field=field,
                value=text,
                width=len(text),
            )
        )


def repeated(spot: Spot, earlier: Place) -> Finding:
    """The contato at `spot` was declared before, at `earlier`."""
    email = str(spot.node["email"]).strip()
    return spot.finding(
        ("email",),
        "duplicate-email",
        f"the contato {email} is declared twice",
        reason=f"it also stands at {earlier} (upper and lower case are the same)",
        remedy="keep one of the two",
        address=Address("contato", email.lower()),
        field="email",
        value=email,
        width=len(email),
    )


def always(spot: Spot) -> Callable[[], Spot]:
    """Where a finding that may be made is placed, known already."""
    return lambda: spot


def written(kind: type[Resource], node: Map) -> dict[str, list[str]]:
    """What a resource refers to, as it stands in the text: for resources that are not valid in some other field."""
    found = {}
    for field, named in kind.references.items():
        prefix = f"{named}." if named == "verificacao" else ""
        value = node.get(field)
        texts = [value] if isinstance(value, str) else list(value) if isinstance(value, (Seq, Map)) else []
        found[field] = [
            text for text in texts if isinstance(text, str) and text.startswith(prefix) and _A_KEY.match(text)
        ]
    return found


def _trail(spot: Spot, field: str, text: str) -> tuple[Step, ...]:
    value = spot.node.get(field)
    if isinstance(value, Seq) and text in value:
        return field, value.index(text)
    return (field, text) if isinstance(value, Map) else (field,)
