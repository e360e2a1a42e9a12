"""Contacts from Parquet files and from databases: the same people as from a CSV, and the same findings."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reconciler.config import InvalidConfig, load
from reconciler.config.records import cell_of
from reconciler.engine.model import Declared, Finding

LISTS = "listas: {a: , b: }\ncampos: {cidade: , cep: }\n"
PARQUET = f"{LISTS}contatos_de: [{{arquivo: c.parquet, listas: [a]}}]\n"
ROWS: dict[str, list[Any]] = {
    "email": ["Ana@exemplo.org", "bia@exemplo.org", None],
    "nome": ["Ana, a primeira", None, None],
    "data_de_nascimento": [date(1990, 2, 12), None, None],
    "ativo": [True, False, None],
    "listas": [["b"], [], None],
    "campos.cidade": ["São\nPaulo", "", None],
    "campos.cep": [1310.0, float("nan"), None],
}
PEOPLE = [
    {
        "email": "Ana@exemplo.org",
        "nome": "Ana, a primeira",
        "data_de_nascimento": "1990-02-12",
        "ativo": True,
        "listas": frozenset("ab"),
        "campos": {"cidade": "São\nPaulo", "cep": "1310"},
    },
    {"email": "bia@exemplo.org", "ativo": False, "listas": frozenset("a")},
]


def query(sql: str, more: str = "") -> str:
    """A campaign file with one query."""
    return f"{LISTS}contatos_de:\n  - consulta:\n      conexao: {{env: CRM_URL}}\n      sql: {sql}\n{more}"


@pytest.fixture
def parquet(root: Path, write: Callable[[Mapping[str, str]], None]) -> Callable[..., None]:
    """Writes a workspace with one Parquet file."""

    def parquet(columns: Mapping[str, Any], campaign: str = PARQUET, **options: Any) -> None:
        write({"a.yaml": campaign})
        pq.write_table(pa.table(dict(columns)), root / "c.parquet", **options)

    return parquet


@pytest.fixture
def database(root: Path) -> Path:
    """A database with two clients; in it, what differs from a CSV."""
    path = root.parent / "crm.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("create table clientes (email text, nome text, nascido text, cep integer, foto blob)")
        rows = [("Ana@exemplo.org", "Ana: 100%", "1990-02-12", 1310, None), ("bia@exemplo.org", None, None, None, b"x")]
        connection.executemany("insert into clientes values (?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


@pytest.fixture
def asked(
    root: Path, database: Path, write: Callable[[Mapping[str, str]], None]
) -> Callable[..., tuple[list[Declared], tuple[Finding, ...]]]:
    """What a workspace with a query gives: people and findings."""

    def asked(campaign: str, address: str | None = None) -> tuple[list[Declared], tuple[Finding, ...]]:
        write({"a.yaml": campaign})
        address = f"sqlite:///{database}" if address is None else address
        try:
            account = load(root, environment={"CRM_URL": address, "OTHER": "x"}).accounts["principal"]
        except InvalidConfig as invalid:
            return [], invalid.findings
        return list(account.people.read(account.people)), account.warnings

    return asked


@pytest.mark.parametrize("size", [1, 1000])
def test_a_parquet_file_says_what_a_csv_says(parquet: Callable[..., None], root: Path, size: int) -> None:
    """Types become the texts that a CSV would hold; null and nothing say nothing; a contact's line is its row."""
    parquet(ROWS, row_group_size=size)
    people = load(root).accounts["principal"].people
    found = list(people.read(people))
    assert [dict(one.fields) for one in found] == PEOPLE
    assert [str(one.place) for one in found] == ["c.parquet:1:1", "c.parquet:2:1"]
    assert [people.declared(place) for place in reversed(list(people))] == found[::-1]


def test_rows_are_read_again_after_the_file_is_gone(parquet: Callable[..., None], root: Path) -> None:
    """What was read is kept, so that it cannot change under the run."""
    parquet(ROWS)
    people = load(root).accounts["principal"].people
    (root / "c.parquet").unlink()
    assert people.declared(0).fields == PEOPLE[0]


