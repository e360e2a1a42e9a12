"""Reading a seed: the JSON that says what a new account holds, checked whole before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reconciler.sandbox import moments
from reconciler.sandbox.assumptions import AssumptionError, Assumptions
from reconciler.sandbox.ids import ID
from reconciler.sandbox.rows import STATUS
from reconciler.sandbox.seed_fields import FIELDS, Record, SeedError, record

_SECTIONS = tuple(FIELDS)
_KEYS = ("agora", "fuso_horario", "creditos", *_SECTIONS, "lista_teste", "suposicoes")
_LARGEST_FILE = 512 * 1024 * 1024
_DEFAULT_CREDITS = 10_000_000
_DEFAULT_SENDER = {"nome": "Remetente", "email": "remetente@exemplo.com.br", "principal": True, "confirmado": True}


@dataclass(frozen=True, slots=True)
class Seed:
    """What a new account holds. `now` is None where the account's clock simply shows the real time."""

    now: int | None
    zone: ZoneInfo
    credits: int
    records: Mapping[str, list[Record]]
    test_list: tuple[str, ...]
    assumptions: Assumptions


def read(source: Path | Mapping[str, Any] | None) -> Seed:
    """The seed in a JSON file or a mapping; without one, an empty account with one confirmed main sender.

    Raises:
        SeedError: for anything that is not as it must be, with the place in the seed.
    """
    folder = source.parent if isinstance(source, Path) else None
    data = _load(source) if isinstance(source, Path) else dict(source or {})
    unknown = [key for key in data if key not in _KEYS]
    if unknown:
        raise SeedError(f"seed: there is no {unknown[0]!r}; there are: {', '.join(_KEYS)}")
    zone = _zone(data.get("fuso_horario", "America/Sao_Paulo"))
    data.setdefault("remetentes", [_DEFAULT_SENDER])
    records = {section: _records(section, data.get(section, []), folder) for section in _SECTIONS}
    _check_links(records)
    return Seed(
        now=_now(data.get("agora"), zone),
        zone=zone,
        credits=_credits(data.get("creditos", _DEFAULT_CREDITS)),
        records=records,
        test_list=_test_list(data.get("lista_teste", [])),
        assumptions=_assumptions(data.get("suposicoes", {})),
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise SeedError(f"{path}: larger than {_LARGEST_FILE // 1024 // 1024} MB")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise SeedError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise SeedError(f"{path}: is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise SeedError(f"{path}: must be a JSON object with some of {', '.join(_KEYS)}")
    return data


def _records(section: str, given: Any, folder: Path | None) -> list[Record]:
    if not isinstance(given, list):
        raise SeedError(f"{section}: must be a list")
    records = [record(section, f"{section}[{index}]", item, folder) for index, item in enumerate(given)]
    seen: set[object] = set()
    for index, item in enumerate(records):
        ident = item.get("id")
        if ident is None:
            continue
        if not ID.fullmatch(ident):
            raise SeedError(f"{section}[{index}].id: {ident!r} is not an id (letters, digits, - and _, at most 64)")
        if ident in seen:
            raise SeedError(f"{section}[{index}].id: {ident!r} stands twice")
        seen.add(ident)
    return records


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


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SeedError(f"fuso_horario: {name!r} is no time zone, such as America/Sao_Paulo") from error


def _now(given: Any, zone: ZoneInfo) -> int | None:
    if given is None:
        return None
    try:
        return moments.parse_local(given, zone)
    except (TypeError, ValueError) as error:
        raise SeedError(f"agora: {given!r} is no time, such as 2026-11-02T08:00") from error


def _credits(given: Any) -> int:
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    raise SeedError(f"creditos: {given!r} is no number of credits, 0 or more")


def _test_list(given: Any) -> tuple[str, ...]:
    if isinstance(given, list) and all(isinstance(item, str) and "@" in item for item in given):
        return tuple(given)
    raise SeedError("lista_teste: must be a list of e-mail addresses")


def _assumptions(given: Any) -> Assumptions:
    if not isinstance(given, dict):
        raise SeedError("suposicoes: must be an object")
    try:
        return Assumptions().changed(given)
    except AssumptionError as error:
        raise SeedError(f"suposicoes: {error}") from error
