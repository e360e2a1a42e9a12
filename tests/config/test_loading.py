"""What loading gives, when everything is valid: the accounts' settings and the resources in the engine's vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.config import Account, InvalidConfig, Workspace, load
from reconciler.engine.model import Address, Declared, Finding, Place
from reconciler.engine.rules import Rules, Window
from reconciler.ledger import FileHome
from tests.declared import everything

ZONE = ZoneInfo("America/Sao_Paulo")
CAMPAIGN = """\
campos:
  cidade: {nome: Cidade, id: aB_-9, nome_anterior: Lugar, ao_remover: remover}
  cep:
listas:
  clientes-sp: {nome: Clientes SP, ativo: true, ao_remover: manter}
  vazia:
contatos:
  - email: Maria@Exemplo.com.br
    nome: No
    sexo: F
    data_de_nascimento: 12/02/1990
    ativo: false
    listas: [clientes-sp]
    campos: {cidade: São Paulo, cep: 01310}
    email_anterior: antiga@exemplo.com.br
    ao_remover: manter
  - email: so@exemplo.org
    listas: []
mensagens:
  natal-2026:
    assunto: 1e3
    html: {arquivo: mensagens/natal.html}
    email_resposta: ola@loja.exemplo.com.br
    mensagem_descadastro: ""
    regras: {exigir_descadastro: false}
envios:
  natal-2026-sp:
    mensagem: natal-2026
    listas: [clientes-sp, vazia]
    remetente: ola@loja.exemplo.com.br
    data_de_inicio: 2026-12-20T09:00
    estado: pausado
    recriar: true
    regras: {antecedencia_minima: 1d, max_destinatarios: 5}
  manaus: {mensagem: natal-2026, listas: [vazia], data_de_inicio: "2026-12-20T09:00-04:00", id: x}
  ja: {mensagem: natal-2026, listas: [vazia], data_de_inicio: agora, depois_de: [verificacao.v]}
verificacoes:
  v: {fonte: mindo.envios_em_massa, onde: {template.template_name: junho}, espera: {status: COMPLETED}}
"""

FIELDS = {
    "campo.cidade": {"nome": "Cidade"},
    "campo.cep": {"nome": "cep"},
    "lista.clientes-sp": {"nome": "Clientes SP", "ativo": True},
    "lista.vazia": {"nome": "vazia"},
    "mensagem.natal-2026": {
        "nome": "natal-2026",
        "assunto": "1e3",
        "html": "<p>\nNatal</p>\n",
        "email_resposta": "ola@loja.exemplo.com.br",
        "mensagem_descadastro": "",
    },
    "envio.natal-2026-sp": {
        "mensagem": "natal-2026",
        "listas": frozenset({"clientes-sp", "vazia"}),
        "remetente": "ola@loja.exemplo.com.br",
        "data_de_inicio": datetime(2026, 12, 20, 9, tzinfo=ZONE),
        "estado": "pausado",
        "recriar": True,
    },
    "envio.manaus": {
        "mensagem": "natal-2026",
        "listas": frozenset({"vazia"}),
        "data_de_inicio": datetime(2026, 12, 20, 10, tzinfo=ZONE),
        "estado": "agendado",
    },
    "envio.ja": {
        "mensagem": "natal-2026",
        "listas": frozenset({"vazia"}),
        "data_de_inicio": "agora",
        "depois_de": frozenset({"verificacao.v"}),
        "estado": "agendado",
    },
    "contato.maria@exemplo.com.br": {
        "email": "Maria@Exemplo.com.br",
        "nome": "No",
        "sexo": "f",
        "data_de_nascimento": "1990-02-12",
        "ativo": False,
        "listas": frozenset({"clientes-sp"}),
        "campos": {"cidade": "São Paulo", "cep": "01310"},
    },
    "contato.so@exemplo.org": {"email": "so@exemplo.org", "listas": frozenset()},
}


@pytest.fixture
def loaded(declared: Callable[..., dict[str, Declared]]) -> dict[str, Declared]:
    """A campaign with everything in it."""
    return declared({"campanhas/a.yaml": CAMPAIGN, "mensagens/natal.html": b"\xef\xbb\xbf<p>\r\nNatal</p>\r\n"})


def test_fields_are_what_was_written(loaded: dict[str, Declared]) -> None:
    """A resource's fields are those that its author wrote, and `nome` where it defaults to the key, and `estado`."""
    assert {address: dict(resource.fields) for address, resource in loaded.items()} == FIELDS


