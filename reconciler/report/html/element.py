"""HTML in the making: elements are made here only, and whatever is no element is text, however it looks. Pure.

Source: the HTML standard, sections 13.1 (https://html.spec.whatwg.org/multipage/syntax.html) and 13.3. In a text and in
a quoted attribute a character reference stands for itself, and nothing else ends either than `<` and the quote.
"""

from __future__ import annotations

from html import escape
from typing import Final

from reconciler.report.words import NAME, WORDS, shortened, visible

_VOID: Final = frozenset({"br", "hr", "input", "link", "meta"})
_LINES: Final = frozenset(
    {"article", "div", "dl", "figure", "footer", "h1", "h2", "h3", "head", "header", "li", "main", "meta", "nav", "ol"}
    | {"p", "pre", "section", "style", "summary", "table", "thead", "title", "tr", "ul"}
)
"""Elements after which a line ends, where that is not seen: for those who read the source, and compare it."""


class Markup(str):
    """HTML that was made by this module; any other text is escaped where it is put into it."""

    __slots__ = ()


def escaped(text: str) -> str:
    """`text` as it stands in a text or in a quoted attribute: the one way in which foreign text gets into a report.

    What cannot be seen becomes what a programmer would write for it, with a backslash, as in every other format.
    """
    return escape(visible(text), quote=True)


def el(name: str, /, *inner: str, **attributes: str | None) -> Markup:
    """An element: texts within are escaped, elements are not; so are attributes, of which those that are None go.

    `_` in the name of an attribute is a hyphen, and at its end nothing (`class_`).
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    end = "\n" if name in _LINES else ""
    if name in _VOID:
        return Markup(f"<{name}{told}>{end}")
    return Markup(f"<{name}{told}>{joined(*inner)}</{name}>{end}")


def joined(*parts: str) -> Markup:
    """Elements and texts, one after another."""
    return Markup("".join(part if isinstance(part, Markup) else escaped(part) for part in parts))


def whole(document: str) -> Markup:
    """A document within an attribute: every character of it is kept."""
    return Markup(escape(document, quote=True))


def _attribute(value: str) -> str:
    return value if isinstance(value, Markup) else escaped(value)


def code(text: str, limit: int = NAME) -> Markup:
    """A name, or anything else that is to be read letter by letter; what is beyond `limit` is cut off and counted."""
    return el("code", shortened(text, limit)) if text else Markup()


def prose(text: str, limit: int = WORDS) -> Markup:
    """A sentence with foreign words in it, whose order of letters has no effect on what stands beside it."""
    return el("bdi", shortened(text, limit)) if text else Markup()


def classes(*names: str) -> str | None:
    """The value of a class attribute, of which empty names are left out."""
    return " ".join(filter(None, names)) or None
