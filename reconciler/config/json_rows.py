"""A JSON-lines file of contacts → rows: one object a line, numbers and booleans as the text that stands there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from reconciler.config.accepting import Accepted, Accepting
from reconciler.config.document import Map, parse
from reconciler.config.findings import Findings
from reconciler.config.lines import Broken, Lines, mapping, put
from reconciler.config.rows import Row, Rows, completed
from reconciler.config.source import Source
from reconciler.config.sources import COLUMNS, ContatosDe, is_column
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import suggestion
from reconciler.engine.model import Severity

_AT_ONCE: Final = 128
_EXPECTED: Final = 'write one object such as {"email": "maria@exemplo.com.br"} on each line'


class JsonReader:
    """Reads one JSON-lines file."""

    def __init__(self, spec: ContatosDe, accepting: Accepting) -> None:
        self._spec = spec
        self._accepting = accepting
        self._fields = {column: field for field, column in spec.colunas.items()} if spec.colunas else None
        self._ignored: set[str] = set()

    def rows(self, lines: Lines, findings: Findings) -> Iterator[Rows]:
        """Every object in turn. A line that cannot be read does not hide the others."""
        broken: list[Broken] = []
        objects = self._objects(_until(lines, broken), lines, findings)
        while some := list(islice(objects, _AT_ONCE)):
            found = self._accepting.people([completed(self._renamed(value), self._spec) for _, value in some])
            yield [
                (lines.position(number), accepted or self._doubtful(value, lines, number))
                for (number, value), accepted in zip(some, found, strict=True)
            ]
            lines.keep = some[-1][0]
        if broken:
            raise broken[0]

    def _objects(self, texts: Iterator[str], lines: Lines, findings: Findings) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every object, with the number of its line."""
        for number, line in enumerate(texts, lines.keep):
            if line.isspace():
                continue
            try:
                value = _object(line)
            except Problem as problem:
                findings.problem(lines.source(number, number + 1), problem, "this line cannot be read")
                continue
            if self._fields is None and not self._ignored.issuperset(value):
                self._warn(lines.source(number, number + 1), value, findings)
            yield number, value

    def _doubtful(self, value: dict[str, Any], lines: Lines, number: int) -> Accepted | Row:
        """An object that is not plainly right as it is written: perhaps it is with numbers and the like as texts."""
        values = completed(_said(self._renamed(value)), self._spec)
        return self._accepting.people([values])[0] or self._row(values, lines, number)

    def row(self, lines: Lines) -> Row | None:
        """The object at which `lines` stand."""
        for line in lines:
            try:
                values = completed(_said(self._renamed(_object(line))), self._spec)
                return self._row(values, lines, lines.keep)
            except Problem:
                return None
        return None

    def _renamed(self, value: dict[str, Any]) -> dict[str, Any]:
        """What an object says of the fields, by their names."""
        fields = self._fields
        return value if fields is None else {fields[name]: item for name, item in value.items() if name in fields}

    def _row(self, values: dict[str, Any], lines: Lines, number: int) -> Row:
        return Row(values, _Located(lines.source(number, number + 1), self._fields))

    def _warn(self, source: Source, value: Mapping[str, Any], findings: Findings) -> None:
        """Says once for each name that it is not read."""
        for name in value:
            if name not in self._ignored and name != "campos" and not is_column(name):
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
            self._ignored.add(name)


def _until(lines: Lines, broken: list[Broken]) -> Iterator[str]:
    """The lines up to where they are broken, which is noted then."""
    try:
        yield from lines
    except Broken as error:
        broken.append(error)


def _object(line: str) -> dict[str, Any]:
    """The object that is a line. Raises Problem for what is none, and for a key that stands twice."""
    try:
        value = _JSON.decode(line)
        if isinstance(value, dict) and not _surely_once(line, value):
            value = _PAIRS.decode(line)
    except json.JSONDecodeError as error:
        raise Problem("bad-json", min(error.pos, len(line.rstrip())), "this is no JSON", _EXPECTED) from None
    except (RecursionError, ValueError):
        raise Problem("bad-json", 0, "there is too much in one line", _EXPECTED) from None
    if not isinstance(value, dict):
        raise Problem("bad-json", 0, "an object was expected", _EXPECTED)
    return value


def _surely_once(line: str, value: dict[str, Any]) -> bool:
    """Whether no key of an object hides another one: as many are left as there are `":` in its line.

    That counts every key that was written, as long as no colon stands apart from its key. Looking at the keys one by
    one would take as long as reading the line.
    """
    campos = value.get("campos")
    found = len(value) + (len(campos) if isinstance(campos, dict) else 0)
    return line.count('":') == found and " :" not in line and "\t:" not in line and "\r:" not in line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for index, name in enumerate(names) if name in names[:index])
        raise Problem("duplicate-key", 0, f"the key {name!r} stands twice in an object", "keep one of the two")
    return found


_JSON: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_PAIRS: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once)


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
