"""The plan as data: what its digest stands for, and its figures; and the verdict over a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.engine.model import Audience, Blocked, Call, Change, Delta, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from tests.engine.making import change, plan_of

START = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)
SEND = change(
    "envio.natal/schedule",
    deltas=(Delta("mensagem", None, "natal"),),
    values={"mensagem": "natal", "listas": frozenset({"a", "b"}), "data_de_inicio": START},
    needs=("mensagem.natal/create", "lista.a/members"),
    audience=Audience(3, exact=True, start=START, lists=(("a", 3),)),
    live_id="e1",
)
OTHER = change("lista.a/create", values={"nome": "A"})


def test_digest_does_not_depend_on_order() -> None:
    """The same changes have the same digest, in whatever order they and their parts are listed."""
    turned = replace(SEND, needs=tuple(reversed(SEND.needs)), values=dict(reversed(list(SEND.values.items()))))
    assert plan_of(SEND, OTHER).digest == plan_of(OTHER, turned).digest


@pytest.mark.parametrize(
    "different",
    [
        {"address": OTHER.address},
        {"action": OTHER.action},
        {"live_id": "e2"},
        {"deltas": (Delta("mensagem", "outra", "natal"),)},
        {"deltas": ()},
        {"values": {**SEND.values, "mensagem": "outra"}},
        {"values": {**SEND.values, "listas": frozenset({"a"})}},
        {"values": {**SEND.values, "data_de_inicio": START.replace(minute=1)}},
        {"needs": SEND.needs[:1]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_digest_is_sensitive_to_every_field(different: dict[str, Any]) -> None:
    """Whatever a reviewer approves changes the digest when it changes."""
    assert plan_of(replace(SEND, **different)).digest != plan_of(SEND).digest


@pytest.mark.parametrize("same", [{"reason": "in other words"}, {"place": None}], ids=lambda given: next(iter(given)))
def test_digest_does_not_depend_on_wording(same: dict[str, Any]) -> None:
    """Wording and places are not what is approved."""
    assert plan_of(replace(SEND, **same)).digest == plan_of(SEND).digest


def test_digest_names_account_and_people() -> None:
    """Another account is another plan; the number of people stands in the digest itself."""
    plan = replace(plan_of(SEND), reached=(1234, True))
    assert plan.digest.endswith("-1234")
    assert replace(plan, account="outra").digest != plan.digest
    assert replace(plan, reads={"GET /campos": 7}).digest == plan.digest


def test_summary_counts() -> None:
    """Calls of one batch count once, messages once per person and send, people as they were counted."""
    batch = [change(f"lista.{key}/deactivate", batch="off", calls=_calls("PUT /grupos/desativar")) for key in "ab"]
    later = replace(SEND, audience=Audience(2, exact=False, start=START.replace(day=21), lists=(("b", 2),)), calls=())
    made = replace(SEND, calls=_calls("POST /envios", "GET /envios/{id}"))
    summary = replace(plan_of(*batch, made, later), reached=(4, False)).summary
    assert summary.calls == 3
    assert (summary.sends, summary.messages) == (2, 5)
    assert (summary.recipients, summary.exact) == (4, False)
    assert summary.actions == {"deactivate": 2, "schedule": 2}
    assert summary.first_send == START


def test_first_send_at_once() -> None:
    """When one send goes out as soon as it is applied, there is no later first one."""
    at_once = replace(SEND, audience=Audience(2, exact=True, start=None, lists=()))
    assert plan_of(SEND, at_once).summary.first_send is None
    assert plan_of(OTHER).summary.first_send is None


def _calls(*names: str) -> tuple[Call, ...]:
    return tuple(Call(*name.split()) for name in names)


def _result(*statuses: Status, **rest: Any) -> Result:
    changes: list[Change] = [change(f"lista.l{place}/create") for place in range(len(statuses))]
    outcomes = [Outcome(item, status) for item, status in zip(changes, statuses, strict=True)]
    plan = Plan("principal", changes=tuple(changes), blocked=rest.pop("blocked", ()))
    return Result(plan, tuple(outcomes), **rest)


_BLOCKED = (Blocked(OTHER.address, None, "two", "choose"),)
_NOTE = (Finding(Severity.WARNING, "follow-up", "again"),)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (_result(), Exit.OK),
        (_result(Status.DONE), Exit.OK),
        (_result(Status.DONE, blocked=_BLOCKED), Exit.BLOCKED),
        (_result(blocked=_BLOCKED), Exit.BLOCKED),
        (_result(Status.FAILED), Exit.ERROR),
        (_result(Status.FAILED, Status.SKIPPED), Exit.ERROR),
        (_result(Status.DONE, Status.FAILED), Exit.PARTLY),
        (_result(Status.DONE, Status.SKIPPED, blocked=_BLOCKED), Exit.PARTLY),
        (_result(Status.DONE, notes=_NOTE), Exit.PARTLY),
        (_result(Status.DONE, Status.PENDING, ended=(Exit.INTERRUPTED, "stopped")), Exit.INTERRUPTED),
        (_result(Status.FAILED, Status.PENDING, ended=(Exit.LATER, "down")), Exit.LATER),
        (_result(Status.UNKNOWN, Status.FAILED, ended=(Exit.LATER, "down")), Exit.UNKNOWN),
    ],
)
def test_verdict_is_the_worst_that_happened(result: Result, code: Exit) -> None:
    """Unknown, ended early, partly applied, nothing applied, blocked, done: the worst of these is the exit code."""
    assert result.exit is code
