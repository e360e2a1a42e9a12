"""Listas: created active, renamed by PUT, activated and deactivated in one call for all of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.kind import Case, Decision, Kind, Orphan, create_or_update
from reconciler.engine.model import Action, Call, Delta, Observed
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.naming import former_name, name, name_live

_ACTIVATE, _DEACTIVATE = Call("PUT", "/grupos/ativar"), Call("PUT", "/grupos/desativar")
_BATCHES = {Action.ACTIVATE: str(_ACTIVATE), Action.DEACTIVATE: str(_DEACTIVATE)}


def _decide(case: Case, scene: Scene) -> Iterator[Decision]:
    """Name by the default; `ativo` on its own, in the account's one call for it. A new list is active (reference)."""
    yield from create_or_update(case, scene)
    wanted = case.declared.fields.get("ativo")
    live = case.observed.fields.get("ativo") if case.observed else True
    if wanted is None or wanted == live:
        return
    action = Action.ACTIVATE if wanted else Action.DEACTIVATE
    needs = () if case.observed else (f"{case.address}/{Action.CREATE}",)
    deltas = (Delta("ativo", live, wanted),)
    reason = f"declared {'active' if wanted else 'inactive'}"
    yield case.change(action, reason, deltas=deltas, values={"ativo": wanted}, batch=_BATCHES[action], needs=needs)


def _release(orphan: Orphan, _scene: Scene) -> Iterator[Decision]:
    """`ao_remover: desativar` unless it is inactive already."""
    if orphan.policy == "desativar" and orphan.observed.fields.get("ativo"):
        yield orphan.change(
            Action.DEACTIVATE,
            "no longer declared",
            deltas=(Delta("ativo", before=True, after=False),),
            values={"ativo": False},
            batch=_BATCHES[Action.DEACTIVATE],
        )


def _headcount(observed: Observed) -> int | None:
    """`contatos_ativos`, which the account sometimes leaves null."""
    value = observed.fields.get("contatos_ativos")
    return value if isinstance(value, int) else None


KIND = Kind(
    name="lista",
    fields=("nome",),
    natural=name,
    natural_live=name_live,
    former=former_name,
    decide=_decide,
    release=_release,
    headcount=_headcount,
    calls={
        Action.CREATE: (Call("GET", "/grupos"), Call("GET", "/grupos"), Call("POST", "/grupos")),
        Action.UPDATE: (Call("PUT", "/grupos/{id}"),),
        Action.ACTIVATE: (_ACTIVATE,),
        Action.DEACTIVATE: (_DEACTIVATE,),
    },
)
