"""GitHub's expression language, as far as our workflows use it: what is not understood is an error, never empty.

Written from https://docs.github.com/en/actions/reference/workflows-and-actions/expressions: operators and their loose
comparisons, functions, and `${{ }}` in texts. Contexts are dicts: a `Known` one has exactly its keys, and any other is
an error here (GitHub would go on with an empty text); in a plain one, such as an event, a key may be absent.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.actions.errors import WorkflowError

Value = Any
"""None, bool, float, str, list or dict."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[!<>()\[\].,]))"
)
_PART: Final = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_STATUS: Final = re.compile(r"\b(success|failure|always|cancelled)\s*\(", re.IGNORECASE)
_LITERALS: Final = {"null": None, "true": True, "false": False}


class Known(dict[str, Value]):
    """A context all of whose keys are known: another is an error."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: contexts, and how what came before went (`success`, `failure`, `cancelled`)."""

    contexts: Mapping[str, Value]
    status: str = "success"

    def evaluate(self, text: str) -> Value:
        """The value of one expression, without `${{ }}`."""
        reader = _Reader(text, self)
        value = reader.any_of()
        reader.end()
        return value

    def holds(self, condition: object) -> bool:
        """Whether an `if` holds; without a status function it asks for success too."""
        if condition is None:
            return self.status == "success"
        text = str(condition).strip()
        whole = _PART.fullmatch(text)
        value = self.evaluate(whole[1] if whole and whole[1].count("${{") == 0 else text)
        return truthy(value) and (self.status == "success" or bool(_STATUS.search(text)))

    def fill(self, template: Value) -> Value:
        """A text with its expressions filled in; one that is nothing but an expression keeps its value's type."""
        if isinstance(template, dict):
            return {key: self.fill(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.fill(value) for value in template]
        if not isinstance(template, str):
            return template
        whole = _PART.fullmatch(template.strip())
        if whole and "}}" not in whole[1]:
            return self.evaluate(whole[1])
        return _PART.sub(lambda part: as_text(self.evaluate(part[1])), template)

    def text(self, template: Value) -> str:
        """The same as text."""
        return as_text(self.fill(template))


def truthy(value: Value) -> bool:
    """Whether a value counts as true."""
    return value not in (None, False, 0, "") and not (isinstance(value, float) and math.isnan(value))


def as_text(value: Value) -> str:
    """A value where text is wanted."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:.15g}"
        case str():
            return value
    raise WorkflowError(f"an object stands where text is wanted: {value!r}")


def _as_number(value: Value) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _equal(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if type(left) is type(right) and not isinstance(left, (dict, list)):
        return bool(left == right)
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return left is right
    return _as_number(left) == _as_number(right)


def _less(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() < right.casefold()
    return _as_number(left) < _as_number(right)


_COMPARE: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "<=": lambda left, right: _less(left, right) or _equal(left, right),
    ">=": lambda left, right: _less(right, left) or _equal(left, right),
}


class _Reader:
    """Reads one expression and evaluates it on the way: what && and || leave out is read, and counts for nothing."""

    def __init__(self, text: str, scope: Scope) -> None:
        self._text, self._scope, self._at = text, scope, 0
        self._tokens = self._split()

    def _split(self) -> list[tuple[str, str]]:
        tokens, at, text = [], 0, self._text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong(f"not understood: {text[at:]}")
            tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        return tokens

    def _wrong(self, why: str) -> WorkflowError:
        return WorkflowError(f"{why} (in the expression {self._text.strip()!r})")

    def _take(self, *signs: str) -> str | None:
        if self._at < len(self._tokens) and self._tokens[self._at][0] == "sign" and self._tokens[self._at][1] in signs:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None

    def _need(self, sign: str) -> None:
        if self._take(sign) is None:
            raise self._wrong(f"{sign} is missing")

    def _next(self, kind: str) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] != kind:
            raise self._wrong(f"a {kind} is missing")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def end(self) -> None:
        """Raises WorkflowError if something follows."""
        if self._at < len(self._tokens):
            raise self._wrong(f"not understood: {self._tokens[self._at][1]}")

    def any_of(self) -> Value:
        """`a || b`: the first that is true, else the last."""
        value = self._all_of()
        while self._take("||"):
            other = self._all_of()
            value = value if truthy(value) else other
        return value

    def _all_of(self) -> Value:
        value = self._comparison()
        while self._take("&&"):
            other = self._comparison()
            value = other if truthy(value) else value
        return value

    def _comparison(self) -> Value:
        value = self._negation()
        while sign := self._take(*_COMPARE):
            value = _COMPARE[sign](value, self._negation())
        return value

    def _negation(self) -> Value:
        return not truthy(self._negation()) if self._take("!") else self._path()

    def _path(self) -> Value:
        value, told = self._atom()
        while sign := self._take(".", "["):
            if sign == ".":
                key = self._next("name")
            else:
                key = self.any_of()
                self._need("]")
            value, told = self._member(value, key, told), f"{told}.{key}"
        return value

    def _member(self, value: Value, key: Value, told: str) -> Value:
        if isinstance(value, list) and isinstance(key, (int, float)):
            return value[int(key)] if 0 <= key < len(value) else None
        if isinstance(value, dict):
            for name, member in value.items():
                if name.casefold() == str(key).casefold():
                    return member
            if isinstance(value, Known):
                raise self._wrong(f"there is no {told}.{key}; there are {sorted(value)}")
            return None
        if value is None:
            return None
        raise self._wrong(f"{told} has no {key}: it is {value!r}")

    def _atom(self) -> tuple[Value, str]:
        if self._take("("):
            value = self.any_of()
            self._need(")")
            return value, "(…)"
        kind, word = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        self._at += 1
        if kind == "number":
            return float(word), word
        if kind == "text":
            return word[1:-1].replace("''", "'"), word
        if kind != "name":
            raise self._wrong(f"not understood: {word or 'the end'}")
        if word in _LITERALS:
            return _LITERALS[word], word
        if self._take("("):
            return self._call(word.casefold()), word
        if word not in self._scope.contexts:
            raise self._wrong(f"the context {word} is not known here; there are {sorted(self._scope.contexts)}")
        return self._scope.contexts[word], word

    def _call(self, name: str) -> Value:
        given: list[Value] = []
        while not self._take(")"):
            if given:
                self._need(",")
            given.append(self.any_of())
        if name in ("success", "failure", "cancelled", "always") and not given:
            return name in ("always", self._scope.status)
        if name not in _FUNCTIONS:
            raise self._wrong(f"the function {name} is not known")
        try:
            return _FUNCTIONS[name](*given)
        except (TypeError, ValueError, IndexError) as error:
            raise self._wrong(f"{name} failed: {error}") from error


def _contains(where: Value, what: Value) -> bool:
    if isinstance(where, list):
        return any(_equal(each, what) for each in where)
    return as_text(what).casefold() in as_text(where).casefold()


def _format(template: Value, *values: Value) -> str:
    def part(found: re.Match[str]) -> str:
        return found[0][0] if found[0] in ("{{", "}}") else as_text(values[int(found[1])])

    filled = re.sub(r"\{\{|\}\}|\{(\d+)\}", part, as_text(template))
    if re.search(r"(?<!\{)\{(?![\{\d])", as_text(template)):
        raise ValueError(f"{template!r} is no template")
    return filled


def _join(values: Value, between: Value = ",") -> str:
    return as_text(between).join(map(as_text, values)) if isinstance(values, list) else as_text(values)


_FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "contains": _contains,
    "startswith": lambda text, part: as_text(text).casefold().startswith(as_text(part).casefold()),
    "endswith": lambda text, part: as_text(text).casefold().endswith(as_text(part).casefold()),
    "format": _format,
    "join": _join,
    "tojson": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    "fromjson": lambda text: json.loads(as_text(text)),
}
