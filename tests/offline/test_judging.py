"""Laws of what a rehearsal is judged by: each way in which an account can be left otherwise than planned is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.engine.model import Action, Address, Audience, Blocked, Change, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan
from reconciler.offline import judging
from reconciler.offline.judging import SECTIONS, Facts, Mailed
from reconciler.providers.criaenvio.envios.twins import TWINS

BEGAN = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
ENDED = BEGAN + timedelta(seconds=10)
START = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)
ENVIO = {
    "id": "E1",
    "mensagem": "M1",
    "listas": ["L1"],
    "status": "Agendado",
    "data_de_inicio": START.isoformat(),
    "data_de_termino": None,
    "total_de_contatos": 2,
    "total_enviado": 0,
}
BEFORE: Mapping[str, list[dict[str, Any]]] = {
    "campos": [{"id": "K1", "nome": "cidade"}],
    "listas": [{"id": "L1", "nome": "sp", "ativo": True}],
    "contatos": [{"id": f"C{n}", "nome": f"Ana {n}", "campos": {"K1": "Santos"}} for n in range(3)],
    "mensagens": [{"id": "M1", "html": "<p>a</p>", "ja_enviada": False}, {"id": "M2", "html": "", "ja_enviada": False}],
    "envios": [ENVIO],
    "remetentes": [{"id": "R1", "nome": "Loja"}],
}
SEND = Change(
    Address("envio", "um"), Action.SCHEDULE, "", audience=Audience(2, exact=True, start=START, lists=(("sp", 2),))
)
MAIL = [Mailed("E2", "M1", f"C{n}", START) for n in range(2)]


def state(records: Mapping[str, Sequence[Mapping[str, Any]]]) -> judging.State:
    """An account's records by id."""
    return {section: judging.by_id(records[section]) for section in SECTIONS}


def facts(*changes: tuple[Change, str | None], after: Mapping[str, Any] | None = None, **more: Any) -> Facts:
    """What a rehearsal left behind where these changes were made, with these live ids."""
    outcomes = [Outcome(change, Status.DONE, live_id=live_id) for change, live_id in changes]
    known = Facts(
        plan=Plan("principal"),
        outcomes=outcomes,
        before=state(BEFORE),
        after=state(after or BEFORE),
        mail=(),
        began=BEGAN,
        ended=ENDED,
    )
    return replace(known, **more)


def edited(section: str, place: int, **fields: Any) -> dict[str, list[dict[str, Any]]]:
    """The account with one record changed."""
    after = deepcopy(dict(BEFORE))
    after[section][place] |= fields
    return after


def rules(found: Any) -> list[str]:
    """The rules of some findings."""
    return [item.rule for item in found]


@pytest.mark.parametrize(
    ("section", "fields"),
    [
        ("campos", {"nome": "outra"}),
        ("listas", {"ativo": False}),
        ("contatos", {"campos": {}}),
        ("mensagens", {"html": "<p>b</p>"}),
        ("envios", {"status": "Cancelado"}),
        ("envios", {"data_de_inicio": (START + timedelta(days=1)).isoformat()}),
        ("remetentes", {"nome": "Outra"}),
    ],
)
def test_whatever_changes_beside_the_plan_is_found(section: str, fields: dict[str, Any]) -> None:
    """A record that no change names, and that is not as it was."""
    found = list(judging.touched(facts(after=edited(section, 0, **fields))))
    assert rules(found) == ["touched"]
    assert next(iter(fields)) in found[0].summary


@pytest.mark.parametrize("section", SECTIONS)
def test_whatever_comes_or_goes_is_found(section: str) -> None:
    """A record that no change makes, or removes."""
    gone = {**BEFORE, section: BEFORE[section][1:]}
    came = {**BEFORE, section: [*BEFORE[section], {**BEFORE[section][0], "id": "X9"}]}
    assert [item.summary.split()[2] for item in judging.touched(facts(after=gone))] == ["went,"]
    assert [item.summary.split()[2] for item in judging.touched(facts(after=came))] == ["came,"]


def test_what_the_plan_names_may_change() -> None:
    """The objects of its changes, and those that it makes."""
    after = edited("listas", 0, nome="rj")
    after["envios"].append({**ENVIO, "id": "E2"})
    update = Change(Address("lista", "rj"), Action.UPDATE, "", live_id="L1")
    made = facts((update, "L1"), (SEND, "E2"), after=after)
    assert rules(judging.touched(made)) == []
    assert judging.compared(made) == sum(map(len, BEFORE.values())) - 1


def test_what_follows_by_itself_is_no_change() -> None:
    """With a campo go its values; a message that is sent counts as sent; an envio that is due goes out."""
    after = edited("mensagens", 0, ja_enviada=True)
    after["campos"] = []
    after["contatos"] = [{**item, "campos": {}} for item in after["contatos"]]
    delete = Change(Address("campo", "cidade"), Action.DELETE, "", live_id="K1")
    assert rules(judging.touched(facts((delete, None), after=after))) == []
    due = {**BEFORE, "envios": [{**ENVIO, "data_de_inicio": BEGAN.isoformat()}]}
    gone = {**due, "envios": [{**due["envios"][0], "status": "Concluído", "total_enviado": 2}]}
    assert rules(judging.touched(facts(before=state(due), after=gone))) == []


