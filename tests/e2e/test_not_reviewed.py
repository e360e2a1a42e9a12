"""`apply --not-reviewed`: for a commit that nobody reviewed a plan of, only what needs no approval is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import SEED, SENDING, write, writes

REASON = "no pull request was merged into main as 1a2b3c\n::error::x"


def test_what_has_to_be_approved_is_not_done(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Exit 5, nothing called, and every report has the plan and the reason."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    files = [tmp_path / name for name in ("r.json", "r.md", "r.txt")]
    kept = [word for path in files for word in ("--report", str(path))]
    ran = run("apply", "--not-reviewed", REASON, *kept, url=sandbox.url)
    assert ran.code == 5
    assert writes(sandbox) == []
    document = json.loads(files[0].read_text(encoding="utf-8"))
    assert document["document"] == "plan"
    assert document["ended"]["exit_code"] == 5
    for text in (ran.err, *(path.read_text(encoding="utf-8") for path in files)):
        assert "no pull request was merged into main as" in text
        assert "\n::error" not in text
    for text in (ran.out, files[1].read_text(encoding="utf-8"), files[2].read_text(encoding="utf-8")):
        assert "envio.um" in text


def test_what_nobody_has_to_approve_is_done(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A plan that only takes over what is there, and one with nothing in it, end with 0."""
    sandbox = open_account(SEED)
    write(tmp_path, {"listas": {"sp": {}}})
    for _ in range(2):
        assert run("apply", "--not-reviewed", REASON, url=sandbox.url).code == 0
    assert writes(sandbox) == []
    assert "lista.sp" in run("ledger show", url=sandbox.url).out


@pytest.mark.parametrize("words", [("--digest", "a-1"), ("--yes",)])
def test_it_excludes_any_approval(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Whoever says that nobody agreed cannot also say that somebody did."""
    write(tmp_path, SENDING)
    assert run("apply", "--not-reviewed", REASON, *words).code == 64
