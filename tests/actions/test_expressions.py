"""The runner's expressions, against GitHub's own examples and rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.errors import WorkflowError
from tests.actions.expressions import Known, Scope

_SCOPE = Scope(
    {
        "github": Known(event={"pull_request": {"head": {"repo": None}}}, repository="loja/campanhas", run_id=7.0),
        "inputs": Known(snapshot="", environment="{0}-plan"),
        "matrix": Known(account="padaria"),
        "needs": Known(accounts=Known(result="success", outputs=Known(accounts='["a", "b"]'))),
    }
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it''s'", "it's"),
        ("'Loja' == 'loja'", True),
        ("null == 0", True),
        ("'' == false", True),
        ("'1' == 1", True),
        ("'x' < 1", False),
        ("!'x' || 'y'", "y"),
        ("'a' && 'b' || 'c'", "b"),
        ("'' && 'b' || 'c'", "c"),
        ("1 < 2 == true", True),
        ("fromJSON(needs.accounts.outputs.accounts)[1]", "b"),
        ("contains(fromJSON('[\"A\", \"B\"]'), 'b')", True),
        ("contains('Natal', 'nat')", True),
        ("format('{{0}} {0}-{1}', 'a', 2)", "{0} a-2"),
        ("join(fromJSON('[1, 2]'), '-')", "1-2"),
        ("format(inputs.environment, matrix.account)", "padaria-plan"),
        ("github.event.pull_request.head.repo.full_name == github.repository", False),
        ("github.event.before", None),
        ("GITHUB.repository", "error"),
        ("startsWith('Natal', 'NA') && endsWith('Natal', 'AL')", True),
        ("inputs.snapshot != '' && 'x' || 'live'", "live"),
    ],
)
def test_values(text: str, value: Any) -> None:
    """An expression has the value that GitHub's documentation gives it."""
    if value == "error":
        with pytest.raises(WorkflowError):
            _SCOPE.evaluate(text)
    else:
        assert _SCOPE.evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "inputs.snapshoot",
        "secrets.KEY",
        "needs.plan.result",
        "hashFiles('x')",
        "1 +",
        "a b",
        "format('{0}')",
        "'x",
        "needs.*.result",
    ],
)
def test_unknown(text: str) -> None:
    """What is not known is an error, never an empty text."""
    with pytest.raises(WorkflowError):
        _SCOPE.evaluate(text)


@pytest.mark.parametrize(
    ("condition", "status", "holds"),
    [
        (None, "success", True),
        (None, "failure", False),
        ("inputs.snapshot == ''", "failure", False),
        ("always()", "cancelled", True),
        ("!cancelled() && inputs.snapshot == ''", "failure", True),
        ("${{ !cancelled() }}", "cancelled", False),
        ("failure()", "failure", True),
        ("failure()", "success", False),
    ],
)
def test_conditions(condition: str | None, status: str, holds: bool) -> None:
    """A condition that names no status function asks for success as well."""
    assert Scope(_SCOPE.contexts, status).holds(condition) is holds


def test_fill() -> None:
    """A text that is one expression keeps its value's type, any other is text."""
    assert _SCOPE.fill("${{ fromJSON('[1]') }}") == [1]
    assert _SCOPE.fill("a ${{ github.run_id }} b") == "a 7 b"
    with pytest.raises(WorkflowError):
        _SCOPE.fill("a ${{ fromJSON('[1]') }}")
