"""Files of contacts: CSV in the forms that spreadsheets write, and JSON lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.engine.model import Declared, Finding

LISTS = "listas: {a: , b: }\ncampos: {cidade: , cep: }\n"


def table(content: str | bytes, entry: str = "arquivo: c.csv") -> dict[str, str | bytes]:
    """A workspace with one file of contacts."""
    name = entry.partition("arquivo: ")[2].partition(",")[0].strip("} ")
    return {"a.yaml": f"{LISTS}contatos_de:\n  - {{{entry}}}\n", name: content}


def contacts(found: dict[str, Declared]) -> dict[str, Any]:
    """E-mail → fields."""
    return {key.removeprefix("contato."): dict(one.fields) for key, one in found.items() if key.startswith("contato.")}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_forms_of_csv(separator: str, end: str, mark: bytes, declared: Callable[..., dict[str, Declared]]) -> None:
    """Separator, line ends and byte-order mark are found out; quoted cells hold any; empty ones say nothing."""
    lines = [
        "email|nome|sexo|data_de_nascimento|ativo|listas|campos.cidade|campos.cep",
        'Ana@exemplo.org|"Souza, Ana; ""a primeira"""|F|12/02/1990|TRUE|"a b"|"São\nPaulo|x"|01310',
        "",
        "bia@exemplo.org|||||||",
    ]
    text = end.join(line.replace("|", separator) for line in lines) + end
    assert contacts(declared(table(mark + text.encode()))) == {
        "ana@exemplo.org": {
            "email": "Ana@exemplo.org",
            "nome": 'Souza, Ana; "a primeira"',
            "sexo": "f",
            "data_de_nascimento": "1990-02-12",
            "ativo": True,
            "listas": frozenset({"a", "b"}),
            "campos": {"cidade": f"São\nPaulo{separator}x", "cep": "01310"},
        },
        "bia@exemplo.org": {"email": "bia@exemplo.org"},
    }


def test_columns_are_mapped_and_lists_are_added(declared: Callable[..., dict[str, Declared]]) -> None:
    """`colunas` says which column holds which field; `listas` and `ativo` hold for every contact of the file."""
    columns = 'email: E-mail, nome: Nome, "campos.cidade": Cidade, listas: L'
    entry = f"arquivo: c.csv, colunas: {{{columns}}}, listas: [a], ativo: true"
    found = declared(table("Cidade;E-mail;Nome;L;Outra\nRecife;ana@exemplo.org;Ana;b;x\n;bia@exemplo.org;;;\n", entry))
    assert contacts(found) == {
        "ana@exemplo.org": {
            "email": "ana@exemplo.org",
            "nome": "Ana",
            "ativo": True,
            "listas": frozenset({"a", "b"}),
            "campos": {"cidade": "Recife"},
        },
        "bia@exemplo.org": {"email": "bia@exemplo.org", "ativo": True, "listas": frozenset({"a"})},
    }


def test_json_lines(declared: Callable[..., dict[str, Declared]]) -> None:
    """Numbers and booleans are the text that stands there, null says nothing, values may be nested or flat."""
    text = (
        '{"email": "ana@exemplo.org", "nome": null, "ativo": false, "listas": ["a"], '
        '"campos": {"cep": 1e3, "cidade": true}}\n'
        "\n"
        '{"email": "bia@exemplo.org", "campos.cep": 1310.50, "nome": "Bia \\ud83d\\ude00"}\n'
    )
    assert contacts(declared(table(text, "arquivo: c.jsonl"))) == {
        "ana@exemplo.org": {
            "email": "ana@exemplo.org",
            "ativo": False,
            "listas": frozenset({"a"}),
            "campos": {"cep": "1e3", "cidade": "true"},
        },
        "bia@exemplo.org": {"email": "bia@exemplo.org", "nome": "Bia 😀", "campos": {"cep": "1310.50"}},
    }
    mapped = 'arquivo: d.ndjson, colunas: {email: mail, "campos.cidade": city}'
    found = contacts(declared(table('{"mail": "caio@exemplo.org", "city": "Natal", "x": 1}\n', mapped)))
    assert found["caio@exemplo.org"] == {"email": "caio@exemplo.org", "campos": {"cidade": "Natal"}}


def test_places_of_contacts_are_their_lines(declared: Callable[..., dict[str, Declared]]) -> None:
    """A contact stands where its row begins, also behind quoted line ends."""
    found = declared(table('email,campos.cidade\na@exemplo.org,"x\n\ny"\n\nb@exemplo.org,\n'))
    assert [str(one.place) for key, one in found.items() if key.startswith("contato.")] == ["c.csv:2:1", "c.csv:6:1"]


