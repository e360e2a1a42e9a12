"""A stand-in for GitHub for every test here, and the command line as a step of a workflow runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.github.standin import GitHub


@pytest.fixture
def github() -> Iterator[GitHub]:
    """GitHub, with nothing in it."""
    with GitHub() as standing:
        yield standing
