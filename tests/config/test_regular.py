"""Contacts that patterns read instead of events: the same nodes, places and findings, whatever stands among them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.config.document import MAX_DEPTH, Document, Map, Node, Seq, parse
from reconciler.config.lines import At
from reconciler.config.regular import SMALLEST, parse_file
from reconciler.config.syntax import Problem

_ENOUGH = 1 + SMALLEST // 60


def shown(node: Node) -> Any:
    """A node with its kind, its order and every offset in it."""
    if isinstance(node, Map):
        places = [[mark.index for mark in node.marks_of(key)] for key in node]
        return "map", node.mark.index, [(key, shown(value)) for key, value in node.items()], places
    if isinstance(node, Seq):
        return "seq", node.mark.index, [(node.mark_of(at).index, shown(item)) for at, item in enumerate(node)]
    return node


def outcome(document: Document) -> Any:
    """All that a document says."""
    return shown(document.root), document.mark.index, document.problems


def assert_same(text: str) -> None:
    """What is read is what the events of the whole text say, or the same problem."""
    read: list[Any] = []
    for parsed in (lambda: parse(text, marked=MAX_DEPTH), lambda: parse_file(text)):
        try:
            read.append(outcome(parsed()))
        except Problem as problem:
            read.append(vars(problem))
    assert read[0] == read[1]


def contacts(count: int, indent: str = "", **more: Any) -> str:
    """The items of so many contacts, as a library writes them."""
    people = [
        {"email": f"p{n}@exemplo.com.br", "nome": f"Ana{n}#: {n}", "listas": ["a", "b"], **deepcopy(more)}
        for n in range(count)
    ]
    text = str(yaml.safe_dump(people, allow_unicode=True, sort_keys=False))
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


_SCALARS = st.one_of(
    st.text(alphabet="aZ0é .:#-'\"[]{},&*!|>%@`?=~<\\_/+😀", max_size=12),
    st.sampled_from(
        (
            *(
                "null",
                "~",
                "",
                "no",
                "a: b",
                "a #b",
                "a#b",
                "a:b",
                "x:",
                "'it''s'",
                '"a\\n"',
                "''",
                '"',
                "<<",
                "\u00a0",
            ),
            *(
                "\u2028a",
                "a\u0085b",
                "a\tb",
                "a\rb",
                "|\n    text",
                ">\n    nome: x",
                "x\n     y",
                "x # y",
                "&a x",
                "*a",
            ),
        )
    ),
)
_LINES = st.one_of(
    st.tuples(st.sampled_from(["nome", "sexo", "a-b", "<<", "é", "?", "'q'"]), _SCALARS).map(
        lambda p: f"{p[0]}: {p[1]}"
    ),
    _SCALARS,
    st.sampled_from(["listas:", "listas: [a, b]", "campos:", "campos: {a: b}", "vazio:", "# nota", "", "nome: z"]),
)
_PIECES = st.one_of(
    _LINES,
    _LINES.map("- ".__add__),
    _LINES.map("  ".__add__),
    _LINES.map("    ".__add__),
    _LINES.map("  - ".__add__),
    _LINES.map("    - ".__add__),
)


@settings(max_examples=150)
@given(st.lists(_PIECES, max_size=8), st.lists(_PIECES, max_size=4), st.sampled_from(["", "  "]))
def test_whatever_stands_among_plain_contacts_is_read_as_it_stands(
    among: list[str], behind: list[str], indent: str
) -> None:
    """Lines of any sort between plain contacts, and behind them, mean what the events say, at the same places."""
    odd = "".join(f"{indent}{line}\n" for line in among)
    end = "".join(f"{line}\n" for line in behind)
    many = contacts(_ENOUGH // 2, indent)
    assert_same(f"# início\ncontatos:\n{many}{odd}{many}{end}")


_STYLES = (
    "- email: {0}\n  listas:\n  - {1}\n  - b\n  campos:\n    cidade: {2}\n    uf: SP\n",
    "- email: {0}\n  listas:\n    - {1}\n    - b\n  campos:\n    uf: SP\n    cidade: {2}\n",
    "- email: {0}\n  listas: [{1}, b]\n  campos: {{uf: SP, cidade: {2}}}\n",
    "- {{email: {0}, listas: [b, {1}], campos: {{cidade: {2}, uf: SP}}}}\n",
    "- {{campos: {{cidade: {2}}}, listas: [{1}], email: {0}, nome: a}}\n",
    "- listas:\n   - {1}\n  campos:\n     cidade: {2}\n  email: {0}\n",
)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(_SCALARS, _SCALARS, _SCALARS), min_size=1, max_size=4), st.sampled_from(_STYLES), st.booleans()
)
def test_values_are_what_the_events_say(values: list[tuple[str, str, str]], style: str, many: bool) -> None:
    """A value of any sort, in any place of a contact in any style, repeated many times, or once after plain ones."""
    odd = "".join(style.format(*each) for each in values)
    plain = style.format("a@exemplo.org", "x", "y z") * (SMALLEST // 50)
    assert_same("contatos:\n" + (odd * (SMALLEST // 50) if many else plain + odd))


MANY = contacts(_ENOUGH)
DECEPTIVE = {
    "inside quotes": f'a: "x\ncontatos:\n{MANY}"\n',
    "inside quotes, then a section": f"a: 'x\ncontatos:\n{MANY}'\ncontatos:\n{MANY}",
    "inside a literal": f"a: |\n contatos:\n{contacts(_ENOUGH, ' ')}",
    "inside brackets": f"a: [\ncontatos:\n{MANY}]\n",
    "a section that stands twice": f"contatos:\n{MANY}contatos:\n{MANY}",
    "a section that stood before, otherwise written": f"'contatos':\n{MANY}contatos:\n{MANY}",
    "the key of another": f"? a\n: b\n? contatos\n: c\ncontatos:\n{MANY}",
    "a second document": f"contatos:\n{MANY}---\na: b\n",
    "the end of the document": f"contatos:\n{MANY}...\n",
    "a directive": f"%YAML 1.1\n---\ncontatos:\n{MANY}",
    "no line end": f"contatos:\n{MANY}".rstrip("\n"),
    "an error before": f"a: [\nb: c\ncontatos:\n{MANY}",
    "an error behind": f"contatos:\n{MANY}envios: {{\n",
    "indented less from here on": f"contatos:\n{contacts(_ENOUGH, '  ')}{MANY}",
    "indented more from here on": f"contatos:\n{MANY}{contacts(_ENOUGH, '  ')}",
    "a mapping afterwards": f"contatos:\n{MANY}email: x\nenvios:\n  a: {{nome: b}}\n",
    "aliases": f"base: &b {{nome: c}}\ncontatos:\n- &n ~\n- *n\n{MANY}- *b\n- {{<<: *b}}\n{MANY}",
    "only keys": "contatos:\n" + "- email:\n  nome:\n" * _ENOUGH * 3,
    "nothing but lists": "contatos:\n" + "- a:\n  - x\n  b:\n    - 'y'\n" * _ENOUGH * 3,
    "the same key twice": "contatos:\n" + "- email: a\n  nome: b\n  nome: c\n" * _ENOUGH * 2,
    "the same inner key twice": "contatos:\n" + "- email: a\n  campos:\n    a: b\n    a: c\n" * _ENOUGH * 2,
    "a key that is longer than a key may be": "contatos:\n" + f"- {'a' * 1100}: b\n  c: d\n" * _ENOUGH,
    "a value that goes on below": f"contatos:\n{MANY}  nome2: a\n\n   b\n{MANY}",
    "a section without keys": f"contatos:\n{MANY}# fim\n\nlistas:\n",
    "lines that end as on Windows": f"contatos:\n{MANY}".replace("\n", "\r\n"),
    "one key a contact": "contatos:\n" + "- email: a@exemplo.org\n" * _ENOUGH * 3,
    "every contact with a form of its own": "contatos:\n" + "".join(f"- email: a\n  k{n}: b\n" for n in range(4000)),
}


@pytest.mark.parametrize("name", DECEPTIVE)
def test_what_only_looks_like_contacts_is_none(name: str) -> None:
    """Text that looks like contacts where it is none, and all that can come before and behind, is told apart."""
    assert_same(DECEPTIVE[name])


@pytest.mark.parametrize("style", _STYLES[:-1])
@pytest.mark.parametrize("indent", ["", "  "])
def test_plain_contacts_are_read_by_patterns(style: str, indent: str) -> None:
    """Contacts written alike are not read as events, also with others among them: their marks are not the parser's."""
    odd = "- email: x  # nota\n  nome: 'it''s'\n"
    many = "".join(style.format(f"a{n}@exemplo.org", "x-y", "São Paulo d'Oeste") for n in range(_ENOUGH))
    other = contacts(_ENOUGH, data_de_nascimento="1990-02-12", campos={"cidade": "São: Paulo", "uf": "no"})
    lines = "".join(f"{indent}{line}\n" for line in f"{many}{odd}{other}{many}".splitlines())
    text = f"listas:\n  a: {{nome: A}}\ncontatos:\n{lines}envios:\n"
    root = parse_file(text).root
    assert isinstance(root, Map)
    section = root["contatos"]
    assert isinstance(section, Seq)
    told = [at for at, item in enumerate(section) if isinstance(item, Map) and not isinstance(item.mark, At)]
    assert (told, len(section)) == ([_ENOUGH], 3 * _ENOUGH + 1)
    assert_same(text)
