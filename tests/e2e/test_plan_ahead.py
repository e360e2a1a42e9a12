"""A plan after a run that was killed: the one that the next apply comes to, once it has settled what was left open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import FileHome, open_ledger, read_ledger
from reconciler.providers.criaenvio.mensagens.recover import edited
from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Ran, Run
from tests.e2e.workspace import LEAVE, write
from tests.laws.world import NOW, ZONE

ADDRESS = Address("mensagem", "natal")
LONG_AGO, JUST_NOW = timedelta(minutes=10), timedelta(seconds=5)


def message(id_: str, nome: str, html: str, *, sent: bool = False) -> dict[str, Any]:
    """A live message."""
    given = {"id": id_, "nome": nome, "assunto": "Feliz!", "html": html, "mensagem_descadastro": LEAVE}
    return {**given, "ja_enviada": sent}


BEFORE = message("mens-1", "natal", "<p>a</p>", sent=True)
AFTER = message("mens-2", "natal", "<p>b</p>")
DECLARED: Mapping[str, Any] = {"assunto": "Feliz!", "html": "<p>b</p>", "mensagem_descadastro": LEAVE}


def home(root: Path) -> FileHome:
    """Where the ledger is."""
    return FileHome(root / ".reconciler" / "principal.json")


def left_open(root: Path, account: Sandbox, ago: timedelta, nome: str = "natal") -> None:
    """The ledger of a run that was killed while it edited the message, which was then to have the name `nome`."""
    at = datetime.fromisoformat(NOW).replace(tzinfo=ZONE) - ago
    with open_ledger(home(root), account="principal", origin=account.url) as ledger:
        ledger.bind(ADDRESS, Binding("mensagem", "natal", "mens-1"))
        ledger.begin(Intent("one", ADDRESS, Action.UPDATE, at, evidence=edited("mens-1", nome)))


def changes(planned: Ran) -> list[str]:
    """What a plan would do."""
    return [change["id"] for change in planned.document["changes"]]


@dataclass(frozen=True, slots=True)
class Left:
    """What a killed run has left in the account, what is declared, and what is then still to be done."""

    live: tuple[Mapping[str, Any], ...]
    declared: Mapping[str, Any]
    expected: tuple[str, ...] = ()


UPDATE = "mensagem.natal/update"
LEFT = {
    "it made the new version": Left((BEFORE, AFTER), DECLARED),
    "it had no effect": Left((BEFORE,), DECLARED, (UPDATE,)),
    "and the text has changed since": Left((BEFORE, AFTER), {**DECLARED, "html": "<p>c</p>"}, (UPDATE,)),
    "with a new name": Left((BEFORE, {**AFTER, "nome": "Natal 2026"}), {**DECLARED, "nome": "Natal 2026"}),
    "it edited the message in place": Left(({**BEFORE, "html": "<p>b</p>", "ja_enviada": False},), DECLARED),
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_an_edit_of_unknown_outcome_is_found(left: Left, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The plan shows only what is left, writes nothing, and is the plan that apply makes; no draft is left behind."""
    account = open_account({"agora": NOW, "mensagens": list(left.live)})
    write(tmp_path, {"mensagens": {"natal": dict(left.declared)}})
    left_open(tmp_path, account, LONG_AGO, str(left.declared.get("nome", "natal")))
    before = {file: file.read_bytes() for file in (tmp_path / ".reconciler").iterdir()}
    planned = run("plan", "--format", "json", url=account.url)
    assert changes(planned) == list(left.expected)
    assert {file: file.read_bytes() for file in (tmp_path / ".reconciler").iterdir()} == before

    assert run("apply", "--digest", planned.document["digest"], url=account.url).code == 0
    memory = read_ledger(home(tmp_path), account="principal", origin=account.url)
    assert not memory.open_intents()
    rows = account.state()["mensagens"]
    assert len(rows) == (2 if BEFORE in left.live else 1)
    newest = max(rows, key=lambda row: row["contador"])
    found = memory.of(ADDRESS)
    assert found is not None
    assert found.id == newest["id"]


def test_a_message_of_another_address_is_not_taken_for_the_new_version(
    tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Two messages may have one name; what the ledger knows as another's stays that."""
    account = open_account({"agora": NOW, "mensagens": [BEFORE, AFTER]})
    other = {"id": "mens-2", "nome": "natal", **DECLARED}
    write(tmp_path, {"mensagens": {"natal": {"id": "mens-1", **DECLARED}, "outra": other}})
    left_open(tmp_path, account, LONG_AGO)
    with open_ledger(home(tmp_path), account="principal", origin=account.url) as ledger:
        ledger.bind(Address("mensagem", "outra"), Binding("mensagem", "outra", "mens-2"))
    assert changes(run("plan", "--format", "json", url=account.url)) == [UPDATE]


def test_a_plan_says_when_it_is_not_the_last_word(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """While the edit may still take effect nothing is settled, and the plan says until when that is so."""
    account = open_account({"agora": NOW, "mensagens": [BEFORE]})
    write(tmp_path, {"mensagens": {"natal": dict(DECLARED)}})
    left_open(tmp_path, account, JUST_NOW)
    planned = run("plan", "--format", "json", url=account.url)
    assert [item["rule"] for item in planned.document["warnings"]] == ["unsettled"]
    assert "until 08:02:25" in planned.document["warnings"][0]["summary"]
    account.clock.advance(timedelta(seconds=150))
    assert run("plan", "--format", "json", url=account.url).document["warnings"] == []
