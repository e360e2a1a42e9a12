"""`--report FILE`: the report of a run is also kept in files, whatever comes of the run, whole or not at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from jsonschema import Draft202012Validator

from reconciler.engine.result import Exit
from reconciler.report import schemas
from tests.e2e.conftest import OpenAccount, Ran, Run
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes

NAMES = ("r.json", "r.md", "r.txt", "r.html")


@cache
def _valid(name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[f"{name}.schema.json"])


def asked(root: Path) -> list[str]:
    """The options that ask for a report in every format."""
    return [word for name in NAMES for word in ("--report", str(root / name))]


def read(root: Path) -> tuple[dict[str, Any], str, str]:
    """What was kept, of which nothing but the reports is left; they are gone then."""
    texts = [(root / name).read_text(encoding="utf-8") for name in NAMES]
    assert not [path.name for path in root.iterdir() if path.name.startswith(".r.")]
    for name in NAMES:
        (root / name).unlink()
    *texts, page = texts
    assert page.startswith("<!doctype html>")
    assert page.endswith("</html>\n")
    document = json.loads(texts[0])
    assert "\x1b" not in "".join(texts)
    _valid(document["document"]).validate(document)
    return document, texts[1], texts[2]


def trouble(root: Path, ran: Ran, code: int) -> dict[str, Any]:
    """The report of a run that had nothing else to report, which every format tells."""
    document, markdown, text = read(root)
    assert ran.code == code
    assert document["document"] == "trouble"
    assert document["exit_code"] == code
    assert f"Exit code {code}: " in markdown
    assert f"exit code {code}\n" in text
    return document


def test_a_plan_and_its_result_are_kept_in_every_format(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Each file is what --format prints of the same run, whatever goes to stdout; an apply leaves its result there."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    formats = ("json", "markdown", "text")
    assert run("plan", "--format", "html", url=sandbox.url).out.startswith("<!doctype html>")
    printed = [run("plan", "--format", each, url=sandbox.url).out for each in formats]
    ran = run("plan", *asked(tmp_path), url=sandbox.url)
    document, markdown, text = read(tmp_path)
    assert [json.dumps(document, ensure_ascii=False, indent=2) + "\n", markdown, text] == printed
    assert ran.out == text
    assert (document["document"], document["account"], document["ended"]) == ("plan", "principal", None)

    done = run("apply", "--yes", *asked(tmp_path), url=sandbox.url)
    document, markdown, text = read(tmp_path)
    assert (document["document"], document["account"], document["exit_code"]) == ("result", "principal", 0)
    assert markdown.startswith("## tudo feito")
    assert done.out.endswith(text)
    assert "--report" not in markdown


def test_a_run_that_is_not_agreed_to_reports_its_plan_and_why(
    tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """A plan that nobody consents to, or that is not the reviewed one, is reported with the reason."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    ran = run("apply", "--format", "json", *asked(tmp_path), url=sandbox.url)
    document, markdown, text = read(tmp_path)
    assert (ran.code, document["ended"]["exit_code"]) == (Exit.BLOCKED, Exit.BLOCKED)
    assert document["ended"]["reason"].startswith("nothing was called: it sends")
    assert "**Exit code 4: a person must decide.**" in markdown
    assert "exit code 4: nothing was called" in text

    ran = run("apply", "--digest", "0123456789abcdef-7", *asked(tmp_path), url=sandbox.url)
    document, markdown, _ = read(tmp_path)
    assert (ran.code, document["document"], document["ended"]["exit_code"]) == (Exit.DIFFERS, "plan", Exit.DIFFERS)
    assert "7 reviewed → 12 now" in markdown
    assert not writes(sandbox)


