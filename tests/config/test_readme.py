"""README's YAML: every block loads as it stands there, and every field of checks is told, with an example."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.config import load, schemas
from reconciler.engine.model import Severity
from reconciler.providers.checking import Verificacao
from reconciler.providers.guards import Closed
from reconciler.providers.mindo.envios_em_massa.spec import VerificacaoDeEnviosEmMassa
from reconciler.providers.ogmma.lotes.spec import VerificacaoDeLotes
from reconciler.providers.ogmma.mensagens.spec import VerificacaoDeMensagens
from tests.config.test_schema import edited

README = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")
SETTINGS, *CAMPAIGNS = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SPECS: Mapping[str, type[Verificacao]] = {
    "ogmma.lotes": VerificacaoDeLotes,
    "ogmma.mensagens": VerificacaoDeMensagens,
    "mindo.envios_em_massa": VerificacaoDeEnviosEmMassa,
}
NEEDED: Mapping[str, Mapping[str, Any]] = {
    "ogmma.lotes": {"batchId": "b1"},
    "ogmma.mensagens": {"channelId": "c1", "conversationId": "v1"},
    "mindo.envios_em_massa": {"id": "e1"},
}
BESIDE = """\
campos: {cidade: }
listas: {clientes: }
mensagens: {natal: {assunto: Oi, html: Oi, mensagem_descadastro: Sair?}}
"""
"""What the README's later blocks name, and earlier ones declare or leave to the reader."""


def blocks() -> Iterator[tuple[str, str]]:
    """Every block of a campaign, with that of reconciler.yaml which it follows."""
    settings = SETTINGS
    for block in CAMPAIGNS:
        if block.startswith("# reconciler.yaml"):
            settings = block
        else:
            yield settings, block


def surround(root: Path) -> None:
    """The files and the database that the README's contacts come from."""
    row = {"email": "ana@exemplo.com.br", "nome": "Ana"}
    (root / "contatos").mkdir()
    with (root / "contatos" / "clientes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["E-mail", "Nome", "Cidade"], ["bia@exemplo.com.br", "Bia", "Olinda"]])
    (root / "clientes.csv").write_text("email,nome\ncid@exemplo.com.br,Cid\n", "utf-8")
    (root / "abertura.html").write_text("<p>Abrimos!</p>", "utf-8")
    pq.write_table(pa.Table.from_pylist([row]), root / "contatos" / "loja.parquet")
    with closing(sqlite3.connect(root / "crm.sqlite")) as database, database:
        database.execute("create table clientes (email, nome, cidade, aceita_email)")
        database.execute("insert into clientes values ('dora@exemplo.com.br', 'Dora', 'Santos', 1)")


@pytest.mark.parametrize(("settings", "block"), list(blocks()), ids=lambda text: text.split("\n", 1)[0])
def test_every_block_loads(settings: str, block: str, tmp_path: Path) -> None:
    """A reader who copies a block, and declares what it names, has a valid workspace; an editor says so, too."""
    surround(tmp_path)
    (tmp_path / "reconciler.yaml").write_text(settings, "utf-8")
    (tmp_path / "bloco.yaml").write_text(block, "utf-8")
    if "abertura" not in block:
        (tmp_path / "resto.yaml").write_text(BESIDE, "utf-8")
    account = load(tmp_path, environment={"CRM_URL": f"sqlite:///{tmp_path / 'crm.sqlite'}"}).accounts["principal"]
    assert [item for item in account.warnings if item.severity is not Severity.INFO] == []
    for name, text in (("reconciler", settings), ("campanha", block)):
        Draft202012Validator(schemas()[f"{name}.schema.json"]).validate(edited(text))


def rows(part: str) -> list[tuple[str, str, str]]:
    """Field, source and example of each row of a table of fields."""
    table = README.partition(f"<!-- fields: {part} -->\n\n")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]
    return [
        (name.strip("`"), source, example.strip("`")) for name, of, _, example in cells for source in of.split(", ")
    ]


@pytest.mark.parametrize("part", ["onde", "espera"])
def test_every_field_is_told(part: str) -> None:
    """The table has each field of each source, and none that there is not."""
    known = {
        (field.alias or name, source)
        for source, spec in SPECS.items()
        for name, field in spec.model_fields[part].annotation.model_fields.items()  # type: ignore[union-attr]
        if not any(isinstance(each, Closed) for each in field.metadata)
    }
    told = [(name, source) for name, source, _ in rows(part)]
    assert len(told) == len(set(told))
    assert set(told) == known


@pytest.mark.parametrize(("part", "row"), [(part, row) for part in ("onde", "espera") for row in rows(part)])
def test_every_example_is_valid(part: str, row: tuple[str, str, str]) -> None:
    """An example says something of its field that the source understands, and that an editor accepts."""
    name, source, example = row
    assert example.startswith(f"{name}: ")
    check = {"fonte": source, "onde": dict(NEEDED[source]), "espera": {"quantidade": ">= 1"}}
    for loaded in (yaml.load(example, yaml.BaseLoader), edited(example)):  # noqa: S506 - texts
        written = {**check, part: {**check[part], **loaded}}  # type: ignore[dict-item]
        Draft202012Validator(schemas()["campanha.schema.json"]).validate({"verificacoes": {"v": written}})
    texts = yaml.load(example, yaml.BaseLoader)  # noqa: S506 - texts
    SPECS[source].model_validate({**check, part: {**check[part], **texts}})  # type: ignore[dict-item]
