"""Natural keys of kinds that are known by their `nome`: exact text. Pure."""

from __future__ import annotations

from collections.abc import Hashable

from reconciler.engine.model import Declared, Observed
from reconciler.engine.scene import Scene


def name(declared: Declared, _scene: Scene) -> Hashable | None:
    """The declared name."""
    return str(declared.fields["nome"])


def former_name(declared: Declared, _scene: Scene) -> Hashable | None:
    """The name before a rename (`nome_anterior`)."""
    return declared.former


def name_live(observed: Observed, _scene: Scene) -> Hashable | None:
    """The live name."""
    value = observed.fields.get("nome")
    return value if isinstance(value, str) else None
