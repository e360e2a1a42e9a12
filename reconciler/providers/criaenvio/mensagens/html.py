"""HTML compared by meaning: the server may rewrite a message's html without changing what a reader sees. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from reconciler.engine.model import Value

_SPACE = re.compile(r"\s+")
_FRAME = frozenset({"html", "head", "body", "tbody"})
"""Elements that an HTML parser supplies where the author left them out, so that their bare presence means nothing."""
_KEPT = frozenset({"pre", "textarea"})
_INLINE = frozenset(
    {"a", "b", "code", "em", "font", "i", "img", "label", "s", "small", "span", "strong", "sub", "sup", "u"}
)
"""Elements beside which a space is seen; beside any other it is not."""
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def same_html(wanted: Value, live: Value) -> bool:
    """Whether two texts are the same html to a reader: line ends, spaces between tags, case of tags, order and quoting
    of attributes, character references and supplied frame elements do not count; text, links and styles do.
    """  # noqa: D205
    return isinstance(wanted, str) and isinstance(live, str) and meaning(wanted) == meaning(live)


def meaning(text: str) -> list[object]:
    """The canonical token list of an html text. Never raises: the parser takes any text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    """Collects tags, attributes and text in a canonical form."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._tokens: list[object] = []
        self._text: list[str] = []
        self._kept = 0
        self._beside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A start tag: frame elements without attributes say nothing."""
        if tag in _FRAME and not attrs:
            return
        self._token(tag, (tag, tuple(sorted((name, _tidy(value or "")) for name, value in attrs))))
        self._kept += tag in _KEPT

    def handle_endtag(self, tag: str) -> None:
        """An end tag; those of void and frame elements say nothing."""
        if tag in _FRAME or tag in _VOID:
            return
        self._token(tag, f"/{tag}")
        self._kept -= tag in _KEPT and self._kept > 0

    def handle_data(self, data: str) -> None:
        """Text, collected until the next tag."""
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        """Comments count: mail programs read conditions from them."""
        self._token("", ("!--", _tidy(data)))

    def handle_decl(self, decl: str) -> None:
        """The document type, in lower case."""
        self._token("", ("!", _tidy(decl).lower()))

    def finished(self) -> list[object]:
        """All tokens, once the parser was closed."""
        self._flush("")
        return self._tokens

    def _token(self, tag: str, token: object) -> None:
        self._flush(tag)
        self._tokens.append(token)
        self._beside = tag

    def _flush(self, following: str) -> None:
        """File the text since the last token, with its edges only where a reader would see them."""
        text = "".join(self._text)
        self._text.clear()
        if self._kept:
            text = text.replace("\r\n", "\n")
        else:
            text = _SPACE.sub(" ", text)
            text = text if self._beside in _INLINE else text.lstrip()
            text = text if following in _INLINE else text.rstrip()
        if text:
            self._tokens.append(text)


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
