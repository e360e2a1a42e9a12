"""The examples of the vendors' documents, as seeds of the sandbox."""

from __future__ import annotations

from typing import Any, Final

AT: Final = "2025-07-01T10:15:04Z"
"""When the second batch has the figures that the document shows."""
LOTES: Final[list[dict[str, Any]]] = [
    {
        "id": "bulk_6651a3b2c4d5e6f7a8901234",
        "nome": "Campanha Junho 2025",
        "total": 500,
        "falhas": 8,
        "criado": "2025-06-10T15:00:00Z",
        "duracao": 1510,
    },
    {
        "id": "bulk_6651b4c3d5e6f7a8901235",
        "nome": "Promo Julho 2025",
        "total": 1000,
        "falhas": 5,
        "criado": "2025-07-01T10:00:00Z",
        "por_segundo": 0.5,
    },
]
"""The batches in the example of "Listar lotes de envio"."""
