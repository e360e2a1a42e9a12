"""Plans and results made by hand, such as a shop would see them over a season."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.check import Check, Elsewhere, Ground, Ruling, Verdict, Where
from reconciler.engine.model import (
    Action,
    Address,
    Audience,
    Blocked,
    Call,
    Change,
    Delta,
    Finding,
    Outcome,
    Place,
    Severity,
    Status,
)
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.engine.timeline import Event, timeline
from reconciler.engine.waiting import Waiting
from reconciler.report import View

ZONE = ZoneInfo("America/Sao_Paulo")
READS = MappingProxyType(
    {"GET /campos": 1, "GET /grupos": 2, "GET /contatos": 513, "GET /mensagens": 1, "GET /envios": 1}
)
ORIGIN = MappingProxyType({"api": "criaenvio", "declared": f"sha256:{'0123456789abcdef' * 4}"})
OLD_HTML = """<html>
<body>
<h1>Natal na Loja</h1>
<p>Frete grátis até 10/12.</p>
<p>Até logo!</p>
</body>
</html>"""
MISSING = "declared, and not in the account"
NEW_HTML = OLD_HTML.replace("Natal na Loja", "Feliz Natal!").replace("10/12", "15/12")


def start(day: int, month: int = 11, hour: int = 18) -> datetime:
    """A start in 2026."""
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def person(number: int) -> Address:
    """A contact; no real one."""
    domain = ("exemplo.com.br", "exemplo.org", "correio.exemplo")[number % 3]
    return Address("contato", f"{'abcdefghijlm'[number % 12]}pessoa{number}@{domain}")


def made(address: Address, action: Action, reason: str, *calls: str, **rest: Any) -> Change:
    """A change that makes `calls`, each as `METHOD /path`."""
    requests = tuple(Call(*call.split()) for call in calls)
    return Change(address, action, reason, calls=requests, **rest)


def joining(number: int, key: str = "clientes-sp") -> tuple[Change, ...]:
    """A contact who is created and subscribed."""
    who = person(number)
    values = {"email": who.key, "nome": f"Fulana Número {number}", "data_de_nascimento": "1990-02-12"}
    deltas = tuple(Delta(name, None, value) for name, value in values.items())
    create = made(who, Action.CREATE, MISSING, "POST /contatos", deltas=deltas, values=values)
    listed = made(
        who,
        Action.SUBSCRIBE,
        "listas not as declared",
        "POST /contatos/{id}/inscrever",
        deltas=(Delta("listas", frozenset(), frozenset({key})),),
        needs=(create.id,),
        feeds=(f"publico.{key}",),
        moves=((key, 1),),
    )
    return create, listed


def moving(number: int) -> Change:
    """A contact who is in the account, and whose city changes."""
    deltas = (Delta("campos", {"cidade": "Campinas"}, {"cidade": "São Paulo", "vip": "sim"}),)
    reason, call = "campos not as declared", "PUT /contatos/{id}/campos"
    return made(person(number), Action.SET_FIELDS, reason, call, deltas=deltas, live_id=f"c{number}")


def send(key: str, audience: Audience, action: Action = Action.SCHEDULE, **rest: Any) -> Change:
    """A send of the Christmas message."""
    lists = frozenset(name for name, _ in audience.lists)
    values = {"mensagem": "natal-2026", "listas": lists, "data_de_inicio": audience.start or "agora"}
    given = {
        "deltas": tuple(Delta(name, None, value) for name, value in values.items()),
        "needs": ("mensagem.natal-2026/update", *(f"publico.{name}" for name in sorted(lists))),
    }
    address = Address("envio", key)
    fixed = {"values": values, "irreversible": True, "audience": audience}
    return made(address, action, rest.pop("reason", MISSING), "POST /envios", **fixed, **(given | rest))


PASSED = Blocked(
    Address("envio", "dia-das-maes"),
    Action.SCHEDULE,
    "the start has passed (dom 10/05/2026 09:00); nothing is sent",
    "set a data_de_inicio in the future, or remove the send",
    place=Place("campanhas/maes.yaml", 4, 3),
)
UNDER_WAY = Finding(
    Severity.WARNING,
    "enviando",
    "is already going out; assunto is not as declared",
    remedy="nothing can be done about a send under way but to pause it",
    address=Address("envio", "novidades"),
)


def season() -> Plan:
    """A shop's plan before Christmas: one of nearly everything."""
    first = Audience(18_402, exact=True, start=start(26), lists=(("clientes-sp", 18_402),))
    second = Audience(34_000, exact=False, start=start(1, 12, 9), lists=(("clientes-rj", 20_000), ("vip", 14_000)))
    friday, city = Address("envio", "black-friday"), Address("campo", "cidade")
    sp, rj, vip = (Address("lista", key) for key in ("clientes-sp", "clientes-rj", "vip"))
    message = (Delta("assunto", "Natal", "Feliz Natal! 🎄"), Delta("html", OLD_HTML, NEW_HTML))
    rename, awake = (Delta("nome", "VIP", "Clientes VIP"),), (Delta("ativo", before=False, after=True),)
    together = {"deltas": awake, "batch": "lista/activate"}
    wider = (Delta("listas", frozenset({"clientes-rj"}), frozenset({"clientes-rj", "vip"})),)
    changes = (
        made(friday, Action.CANCEL, "no longer declared", "GET /envios/{id}/cancelar", live_id="9aB2"),
        made(city, Action.CREATE, MISSING, "POST /campos", deltas=(Delta("nome", None, "Cidade"),)),
        made(sp, Action.ADOPT, "found live by its natural key", live_id="g1"),
        made(rj, Action.ADOPT, "found live by its natural key", live_id="g2"),
        made(vip, Action.UPDATE, "nome not as declared", "PUT /grupos/{id}", deltas=rename, live_id="g3"),
        made(rj, Action.ACTIVATE, "ativo not as declared", "PUT /grupos/ativar", live_id="g2", **together),
        made(vip, Action.ACTIVATE, "ativo not as declared", "PUT /grupos/ativar", live_id="g3", **together),
        *(change for number in range(1_204) for change in joining(number)),
        *(moving(number) for number in range(2_000, 2_038)),
        made(
            Address("mensagem", "natal-2026"),
            Action.UPDATE,
            "assunto, html not as declared; it was sent already, so it gets a new id",
            "PUT /mensagens/{id}",
            deltas=message,
            live_id="m41",
        ),
        send("natal-sp", first),
        send("natal-rj", second, Action.REPLACE, reason="listas not as declared", deltas=wider, live_id="8cD1"),
    )
    reached = (51_314, False)
    plan = Plan("principal", changes, (PASSED,), (UNDER_WAY,), reached=reached, reads=READS, generated_from=ORIGIN)
    return replace(plan, pace=0.5)


