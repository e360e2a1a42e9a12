"""Plans that were put into effect: remembered before their first call, wherever the ledger lives, and for good."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.model import Use
from reconciler.ledger import FileHome, Home, LedgerError, State, open_ledger, read_ledger
from reconciler.ledger.uses import KEPT, Uses

AT = datetime(2026, 11, 2, 8, 0, 5, tzinfo=UTC)
DIGEST = "a54f6bcc40130d52-18402"


def seen(home: Home) -> State:
    """The ledger, read."""
    return read_ledger(home, account="conta", origin="sandbox")


def test_a_use_is_durable_on_return(home: Home) -> None:
    """Others see it as soon as `use` returns, at the entry that it is; its end with the next fold; both for good."""
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        before = ledger.position
        ledger.use("plano", DIGEST, AT)
        begun = Use("plano", DIGEST, AT, before.entry + 1)
        assert seen(home).uses.of("plano") == begun == ledger.uses.of("plano")
        assert seen(home).position == ledger.position
        assert (ledger.position.lineage, ledger.position.entry) == (before.lineage, before.entry + 1)
        ledger.used("plano")
        ledger.used("plano")
        ledger.used("outro")
    for _ in range(2):
        with open_ledger(home, account="conta", origin="sandbox") as ledger:
            assert ledger.uses.of("plano") == replace(begun, finished=True)
            assert ledger.uses.of_digest(DIGEST) == replace(begun, finished=True)
            assert ledger.uses.of("outro") is None


def test_a_use_that_was_cut_short_is_remembered_as_such(home: Home) -> None:
    """A run that was killed after the use has it in the journal, and the next run finds it unfinished."""
    ledger = open_ledger(home, account="conta", origin="sandbox")
    ledger.use("plano", DIGEST, AT)
    use = seen(home).uses.of("plano")
    ledger.close()
    assert use is not None
    assert not use.finished
    assert seen(home).uses.of("plano") == use


def test_the_same_digest_again_is_another_use() -> None:
    """What was done twice is remembered by the later time, and is unfinished until it is done again."""
    uses = Uses()
    uses.begin(Use(DIGEST, DIGEST, AT, 3, finished=True))
    uses.begin(Use("plano", DIGEST, AT, 4))
    uses.begin(Use(DIGEST, DIGEST, AT, 5))
    assert uses.of_digest(DIGEST) == uses.of(DIGEST) == Use(DIGEST, DIGEST, AT, 5)
    assert list(uses.known) == ["plano", DIGEST]


def test_what_is_forgotten_is_known_to_be(tmp_path: Path) -> None:
    """The oldest uses go, and the horizon says from which entry on every use is still known."""
    home = FileHome(tmp_path / "conta.json")
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        for number in range(KEPT + 3):
            ledger.use(f"p{number}", DIGEST, AT)
    uses = seen(home).uses
    assert (len(uses.known), uses.horizon) == (KEPT, 3)
    assert uses.of("p2") is None
    assert uses.of("p3") == Use("p3", DIGEST, AT, 4)


def test_a_version_that_knows_no_uses_does_not_forget_them(tmp_path: Path) -> None:
    """A ledger that remembers uses says that it is of format 2, which earlier versions refuse; others stay of 1."""
    path = tmp_path / "conta.json"
    open_ledger(FileHome(path), account="conta", origin="sandbox").close()
    assert json.loads(path.read_bytes())["format_version"] == 1
    with open_ledger(FileHome(path), account="conta", origin="sandbox") as ledger:
        ledger.use("plano", DIGEST, AT)
    assert json.loads(path.read_bytes())["format_version"] == 2


def test_a_time_without_a_zone_is_no_time(tmp_path: Path) -> None:
    """It is refused before it is written, and what was recorded before stays readable."""
    home = FileHome(tmp_path / "conta.json")
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        with pytest.raises(ValueError, match="no zone"):
            ledger.use("plano", DIGEST, AT.replace(tzinfo=None))
        ledger.use("outro", DIGEST, AT)
    assert list(seen(home).uses.known) == ["outro"]


def test_nothing_is_used_without_a_ledger_that_can_be_written(tmp_path: Path) -> None:
    """Once the ledger failed, or was closed, a use is refused: whoever asked makes no call."""
    ledger = open_ledger(FileHome(tmp_path / "conta.json"), account="conta", origin="sandbox")
    ledger.close()
    with pytest.raises(LedgerError):
        ledger.use("plano", DIGEST, AT)
