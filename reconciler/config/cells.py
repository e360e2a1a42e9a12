"""Rows of cells, of which the same column always holds the same field: accepted column by column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from reconciler.config.accepting import CHECKS, REFUSED, Accepted, Accepting, Check, Pick, picking
from reconciler.config.columns import VALUES, keys_in
from reconciler.config.sources import ContatosDe
from reconciler.providers.scalars import email_of, flag_of

_REMEMBERED: Final = 4096
_ALL: Final = ()
"""Stands for rows in which every cell says something."""


class _Columns(NamedTuple):
    """How rows of one form are read: the cells in the order of their canonical values, and who checks which of those.

    The others, nome and values of campos, are texts of which nothing is asked but that they can be printed.
    """

    shape: int
    pick: Pick
    checks: tuple[tuple[int, Check], ...]


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
        cells = list(map(str.strip, cells))
        filled = tuple(map(bool, cells)) if "" in cells else _ALL
        try:
            columns = self._known[filled]
        except KeyError:
            columns = self._known[filled] = self._columns(cells)
            if len(self._known) > _REMEMBERED:
                self._known.clear()
        if columns is None:
            return None
        found = list(columns.pick(cells))
        try:
            for index, check in columns.checks:
                found[index] = check(found[index])
            email = email_of(cells[self._email])
        except REFUSED:
            return None
        return email.lower(), columns.shape, tuple(found)

    def _columns(self, cells: list[str]) -> _Columns | None:
        """How rows are read in which just the same cells as in this one say something."""
        names = {name for name, index in self._fields.items() if cells[index]}
        keys = {name.removeprefix(VALUES) for name in names if name.startswith(VALUES)}
        fields = {name for name in names if not name.startswith(VALUES)} | ({"campos"} if keys else set())
        if self._spec.ativo is not None:
            fields.add("ativo")
        if self._spec.listas:
            fields.add("listas")
        form = self._accepting.form(fields, keys)
        if form is None:
            return None
        order = [*form.fields, *(VALUES + key for key in form.keys)]
        checks = ((index, self._check(name, name in names)) for index, name in enumerate(form.fields) if name != "nome")
        return _Columns(form.shape, picking([self._fields.get(name, 0) for name in order]), tuple(checks))

    def _check(self, name: str, written: bool) -> Check:
        """The check of a cell that is stripped and can be printed; what is said of all rows needs no cell."""
        if name == "listas":
            return self._keys if written else lambda _: self._keys("")
        if name == "ativo":
            return _flag if written else lambda _: self._spec.ativo
        return CHECKS[name]

    def _keys_of(self, cell: str) -> tuple[str, ...]:
        return self._accepting.keys(*keys_in(cell).union(self._spec.listas))


@lru_cache(_REMEMBERED)
def _flag(cell: str) -> bool:
    return flag_of(cell.lower())
