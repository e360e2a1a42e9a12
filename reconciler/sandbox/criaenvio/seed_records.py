"""What each record of this account may say in a seed, and what its records refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.sandbox.criaenvio.rows import STATUS
from reconciler.sandbox.seed_fields import (
    COUNT,
    IDENT,
    MAYBE,
    NAME,
    NO,
    WHEN,
    YES,
    Field,
    Record,
    SeedError,
    check_ids,
    checked,
    day,
    email,
    filled,
    text,
    texts,
    texts_by_id,
    time,
    whole,
    yes_or_no,
)

_LARGEST_HTML = 16 * 1024 * 1024
_DEFAULT_SENDER = {"nome": "Remetente", "email": "remetente@exemplo.com.br", "principal": True, "confirmado": True}
_ADDRESS = Field("an e-mail address", email, required=True)

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "remetentes": {"id": IDENT, "nome": NAME, "email": _ADDRESS, "principal": NO, "confirmado": YES, "criado": WHEN},
    "campos": {"id": IDENT, "nome": NAME, "criado": WHEN},
    "listas": {"id": IDENT, "nome": NAME, "ativo": YES, "criado": WHEN},
    "contatos": {
        "id": IDENT,
        "nome": Field("a text", text, default=""),
        "email": _ADDRESS,
        "sexo": Field('"m" or "f"', lambda value: value in ("m", "f")),
        "data_de_nascimento": Field("a date, yyyy-mm-dd", day),
        "qualidade": Field("a whole number, 0 or more", whole, default=5),
        "ativo": Field("true or false", yes_or_no),
        "descadastrado": NO,
        "recebeu_envios": NO,
        "listas": Field("a list of ids of listas", texts, default=()),
        "campos": Field("an object of texts by id of campo", texts_by_id, default={}),
        "criado": WHEN,
    },
    "mensagens": {
        "id": IDENT,
        "contador": COUNT,
        "assunto": NAME,
        "html": MAYBE,
        "html_arquivo": Field("a path relative to the seed file", filled),
        "nome": MAYBE,
        "email_resposta": MAYBE,
        "mensagem_descadastro": MAYBE,
        "ja_enviada": NO,
        "criado": WHEN,
    },
    "envios": {
        "id": IDENT,
        "codigo": COUNT,
        "mensagem": Field("the id of a mensagem", filled, required=True),
        "listas": Field("a list of ids of listas", lambda value: texts(value) and bool(value), required=True),
        "remetente": Field("the id of a remetente", filled),
        "status": Field(f"one of {', '.join(STATUS)}", filled, default="Agendado"),
        "data_de_inicio": Field("a time, such as 2026-11-20T18:00", time, required=True),
        "data_de_termino": WHEN,
        "total_de_contatos": COUNT,
        "total_enviado": COUNT,
        "criado": WHEN,
    },
}
"""Every field of every section. `criado` is when the record was made (local time); by default, when the account was."""


def records(data: Mapping[str, Any], folder: Path | None) -> dict[str, list[Record]]:
    """Every section's records, checked; without `remetentes` there is one, the main one. `folder` is the seed file's.

    Raises:
        SeedError: for an unknown or missing field, a value that does not fit, or what refers to nothing.
    """
    given = {"remetentes": [_DEFAULT_SENDER]} | dict(data)
    found = {section: _section(section, given.get(section, []), folder) for section in FIELDS}
    _check_links(found)
    return found


def _section(section: str, given: Any, folder: Path | None) -> list[Record]:
    if not isinstance(given, list | Iterator):  # one by one, where a caller in this process has very many
        raise SeedError(f"{section}: must be a list")
    found = [_record(section, f"{section}[{index}]", item, folder) for index, item in enumerate(given)]
    check_ids(section, found)
    return found


def _record(section: str, place: str, given: Any, folder: Path | None) -> Record:
    full = checked(place, given, FIELDS[section])
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


def _check_links(records: Mapping[str, list[Record]]) -> None:
    """Everything that a record refers to must be in the seed too, and addresses must be unique."""
    known = {section: {item.get("id") for item in found} for section, found in records.items()}

    def check(place: str, section: str, ident: str | None) -> None:
        if ident is not None and ident not in known[section]:
            raise SeedError(f"{place}: there is no {ident!r} in {section}")

    addresses: set[str] = set()
    for index, item in enumerate(records["contatos"]):
        place = f"contatos[{index}]"
        if item["email"].casefold() in addresses:
            raise SeedError(f"{place}.email: {item['email']!r} stands twice (case does not count)")
        addresses.add(item["email"].casefold())
        for lista in item["listas"]:
            check(f"{place}.listas", "listas", lista)
        for campo in item["campos"]:
            check(f"{place}.campos", "campos", campo)
    for index, item in enumerate(records["envios"]):
        place = f"envios[{index}]"
        check(f"{place}.mensagem", "mensagens", item["mensagem"])
        check(f"{place}.remetente", "remetentes", item["remetente"])
        for lista in item["listas"]:
            check(f"{place}.listas", "listas", lista)
        if item["status"] not in STATUS:
            raise SeedError(f"{place}.status: {item['status']!r} is none of {', '.join(STATUS)}")
