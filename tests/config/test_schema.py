"""The published schemas: what is committed is what the models make, and an editor and the loader refuse the same."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.config import schemas
from reconciler.engine.model import Finding, Severity

ROOT = Path(__file__).parents[2]
CAMPAIGN = Draft202012Validator(schemas()["campanha.schema.json"])
SETTINGS = Draft202012Validator(schemas()["reconciler.schema.json"])


def _whole(loader: yaml.SafeLoader, node: Any) -> int:
    return int(loader.construct_scalar(node), 10)


def _real(loader: yaml.SafeLoader, node: Any) -> float:
    return float(loader.construct_scalar(node))


class Editor(yaml.SafeLoader):
    """Reads as editors do: the types of YAML 1.2 (core schema), and no dates."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]


for tag, pattern, firsts in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", "<<", "<"),
):
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z"), list(firsts))
Editor.add_constructor("tag:yaml.org,2002:int", _whole)
Editor.add_constructor("tag:yaml.org,2002:float", _real)


def edited(text: str) -> Any:
    """What an editor makes of a text."""
    return yaml.load(text, Loader=Editor)  # noqa: S506 - made from the safe loader


@pytest.mark.parametrize("name", sorted(schemas()))
def test_committed_schemas_are_the_generated_ones(name: str) -> None:
    """A schema in the repository never drifts from the models (`REGENERATE=1` writes it)."""
    text = json.dumps(schemas()[name], ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("REGENERATE"):
        (ROOT / "schemas" / name).write_text(text, encoding="utf-8")
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == text


def properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of a schema and of its definitions."""
    for definition in (schema, *schema["$defs"].values()):
        assert definition.get("additionalProperties") is False
        assert definition["title"]
        assert definition["description"]
        yield from definition["properties"].items()


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_field_is_described_with_an_example_that_is_valid(name: str) -> None:
    """Each field has a title, a description and examples, and the examples fit it; what is refused has no example."""
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    for field, described in properties(schema):
        assert described["title"] == field
        assert described["description"], field
        assert bool(described.get("examples")) is ("not" not in described), field
        for example in described.get("examples", ()):
            Draft202012Validator({**described, "$defs": schema["$defs"]}).validate(example)


def test_every_kind_has_one_definition() -> None:
    """One definition for each kind, that the sections refer to."""
    definitions = schemas()["campanha.schema.json"]["$defs"]
    assert {"Campo", "Lista", "Contato", "ContatosDe", "Mensagem", "Envio"} <= set(definitions)


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples").rglob("*.yaml")), ids=lambda file: file.parent.name + "/" + file.name
)
def test_examples_are_valid_for_editors(file: Path) -> None:
    """Every YAML file of the examples satisfies its schema, and says which one that is."""
    text = file.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert named is not None
    schema = (file.parent / named[1]).resolve()
    assert schema.name == ("reconciler.schema.json" if file.name == "reconciler.yaml" else "campanha.schema.json")
    assert schema.parent == ROOT / "schemas"
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(edited(text))


ENVIO = (
    "mensagens: {m: {assunto: A, html: x}}\nlistas: {l: }\nenvios: {e: {mensagem: m, listas: [l], data_de_inicio: %s}}"
)
LOTES = "verificacoes: {v: {fonte: ogmma.lotes, onde: {%s}, espera: {%s}}}"
MASSA = "verificacoes: {v: {fonte: mindo.envios_em_massa, onde: {%s}, espera: {%s}}}"
CONVERSA = "verificacoes: {v: {fonte: ogmma.mensagens, onde: {channelId: a, conversationId: b, %s}, espera: {%s}}}"
BOTH = [
    ("", True),
    ("listas:\n", True),
    ("listas: {l: }", True),
    ("listas: {2026: {nome: 2026, ativo: true, id: 17}}", True),
    ("listas: {l: {nome: 1e3, ativo: False}}", True),
    ("campos: {c: {nome: true}}", True),
    ("listas: {l: {nome: null}}", False),
    ("listas: {l: {ativo: yes}}", False),
    ("listas: {l: {ativo: 1}}", False),
    ("listas: {l: {ativo: 'true'}}", True),
    ("listas: {l: {nome: ''}}", False),
    ("listas: {l: {nome: [a]}}", False),
    ("listas: {L: {}}", False),
    ("listas: {l: {nomee: A}}", False),
    ("listas: [l]", False),
    ("lista: {}", False),
    ("mensagens: {m: }", False),
    ("mensagens: {m: {assunto: A}}", False),
    ("mensagens: {m: {assunto: A, html: x, regras: {exigir_descadastro: true}}}", True),
    ("mensagens: {m: {assunto: A, html: x, regras: {permitir_agora: true}}}", False),
    ("mensagens: {m: {assunto: A, html: {arquivo: 3, outro: 4}}}", False),
    ("contatos: [{email: a@exemplo.org, sexo: f, data_de_nascimento: 1990-02-12, campos: {}}]", True),
    ("contatos: [{email: a@exemplo.org, data_de_nascimento: 12/02/1990, listas: []}]", True),
    ("contatos: [{email: a@exemplo.org, data_de_nascimento: 1990}]", False),
    ("contatos: [{email: a@exemplo.org, sexo: x}]", False),
    ("contatos: [{email: a}]", False),
    ("contatos: [{nome: A}]", False),
    ("contatos: {a: b}", False),
    (ENVIO % "2026-12-20T09:00", True),
    (ENVIO % "2026-12-20 09:00", True),
    (ENVIO % "'2026-12-20T09:00:00-03:00'", True),
    (ENVIO % "agora", True),
    (ENVIO % "2026-12-20", False),
    (ENVIO % "2026-12-20T09:00:30", False),
    (ENVIO % "agora, listas: []", False),
    (ENVIO % "agora, estado: pausado, recriar: true, regras: {antecedencia_minima: 2h, max_destinatarios: 10}", True),
    (ENVIO % "agora, regras: {max_destinatarios: {por_envio: '10'}, tolerancia_de_publico: 2%}", True),
    (ENVIO % "agora, regras: {max_destinatarios: 1.5}", False),
    (ENVIO % "agora, regras: {max_destinatarios: {por_plano: 10}}", False),
    (ENVIO % "agora, regras: {max_desativacoes: 1}", False),
    (ENVIO % "agora, regras: {exigir_teste: true}", False),
    (ENVIO % "agora, regras: {antecedencia_minima: 30}", False),
    (ENVIO % "agora, regras: {janela_de_envio: {dias: [seg, dom], das: '08:00'}}", True),
    (ENVIO % "agora, regras: {janela_de_envio: {dias: [segunda]}}", False),
    (ENVIO % "agora, regras: {janela_de_envio: {das: '24:00'}}", False),
    (ENVIO % "agora, ao_remover: manter", True),
    (ENVIO % "agora, ao_remover: desativar", False),
    (ENVIO % "agora, nome: x", False),
    (ENVIO % "agora, regras: {intervalo_entre_canais: 4h, max_por_contato: {envios: 2, em: 7d}}", True),
    (ENVIO % "agora, regras: {max_por_contato: {envios: 0, em: 7d}}", False),
    (ENVIO % "agora, regras: {max_por_contato: {envios: 2}}", False),
    ("verificacoes: {v: {fonte: ogmma.lotes, onde: {name: x}, espera: {falhas: 0}}}", True),
    (LOTES % ("name: [x, y], status: QUEUED, mais_recente: true", "falhas: '<= 2%', progresso: 99.5"), True),
    (LOTES % ("batchId: 17, createdAt: {de: 2026-06-01}, mais_recente: completedAt", "quantidade: '>= 1'"), True),
    (LOTES % ("createdAt: 2026-06-10", "status: [COMPLETED, CANCELLED], enviados: '> 10'"), True),
    (LOTES % ("createdAt: 2026-06-10", "entregues: 3"), False),
    (LOTES % ("name: []", "falhas: 3"), False),
    (LOTES % ("name: x, mais_recente: created_at", "falhas: 3"), False),
    (LOTES % ("name: x", "falhas: 2%"), False),
    (LOTES % ("name: x", "falhas: '<= 101%'"), False),
    (LOTES % ("name: x", "falhas: -1"), False),
    (LOTES % ("name: x", "progresso: 101"), False),
    (LOTES % ("name: x", "progresso: 0.5"), False),
    (LOTES % ("name: x", "progresso: '> 0.5'"), False),
    (LOTES % ("name: x", "progresso: '> 0.5 %'"), True),
    (LOTES % ("name: x", "progresso: 0"), True),
    (LOTES % ("name: x", "falhas: 0.02"), False),
    (LOTES % ("name: x", "falhas: 2 %"), False),
    (LOTES % ("createdAt: 01/06/2026", "falhas: 3"), False),
    (LOTES % ("createdAt: '>= 2026-06-01'", "falhas: 3"), False),
    (LOTES % ("name: x, createdAt: {desde: 2026-06-01}", "falhas: 3"), False),
    (LOTES % ("name: x", "status: PROCESSING"), False),
    (LOTES % ("name: x", "idade: '<= 2d'"), False),
    (MASSA % ("template.template_name: a, template.id: 45, id: a-b", "entregues: '>= 90%', lidos: 3"), True),
    (MASSA % ("template: a", "lidos: 3"), False),
    (MASSA % ("template_name: a", "lidos: 3"), False),
    (CONVERSA % ("direction: INBOUND", "idade: '<= 2d', status: [READ], direction: INBOUND"), True),
    (CONVERSA % ("mais_recente: true", "idade: '<= 2d'"), False),
    (CONVERSA % ("type: text", "idade: 2d"), False),
    (CONVERSA % ("type: text", "status: read"), False),
    (CONVERSA % ("id: 5511/99", "status: READ"), False),
    ("verificacoes: {v: {fonte: ogmma.mensagens, onde: {channelId: a}, espera: {quantidade: 1}}}", False),
    ("verificacoes: {v: {fonte: ogmma, onde: {name: x}, espera: {falhas: 0}}}", False),
    ("verificacoes: {v: {fonte: ogmma.lotes, onde: {}, espera: {falhas: 0}}}", False),
    ("contatos_de: [{arquivo: c.csv, colunas: {nada: x}}]", False),
    ("contatos_de: [{arquivo: c.csv, separador: x}]", False),
    ("contatos_de: [{listas: []}]", False),
    ("contatos_de: [{consulta: {conexao: {env: CRM_URL}, sql: select 1}, arquivo: c.csv}]", False),
    ("contatos_de: [{consulta: {conexao: {env: crm-url}, sql: select 1}}]", False),
    ("contatos_de: [{arquivo: c.csv, colunas: {email: email, campos.x: c}, separador: ;}]\ncampos: {x: }", True),
]


@pytest.mark.parametrize(("text", "valid"), BOTH)
def test_editors_and_the_loader_agree_on_campaigns(
    text: str, valid: bool, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """What the schema refuses the loader refuses, and the other way round."""
    found = findings({"a.yaml": text, "c.csv": "email;c\n"})
    assert CAMPAIGN.is_valid(edited(text) or {}) is valid
    assert (not any(finding.severity is Severity.ERROR for finding in found)) is valid, found


SETTINGS_BOTH = [
    ("", True),
    ("criaenvio: {chave: {env: CRIAENVIO_CHAVE}}", True),
    ("criaenvio: {chave: {arquivo: /run/secrets/x}}", True),
    ("criaenvio: {chave: abc}", False),
    ("criaenvio: {chave: {env: abc}}", False),
    ("criaenvio: {chave: {}}", False),
    ("criaenvio: {chave: {env: A, arquivo: /b}}", False),
    ("criaenvio: {url: https://api.exemplo.org}", False),
    ("ledger: {git: {ref: x}}", False),
    ("ledger: {arquivo: a.json}", True),
    ("ledger: {}", False),
    ("ledger: {git: {}}", True),
    ("ledger: {git: {ref: refs/reconciler/a, remoto: origin}}", True),
    ("ledger: {git: {ref: refs/heads/main}}", False),
    ("ledger: {git: {ref: refs/reconciler/../heads/main}}", False),
    ("ledger: {git: {ref: refs/reconciler/a.lock}}", False),
    ("ledger: {git: {remoto: --upload-pack=x}}", False),
    ("ledger: {git: {remoto: https://git.exemplo.org/x}}", False),
    ("ledger: {objeto: s3://balde/a/b}", True),
    ("ledger: {objeto: gs://balde/a}", True),
    ("ledger: {objeto: az://balde/a}", True),
    ("ledger: {objeto: s3://balde}", False),
    ("ledger: {objeto: https://s3.exemplo.org/balde/a}", False),
    ("ledger: {objeto: s3://chave:segredo@balde/a}", False),
    ("ledger: {objeto: s3://balde/../outro}", False),
    ("ledger: {arquivo: a.json, objeto: s3://balde/a}", False),
    ("limites: {prazo: 30s, atraso_maximo: 2min, ritmo: 4/s}", True),
    ("limites: {prazo: 30}", False),
    ("limites: {ritmo: 4}", False),
    ("arquivos: [a.yaml]", True),
    ("arquivos: []", False),
    ("arquivos: a.yaml", False),
    ("ao_remover: {lista: manter, campo: remover}", True),
    ("ao_remover: {remetente: manter}", False),
    ("regras: {max_desativacoes: 10%}", True),
    ("regras: {max_desativacoes: 50}", True),
    ("regras: {max_desativacoes: {parte: 10%, minimo: 5}}", True),
    ("regras: {max_desativacoes: dez}", False),
    ("regras: {intervalo_entre_canais: 2h, max_por_contato: {envios: 2, em: 7d}}", True),
    ("regras: {max_por_contato: 2}", False),
    ("regras: {exigir_teste: true}", False),
    ("ogmma: {chave: {env: OGMMA_API_KEY}}", True),
    ("mindo: {chave: {arquivo: /run/secrets/mindo}}", True),
    ("mindo: {chave: abc}", False),
    ("fuso_horario: America/Manaus", True),
]


@pytest.mark.parametrize(("text", "valid"), SETTINGS_BOTH)
def test_editors_and_the_loader_agree_on_settings(
    text: str, valid: bool, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """The same for reconciler.yaml."""
    settings = f"versao: 1\nfuso_horario: America/Sao_Paulo\ncontas:\n  principal: {{{text}}}\n"
    found = findings({"reconciler.yaml": settings, "a.yaml": ""})
    assert SETTINGS.is_valid(edited(settings)) is valid
    assert (not any(finding.severity is Severity.ERROR for finding in found)) is valid, found


def test_what_the_schema_refuses_in_the_cases_the_loader_refuses_too() -> None:
    """Over all cases of this folder: a campaign file that an editor underlines has a finding of the loader."""
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            for name, text in case["files"].items():
                if not name.endswith(".yaml") or "no-account" in str(case["findings"]):
                    continue
                schema = SETTINGS if name == "reconciler.yaml" else CAMPAIGN
                try:
                    valid = schema.is_valid(edited(text) or {})
                except yaml.YAMLError:
                    continue
                found = [item for item in case["findings"] if item.startswith(f"{name}:")]
                assert valid or found, (case["law"], name)
