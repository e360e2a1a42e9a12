"""How an envio stands, from the answers that the vendor's reference shows, and from odd ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.channels import Phase
from reconciler.engine.model import Address, Declared, Place
from reconciler.engine.overview import Sending, Standing
from reconciler.providers.criaenvio.envios.standing import Known, Rows, Surroundings, sendings

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2013, 11, 21, 9, 0, tzinfo=ZONE)
ROW: dict[str, Any] = {  # reference, GET /envios
    "id": "f",
    "codigo": "11",
    "id_mensagem": "L4",
    "status": "Concluído",
    "data_de_criacao": "2013-09-06 18:01:19.634969",
    "data_de_inicio": "2013-09-06 18:01:19.634969",
    "data_de_termino": None,
    "total_de_contatos": 432,
    "porcentagem_de_conclusao": "46.30",
}
RECORD: dict[str, Any] = {  # reference, GET /envios/{id}
    "id": "Lz",
    "codigo": "54",
    "status": "Concluído",
    "data_de_criacao": "2013-11-20 16:07:19.594479",
    "data_de_inicio": "2013-11-20 16:07:19.594479",
    "data_de_termino": None,
    "total_de_contatos": 430,
    "total_enviado": 0,
    "rejeitados": 0,
    "nao_rejeitados": 0,
    "descadastros": 0,
    "visualizacoes_totais": 0,
    "visualizacoes_unicas": 0,
    "cliques_totais": 0,
    "cliques_unicos": 0,
    "taxa_de_abertura": 0,
    "remetente": "",
    "porcentagem_de_conclusao": 0,
}


def _declared(estado: str) -> Declared:
    fields = {"estado": estado, "data_de_inicio": datetime(2013, 11, 20, 16, 7, tzinfo=ZONE)}
    return Declared(Address("envio", "natal"), fields, Place("a.yaml", 1, 1))


def _seen(row: dict[str, Any], estado: str | None = "agendado", days: int = 100) -> Sending:
    known = Known(Address("envio", "natal"), str(row["id"]), None if estado is None else _declared(estado))
    found, hidden = sendings([known], Rows(ZONE, {str(row["id"]): row}), Surroundings(NOW, NOW - timedelta(days)))
    assert hidden == 0
    return found[0]


def test_the_reference_s_row() -> None:
    """A row of the listing has its number of people and the share that is done, and is over though no end is told."""
    one = _seen(ROW)
    assert (one.bulk.total, one.bulk.sent, one.bulk.progress, one.bulk.phase) == (432, None, 46.3, Phase.ENDED)
    assert (one.standing, one.bulk.title, one.bulk.ended) == (Standing.DONE, "natal", None)


def test_the_reference_s_record() -> None:
    """A record has every figure; they are shown as they are, odd as they may look."""
    one = _seen(RECORD)
    shown = (one.bulk.total, one.bulk.sent, one.bulk.delivered, one.bulk.read, one.bulk.failed, one.bulk.progress)
    assert shown == (430, 0, 0, 0, 0, 0)
    assert one.reactions == {"cliques_unicos": 0, "descadastros": 0}
    assert one.start == datetime(2013, 11, 20, 16, 7, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("status", "estado", "standing"),
    [
        ("Em criação", "agendado", Standing.OPEN),
        ("Agendado", "agendado", Standing.OPEN),
        ("Enviando", "agendado", Standing.OPEN),
        ("Suspenso", "agendado", Standing.WRONG),
        ("Suspenso", "pausado", Standing.DONE),
        ("Suspenso", None, Standing.WRONG),
        ("Concluído", "agendado", Standing.DONE),
        ("Cancelado", "agendado", Standing.WRONG),
        ("Cancelado", "cancelado", Standing.DONE),
        ("Cancelado", None, Standing.DONE),
        ("Em revisão", "agendado", Standing.OPEN),
    ],
)
def test_statuses(status: str, estado: str | None, standing: Standing) -> None:
    """What is left to be waited for, by the live status and by what is declared; an unknown status may be anything."""
    one = _seen({**RECORD, "status": status}, estado)
    assert (one.standing, one.bulk.status) == (standing, status)


@pytest.mark.parametrize("odd", [None, "", "muitos", [], {}, -1, True, "1.000", 10**30])
def test_odd_figures(odd: Any) -> None:
    """What is no count is not told; nothing of it ends in an error."""
    figures = ("total_de_contatos", "total_enviado", "rejeitados", "porcentagem_de_conclusao", "visualizacoes_unicas")
    one = _seen({**RECORD, **dict.fromkeys(figures, odd), "data_de_termino": odd, "status": "Concluído"})
    assert (one.bulk.total, one.bulk.sent, one.bulk.failed, one.bulk.read) == (None, None, None, None)
    assert _seen({**RECORD, "total_de_contatos": "430", "total_enviado": "12.0"}).bulk.sent == 12


def test_what_the_account_does_not_show() -> None:
    """A send that the ledger remembers and that is gone has to be looked at."""
    known = Known(Address("envio", "natal"), "Lz", _declared("agendado"))
    [one], _ = sendings([known], Rows(ZONE), Surroundings(NOW, NOW - timedelta(days=7)))
    assert one.standing is Standing.WRONG
