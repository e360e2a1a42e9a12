"""A YAML file of the workspace → its source and its document, or findings."""

from __future__ import annotations

from typing import Final

from reconciler.config.document import Document, Map, Node, Seq
from reconciler.config.files import MAX_YAML, WORKSPACE_FILE, Folder
from reconciler.config.findings import Findings
from reconciler.config.regular import parse_file
from reconciler.config.source import Source, decoded
from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding, Place, Severity

_VENDORS: Final = ("criaenvio", "ogmma", "mindo")
_NAMES: Final = frozenset({"chave", "env", "arquivo"})


def read(folder: Folder, name: str, findings: Findings) -> tuple[Source, Document] | None:
    """Reads and parses one YAML file; None when it cannot be used at all. What is wrong with it goes to `findings`."""
    shown = name.encode("utf-8", "backslashreplace").decode()  # the bytes of a name need not be text
    try:
        content = folder.read(name, MAX_YAML)
    except Problem as problem:
        findings.add(_whole(shown, problem))
        return None
    try:
        source = Source(shown, decoded(content, "the file"))
    except Problem as problem:
        findings.problem(Source.of_bytes(shown, content), problem, "the file is not UTF-8")
        return None
    try:
        document = parse_file(source.text)
    except Problem as problem:
        findings.problem(source, problem, "this cannot be read as YAML")
        return None
    if name == WORKSPACE_FILE:
        _hide_secrets(source, document.root)
    for repeated in document.problems:
        findings.problem(source, repeated, repeated.reason)
    return source, document


def _whole(name: str, problem: Problem) -> Finding:
    return Finding(
        Severity.ERROR, problem.rule, "the file cannot be used", problem.reason, problem.remedy, Place(name, 1, 1)
    )


def _hide_secrets(source: Source, root: Node) -> None:
    """Whatever stands below a vendor's section, other than names that belong there, might be a key: never shown."""
    accounts = root.get("contas") if isinstance(root, Map) else None
    for account in accounts.values() if isinstance(accounts, Map) else ():
        for vendor in _VENDORS:
            if isinstance(account, Map) and vendor in account:
                _hide(source, account, vendor)


def _hide(source: Source, parent: Map, name: str) -> None:
    key, at = parent.marks_of(name)
    value = parent[name]
    if name not in _NAMES and name not in _VENDORS:
        source.hide(key.index, key.index + len(name) + 2)
    if isinstance(value, Map):
        for inner in value:
            _hide(source, value, inner)
    elif isinstance(value, Seq):
        for index in range(len(value)):
            start = value.mark_of(index).index
            source.hide(start, _end_of_line(source.text, start))
    elif (
        value is not None
        and not (name == "env" and value.replace("_", "A").isalnum() and value.isupper())
        and name != "arquivo"
    ):
        source.hide(at.index, max(at.index + len(value), _end_of_line(source.text, at.index)))


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
