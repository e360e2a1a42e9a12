"""Contacts that are right in every field are taken at once; any other goes the long way, which can say what is wrong.

The long way is the spec's model. What is called here are the very functions that the model calls, without the objects
that it makes: a twentieth of the time. What is accepted is what the model accepts, with the same values, as long as a
row has none of the fields about which stamp and digest do not say all (id, email_anterior, ao_remover).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from pydantic_core import PydanticCustomError

from reconciler.config.gathering import Gathered
from reconciler.engine.roll import FIELDS, Enrolment, Said, Shape
from reconciler.providers.scalars import birth_of, email_of, flag_of, is_key, line_of, sex_of, text_of, text_only

_REMEMBERED: Final = 4096
"""How many of the values and forms that rows share are kept ready."""

_NO_VALUES: Final[Mapping[str, Any]] = {}
REFUSED: Final = (PydanticCustomError, TypeError, ValueError)
"""What a check raises at a value that it does not accept; TypeError for what is no text at all."""


Accepted: TypeAlias = Said
"""A row as an Enrolment takes it."""

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


def _values(texts: list[str]) -> Iterable[str]:
    """Values of campos, as they are compared. Texts that can be printed are what nothing is wrong with."""
    if not "".join(texts).isprintable():
        for text in texts:
            text_of(text)
    return map(str.strip, texts)


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

    def person(self, values: Mapping[str, Any]) -> Accepted | None:
        """What a mapping says of a contato; None if it is not plainly right."""
        campos = values.get("campos", _NO_VALUES)
        if not isinstance(campos, dict):
            return None
        names = (*values, None, *campos)
        try:
            form = self._forms[names]
        except KeyError:
            form = self._forms[names] = self.form(values, campos)
            if len(self._forms) > _REMEMBERED:
                self._forms.clear()
        if form is None:
            return None
        found = list(form.pick(values))
        try:
            email = email_of(text_only(values["email"]))
            for index, check in form.checks:
                found[index] = check(found[index])
            found += _values(list(form.values(campos)))
        except REFUSED:
            return None
        return email.lower(), form.shape, tuple(found)

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
