"""What a command line says of the objects it wants (`FIELD=VALUE`), by the very specs that `onde` is checked by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from reconciler.config.campaign import CHECKS
from reconciler.config.document import Map, Seq
from reconciler.config.findings import InvalidConfig
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.translate import models, suggestion, translated
from reconciler.engine.check import Newest, Where
from reconciler.engine.model import Finding, Severity
from reconciler.providers.checking import Onde
from reconciler.providers.days import Periodo

_OPTION: Final = "--where"
_SHOWN: Final = 60
_CONDITION: Final = re.compile(r"(?P<field>[^<>=]+)(?P<operator>[<>]=?|==?)(?P<value>.*)", re.DOTALL)
_COMMA: Final = re.compile(r"(?<!\\),")
_ENDS: Final = {">=": "de", "<=": "ate"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where something stands that stands in no file."""

    index: int = 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects of a source are wanted, and whether only the newest of them."""

    where: Where
    newest: Newest | None


def selection(source: str, conditions: Iterable[str], zone: ZoneInfo) -> Selection:
    """What the conditions mean; days are those of `zone`. Raises InvalidConfig with all that is wrong with them."""
    model = _onde(source)
    wanted, wrong = _gathered(conditions, model)
    try:
        found = model.model_validate(wanted)
    except ValidationError as error:
        spot = Spot(Source(_OPTION, ""), wanted)
        raise InvalidConfig((*wrong, *map(_of_the_option, translated(error, spot, model)))) from None
    if wrong:
        raise InvalidConfig(tuple(wrong))
    return Selection(found.where(zone), found.newest)


def unknown_source(name: str) -> str:
    """Why there is no such source, and the nearest that there is; empty if there is one."""
    known = sorted(CHECKS)
    remedy = suggestion(name, known) or f"the sources are {', '.join(known)}"
    return "" if name in CHECKS else f"there is no source {name!r}: {remedy}"


def _onde(source: str) -> type[Onde]:
    found = CHECKS[source].model_fields["onde"].annotation
    if not (isinstance(found, type) and issubclass(found, Onde)):
        raise TypeError(source)
    return found


def _gathered(conditions: Iterable[str], model: type[BaseModel]) -> tuple[Map, list[Finding]]:
    """The mapping that would stand under `onde`, and what is wrong with how it is written."""
    dated = {info.alias or name for name, info in model.model_fields.items() if Periodo in models(info.annotation)}
    wanted: dict[str, Any] = {}
    wrong: list[Finding] = []
    for text in conditions:
        found = _CONDITION.fullmatch(text)
        if found is None:
            wrong.append(_wrong("bad-condition", text, "this is no condition", "write FIELD=VALUE"))
            continue
        name, operator = found["field"].strip(), found["operator"]
        value: Any = found["value"].strip()
        if operator in (">", "<"):
            remedy = f"write {name}{operator}={value}; the day itself is included"
            wrong.append(_wrong("bad-condition", text, f"there is no {operator} here", remedy))
        elif operator in _ENDS and name not in dated and name in _names(model):
            told = f"{name} is no time, and is compared with = only"
            wrong.append(_wrong("bad-condition", text, told, f"write {name}=VALUE"))
        elif not _added(wanted, name, _ENDS.get(operator), value):
            remedy = f"write {name}=A,B for one or the other"
            wrong.append(_wrong("repeated-condition", text, f"{name} is asked for twice", remedy))
    return _mapping(wanted), wrong


def _added(wanted: dict[str, Any], name: str, end: str | None, value: str) -> bool:
    """Whether a condition could be added to those that are there already."""
    if end is None:
        if name in wanted:
            return False
        wanted[name] = _listed(value)
        return True
    span = wanted.setdefault(name, {})
    if not isinstance(span, dict) or end in span:
        return False
    span[end] = value
    return True


def _listed(text: str) -> Any:
    r"""`A,B` as a list; a comma behind a backslash is one (`Natal\, 2026`)."""
    parts = [part.strip().replace("\\,", ",") for part in _COMMA.split(text)]
    return parts if len(parts) > 1 else parts[0]


def _mapping(values: dict[str, Any]) -> Map:
    found = Map({name: _node(value) for name, value in values.items()})
    found.mark, found.marks = _Mark(), [_Mark()] * (2 * len(found))
    return found


def _node(value: Any) -> Any:
    if isinstance(value, dict):
        return _mapping(value)
    if not isinstance(value, list):
        return value
    found = Seq(value)
    found.mark, found.marks = _Mark(), [_Mark()] * len(found)
    return found


def _names(model: type[BaseModel]) -> Iterator[str]:
    return (info.alias or name for name, info in model.model_fields.items())


def _wrong(rule: str, text: str, summary: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, rule, f"{_OPTION} {text[:_SHOWN]}: {summary}", remedy=remedy, value=text[:_SHOWN])


def _of_the_option(finding: Finding) -> Finding:
    """A finding about `onde`, for somebody who wrote an option: it stands in no file."""
    remedy = finding.remedy
    if finding.rule == "missing-field":
        remedy = f"add {_OPTION} {finding.field}=…"
    told = f"{_OPTION} {finding.field or ''}".rstrip()
    return replace(finding, summary=f"{told}: {finding.summary}", remedy=remedy, place=None, excerpt=None)
