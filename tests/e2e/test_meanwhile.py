"""Between a reviewed plan and its apply others go on working: what is no longer the reviewed plan calls nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import LEAVE, SEED, write, writes

_PEOPLE = 60
_START = "2026-11-05T09:00"
_SEED: dict[str, Any] = {
    **SEED,
    "contatos": [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp"]} for n in range(_PEOPLE)],
    "mensagens": [{"id": "M1", "nome": "ola", "assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE}],
    "envios": [{"id": "E1", "mensagem": "M1", "listas": ["Lsp"], "data_de_inicio": "2026-11-09T09:00"}],
}
_CAMPAIGN: dict[str, Any] = {
    "listas": {"sp": {}},
    "mensagens": {"ola": {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE}},
    "envios": {
        "um": {"mensagem": "ola", "listas": ["sp"], "data_de_inicio": _START},
        "dois": {"id": "E1", "mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2026-11-10T09:00"},
    },
}
"""One send that is new, and one that is moved."""


def _leave(people: int) -> Callable[[Sandbox], None]:
    def edit(account: Sandbox) -> None:
        for number in range(people):
            account.edit("contatos", f"C{number}", descadastrado=True)

    return edit


_EDITS: dict[str, tuple[Callable[[Sandbox], None], int]] = {
    "nothing": (_leave(0), 0),
    "one of sixty leaves": (_leave(1), 0),
    "two of sixty leave": (_leave(2), 5),
    "the list empties": (_leave(_PEOPLE), 5),
    "the list is deactivated": (lambda account: account.edit("listas", "Lsp", ativo=False), 5),
    "the message is edited": (lambda account: account.edit("mensagens", "M1", html="<p>Outra</p>"), 5),
    "the sender is no longer confirmed": (lambda account: account.edit("remetentes", "R1", confirmado=False), 0),
    "the live send is cancelled": (lambda account: account.edit("envios", "E1", status="Cancelado"), 5),
    "the live send is paused": (lambda account: account.edit("envios", "E1", status="Suspenso"), 5),
    "the live send is moved": (lambda account: account.edit("envios", "E1", data_de_inicio="2026-11-20T09:00"), 5),
    "the live send becomes what the new one is": (
        lambda account: account.edit("envios", "E1", data_de_inicio=_START),
        5,
    ),
}


@pytest.mark.parametrize("edited", _EDITS)
def test_what_is_no_longer_the_reviewed_plan_calls_nothing(
    edited: str, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Within the tolerance it goes on; else exit 5, with the plan as it is now, and not one call that changes anything.

    A sender is not part of what is reviewed where the campaign names none: the vendor then refuses the new send.
    """
    edit, code = _EDITS[edited]
    sandbox = open_account(_SEED)
    write(tmp_path, _CAMPAIGN)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    edit(sandbox)
    before = sandbox.state()
    ran = run("apply", "--digest", digest, url=sandbox.url)
    if "sender" in edited:
        assert (ran.code, "remetentes confirmados" in ran.out) == (6, True)
        assert len(sandbox.state()["envios"]) == 1
        return
    assert ran.code == code
    if code:
        assert digest in ran.err
        assert writes(sandbox) == []
        assert sandbox.state() == before
    else:
        assert run("plan", "--detailed-exitcode", url=sandbox.url).code == 0
