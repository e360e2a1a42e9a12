"""Live rows seen through what declared ones say: equal digests mean that there is nothing to decide. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, Final, cast

from reconciler.engine.model import Declared, Observed, Value
from reconciler.engine.roll import Shape
from reconciler.engine.sight import Meanings
from reconciler.providers.criaenvio.contatos import wire
from reconciler.providers.criaenvio.contatos.shown import Shown
from reconciler.providers.criaenvio.wire import flag, text

RELATIONS: Final = {"listas": "grupos", "campos": "campos"}
"""Our field → the relation that carries it."""

_READ: Final[Mapping[str, Callable[[Mapping[str, Any]], object]]] = {
    "nome": partial(text, name="nome"),
    "sexo": partial(text, name="sexo"),
    "data_de_nascimento": wire.born,
    "ativo": partial(flag, name="ativo"),
}
"""A field of the row itself → how the decisions see it live (`contatos/decide.py` compares just so)."""
_COLUMNS: Final = {"nome": "nome", "sexo": "sexo", "data_de_nascimento": "dataNascimento", "ativo": "ativo"}
"""The same → where it stands in a row."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the declared listas and campos are live: lista id → key, campo key → id. What is not live is left out."""

    lists: Mapping[str, str]
    fields: Mapping[str, str]

    @property
    def meanings(self) -> Meanings:
        """The same, as the ledger keeps it."""
        return Meanings({key: live_id for live_id, key in self.lists.items()}, self.fields)

    def as_live(self, declared: Declared, live_id: str) -> Observed:
        """The live one who shows all that is declared, as far as that is known."""
        fields: dict[str, Value] = {"ativo": True, "descadastrado": False, **declared.fields}
        if "listas" in fields:
            wanted = cast("frozenset[str]", fields["listas"])
            fields["listas"] = frozenset(live for live, key in self.lists.items() if key in wanted)
        if "campos" in fields:
            values = cast("Mapping[str, str]", fields["campos"])
            fields["campos"] = {self.fields[key]: text for key, text in values.items() if key in self.fields}
        return Observed("contato", live_id, fields)


def plainly(shape: Shape, values: Mapping[str, Any]) -> int:
    """A digest of what declared `values` say of the fields of the row itself (see `Lens.plainly`)."""
    return hash(tuple([values.get(name) for name in shape.fields if name in _READ]))


class Lens:
    """Rows as people of one shape would declare them.

    `needs` are the fields that a row must carry as relations before it can be looked at.
    """

    def __init__(self, shape: Shape, names: Names) -> None:
        self.needs = frozenset(name for name in RELATIONS if name in shape.fields)
        self.says_active = "ativo" in shape.fields
        self._plain = [_READ[name] for name in shape.fields if name in _READ]
        self._columns = _together([_COLUMNS[name] for name in shape.fields if name in _COLUMNS])
        self._shown = _attributes([_COLUMNS[name] for name in shape.fields if name in _COLUMNS])
        self._names = names
        self._lists = "listas" in shape.fields
        self._campos = [names.fields.get(key, "") for key in shape.campos]
        self._values = _together(self._campos)
        self._keys: dict[tuple[str, ...], tuple[str, ...]] = {}

    def missing(self, row: Mapping[str, Any], lists: tuple[str, ...] | None) -> frozenset[str]:
        """The fields that the row does not carry; `lists` are what `wire.lists_of` makes of it."""
        here = {"listas"} if lists is not None else set()
        if "campos" in self.needs and wire.values_of(row) is not None:
            here.add("campos")
        return self.needs - here

    def plainly_shows(self, shown: Shown, lists: tuple[str, ...] | None, digest: int) -> bool:
        """Whether a row, as it comes, shows all that a declared row of this digest says; else `shows` has to tell."""
        keys: tuple[tuple[str, ...], ...] = ()
        if self._lists:
            if lists is None:
                return False
            keys = (self._keys.get(lists) or self._declared(lists),)
        try:
            told = self._values({each.id: each.valor for each in shown.campos.data}) if self._campos else ()  # type: ignore[union-attr]
            return hash((*self._shown(shown), *keys, *told)) == digest
        except (AttributeError, KeyError, TypeError):
            return False  # no campos, or values that are not there, or no text

    def shows(self, row: Mapping[str, Any], lists: tuple[str, ...] | None, digest: int) -> bool | None:
        """Whether the row shows all that a declared row of this digest says; None if it lacks what would tell.

        The row is first taken as it comes, in the form that the vendor documents: what is equal so is equal. Only what
        is not is read with all the leniency of `wire`.
        """
        keys: tuple[tuple[str, ...], ...] = ()
        if self._lists:
            if lists is None:
                return None
            keys = (self._keys.get(lists) or self._declared(lists),)
        try:
            told = self._values({each["id"]: each["valor"] for each in row["campos"]["data"]}) if self._campos else ()
            if hash((*self._columns(row), *keys, *told)) == digest:
                return True
        except (KeyError, TypeError):
            pass  # values that are null, numbers, or not there
        values = wire.values_of(row) if "campos" in self.needs else {}
        if values is None:
            return None
        said = [values.get(live_id, "").strip() for live_id in self._campos]
        return hash((*[read(row) for read in self._plain], *keys, *said)) == digest

    def plainly(self, row: Mapping[str, Any]) -> int:
        """A digest of what the row itself shows, without relations: as `plainly` gives it for who declares so."""
        return hash(tuple([read(row) for read in self._plain]))

    def _declared(self, lists: tuple[str, ...]) -> tuple[str, ...]:
        """The keys of the declared ones among some lists: the same few combinations again and again."""
        keys = self._keys.get(lists)
        if keys is None:
            known = self._names.lists
            keys = self._keys[lists] = tuple(sorted(known[each] for each in lists if each in known))
        return keys


def _together(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of these names at once. Raises KeyError where one is not there."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple([values[name] for name in names])


def _attributes(names: Sequence[str]) -> Callable[[Shown], tuple[Any, ...]]:
    """What takes the values of these attributes at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda shown: tuple([getattr(shown, name) for name in names])


class Turnout:
    """Who is in which of some lists: a bitmap for each, over the order in which people were read, page by page.

    `met` are the combinations of lists that came, which are few, `whole` tells whether every row carried them.
    """

    def __init__(self, lists: Iterable[str]) -> None:
        self.whole = True
        self.seats = 0
        self.met: set[tuple[str, ...]] = set()
        self._bits = {lista: bytearray() for lista in lists}

    def add(self, lists: Sequence[tuple[str, ...] | None], reached: Sequence[bool]) -> None:
        """One more page: of each row its lists, and whether sends reach it. Seats begin at a whole byte."""
        people: dict[tuple[str, ...], int] = {}
        for nth, (joined, receives) in enumerate(zip(lists, reached, strict=True)):
            if joined is None:
                self.whole = False
            elif receives:
                people[joined] = people.get(joined, 0) | 1 << nth
        self.met.update(people)
        begin, width = self.seats >> 3, -(-len(lists) // 8)
        masks: dict[str, int] = {}
        for combination, mask in people.items():
            for lista in combination:
                if lista in self._bits:
                    masks[lista] = masks.get(lista, 0) | mask
        for lista, mask in masks.items():
            bits = self._bits[lista]
            bits.extend(bytes(begin - len(bits)))
            bits += mask.to_bytes(width, "little")
        self.seats = (begin + width) << 3

    def members(self) -> dict[str, int]:
        """The bitmap of each list."""
        return {lista: int.from_bytes(bits, "little") for lista, bits in self._bits.items()}
