"""What the simulated server does to a message's html when it stores it: other bytes, same meaning. Pure and idempotent.

The reference's example of an envio shows a stored message with an empty `<head></head>` and CRLF; lower-case tags and
quoted attributes are what an HTML serialiser does besides.
"""

from __future__ import annotations

import re

_RAW = "style|script|title|textarea"
_ATTRIBUTES = r"""(?:"[^"]*+"|'[^']*+'|[^'"<>])*+"""
_TOKEN = re.compile(
    rf"<!--.*?-->|<!\[.*?\]>|(?P<open><(?P<raw>{_RAW})\b{_ATTRIBUTES}>)(?P<text>.*?)(?P<close></(?P=raw)\s*>)"
    rf"|</?[A-Za-z][A-Za-z0-9:-]*+{_ATTRIBUTES}>",
    re.DOTALL | re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)(.*)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_LINE_END = re.compile(r"\r\n|\r|\n")
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)


def rewrite(html: str) -> str:
    """`html` as the server stores it. Comments (conditional ones too), styles and scripts keep their text."""
    return _LINE_END.sub("\r\n", _framed(_TOKEN.sub(_token, html)))


def _token(found: re.Match[str]) -> str:
    whole = found.group()
    if whole.startswith("<!"):
        return whole
    if found["raw"]:
        return _TAG.sub(_tag, found["open"]) + found["text"] + _TAG.sub(_tag, found["close"])
    return _TAG.sub(_tag, whole)


def _tag(found: re.Match[str]) -> str:
    """One tag with its name in lower case and its attributes' values in double quotes where that is possible."""
    slash, name, rest = found.groups()
    closed = " /" if not slash and rest.rstrip().endswith("/") and not _unquoted_slash(rest) else ""
    attributes = "".join(_attribute(item) for item in _ATTRIBUTE.finditer(rest))
    return f"<{slash}{name.lower()}{attributes}{closed}>"


def _unquoted_slash(rest: str) -> bool:
    """Whether the last slash belongs to a value without quotes (`<a href=x/>`), as HTML has it."""
    attributes = list(_ATTRIBUTE.finditer(rest))
    return bool(attributes) and attributes[-1].end() == len(rest.rstrip()) and (attributes[-1][2] or "").endswith("/")


def _attribute(found: re.Match[str]) -> str:
    name, value = found[1].lower(), found[2]
    if value is None:
        return f" {name}"
    bare = value[1:-1] if value[0] in "\"'" else value
    return f" {name}='{bare}'" if '"' in bare else f' {name}="{bare}"'


def _framed(html: str) -> str:
    """`html` with the `<html>`, `<head>` and `<body>` that it lacks."""
    seen = _COMMENT.sub(lambda comment: " " * len(comment.group()), html)
    if re.search(r"<head[\s>]", seen):
        return html
    opening = re.search(r"<html(?:\s[^>]*)?>", seen)
    if opening:
        return f"{html[: opening.end()]}<head></head>{html[opening.end() :]}"
    doctype = _DOCTYPE.match(seen)
    cut = doctype.end() if doctype else 0
    body = html[cut:] if re.search(r"<body[\s>]", seen) else f"<body>{html[cut:]}</body>"
    return f"{html[:cut]}<html><head></head>{body}</html>"
