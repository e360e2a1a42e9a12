"""Our clients of the other channels against the sandbox: two readings of the same documents, which must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from reconciler.engine.channels import Phase
from reconciler.providers.mindo import client as mindo
from reconciler.providers.mindo.envios_em_massa import calls as envios
from reconciler.providers.mindo.errors import ForeignAddress
from reconciler.providers.ogmma import client as ogmma
from reconciler.providers.ogmma.lotes import calls as lotes
from reconciler.providers.ogmma.mensagens import calls as mensagens
from reconciler.providers.paging import Unpaged
from reconciler.providers.reader import Reader
from reconciler.sandbox import Sandbox
from reconciler.transport import Failure, Ports
from tests.providers.conftest import MINDO_KEY, OGMMA_KEY, QUICK
from tests.transport.conftest import FakeClock

_SAID = {"canal": "c1", "conversa": "v1", "de": "12025550143", "para": "12025550144"}
_DAYS = [f"2026-10-{n % 28 + 1:02}T08:00" for n in range(47)]
SEED: dict[str, Any] = {
    "agora": "2026-11-02T08:00",
    "ogmma": {
        "lotes": [{"id": f"b{n:02}", "nome": f"Lote {n}", "total": 10, "criado": day} for n, day in enumerate(_DAYS)],
        "mensagens": [_SAID | {"id": f"m{n:02}", "criado": day} for n, day in enumerate(_DAYS)],
    },
    "mindo": {
        "envios_em_massa": [
            {"id": f"e{n:02}", "modelo": "natal", "total": 10, "criado": day} for n, day in enumerate(_DAYS)
        ]
    },
}
EVERY = {
    "ogmma.lotes": {f"b{n:02}" for n in range(47)},
    "ogmma.mensagens": {f"m{n:02}" for n in range(47)},
    "mindo.envios_em_massa": {f"e{n:02}" for n in range(47)},
}
HARMLESS: list[dict[str, Any]] = [
    {},
    {"ogmma_offset_zero": True},
    {"ogmma_alem_do_fim": "ultima"},
    {"ogmma_alem_do_fim": "recusa"},
    {"ogmma_mais_novos_primeiro": True, "ogmma_mensagens_antigas_primeiro": True, "mindo_mais_antigos_primeiro": True},
    {"ogmma_recusa_parametro_errado": True, "ogmma_conversa_desconhecida_recusada": True},
    {"ogmma_numeros_como_texto": True, "mindo_numeros_como_texto": True},
    {"ogmma_campos_a_mais": True, "mindo_campos_a_mais": True},
    {"ogmma_campos_nulos": ("sent", "progress", "content"), "mindo_campos_nulos": ("sent_count", "template")},
    {"ogmma_campos_ausentes": ("sent", "progress", "content"), "mindo_campos_ausentes": ("sent_count", "template")},
    {"mindo_alem_do_fim": "vazia", "mindo_next_sem_fim": True},
    {"mindo_next_sem_fim": True},
    {"mindo_page_size_maximo": 3},
    {"mindo_sem_barra": "recusa"},
    {"ogmma_total": "da_pagina", "mindo_count": "da_pagina"},
    {"ogmma_total": "sem_filtro", "mindo_count": "sem_filtro"},
    {"mindo_count": "zero"},
]
ELSEWHERE = ("https", "outro_host", "outra_porta", "com_usuario", "fora_da_base", "sem_esquema", "relativo")


def _ogmma(sandbox: Sandbox) -> Reader:
    return ogmma.connect(sandbox.ogmma_url, OGMMA_KEY, QUICK, Ports(FakeClock(), lambda: 0.5))


def _mindo(sandbox: Sandbox) -> Reader:
    return mindo.connect(sandbox.mindo_url, MINDO_KEY, QUICK, Ports(FakeClock(), lambda: 0.5))


def _lotes(sandbox: Sandbox) -> Iterator[Any]:
    with _ogmma(sandbox) as reader:
        yield from lotes.observe(reader, lotes.Filters(limit=10))


def _mensagens(sandbox: Sandbox) -> Iterator[Any]:
    with _ogmma(sandbox) as reader:
        yield from mensagens.observe(reader, mensagens.Filters("c1", "v1"))


def _envios(sandbox: Sandbox) -> Iterator[Any]:
    with _mindo(sandbox) as reader:
        yield from envios.observe(reader, envios.Filters(page_size=10))


OBSERVE: Mapping[str, Callable[[Sandbox], Iterator[Any]]] = {
    "ogmma.lotes": _lotes,
    "ogmma.mensagens": _mensagens,
    "mindo.envios_em_massa": _envios,
}


@pytest.mark.parametrize("assumed", HARMLESS, ids=lambda assumed: " ".join(assumed) or "as documented")
def test_every_object_once(assumed: Mapping[str, Any]) -> None:
    """However the documents are read, every object of every source is seen, once, and none is lost on the way."""
    with Sandbox.open(None, SEED, assumptions=assumed) as sandbox:
        for source, observe in OBSERVE.items():
            found = list(observe(sandbox))
            assert {item.source for item in found} == {source}
            assert sorted(item.id for item in found) == sorted(EVERY[source])
        assert {item.status for item in sandbox.history.requests()} <= {200, 404}


@pytest.mark.parametrize("beyond", ["vazia", "ultima", "recusa"])
def test_a_total_that_may_be_the_page_s_is_not_believed(beyond: str) -> None:
    """When all fit on one full page one more is asked for, and whatever the server says to that is the end."""
    seed = {**SEED, "ogmma": {"lotes": SEED["ogmma"]["lotes"][:10]}}
    with Sandbox.open(None, seed, assumptions={"ogmma_alem_do_fim": beyond}) as sandbox:
        assert len(list(_lotes(sandbox))) == 10
        assert len(sandbox.history.requests()) == 2


@pytest.mark.parametrize("leads", ELSEWHERE)
def test_the_key_stays_home(leads: str) -> None:
    """A `next` that leads elsewhere ends the reading with an error, and nothing is asked beyond the first page."""
    with Sandbox.open(None, SEED, assumptions={"mindo_next": leads}) as sandbox:
        with pytest.raises(ForeignAddress):
            list(_envios(sandbox))
        assert len(sandbox.history.requests()) == 1


def test_pages_that_repeat() -> None:
    """A server that does not look at `page` is found out by its second answer, and not believed."""
    with Sandbox.open(None, SEED, assumptions={"ogmma_ignora_page": True, "mindo_ignora_page": True}) as sandbox:
        for observe in (_lotes, _envios):
            with pytest.raises(Unpaged):
                list(observe(sandbox))
        assert len(sandbox.history.requests()) == 4


def test_unknown_statuses_are_shown() -> None:
    """A status that no document has is shown as it is, and stands for no phase."""
    running = {"total": 100, "criado": "2026-11-02T08:00", "duracao": 1000}
    seed = {**SEED, "ogmma": {"lotes": [running]}, "mindo": {"envios_em_massa": [running | {"modelo": "natal"}]}}
    words = {"ogmma_em_andamento": "PAUSED_BY_META", "mindo_em_andamento": "PAUSED_BY_META"}
    with Sandbox.open(None, seed, assumptions=words) as sandbox:
        for observe in (_lotes, _envios):
            [found] = observe(sandbox)
            assert (found.bulk.status, found.bulk.phase) == ("PAUSED_BY_META", Phase.UNKNOWN)


def test_no_key_no_objects() -> None:
    """A wrong key is refused by each vendor, and that is said."""
    with Sandbox.open(None, SEED, key={"ogmma": "outra", "mindo": "outra"}) as sandbox:
        for observe in OBSERVE.values():
            with pytest.raises(Failure) as caught:
                list(observe(sandbox))
            assert not {key for key in (OGMMA_KEY, MINDO_KEY) if key in str(caught.value)}
        assert {item.status for item in sandbox.history.requests()} == {401}
