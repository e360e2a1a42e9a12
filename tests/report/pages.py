"""HTML reports as browsers read them: parsed by the standard's own algorithm, and taken apart. For tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

from reconciler.engine.model import Action, Address, Audience, Change, Delta
from reconciler.engine.overlap import Overlap
from reconciler.engine.plan import Plan
from tests.report import everything

FREE = frozenset({"title", "srcdoc"})
"""Attributes in which foreign text may stand."""
ELEMENTS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "header", "footer", "main", "nav", "section", "article"}
    | {"h1", "h2", "h3", "p", "b", "i", "a", "code", "bdi", "span", "small", "ul", "ol", "li", "dl", "dt", "dd", "div"}
    | {"table", "thead", "tbody", "tr", "th", "td", "caption", "figure", "figcaption", "details", "summary", "time"}
    | {"input", "label", "iframe", "ins", "del", "pre"}
)
"""All that a page is made of."""
ATTRIBUTES = frozenset(
    {"aria-label", "charset", "checked", "class", "content", "data-head", "for", "href", "http-equiv", "id", "lang"}
    | {"loading", "name", "open", "referrerpolicy", "role", "sandbox", "scope", "srcdoc", "style", "title", "type"}
)


def parsed(html: str) -> Element:
    """The page's document element."""
    root: Element = html5lib.parse(html, namespaceHTMLElements=False)
    return root


def skeleton(element: Any, above: str = "") -> Iterator[str]:
    """Every element by its path, with its attributes; of those that may hold foreign text only the names."""
    if not isinstance(element.tag, str):
        yield f"{above}/comment"
        return
    told = [name if name in FREE else f"{name}={value}" for name, value in sorted(element.attrib.items())]
    path = f"{above}/{element.tag}"
    yield f"{path} {' '.join(told)}"
    for inner in element:
        yield from skeleton(inner, path)


def shape(html: str) -> Counter[str]:
    """What a page is made of, whatever the order of alike things."""
    return Counter(skeleton(parsed(html)))


def text(html: str) -> str:
    """All that there is to read."""
    root = parsed(html)
    for style in root.iter("style"):
        style.text = ""
    return "".join(root.itertext())


def frames(html: str) -> list[Element]:
    """The frames of a page."""
    return list(parsed(html).iter("iframe"))


OLD = "<html><body><h1>Natal</h1><p>Frete grátis até 10/12.</p><p>Até logo!</p></body></html>"
NEW = OLD.replace("Natal", "Feliz Natal!").replace("10/12", "15/12")


def plain(named: str) -> Plan:
    """Everything foreign is `named` but the messages' html, whose remarks and differences depend on what it is."""
    made = everything.plan(named)
    flat = named.replace("\n", " ")  # a line end makes a difference in lines of a short text
    html = (Delta("assunto", flat, f"{flat}!"), Delta("html", OLD, NEW))
    kept = (change for change in made.changes if change.address.kind != "mensagem")
    letter = Change(Address("mensagem", named), Action.UPDATE, named, html, live_id=named)
    return Plan(**{**vars(made), "changes": (*kept, letter)})


def letter(html: str, before: str | None = None) -> Plan:
    """A plan that writes one message, and sends it to two lists that overlap."""
    overlap = Overlap((("a", 20), ("b", 5)), 10, (("a", "b", 10),))
    to = Audience(35, exact=True, start=everything.START, lists=(("a", 30), ("b", 15)), overlap=overlap)
    live = None if before is None else "m1"
    deltas = (Delta("assunto", before and "Natal", "Feliz Natal!"), Delta("html", before, html))
    values = {"mensagem_descadastro": "Sair"}
    changes = (
        Change(
            Address("mensagem", "natal"), Action.UPDATE if live else Action.CREATE, "", deltas, values, live_id=live
        ),
        Change(
            Address("envio", "natal"), Action.SCHEDULE, "", values={"mensagem": "natal"}, irreversible=True, audience=to
        ),
    )
    return Plan("principal", changes, reached=(35, True))
