"""Sends through time: who is reached, when, with what, and at what price."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.conftest import Api, Open

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
NINE = {"mensagem": "-q", "listas": "L1,l1", "data_de_inicio": "02/11/2026 09:00"}


def _still(api: Api) -> Api:
    api.sandbox.clock.stop()
    return api


def _scheduled(api: Api) -> str:
    ident: str = api.post("/envios", NINE).data["id"]
    return ident


def _status(api: Api, ident: str) -> str:
    text: str = api.get(f"/envios/{ident}").data["status"]
    return text


def _emails(api: Api) -> list[str]:
    return [item.email for item in api.sandbox.history.deliveries()]


def test_a_send_goes_its_way(open_api: Open) -> None:
    """Em criação, Agendado, Enviando, Concluído: by the account's clock, and everybody is reached once."""
    api = _still(open_api(assumptions={"segundos_em_criacao": 5, "contatos_por_segundo": 1}))
    ident = _scheduled(api)
    assert _status(api, ident) == "Em criação"
    assert api.get(f"/envios/{ident}/cancelar").message == "Não é possível cancelar o envio devido ao seu status atual."
    api.sandbox.clock.advance(5 * SECOND)
    assert _status(api, ident) == "Agendado"
    assert _emails(api) == []
    api.sandbox.clock.advance(HOUR - 5 * SECOND)
    assert _status(api, ident) == "Enviando" or _emails(api) == []
    api.sandbox.clock.advance(SECOND)
    assert _status(api, ident) == "Enviando"
    api.sandbox.clock.advance(2 * SECOND)
    shown = api.get(f"/envios/{ident}").data
    assert (shown["status"], shown["total_enviado"], shown["porcentagem_de_conclusao"]) == ("Concluído", 2, 100)
    assert _emails(api) == ["Ana@exemplo.com.br", "bia@exemplo.org"]
    assert api.get("/mensagens/-q").data["jaEnviada"]


def test_the_audience_is_counted_when_the_send_starts(api: Api) -> None:
    """Who joins before the start is reached; who leaves, is switched off or unsubscribes is not."""
    _still(api)
    ident = _scheduled(api)
    api.post("/contatos/edu/inscrever", {"idGrupos": "L1"})
    api.post("/contatos/ana/desinscrever", {"idGrupos": "L1"})
    api.sandbox.edit("contatos", "bia", descadastrado=True)
    api.sandbox.clock.advance(2 * HOUR)
    assert _emails(api) == ["Ana@exemplo.com.br", "edu@exemplo.com.br"]
    assert api.get(f"/envios/{ident}").data["total_de_contatos"] == 2


def test_a_list_that_is_inactive_counts_or_not(api: Api) -> None:
    """Members of inactive lists are reached unless it is assumed otherwise."""
    for assumed, people in ((True, 1), (False, 0)):
        api.sandbox.assume(lista_inativa_recebe=assumed)
        answer = api.post("/envios", {"mensagem": "-q", "listas": "L0", "data_de_inicio": "agora"})
        assert answer.data["total_de_contatos"] == people


def test_deliveries_name_what_was_sent(api: Api) -> None:
    """A delivery knows send, contact, message, digest of the stored html, and its time."""
    _still(api)
    ident = _scheduled(api)
    api.put("/mensagens/-q", {"html": "<p>Outra</p>"})
    api.sandbox.clock.advance(2 * HOUR)
    first = api.sandbox.history.deliveries()[0]
    assert (first.envio, first.contato, first.mensagem) == (ident, "ana", "-q")
    assert first.at.isoformat() == "2026-11-02T12:00:00+00:00"
    other = api.post("/mensagens", {"assunto": "x", "html": "<p>Outra</p>"}).data["id"]
    api.post("/envios", {"mensagem": other, "listas": "l1", "data_de_inicio": "agora"})
    api.sandbox.clock.advance(SECOND)
    assert api.sandbox.history.deliveries()[-1].html_sha256 == first.html_sha256


def test_pausing_and_cancelling_spare_the_rest(open_api: Open) -> None:
    """A send that is stopped half-way reaches nobody else, gives credits back, and goes on with the rest if resumed."""
    api = _still(open_api(assumptions={"contatos_por_segundo": 0.01}))
    ident = _scheduled(api)
    api.sandbox.clock.advance(HOUR + 10 * SECOND)
    assert api.sandbox.counts()["creditos"] == 98 or _status(api, ident) == "Enviando"
    assert api.get(f"/envios/{ident}/pausar").status == 200
    assert (_emails(api), api.sandbox.counts()["creditos"]) == (["Ana@exemplo.com.br"], 99)
    api.sandbox.clock.advance(HOUR)
    assert len(_emails(api)) == 1
    assert api.post(f"/envios/{ident}/retomar", {"data": "agora"}).status == 200
    api.sandbox.clock.advance(HOUR)
    assert (_emails(api), _status(api, ident)) == (["Ana@exemplo.com.br", "bia@exemplo.org"], "Concluído")
    assert api.sandbox.counts()["creditos"] == 98


