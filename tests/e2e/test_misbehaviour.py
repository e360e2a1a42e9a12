"""A server that misbehaves, call by call: what the run says, and that the next one, in good weather, gets there once.

The clock is the sandbox's own and is moved by waiting, so that no back-off takes real time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from reconciler.engine.result import Exit
from reconciler.sandbox import Effect, Fault, FaultKind
from reconciler.transport import Failure, GaveUp, Overloaded
from tests.e2e.workspace import LEAVE
from tests.laws.world import QUIET, World, result_bytes, world_of

SEED: dict[str, Any] = {
    "campos": [{"id": "Kcidade", "nome": "Cidade"}],
    "listas": [{"id": "Lsp", "nome": "SP"}, {"id": "Lvelha", "nome": "Velha"}],
    "contatos": [{"id": "Cana", "email": "ana@exemplo.com.br", "nome": "Ana", "listas": ["Lsp"]}],
    "mensagens": [
        {"id": "Mola", "nome": "ola", "assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE},
        {
            "id": "Mja",
            "nome": "ja",
            "assunto": "Já",
            "html": "<p>Já</p>",
            "mensagem_descadastro": LEAVE,
            "ja_enviada": True,
        },
    ],
    "envios": [
        {"id": "Eadia", "codigo": 1, "mensagem": "Mola", "listas": ["Lsp"], "data_de_inicio": "2026-11-10T09:00"},
        {"id": "Epara", "codigo": 2, "mensagem": "Mola", "listas": ["Lsp"], "data_de_inicio": "2026-11-11T09:00"},
        {"id": "Ecancela", "codigo": 3, "mensagem": "Mola", "listas": ["Lsp"], "data_de_inicio": "2026-11-12T09:00"},
        {"id": "Etroca", "codigo": 4, "mensagem": "Mja", "listas": ["Lsp"], "data_de_inicio": "2026-11-13T09:00"},
    ],
}
WISH: dict[str, Any] = {
    "campos": {"cidade": {"nome": "Cidade natal", "nome_anterior": "Cidade"}, "time": {}},
    "listas": {"sp": {"nome": "SP", "ativo": True}, "velha": {"nome": "Velha", "ativo": False}, "nova": {}},
    "contatos": [
        {
            "email": "ana@exemplo.com.br",
            "nome": "Ana Maria",
            "ativo": True,
            "listas": ["sp"],
            "campos": {"cidade": "Santos"},
        },
        {"email": "bia@exemplo.com.br", "listas": ["sp", "nova"], "campos": {"time": "azul"}},
        {"email": "caio@exemplo.com.br", "ativo": False, "listas": []},
    ],
    "mensagens": {
        "ola": {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE},
        "ja": {"assunto": "Já!", "html": "<p>Já</p>", "mensagem_descadastro": LEAVE},
        "nova": {"assunto": "Nova", "html": "<p>Nova</p>", "mensagem_descadastro": LEAVE},
    },
    "envios": {
        "adia": {"id": "Eadia", "mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2026-11-20T09:00"},
        "para": {
            "id": "Epara",
            "mensagem": "ola",
            "listas": ["sp"],
            "data_de_inicio": "2026-11-11T09:00",
            "estado": "pausado",
        },
        "cancela": {
            "id": "Ecancela",
            "mensagem": "ola",
            "listas": ["sp"],
            "data_de_inicio": "2026-11-12T09:00",
            "estado": "cancelado",
        },
        "troca": {"id": "Etroca", "mensagem": "ja", "listas": ["sp"], "data_de_inicio": "2026-11-13T09:00"},
        "novo": {"mensagem": "nova", "listas": ["nova", "sp"], "data_de_inicio": "2026-11-21T09:00"},
    },
}
"""A wish in which every kind is created, changed and switched, and every transition of a send is made."""

CALLS: Mapping[str, tuple[str, str]] = {
    "read a listing": ("GET", "/contatos"),
    "read a message": ("GET", "/mensagens/*"),
    "read a send": ("GET", "/envios/E*"),
    "create a field": ("POST", "/campos"),
    "create a list": ("POST", "/grupos"),
    "create a contact": ("POST", "/contatos"),
    "create a message": ("POST", "/mensagens"),
    "rename a field": ("PUT", "/campos/*"),
    "update a contact": ("PUT", "/contatos/Cana"),
    "deactivate a list": ("PUT", "/grupos/desativar"),
    "deactivate a contact": ("PUT", "/contatos/*/desativar"),
    "subscribe": ("POST", "/contatos/*/inscrever"),
    "set fields": ("PUT", "/contatos/*/campos"),
    "update a message that was sent": ("PUT", "/mensagens/Mja"),
    "schedule": ("POST", "/envios"),
    "cancel": ("GET", "/envios/*/cancelar"),
    "pause": ("GET", "/envios/*/pausar"),
    "move": ("POST", "/envios/*/retomar"),
}
WEATHER: Mapping[str, dict[str, Any]] = {
    "429 with seconds": {"kind": FaultKind.THROTTLE, "retry_after": "30"},
    "429 with a date": {"kind": FaultKind.THROTTLE, "retry_after": "date+30"},
    "429 with nothing": {"kind": FaultKind.THROTTLE},
    "429 as a page": {"kind": FaultKind.THROTTLE, "page": True},
    "a page with 200, not done": {"kind": FaultKind.PAGE, "status": 200},
    "a page with 200, done": {"kind": FaultKind.PAGE, "status": 200, "effect": Effect.FIRST},
    "503, not done": {"kind": FaultKind.PAGE, "status": 503},
    "500, not done": {"kind": FaultKind.ERROR, "status": 500},
    "500, done": {"kind": FaultKind.ERROR, "status": 500, "effect": Effect.FIRST},
    "reset, not done": {"kind": FaultKind.DROP},
    "reset, done": {"kind": FaultKind.DROP, "effect": Effect.FIRST},
    "half an answer": {"kind": FaultKind.TRUNCATE},
    "too slow, done": {"kind": FaultKind.SLOW, "delay": 0.5},
    "too slow, not done": {"kind": FaultKind.SLOW, "delay": 0.5, "effect": Effect.NEVER},
    "applied after the client gave up": {"kind": FaultKind.DROP, "effect": Effect.LATER, "delay": 100.0},
}


def once(world: World) -> None:
    """What was declared is there, and each of it once."""
    state = world.sandbox.state()
    for section, name in (("campos", "nome"), ("listas", "nome"), ("contatos", "email")):
        assert max(Counter(row[name] for row in state[section]).values()) == 1, section
    sends = Counter((row["data_de_inicio"][:10], row["status"]) for row in state["envios"])
    assert sends == {
        ("2026-11-20", "Agendado"): 1,
        ("2026-11-11", "Suspenso"): 1,
        ("2026-11-12", "Cancelado"): 1,
        ("2026-11-13", "Cancelado"): 1,
        ("2026-11-13", "Agendado"): 1,
        ("2026-11-21", "Agendado"): 1,
    }
    newest = {row["nome"]: row["assunto"] for row in sorted(state["mensagens"], key=lambda row: int(row["contador"]))}
    assert newest == {"ola": "Olá", "ja": "Já!", "nova": "Nova"}


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("call", CALLS)
def test_one_bad_answer(call: str, weather: str) -> None:
    """One misbehaviour at one call: the run finishes and reports; one run later at most all is there, once."""
    method, path = CALLS[call]
    later = WEATHER[weather].get("effect") is Effect.LATER
    with world_of(SEED, WISH) as world:
        world.deadline = timedelta(seconds=0.3 if "slow" in weather else 30)
        run = world.apply(
            meanwhile=lambda: world.sandbox.faults.add(Fault(method=method, path=path, **WEATHER[weather]))
        )
        result_bytes(run)
        assert run.result is not None
        assert run.result.exit in (Exit.OK, Exit.PARTLY, Exit.UNKNOWN)
        if call.startswith("read") and not later:
            assert run.clean
        world.deadline = timedelta(seconds=30)
        for _ in range(3):
            world.clock.sleep(QUIET.total_seconds())
            if not world.apply().plan.changes:
                break
        else:
            pytest.fail("three runs in good weather do not get there")
        assert world.plan().plan.blocked == ()
        if not (later and path in ("/campos", "/grupos")):  # names are not unique: a late twin cannot be ruled out
            once(world)


@pytest.mark.parametrize("weather", [name for name in WEATHER if "slow" not in name and "half" not in name])
def test_bad_weather_while_reading(weather: str) -> None:
    """While nothing can be read nothing is written; a short shower is sat out, and the plan is the same as without."""
    with world_of(SEED, WISH) as world:
        fair = world.plan().plan.digest
        world.sandbox.faults.add(Fault(method="GET", count=3, **WEATHER[weather]))
        assert world.plan().plan.digest == fair
        world.sandbox.faults.add(Fault(method="GET", count=None, **WEATHER[weather]))
        before = world.sandbox.state()
        with pytest.raises(GaveUp) as given_up:
            world.apply()
        assert world.sandbox.state() == before
    assert given_up.value.later, "worth trying again later: exit 75"
    if "429" in weather or "page" in weather or "503" in weather:
        assert isinstance(given_up.value, Overloaded)


@pytest.mark.parametrize("weather", ["429 with nothing", "503, not done", "500, not done", "reset, not done"])
def test_a_server_that_goes_down(weather: str) -> None:
    """When nothing works any more in the middle of a run, it ends by itself and says so; the next makes the rest."""
    crowd = [{"email": f"p{n}@exemplo.org"} for n in range(60)]
    with world_of(SEED, {**WISH, "contatos": [*WISH["contatos"], *crowd]}) as world:

        def down() -> None:
            world.sandbox.faults.add(Fault(skip=20, count=None, **WEATHER[weather]))

        with world.watched() as seen:
            run = world.apply(meanwhile=down)
        assert run.result is not None
        assert run.result.exit in (Exit.LATER, Exit.UNKNOWN)
        assert run.result.ended is not None
        assert seen.total() < 300, "it does not hammer a server that is down"
        result_bytes(run)
        world.sandbox.faults.clear()
        for _ in range(3):
            world.settle()
            if not world.apply().plan.changes:
                break
        assert world.sandbox.counts()["contatos"] == 63
        once(world)


def test_what_never_answers_is_not_asked_for_ever() -> None:
    """A server that drips its answer is given up at the deadline."""
    with world_of(SEED, WISH) as world:
        world.deadline = timedelta(seconds=0.2)
        world.sandbox.faults.add(Fault(kind=FaultKind.DRIP, method="GET", delay=0.05, count=1))
        assert world.plan().plan.changes
        world.sandbox.faults.add(Fault(kind=FaultKind.BOMB, method="GET", size=34 * 1024 * 1024, count=1))
        world.deadline = timedelta(seconds=10)
        assert world.plan().plan.changes


def test_a_redirect_is_never_followed() -> None:
    """A redirect is an error at once: the key goes nowhere else, and waiting would not help."""
    with world_of(SEED, WISH) as world:
        world.sandbox.faults.add(Fault(kind=FaultKind.REDIRECT, location="http://127.0.0.1:9/v1", count=None))
        with pytest.raises(Failure) as failed, world.watched() as seen:
            world.plan()
        assert not failed.value.later
        assert seen.total() == 1
