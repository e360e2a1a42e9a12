"""Laws of the copy of an account: all of it is there, as it is, for nobody else to see, and never on a disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.check import NoChannels, UnreadableError, Where
from reconciler.engine.model import Observed
from reconciler.ledger import read_ledger
from reconciler.ledger.opening import forgotten
from reconciler.offline.likeness import Likeness
from reconciler.offline.packing import packed, unpacked
from reconciler.offline.snapshot import Kept, Snapshot, taken
from reconciler.offline.standin import Standin, standing_in
from reconciler.transport import Access
from tests.e2e.workspace import SEED, SENDING, write
from tests.laws.world import World

LISTS = [{"id": f"L{n:02}", "nome": f"lista {n}"} for n in range(35)]
FULL: Mapping[str, Any] = {
    **SEED,
    "campos": [{"id": "K1", "nome": "cidade"}, {"id": "K2", "nome": "time"}],
    "listas": [*SEED["listas"], *LISTS, {"id": "Loff", "nome": "velha", "ativo": False}],
    "contatos": [
        {"id": "C1", "email": "Ana@Exemplo.org", "nome": "Ana", "listas": [item["id"] for item in LISTS]},
        {"id": "C2", "email": "b@exemplo.org", "ativo": False, "campos": {"K1": " Santos ", "K2": ""}},
        {"id": "C3", "email": "c@exemplo.org", "descadastrado": True, "sexo": "m", "data_de_nascimento": "1980-02-29"},
    ],
    "mensagens": [
        {"id": "M1", "nome": "ola", "assunto": "Olá", "html": "<P>Olá</p>", "contador": 7},
        {"id": "M2", "assunto": "sem nome", "html": "<p>x</p>", "contador": 8},
        {"id": "M3", "nome": "ola", "assunto": "Olá de novo", "html": "<p>novo</p>", "contador": 9},
    ],
    "envios": [
        {"id": "E1", "mensagem": "M1", "listas": ["Lsp"], "data_de_inicio": "2026-11-05T09:00", "remetente": "R1"},
        {"id": "E2", "mensagem": "M2", "listas": ["Lsp"], "data_de_inicio": "2026-10-05T09:00", "status": "Concluído"},
        {"id": "E3", "mensagem": "M2", "listas": ["Lsp"], "data_de_inicio": "2025-10-05T09:00", "status": "Concluído"},
    ],
}


@contextmanager
def copied(root: Path, seed: Mapping[str, Any], *, settled: bool = True) -> Iterator[tuple[World, Standin, Snapshot]]:
    """An account, a copy of it, and what that was made of; the ledger knows what is ours, unless it is new."""
    with World.of(root, seed, {"listas": {"sp": {}}}) as world:
        if settled:
            world.apply()
        way = world.reach()
        memory = read_ledger(way.ledger, account="principal", origin="sandbox")
        with way.client(world.account, Access.READ) as client:
            snapshot = taken(world.account, client, memory, way)
        with standing_in(snapshot, Kept(snapshot), {}) as standin:
            yield world, standin, snapshot


@pytest.mark.parametrize("carried", [True, False])
def test_the_copy_is_as_the_account(carried: bool, tmp_path: Path) -> None:
    """Every record, with its id, is as in the account, also of contacts in more lists than a page shows."""
    seed = {**FULL, "suposicoes": {"embeds_na_listagem": carried, "reescrever_html": False}}
    with copied(tmp_path, seed) as (world, standin, _):
        account, copy = world.sandbox.state(), standin.sandbox.state()
    unread = {"M2": "", "E3": None}  # a message without a name, that nothing open sends; an envio that is long over
    account["envios"] = [item for item in account["envios"] if item["id"] not in unread]
    for item in account["mensagens"]:
        item["html"] = unread.get(item["id"], item["html"])
    for section in ("remetentes", "campos", "listas", "contatos", "mensagens", "envios"):
        ours, theirs = (
            [_bare(item) for item in sorted(state[section], key=lambda item: str(item["id"]))]
            for state in (account, copy)
        )
        assert theirs == ours
    assert standin.lacks == ()


def _bare(item: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what the API does not tell."""
    hidden = ("criado", "qualidade", "recebeu_envios", "total_enviado", "total_de_contatos", "data_de_termino")
    return {name: value for name, value in item.items() if name not in hidden}


def test_a_ledger_that_has_just_begun_reads_every_send(tmp_path: Path) -> None:
    """It does not know which sends are ours: an old one may be."""
    with copied(tmp_path, FULL, settled=False) as (_, _, snapshot):
        assert {item.id for item in snapshot.objects["envio"]} == {"E1", "E2", "E3"}


def test_so_many_calls(tmp_path: Path) -> None:
    """One for each page, one for the advertisement of relations, one for each named message and each recent send."""
    with World.of(tmp_path, FULL, {"listas": {"sp": {}}}) as world:
        world.apply()
        way = world.reach()
        memory = read_ledger(way.ledger, account="principal", origin="sandbox")
        with world.watched() as seen, way.client(world.account, Access.READ) as client:
            taken(world.account, client, memory, way)
    assert dict(seen) == {
        "GET /grupos": 2,
        "GET /campos": 1,
        "GET /remetentes": 1,
        "GET /envios": 1,
        "GET /envios/{id}": 2,
        "GET /mensagens": 1,
        "GET /mensagens/{id}": 2,
        "GET /contatos": 2,
        "GET /contatos/{id}": 1,  # who is in more lists than a row shows
    }


