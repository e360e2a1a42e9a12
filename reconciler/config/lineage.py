"""`reconciler.lineage`: which ledger each account has, so that a lost one is never taken for an empty one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from reconciler.config.files import Folder
from reconciler.config.findings import Findings
from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding, Place, Severity

LINEAGE_FILE: Final = "reconciler.lineage"
_HEAD: Final = "# Which ledger each account has. Written by reconciler; commit it, so that a lost ledger is noticed.\n"
_LINE: Final = re.compile(r"([a-z0-9][a-z0-9_-]{0,62}) ([0-9a-f]{32})")
_LARGEST: Final = 1024 * 1024


def known_lineage(folder: Folder, account: str, findings: Findings) -> str | None:
    """The lineage of the account's ledger, None if the workspace knows of none. What is wrong goes to `findings`."""
    try:
        text = folder.read(LINEAGE_FILE, _LARGEST).decode()
    except Problem as problem:
        if problem.rule != "missing-file":
            findings.add(_finding(problem.rule, 1, problem.reason, problem.remedy))
        return None
    except UnicodeDecodeError:
        findings.add(_finding("bad-lineage", 1, "the file is not UTF-8", _RESTORE))
        return None
    found: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = _LINE.fullmatch(line.strip())
        if parts is None:
            findings.add(_finding("bad-lineage", number, "this is no `account lineage`", _RESTORE, line))
        elif parts[1] == account:
            if found is not None:
                findings.add(_finding("bad-lineage", number, f"{account} stands twice", _RESTORE, line))
            found = parts[2]
    return found


def record_lineage(root: Path, account: str, lineage: str) -> None:
    """Write down that `account` has this ledger; the other accounts' lines stay. Raises OSError."""
    file = root / LINEAGE_FILE
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else [_HEAD]
    mine = f"{account} {lineage}\n"
    others = [line for line in lines if line.partition(" ")[0] != account]
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text("".join(line if line.endswith("\n") else f"{line}\n" for line in others) + mine, encoding="utf-8")
    beside.replace(file)


_RESTORE: Final = "take the file as it was committed; one line per account, written by apply and ledger rebuild"


def _finding(rule: str, line: int, reason: str, remedy: str, excerpt: str | None = None) -> Finding:
    summary = "the ledgers' lineages cannot be read"
    return Finding(Severity.ERROR, rule, summary, reason, remedy, Place(LINEAGE_FILE, line, 1), excerpt=excerpt)
