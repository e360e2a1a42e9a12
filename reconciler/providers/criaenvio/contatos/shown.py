"""Rows of GET /contatos as the vendor documents them, decoded as far as a comparison needs: a third of the time.

What is not read (the vendor shows all of each list and field, with every contact) is passed over without becoming an
object. Values may be of any type, as in any row; a page of another build is left to be read in full. Pure.
"""

from __future__ import annotations

import json
from operator import attrgetter
from typing import Any, Final, Required, TypedDict

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from reconciler.providers.criaenvio.pages import Packed, Row

RELATIONS: Final = ("grupos", "campos")
_PLAIN: Final = ("id", "email", "nome", "ativo", "descadastrado", "sexo", "dataNascimento")


class Value(Struct, gc=False):
    """A contact's value of one campo."""

    id: str
    valor: Any = None


class Values(Struct, gc=False, omit_defaults=True):
    """A contact's values."""

    data: list[Value]
    pagination: Any = UNSET


class Shown(Struct, gc=False):
    """A contact; `grupos` as it is written, since the same few combinations come again and again."""

    id: str
    email: Any = UNSET
    nome: Any = UNSET
    ativo: Any = UNSET
    descadastrado: Any = UNSET
    sexo: Any = UNSET
    dataNascimento: Any = UNSET  # noqa: N815 - the vendor's name
    grupos: Raw | UnsetType = UNSET
    campos: Values | UnsetType = UNSET

    def row(self) -> Row:
        """The row as it is read in full, but for what nobody looks at."""
        found: Row = {name: value for name in _PLAIN if (value := getattr(self, name)) is not UNSET}
        if self.grupos is not UNSET:
            found["grupos"] = json.loads(bytes(self.grupos))
        if self.campos is not UNSET:
            found["campos"] = msgspec.to_builtins(self.campos)
        return found


class _Listing(TypedDict, total=False):
    data: Required[list[Shown]]
    pagination: Any
    embeds: Any


_LISTING: Final = msgspec.json.Decoder(_Listing)


def decoded(content: bytes) -> dict[str, object] | None:
    """A page of contacts, `data` as a Packed of Shown; None if it is not of the documented build."""
    try:
        str(content, "utf-8")  # also what is passed over
        found = _LISTING.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    records = found["data"]
    if "" in map(attrgetter("id"), records):
        return None
    relations = frozenset(name for name in RELATIONS if UNSET not in map(attrgetter(name), records))
    return {**found, "data": Packed(records, relations)}
