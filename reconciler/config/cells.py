"""Rows of cells, of which the same column always holds the same field: accepted column by column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from reconciler.config.accepting import CHECKS, REFUSED, Accepted, Accepting, Check
from reconciler.config.campaign import ContatosDe
from reconciler.config.columns import VALUES, keys_in
from reconciler.providers.scalars import email_of, flag_of

_REMEMBERED: Final = 4096


class _Columns(NamedTuple):
    """Which cells rows of one form have, in the order of their canonical values: checked ones, and those of campos."""

    shape: int
    checks: tuple[tuple[int, Check], ...]
    campos: tuple[int, ...]


class Cells:
    """What the rows of one file may be: `fields` maps a field to the index of its column, of `width` columns."""

    def __init__(self, fields: Mapping[str, int], width: int, spec: ContatosDe, accepting: Accepting) -> None:
        self._fields = fields
        self._email = fields["email"]
        self._width = width
        self._spec = spec
        self._accepting = accepting
        self._known: dict[tuple[bool, ...], _Columns | None] = {}
        self._keys = lru_cache(_REMEMBERED)(self._keys_of)

    def person(self, cells: list[str]) -> Accepted | None:
        """What a row says of a contato; None if it is not plainly right, or has line ends or the like in a cell."""
        if len(cells) != self._width or not "".join(cells).isprintable():
            return None
        cells = [cell.strip() for cell in cells]
        filled = tuple(map(bool, cells))
        try:
            columns = self._known[filled]
        except KeyError:
            columns = self._known[filled] = self._columns(filled)
            if len(self._known) > _REMEMBERED:
                self._known.clear()
        if columns is None:
            return None
        try:
            email = email_of(cells[self._email])
            found = [check(cells[index]) for index, check in columns.checks]
        except REFUSED:
            return None
        found += [cells[index] for index in columns.campos]
        return Accepted(email.lower(), columns.shape, tuple(found))

    def _columns(self, filled: tuple[bool, ...]) -> _Columns | None:
        """How rows are read in which just these cells say something."""
        names = {name for name, index in self._fields.items() if filled[index]}
        keys = {name.removeprefix(VALUES) for name in names if name.startswith(VALUES)}
        fields = {name for name in names if not name.startswith(VALUES)} | ({"campos"} if keys else set())
        if self._spec.ativo is not None:
            fields.add("ativo")
        if self._spec.listas:
            fields.add("listas")
        form = self._accepting.form(fields, keys)
        if form is None:
            return None
        checks = tuple(self._check(name, name in names) for name, _ in form.checks)
        return _Columns(form.shape, checks, tuple(self._fields[VALUES + key] for key in form.campos))

    def _check(self, name: str, written: bool) -> tuple[int, Check]:
        index = self._fields[name] if written else self._email
        if name == "listas":
            return index, self._keys if written else lambda _: self._keys("")
        if name == "ativo":
            return index, _flag if written else lambda _: self._spec.ativo
        return index, CHECKS[name]

    def _keys_of(self, cell: str) -> tuple[str, ...]:
        return self._accepting.keys(*keys_in(cell).union(self._spec.listas))


@lru_cache(_REMEMBERED)
def _flag(cell: str) -> bool:
    return flag_of(cell.lower())
