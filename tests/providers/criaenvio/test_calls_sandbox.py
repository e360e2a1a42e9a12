"""Client and simulator are two readings of the same documents: each call does there what it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client, embedded, rows
from reconciler.providers.criaenvio.contatos import calls as contatos
from reconciler.providers.criaenvio.envios import calls as envios
from reconciler.providers.criaenvio.listas import calls as listas
from reconciler.providers.criaenvio.mensagens import calls as mensagens
from reconciler.providers.criaenvio.remetentes import calls as remetentes
from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from reconciler.transport import (
    Access,
    Failure,
    Limits,
    NotFound,
    OutcomeUnknown,
    Overloaded,
    Ports,
    Refused,
    Throttled,
    Unauthorized,
)
from tests.providers.criaenvio.conftest import KEY, _Clock

SEED = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True}],
}
START = "20/12/2026 09:00"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A small account."""
    with Sandbox.open(seed=SEED, key=KEY) as opened:
        yield opened


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    """A client of the sandbox that may write, and that waits without waiting."""
    with Client(sandbox.url, KEY, Access.WRITE, Limits(deadline=5.0), Ports(_Clock(), lambda: 0.5)) as built:
        yield built


def test_campos(client: Client) -> None:
    """Fields are made, found by a part of their name, renamed and removed."""
    made = campos.create(client, "Cidade")
    assert campos.view(client, made["id"])["nome"] == "Cidade"
    campos.update(client, made["id"], "Município")
    assert [row["id"] for row in campos.search(client, nome="nicíp").rows] == [made["id"]]
    campos.delete(client, made["id"])
    assert campos.search(client, ids=(made["id"],)).rows == []
    with pytest.raises(NotFound):
        campos.view(client, made["id"])


def test_listas(client: Client) -> None:
    """Lists are made, renamed, and switched many at a time; both searches together show all."""
    ids = [listas.create(client, f"Lista {number}")["id"] for number in range(3)]
    listas.update(client, ids[0], "Clientes SP")
    assert listas.view(client, ids[0])["nome"] == "Clientes SP"
    listas.deactivate(client, ids)
    listas.activate(client, ids[:1])
    assert [row["id"] for row in listas.search(client, ativo=True).rows] == ids[:1]
    assert {row["id"] for row in listas.search(client, ativo=False).rows} == set(ids[1:])
    assert listas.search(client, ativo=False, nome="Lista 2").total == 1


def test_contatos(client: Client) -> None:
    """Contacts are made, changed, put on lists and off, given values, and switched."""
    a, b = (listas.create(client, name)["id"] for name in "AB")
    campo = campos.create(client, "Cidade")["id"]
    made = contatos.create(client, {"nome": "Maria", "email": "Maria@exemplo.org"})["id"]
    with pytest.raises(Refused, match="Já existe um contato"):
        contatos.create(client, {"nome": "Outra", "email": "maria@exemplo.org"})
    contatos.update(client, made, {"nome": "Maria Souza", "sexo": "f", "data_de_nascimento": "12/02/1990"})
    contatos.subscribe(client, made, [a, b])
    contatos.unsubscribe(client, made, [a])
    contatos.set_fields(client, made, {campo: "São Paulo"})
    shown = contatos.view(client, made, embeds=("grupos", "campos"))
    assert (shown["nome"], shown["dataNascimento"]) == ("Maria Souza", "1990-02-12")
    groups, values = embedded(shown, "grupos"), embedded(shown, "campos")
    assert groups is not None
    assert values is not None
    assert [row["id"] for row in groups.rows] == [b]
    assert [(row["id"], row["valor"]) for row in values.rows if row["valor"]] == [(campo, "São Paulo")]
    assert [row["id"] for row in listas.members(client, b).rows] == [made]
    contatos.deactivate(client, made)
    assert contatos.search(client, contatos.ContactFilter(status="ativos")).rows == []
    assert contatos.search(client, contatos.ContactFilter(email="@exemplo.org")).total == 1
    contatos.activate(client, made)
    page = contatos.search(client, contatos.ContactFilter(id=(made,)), embeds=("grupos", "campos"))
    assert {"grupos", "campos"} <= set(page.embeds)
    assert embedded(page.rows[0], "grupos") is not None


