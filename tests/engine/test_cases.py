"""Every case file, as values: declared through the config loader, live through the wire functions, then the planner."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from reconciler.config import Account, InvalidConfig, load
from reconciler.engine.plan import Plan
from reconciler.engine.planner import plan
from reconciler.engine.scene import Live, Scene, Terms
from reconciler.engine.timeline import timeline
from reconciler.providers.channels import look
from reconciler.providers.criaenvio.envios.events import events as events_of
from reconciler.providers.criaenvio.envios.spacing import asked
from reconciler.providers.criaenvio.provider import KINDS
from reconciler.report import View, plan_document
from tests.cases.channels import Shown
from tests.cases.live import Memory, live_of
from tests.cases.reading import ACCOUNT, Case, cases, check
from tests.declared import everything

CASES = [case for case in cases() if case.only in ("", "engine")]
VALID = [case for case in CASES if not case.invalid]


def _planned(case: Case, account: Account, chance: random.Random | None = None) -> Plan:
    """The plan of `case`; with `chance`, from the same values in another order."""
    zone = account.zone
    live = live_of(case.seed, zone)
    declared, bindings = list(everything(account)), list(case.bindings().items())
    if chance is not None:
        chance.shuffle(declared)
        chance.shuffle(bindings)
        live = Live(
            {kind: tuple(chance.sample(found, len(found))) for kind, found in live.objects.items()},
            live.members,
            live.seats,
            live.totals,
        )
    now = datetime.fromisoformat(case.agora).replace(tzinfo=zone)
    port = Shown(case.channels)
    elsewhere = look(port, account.checks, port.bulks() if asked(account.rules, account.declared) else (), now)
    terms = Terms(
        now=now,
        elsewhere=elsewhere,
        rules=account.rules,
        on_removal=account.on_removal,
        allow=frozenset(case.allowed),
    )
    memory = Memory.holding(dict(bindings), case.intents(), fresh=case.fresh)
    scene = Scene(declared, live, memory, terms)
    made = plan(ACCOUNT, KINDS, scene)
    events = timeline(events_of(made, scene), elsewhere, now)
    return replace(made, warnings=(*account.warnings, *made.warnings), timeline=events)


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_case(case: Case, tmp_path: Path) -> None:
    """The plan of a case is the one that the case states, whatever order its values come in."""
    case.write(tmp_path)
    account = load(tmp_path).accounts[ACCOUNT]
    made = _planned(case, account)
    view = View(salt=b"cases", today=datetime.now(UTC).date(), zone=ZoneInfo("UTC"), show_contacts=True)
    document = plan_document(made, view)
    check(case.plan, document)
    other = _planned(case, account, random.Random(case.name))  # noqa: S311 - the same disorder in every run
    assert plan_document(other, view) == document


@pytest.mark.parametrize("case", [case for case in CASES if case.invalid], ids=lambda case: case.name)
def test_invalid(case: Case, tmp_path: Path) -> None:
    """What the configuration refuses never reaches the planner."""
    case.write(tmp_path)
    with pytest.raises(InvalidConfig) as refused:
        load(tmp_path)
    assert [finding.rule for finding in refused.value.findings] == list(case.invalid)