def test_cancelled_sends_never_start(api: Api) -> None:
    """After cancelar, nothing of the send leaves."""
    ident = _scheduled(api)
    assert api.get(f"/envios/{ident}/cancelar").status == 200
    api.sandbox.clock.advance(24 * HOUR)
    assert (_emails(api), _status(api, ident)) == ([], "Cancelado")


def test_cancelling_while_it_goes_out_can_be_too_late(open_api: Open) -> None:
    """How late cancelar works is an assumption."""
    for allowed, status in ((True, 200), (False, 400)):
        api = _still(open_api(assumptions={"contatos_por_segundo": 0.01, "cancelar_durante_envio": allowed}))
        ident = _scheduled(api)
        api.sandbox.clock.advance(HOUR + SECOND)
        assert api.get(f"/envios/{ident}/cancelar").status == status


def test_a_send_without_enough_credits_is_suspended(api: Api) -> None:
    """If the credits are gone when it starts, nobody is reached."""
    ident = _scheduled(api)
    api.sandbox.edit("conta", "", creditos=1)
    api.sandbox.clock.advance(2 * HOUR)
    assert (_status(api, ident), _emails(api)) == ("Suspenso", [])


def test_sending_now_starts_now(api: Api) -> None:
    """`agora` needs no clock; the start then has microseconds, a scheduled one has none."""
    shown = api.post("/envios", {**NINE, "data_de_inicio": "agora"}).data
    assert shown["data_de_inicio"] == shown["data_de_criacao"]
    assert "." in shown["data_de_criacao"]
    assert _status(api, shown["id"]) in {"Enviando", "Concluído"}


def test_every_post_is_a_send(api: Api) -> None:
    """There is no idempotency: the same body twice is two sends, with growing codes."""
    first, second = api.post("/envios", NINE).data, api.post("/envios", NINE).data
    assert first["id"] != second["id"]
    assert int(second["codigo"]) == int(first["codigo"]) + 1


def test_codes_need_not_grow(open_api: Open) -> None:
    """Out of order, codes stay unique."""
    api = open_api(assumptions={"codigo_fora_de_ordem": True})
    codes = [int(api.post("/envios", NINE).data["codigo"]) for _ in range(6)]
    assert codes != sorted(codes)
    assert len(set(codes)) == 6


@pytest.mark.parametrize("early", [False, True])
def test_a_sent_message_is_replaced_not_changed(early: bool, api: Api) -> None:
    """PUT on a message that was sent answers a new one; the old keeps its id, its html and its place in sends."""
    api.sandbox.assume(ja_enviada_ao_agendar=early)
    ident = _scheduled(api)
    if not early:
        api.sandbox.clock.advance(2 * HOUR)
    new = api.put("/mensagens/-q", {"assunto": "Novo"}).data["registro"]
    assert new["id"] != "-q"
    assert (new["assunto"], new["nome"], new["contador"], new["jaEnviada"]) == ("Novo", "ola", "25", False)
    assert api.get("/mensagens/-q").data["assunto"] == "Olá"
    assert [row["id"] for row in api.get("/mensagens?nome=ola").data] == ["-q", new["id"]]
    assert next(row for row in api.get("/envios").data if row["id"] == ident)["id_mensagem"] == "-q"


def test_unsent_messages_can_be_deleted(api: Api) -> None:
    """What no send refers to and nobody has got can go."""
    ident = api.post("/mensagens", {"assunto": "x", "html": "x"}).data["id"]
    assert api.delete(f"/mensagens/{ident}").status == 200
    assert api.get(f"/mensagens/{ident}").status == 404


def test_a_send_that_is_being_made_can_be_stopped_or_not(open_api: Open) -> None:
    """Whether pausar and cancelar work while "Em criação" is an assumption."""
    for allowed, status in ((True, 200), (False, 400)):
        api = _still(open_api(assumptions={"segundos_em_criacao": 60, "agir_em_criacao": allowed}))
        assert api.get(f"/envios/{_scheduled(api)}/pausar").status == status


def test_test_list(open_api: Open) -> None:
    """`lista_teste` sends at once and leaves a trace; without a test list it is refused. The message stays unsent."""
    api = open_api()
    assert api.get("/mensagens/-q/lista_teste").status == 200
    assert [(item.email, item.mensagem) for item in api.sandbox.history.tests()] == [("teste@loja.exemplo", "-q")]
    assert not api.get("/mensagens/-q").data["jaEnviada"]
    empty = open_api(seed={"mensagens": [{"id": "m1", "assunto": "x", "html": "x"}]})
    assert empty.get("/mensagens/m1/lista_teste").message == "Não existem contatos válidos na Lista Teste."


def test_an_address_that_was_written_to_is_fixed(api: Api) -> None:
    """Once a send has reached a contact, its e-mail address cannot be changed."""
    _scheduled(api)
    api.sandbox.clock.advance(2 * HOUR)
    refused = api.put("/contatos/ana", {"email": "outra@exemplo.org"})
    assert refused.message == "Não é possível editar o e-mail de um contato que já recebeu envios."
