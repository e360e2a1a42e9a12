"""What `status` means in searches of contatos and in the members of a lista. Pure."""

from __future__ import annotations

from reconciler.sandbox.criaenvio.answers import unprocessable

ACTIVE = "contatos.ativo = 1 AND contatos.descadastrado = 0"
"""The condition for a contact that sends go to, in a form for which there is an index."""

_CONDITIONS = {
    "ativos": ACTIVE,
    "inativos": "ativo = 0 AND descadastrado = 0",
    "descadastros": "descadastrado = 1",
    "todos": "1",
}


def by_status(wanted: str | None) -> str:
    """The SQL condition for `status`, which defaults to `ativos`."""
    condition = _CONDITIONS.get(wanted or "ativos")
    if condition is None:
        raise unprocessable("status")
    return condition
