"""`reconciler.lineage`: one line per account, written by the program and read by every run."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.config import LINEAGE_FILE, InvalidConfig, load, record_lineage

A, B = "a" * 32, "b" * 32
SETTINGS = "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas: {padaria: {}, academia: {}}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with two accounts."""
    (tmp_path / "reconciler.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def known(root: Path) -> dict[str, str | None]:
    """What a run knows of each account's ledger."""
    return {name: account.lineage for name, account in load(root).accounts.items()}


def test_what_is_recorded_is_known(root: Path) -> None:
    """An account's line is written and replaced; the others' and what a person added stay."""
    assert known(root) == {"padaria": None, "academia": None}
    record_lineage(root, "padaria", A)
    assert known(root) == {"padaria": A, "academia": None}
    file = root / LINEAGE_FILE
    file.write_text(file.read_text() + "# by hand", encoding="utf-8")
    record_lineage(root, "academia", B)
    record_lineage(root, "padaria", B)
    assert known(root) == {"padaria": B, "academia": B}
    assert "# by hand\n" in file.read_text()
    assert sorted(path.name for path in root.iterdir()) == [LINEAGE_FILE, "reconciler.yaml"]


def test_lines_of_any_system_are_read(root: Path) -> None:
    """Line ends of Windows, empty lines and spaces at the end mean nothing."""
    (root / LINEAGE_FILE).write_bytes(f"\r\npadaria {A}  \r\n".encode())
    assert known(root)["padaria"] == A


@pytest.mark.parametrize(
    "content", [b"\xff", b"padaria\n", b"padaria ABC\n", f"padaria {A} {B}\n".encode(), b"<<<<<<< HEAD\n"]
)
def test_what_is_no_lineage_is_an_error_and_not_a_first_run(root: Path, content: bytes) -> None:
    """A file that was cut, edited or left in a merge conflict stops the run: it might have known of a ledger."""
    (root / LINEAGE_FILE).write_bytes(content)
    with pytest.raises(InvalidConfig) as refused:
        load(root)
    assert {finding.rule for finding in refused.value.findings} == {"bad-lineage"}
    assert refused.value.findings[0].place is not None
    assert refused.value.findings[0].place.file == LINEAGE_FILE
    (root / LINEAGE_FILE).unlink()
    (root / LINEAGE_FILE).mkdir()
    with pytest.raises(InvalidConfig, match="1 errors"):
        load(root)
