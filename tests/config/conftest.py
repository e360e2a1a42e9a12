"""Workspaces made from a few texts, and what loading them says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from reconciler.config import Account, InvalidConfig, load
from reconciler.engine.model import Declared, Finding
from tests.declared import everything

Files: TypeAlias = Mapping[str, str | bytes]

SETTINGS = "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas:\n  principal: {}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a workspace that is still empty."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder.resolve()


@pytest.fixture
def write(root: Path) -> Callable[[Files], None]:
    """Writes the files of a test, and a valid reconciler.yaml where none is among them."""

    def write(files: Files) -> None:
        for name, content in ({"reconciler.yaml": SETTINGS} | dict(files)).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


@pytest.fixture
def account(root: Path, write: Callable[[Files], None]) -> Callable[..., Account]:
    """An account, when everything is valid."""

    def account(files: Files, name: str = "principal") -> Account:
        write(files)
        return load(root).accounts[name]

    return account


@pytest.fixture
def declared(account: Callable[..., Account]) -> Callable[[Files], dict[str, Declared]]:
    """Address → resource, when everything is valid."""
    return lambda files: {str(resource.address): resource for resource in everything(account(files))}


@pytest.fixture
def findings(root: Path, write: Callable[[Files], None]) -> Callable[[Files], tuple[Finding, ...]]:
    """Everything that is wrong with a workspace, and its warnings."""

    def findings(files: Files) -> tuple[Finding, ...]:
        write(files)
        try:
            loaded = load(root)
        except InvalidConfig as error:
            return error.findings
        return (*loaded.warnings, *(finding for account in loaded.accounts.values() for finding in account.warnings))

    return findings
