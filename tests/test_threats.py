"""README's table of threats: every row has a defence, and tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TABLE = ROOT.joinpath("README.md").read_text("utf-8").partition("<!-- threats -->\n\n")[2].partition("\n\n")[0]
ROWS = {cells[0]: cells[1:] for cells in (row.strip("| ").split(" | ") for row in TABLE.splitlines()[2:])}
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("threat", ROWS)
def test_each_threat_has_a_defence_that_is_tested(threat: str) -> None:
    """Whatever the table names as a test is a file of tests, or one of them."""
    defence, tests = ROWS[threat]
    assert defence
    named = _TEST.findall(tests)
    assert named
    for file, name in named:
        found = _tests_in(ROOT / file)
        assert found
        assert name in found | {""}


def test_the_table_is_found() -> None:
    """The table is where it is looked for."""
    assert len(ROWS) >= 14
