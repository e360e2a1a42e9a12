"""What every kind's spec has in common: a mapping with known keys, some of which are no fields of the API. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Final

from pydantic import Field

from reconciler.providers.guards import RegrasDeMensagem, Section
from reconciler.providers.scalars import Name

_NO_FIELDS: Final = frozenset({"id", "nome_anterior", "email_anterior", "ao_remover", "regras"})


class FileText(Section):
    """A text that stands in a file of its own."""

    arquivo: Name = Field(
        description="Path relative to the workspace (the folder of reconciler.yaml); UTF-8, at most 5 MiB.",
        examples=["mensagens/natal.html"],
    )


class Resource(Section):
    """One declared resource, as its author wrote it. Subclasses name their kind, section and references.

    `references` maps a field that holds keys to the kind that they are keys of. `policies` are what may become of the
    live object when it is no longer declared (`ao_remover`); the first is the default.
    `named` kinds have a `nome`, which defaults to the key.
    """

    kind: ClassVar[str]
    section: ClassVar[str]
    references: ClassVar[Mapping[str, str]] = {}
    policies: ClassVar[tuple[str, ...]] = ()
    named: ClassVar[bool] = False
    former_name: ClassVar[str] = "nome_anterior"

    def fields(self, key: str) -> dict[str, object]:
        """The fields that were written, in the order of the spec; `nome` defaults to the key where the kind has one."""
        written, names = self.model_fields_set, _field_names(type(self))
        found = {name: getattr(self, name) for name in names if name in written}
        if self.named:
            found.setdefault("nome", key)
        return found

    @property
    def former(self) -> str | None:
        """The natural key before a rename, if one was written."""
        return getattr(self, self.former_name, None)

    @property
    def settings(self) -> dict[str, object]:
        """The resource's own guards, with the names of the engine's Rules."""
        rules = getattr(self, "regras", None)
        return rules.settings() if isinstance(rules, RegrasDeMensagem) else {}


@cache
def _field_names(kind: type[Resource]) -> tuple[str, ...]:
    return tuple(name for name in kind.model_fields if name not in _NO_FIELDS)


ON_REMOVAL: Final = "What to do with the live object when this is no longer declared. Default: "


def pinned_id() -> Any:
    """The field `id`, alike for all kinds."""
    return Field(
        default=None, description="Pins the address to this live object, by its id in the API.", examples=["aB3_x-9"]
    )


def former_name() -> Any:
    """The field `nome_anterior`, alike for all kinds that are known by name."""
    description = "The nome that the live object still has: says that this is a rename, not a new object."
    return Field(default=None, description=description, examples=["Nome antigo"])