def test_many_rows_and_categories(parquet: Callable[..., None], root: Path) -> None:
    """Batch after batch, each row is its own; a column of categories is one of texts."""
    count = 20_000
    emails = [f"p{number}@exemplo.org" for number in range(count)]
    sexes = pa.array(["m", "f"] * (count // 2)).dictionary_encode()
    parquet({"email": emails, "sexo": sexes, "campos.cep": list(range(count))}, row_group_size=6000)
    people = load(root).accounts["principal"].people
    assert len(people) == count
    for place in (0, 4095, 4096, 12_345, count - 1):
        one = people.declared(place)
        assert one.address.key == emails[place]
        assert one.fields["campos"] == ({"cep": str(place)})
        assert one.fields["sexo"] == "mf"[place % 2]


@pytest.mark.parametrize(
    ("columns", "expected", "words"),
    [
        ({"mail": ["a"]}, ["c.parquet:1:1 column-not-read", "c.parquet:1:1 missing-column"], "no column holds"),
        (
            {"nome": ["A,B", "x"], "email": ["a@exemplo.org", "x"]},
            ["c.parquet:2:3 bad-email"],
            "this is no e-mail address",
        ),
        (
            {"nome": ["A,B", "C"], "email": ["a@exemplo.org", "A@exemplo.org"]},
            ["c.parquet:2:3 duplicate-email"],
            "it also stands at c.parquet:1:1",
        ),
        ({"nome": [b"A"], "email": ["a@exemplo.org"]}, ["c.parquet:1:1 bad-type"], "row 1 is no text"),
        ({"foto": [b"A"], "email": ["a@exemplo.org"]}, ["c.parquet:1:1 column-not-read"], "foto"),
        ({"email": ["a@exemplo.org"], "campos.cep": [{"x": 1}]}, ["c.parquet:1:15 bad-type"], "type dict"),
        ({"email": ["a@exemplo.org"], "listas": [["a", "nada"]]}, ["c.parquet:1:17 unknown-reference"], "no lista"),
    ],
)
def test_what_is_wrong_with_a_parquet_file(
    columns: dict[str, Any], expected: list[str], words: str, parquet: Callable[..., None], root: Path
) -> None:
    """The same findings as for a CSV: the line is the row's number, the column that of the row as it is shown."""
    parquet(columns)
    try:
        found = load(root).accounts["principal"].warnings
    except InvalidConfig as invalid:
        found = invalid.findings
    assert [f"{one.place} {one.rule}" for one in found] == expected
    assert words in "\n".join(f"{one.summary} {one.reason} {one.remedy}" for one in found)


@pytest.mark.parametrize("damage", ["empty", "text", "cut", "middle"])
def test_a_damaged_parquet_file_is_a_finding(damage: str, parquet: Callable[..., None], root: Path) -> None:
    """What cannot be read is said where the file is named, whenever it comes up."""
    parquet({"email": [f"p{number}@exemplo.org" for number in range(1000)]}, compression="zstd", use_dictionary=False)
    whole = (root / "c.parquet").read_bytes()
    middle = whole[:200] + bytes(400) + whole[600:]
    (root / "c.parquet").write_bytes({"empty": b"", "text": b"email\n", "cut": whole[:-20], "middle": middle}[damage])
    with pytest.raises(InvalidConfig) as caught:
        load(root)
    (found,) = caught.value.findings
    assert (str(found.place), found.rule) == ("a.yaml:3:25", "bad-parquet")
    assert "c.parquet cannot be read as Parquet" in found.summary


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (7, "7"),
        (7.0, "7"),
        (7.25, "7.25"),
        (1e300, "1e+300"),
        (float("inf"), "inf"),
        (Decimal("1310.50"), "1310.50"),
        (Decimal("1E+3"), "1000"),
        (date(1990, 2, 12), "1990-02-12"),
        (datetime(1990, 2, 12), "1990-02-12"),  # noqa: DTZ001 - a day, as many databases keep it
        (datetime(1990, 2, 12, 8, 30, tzinfo=UTC), "1990-02-12 08:30:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (["a", "b"], "a b"),
    ],
)
def test_values_as_texts(value: Any, text: str) -> None:
    """What a value says is what a person would have typed."""
    assert cell_of(value) == text


@pytest.mark.parametrize("value", [b"a", {"a": 1}, [b"a"], object()])
def test_values_that_are_no_texts(value: Any) -> None:
    """Nothing is made up for what has no text."""
    with pytest.raises(TypeError):
        cell_of(value)


def test_a_query_says_what_a_csv_says(asked: Callable[..., Any]) -> None:
    """Each row is a contact; the columns' names are those of fields, or colunas maps them; colons are colons."""
    sql = 'select email, nome, cep as "campos.cep", \'12:30\' as "campos.cidade" from clientes order by 1'
    found, warnings = asked(query(f"|\n        -- the clients\n        {sql}", "    listas: [b]\n"))
    assert warnings == ()
    assert [dict(one.fields) for one in found] == [
        {
            "email": "Ana@exemplo.org",
            "nome": "Ana: 100%",
            "listas": frozenset("b"),
            "campos": {"cep": "1310", "cidade": "12:30"},
        },
        {"email": "bia@exemplo.org", "listas": frozenset("b"), "campos": {"cidade": "12:30"}},
    ]
    assert [str(one.place) for one in found] == ["a.yaml#consulta-4:1:1", "a.yaml#consulta-4:2:1"]
    mapped, warnings = asked(
        query("select * from clientes", "    colunas: {email: email, data_de_nascimento: nascido}\n")
    )
    assert mapped[0].fields == {"email": "Ana@exemplo.org", "data_de_nascimento": "1990-02-12"}


@pytest.mark.parametrize(
    ("sql", "expected", "words"),
    [
        ("select nada from clientes", ["a.yaml:6:12 query-failed"], "no such column: nada"),
        ("drop table clientes", ["a.yaml:6:12 bad-query"], "select or with"),
        ('"/* select */ delete from clientes"', ["a.yaml:6:12 bad-query"], "select or with"),
        (
            "with x as (select 1) insert into clientes (email) select 'x'",
            ["a.yaml:6:12 query-failed"],
            "readonly",
        ),
        ("select nome from clientes", ["a.yaml#consulta-4:1:1 missing-column"], "no column holds"),
        ("select foto as nome, email from clientes", ["a.yaml#consulta-4:2:1 bad-type"], "type bytes"),
        ("select 'x' as email", ["a.yaml#consulta-4:1:1 bad-email"], "no e-mail"),
        ("select abs(-9223372036854775808) as email", ["a.yaml:6:12 query-failed"], "overflow"),
    ],
)
def test_what_is_wrong_with_a_query(
    sql: str, expected: list[str], words: str, asked: Callable[..., Any], database: Path
) -> None:
    """What the database says is told at the query; what is wrong with a row, with its number. Nothing is written."""
    before = database.read_bytes()
    _, found = asked(query(sql))
    assert [f"{one.place} {one.rule}" for one in found] == expected
    assert words in "\n".join(f"{one.summary} {one.reason} {one.remedy}" for one in found)
    assert database.read_bytes() == before


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("", "unset-variable"),
        ("nonsense", "bad-address"),
        ("nosuchdb://u:hunter2@h/d", "bad-address"),
        ("oracle+oracledb://u:hunter2@h.exemplo.org/d", "missing-driver"),
        ("sqlite:////nowhere/crm-hunter2.sqlite", "missing-file"),
    ],
)
def test_an_address_that_cannot_be_used_is_never_shown(address: str, rule: str, asked: Callable[..., Any]) -> None:
    """What is wrong with a database's address is said by the variable's name, without a part of it."""
    _, found = asked(query("select 1 as email"), address)
    assert [f"{one.place} {one.rule}" for one in found] == [f"a.yaml:5:22 {rule}"]
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    "written",
    ["postgresql://u:hunter2@h/d", "{env: 'postgresql://u:hunter2@h/d'}", "{url: 'postgresql://u:hunter2@h/d'}"],
)
def test_an_address_in_the_workspace_is_refused_and_not_shown(written: str, asked: Callable[..., Any]) -> None:
    """A password that stands where it must not is repeated by no finding, nor by the line that is shown with it."""
    _, found = asked(query("select 1 as email").replace("{env: CRM_URL}", written))
    assert found
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("library", "campaign", "extra"),
    [("pyarrow", PARQUET, "parquet"), ("sqlalchemy", query("select 1 as email"), "sql")],
)
def test_without_the_extra_it_says_what_to_install(
    library: str, campaign: str, extra: str, parquet: Callable[..., None], root: Path
) -> None:
    """Who lacks the library is told which extra has it."""
    parquet(ROWS, campaign)
    without = f"import sys; sys.modules[{library!r}] = None; from reconciler.cli import main; main()"
    words = [sys.executable, "-c", without, "validate", "--workspace", str(root)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, env={"CRM_URL": "sqlite://"})
    assert ran.returncode == 3, ran.stderr
    assert f"pip install 'campaign-reconciler[{extra}]'" in ran.stdout + ran.stderr
    assert "missing-extra" in ran.stdout + ran.stderr
