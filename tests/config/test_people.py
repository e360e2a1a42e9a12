"""The roll that files of contacts give: everybody is found in it, and read again from where they stand."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config import Account, load
from reconciler.config.lines import Broken, Lines
from reconciler.engine.model import Finding
from reconciler.engine.roll import RowChangedError, digest

LISTS = "listas: {a: , b: }\ncampos: {cidade: }\n"
YAML = LISTS + "contatos:\n  - {email: Y@exemplo.org, nome: Y}\n  - {email: z@exemplo.org, id: x1}\n"
FILES = {
    "a.yaml": YAML + "contatos_de: [{arquivo: c.csv, listas: [a]}, {arquivo: j.jsonl, ativo: true}]\n",
    "c.csv": '\ufeffemail;nome;campos.cidade\r\nA@exemplo.org;Ána;"São\r\nPaulo"\r\n\r\nb@exemplo.org;;\r\n',
    "j.jsonl": '\n{"email": "c@exemplo.org", "nome": "C", "listas": ["b", "a"]}\n{"email": "D@exemplo.org"}',
}


def test_everybody_stands_in_the_roll_in_the_order_of_the_files(account: Callable[..., Account]) -> None:
    """Rows of every kind of file are read again as they were written, with their lines; an id keeps one whole."""
    people = account(FILES).people
    found = list(people.read(people))
    assert [f"{one.address.key} {one.place}" for one in found] == [
        "y@exemplo.org a.yaml:4:5",
        "z@exemplo.org a.yaml:5:5",
        "a@exemplo.org c.csv:2:1",
        "b@exemplo.org c.csv:5:1",
        "c@exemplo.org j.jsonl:2:1",
        "d@exemplo.org j.jsonl:3:1",
    ]
    assert found[2].fields == {
        "email": "A@exemplo.org",
        "nome": "Ána",
        "listas": frozenset("a"),
        "campos": {"cidade": "São\nPaulo"},
    }
    assert found[5].fields == {"email": "D@exemplo.org", "ativo": True}
    assert dict(people.special) == {1: found[1]}
    assert [people.find(one.address.key) for one in found] == list(people)
    for place, one in enumerate(found):
        assert people.declared(place) == one
        assert people.digests[place] == digest(people.shape(place), one.fields)


@pytest.mark.parametrize("name", ["c.csv", "j.jsonl"])
@pytest.mark.parametrize("how", ["shifted", "altered", "broken", "gone"])
def test_a_file_that_changes_after_it_was_read_is_found_out(
    name: str, how: str, account: Callable[..., Account], root: Path
) -> None:
    """No row is taken for another one: what is not there any more is an error that says which file and line."""
    people = account(FILES).people
    place = people.find("b@exemplo.org" if name == "c.csv" else "c@exemplo.org")
    assert place is not None
    content = (root / name).read_bytes()
    changed = {
        "shifted": content.replace(b"exemplo", b"exemplos", 1) if name == "c.csv" else b" \n" + content,
        "altered": content.replace(b"b@exemplo", b"x@exemplo").replace(b'"C"', b'"X"'),
        "broken": content.replace(b"b@exemplo", b'"\xff@exempl').replace(b'"C"', b"}}}"),
    }
    if how == "gone":
        (root / name).unlink()
    else:
        (root / name).write_bytes(changed[how])
    with pytest.raises(RowChangedError, match=f"{name} changed while it was read"):
        people.declared(place)


def test_one_e_mail_twice_is_told_with_both_places(findings: Callable[..., tuple[Finding, ...]]) -> None:
    """Within a file, across files and across forms of files; whatever the case; also where the first is not valid."""
    files = {
        "a.yaml": LISTS
        + "contatos: [{email: y@exemplo.org, sexo: x}, {email: Y@exemplo.org}]\n"
        + "contatos_de: [{arquivo: c.csv}, {arquivo: j.jsonl}]\n",
        "c.csv": "nome,email\nA,a@exemplo.org\nB,A@EXEMPLO.org\nY,y@exemplo.org\n",
        "j.jsonl": '{"email": "b@exemplo.org"}\n{"nome": "A", "email": "a@exemplo.org"}\n',
    }
    found = [one for one in findings(files) if one.rule == "duplicate-email"]
    assert [f"{one.place} {one.value} {one.reason.partition(' (')[0]}" for one in found] == [
        "a.yaml:3:53 Y@exemplo.org it also stands at a.yaml:3:12",
        "c.csv:3:3 A@EXEMPLO.org it also stands at c.csv:2:1",
        "c.csv:4:3 y@exemplo.org it also stands at a.yaml:3:12",
        "j.jsonl:2:24 a@exemplo.org it also stands at c.csv:2:1",
    ]


def test_a_file_that_is_named_twice_is_told_of_so_often_as_is_shown(findings: Callable[..., Any]) -> None:
    """The first 200 of a file are shown, and the others counted."""
    rows = "\n".join(f"p{number}@exemplo.org" for number in range(1000))
    found = findings({"a.yaml": "contatos_de: [{arquivo: c.csv}, {arquivo: c.csv}]\n", "c.csv": f"email\n{rows}\n"})
    assert [one.rule for one in found] == ["duplicate-email"] * 200 + ["more-findings"]
    assert found[-1].summary.startswith("800 more findings in c.csv")


@given(
    st.lists(st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=12)),
    st.integers(1, 40),
    st.booleans(),
)
def test_lines_and_their_places_whatever_the_blocks(texts: list[str], block: int, mark: bool) -> None:
    """Every line has the offset at which its bytes begin, however the file is cut while it is read."""
    content = "\n".join(texts).encode()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    content = (b"\xef\xbb\xbf" if mark else b"") + content
    lines = Lines(io.BytesIO(content), "c.csv", block=block)
    expected = [line + b"\n" for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    expected[-1] = expected[-1][:-1]
    for number, line in enumerate(lines, 1):
        lines.keep = number
        offset, again = lines.position(number)
        assert again == number
        assert content[offset : offset + len(line.encode())] == line.encode() == expected[number - 1]
        assert lines.source(number, number + 1).text == line
    assert content.removeprefix(b"\xef\xbb\xbf") == b"".join(expected)


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_what_is_no_text_is_found_after_the_lines_before_it(block: int) -> None:
    """The lines before the first byte that cannot be decoded are read; that one is told with its offset."""
    lines = Lines(io.BytesIO("é\nb\nc\xff\nd\n".encode("latin-1").replace(b"\xe9", b"\xc3\xa9")), "c.csv", block=block)
    read = []
    with pytest.raises(Broken) as caught:
        read.extend(lines)
    assert read == ["é\n", "b\n"] or block == 1 << 20
    assert "offset 6" in caught.value.problem.reason
    assert str(caught.value.source.place(caught.value.problem.at)) == "c.csv:3:2"


def test_a_line_that_is_too_long_is_not_held() -> None:
    """A file without line ends is refused after a mebibyte, whatever its size, and with few lines at hand."""
    with pytest.raises(Broken, match="longer than 1 MiB") as caught:
        list(Lines(io.BytesIO(b"a\n" + b"b" * (3 << 20)), "c.csv"))
    assert caught.value.source.place(0).line == 2


def test_a_large_file_is_never_held(root: Path, write: Callable[[Mapping[str, str]], None]) -> None:
    """What loading a file of contacts takes is the roll, and some blocks of the file: not its text, not its people."""
    count = 20_000
    rows = "\n".join(f"p{number}@exemplo.org,{'N' * 80} {number},Cidade {number}" for number in range(count))
    write({"a.yaml": LISTS + "contatos_de: [{arquivo: c.csv}]\n", "c.csv": f"email,nome,campos.cidade\n{rows}\n"})
    load(root)
    tracemalloc.start()
    try:
        people = load(root).accounts["principal"].people
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(people) == count
    assert held < 60 * count
    assert peak < 60 * count + 4 * 1024 * 1024
