"""Documents as JSON text: legible, the same bytes for the same document, and safe to show. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from reconciler.report.words import visible

Document: TypeAlias = dict[str, Any]
_LINE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_text(document: Mapping[str, Any]) -> str:
    """`document` as JSON text, the same bytes for the same document.

    Letters stay legible; control, bidi and zero-width characters are escaped, so that the text is safe to show.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return "\n".join(_escaped(line) for line in text.split("\n")) + "\n"


def json_line(document: Document) -> str:
    """The same on one line, for documents that come one after another."""
    return _escaped(_LINE.encode(document)) + "\n"


def matrix_line(accounts: Sequence[str]) -> str:
    """`strategy.matrix` of a job for each account, on one line: `{"include":[{"account":"acme"}]}`."""
    return json_line({"include": [{"account": name} for name in accounts]})


def _escaped(text: str) -> str:
    """A line of JSON whose hidden characters, which stand in strings only, are JSON escapes.

    So is one of `##[`, which stands in strings only, too: it begins a command wherever it stands in a line of a log of
    GitHub Actions (actions/runner, ActionCommand.TryParse).
    """
    text = text.replace("##[", "#\\u0023[")
    if visible(text) == text:
        return text
    return "".join(char if visible(char) == char else json.dumps(char)[1:-1] for char in text)
