"""The documented minimum of calls as a table: situation → reads of a plan, and writes of an apply, by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.engine.sight import Refresh
from tests.e2e.workspace import LEAVE
from tests.laws.world import World, world_of

CAMPO, LISTA, LISTAS, CONTATO = "GET /campos", "GET /grupos/{id}", "GET /grupos", "GET /contatos/{id}"
CONTATOS, MENSAGENS, HTML = "GET /contatos", "GET /mensagens", "GET /mensagens/{id}"
ENVIOS, ENVIO, REMETENTES = "GET /envios", "GET /envios/{id}", "GET /remetentes"


def crowd(count: int, first: int = 0, **more: Any) -> list[dict[str, Any]]:
    """Live contacts, or declared ones."""
    return [{"email": f"p{n:04}@exemplo.com.br", **more} for n in range(first, first + count)]


def live(count: int, **more: Any) -> list[dict[str, Any]]:
    """Live contacts, with ids."""
    return [{"id": f"C{n}", "email": f"p{n:04}@exemplo.com.br", **more} for n in range(count)]


def letter(name: str) -> dict[str, Any]:
    """A declared message."""
    return {"assunto": name, "html": f"<p>{name}</p>", "mensagem_descadastro": LEAVE}


def message(name: str, **more: Any) -> dict[str, Any]:
    """The same, live."""
    return {"id": f"M{name}", "nome": name, **letter(name), **more}


def send(day: int, message: str = "ola", **more: Any) -> dict[str, Any]:
    """A send on some day."""
    return {"mensagem": message, "listas": ["sp"], "data_de_inicio": f"2026-11-{day:02}T09:00", **more}


def sent(name: str, day: int, **more: Any) -> dict[str, Any]:
    """The same, live, with an id."""
    return {"id": name, "mensagem": "Mola", "listas": ["Lsp"], "data_de_inicio": f"2026-11-{day:02}T09:00", **more}


SP = {"listas": {"sp": {}}}
PLAIN: Mapping[str, Any] = {"embeds_na_listagem": False}
SILENT: Mapping[str, Any] = {"embeds_anunciados": False, "embeds_na_listagem": False}
L_SP = [{"id": "Lsp", "nome": "sp"}]
K_CIDADE = [{"id": "Kcidade", "nome": "cidade"}]


@dataclass(frozen=True)
class Situation:
    """An account, what was applied to it before (`bound`), what is declared now, and what a plan of that reads."""

    reads: Mapping[str, int]
    declared: Mapping[str, Any] = field(default_factory=dict)
    seed: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, Any] | None = None
    assumed: Mapping[str, Any] = field(default_factory=dict)
    refresh: Refresh = Refresh.FULL


KNOWN: Mapping[str, Any] = SP | {"campos": {"cidade": {}}}
"""What is declared beside people with lists and values."""
KNOWN_LIVE: Mapping[str, Any] = {
    "listas": L_SP,
    "campos": K_CIDADE,
    "contatos": live(300, listas=["Lsp"], campos={"Kcidade": "Olinda"}),
}
"""The same, live, with people in it."""


def citizens(changed: int = 0, city: str = "Santos") -> list[dict[str, Any]]:
    """All of them, declared as they are live, but that some have moved."""
    there = {"listas": ["sp"], "campos": {"cidade": "Olinda"}}
    return [*crowd(changed, **{**there, "campos": {"cidade": city}}), *crowd(300 - changed, changed, **there)]


READS: Mapping[str, Situation] = {
    "nothing declared, nothing read": Situation({}, {}, {"contatos": live(500)}),
    "only fields": Situation({CAMPO: 1}, {"campos": {"cidade": {}}}),
    "only lists: active, and inactive": Situation({LISTAS: 2}, SP),
    "many lists: a page more": Situation(
        {LISTAS: 3}, SP, {"listas": [{"id": f"L{n}", "nome": f"l{n}"} for n in range(101)]}
    ),
    "300 new contacts in an empty account": Situation({CONTATOS: 1}, {"contatos": crowd(300)}),
    "300 new contacts beside 300 others": Situation(
        {CONTATOS: 3}, {"contatos": crowd(300, 1000)}, {"contatos": live(300)}
    ),
    "300 known contacts, asked for by id": Situation(
        {CONTATOS: 1 + 3}, {"contatos": crowd(300)}, {"contatos": live(1000)}, {"contatos": crowd(300)}
    ),
    "300 known contacts that are all there are": Situation(
        {CONTATOS: 3}, {"contatos": crowd(300)}, {"contatos": live(300)}, {"contatos": crowd(300)}
    ),
    "100 known contacts: one call": Situation(
        {CONTATOS: 1}, {"contatos": crowd(100)}, {"contatos": live(1000)}, {"contatos": crowd(100)}
    ),
    "1 new contact in a large account": Situation({CONTATOS: 1}, {"contatos": crowd(1)}, {"contatos": live(1000)}),
    "3 new contacts in a large account: by e-mail, after a page that tells its size": Situation(
        {CONTATOS: 1 + 3}, {"contatos": crowd(3)}, {"contatos": live(1000)}
    ),
    "12 new contacts in an account of 10 pages: by page": Situation(
        {CONTATOS: 10}, {"contatos": crowd(12)}, {"contatos": live(1000)}
    ),
    "the server stays at 30 rows": Situation(
        {CONTATOS: 10}, {"contatos": crowd(300)}, {"contatos": live(300)}, assumed={"recursos_em_30": ["contatos"]}
    ),
    "lists come with the listing: one call to find out": Situation(
        {LISTAS: 2, CONTATOS: 1 + 3},
        SP | {"contatos": crowd(300, listas=["sp"])},
        {"listas": L_SP, "contatos": live(300, listas=["Lsp"])},
    ),
    "lists by list, where that is fewer than by contact": Situation(
        {LISTAS: 2, CONTATOS: 3, LISTA: 3},
        SP | {"contatos": crowd(300, listas=["sp"])},
        {"listas": L_SP, "contatos": live(300, listas=["Lsp"])},
        assumed=SILENT,
    ),
    "lists by contact, where that is fewer than by list": Situation(
        {LISTAS: 2, CONTATOS: 3, CONTATO: 2},
        SP | {"contatos": crowd(2, listas=["sp"])},
        {"listas": L_SP, "contatos": live(300, listas=["Lsp"])},
        assumed=SILENT,
    ),
    "values by contact, where the listing has none": Situation(
        {CAMPO: 1, CONTATOS: 2, CONTATO: 40},
        {"campos": {"cidade": {}}, "contatos": crowd(40, campos={"cidade": "Santos"})},
        {"campos": K_CIDADE, "contatos": live(40, campos={"Kcidade": "Olinda"})},
        assumed=PLAIN,
    ),
    "values with the listing": Situation(
        {CAMPO: 1, CONTATOS: 2},
        {"campos": {"cidade": {}}, "contatos": crowd(40, campos={"cidade": "Santos"})},
        {"campos": K_CIDADE, "contatos": live(40, campos={"Kcidade": "Olinda"})},
    ),
    "only what says something about lists or values is read for them": Situation(
        {LISTAS: 2, CONTATOS: 2, CONTATO: 1},
        SP | {"contatos": [*crowd(39), *crowd(1, 39, listas=[])]},
        {"listas": L_SP, "contatos": live(40, listas=["Lsp"])},
        assumed=PLAIN,
    ),
    "a listing that was found to carry relations is asked for them at once": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 3},
        KNOWN | {"contatos": citizens()},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
    ),
    "one that names them and has not carried them is not asked for them again": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 3, CONTATO: 300},
        KNOWN | {"contatos": citizens()},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
    ),
    "changed: lists and values only of those who are declared otherwise": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 3, CONTATO: 7},
        KNOWN | {"contatos": citizens(7)},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
        Refresh.CHANGED,
    ),
    "changed, and nobody is": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 3},
        KNOWN | {"contatos": citizens()},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        SILENT,
        Refresh.CHANGED,
    ),
    "none: those who are declared otherwise, by id": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 1, CONTATO: 7},
        KNOWN | {"contatos": citizens(7)},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
        Refresh.NONE,
    ),
    "none, and nobody is: no call": Situation(
        {LISTAS: 2, CAMPO: 1},
        KNOWN | {"contatos": citizens()},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
        Refresh.NONE,
    ),
    "none, with new people: by e-mail": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 1},
        KNOWN | {"contatos": [*citizens(), *crowd(1, 900)]},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
        Refresh.NONE,
    ),
    "none, with somebody who is declared no more: by id": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 1},
        KNOWN | {"contatos": citizens()[1:]},
        KNOWN_LIVE,
        KNOWN | {"contatos": citizens()},
        PLAIN,
        Refresh.NONE,
    ),
    "none, after a first apply that has not been": Situation(
        {LISTAS: 2, CAMPO: 1, CONTATOS: 3, CONTATO: 300},
        KNOWN | {"contatos": citizens()},
        KNOWN_LIVE,
        assumed=SILENT,
        refresh=Refresh.NONE,
    ),
    "html only of declared messages": Situation(
        {MENSAGENS: 1, HTML: 1},
        {"mensagens": {"m1": letter("m1")}},
        {"mensagens": [message(f"m{n}") for n in range(3, 50)] + [message("m1")]},
    ),
    "a message that is not there has no html to read": Situation(
        {MENSAGENS: 1}, {"mensagens": {"nova": letter("nova")}}, {"mensagens": [message("m1")]}
    ),
    "a new send: all envios and their messages, but no lists where none can be it": Situation(
        {LISTAS: 2, MENSAGENS: 2, HTML: 1, ENVIOS: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5)}},
        {
            "listas": L_SP,
            "mensagens": [message("ola"), message("outra")],
            "envios": [sent(f"E{n}", 5, mensagem="Moutra") for n in range(40)],
        },
    ),
    "lists of an envio only where it may be the declared one": Situation(
        {LISTAS: 2, MENSAGENS: 2, HTML: 1, ENVIOS: 1, ENVIO: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5)}},
        {
            "listas": L_SP,
            "mensagens": [message("ola"), message("outra")],
            "envios": [sent("E1", 5), sent("E2", 5, mensagem="Moutra")],
        },
    ),
    "a send that has gone out is not read on its own": Situation(
        {LISTAS: 2, MENSAGENS: 1, HTML: 1, ENVIOS: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(1, id="E1")}},
        {
            "listas": L_SP,
            "mensagens": [message("ola")],
            "envios": [sent("E1", 1, status="Concluído")],
        },
    ),
    "a send that is still to start: one listing shows it, and whether it has a twin": Situation(
        {LISTAS: 2, MENSAGENS: 1, HTML: 1, ENVIOS: 1, ENVIO: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5, id="E1")}},
        {
            "listas": L_SP,
            "mensagens": [message("ola")],
            "envios": [sent("E1", 5), sent("E2", 6)],
        },
    ),
    "beside one that has gone out: that one is looked up": Situation(
        {LISTAS: 2, MENSAGENS: 1, HTML: 1, ENVIOS: 2, ENVIO: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5, id="E1"), "zero": send(1, id="E0")}},
        {
            "listas": L_SP,
            "mensagens": [message("ola")],
            "envios": [sent("E1", 5), sent("E0", 1, status="Concluído")],
        },
    ),
    "the lists of what may be a twin": Situation(
        {LISTAS: 2, MENSAGENS: 1, HTML: 1, ENVIOS: 1, ENVIO: 2},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5, id="E1")}},
        {
            "listas": [*L_SP, {"id": "Lrj", "nome": "rj"}],
            "mensagens": [message("ola")],
            "envios": [sent("E1", 5), sent("E2", 5, listas=["Lrj"])],
        },
    ),
    "senders only when an envio names one": Situation(
        {LISTAS: 2, MENSAGENS: 1, HTML: 1, ENVIOS: 1, REMETENTES: 1},
        SP | {"mensagens": {"ola": letter("ola")}, "envios": {"um": send(5, remetente="Loja")}},
        {
            "listas": L_SP,
            "mensagens": [message("ola")],
            "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
        },
    ),
}


@pytest.mark.parametrize("name", READS)
def test_a_plan_reads(name: str) -> None:
    """A plan makes exactly the reads that the table says, and writes nothing."""
    situation = READS[name]
    seed = {**situation.seed, "suposicoes": dict(situation.assumed)}
    with world_of(seed, situation.bound or situation.declared) as world:
        if situation.bound is not None:
            world.apply()
            world.declare(situation.declared)
        world.refresh = situation.refresh
        with world.watched() as seen:
            plan = world.plan().plan
    assert plan.reads == situation.reads
    assert seen == situation.reads


def _applied(world: World, *allow: str) -> dict[str, int]:
    run = world.apply(allow)
    assert run.clean
    assert run.result is not None
    assert sum(run.result.calls.values()) == run.plan.summary.calls, "the plan said how many"
    return dict(run.result.calls)


def test_contacts_are_made_with_three_calls_each() -> None:
    """300 new contacts with values and lists: one POST, one `campos`, one `inscrever` each."""
    people = crowd(300, campos={"cidade": "Santos", "time": "azul"}, listas=["sp", "rj"])
    declared = {"campos": {"cidade": {}, "time": {}}, "listas": {"sp": {}, "rj": {}}, "contatos": people}
    with world_of({}, declared) as world:
        assert _applied(world) == {
            "GET /campos": 2,
            "POST /campos": 2,
            "GET /grupos": 4,
            "POST /grupos": 2,
            "POST /contatos": 300,
            "PUT /contatos/{id}/campos": 300,
            "POST /contatos/{id}/inscrever": 300,
        }
        assert world.plan().plan.reads == {CAMPO: 1, LISTAS: 2, CONTATOS: 4}


def test_lists_are_switched_together() -> None:
    """However many lists are to be activated and deactivated: one call for the ones, one for the others."""
    lists = [{"id": f"L{n}", "nome": f"l{n}", "ativo": n % 2 == 0} for n in range(60)]
    with world_of({"listas": lists}, {"listas": {f"l{n}": {"ativo": n % 2 == 1} for n in range(60)}}) as world:
        assert _applied(world, "max_desativacoes=lista") == {"PUT /grupos/ativar": 1, "PUT /grupos/desativar": 1}


def test_only_what_differs_is_written() -> None:
    """Of 100 contacts of which 5 differ in one value each, 5 are written, each with one call."""
    declared = {
        "campos": {"cidade": {}, "time": {}},
        "contatos": [
            {"email": f"p{n:04}@exemplo.com.br", "campos": {"cidade": "Santos" if n < 5 else "Olinda", "time": "azul"}}
            for n in range(100)
        ],
    }
    fields = [*K_CIDADE, {"id": "Ktime", "nome": "time"}]
    seed = {"campos": fields, "contatos": live(100, campos={"Kcidade": "Olinda", "Ktime": "azul"})}
    with world_of(seed, declared) as world:
        assert _applied(world) == {"PUT /contatos/{id}/campos": 5}


def test_a_second_run_after_an_apply() -> None:
    """Right after an apply neither plan nor apply writes, and each reads no more than the listings that it needs."""
    declared = SP | {
        "contatos": crowd(30, listas=["sp"]),
        "mensagens": {"ola": letter("ola"), "tchau": letter("tchau")},
        "envios": {"um": send(5), "dois": send(6, "tchau")},
    }
    with world_of({"contatos": live(400)}, declared) as world:
        assert world.apply().clean
        reads = {LISTAS: 2, CONTATOS: 1, MENSAGENS: 1, HTML: 2, ENVIOS: 1, ENVIO: 2}
        with world.watched() as seen:
            assert _applied(world) == {}
        assert seen == reads
        assert world.plan().plan.reads == reads
