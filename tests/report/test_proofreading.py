"""What a proofreader says of an e-mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.proofreading import CLIPPED, Remark, proofread

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.html"))


def rules(html: str, *, leaves: bool = True) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Remarks by rule: how often, and in which cases."""
    return {remark.rule: (remark.times, remark.samples) for remark in proofread(html, leaves=leaves)}


GOOD = '<a href="https://loja.exemplo/">Loja</a><img src="https://loja.exemplo/a.png" alt="" width="20">'


@pytest.mark.parametrize(
    ("html", "rule", "samples"),
    [
        ("<a>x</a>", "link-empty", ()),
        ('<a href="">x</a>', "link-empty", ()),
        ("<a href='#'>x</a>", "link-empty", ()),
        ('<a href="javascript:void(0)">x</a>', "link-script", ("javascript:void(0)",)),
        ('<a href=" java\nscript:x">x</a>', "link-script", ("java\nscript:x",)),
        ('<A HREF="JavaScript&colon;x">x</a>', "link-script", ("JavaScript:x",)),
        ('<a href="data:text/html,x">x</a>', "link-script", ("data:text/html,x",)),
        ('<a href="loja/natal">x</a>', "link-relative", ("loja/natal",)),
        ('<a href="//loja.exemplo">x</a>', "link-relative", ("//loja.exemplo",)),
        ('<a href="http://loja.exemplo">x</a>', "link-http", ("http://loja.exemplo",)),
        ('<a href="ftp://loja.exemplo">x</a>', "link-scheme", ("ftp://loja.exemplo",)),
        (
            '<a href="https://outra.exemplo/x">www.loja.exemplo</a>',
            "link-elsewhere",
            ("www.loja.exemplo → https://outra.exemplo/x",),
        ),
        ('<a href="https://loja.exemplo"><img src="https://a.exemplo/b.png" alt="" width=9></a>', "link-unnamed", ()),
        (
            '<a href="https://l.exemplo/?utm_source=a">x</a><a href="https://l.exemplo/?utm_source=b">y</a>',
            "link-tracking",
            ("https://l.exemplo/",),
        ),
        ('<img src="https://a.exemplo/b.png" width=9>', "image-alt", ("https://a.exemplo/b.png",)),
        ('<img src="http://a.exemplo/b.png" width=9 alt="">', "image-http", ("http://a.exemplo/b.png",)),
        ('<img src="data:image/png;base64,x" width=9 alt="">', "image-data", ("data:image/png;base64,x",)),
        ('<img src="b.png" width=9 alt="">', "image-relative", ("b.png",)),
        ('<img width=9 alt="">', "image-empty", ()),
        ('<img src="https://a.exemplo/b.png" alt="">', "image-width", ("https://a.exemplo/b.png",)),
        ("<form></form><script></script><script></script>", "taken-out", ("form", "script")),
        ("<p>" + "é" * (CLIPPED // 2), "size", ()),
        ("  ", "empty", ()),
    ],
)
def test_what_deserves_a_look_is_told(html: str, rule: str, samples: tuple[str, ...]) -> None:
    """Each thing that goes wrong in mail programs is told by its rule, with where it shows."""
    found = rules(html)
    assert rule in found
    assert not samples or found[rule][1] == samples
    assert rule not in rules(GOOD)


@pytest.mark.parametrize(
    "html",
    [
        GOOD,
        '<a name="topo"></a><a id="fim"></a><a href="#topo">Topo</a>',
        '<a href="mailto:ola@loja.exemplo">ola@loja.exemplo</a><a href="tel:+551130000000">(11) 3000-0000</a>',
        '<a href="{{link}}">x</a><a href="[LINK_DESCADASTRO]">y</a><img src="{{foto}}" alt="" width=9>',
        '<a href="https://www.loja.exemplo/natal">loja.exemplo</a>',
        '<a href="https://l.exemplo/?utm_content=topo">x</a><a href="https://l.exemplo/?utm_content=fim">y</a>',
        '<a href="https://l.exemplo/?p=1&amp;utm_source=a">x</a><a href="https://l.exemplo/?p=2&amp;utm_source=b">y</a>',
        '<a href="https://l.exemplo"><img src="https://l.exemplo/a.png" alt="Loja" style="max-width: 100%"></a>',
    ],
)
def test_what_is_as_it_should_be_is_not_told(html: str) -> None:
    """Anchors, addresses for mail and phone, values that the sender puts in, and marks of a place are no mistakes."""
    assert rules(html) == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_is_said_of_the_examples(path: Path) -> None:
    """The messages of the examples are what a careful team sends."""
    assert rules(path.read_text(encoding="utf-8")) == {}


def test_how_to_leave_is_looked_for() -> None:
    """Unless recipients are told elsewhere, a link has to say how to leave, in words that are known for it."""
    assert "unsubscribe" in rules("<p>x</p>", leaves=False)
    assert "unsubscribe" not in rules("<p>x</p>", leaves=True)
    for words in ("Descadastre-se", "Não quero mais receber", "cancelar a inscrição"):
        assert "unsubscribe" not in rules(f'<a href="https://l.exemplo/x">{words}</a>', leaves=False)
    assert "unsubscribe" in rules("<p>descadastre-se</p>", leaves=False)


def test_grave_remarks_come_first_and_cases_are_few() -> None:
    """What recipients would meet as broken leads; of many cases a few are named, and all are counted."""
    html = '<img src="https://l.exemplo/a.png">' + "".join(f'<a href="pagina-{n}">x</a>' for n in range(9))
    found = proofread(html, leaves=True)
    assert found[0] == Remark(
        "link-relative",
        "relative links: an e-mail stands nowhere, so they need https:// and the whole address",
        9,
        tuple(f"pagina-{n}" for n in range(5)),
        grave=True,
    )
    assert [remark.grave for remark in found] == sorted((remark.grave for remark in found), reverse=True)


MARKS = [
    "<a href=",
    "<img src=",
    "'",
    '"',
    ">",
    "<",
    "</a>",
    "<!--",
    "//[",
    "http://[::1",
    "javascript:",
    "&#0;",
    "\x00",
    "x",
]


@given(st.lists(st.sampled_from(MARKS), max_size=12).map("".join) | st.text())
def test_any_text_can_be_proofread(html: str) -> None:
    """Nothing that is no html keeps anybody from reading on."""
    for remark in proofread(html, leaves=False):
        assert remark.summary
        assert len(remark.samples) <= 5
