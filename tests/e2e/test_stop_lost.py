"""The kill switch when the ledger cannot be relied on: it stops what it can find, and says that this may not be all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.e2e.conftest import OpenAccount, Ran, Run
from tests.e2e.workspace import SEED, SENDING, write

_SEED: dict[str, Any] = {
    **SEED,
    "mensagens": [{"id": "M9", "nome": "outra", "assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}],
    "envios": [{"id": "alheio", "mensagem": "M9", "listas": ["Lsp"], "data_de_inicio": "2026-11-09T10:00"}],
}
_CAMPAIGN: dict[str, Any] = {
    **SENDING,
    "envios": {**SENDING["envios"], "dois": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-06T09:00"}},
}
_OURS = {"2026-11-05T09:00", "2026-11-06T09:00"}


@pytest.fixture
def sandbox(tmp_path: Path, open_account: OpenAccount, run: Run) -> Sandbox:
    """Two declared sends are scheduled beside one that is somebody else's."""
    made = open_account(_SEED)
    write(tmp_path, _CAMPAIGN, {"principal": {"limites": {"prazo": "2s", "atraso_maximo": "1s"}}})
    digest = run("plan", "--format", "json", url=made.url).document["digest"]
    assert run("apply", "--digest", digest, url=made.url).code == 0
    return made


def _states(sandbox: Sandbox) -> dict[str, str]:
    """Status by start, in the account."""
    return {row["data_de_inicio"][:16]: row["status"] for row in sandbox.state()["envios"]}


def _lose(root: Path) -> None:
    shutil.rmtree(root / ".reconciler")


def _lose_for_good(root: Path) -> None:
    _lose(root)
    (root / "reconciler.lineage").unlink()


def _damage(root: Path) -> None:
    (root / ".reconciler" / "principal.json").write_text("{}")


def _newer(root: Path) -> None:
    (root / ".reconciler" / "principal.json").write_text('{"format_version":99}')


def _another(root: Path) -> None:
    """The workspace knows another ledger than the one that is there, which still says what it made."""
    lineage = root / "reconciler.lineage"
    lineage.write_text(lineage.read_text().replace(lineage.read_text().split()[-1], "0" * 32))


_LOSSES: Mapping[str, tuple[Callable[[Path], None], str]] = {
    "lost": (_lose, "the ledger is gone"),
    "lost, and nobody knew it": (_lose_for_good, "there is no ledger"),
    "damaged": (_damage, "is damaged"),
    "from the future": (_newer, "newer version"),
    "another than the known one": (_another, "not the ledger that the workspace knows"),
}


def _loud(ran: Ran, words: str) -> None:
    """Nobody can take this for all that is ours."""
    assert words in ran.err
    assert "other sends of this workspace are NOT stopped" in ran.err
    assert ran.code == 6