def refused() -> Plan:
    """A send that would leave too soon, a contact who opted out, two lists of one name."""
    now = Audience(300, exact=True, start=None, lists=(("vip", 300),))
    later = Audience(300, exact=True, start=start(2, 1, 9).replace(year=2027), lists=(("vip", 300),))
    opted_out = Blocked(
        person(7),
        Action.SUBSCRIBE,
        f"{person(7).key} has unsubscribed (descadastrado): only they can come back",
        "take the contact out of the lists",
        ("c7",),
        Place("contatos/clientes.csv", 8, 1),
    )
    twins = Blocked(
        Address("lista", "clientes"),
        None,
        'two live lists are called "Clientes"',
        "write id: with the one that is meant",
        ("g5", "g8"),
        Place("campanhas/listas.yaml", 3, 3),
    )
    refusal = Finding(
        Severity.ERROR,
        "agora",
        "goes out the moment it is applied: no lead time protects it",
        remedy="set a start, or --allow agora=envio.relampago",
        address=Address("envio", "relampago"),
    )
    changes = (send("relampago", now, needs=()), send("ano-novo", later, needs=()))
    return Plan("principal", changes, (opted_out, twins), (), (refusal,), reached=(300, True), reads=READS)


def letting_go() -> Plan:
    """A season ends: nothing is sent, a send is cancelled, a list put to sleep, a field erased."""
    send, people, size = Address("envio", "natal-sp"), Address("lista", "natal"), Address("campo", "tamanho")
    reason = "no longer declared"
    changes = (
        made(send, Action.CANCEL, reason, "GET /envios/{id}/cancelar", live_id="9aB2"),
        made(people, Action.DEACTIVATE, reason, "PUT /grupos/desativar", live_id="g9"),
        made(size, Action.DELETE, reason, "DELETE /campos/{id}", live_id="f3", irreversible=True),
    )
    return Plan("principal", changes, reads={"GET /campos": 1, "GET /grupos": 2})


def few_people() -> Plan:
    """A handful of contacts, for a reader who wants to see them."""
    changes = (*joining(1), *joining(2, "vip"), moving(3))
    return Plan("principal", changes, reads=READS)


def _judged(key: str, ruling: Ruling, reason: str, *grounds: Ground, bulk: Bulk | None = None) -> Verdict:
    place = Place("campanhas/whatsapp.yaml", 3, 3)
    check = Check(Address("verificacao", key), place, "ogmma.lotes", Where(), ())
    return Verdict(check, ruling, reason, grounds, (bulk,) if bulk else ())