def test_paging(client: Client) -> None:
    """A listing of several pages and the members of a list are read whole."""
    lista = listas.create(client, "Todos")["id"]
    ids = [contatos.create(client, {"email": f"p{number}@exemplo.org"})["id"] for number in range(230)]
    for each in ids[:120]:
        contatos.subscribe(client, each, [lista])
    before = client.total
    assert {row["id"] for row in rows(lambda page: contatos.search(client, page=page))} == set(ids)
    assert client.total - before == 3
    assert {row["id"] for row in rows(lambda page: listas.members(client, lista, page=page))} == set(ids[:120])
    assert client.total - before == 5


def test_opted_out(sandbox: Sandbox, client: Client) -> None:
    """Who unsubscribed cannot be activated: a 401 that is no matter of the key."""
    made = contatos.create(client, {"email": "maria@exemplo.org"})["id"]
    sandbox.edit("contatos", made, descadastrado=True)
    with pytest.raises(Unauthorized, match="descadastrado"):
        contatos.activate(client, made)


def test_mensagens_and_envios(sandbox: Sandbox, client: Client) -> None:
    """A message is written, scheduled, paused, resumed, cancelled; once sent, an update gives it a new id."""
    lista = listas.create(client, "Clientes")["id"]
    contatos.subscribe(client, contatos.create(client, {"email": "maria@exemplo.org"})["id"], [lista])
    assert [row["email"] for row in remetentes.search(client, email="@loja").rows] == ["ola@loja.exemplo"]
    made = mensagens.create(client, {"assunto": "Natal", "html": "<p>Feliz</p>", "nome": "natal"})["id"]
    assert "Feliz" in mensagens.view(client, made)["html"]
    assert (mensagens.update(client, made, {"assunto": "Natal!"}) or {})["id"] == made
    body = {"mensagem": made, "listas": lista, "data_de_inicio": START}
    first = envios.create(client, body)
    envios.pause(client, first["id"])
    envios.resume(client, first["id"], "21/12/2026 10:00")
    assert envios.view(client, first["id"])["data_de_inicio"].startswith("2026-12-21 10:00")
    envios.cancel(client, first["id"])
    with pytest.raises(Refused, match="status atual"):
        envios.cancel(client, first["id"])
    envios.create(client, {**body, "data_de_inicio": "agora"})
    sandbox.clock.advance(timedelta(hours=2))
    with pytest.raises(Unauthorized, match="já foi enviada"):
        mensagens.delete(client, made)
    newer = mensagens.update(client, made, {"assunto": "Ano novo"})
    assert newer is not None
    assert newer["id"] != made
    assert [row["status"] for row in envios.search(client, status=("3",)).rows] == ["Cancelado"]
    assert client.server_time is not None
    assert abs(client.server_time - sandbox.now()) < timedelta(seconds=5)


def test_wrong_key(sandbox: Sandbox) -> None:
    """A key that the account does not know is a refusal, at once."""
    with Client(sandbox.url, "outra-chave", Access.READ) as other, pytest.raises(Unauthorized):
        campos.search(other)
    assert len(sandbox.history.requests()) == 1


@pytest.mark.parametrize("effect", [Effect.NEVER, Effect.FIRST])
@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.PAGE, FaultKind.ERROR, FaultKind.TRUNCATE, FaultKind.BOMB])
def test_faults(kind: FaultKind, effect: Effect, sandbox: Sandbox, client: Client) -> None:
    """Whatever befalls a create, it is sent once; an idempotent write is done in the end."""
    sandbox.faults.add(Fault(kind=kind, effect=effect, method="POST"))
    with pytest.raises(OutcomeUnknown):
        listas.create(client, "A")
    made = [row["id"] for row in listas.search(client, ativo=True).rows]
    assert len(made) == (effect is Effect.FIRST)
    lista = (made or [listas.create(client, "A")["id"]])[0]
    sandbox.faults.add(Fault(kind=kind, effect=effect, method="PUT"))
    listas.update(client, lista, "B")
    assert listas.view(client, lista)["nome"] == "B"
    assert client.repeats == {"PUT /grupos/{id}": 1}


def test_throttled(sandbox: Sandbox, client: Client) -> None:
    """429 stops a create with a word on when to come back; a read waits and goes on, or gives up as overloaded."""
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, retry_after="7", method="POST"))
    with pytest.raises(Throttled) as caught:
        campos.create(client, "Cidade")
    assert caught.value.retry_after == 7
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, retry_after="date+9", page=True))
    assert campos.search(client).rows == []
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, count=None))
    with pytest.raises(Overloaded) as gave_up:
        campos.search(client)
    assert isinstance(gave_up.value, Failure)
    assert gave_up.value.later