def test_a_plan_that_is_not_the_reviewed_one_is_reported_as_differences(
    tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Exit 5 of a saved plan leaves what differs, in every format."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    saved = str(tmp_path / "a.plan")
    run("plan", "--save", saved, url=sandbox.url)
    write(tmp_path, {"listas": {"sp": {}, "mg": {}}})
    ran = run("apply", "--plan", saved, *asked(tmp_path), url=sandbox.url)
    document, markdown, text = read(tmp_path)
    assert (ran.code, document["document"], document["account"]) == (Exit.DIFFERS, "differences", "principal")
    assert [each["address"] for each in document["new"]] == ["lista.mg"]
    assert markdown.startswith("## o plano não é o que foi revisado")
    assert ran.out == text


def test_an_invalid_workspace_is_reported_with_every_finding(tmp_path: Path, run: Run) -> None:
    """Findings stand in every format with file, line and column; nobody's data does."""
    write(tmp_path, {"listas": {"sp": {"nome": ""}}})
    with (tmp_path / "campanha.yaml").open("a", encoding="utf-8") as file:
        file.write("contatos: [{email: ana souza, nome: Ana Souza}, {email: bia@exemplo.org, sexo: Beatriz}]\n")
    ran = run("plan", *asked(tmp_path))
    found = (tmp_path / "r.json").read_text(encoding="utf-8") + (tmp_path / "r.md").read_text(encoding="utf-8")
    found += "".join((tmp_path / name).read_text(encoding="utf-8") for name in ("r.txt", "r.html"))
    assert not [word for word in ("souza", "Souza", "bia@", "Beatriz") if word in found]
    document = trouble(tmp_path, ran, Exit.INVALID)
    assert document["account"] is None
    places = [(each["file"], each["line"], each["rule"]) for each in document["findings"]]
    assert places == [
        ("campanha.yaml", 3, "empty-text"),
        ("campanha.yaml", 4, "bad-email"),
        ("campanha.yaml", 4, "bad-choice"),
    ]
    assert document["findings"][0]["excerpt"] is not None
    assert [each["excerpt"] for each in document["findings"][1:]] == [None, None]
    assert trouble(tmp_path, run("apply", "--account", "principal", *asked(tmp_path)), 3)["account"] == "principal"

    ran = run("validate", *asked(tmp_path))
    document, markdown, _ = read(tmp_path)
    assert (ran.code, document["document"], document["valid"]) == (Exit.INVALID, "validation", False)
    assert "`campanha.yaml:3:" in markdown


def test_a_valid_workspace_is_reported(tmp_path: Path, run: Run) -> None:
    """Validating leaves a report also where there is nothing to find."""
    write(tmp_path, LISTS)
    ran = run("validate", *asked(tmp_path))
    document, markdown, text = read(tmp_path)
    assert (ran.code, document["valid"], document["findings"], document["exit_code"]) == (0, True, [], 0)
    assert "2 resources in 1 account: valid" in text
    assert markdown.startswith("## nada de errado")


def test_a_missing_key_and_an_api_that_is_down_are_reported(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps a run from beginning is told with its exit code, and of which account."""
    write(tmp_path, LISTS, {"principal": {"criaenvio": {"chave": {"env": "NENHUMA"}}}})
    monkeypatch.delenv("NENHUMA", raising=False)
    document = trouble(tmp_path, run("plan", *asked(tmp_path)), Exit.USAGE)
    assert "NENHUMA is not set" in document["message"]
    assert document["account"] == "principal"

    write(tmp_path, LISTS, {"principal": {"limites": {"prazo": "1s"}}})
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        ran = run("plan", *asked(tmp_path), url=url)
    assert trouble(tmp_path, ran, Exit.LATER)["findings"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--report", "r.yaml"], "one of .txt, .json, .md, .html"),
        (["--report", "r"], "one of .txt, .json, .md, .html"),
        (["--report", "r.md", "--report", "./x/../r.md"], "two things"),
        (["--report", "r.md", "--out", "r.md"], "two things"),
        (["--report", "r.json", "--contacts-out", "r.json"], "two things"),
        (["--report", "r.json", "--save", "r.json"], "two things"),
    ],
)
def test_one_file_is_for_one_report(options: list[str], told: str, tmp_path: Path, run: Run) -> None:
    """An ending that names no format, and two things for one file, are wrong usage; nothing is written."""
    (tmp_path / "x").mkdir()
    words = [word if word.startswith("--") else str(tmp_path / word) for word in options]
    ran = run("plan", *words)
    assert ran.code == Exit.USAGE
    assert told in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(
    ("option", "name"),
    [("--report", "nowhere/r.md"), ("--report", "folder.md"), ("--out", "nowhere/r.md"), ("--contacts-out", "no/r.md")],
)
def test_a_path_that_cannot_be_written_is_found_before_any_call(
    option: str, name: str, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """It is named; the account is not called, and the other reports say so."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    (tmp_path / "folder.md").mkdir()
    bad = str(tmp_path / name)
    with pytest.raises(ClickException, match="could not be written") as raised:
        run("apply", "--yes", option, bad, "--report", str(tmp_path / "r.json"), url=sandbox.url)
    assert bad in str(raised.value)
    document: Mapping[str, Any] = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (document["exit_code"], document["document"]) == (Exit.ERROR, "trouble")
    assert bad in document["message"]
    assert not sandbox.history.requests()


def test_a_plan_that_could_not_be_saved_says_so(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What goes wrong once the plan is reported stands in the report as well."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    with pytest.raises(ClickException, match="could not be saved"):
        run("plan", "--save", str(tmp_path / "nowhere" / "a.plan"), *asked(tmp_path), url=sandbox.url)
    document, _, text = read(tmp_path)
    assert (document["document"], document["ended"]["exit_code"]) == ("plan", Exit.ERROR)
    assert "exit code 1: " in text


def test_contacts_are_shown_where_the_workspace_says_so(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """`relatorios` of the workspace, or of the account, which wins, shows people as --show-contacts does."""
    sandbox = open_account(SEED)
    people = {**LISTS, "contatos": [{"email": "ana@exemplo.org", "nome": "Ana", "listas": ["sp"]}]}
    for own, whole, shown in (("visiveis", "", True), ("mascarados", "visiveis", False), ("", "visiveis", True)):
        write(tmp_path, people, {"principal": {"relatorios": {"contatos": own}} if own else {}})
        if whole:
            with (tmp_path / "reconciler.yaml").open("a", encoding="utf-8") as file:
                file.write(f"relatorios: {{contatos: {whole}}}\n")
        run("plan", *asked(tmp_path), url=sandbox.url)
        document, *texts = read(tmp_path)
        found = (json.dumps(document), *texts)
        assert all(("ana@exemplo.org" in each) is shown for each in found)