def other_channels() -> Plan:
    """A send that waits for a batch, one that came after another, and a check that could not be looked at."""
    sent = Audience(300, exact=False, start=start(3, 11, 9), lists=(("vip", 200), ("clientes-sp", 100)))
    later = Audience(18_402, exact=True, start=start(26), lists=(("clientes-sp", 18_402),))
    done, running = Ruling.HOLDS, Ruling.NOT_YET
    batch = {"source": "ogmma.lotes", "phase": Phase.ENDED, "total": 500}
    first = Bulk(id="b1", title="Aviso", status="COMPLETED", created=start(1, 11, 12), ended=start(1, 11, 13), **batch)
    second = Bulk(id="b2", title="Black Friday", status="IN_PROGRESS", created=start(2, 11, 7), **batch)
    verdicts = (
        _judged(
            "aviso",
            done,
            "as expected",
            Ground("b1", "Aviso", "status", "COMPLETED", "COMPLETED", done),
            Ground("b1", "Aviso", "falhas", "<= 2%", "8 of 500 (1.6 %)", done),
            bulk=first,
        ),
        _judged(
            "black-friday",
            running,
            "falhas 2 of 500 (0.4 %) so far (IN_PROGRESS), expected <= 2%",
            Ground("b2", "Black Friday", "falhas", "<= 2%", "2 of 500 (0.4 %) so far (IN_PROGRESS)", running),
            Ground("b2", "Black Friday", "enviados", ">= 100", "120 of 500 (24 %) so far (IN_PROGRESS)", done),
            bulk=second,
        ),
        _judged("outra", Ruling.NOT_FOUND, "nothing in ogmma.lotes is as `onde` says"),
        _judged("sem-chave", Ruling.NOT_READ, "mindo.envios_em_massa was not read: there is no key for it"),
    )
    reason = "verificacao.black-friday does not hold yet: falhas 2 of 500 (0.4 %) so far (IN_PROGRESS), expected <= 2%"
    place = Place("campanhas/natal.yaml", 12, 3)
    address = Address("envio", "black-friday")
    waiting = Waiting(address, Action.SCHEDULE, reason, ("verificacao.black-friday",), later, place)
    events = (
        Event("envio", "envio.aviso", sent.start, "schedule", 300, exact=False),
        Event("envio", "envio.black-friday", later.start, "waiting", 18_402),
    )
    elsewhere = Elsewhere({str(one.check.address): one for one in verdicts}, (first, second))
    plan = Plan("principal", (send("aviso", sent, needs=()),), reached=(300, False), reads=READS, waiting=(waiting,))
    return replace(plan, verdicts=verdicts, timeline=timeline(events, elsewhere, start(2, 11, 8)))


def outcome(change: Change, status: Status, detail: str = "", live: str | None = None) -> Outcome:
    """What came of a change."""
    return Outcome(change, status, detail, live or change.live_id)


def finished(plan: Plan) -> Result:
    """Everything done: what was made has an id now, what was cancelled has none, the message got a new one."""

    def done(change: Change, number: int) -> Outcome:
        if change.action is Action.CANCEL:
            return Outcome(change, Status.DONE)
        if change.address.kind == "mensagem":
            return Outcome(change, Status.DONE, "new id m57", "m57")
        return Outcome(change, Status.DONE, live_id=change.live_id or f"n{number}")

    outcomes = tuple(done(change, number) for number, change in enumerate(plan.changes))
    return Result(plan, outcomes, {"POST /contatos": 1_204, "POST /envios": 2})


def troubled(plan: Plan) -> Result:
    """The message is refused: the sends that need it wait; one contact's creation failed."""
    status = {plan.changes[-3].id: (Status.FAILED, "Tamanho de mensagem excedido. (400)")}
    status |= {change.id: (Status.SKIPPED, "") for change in plan.changes[-2:]}
    create, subscribe = joining(17)
    status[create.id] = (Status.FAILED, f"{create.address.key} de {create.values['nome']}: endereço inválido (400)")
    status[subscribe.id] = (Status.SKIPPED, "")
    given = ((change, *status.get(change.id, (Status.DONE, ""))) for change in plan.changes)
    return Result(plan, tuple(outcome(*each) for each in given), {"POST /contatos": 1_204, "PUT /mensagens/{id}": 1})


def stopped(plan: Plan) -> Result:
    """The first send's answer was lost, and somebody pressed Ctrl-C."""
    last = len(plan.changes) - 1
    given = (
        outcome(change, Status.PENDING)
        if place == last
        else outcome(change, Status.UNKNOWN, "no answer within 30 s (POST /envios)")
        if place == last - 1
        else outcome(change, Status.DONE)
        for place, change in enumerate(plan.changes)
    )
    return Result(plan, tuple(given), {"POST /envios": 1}, (Exit.INTERRUPTED, "interrupted (SIGINT)"), pace=0.5)


@pytest.fixture(scope="session")
def view() -> View:
    """A reader in São Paulo in 2026, who does not ask for contacts."""
    return View(salt=b"a test's own salt", today=date(2026, 11, 2))


@pytest.fixture(scope="session")
def plans() -> Mapping[str, Plan]:
    """Typical plans by name."""
    return {
        "season": season(),
        "refused": refused(),
        "letting-go": letting_go(),
        "few-people": few_people(),
        "channels": other_channels(),
        "empty": Plan("principal", reads={"GET /campos": 1, "GET /grupos": 2}),
    }


@pytest.fixture(scope="session")
def results(plans: Mapping[str, Plan]) -> Mapping[str, Result]:
    """Typical results by name."""
    plan = plans["season"]
    return {
        "finished": finished(plan),
        "troubled": troubled(plan),
        "stopped": stopped(plan),
        "nothing": Result(plans["empty"], ()),
        "waiting": Result(replace(plans["channels"], changes=()), ()),
    }
