"""`--refresh` over HTTP: what is called, what is seen, what is told, and what ends it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.ledger import FileHome, open_ledger
from reconciler.sandbox import Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Run
from tests.e2e.workspace import write
from tests.laws.world import NOW, template

MANY = 40
MODES = ("full", "changed", "none")
WISH: Mapping[str, Any] = {"nome": "Ana", "listas": ["sp"], "campos": {"cidade": "Santos"}}
ONE_BY_ONE: Mapping[str, Any] = {"embeds_na_listagem": False}
"""A listing that names relations and does not carry them: each contact costs a call."""


def people(**first: Any) -> list[dict[str, Any]]:
    """Declared contacts; the first says something else."""
    alike = [{"email": f"p{number}@exemplo.org", **WISH} for number in range(MANY)]
    return [{**alike[0], **first}, *alike[1:]]


def campaign(contatos: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """What a workspace declares."""
    return {"listas": {"sp": {}}, "campos": {"cidade": {}}, "contatos": contatos, **more}


@pytest.fixture
def account(open_account: OpenAccount, tmp_path: Path, run: Run) -> Sandbox:
    """An account where nothing comes with the listing, just after a first apply."""
    contatos = [
        {"id": f"C{number}", "email": f"p{number}@exemplo.org", "nome": "Ana"} | {"listas": ["Lsp"], "campos": {}}
        for number in range(MANY)
    ]
    sandbox = open_account(
        {
            "agora": NOW,
            "listas": [{"id": "Lsp", "nome": "sp"}],
            "campos": [{"id": "Kcidade", "nome": "cidade"}],
            "contatos": contatos,
            "suposicoes": ONE_BY_ONE,
        }
    )
    write(tmp_path, campaign(people()))
    assert run("apply", "--yes", url=sandbox.url).code == 0
    return sandbox


def plan(run: Run, sandbox: Sandbox, mode: str) -> dict[str, Any]:
    """The JSON of a plan that is made so."""
    ran = run("plan", "--refresh", mode, "--format", "json", "--show-contacts", url=sandbox.url)
    assert ran.code == 0, ran.err
    return ran.document


def called(sandbox: Sandbox, since: int) -> Counter[str]:
    """The requests since then, but for the listings of fields and lists."""
    calls = Counter(f"{item.method} {template(item.path)}" for item in sandbox.history.requests(since))
    return Counter({call: count for call, count in calls.items() if call not in ("GET /campos", "GET /grupos")})


def last(sandbox: Sandbox) -> int:
    """The number of the last request."""
    return max(item.seq for item in sandbox.history.requests())


@pytest.mark.parametrize(
    ("mode", "calls"),
    [
        ("full", {"GET /contatos": 1, "GET /contatos/{id}": MANY}),
        ("changed", {"GET /contatos": 1, "GET /contatos/{id}": 1}),
        ("none", {"GET /contatos": 1, "GET /contatos/{id}": 1}),
    ],
)
def test_only_who_is_declared_otherwise_is_read(
    mode: str, calls: dict[str, int], account: Sandbox, tmp_path: Path, run: Run
) -> None:
    """One of them has moved: that is what costs calls, and what every plan shows; then nobody has, and none does."""
    write(tmp_path, campaign(people(campos={"cidade": "Olinda"})))
    since = last(account)
    made = plan(run, account, mode)
    assert called(account, since) == calls
    assert [change["id"] for change in made["changes"]] == ["contato.p0@exemplo.org/set-fields"]
    assert made["refresh"] == {"mode": mode, "trusted": 0 if mode == "full" else MANY - 1}
    assert run("apply", "--yes", "--refresh", mode, url=account.url).code == 0
    since = last(account)
    assert plan(run, account, mode)["changes"] == []
    assert (
        called(account, since)
        == {
            "full": {"GET /contatos": 1, "GET /contatos/{id}": MANY},
            "changed": {"GET /contatos": 1},
            "none": {},
        }[mode]
    )


@pytest.mark.parametrize(
    ("edit", "seen"),
    [
        ({"nome": "Bia"}, {"full", "changed"}),
        ({"listas": []}, {"full"}),
        ({"campos": {"Kcidade": "Olinda"}}, {"full"}),
    ],
    ids=["the listing shows it", "a list", "a value"],
)
def test_what_others_change_is_seen_as_promised(
    edit: dict[str, Any], seen: set[str], account: Sandbox, tmp_path: Path, run: Run
) -> None:
    """`changed` sees what the listing shows, `none` nothing, of who is declared as before; of others both see all."""
    account.edit("contatos", "C7", **edit)
    assert {mode for mode in MODES if plan(run, account, mode)["changes"]} == seen
    contatos = people()
    contatos[7] = {**contatos[7], "sexo": "f"}
    write(tmp_path, campaign(contatos))
    made = [[change["after"] for change in plan(run, account, mode)["changes"]] for mode in MODES]
    assert made[0] == made[1] == made[2]
    assert len([field for after in made[0] for field in after]) == 2, "what was declared, and what was changed outside"


def test_who_is_gone_or_opted_out_is_seen_by_the_listing(account: Sandbox, run: Run) -> None:
    """`changed` sees who is no longer there; `none` does not."""
    account.remove("contatos", "C7")
    ids = {mode: [change["id"] for change in plan(run, account, mode)["changes"]] for mode in MODES}
    assert ids["full"] == ids["changed"] != []
    assert ids["none"] == []


def test_another_key_reads_everybody(
    account: Sandbox, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered counts for nothing under another API key: it could have been made without it."""
    text = (tmp_path / ".reconciler" / "principal.json").read_text(encoding="utf-8")
    assert '"seen":"' in text
    assert KEY not in text
    monkeypatch.setenv("OUTRA_CHAVE", "outra-chave-de-teste")
    write(tmp_path, campaign(people()), {"principal": {"criaenvio": {"chave": {"env": "OUTRA_CHAVE"}}}})
    for mode in ("changed", "none"):
        since = last(account)
        assert plan(run, account, mode)["refresh"]["trusted"] == 0
        assert called(account, since) == {"GET /contatos": 1, "GET /contatos/{id}": MANY}
    assert run("apply", "--yes", url=account.url).code == 0
    assert plan(run, account, "none")["refresh"]["trusted"] == MANY


