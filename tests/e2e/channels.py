"""A workspace with WhatsApp beside its e-mails, and an account that holds the vendors' own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.documented import AT, LOTES
from tests.e2e import conftest
from tests.e2e.workspace import LEAVE, write

KEYS = {name: key for name, key in conftest.KEYS.items() if name != "CRIAENVIO_CHAVE"}
BOTH = {"ogmma": {"chave": {"env": "OGMMA_API_KEY"}}, "mindo": {"chave": {"env": "MINDO_API_KEY"}}}
JUNE = {"fonte": "ogmma.lotes", "onde": {"name": "Campanha Junho 2025"}, "espera": {"falhas": "<= 2%"}}
JULY = {"fonte": "ogmma.lotes", "onde": {"name": "Promo Julho 2025"}, "espera": {"status": "COMPLETED"}}

EXAMPLES: dict[str, Any] = {
    "agora": AT,
    "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
    "listas": [{"id": "Lsp", "nome": "sp"}],
    "contatos": [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp"]} for n in range(12)],
    "ogmma": {
        "lotes": LOTES,
        "mensagens": [
            {
                "canal": "c1",
                "conversa": "v1",
                "de": "12025550143",
                "para": "12025550144",
                "conteudo": "=1+1",
                "criado": "2025-06-30T10:00:00Z",
            },
            {
                "canal": "c1",
                "conversa": "v1",
                "direcao": "INBOUND",
                "de": "12025550144",
                "para": "12025550143",
                "conteudo": "Preciso de ajuda",
                "criado": "2025-06-30T10:01:00Z",
            },
        ],
    },
    "mindo": {
        "envios_em_massa": [
            {
                "id": "a3f2b8c9-4d5e-6f7a-8b9c-0d1e2f3a4b5c",
                "modelo": "welcome_message",
                "modelo_id": 45,
                "total": 3,
                "entregues": 2,
                "lidos": 1,
                "criado": "2025-06-30T21:30:00Z",
                "duracao": 28,
            }
        ]
    },
}
CAMPAIGN: dict[str, Any] = {
    "listas": {"sp": {}},
    "mensagens": {"ola": {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE}},
    "envios": {"um": {"mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2025-07-03T09:00"}},
    "verificacoes": {"julho": JULY, "junho": JUNE},
}


def workspace(root: Path, campaign: dict[str, Any] = CAMPAIGN, channels: dict[str, Any] = BOTH) -> None:
    """Files that name both vendors."""
    write(root, campaign, {"principal": channels})


def reached(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> str:
    """The environment that leads to `sandbox`; its address."""
    for name, value in {**KEYS, "OGMMA_URL": sandbox.ogmma_url, "MINDO_URL": sandbox.mindo_url}.items():
        monkeypatch.setenv(name, value)
    return sandbox.url