@pytest.mark.parametrize(
    ("content", "entry", "expected", "words"),
    [
        ("", "arquivo: c.csv", ["c.csv:1:1 missing-column"], "the file is empty"),
        (
            "E-mail,nome\n",
            "arquivo: c.csv",
            ["c.csv:1:1 column-not-read", "c.csv:1:1 missing-column"],
            "no column holds",
        ),
        ("mail,nome\n", "arquivo: c.csv, colunas: {email: mali}", ["c.csv:1:1 missing-column"], "did you mean mail"),
        ("email,email\n", "arquivo: c.csv", ["c.csv:1:7 duplicate-column"], "two columns"),
        ("email\n", "arquivo: c.csv, colunas: {emial: email}", ["a.yaml:4:32 unknown-field"], "did you mean email"),
        ("email,nome\na@exemplo.org\n", "arquivo: c.csv", ["c.csv:2:1 short-row"], "cells are missing"),
        ("email,nome\na@exemplo.org,A,B\n", "arquivo: c.csv", ["c.csv:2:1 long-row"], "quote cells"),
        ("email,nome\na@exemplo.org,A,,\n", "arquivo: c.csv", [], ""),
        ('email,nome\n"a@exemplo.org,A\n', "arquivo: c.csv", ["c.csv:2:1 bad-csv"], "quoted cell"),
        ('email,nome\n"a@exemplo.org"x,A\n', "arquivo: c.csv", ["c.csv:2:1 bad-csv"], "closing quote"),
        ("email,nome\na@exemplo.org,\x07\n", "arquivo: c.csv", ["c.csv:2:15 bad-text"], "U+0007"),
        (
            "email,ativo\na@exemplo.org,sim\nb@exemplo,true\n",
            "arquivo: c.csv",
            ["c.csv:2:15 bad-boolean", "c.csv:3:1 bad-email"],
            "write true",
        ),
        ("nome,email\nA,\n", "arquivo: c.csv", ["c.csv:2:1 missing-field"], "email is missing"),
        ("email,listas\na@exemplo.org,a c\n", "arquivo: c.csv", ["c.csv:2:17 unknown-reference"], "no lista 'c'"),
        (
            "email,campos.cep,campos.nada\na@exemplo.org,1,2\n",
            "arquivo: c.csv",
            ["c.csv:2:17 unknown-reference"],
            "no campo 'nada'",
        ),
        ("email,campos.X\na@exemplo.org,2\n", "arquivo: c.csv", ["c.csv:2:15 bad-key"], "a-z"),
        ("email,sobrenome\na@exemplo.org,B\n", "arquivo: c.csv", ["c.csv:1:7 column-not-read"], "did you mean nome"),
        (
            "email\nana@exemplo.org\nZ\xe9@exemplo.org\n".encode("latin-1"),
            "arquivo: c.csv",
            ["c.csv:3:2 encoding"],
            "offset 23",
        ),
        ("email\n".encode("utf-16"), "arquivo: c.csv", ["c.csv:1:1 encoding"], "UTF-16"),
        ("email\n" + "a" * 2_000_000, "arquivo: c.csv", ["c.csv:2:1 too-large"], "1 MiB"),
        ('email\n"' + "a\n" * 100_000, "arquivo: c.csv", ["c.csv:2:1 bad-csv"], "128 KiB"),
        ("email\n", "arquivo: c.csv, listas: [nada]", ["a.yaml:4:31 unknown-reference"], "no lista 'nada'"),
        ("x", "arquivo: c.jsonl", ["c.jsonl:1:1 bad-json"], "write one object"),
        ('["a"]\n{"email": 1}\n', "arquivo: c.jsonl", ["c.jsonl:1:1 bad-json", "c.jsonl:2:11 bad-email"], "an object"),
        ('{"email": "a@exemplo.org", "email": "b"}', "arquivo: c.jsonl", ["c.jsonl:1:1 duplicate-key"], "stands twice"),
        (
            '{"email" : "a@exemplo.org", "nome": "A", "nome": "B"}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:1 duplicate-key"],
            "'nome'",
        ),
        (
            '{"email": "a@exemplo.org", "campos": {"cep":"1", "cep"\t:"2"}}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:1 duplicate-key"],
            "'cep'",
        ),
        (
            '{"email": "a@exemplo.org", "nome": "x", "nome": "\\":"}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:1 duplicate-key"],
            "'nome'",
        ),
        (
            '{"email": "a@exemplo.org", "campos": "ab", "nome": "\\":", "nome": "", "nome": ""}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:1 duplicate-key"],
            "'nome'",
        ),
        (
            '{"email": "a@exemplo.org", "nomee": "A"}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:28 column-not-read"],
            "did you mean nome",
        ),
        ('{"email": "a@exemplo.org", "nome": ["A"]}', "arquivo: c.jsonl", ["c.jsonl:1:36 bad-type"], "one text"),
        (
            '{"email": "a@exemplo.org", "campos": "x", "listas": "a"}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:38 bad-type", "c.jsonl:1:53 bad-type"],
            "a mapping",
        ),
        (
            '{"email": "a@exemplo.org", "campos.nada": 1}',
            "arquivo: c.jsonl",
            ["c.jsonl:1:43 unknown-reference"],
            "no campo",
        ),
        ('{"a": ' * 100_000, "arquivo: c.jsonl", ["c.jsonl:1:1 bad-json"], "too much"),
        ('{"email": ' + "1" * 5_000 + "}", "arquivo: c.jsonl", ["c.jsonl:1:11 bad-email"], "e-mail"),
        ('{"nome": "\\ud83d\\ude00", "email": "x"}', "arquivo: c.jsonl", ["c.jsonl:1:1 bad-email"], "e-mail"),
    ],
)
def test_what_is_wrong_with_a_table(
    content: str | bytes, entry: str, expected: list[str], words: str, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """Each mistake is found at its cell, with its line."""
    found = findings(table(content, entry))
    assert [f"{finding.place} {finding.rule}" for finding in found] == expected
    assert words in "\n".join(f"{finding.summary} {finding.reason} {finding.remedy}" for finding in found)