def test_what_is_no_field_stands_beside_the_fields(loaded: dict[str, Declared]) -> None:
    """`id`, the former name, `ao_remover` and `regras` are the resource's own, and no fields."""
    cidade, maria = loaded["campo.cidade"], loaded["contato.maria@exemplo.com.br"]
    assert (cidade.id, cidade.former, cidade.on_removal) == ("aB_-9", "Lugar", "remover")
    assert (maria.former, maria.on_removal) == ("antiga@exemplo.com.br", "manter")
    assert loaded["mensagem.natal-2026"].rules == {"exigir_descadastro": False}
    assert loaded["envio.natal-2026-sp"].rules == {"antecedencia_minima": timedelta(days=1), "max_destinatarios": 5}
    assert loaded["envio.manaus"].id == "x"


def test_places_are_those_of_keys_and_entries(loaded: dict[str, Declared]) -> None:
    """A resource stands where its key stands, a contact where its entry begins; checks are not declared."""
    assert loaded["campo.cidade"].place == Place("campanhas/a.yaml", 2, 3)
    assert loaded["lista.vazia"].place == Place("campanhas/a.yaml", 6, 3)
    assert loaded["contato.so@exemplo.org"].place == Place("campanhas/a.yaml", 17, 5)
    assert Address("verificacao", "v") not in {resource.address for resource in loaded.values()}


def test_an_account_without_settings_has_the_defaults(account: Callable[..., Account], root: Path) -> None:
    """What reconciler.yaml leaves out is as documented."""
    found = account({})
    assert (found.name, found.zone.key, found.key.env, found.key.file) == (
        "principal",
        "America/Sao_Paulo",
        "CRIAENVIO_CHAVE",
        None,
    )
    assert (found.ledger, found.lineage) == (FileHome(root / ".reconciler" / "principal.json"), None)
    assert (found.deadline, found.longest_delay, found.pace) == (
        timedelta(seconds=30),
        timedelta(minutes=2),
        None,
    )
    assert found.rules == Rules()
    assert found.on_removal == {
        "campo": "manter",
        "lista": "desativar",
        "contato": "desativar",
        "mensagem": "manter",
        "envio": "cancelar",
    }
    assert (found.sandbox_seed, everything(found), found.warnings) == (None, (), ())


SETTINGS = """\
versao: 1
fuso_horario: America/Sao_Paulo
regras:
  antecedencia_minima: 2h
  tolerancia_de_publico: 0.5%
  max_destinatarios: {por_envio: 10, por_plano: 20}
  janela_de_envio: {dias: [seg, sab], das: "08:00", ate: "20:30"}
  max_desativacoes: 5%
  exigir_descadastro: false
ao_remover: {lista: manter, envio: manter}
contas:
  a:
    criaenvio: {chave: {arquivo: ../chave-da-conta}}
    arquivos: ["a/**/*.yaml", b/?.yaml]
    ledger: {arquivo: livros/a.json}
    limites: {prazo: 10s, atraso_maximo: 10min, ritmo: 30/min}
    fuso_horario: America/Manaus
    sandbox: {semente: semente.json}
    regras:
      {antecedencia_minima: 30min, max_destinatarios: 7, max_desativacoes: {parte: 1%, minimo: 3}, permitir_agora: true}
    ao_remover: {envio: cancelar}
  b:
    criaenvio: {chave: {env: CHAVE_B}}
    ogmma: {chave: {env: OGMMA_API_KEY}}
    arquivos: ["b/**"]
    regras: {max_desativacoes: 12}
"""
FILES = {
    "reconciler.yaml": SETTINGS,
    "semente.json": "{}",
    "a/a.yaml": "listas: {a1: }",
    "a/c/d/b.yaml": "listas: {a2: }",
    "a/x.yml": "nada",
    "b/1.yaml": "listas: {b1: }",
    "b/22.yaml": "listas: {b2: }",
}


