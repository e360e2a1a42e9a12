"""Laws of the sieve: a plan is the same whether people are compared as they are read or one by one, as objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.model import Address, Binding, Declared, Observed, Place
from reconciler.engine.plan import Plan
from reconciler.engine.planner import plan
from reconciler.engine.roll import Roll
from reconciler.engine.scene import Live, Scene, Terms
from reconciler.engine.sight import Witness
from reconciler.providers.criaenvio.contatos import wire
from reconciler.providers.criaenvio.contatos.lens import Names
from reconciler.providers.criaenvio.contatos.live import sifted
from reconciler.providers.criaenvio.contatos.shown import decoded
from reconciler.providers.criaenvio.contatos.sieve import Sieve
from reconciler.providers.criaenvio.contatos.standard import Standard
from reconciler.providers.criaenvio.contatos.wanted import WantedPeople
from reconciler.providers.criaenvio.pages import Rows
from reconciler.providers.criaenvio.provider import KINDS
from tests.cases.live import Memory

EMAILS = tuple(f"{name}@exemplo.org" for name in "abcde")
IDS = ("c1", "c2", "c3", "c4", "c5", "c6")
START = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)
TERMS = Terms(datetime(2026, 11, 2, 12, 0, tzinfo=UTC), on_removal={"contato": "desativar"})
OTHERS = (
    Declared(Address("campo", "cidade"), {"nome": "Cidade"}, Place("c.yaml", 1, 1)),
    Declared(Address("campo", "time"), {"nome": "Time"}, Place("c.yaml", 2, 1)),
    Declared(Address("lista", "sp"), {"nome": "SP"}, Place("c.yaml", 3, 1)),
    Declared(Address("lista", "rj"), {"nome": "RJ"}, Place("c.yaml", 4, 1)),
    Declared(Address("lista", "vip"), {"nome": "VIP"}, Place("c.yaml", 5, 1)),
    Declared(
        Address("mensagem", "ola"), {"nome": "ola", "assunto": "Olá", "html": "<p>Olá</p>"}, Place("c.yaml", 6, 1)
    ),
    Declared(
        Address("envio", "sp"),
        {"mensagem": "ola", "listas": frozenset({"sp", "vip"}), "data_de_inicio": START, "estado": "agendado"},
        Place("c.yaml", 7, 1),
    ),
)
"""Of the campos one is not live; of the listas one is not, and one is there twice, so that it is blocked."""
LIVE: Mapping[str, tuple[Observed, ...]] = {
    "campo": (Observed("campo", "Kc", {"nome": "Cidade"}),),
    "lista": tuple(
        Observed("lista", live_id, {"nome": nome, "ativo": True, "contatos_ativos": 9})
        for live_id, nome in (("Lsp", "SP"), ("Lrj", "RJ"), ("Lrj2", "RJ"), ("Lx", "Outra"))
    ),
    "remetente": (
        Observed("remetente", "R", {"nome": "Loja", "email": "o@exemplo.org", "principal": True, "confirmado": True}),
    ),
}
NAMES = Names({"Lsp": "sp"}, {"cidade": "Kc"})


@dataclass(frozen=True)
class Town:
    """People: as declared, as the account shows them, and as the ledger remembers them."""

    declared: tuple[Declared, ...]
    rows: tuple[dict[str, Any], ...]
    memory: Memory


TEXTS = st.sampled_from(["Ana", "Bia", ""])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "nome": TEXTS,
        "sexo": st.sampled_from("mf"),
        "data_de_nascimento": st.just("1990-02-12"),
        "ativo": st.booleans(),
        "listas": st.frozensets(st.sampled_from(["sp", "rj", "vip"])),
        "campos": st.dictionaries(st.sampled_from(["cidade", "time"]), st.sampled_from(["", "Santos", " Santos "])),
    },
)


def maybe(strategy: st.SearchStrategy[Any], *, seldom: int = 6) -> st.SearchStrategy[Any]:
    """Something, or mostly nothing."""
    return st.integers(0, seldom).flatmap(lambda number: strategy if number == seldom else st.none())


@st.composite
def towns(draw: st.DrawFn) -> Town:
    """Every relation between who is declared, live and remembered; most of them plain, so that some go through."""
    declared = [
        Declared(
            Address("contato", email),
            {"email": draw(st.sampled_from([email, email.upper()])), **draw(FIELDS)},
            Place("c.yaml", 10 + place, 1),
            id=draw(maybe(st.sampled_from(IDS))),
            former=draw(maybe(st.sampled_from(EMAILS))),
            on_removal=draw(maybe(st.sampled_from(["manter", "desativar"]))),
        )
        for place, email in enumerate(EMAILS)
        if draw(st.booleans())
    ]
    plain = {item.address.key: item for item in declared}
    rows = []
    for live_id, home in zip(IDS, (*EMAILS, EMAILS[0]), strict=True):
        if draw(st.booleans()):
            email = draw(maybe(st.sampled_from(EMAILS))) or home
            rows.append(_row(draw, live_id, email, plain.get(email)))
    bound: dict[Address, Binding] = {}
    for email, home in zip(EMAILS, IDS, strict=False):
        if draw(st.booleans()):
            live_id = draw(maybe(st.sampled_from([*IDS, ""]))) or home
            former = draw(maybe(st.tuples(st.sampled_from(IDS)))) or ()
            policy = draw(maybe(st.sampled_from(["manter", "desativar"])))
            bound[Address("contato", email)] = Binding("contato", None, live_id, former, on_removal=policy)
    return Town(tuple(declared), tuple(rows), Memory.holding(bound))


def _row(draw: st.DrawFn, live_id: str, email: str, declared: Declared | None) -> dict[str, Any]:
    """A live contact as the listing shows it; mostly as it is declared."""
    own = declared.fields if declared is not None and not draw(maybe(st.just(1), seldom=3)) else draw(FIELDS)
    lists: Any = own.get("listas", draw(st.frozensets(st.sampled_from(["sp", "x"]))))
    values: Any = own.get("campos", {})
    others: set[str] = draw(st.sampled_from([set(), {"Lx"}]))
    ids = {"sp": "Lsp", "rj": draw(st.sampled_from(["Lrj", "Lrj2"])), "x": "Lx", "vip": "Lx"}
    return {
        "id": live_id,
        "email": draw(st.sampled_from([email, email.title()])),
        "nome": own.get("nome"),
        "sexo": own.get("sexo"),
        "dataNascimento": own.get("data_de_nascimento"),
        "ativo": own.get("ativo", draw(st.sampled_from([True, True, False]))),
        "descadastrado": draw(maybe(st.just(1))) is not None,
        "grupos": {"data": [{"id": each} for each in sorted({ids[key] for key in lists} | others)]},
        "campos": {"data": [{"id": "Kc", "valor": values["cidade"].strip()}] if "cidade" in values else []},
    }


def _live(objects: Sequence[Observed], members: Mapping[str, int], seats: Mapping[str, int], **rest: Any) -> Live:
    return Live({**LIVE, "contato": tuple(objects)}, members, seats, {"contato": 6}, **rest)


def as_objects(town: Town) -> Plan:
    """The plan that the decisions make of everybody."""
    seats = {row["id"]: seat for seat, row in enumerate(town.rows)}
    members = {
        lista: sum(
            1 << seats[row["id"]] for row in town.rows if lista in (wire.lists_of(row) or ()) and wire.receives(row)
        )
        for lista in ("Lsp",)
    }
    live = _live([wire.observed(row) for row in town.rows], members, seats)
    return plan("principal", KINDS, Scene((*OTHERS, *town.declared), live, town.memory, TERMS))


def packed(rows: Sequence[dict[str, Any]]) -> Rows:
    """Rows as they are decoded where they come over HTTP."""
    document = decoded(json.dumps({"data": rows}).encode())
    assert document is not None
    return cast("Rows", document["data"])


def through_the_sieve(
    town: Town, rows: Sequence[dict[str, Any]], *, page: int, form: Callable[[Sequence[dict[str, Any]]], Rows] = list
) -> tuple[Plan, Sieve]:
    """The plan that is made of those who are left; relations that rows lack are read after them, as they come."""
    roll = Roll.of(town.declared)
    sieve = Sieve(Standard.of(roll, town.memory.people, town.memory.stamp, NAMES))
    for start in range(0, len(rows), page):
        sieve.take(form(rows[start : start + page]))
    whole = {row["id"]: row for row in town.rows}
    for live_id in sieve.kept:
        sieve.kept[live_id] = wire.observed(whole[live_id])
    for place, seat, row in sieve.held:
        sieve.complete(place, seat, whole[row["id"]])
    found = _with_members(sieve, town)
    return plan("principal", KINDS, Scene((*OTHERS, *found.people.declared), found, town.memory, TERMS)), sieve


def _with_members(sieve: Sieve, town: Town) -> Live:
    members, seats = sieve.turnout.members(), dict(sieve.seats)
    if not sieve.turnout.whole or sieve.rows > len(town.rows):
        whole = Sieve(sieve.standard)
        whole.take(town.rows)
        members, seats = whole.turnout.members(), {row["id"]: seat for seat, row in enumerate(town.rows)}
    return _live(tuple(sieve.kept.values()), members, seats, people=sifted(sieve))


def alike(one: Plan, made: tuple[Plan, Sieve], town: Town) -> Iterator[tuple[object, object]]:
    """What has to be the same of two plans."""
    other, sieve = made
    for name in ("changes", "blocked", "warnings", "refusals", "reached", "adopted", "digest"):
        yield getattr(one, name), getattr(other, name)
    known = {town.memory.token(address): binding.id for address, binding in one.keep.items()}
    mine = {town.memory.token(address): binding.id for address, binding in other.keep.items()}
    adoptions = sieve.bonds(Witness(b"secret", 1))
    mine |= {f"contato.#{bond.stamp.hex()}": bond.id for bond in adoptions}
    passed = {token: town.memory.bound[token].id for token in known.keys() - mine.keys()}
    yield known, mine | passed


@given(towns(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_sieve_lets_through_what_comes_to_nothing(town: Town, page: int, randomness: Any) -> None:
    """The plan of those who are left is the plan of all, whatever order rows come in, and however they are paged."""
    rows = randomness.sample(town.rows, len(town.rows))
    made = through_the_sieve(town, rows, page=page)
    event(f"{made[1].passed} passed")
    for expected, found in alike(as_objects(town), made, town):
        assert found == expected


@given(towns(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_sieve_does_the_same_with_rows_that_are_decoded_in_part(town: Town, page: int, randomness: Any) -> None:
    """Not one more or less is let through, and the plan is the same."""
    rows = randomness.sample(town.rows, len(town.rows))
    whole, part = (through_the_sieve(town, rows, page=page, form=form) for form in (list, packed))
    assert (part[1].passed, part[1].related, part[1].rows) == (whole[1].passed, whole[1].related, whole[1].rows)
    for expected, found in alike(as_objects(town), part, town):
        assert found == expected


@given(towns(), st.integers(1, 6), st.sampled_from([list, packed]))
def test_relations_may_come_later(town: Town, page: int, form: Any) -> None:
    """It is the same where the listing carries no relations, and they are read one by one."""
    bare = [{name: value for name, value in row.items() if name not in ("grupos", "campos")} for row in town.rows]
    made = through_the_sieve(town, bare, page=page, form=form)
    event(f"{len(made[1].held)} held")
    for expected, found in alike(as_objects(town), made, town):
        assert found == expected


@given(towns(), st.sampled_from([list, packed]))
def test_rows_may_come_twice(town: Town, form: Any) -> None:
    """Look-ups may show somebody more than once: that is one person."""
    made = through_the_sieve(town, [*town.rows, *reversed(town.rows)], page=4, form=form)
    for expected, found in alike(as_objects(town), made, town):
        assert found == expected


@given(towns(), st.integers(0, 12))
def test_looking_people_up_costs_what_it_takes(town: Town, limit: int) -> None:
    """What looking everybody up costs is told exactly wherever it is within the limit, and is what it takes."""
    roll = Roll.of(town.declared)
    wanted = WantedPeople(Standard.of(roll, town.memory.people, town.memory.stamp, NAMES))
    known = {item.address: binding.id for item in town.declared if (binding := town.memory.of(item.address))}
    ids = {binding.id for binding in town.memory.bound.values() if binding.id} | {d.id for d in town.declared if d.id}
    emails = {
        email
        for item in town.declared
        if not (item.id or known.get(item.address))
        for email in (item.address.key, item.former)
        if email
    }
    cost, exact = wanted.cost(limit), -(-len(ids) // 100) + len(emails)
    event(f"{exact <= limit}: within the limit")
    assert cost == exact if exact <= limit else cost > limit
    assert cost <= exact
    parts = list(wanted.parts())
    assert sorted(live_id for part in parts for live_id in part.get("ids", ())) == sorted(ids)
    assert [part["email"] for part in parts if "email" in part] == sorted(emails)
