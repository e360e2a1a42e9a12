"""Rows of cells, of which the same column always holds the same field: accepted column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Final, NamedTuple

from reconciler.config.accepting import CHECKS, REFUSED, Accepted, Accepting, Check, emails_of
from reconciler.config.columns import VALUES, keys_in
from reconciler.config.sources import ContatosDe
from reconciler.providers.scalars import flag_of

_REMEMBERED: Final = 4096
_ALL: Final = ()
"""Stands for rows in which every cell says something."""


class _Columns(NamedTuple):
    """How rows of one form are read: the columns in the order of canonical values, and who checks which of those.

    The others, nome and values of campos, are texts of which nothing is asked but that they can be printed.
    """

    shape: int
    order: tuple[int, ...]
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

    def people(self, rows: Sequence[Sequence[str]]) -> list[Accepted | None]:
        """What each of some rows says of a contato; None if it is not plainly right, or has line ends or the like.

        All are taken at once, which takes a third of the time of one by one; where that fails, each half of them.
        """
        found = self._all_of(rows)
        if found is not None or len(rows) < 2:
            return found or [None] * len(rows)
        half = len(rows) // 2
        return self.people(rows[:half]) + self.people(rows[half:])

    def _all_of(self, rows: Sequence[Sequence[str]]) -> list[Accepted | None] | None:
        """What the rows say; None if not all are plainly right."""
        text = "\n".join(map("\n".join, rows))
        if {*map(len, rows)} != {self._width} or not text.replace("\n", "").isprintable():
            return None
        if text.count("\n") != len(rows) * self._width - 1:
            return None  # a cell of several lines
        text = f"\n{text}\n"
        if " \n" in text or "\n " in text:  # the only sort of space that can be printed
            rows = [list(map(str.strip, row)) for row in rows]
        elif "\n\n" not in text:
            return self._alike(_ALL, rows)
        places: dict[tuple[bool, ...], list[int]] = {}
        for place, row in enumerate(rows):
            places.setdefault(tuple(map(bool, row)) if "" in row else _ALL, []).append(place)
        every: list[Accepted | None] = [None] * len(rows)
        for filled, some in places.items():
            found = self._alike(filled, [rows[place] for place in some])
            if found is None:
                return None
            for place, accepted in zip(some, found, strict=True):
                every[place] = accepted
        return every

    def _alike(self, filled: tuple[bool, ...], rows: Sequence[Sequence[str]]) -> list[Accepted | None] | None:
        """What rows say in which just the same cells say something; None if one is not plainly right."""
        try:
            columns = self._known[filled]
        except KeyError:
            columns = self._known[filled] = self._columns(rows[0])
            if len(self._known) > _REMEMBERED:
                self._known.clear()
        if columns is None:
            return None
        cells = list(zip(*rows, strict=True))
        found: list[Sequence[object]] = [cells[index] for index in columns.order]
        try:
            for index, check in columns.checks:
                found[index] = list(map(check, found[index]))
            emails = map(str.lower, emails_of(cells[self._email]))
            values = zip(*found, strict=True) if found else repeat((), len(rows))
            return list(zip(emails, repeat(columns.shape, len(rows)), values, strict=True))
        except REFUSED:
            return None

    def _columns(self, cells: Sequence[str]) -> _Columns | None:
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
        return _Columns(form.shape, tuple(self._fields.get(name, 0) for name in order), tuple(checks))

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
