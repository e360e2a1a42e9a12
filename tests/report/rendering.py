"""Markdown as readers see it: rendered by GitHub's own parser, and by another, and taken apart. For tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
"""HTML is kept, to be seen: GitHub cleans it after rendering. Footnotes are as on GitHub."""

RENDERERS: Mapping[str, Callable[[str], str]] = {
    "cmark-gfm": lambda text: cmarkgfm.github_flavored_markdown_to_html(text, OPTIONS),
    "markdown-it": MarkdownIt("gfm-like").render,
}
"""By name. cmark-gfm is what GitHub runs; the other finds more links (`exemplo.com`), as mail programs do."""


class Page(HTMLParser):
    """A rendered document.

    `tags` are its elements in order, opened and closed, but for code within lines, which has no effect. `plain` are the
    pieces of text that anything may still be done with: those that are no code. `cells` are the texts of the tables'
    cells, `blocks` those of code blocks, `text` is all there is to read.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.plain: list[str] = []
        self.cells: list[str] = []
        self.blocks: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._open.append(tag)
        if tag != "code":
            kept = [f"{name}={value}" for name, value in attrs if name not in ("lang", "class")]
            self.tags.append(" ".join((tag, *kept)))
        if tag in ("td", "th"):
            self.cells.append("")
        if tag == "pre":
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        """An element ends, with all that is still open within it."""
        while self._open and self._open.pop() != tag:
            pass
        if tag != "code":
            self.tags.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        """A comment counts as an element: reports have none."""
        self.tags.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        """Text between two tags."""
        self.text += data
        if "code" not in self._open:
            self.plain.append(data)
        if "pre" in self._open:
            self.blocks[-1] += data
        elif {"td", "th"} & set(self._open):
            self.cells[-1] += data


def collapsed(text: str) -> str:
    """`text` as a browser shows it: runs of blanks as one."""
    return re.sub("[ \n]+", " ", text).strip(" ")


ALIVE = re.compile(
    r"@[A-Za-z0-9]|#[0-9]|\bGH-[0-9]|://|\bwww\.|mailto:|:(?![0-9]{2}:)[a-z0-9_+-]+:|\b(?=[a-f]*[0-9])[0-9a-f]{7,40}\b|\[\^|\[!|\$",
    re.IGNORECASE,
)
"""What GitHub makes something of in rendered text: mentions, references, addresses, emoji, commits, footnotes, alerts,
mathematics."""
