"""How fast an API may be called: remembered wherever the ledger lives, and by nobody who only reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.model import Tempo
from reconciler.ledger import FileHome, Home, LedgerError, open_ledger, read_ledger
from reconciler.ledger.wire import load_tempo

AT = datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC)


def test_a_tempo_is_remembered(home: Home) -> None:
    """The latest counts, from the journal and from the snapshot alike."""
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        assert ledger.tempo is None
        ledger.learn(Tempo(3.0, AT))
        ledger.learn(Tempo(2.0, AT))
        ledger.flush()
        assert read_ledger(home, account="conta", origin="sandbox").tempo == Tempo(2.0, AT) == ledger.tempo
    for _ in range(2):
        with open_ledger(home, account="conta", origin="sandbox") as ledger:
            assert ledger.tempo == Tempo(2.0, AT)


def test_a_version_that_knows_no_tempo_does_not_forget_it(tmp_path: Path) -> None:
    """A ledger that remembers one says that it is of format 2; others stay of 1."""
    path = tmp_path / "conta.json"
    open_ledger(FileHome(path), account="conta", origin="sandbox").close()
    assert json.loads(path.read_bytes())["format_version"] == 1
    with open_ledger(FileHome(path), account="conta", origin="sandbox") as ledger:
        ledger.learn(Tempo(2.0, AT))
    assert json.loads(path.read_bytes())["format_version"] == 2


@pytest.mark.parametrize("edge", ["0", "-1.0", "NaN", "Infinity", '"fast"'])
def test_a_tempo_that_cannot_be_is_damage(edge: str, tmp_path: Path) -> None:
    """What is no rate is refused with the ledger: it would stop the account, or bound nothing."""
    with pytest.raises((TypeError, ValueError)):
        load_tempo({"edge": json.loads(edge), "at": AT.isoformat()})
    with open_ledger(FileHome(tmp_path / "conta.json"), account="conta", origin="sandbox") as ledger:
        with pytest.raises(ValueError, match="no zone"):
            ledger.learn(Tempo(2.0, AT.replace(tzinfo=None)))
        ledger.learn(Tempo(2.0, AT))
    with pytest.raises(LedgerError):
        ledger.learn(Tempo(2.0, AT))
