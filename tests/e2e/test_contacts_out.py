"""Very many changes of contacts: a file of their own, one line each, and a report that stays small."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import write

_PEOPLE = 40
_CAMPAIGN = {
    "listas": {"sp": {}},
    "contatos": [{"email": f"p{number}@exemplo.org", "listas": ["sp"]} for number in range(_PEOPLE)],
}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("shown", [(), ("--show-contacts",)], ids=["masked", "shown"])
def test_both_files_hold_the_plan_together(
    shown: tuple[str, ...], tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """What is in the report and what is in the file are, in order, the changes of a whole report; digest and all."""
    sandbox, people = open_account({}), tmp_path / "contatos.jsonl"
    write(tmp_path, _CAMPAIGN)
    whole = run("plan", "--format", "json", *shown, url=sandbox.url).document
    apart = run("plan", "--format", "json", *shown, "--contacts-out", str(people), url=sandbox.url).document
    assert whole["changes_apart"] is None
    assert _lines(people) == [change for change in whole["changes"] if change["kind"] == "contato"]
    assert apart["changes"] == [change for change in whole["changes"] if change["kind"] != "contato"]
    digest = hashlib.sha256(people.read_bytes()).hexdigest()
    assert apart["changes_apart"] == {"kind": "contato", "lines": 2 * _PEOPLE, "sha256": digest}
    assert (apart["digest"], apart["summary"]) == (whole["digest"], whole["summary"])
    assert ("p3@exemplo.org" in people.read_text(encoding="utf-8")) is bool(shown)


def test_an_apply_says_there_what_came_of_each(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """One line per change of a contact, with its status; also where the report is text."""
    sandbox, people = open_account({}), tmp_path / "contatos.jsonl"
    write(tmp_path, _CAMPAIGN)
    ran = run("apply", "--yes", "--contacts-out", str(people), url=sandbox.url)
    assert ran.code == 0
    assert [line["status"] for line in _lines(people)] == ["done"] * 2 * _PEOPLE
    assert "--contacts-out" not in ran.out, "the commands that it suggests do not write over it"


@pytest.mark.parametrize("option", ["--contacts-out", "--out"])
def test_a_file_that_cannot_be_written_is_told(
    option: str, tmp_path: Path, open_account: OpenAccount, spawn: Run
) -> None:
    """The message names the file and the reason."""
    sandbox = open_account({})
    write(tmp_path, _CAMPAIGN)
    (tmp_path / "arquivo").write_text("", encoding="utf-8")
    ran = spawn("plan", option, str(tmp_path / "arquivo" / "relatorio"), url=sandbox.url)
    assert ran.code == 1
    assert "relatorio: the report could not be written: Not a directory" in ran.err
