"""A request as a route of this API takes it: what it names, asks for and says. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from reconciler.sandbox.criaenvio.answers import unprocessable
from reconciler.sandbox.framing import Request

BASE = "/v1"
"""Where the API begins, as in the vendor's base URL."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a route needs of a request: the id in the path (or ""), the query without the key, the body's fields."""

    path: str
    id: str
    query: Mapping[str, str]
    fields: Mapping[str, Any]

    @property
    def embeds(self) -> tuple[str, ...]:
        """The relations that are asked for."""
        return tuple(split(self.query.get("embeds", "")))


def split(text: str) -> list[str]:
    """The items of a comma list, without blanks and empty ones, each once, in order."""
    return list(dict.fromkeys(item.strip() for item in text.split(",") if item.strip()))


def fields_of(request: Request) -> dict[str, Any]:
    """The body's fields: a JSON object, or a form (the vendor's client sends forms).

    Raises:
        Refusal: for a body that is neither.
    """
    if not request.body:
        return {}
    try:
        if request.content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return _form(request.body.decode())
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        raise unprocessable("corpo ilegível") from None
    if not isinstance(fields, dict):
        raise unprocessable("corpo deve ser um objeto")
    return fields


def _form(body: str) -> dict[str, Any]:
    """A form's fields; `campos[iof]=x` is `{"campos": {"iof": "x"}}`, as PHP reads it."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True, strict_parsing=True):
        outer, bracket, inner = name.partition("[")
        if bracket and inner.endswith("]"):
            group = fields.setdefault(outer, {})
            if isinstance(group, dict):
                group[inner[:-1]] = value
        else:
            fields[name] = value
    return fields