def test_but_a_message_that_nobody_sends_is_found() -> None:
    """One that counts as sent, and that no envio refers to."""
    assert rules(judging.touched(facts(after=edited("mensagens", 1, ja_enviada=True)))) == ["touched"]


def test_mail_as_planned_is_no_fault() -> None:
    """To so many people, at the time."""
    assert rules(judging.mailed(facts((SEND, "E2"), mail=MAIL))) == []


@pytest.mark.parametrize(
    ("mail", "rule"),
    [
        ((), "audience"),
        (MAIL[:1], "audience"),
        ([*MAIL, Mailed("E2", "M1", "C2", START)], "audience"),
        ([replace(item, at=START - timedelta(minutes=1)) for item in MAIL], "too-early"),
    ],
)
def test_other_mail_than_planned_is_found(mail: Sequence[Mailed], rule: str) -> None:
    """To fewer or more people, or before the time."""
    assert rules(judging.mailed(facts((SEND, "E2"), mail=mail))) == [rule]


def test_an_upper_bound_may_be_more_than_there_are() -> None:
    """Where lists overlap, nobody knows how many there are at the least; more than at the most is a fault."""
    bound = replace(SEND, audience=replace(SEND.audience, exact=False))  # type: ignore[type-var]
    assert rules(judging.mailed(facts((bound, "E2"), mail=MAIL[:1]))) == []
    more = [*MAIL, Mailed("E2", "M1", "C2", START)]
    assert rules(judging.mailed(facts((bound, "E2"), mail=more))) == ["audience"]


def test_the_same_send_twice_is_found() -> None:
    """Two envios of one message, lists and start that both go out, whoever made them."""
    after = deepcopy(dict(BEFORE))
    after["envios"] += [{**ENVIO, "id": "E2"}]
    mail = [*MAIL, *(replace(item, envio="E1") for item in MAIL)]
    assert rules(judging.mailed(facts((SEND, "E2"), after=after, mail=mail))) == ["mailed-twice"]


@pytest.mark.parametrize("action", [Action.CANCEL, Action.PAUSE])
def test_what_was_to_be_stopped_and_goes_out_is_found(action: Action) -> None:
    """Mail after the plan was applied; what went out before could not be helped."""
    stop = Change(Address("envio", "um"), action, "", live_id="E1")
    late = [Mailed("E1", "M1", "C0", START)]
    early = [Mailed("E1", "M1", "C0", BEGAN - timedelta(hours=1))]
    assert rules(judging.mailed(facts((stop, "E1"), mail=late))) == ["not-stopped"]
    assert rules(judging.mailed(facts((stop, "E1"), mail=early))) == []


def test_a_twin_that_goes_out_is_found() -> None:
    """What a plan cancels beside its own."""
    stop = Change(Address("envio", "um"), Action.CANCEL_TWINS, "", values={TWINS: frozenset({"E7"})}, live_id="E1")
    assert rules(judging.mailed(facts((stop, "E1"), mail=[Mailed("E7", "M1", "C0", START)]))) == ["not-stopped"]


def test_a_copy_that_is_planned_otherwise_is_found() -> None:
    """Changes and people of the account's plan, and of its copy's."""
    update = Change(Address("lista", "sp"), Action.UPDATE, "", live_id="L1")
    one, other = Plan("principal", (update,)), Plan("principal", (replace(update, live_id="L2"),))
    assert rules(judging.alike(one, one)) == []
    assert rules(judging.alike(one, other)) == ["copy"]
    assert rules(judging.alike(one, Plan("principal"))) == ["copy"]
    assert rules(judging.alike(one, replace(one, reached=(7, True)))) == ["copy"]
    blocked = Blocked(Address("lista", "rj"), None, "", "")
    refusal = Finding(Severity.ERROR, "max_destinatarios", "too many")
    assert rules(judging.alike(one, replace(one, blocked=(blocked,)))) == ["copy"]
    assert rules(judging.alike(replace(one, refusals=(refusal,)), one)) == ["copy"]


def test_many_findings_are_counted() -> None:
    """Twenty are named, and of the others how many they are."""
    update = Change(Address("lista", "sp"), Action.UPDATE, "")
    second = Plan("principal", (update,) * 30)
    found: list[Finding] = list(judging.unfinished(second))
    assert len(found) == 21
    assert found[-1].summary == "and 10 more changes"
    assert rules(judging.unfinished(Plan("principal", adopted=3))) == ["not-converged"]


def test_what_was_not_made_is_found() -> None:
    """Whatever came of a change but that it was done."""
    change = Change(Address("lista", "sp"), Action.UPDATE, "")
    outcomes = [Outcome(change, status) for status in Status]
    assert len(list(judging.failed(outcomes))) == len(Status) - 1
