"""What each record of a seed may say, as data, and the check of one record against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox.rows import STATUS

Record = dict[str, Any]
_LARGEST_HTML = 16 * 1024 * 1024


class SeedError(Exception):
    """A seed that is not as it must be. The text says where in it, what is wrong and what may stand there."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: what it must be, in words and as a check, and what it is where it is not given."""

    what: str
    fits: Callable[[Any], bool]
    default: Any = None
    required: bool = False


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _yes_or_no(value: Any) -> bool:
    return isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _email(value: Any) -> bool:
    return isinstance(value, str) and value.count("@") == 1 and not value.startswith("@") and not value.endswith("@")


def _date(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return len(value) == 10


def _time(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _texts_by_id(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


_ID = Field("an id", _filled)
_NAME = Field("a text that is not empty", _filled, required=True)
_YES = Field("true or false", _yes_or_no, default=True)
_NO = Field("true or false", _yes_or_no, default=False)
_MAYBE = Field("a text", _text)
_WHEN = Field("a time, such as 2026-11-02T08:00", _time)
_COUNT = Field("a whole number, 0 or more", _whole)
_ADDRESS = Field("an e-mail address", _email, required=True)

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "remetentes": {"id": _ID, "nome": _NAME, "email": _ADDRESS, "principal": _NO, "confirmado": _YES, "criado": _WHEN},
    "campos": {"id": _ID, "nome": _NAME, "criado": _WHEN},
    "listas": {"id": _ID, "nome": _NAME, "ativo": _YES, "criado": _WHEN},
    "contatos": {
        "id": _ID,
        "nome": Field("a text", _text, default=""),
        "email": _ADDRESS,
        "sexo": Field('"m" or "f"', lambda value: value in ("m", "f")),
        "data_de_nascimento": Field("a date, yyyy-mm-dd", _date),
        "qualidade": Field("a whole number, 0 or more", _whole, default=5),
        "ativo": Field("true or false", _yes_or_no),
        "descadastrado": _NO,
        "recebeu_envios": _NO,
        "listas": Field("a list of ids of listas", _texts, default=()),
        "campos": Field("an object of texts by id of campo", _texts_by_id, default={}),
        "criado": _WHEN,
    },
    "mensagens": {
        "id": _ID,
        "contador": _COUNT,
        "assunto": _NAME,
        "html": _MAYBE,
        "html_arquivo": Field("a path relative to the seed file", _filled),
        "nome": _MAYBE,
        "email_resposta": _MAYBE,
        "mensagem_descadastro": _MAYBE,
        "ja_enviada": _NO,
        "criado": _WHEN,
    },
    "envios": {
        "id": _ID,
        "codigo": _COUNT,
        "mensagem": Field("the id of a mensagem", _filled, required=True),
        "listas": Field("a list of ids of listas", lambda value: _texts(value) and bool(value), required=True),
        "remetente": Field("the id of a remetente", _filled),
        "status": Field(f"one of {', '.join(STATUS)}", _filled, default="Agendado"),
        "data_de_inicio": Field("a time, such as 2026-11-20T18:00", _time, required=True),
        "data_de_termino": _WHEN,
        "total_de_contatos": _COUNT,
        "total_enviado": _COUNT,
        "criado": _WHEN,
    },
}
"""Every field of every section. `criado` is when the record was made (local time); by default, when the account was."""


def record(section: str, place: str, given: Any, folder: Path | None) -> Record:
    """One record with every field of its section, checked. `folder` is the seed file's, for `html_arquivo`.

    Raises:
        SeedError: for an unknown or missing field, or a value that does not fit.
    """
    if not isinstance(given, dict):
        raise SeedError(f"{place}: must be an object")
    known = FIELDS[section]
    for name, value in given.items():
        if name not in known:
            raise SeedError(f"{place}: there is no {name!r}; there are: {', '.join(known)}")
        if value is None and not known[name].required:
            continue
        if not known[name].fits(value):
            raise SeedError(f"{place}.{name}: must be {known[name].what}, not {value!r}")
    for name, field in known.items():
        if field.required and name not in given:
            raise SeedError(f"{place}.{name}: is missing; it must be {field.what}")
    full = {name: field.default if given.get(name) is None else given[name] for name, field in known.items()}
    if section == "contatos" and full["ativo"] is None:
        full["ativo"] = not full["descadastrado"]
    if section == "mensagens":
        full["html"] = _html(place, full, folder)
    return full


def _html(place: str, message: Record, folder: Path | None) -> str:
    """A message's html, from the seed or from the file that it names."""
    named = message.pop("html_arquivo")
    if (message["html"] is None) == (named is None):
        raise SeedError(f"{place}: must have either html or html_arquivo")
    if named is None:
        return str(message["html"])
    if folder is None:
        raise SeedError(f"{place}.html_arquivo: only a seed that is a file can name other files")
    path = folder / named
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_HTML:
            raise SeedError(f"{place}.html_arquivo: {path} is no file of at most {_LARGEST_HTML // 1024 // 1024} MB")
        return str(path.read_bytes(), "utf-8-sig")
    except OSError as error:
        raise SeedError(f"{place}.html_arquivo: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SeedError(f"{place}.html_arquivo: {path} is not UTF-8") from error
