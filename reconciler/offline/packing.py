"""One contact as a line of JSON and back: there are many, so that each is held as bytes. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from reconciler.engine.model import Observed

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_TEXTS: Final = ("email", "nome", "sexo", "data_de_nascimento")
_ACTIVE, _OPTED_OUT = 1, 2


def packed(person: Observed) -> bytes:
    """`[id, email, nome, sexo, data_de_nascimento, 1 if ativo + 2 if descadastrado, [lista …], {campo: value}]`."""
    fields = person.fields
    marks = _ACTIVE * bool(fields["ativo"]) + _OPTED_OUT * bool(fields["descadastrado"])
    lists = sorted(cast("frozenset[str]", fields["listas"]))
    return _encode([person.id, *(fields[name] for name in _TEXTS), marks, lists, fields["campos"]]).encode(
        "utf-8", "surrogatepass"
    )


def unpacked(line: bytes) -> Observed:
    """The contact of a line. Raises ValueError or TypeError if it is none."""
    live_id, email, nome, sexo, born, marks, lists, values = json.loads(line)
    if not isinstance(live_id, str) or not isinstance(marks, int) or not 0 <= marks <= _ACTIVE + _OPTED_OUT:
        raise ValueError("it has no id, or no marks")
    if not all(text is None or isinstance(text, str) for text in (email, nome, sexo, born)) or email is None:
        raise ValueError("a text of it is none")
    fields = {
        "email": email,
        "nome": nome,
        "sexo": sexo,
        "data_de_nascimento": born,
        "ativo": bool(marks & _ACTIVE),
        "descadastrado": bool(marks & _OPTED_OUT),
        "listas": frozenset(_texts(lists)),
        "campos": _values(values),
    }
    return Observed("contato", live_id, fields)


def _texts(found: Any) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise ValueError("its lists are none")
    return found


def _values(found: Any) -> Mapping[str, str]:
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("its values are none")
    return found