def test_a_list_that_was_there_before_it_was_declared(account: Sandbox, tmp_path: Path, run: Run) -> None:
    """Who is in it, nobody has looked yet: everybody is read again, once."""
    account.edit("listas", "Lsp", ativo=True)
    assert plan(run, account, "none")["refresh"]["trusted"] == MANY
    write(tmp_path, campaign(people(), listas={"sp": {}, "nova": {}}))
    assert plan(run, account, "none")["refresh"]["trusted"] == MANY, "it is to be made, and will be empty"
    assert run("apply", "--yes", "--refresh", "none", url=account.url).code == 0
    assert plan(run, account, "none")["refresh"]["trusted"] == MANY
    write(tmp_path, campaign(people()))
    assert run("apply", "--yes", "--refresh", "none", url=account.url).code == 0
    write(tmp_path, campaign(people(), listas={"sp": {}, "nova": {}}))
    assert plan(run, account, "none")["refresh"]["trusted"] == 0, "others may have filled it since"


def test_a_listing_that_carries_no_more_is_believed_at_once(account: Sandbox, tmp_path: Path, run: Run) -> None:
    """What the ledger says of it is corrected by the next apply, and a no is tried again after a week."""
    ledger = tmp_path / ".reconciler" / "principal.json"

    def remembered() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(ledger.read_text(encoding="utf-8"))["embeds"]
        return found

    assert remembered()["lacking"] == ["campos", "grupos"]
    account.assume(embeds_na_listagem=True)
    since = last(account)
    plan(run, account, "full")
    assert called(account, since) == {"GET /contatos": 1, "GET /contatos/{id}": MANY}
    account.clock.advance(timedelta(days=8))
    assert run("apply", "--yes", url=account.url).code == 0
    assert remembered()["carried"] == ["campos", "grupos"]
    since = last(account)
    plan(run, account, "full")
    assert called(account, since) == {"GET /contatos": 1}
    account.assume(embeds_na_listagem=False)
    since = last(account)
    assert run("apply", "--yes", url=account.url).code == 0
    assert called(account, since) == {"GET /contatos": 1, "GET /contatos/{id}": MANY}
    assert remembered()["lacking"] == ["campos", "grupos"]


def test_a_plan_says_how_it_was_made(account: Sandbox, tmp_path: Path, run: Run) -> None:
    """In words, in the command that applies it, and in its file, which is compared with a plan that is made alike."""
    write(tmp_path, campaign(people(campos={"cidade": "Olinda"})))
    file = tmp_path / "um.plan"
    ran = run("plan", "--refresh", "none", "--save", str(file), url=account.url)
    assert f"none: {MANY - 1} contacts taken as the ledger has them; what others changed of them since" in ran.out
    assert json.loads(file.read_text(encoding="utf-8"))["refresh"] == "none"
    assert "refresh" not in run("plan", url=account.url).out
    account.edit("contatos", "C7", nome="Bia")
    refused = run("apply", "--plan", str(file), "--refresh", "full", url=account.url)
    assert refused.code == 64
    assert "was made with --refresh none" in refused.err
    assert run("apply", "--plan", str(file), "--refresh", "none", url=account.url).code == 0
    assert account.state()["contatos"][7]["nome"] == "Bia", "nobody looked, as was reviewed"
    assert run("apply", "--plan", str(file), url=account.url).code == 0
    assert run("plan", "--refresh", "some", url=account.url).code == 64


def test_a_ledger_without_digests_reads_everybody(account: Sandbox, tmp_path: Path, run: Run) -> None:
    """A ledger of a version that kept none has no word that could be taken; the next apply gives it one."""
    home = FileHome(tmp_path / ".reconciler" / "principal.json")
    with open_ledger(home, account="principal", origin=account.url) as ledger:
        ledger.register.doubt([bond.stamp for bond in ledger.people])
    text = home.path.read_text(encoding="utf-8")
    assert text.startswith('{"format_version":3,')
    assert '"seen"' not in text
    for mode in ("changed", "none"):
        since = last(account)
        assert plan(run, account, mode)["refresh"]["trusted"] == 0
        assert called(account, since) == {"GET /contatos": 1, "GET /contatos/{id}": MANY}
    assert run("apply", "--yes", url=account.url).code == 0
    assert plan(run, account, "none")["refresh"]["trusted"] == MANY