def test_time_stands_still_and_waiting_moves_it(tmp_path: Path) -> None:
    """Nobody waits for a copy."""
    with copied(tmp_path, FULL) as (_, standin, snapshot):
        assert standin.sandbox.now() == snapshot.observed
        standin.reach.clock.sleep(3600)
        assert standin.sandbox.now() == snapshot.observed + timedelta(hours=1)


def test_nobody_else_opens_it(tmp_path: Path) -> None:
    """Whoever is on this machine finds a server that answers to one key, and shows nothing besides."""
    with copied(tmp_path, FULL) as (_, standin, _):
        server = standin.sandbox.url.removesuffix("/v1")
        for path in ("/_sandbox/", "/_sandbox/state", "/v1/contatos", "/v1/contatos?chave=sandbox", "/ogmma/v1/bulk"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(server + path)  # noqa: S310 - loopback
            refused.value.close()
            assert refused.value.code in (401, 404)


def test_what_a_sandbox_cannot_hold_is_counted() -> None:
    """Odd values do not stop a rehearsal; they are left out, and that is told."""
    odd = {"email": "sem arroba", "nome": None, "sexo": "x", "data_de_nascimento": "ontem", "ativo": True}
    people = [
        Observed("contato", live_id, {**odd, **more, "descadastrado": False, "listas": frozenset({"Lx"}), "campos": {}})
        for live_id, more in (("C1", {}), ("C2", {"email": "a@b.c"}), ("C3", {"email": "A@b.c"}))
    ]
    snapshot = _snapshot(people)
    likeness = Likeness(snapshot)
    found = list(likeness.seed()["contatos"])
    assert [item["email"] for item in found] == ["C1@sem-endereco.invalid", "a@b.c", "C3@sem-endereco.invalid"]
    assert {item["sexo"] for item in found} == {item["data_de_nascimento"] for item in found} == {None}
    assert sum(likeness.odd.values()) == 8


def _snapshot(people: list[Observed]) -> Snapshot:
    kinds = ("campo", "lista", "remetente", "mensagem", "envio")
    return Snapshot(
        account="principal",
        observed=datetime(2026, 11, 2, 11, tzinfo=UTC),
        zone=ZoneInfo("America/Sao_Paulo"),
        objects=dict.fromkeys(kinds, ()),
        people=list(map(packed, people)),
        memory=forgotten("principal", "sandbox"),
    )


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"{}",
        b"[1,2]",
        b'[1,"a","b",null,null,1,[],{}]',
        b'["C","a",null,null,null,9,[],{}]',
        b'["C",null,null,null,null,1,[],{}]',
        b'["C","a",null,null,null,1,[1],{}]',
        b'["C","a",null,null,null,1,[],[]]',
    ],
)
def test_a_line_that_is_no_contact(line: bytes) -> None:
    """It is refused, whatever it is."""
    with pytest.raises((ValueError, TypeError)):
        unpacked(line)


def test_channels_that_are_kept() -> None:
    """A source that could not be read is still unread, for the reason of then; what nobody kept is not read."""
    kept = Kept(replace(_snapshot([]), bulks={"ogmma.lotes": ()}, unread={"mindo.envios_em_massa": "429"}))
    assert list(kept.bulks()) == ["mindo.envios_em_massa", "ogmma.lotes"]
    assert list(kept.read("ogmma.lotes", Where())) == []
    for source, why in (("mindo.envios_em_massa", "429"), ("ogmma.mensagens", "single people")):
        with pytest.raises(UnreadableError, match=why):
            list(kept.read(source, Where()))
    assert kept.count == NoChannels().count
    with pytest.raises(UnreadableError, match="did not name it"):
        Kept(_snapshot([])).read("ogmma.lotes", Where())


_WATCHED = """
import sys, json, os
opened = []
def watch(event, args):
    if event == "sqlite3.connect":
        opened.append(str(args[0]))
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        opened.append(str(args[0]))
    if event in ("os.mkdir", "os.rename", "tempfile.mkstemp", "tempfile.mkdtemp"):
        opened.append(event)
sys.addaudithook(watch)
sys.dont_write_bytecode = True
from reconciler.cli import main
try:
    main()
finally:
    print(json.dumps(opened), file=sys.stderr)
"""


def test_no_person_comes_to_a_disk(tmp_path: Path) -> None:
    """A rehearsal opens no file to write, and no database but one in memory."""
    root = tmp_path / "w"
    with World.of(tmp_path / "account", FULL) as world:
        root.mkdir()
        write(root, SENDING)
        environment = {**os.environ, "CRIAENVIO_URL": world.sandbox.url, "CRIAENVIO_CHAVE": "chave-de-teste"}
        words = [sys.executable, "-c", _WATCHED, "rehearse", "-C", str(root)]
        ran = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "proved" in ran.stdout, ran.stderr
    opened = [name for name in json.loads(ran.stderr.splitlines()[-1]) if name not in ("/dev/null", os.devnull)]
    assert set(opened) == {":memory:"}
