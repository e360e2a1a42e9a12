"""New contacts after a run that was killed while it created them: announced in the journal, found again by e-mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Address
from reconciler.ledger import FileHome, State, open_ledger, read_ledger
from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.conftest import OpenAccount, Ran, Run
from tests.e2e.workspace import write, writes
from tests.laws.world import NOW

ANA, BEA = "ana@exemplo.org", "bea@exemplo.org"
Killed = Callable[[Sequence[str], Sequence[str]], Sandbox]


@pytest.fixture
def killed(tmp_path: Path, open_account: OpenAccount) -> Killed:
    """The account and the ledger that a killed run has left: who was announced, and who of these was created."""

    def leave(announced: Sequence[str], created: Sequence[str]) -> Sandbox:
        rows = [{"id": f"c-{email[:3]}", "email": email} for email in created]
        account = open_account({"agora": NOW, "contatos": [*rows, {"id": "other", "email": "outra@exemplo.org"}]})
        with open_ledger(home(tmp_path), account="principal", origin=account.url) as ledger:
            ledger.announce([Address("contato", email) for email in announced])
        return account

    return leave


def home(root: Path) -> FileHome:
    """Where the ledger is."""
    return FileHome(root / ".reconciler" / "principal.json")


def seen(root: Path, account: Sandbox) -> State:
    """What it remembers."""
    return read_ledger(home(root), account="principal", origin=account.url)


def declare(root: Path, *emails: str) -> None:
    """These people, in an account where nothing is open for longer than two seconds."""
    rest: dict[str, Any] = {"contatos": [{"email": email} for email in emails]} if emails else {"listas": {"sp": {}}}
    write(root, rest, {"principal": {"limites": {"prazo": "1s", "atraso_maximo": "1s"}}})


def applied(run: Run, account: Sandbox) -> Ran:
    """An apply without questions."""
    return run("apply", "--yes", "--format", "json", url=account.url)


def active(account: Sandbox) -> dict[str, bool]:
    """Who is there, and who of them is active."""
    return {row["email"]: row["ativo"] for row in account.state()["contatos"]}


def test_who_is_still_declared_costs_no_waiting(tmp_path: Path, killed: Killed, run: Run) -> None:
    """One was created and is adopted, one was not and is created; nothing is said of either, nothing is left open."""
    account = killed([ANA, BEA], [ANA])
    declare(tmp_path, ANA, BEA)
    planned = run("plan", "--format", "json", url=account.url)
    assert [change["action"] for change in planned.document["changes"]] == ["create"]
    assert planned.document["warnings"] == []
    ran = applied(run, account)
    assert (ran.code, writes(account)) == (0, ["/contatos"])
    assert "recovery" not in ran.err
    assert set(active(account)) == {ANA, BEA, "outra@exemplo.org"}
    memory = seen(tmp_path, account)
    assert (len(memory.people), memory.announced) == (2, set())


def test_who_is_not_declared_any_more_is_ours_and_let_go(tmp_path: Path, killed: Killed, run: Run) -> None:
    """Whom a killed run created is deactivated like anybody whom the campaign declared before; others are not."""
    account = killed([ANA, BEA], [ANA])
    declare(tmp_path)
    before = home(tmp_path).path.read_bytes()
    planned = run("plan", "--format", "json", url=account.url)
    changes = [(change["address"], change["action"]) for change in planned.document["changes"]]
    assert sorted(changes) == [("contato.a***@exemplo.org~4c78fe5a", "deactivate"), ("lista.sp", "create")]
    assert home(tmp_path).path.read_bytes() == before
    ran = applied(run, account)
    assert ran.code == 0
    assert "2 contatos that an earlier run may have created are not declared any more: 1 are there" in ran.err
    assert active(account) == {ANA: False, "outra@exemplo.org": True}
    memory = seen(tmp_path, account)
    assert (len(memory.people), memory.announced) == (0, set())
    reads = len(account.history.requests())
    assert run("plan", url=account.url).code == 0
    assert {item.path for item in account.history.requests()[reads:]} == {"/grupos"}


def test_an_apply_with_too_little_time_does_not_begin_to_look(tmp_path: Path, killed: Killed, run: Run) -> None:
    """What may still arrive has to be waited for, which --max-time does not allow: it is left for the next run."""
    account = killed([ANA], [ANA])
    declare(tmp_path)
    ran = run("apply", "--yes", "--max-time", "1s", url=account.url)
    assert ran.code == 75
    assert "an earlier run left calls open" in ran.err
    assert (writes(account), len(seen(tmp_path, account).announced)) == ([], 1)


def test_who_was_refused_is_not_looked_for(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What was certainly not created is settled when the run ends, as is what the run did not come to."""
    account = open_account({"agora": NOW})
    account.faults.add(Fault(kind=FaultKind.THROTTLE, method="POST", path="/contatos", count=None, retry_after="0"))
    declare(tmp_path, ANA, BEA)
    assert applied(run, account).code in (1, 75)
    assert active(account) == {}
    memory = seen(tmp_path, account)
    assert (len(memory.people), memory.announced) == (0, set())


def test_the_ledger_shows_how_many_are_open(tmp_path: Path, killed: Killed, run: Run) -> None:
    """As a number: who they are is nobody's business."""
    account = killed([ANA, BEA], [])
    declare(tmp_path)
    assert "2 contatos announced by a run that did not end" in run("ledger show", url=account.url).out
    assert run("ledger show", "--format", "json", url=account.url).document["announced"] == 2