@pytest.mark.parametrize("loss", _LOSSES)
def test_what_is_declared_is_stopped_without_a_ledger(loss: str, sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """Found in the account by what it is; somebody else's goes on, and is listed with the way to stop it too."""
    lose, words = _LOSSES[loss]
    lose(tmp_path)
    ran = run("stop", "--all", url=sandbox.url)
    _loud(ran, words)
    assert {_states(sandbox)[start] for start in _OURS} == {"Cancelado"}
    assert _states(sandbox)["2026-11-09T10:00"] == "Agendado"
    assert "2 sends stopped" in ran.out
    assert "1 other send of this account goes on" in ran.out
    assert "live id alheio" in ran.out
    run("stop", "--id", "alheio", url=sandbox.url)
    assert _states(sandbox)["2026-11-09T10:00"] == "Cancelado"


def test_with_neither_ledger_nor_files_everything_is_listed(sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """Nothing is guessed: what goes on is shown with its id, and each can be stopped by that."""
    _lose(tmp_path)
    (tmp_path / "campanha.yaml").write_text("isto: [nao\n  e: YAML", encoding="utf-8")
    ran = run("stop", "--all", "--format", "json", url=sandbox.url)
    _loud(ran, "what they declare is not known")
    assert ran.document["sends"] == []
    ids = [item["live_id"] for item in ran.document["others"]]
    assert len(ids) == 3
    chosen = [word for live_id in ids if live_id != "alheio" for word in ("--id", live_id)]
    stopped = run("stop", *chosen, "--format", "json", url=sandbox.url)
    assert [item["live_id"] for item in stopped.document["others"]] == ["alheio"]
    assert {_states(sandbox)[start] for start in _OURS} == {"Cancelado"}


def test_one_address_is_found_without_a_ledger(sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """One that is declared can be named as ever; one that nobody knows stops nothing."""
    _lose(tmp_path)
    assert run("stop", "envio.nenhum", url=sandbox.url).code == 64
    _loud(run("stop", "envio.um", url=sandbox.url), "the ledger is gone")
    assert _states(sandbox)["2026-11-05T09:00"] == "Cancelado"
    assert _states(sandbox)["2026-11-06T09:00"] == "Agendado"


def test_a_ledger_that_was_just_rebuilt_is_not_relied_on(sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """It knows nothing until the next apply has found everything again."""
    _lose(tmp_path)
    assert run("ledger rebuild", "--yes", url=sandbox.url).code == 0
    _loud(run("stop", "--all", url=sandbox.url), "the ledger has only just begun")
    assert {_states(sandbox)[start] for start in _OURS} == {"Cancelado"}


def test_with_the_ledger_at_hand_nobody_else_is_told_of(sandbox: Sandbox, run: Run) -> None:
    """What it knows is all that is ours: no warning, no list, exit 0."""
    ran = run("stop", "--all", "--format", "json", url=sandbox.url)
    assert (ran.code, ran.err, ran.document["others"]) == (0, "", [])
    assert _states(sandbox)["2026-11-09T10:00"] == "Agendado"


def test_a_send_of_which_the_answer_was_lost_is_stopped(sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """The ledger only knows that it was asked for: the account shows it, so that it is stopped with the others."""
    third = {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-07T09:00"}
    limits = {"principal": {"limites": {"prazo": "2s", "atraso_maximo": "1s"}}}
    write(tmp_path, {**_CAMPAIGN, "envios": {**_CAMPAIGN["envios"], "tres": third}}, limits)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    sandbox.faults.add(Fault(kind=FaultKind.DROP, method="POST", path="/envios", effect=Effect.FIRST))
    sandbox.faults.add(Fault(kind=FaultKind.REDIRECT, method="GET", path="/envios", skip=2, count=None))
    assert run("apply", "--digest", digest, url=sandbox.url).code == 7
    sandbox.faults.clear()
    assert _states(sandbox)["2026-11-07T09:00"] == "Agendado"
    ran = run("stop", "--all", "--format", "json", url=sandbox.url)
    assert ran.code == 0
    assert [item["address"] for item in ran.document["sends"]] == ["envio.um", "envio.dois", "envio.tres"]
    assert {_states(sandbox)[start] for start in (*_OURS, "2026-11-07T09:00")} == {"Cancelado"}
    sandbox.clock.advance(timedelta(minutes=1))
    planned = run("plan", "--format", "json", url=sandbox.url)
    assert [change for change in planned.document["changes"] if change["irreversible"]] == []


def test_every_document_is_as_published(sandbox: Sandbox, tmp_path: Path, run: Run) -> None:
    """What ledger, unlock and stop print as JSON is what their schemas say."""
    schemas = Path(__file__).parents[2] / "schemas"

    def holds(name: str, ran: Ran) -> None:
        schema = json.loads((schemas / name).read_text(encoding="utf-8"))
        Draft202012Validator(schema).validate(ran.document)

    as_json = ("--format", "json")
    holds("ledger.schema.json", run("ledger show", *as_json, url=sandbox.url))
    holds("ledger-verified.schema.json", run("ledger verify", *as_json, url=sandbox.url))
    holds("stop.schema.json", run("stop", "envio.um", *as_json, url=sandbox.url))
    _damage(tmp_path)
    holds("ledger-verified.schema.json", run("ledger verify", *as_json, url=sandbox.url))
    holds("stop.schema.json", run("stop", "--all", *as_json, url=sandbox.url))
    holds("ledger-rebuilt.schema.json", run("ledger rebuild", "--yes", *as_json, url=sandbox.url))
    holds("ledger.schema.json", run("ledger show", *as_json, url=sandbox.url))