def test_the_nearest_setting_wins(account: Callable[..., Account], root: Path) -> None:
    """Account before workspace before default, guard by guard and kind by kind."""
    found = account(FILES, "a")
    assert found.rules == Rules(
        antecedencia_minima=timedelta(minutes=30),
        tolerancia_de_publico=0.005,
        max_destinatarios=7,
        max_destinatarios_do_plano=20,
        janela_de_envio=Window(frozenset({1, 6}), time(8), time(20, 30)),
        max_desativacoes=(0.01, 3),
        exigir_descadastro=False,
        permitir_agora=True,
    )
    assert found.on_removal["lista"] == "manter"
    assert found.on_removal["envio"] == "cancelar"
    assert (found.key.env, found.key.file) == (None, root.parent / "chave-da-conta")
    assert (found.ledger, found.sandbox_seed) == (FileHome(root / "livros" / "a.json"), root / "semente.json")
    assert (found.zone.key, found.pace, found.longest_delay) == ("America/Manaus", 0.5, timedelta(minutes=10))
    other = load(root).accounts["b"]
    assert (other.key.env, other.rules.max_desativacoes, other.zone.key) == ("CHAVE_B", (0.0, 12), "America/Sao_Paulo")


def test_accounts_have_the_files_of_their_globs(write: Callable[..., None], root: Path) -> None:
    """`*` and `?` stay within a folder, `**` does not; an account declares what stands in its own files alone."""
    write(FILES)
    accounts = load(root).accounts
    keys = {name: {resource.address.key for resource in everything(account)} for name, account in accounts.items()}
    assert keys == {"a": {"a1", "a2", "b1"}, "b": {"b1", "b2"}}


def test_only_the_accounts_that_are_asked_for_are_loaded(write: Callable[..., None], root: Path) -> None:
    """What is wrong with the files of other accounts does not stop this one; an unknown account does."""
    write({**FILES, "b/22.yaml": "listas: ["})
    assert isinstance(load(root, only={"a"}), Workspace)
    with pytest.raises(InvalidConfig) as caught:
        load(root, only=["aa"])
    assert [finding.rule for finding in caught.value.findings] == ["unknown-account"]
    with pytest.raises(InvalidConfig):
        load(root)


def test_default_globs_leave_out_dot_folders_and_other_files(declared: Callable[..., dict[str, Declared]]) -> None:
    """Without `arquivos`, every .yaml and .yml file counts, but reconciler.yaml and what stands below dot-folders."""
    found = declared(
        {
            "a.yml": "listas: {a: }",
            "x/y/b.yaml": "listas: {b: }",
            ".github/c.yaml": "nada disso",
            "x/.y/d.yaml": "nada disso",
            "e.yaml.txt": "nada disso",
            "semente.json": "nada disso",
        }
    )
    assert set(found) == {"lista.a", "lista.b"}


def test_a_missing_workspace_file_is_a_finding(root: Path) -> None:
    """A folder without reconciler.yaml is no workspace."""
    with pytest.raises(InvalidConfig) as caught:
        load(root)
    assert [(finding.rule, str(finding.place)) for finding in caught.value.findings] == [
        ("missing-file", "reconciler.yaml:1:1")
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"contatos:\n - {text}".encode()))
def test_any_bytes_are_loaded_or_refused(content: bytes, write: Callable[..., None], root: Path) -> None:
    """Whatever the files hold, nothing but InvalidConfig is raised, and its findings have places."""
    table = "contatos_de: [{arquivo: c.csv}, {arquivo: c.jsonl}]\nmensagens: {m: {assunto: a, html: {arquivo: h.html}}}"
    files = {"a.yaml": content, "b.yaml": table, "c.csv": b"email\n" + content, "c.jsonl": content, "h.html": content}
    write(files)
    found: tuple[Finding, ...] = ()
    try:
        load(root)
    except InvalidConfig as error:
        found = error.findings
    assert all(finding.place for finding in found)


def test_findings_are_kept_within_bounds(findings: Callable[..., tuple[Finding, ...]]) -> None:
    """A file with thousands of mistakes shows 200 of them and counts the rest; other files are still heard."""
    many = "contatos:\n" + "".join(f"  - {{email: {number}}}\n" for number in range(1_500))
    found = findings({"a.yaml": many, "b.yaml": "listas: {a: {x: 1}}\n"})
    assert [finding.rule for finding in found[:200]] == ["bad-email"] * 200
    assert [finding.rule for finding in found[200:]] == ["unknown-key", "more-findings"]
    assert "1,300 more findings in a.yaml" in found[-1].summary


def test_a_file_of_two_accounts_is_found_wrong_once(findings: Callable[..., tuple[Finding, ...]]) -> None:
    """What is wrong with a file that two accounts share is reported once."""
    both = "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas: {a: {}, b: {}}\n"
    found = findings({"reconciler.yaml": both, "a.yaml": "listas: {l: {x: 1}}"})
    assert [str(finding.place) for finding in found] == ["a.yaml:1:14"]
