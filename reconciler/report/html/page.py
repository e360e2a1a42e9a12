"""One page: what its head says, its chapters within a budget, and what may be loaded or run, which is nothing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.report.html.element import Markup, classes, code, el, joined, prose
from reconciler.report.html.style import STYLE
from reconciler.report.layout import Section, Shown, chosen, left_out
from reconciler.report.view import View
from reconciler.report.words import number

BUDGET: Final = 8_000_000
"""Characters of a page: what a phone still opens at once, and a hundred plain newsletters fit in."""
_HEAD: Final = 60_000
"""Of which so many are kept for what is neither an item nor a rendered message."""
_COMMAND: Final = 2_000

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
"""What the page may load: nothing. Frames inherit it (https://www.w3.org/TR/CSP3/#security-inherit-csp), and e-mails
carry their styles inline and pictures as data: so styles are allowed as such, not by a hash. Nothing can be loaded by a
style, since neither fonts nor pictures from elsewhere are."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the page with a heading of its own; `anchor` is its id, `sections` are what may be cut."""

    anchor: str
    title: str
    note: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The top of the page: what it is (`plan`), its headline, and what stands below it before the first chapter."""

    kind: str
    headline: str
    account: str | None
    parts: tuple[Markup, ...] = ()


def laid_out(head: Head, chapters: Iterable[Chapter], foot: Sequence[Markup], view: View, whole: str) -> str:
    """The page. `whole` is a command that shows all of what does not fit."""
    kept = [chapter for chapter in chapters if chapter.sections]
    shown = chosen((section for chapter in kept for section in chapter.sections), BUDGET - _HEAD, len)
    by_section = iter(shown)
    bodies = [_chapter(chapter, [next(by_section) for _ in chapter.sections]) for chapter in kept]
    return _document(
        head,
        (
            _header(head, view),
            *head.parts,
            *_cut(shown, whole),
            _contents(kept),
            el("main", *bodies),
            el("footer", *foot) if foot else Markup(),
        ),
    )


def _document(head: Head, body: Sequence[Markup]) -> str:
    name = f" · {head.account}" if head.account else ""
    meta = (
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", http_equiv="x-dns-prefetch-control", content="off"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="robots", content="noindex"),
        el("title", f"{head.headline}{name}"[:300]),
        el("style", Markup(STYLE)),
    )
    html = el("html", el("head", *meta), el("body", *body), lang="en")
    return f"<!doctype html>\n{html}\n"


def _header(head: Head, view: View) -> Markup:
    first, _, rest = head.headline.partition("; ")
    more = el("span", rest.replace("; ", " · "), class_="rest") if rest else Markup()
    about = [el("b", "reconciler"), el("span", head.kind)]
    if head.account is not None:
        about.append(el("span", "account ", code(head.account)))
    if view.commit:
        about.append(el("span", "commit ", code(view.commit[:12])))
    top = el("p", *(joined(item, " ") for item in about), class_="about")
    return el("header", top, el("h1", el("span", first), " ", more, lang="pt-BR"))


def _contents(chapters: Sequence[Chapter]) -> Markup:
    links = (el("a", chapter.title, href=f"#{chapter.anchor}") for chapter in chapters)
    return el("nav", *(joined(link, " ") for link in links), aria_label="Contents") if len(chapters) > 1 else Markup()


def _chapter(chapter: Chapter, shown: Sequence[Shown]) -> Markup:
    note = el("p", chapter.note[0].upper() + chapter.note[1:] + ".", class_="note") if chapter.note else Markup()
    parts = [part for each in shown for part in (Markup(each.text), _note(each))]
    return el("section", el("h2", chapter.title), note, *parts, id=chapter.anchor)


def _note(shown: Shown) -> Markup:
    note = "Left out, for lack of room." if shown.left and shown.section.entire else shown.note
    return el("p", note, class_="note cut") if note else Markup()


def _cut(shown: Sequence[Shown], whole: str) -> Iterable[Markup]:
    told = left_out(shown)
    if told:
        yield banner("Cut to fit", joined(f"Left out are {told}. All of it: ", code(whole, _COMMAND)))


def banner(title: str, text: Markup, look: str = "") -> Markup:
    """Something that must not be missed."""
    return el("div", el("b", title), el("p", text) if text else Markup(), class_=classes("banner", look), role="note")


def figures(*told: tuple[str, str]) -> Markup:
    """A few figures that say the most: what each is, and the figure."""
    return el("dl", *(el("div", el("dt", name), el("dd", value)) for name, value in told if value), class_="figures")


def listed(class_: str = "items") -> Callable[[str], str]:
    """Builds a section whose items are items of a list."""
    return lambda body: el("ul", Markup(body), class_=class_) if body else Markup()


def table(heads: Sequence[str], class_: str = "") -> Callable[[str], str]:
    """Builds a section whose items are rows of a table."""
    top = el("thead", el("tr", *(el("th", head, scope="col") for head in heads)))
    return lambda body: el(
        "div", el("table", top, el("tbody", Markup(body)), class_=classes("data", class_)), class_="wide"
    )


def row(heads: Sequence[str], cells: Sequence[Markup], class_: str = "") -> Markup:
    """A table's row; on a narrow screen each cell is led by the head of its column."""
    told = (
        el("td", el("div", cell), data_head=head or None, class_=None if cell else "none")
        for head, cell in zip(heads, cells, strict=True)
    )
    return el("tr", *told, class_=class_ or None)


def item(first: Markup, *more: tuple[str, Markup], class_: str = "") -> Markup:
    """An item of a list, and below it what is known by a label; what is empty is left out."""
    told = [el("div", el("dt", name), el("dd", text)) for name, text in more if text]
    return el("li", el("p", first), el("dl", *told) if told else Markup(), class_=class_ or None)


def subject(name: str, samples: str) -> Markup:
    """What an item is about: an address, or how many contacts, with some of them."""
    return joined(el("b", name), " (", prose(samples), ")") if samples else code(name)


def command(line: str) -> Markup:
    """A command line, to be copied."""
    return el("pre", el("code", line), class_="command")


def folded(summary: Markup, *body: Markup, open_: bool = False) -> Markup:
    """What can be folded away."""
    return el("details", el("summary", summary), *body, open="" if open_ else None)


def counted(name: str, times: int) -> str:
    """A heading with a number."""
    return f"{name} ({number(times)})"
