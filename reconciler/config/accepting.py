"""Contacts that are right in every field are taken at once; any other goes the long way, which can say what is wrong.

The long way is the spec's model. What is called here are the very functions that the model calls, without the objects
that it makes: a twentieth of the time. What is accepted is what the model accepts, with the same values, as long as a
row has none of the fields about which stamp and digest do not say all (id, email_anterior, ao_remover).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from pydantic_core import PydanticCustomError

from reconciler.config.gathering import Gathered
from reconciler.engine.roll import FIELDS, Enrolment, Said, Shape
from reconciler.providers.scalars import (
    LONGEST_EMAIL,
    birth_of,
    email_of,
    flag_of,
    is_key,
    line_of,
    sex_of,
    text_of,
    text_only,
)

_REMEMBERED: Final = 4096
"""How many of the values and forms that rows share are kept ready."""

_WORD: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_NAME: Final = r"(?!-)[A-Za-z0-9-]{1,63}+(?<!-)"
_LAST: Final = r"(?=[A-Za-z])[A-Za-z0-9-]{2,63}+(?<!-)"
_EMAILS: Final = re.compile(rf"(?:{_WORD}(?:\.{_WORD})*+@(?:{_NAME}\.)++{_LAST}\n)*+\Z")
"""What `email_of` accepts, line by line, without looking at anything twice: a third of the time."""

_NO_VALUES: Final[Mapping[str, Any]] = {}
REFUSED: Final = (PydanticCustomError, TypeError, ValueError)
"""What a check raises at a value that it does not accept; TypeError for what is no text at all."""


Accepted: TypeAlias = Said
"""A row as an Enrolment takes it."""

Rows: TypeAlias = list[Accepted]

Check: TypeAlias = Callable[[Any], Any]


Pick: TypeAlias = Callable[[Any], Iterable[Any]]
"""What takes some values out of a mapping or a list, in an order of its own."""


class Form(NamedTuple):
    """How rows that declare the same fields are checked.

    `pick` gives the fields but for `campos` in canonical order, `checks` are those of some of these by index, and
    `values` gives the values of `campos` in canonical order, `fields` and `keys` are the names of both.
    """

    shape: int
    fields: tuple[str, ...]
    keys: tuple[str, ...]
    pick: Pick
    checks: tuple[tuple[int, Check], ...]
    values: Pick


def picking(names: Sequence[Any]) -> Pick:
    """What takes out the values of these keys, or at these indices."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _nome(value: Any) -> str:
    return value if value.__class__ is str and value.isprintable() else line_of(text_only(value))


def _values(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    """Values of campos, as they are compared. Texts that can be printed are what nothing is wrong with."""
    if not "".join(map("".join, columns)).isprintable():
        for text in chain.from_iterable(columns):
            text_of(text)
    return [list(map(str.strip, column)) for column in columns]


def emails_of(texts: Sequence[str]) -> Sequence[str]:
    """What `email_of` gives for each of some texts. Raises what it raises."""
    text = "\n".join([*texts, ""])
    if text.count("\n") == len(texts) and len(max(texts, key=len, default="")) <= LONGEST_EMAIL and _EMAILS.match(text):
        return texts
    return list(map(email_of, texts))


CHECKS: Final[Mapping[str, Check]] = {
    "nome": _nome,
    "sexo": lru_cache(_REMEMBERED)(lambda value: sex_of(text_only(value))),
    "data_de_nascimento": lru_cache(_REMEMBERED)(lambda value: birth_of(text_only(value))),
    "ativo": lru_cache(_REMEMBERED)(flag_of),
}
"""The checks of the fields that do not depend on what else is declared. Few values are many people's: remembered."""


class Accepting:
    """What one account accepts: `listas` and `campos` must be declared in it."""

    def __init__(self, gathered: Gathered, enrolment: Enrolment) -> None:
        self._campos = {key for key in gathered.known["campo"] if is_key(key)}
        self._listas = {key for key in gathered.known["lista"] if is_key(key)}
        self._enrolment = enrolment
        self._forms: dict[tuple[str | None, ...], Form | None] = {}
        self.keys = lru_cache(_REMEMBERED)(self._keys)

    def people(self, mappings: Sequence[Mapping[str, Any]]) -> list[Accepted | None]:
        """What each of some mappings says of a contato; None if it is not plainly right.

        All are taken at once, which takes half of the time of one by one; where that fails, each half of them.
        """
        found = self._all_of(mappings)
        if found is not None or len(mappings) < 2:
            return found or [None] * len(mappings)
        half = len(mappings) // 2
        return self.people(mappings[:half]) + self.people(mappings[half:])

    def _all_of(self, mappings: Sequence[Mapping[str, Any]]) -> list[Accepted | None] | None:
        """What the mappings say; None if not all are plainly right."""
        campos = [values.get("campos", _NO_VALUES) for values in mappings]
        if not all(isinstance(values, dict) for values in campos):
            return None
        places: dict[tuple[str | None, ...], list[int]] = {}
        for place, (values, inner) in enumerate(zip(mappings, campos, strict=True)):
            places.setdefault((*values, None, *inner), []).append(place)
        every: list[Accepted | None] = [None] * len(mappings)
        for names, some in places.items():
            form = self._form(names)
            if form is None:
                return None
            found = _alike(form, [mappings[place] for place in some], [campos[place] for place in some])
            if found is None:
                return None
            for place, accepted in zip(some, found, strict=True):
                every[place] = accepted
        return every

    def _form(self, names: tuple[str | None, ...]) -> Form | None:
        """The form of mappings with these keys and, behind None, these of their `campos`."""
        try:
            return self._forms[names]
        except KeyError:
            if len(self._forms) > _REMEMBERED:
                self._forms.clear()
            at = names.index(None)
            form = self._forms[names] = self.form(filter(None, names[:at]), filter(None, names[at:]))
            return form

    def form(self, names: Iterable[str], campos: Iterable[str]) -> Form | None:
        """The form of rows with these fields and these keys of `campos`; None if they cannot be plainly right."""
        fields, keys = set(names), tuple(sorted(campos))
        if "email" not in fields or not fields <= {"email", *FIELDS} or not self._campos.issuperset(keys):
            return None
        shape = Shape(tuple(name for name in FIELDS if name in fields), keys)
        order = tuple(name for name in shape.fields if name != "campos")
        known: Mapping[str, Check] = {**CHECKS, "listas": self._list}
        checks = tuple((index, known[name]) for index, name in enumerate(order))
        return Form(self._enrolment.shape(shape), order, keys, picking(order), checks, picking(keys))

    def _list(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise TypeError
        return self.keys(*value)

    def _keys(self, *keys: str) -> tuple[str, ...]:
        found = tuple(sorted(set(keys)))
        if len(found) < len(keys) or not self._listas.issuperset(found):
            raise ValueError
        return found


def _alike(form: Form, mappings: Sequence[Mapping[str, Any]], campos: Sequence[Mapping[str, Any]]) -> Rows | None:
    """What mappings of one form say; None if one is not plainly right."""
    try:
        columns = list(map(list, zip(*map(form.pick, mappings), strict=True)))
        for index, check in form.checks:
            columns[index] = list(map(check, columns[index]))
        columns += _values(list(zip(*map(form.values, campos), strict=True)))
        emails = emails_of([text_only(values["email"]) for values in mappings])
    except REFUSED:
        return None
    said = zip(*columns, strict=True) if columns else repeat((), len(mappings))
    return list(zip(map(str.lower, emails), repeat(form.shape, len(mappings)), said, strict=True))
