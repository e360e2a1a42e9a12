"""A draft of a ledger: what a plan settles, it settles on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import FileHome, draft, open_ledger, read_ledger

INTENT = Intent("one", Address("mensagem", "natal"), Action.UPDATE, datetime(2026, 11, 2, tzinfo=UTC))


def test_a_draft_takes_every_step_and_keeps_none(tmp_path: Path) -> None:
    """Steps show in the draft; the state that it was made from, and the files, stay as they were."""
    home = FileHome(tmp_path / "conta.json")
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        ledger.begin(INTENT)
    files = {file: file.read_bytes() for file in tmp_path.iterdir()}
    state = read_ledger(home, account="conta", origin="sandbox")

    with draft(state) as paper:
        paper.end(INTENT, "confirmed", {})
        paper.bind(INTENT.address, Binding("mensagem", "natal", "m2", ("m1",)))
        assert not paper.open_intents()
        assert paper.of(INTENT.address) == Binding("mensagem", "natal", "m2", ("m1",))
        paper.renew()
    assert [intent.id for intent in state.open_intents()] == ["one"]
    assert not list(state.bindings())
    assert state.seq == 1
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == files
