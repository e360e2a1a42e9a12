"""Html compared by meaning: what a server may rewrite, and what a reader would notice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.providers.criaenvio.mensagens.html import meaning, same_html
from reconciler.sandbox.criaenvio.html import rewrite

_MAIL = """<!DOCTYPE html>
<html lang=pt><head><title>Oi</title><style>
  p { color: red }
</style></head>
<body><!--[if mso]><p>Outlook</p><![endif]-->
<table width="600"><tr><td>Olá, <b>você</b>!<br>
<a href="https://loja.exemplo/?a=1&amp;b=2">Ver ofertas</a></td></tr></table>
<pre>  um
  dois</pre></body></html>"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>Oi</p>", "<P>Oi</P>"),
        ("<p>Oi</p>", "<html><head></head><body>\r\n\t<p>Oi</p>\r\n</body></html>"),
        ("<p>Oi\n tudo</p>", "<p>Oi tudo</p>"),
        ("<p class='a' id=b>x</p>", '<p id="b" class="a">x</p>'),
        ("<p>a &amp; b</p>", "<p>a &#38; b</p>"),
        ("<p>caf&eacute;</p>", "<p>café</p>"),
        ("a<br>b", "a<br/>b"),
        ("<table><tr><td>x</td></tr></table>", "<table><tbody><tr><td>x</td></tr></tbody></table>"),
        ("<p>x</p>\n<p>y</p>", "<p>x</p><p>y</p>"),
        ("<pre>a\r\nb</pre>", "<pre>a\nb</pre>"),
        ("<img src=a.png alt=''>", '<img alt="" src="a.png" />'),
        ("<!DOCTYPE HTML><p>x</p>", "<!doctype html><p>x</p>"),
    ],
)
def test_same(one: str, other: str) -> None:
    """Line ends, space between blocks, case, quoting, order, references and supplied elements do not count."""
    assert same_html(one, other)
    assert same_html(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>Oi</p>", "<p>Olá</p>"),
        ("<p>Oi</p>", "<p>oi</p>"),
        ("<p>Oi</p>", "<b>Oi</b>"),
        ('<a href="https://loja.exemplo/a">x</a>', '<a href="https://loja.exemplo/A">x</a>'),
        ('<p style="color: red">x</p>', '<p style="color: blue">x</p>'),
        ("<p>x</p>", '<p class="a">x</p>'),
        ("<p>a <b>b</b></p>", "<p>a<b>b</b></p>"),
        ("<p>ab</p>", "<p>a b</p>"),
        ("<pre>a  b</pre>", "<pre>a b</pre>"),
        ("<p>x</p><!--[if mso]><p>y</p><![endif]-->", "<p>x</p>"),
        ("<p>x</p><script>1</script>", "<p>x</p>"),
        ("<style>p {color: red}</style>", "<style>p {color: blue}</style>"),
        ("<p>&lt;b&gt;</p>", "<p><b></p>"),
        ("", "<p>x</p>"),
    ],
)
def test_different(one: str, other: str) -> None:
    """Text, elements, links, styles, conditions and space that is seen do count."""
    assert not same_html(one, other)
    assert not same_html(other, one)


def test_what_a_server_makes_of_a_whole_mail() -> None:
    """A mail that a server has normalised in a way of its own is the same mail, and once more it still is."""
    assert rewrite(_MAIL) != _MAIL
    assert same_html(_MAIL, rewrite(_MAIL))
    assert same_html(rewrite(_MAIL), rewrite(rewrite(_MAIL)))


def test_no_text_is_no_html() -> None:
    """A value that is no text is never the same."""
    assert not same_html(None, None)
    assert not same_html("<p>x</p>", None)


@given(st.text(alphabet="<>/=\"' &;!-apbri\n\t", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """However broken, a text has a meaning, the same one each time."""
    assert meaning(text) == meaning(text)
    assert same_html(text, text)
