"""A JSON-lines file of contacts → rows: one object a line, numbers and booleans as the text that stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.config.campaign import COLUMNS, ContatosDe, is_column
from reconciler.config.document import Map, parse
from reconciler.config.findings import Findings
from reconciler.config.lines import Lines, Row, mapping, put
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import suggestion
from reconciler.engine.model import Severity

_EXPECTED = 'write one object such as {"email": "maria@exemplo.com.br"} on each line'


def json_rows(lines: Lines, spec: ContatosDe, findings: Findings) -> Iterator[Row]:
    """The objects of a JSON-lines file. A line that cannot be read does not hide the others."""
    fields = {column: field for field, column in spec.colunas.items()} if spec.colunas else None
    ignored: set[str] = set()
    for line in lines:
        source = lines.release()
        if not line.strip():
            continue
        try:
            value = _object(line)
        except Problem as problem:
            findings.problem(source, problem, "this line cannot be read")
            continue
        if fields is None:
            _warn(source, value, ignored, findings)
        else:
            value = {fields[name]: item for name, item in value.items() if name in fields}
        yield Row(source.place(0).line, _said(value), _Located(source, fields))


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise Problem("bad-json", min(error.pos, len(line.rstrip())), "this is no JSON", _EXPECTED) from None
    except (RecursionError, ValueError):
        raise Problem("bad-json", 0, "there is too much in one line", _EXPECTED) from None
    if not isinstance(value, dict):
        raise Problem("bad-json", 0, "an object was expected", _EXPECTED)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem("duplicate-key", 0, f"the key {name!r} stands twice in an object", "keep one of the two")
        found[name] = value
    return found


def _warn(source: Source, value: Mapping[str, Any], ignored: set[str], findings: Findings) -> None:
    """Says once for each name that it is not read."""
    for name in value:
        if name not in ignored and name != "campos" and not is_column(name):
            ignored.add(name)
            findings.add(
                source.finding(
                    "column-not-read",
                    max(source.text.find(f'"{name}"'), 0),
                    f"{name!r} is not read",
                    severity=Severity.WARNING,
                    reason="its name is no field of a contato",
                    remedy=suggestion(name, (*COLUMNS, "campos")) or "map it with colunas, or leave it as it is",
                    value=name,
                    width=len(name) + 2,
                )
            )


def _said(value: Mapping[str, Any]) -> dict[str, Any]:
    """What an object says, in the form of a contato in YAML; null says nothing."""
    record: dict[str, Any] = {}
    for name, item in value.items():
        if item is None:
            continue
        if name.startswith("campos."):
            record.setdefault("campos", {})[name.removeprefix("campos.")] = _text(item)
        elif name == "campos" and isinstance(item, dict):
            values = {key: _text(inner) for key, inner in item.items() if inner is not None}
            record.setdefault("campos", {}).update(values)
        elif name == "campos" or is_column(name):
            record[name] = [_text(inner) for inner in item] if isinstance(item, list) else _text(item)
    return record


def _text(value: Any) -> Any:
    return ("true" if value else "false") if isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class _Located:
    """Finds the values of a line again, for a finding: JSON is YAML but for some escapes (then the line is shown)."""

    source: Source
    fields: Mapping[str, str] | None

    def __call__(self) -> Spot:
        try:
            root = parse(self.source.text).root
        except Problem:
            root = None
        node = mapping(0)
        for name, value in root.items() if isinstance(root, Map) else ():
            field = name if self.fields is None else self.fields.get(name, name)
            at = root.marks_of(name)[1].index  # type: ignore[union-attr]
            if field.startswith("campos."):
                if "campos" not in node:
                    put(node, "campos", mapping(at), at)
                inner = node["campos"]
                if isinstance(inner, Map):
                    put(inner, field.removeprefix("campos."), value, at)
            else:
                put(node, field, value, at)
        return Spot(self.source, node)
