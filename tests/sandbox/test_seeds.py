"""Seeds, good and bad: what a new account holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, SeedError
from tests.sandbox.conftest import Api, Open

ONE_CONTACT = {"contatos": [{"email": "a@exemplo.org"}]}


def test_the_default_account(open_api: Open) -> None:
    """Without a seed: one confirmed main sender, plenty of credits, nothing else, and the real time."""
    api = open_api(seed=None)
    assert [row["email"] for row in api.get("/remetentes").data] == ["remetente@exemplo.com.br"]
    counts = api.sandbox.counts()
    assert counts["creditos"] > 1_000_000
    assert not any(counts[kind] for kind in ("campos", "listas", "contatos", "mensagens", "envios"))
    assert abs(api.sandbox.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ({"nada": 1}, "there is no 'nada'"),
        ({"agora": "ontem"}, "agora: 'ontem' is no time"),
        ({"fuso_horario": "Lua/Mar"}, "fuso_horario: 'Lua/Mar' is no time zone"),
        ({"creditos": -1}, "creditos: -1"),
        ({"lista_teste": "a@exemplo.org"}, "lista_teste: must be a list"),
        ({"suposicoes": {"nada": 1}}, "suposicoes: there is no assumption 'nada'"),
        ({"suposicoes": {"reescrever_html": 1}}, "suposicoes: reescrever_html is true or false; not 1"),
        ({"suposicoes": {"recursos_em_30": ["nada"]}}, "recursos_em_30 is a list of resources"),
        ({"suposicoes": {"limite_de_registros": -1}}, "limite_de_registros is a whole number"),
        ({"suposicoes": []}, "suposicoes: must be an object"),
        ({"contatos": {}}, "contatos: must be a list"),
        ({"contatos": [1]}, "contatos[0]: must be an object"),
        ({"contatos": [{"nome": "x"}]}, "contatos[0].email: is missing"),
        ({"contatos": [{"email": "x"}]}, "contatos[0].email: must be an e-mail address, not 'x'"),
        ({"contatos": [{"email": "a@exemplo.org", "sexo": "x"}]}, "contatos[0].sexo"),
        ({"contatos": [{"email": "a@exemplo.org", "data_de_nascimento": "12/02/1990"}]}, "must be a date, yyyy-mm-dd"),
        ({"contatos": [{"email": "a@exemplo.org", "idade": 3}]}, "contatos[0]: there is no 'idade'"),
        (
            {"contatos": [{"email": "a@exemplo.org"}, {"email": "A@exemplo.org"}]},
            "contatos[1].email: 'A@exemplo.org' stands twice",
        ),
        ({"contatos": [{"email": "a@exemplo.org", "listas": ["L"]}]}, "contatos[0].listas: there is no 'L' in listas"),
        (
            {"contatos": [{"email": "a@exemplo.org", "campos": {"c": "x"}}]},
            "contatos[0].campos: there is no 'c' in campos",
        ),
        ({"listas": [{"id": "a/b", "nome": "x"}]}, "listas[0].id: 'a/b' is not an id"),
        ({"listas": [{"id": "a", "nome": "x"}, {"id": "a", "nome": "y"}]}, "listas[1].id: 'a' stands twice"),
        ({"mensagens": [{"assunto": "x"}]}, "mensagens[0]: must have either html or html_arquivo"),
        ({"mensagens": [{"assunto": "x", "html_arquivo": "x.html"}]}, "only a seed that is a file"),
        (
            {"envios": [{"mensagem": "m", "listas": ["L"], "data_de_inicio": "2030-01-01T00:00"}]},
            "envios[0].mensagem: there is no 'm'",
        ),
    ],
)
def test_bad_seeds(seed: Mapping[str, Any], text: str) -> None:
    """What is wrong with a seed is said with its place."""
    with pytest.raises(SeedError, match=re.escape(text)):
        Sandbox.open(None, seed)


@pytest.mark.parametrize(
    ("content", "text"),
    [(b"{", "is not JSON"), (b"[]", "must be a JSON object"), (b"\xff", "is not JSON"), (None, "cannot be read")],
)
def test_bad_seed_files(content: bytes | None, text: str, tmp_path: Path) -> None:
    """So is what is wrong with its file; and no state is left behind that would pass for a seeded one."""
    path, state = tmp_path / "semente.json", tmp_path / "conta.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SeedError, match=text):
        Sandbox.open(state, path)
    with Sandbox.open(state, ONE_CONTACT) as sandbox:
        assert sandbox.counts()["contatos"] == 1


@pytest.mark.parametrize(
    ("status", "wrong"), [("Agendado", "has passed"), ("Partiu", "is none of"), ("Concluído", None)]
)
def test_seeded_sends(status: str, wrong: str | None) -> None:
    """A send that is still to start must start in the future; one that is over need not."""
    seed = {
        "agora": "2026-11-02T08:00",
        "listas": [{"id": "L", "nome": "x"}],
        "mensagens": [{"id": "m", "assunto": "x", "html": "x"}],
        "envios": [{"mensagem": "m", "listas": ["L"], "status": status, "data_de_inicio": "2026-11-01T08:00"}],
    }
    if wrong:
        with pytest.raises(SeedError, match=wrong):
            Sandbox.open(None, seed)
        return
    with Sandbox.open(None, seed) as sandbox:
        assert sandbox.state()["mensagens"][0]["ja_enviada"]


def test_seeds_name_files(tmp_path: Path) -> None:
    """A message's html may stand in a file beside the seed; a missing or unreadable one is named."""
    seed = tmp_path / "semente.json"
    seed.write_text(json.dumps({"mensagens": [{"id": "m", "assunto": "x", "html_arquivo": "a/x.html"}]}), "utf-8")
    with pytest.raises(SeedError, match=r"a/x\.html is no file"):
        Sandbox.open(None, seed)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.html").write_bytes(b"\xff")
    with pytest.raises(SeedError, match="is not UTF-8"):
        Sandbox.open(None, seed)
    (tmp_path / "a" / "x.html").write_text("\ufeff<p>Olá</p>", "utf-8")
    with Sandbox.open(None, seed) as sandbox:
        assert sandbox.state()["mensagens"][0]["html"] == "<html><head></head><body><p>Olá</p></body></html>"


def test_a_state_is_a_seed(api: Api, open_api: Open) -> None:
    """Seeding an account with another's state makes the same account, to the byte."""
    api.post("/contatos", {"email": "novo@exemplo.org"})
    state = api.sandbox.state()
    again = open_api(seed={**state, "agora": "2026-11-02T08:00"})
    assert json.dumps(again.sandbox.state()) == json.dumps(state)
    assert again.get("/grupos/L1").data == api.get("/grupos/L1").data
