"""What the ledger's tests share: a place of each kind for a ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from reconciler.ledger import FileHome, GitHome, Home, ObjectHome
from tests.ledger.places import BUCKET, cloned, s3_environment, s3_server


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of an S3-compatible server."""
    with s3_server() as address:
        yield address


@pytest.fixture
def git_home(tmp_path: Path) -> GitHome:
    """A ledger's place at a git remote; nothing is there."""
    return cloned(tmp_path)


@pytest.fixture
def object_home(s3: str, monkeypatch: pytest.MonkeyPatch) -> ObjectHome:
    """A ledger's place in an object store; nothing is there."""
    for name, value in s3_environment(s3).items():
        monkeypatch.setenv(name, value)
    return ObjectHome(f"s3://{BUCKET}/{uuid4().hex}/conta")


@pytest.fixture(params=["arquivo", "git", "objeto"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A ledger's place of each kind in turn; nothing is there."""
    made: Callable[[], Home] = {
        "arquivo": lambda: FileHome(tmp_path / ".reconciler" / "conta.json"),
        "git": lambda: request.getfixturevalue("git_home"),
        "objeto": lambda: request.getfixturevalue("object_home"),
    }[request.param]
    return made()
