"""The other channels' answers held against their descriptions in `schemas/openapi`: the contract with our clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.providers.described import Description, Example
from tests.sandbox.conftest import BULK_SENDS, KEY, Api, Open

SEED: dict[str, Any] = {
    "agora": "2026-11-02T08:00",
    "ogmma": {
        "lotes": [
            {"nome": "Esperando", "total": 10, "inicio": "2026-11-02T08:10"},
            {"nome": "Indo", "total": 100, "falhas": 3, "duracao": 600},
            {"nome": "Terminado", "total": 100, "falhas": 1, "criado": "2026-11-01T08:00"},
            {"nome": "Falhou", "total": 100, "falhas": 90, "criado": "2026-11-01T08:00"},
            {"nome": "Parado", "total": 9, "criado": "2026-11-01T08:00", "cancelado": "2026-11-01T08:00:09"},
        ],
        "mensagens": [
            {"canal": "c1", "conversa": "v1", "de": "12025550143", "para": "12025550144", "conteudo": "Olá"},
            {"canal": "c1", "conversa": "v1", "de": "12025550144", "para": "12025550143", "direcao": "INBOUND"},
        ],
    },
    "mindo": {
        "envios_em_massa": [
            {"modelo": "natal", "total": 10, "inicio": "2026-11-02T08:10"},
            {"modelo": "natal", "total": 100, "falhas": 3, "duracao": 600, "lidos": 7},
            {"modelo": "natal", "total": 3, "criado": "2026-11-01T08:00"},
            {"modelo": "natal", "total": 3, "falhas": 1, "criado": "2026-11-01T08:00"},
            {"modelo": "natal", "total": 3, "falhas": 3, "criado": "2026-11-01T08:00"},
            {"modelo": "natal", "total": 9, "criado": "2026-11-01T08:00", "cancelado": "2026-11-01T08:00:09"},
        ]
    },
}
BULK, CONVERSATION = "/bulk", "/channels/c1/conversations/v1"
STRICT = {"ogmma_recusa_parametro_errado": True, "ogmma_conversa_desconhecida_recusada": True}
LIMITED = {"ogmma_por_minuto": 1, "mindo_por_minuto": 1}

REFUSALS: list[tuple[str, str, int, dict[str, Any]]] = [
    ("ogmma", f"{BULK}?limit=101", 400, {"assumptions": STRICT}),
    ("ogmma", f"{CONVERSATION}?limit=501", 400, {"assumptions": STRICT}),
    ("ogmma", "/channels/c1/conversations/nada", 404, {"assumptions": STRICT}),
    ("ogmma", BULK, 401, {"key": {"ogmma": "outra"}}),
    ("ogmma", CONVERSATION, 401, {"key": {"ogmma": "outra"}}),
    ("ogmma", BULK, 429, {"assumptions": LIMITED}),
    ("ogmma", CONVERSATION, 429, {"assumptions": LIMITED}),
    ("mindo", f"{BULK_SENDS}?status=nada", 400, {}),
    ("mindo", BULK_SENDS, 401, {"key": {"mindo": "outra"}}),
    ("mindo", BULK_SENDS, 403, {"key": {"mindo": "outra"}, "assumptions": {"mindo_chave_errada_403": True}}),
    ("mindo", f"{BULK_SENDS}?page=9", 404, {}),
    ("mindo", BULK_SENDS, 429, {"assumptions": LIMITED}),
]


@cache
def _description(vendor: str) -> Description:
    return Description(vendor)


@pytest.mark.parametrize(
    ("vendor", "path"),
    [
        ("ogmma", BULK),
        ("ogmma", f"{BULK}?status=COMPLETED&page=1&limit=2"),
        ("ogmma", f"{BULK}?page=4&limit=2"),
        ("ogmma", CONVERSATION),
        ("ogmma", f"{CONVERSATION}?limit=1"),
        ("ogmma", "/channels/c1/conversations/nada"),
        ("mindo", BULK_SENDS),
        ("mindo", f"{BULK_SENDS}?page=2&page_size=2"),
        ("mindo", f"{BULK_SENDS}?status=PARTIAL&template=1&created_after=2026-10-01&created_before=2026-12-01"),
    ],
)
def test_answers_are_described(vendor: str, path: str, open_still: Open) -> None:
    """Whatever phase its bulk sends are in, an answer is what the description says, and has nothing besides."""
    api, described = open_still(SEED), _description(vendor)
    name, query = _call(vendor, path)
    described.check_query(name, query)
    for _ in range(4):
        answer = _answered(api, vendor, path)
        described.check_answer(Example(name, answer.status, path, answer.json))
        assert not _undescribed(described, _schema(described, name), answer.json)
        api.sandbox.clock.advance(timedelta(minutes=4))


@pytest.mark.parametrize(("vendor", "path", "status", "opening"), REFUSALS)
def test_refusals_are_described(
    vendor: str, path: str, status: int, opening: Mapping[str, Any], open_still: Open
) -> None:
    """A refusal is one that the description has, in its form; at Ogmma also in the vendor's words."""
    api, described = open_still(SEED, **opening), _description(vendor)
    answer = _answered(api, vendor, path)
    if status == 429:
        answer = _answered(api, vendor, path)
    assert answer.status == status
    name, _ = _call(vendor, path)
    described.check_answer(Example(name, status, path, answer.json))
    if vendor == "ogmma" and status in {401, 429}:
        assert answer.json in [
            item.content for item in described.examples() if (item.operation, item.status) == (name, status)
        ]


def test_every_description_is_answered() -> None:
    """Every described call and every described refusal of it is reached by some case here."""
    for vendor in ("ogmma", "mindo"):
        described = _description(vendor)
        refused = {(_call(vendor, path)[0], status) for of, path, status, _ in REFUSALS if of == vendor}
        wanted = {
            (name, int(status))
            for name, (_, operation) in described.operations.items()
            for status in operation["responses"]
            if status != "200"
        }
        assert wanted <= refused
        assert refused <= wanted


def _answered(api: Api, vendor: str, path: str) -> Any:
    return api.ogmma(path, KEY) if vendor == "ogmma" else api.mindo(path, KEY)


def _call(vendor: str, path: str) -> tuple[str, dict[str, str]]:
    bare, _, query = path.partition("?")
    return _description(vendor).operation("GET", bare), dict(parse_qsl(query))


def _schema(described: Description, name: str) -> Any:
    answer = described.resolved(described.operations[name][1]["responses"]["200"])
    return answer["content"]["application/json"]["schema"]


def _undescribed(described: Description, schema: Any, value: Any) -> set[str]:
    """Properties that the schema does not name, at any depth."""
    schema = described.resolved(schema)
    if isinstance(value, list):
        return {name for item in value for name in _undescribed(described, schema.get("items", {}), item)}
    if not isinstance(value, dict):
        return set()
    known = schema.get("properties", {})
    inner = (_undescribed(described, known[name], item) for name, item in value.items() if name in known)
    return (set(value) - set(known)).union(*inner)
