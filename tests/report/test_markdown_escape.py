"""Foreign text in Markdown: shown as it is, and never with an effect."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.report.markdown.escape import NAME, WORDS, code, details, fence, label, lines, prose, row
from reconciler.report.words import visible
from tests.report.rendering import ALIVE, RENDERERS, Page, collapsed

LAWS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CHARACTERS = "\x1baB1 -+=@`*_[]()<>{}|'\"\\/.,;:!?~#$%&^\n\r\t\x00\x7f\x9b\u200b\u200d\u202e\u2066\u2028\ufeff\xa0🎄é日"
LINKS = """@maria #123 GH-12 a/GH-12 loja/site#4 https://exemplo.org/?a=b&c www.exemplo.org a@exemplo.org exemplo.org
    mailto:a@exemplo.org [x](https://exemplo.org)
    ![x](https://exemplo.org/a.png) deadbeef1 0123456789abcdef :tada: [^1]"""
MARKUP = """<script> <!-- --> </details> </td> &amp; &#64;maria &lt;b&gt; [^1]: ``` ~~~ `x` `` **x** ~~x~~ $x$ $`x`$
    |---| \\| --- *** === %%{init: {}}%% ; click end R$ <= 2% 51.314 26/11/2026 18:00 -03:00 D'Ávila
    natal-2026 (IN_PROGRESS),"""
OPENINGS = ("[ ] ", "- [x] ", "# ", "> ", "> [!NOTE]", "- ", "1. ", "2) ", "    ", "  \n", "\n\n", "\n</details>\n")
PIECES = (*CHARACTERS, *LINKS.split(), *MARKUP.split(), *OPENINGS)
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)
seen = texts.filter(lambda text: text.strip(" "))


def page(markdown: str, renderer: str) -> Page:
    """`markdown` rendered."""
    return Page(RENDERERS[renderer](markdown))


@pytest.mark.parametrize("renderer", RENDERERS)
@LAWS
@given(seen, st.sampled_from(["", "# ", "- ", "  - why: ", "**", "> "]))
@example("1.", "")
@example("`a`", "- ")
def test_a_sentence_stays_one(renderer: str, text: str, before: str) -> None:
    """Wherever it begins, a text is read as it stands, and is neither a link, a list, a heading nor anything else."""
    after = "**" if before == "**" else ""
    shown, plain = page(f"{before}{prose(text)}{after}", renderer), page(f"{before}x{after}", renderer)
    assert shown.tags == plain.tags
    assert collapsed(shown.text).endswith(collapsed(visible(text)))
    assert not any(ALIVE.search(piece) for piece in shown.plain)


@pytest.mark.parametrize("renderer", RENDERERS)
@LAWS
@given(st.lists(seen, min_size=2, max_size=2))
@example(["\\|", "a|"])
@example(["\\\\|", "|\\"])
@example(["`|", "||`"])
def test_a_table_keeps_its_cells(renderer: str, given: list[str]) -> None:
    """Nothing ends a cell but the table's own pipes; within, a text is unchanged but for a pipe behind a backslash."""
    cells = [code(given[0], WORDS), prose(given[1])]
    shown = page("\n".join((row(("a", "b")), row(("---", "---")), row(cells), row(("x", "y")))), renderer)
    plain = page("\n".join((row(("a", "b")), row(("---", "---")), row(("x", "y")), row(("x", "y")))), renderer)
    assert shown.tags == plain.tags
    wanted = [collapsed(visible(text)).replace("\\|", "\\\\x7c") for text in given]
    assert [collapsed(cell) for cell in shown.cells[2:]] == [*wanted, "x", "y"]
    assert not any(ALIVE.search(piece) for piece in shown.plain)


@pytest.mark.parametrize("renderer", RENDERERS)
@LAWS
@given(seen)
def test_code_is_copied_as_it_stands(renderer: str, text: str) -> None:
    """A code span holds exactly the visible text, blanks at its ends included, and nothing beside it."""
    shown = page(f"x {code(text, WORDS)} y", renderer)
    assert shown.text.rstrip("\n") == f"x {visible(text)} y"
    assert shown.plain[0] == "x "


@pytest.mark.parametrize("renderer", RENDERERS)
@LAWS
@given(st.lists(texts, min_size=1, max_size=4))
def test_a_code_block_shows_its_lines_unchanged(renderer: str, given: list[str]) -> None:
    """Whatever stands in a folded diff, it is shown line by line, and neither the fence nor the fold ends early."""
    shown = page(details("x", fence("diff", lines([f"+ {text}" for text in given]))) + "\n\nend", renderer)
    assert shown.tags == ["details", "summary", "/summary", "pre", "/pre", "/details", "p", "/p"]
    assert shown.blocks == ["".join(f"+ {visible(text)}\n" for text in given)]


@LAWS
@given(texts)
def test_a_chart_label_has_no_meaning(text: str) -> None:
    """Nothing that Mermaid knows is left in a label, its letters are, and it is short."""
    shown = label(text)
    assert re.search(r"[:;#%{}\"'<>`\\\n\[\]|&]", shown) is None
    assert len(shown) <= 60
    if len(shown) < 60:
        assert re.findall(r"[a-zA-Z0-9é日]", shown) == re.findall(r"[a-zA-Z0-9é日]", visible(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the start has passed (dom 10/05/2026 09:00); nothing is sent", None),
        ("até 51.314 pessoas; o primeiro qui 26/11 18:00 -03:00", None),
        ("falhas 2 of 500 (0.4 %), expected 2%", None),
        ("Tamanho de mensagem excedido. (400)", None),
        ("envio.natal-sp waits", "`envio.natal-sp` waits"),
        ("write --allow agora=envio.natal, or wait", "write `--allow agora=envio.natal`, or wait"),
        ("no answer (POST /envios)", "no answer (POST `/envios`)"),
        ("(IN_PROGRESS), or so", "(`IN_PROGRESS`), or so"),
        ("1. um", "1\\. um"),
        ("a - b & c", "a \\- b &amp; c"),
        ("oi @maria, veja #12!", "oi `@maria`, veja `#12!`"),
    ],
)
def test_plain_words_stay_plain(text: str, shown: str | None) -> None:
    """What a report says itself reads as a sentence; only words that might be something else are code."""
    assert prose(text) == (shown or text)


def test_very_long_words_are_cut_and_counted() -> None:
    """A name that fills a screen is shown in part, with its length."""
    assert code("a" * 50_000) == f"`{'a' * NAME}… (50.000 characters)`"
    assert prose("x" * 50_000).endswith("… (50.000 characters)")
    assert code("") == ""
    assert code(" ") == "` `"
