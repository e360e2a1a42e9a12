"""Reading a seed: the JSON that says what a new account holds, checked whole before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reconciler.sandbox import moments
from reconciler.sandbox.assumptions import AssumptionError, Assumptions
from reconciler.sandbox.criaenvio.seed_records import FIELDS, records
from reconciler.sandbox.sections import SECTIONS
from reconciler.sandbox.seed_fields import Record, Seed, SeedError

_CHANNELS = tuple(dict.fromkeys(name.partition(".")[0] for name in SECTIONS))
_KEYS = ("agora", "fuso_horario", "creditos", *FIELDS, "lista_teste", *_CHANNELS, "suposicoes")
_LARGEST_FILE = 512 * 1024 * 1024
_DEFAULT_CREDITS = 10_000_000


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
    return Seed(
        now=_now(data.get("agora"), zone),
        zone=zone,
        credits=_credits(data.get("creditos", _DEFAULT_CREDITS)),
        records=records(data, folder) | _channels(data),
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


def _channels(data: Mapping[str, Any]) -> dict[str, list[Record]]:
    """The sections of the other channels, which stand in an object a vendor: `ogmma.lotes` is `ogmma: {lotes: […]}`."""
    for vendor in _CHANNELS:
        given, names = data.get(vendor, {}), [name for name in SECTIONS if name.startswith(f"{vendor}.")]
        known = [name.removeprefix(f"{vendor}.") for name in names]
        if not isinstance(given, dict):
            raise SeedError(f"{vendor}: must be an object with some of {', '.join(known)}")
        unknown = [name for name in given if name not in known]
        if unknown:
            raise SeedError(f"{vendor}: there is no {unknown[0]!r}; there are: {', '.join(known)}")
    return {name: section.read(_part(data, name)) for name, section in SECTIONS.items()}


def _part(data: Mapping[str, Any], name: str) -> Any:
    vendor, _, part = name.partition(".")
    return data.get(vendor, {}).get(part, [])


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
