"""Campos: compared by name; deleting one erases every contact's value of it, so it takes two keys. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.kind import Decision, Kind, Orphan
from reconciler.engine.model import Action, Call
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.naming import former_name, name, name_live


def _release(orphan: Orphan, scene: Scene) -> Iterator[Decision]:
    """`ao_remover: remover` and `--allow-destroy campo.<key>`: only both together delete."""
    if orphan.policy != "remover":
        return
    if scene.terms.allows("destroy", orphan.address):
        reason = "no longer declared: every contact's value of it is erased"
        expects = {"nome": str(orphan.observed.fields["nome"])}
        yield orphan.change(Action.DELETE, reason, expects=expects, irreversible=True)
    else:
        reason = "no longer declared, and ao_remover: remover would erase every contact's value of it"
        yield orphan.block(Action.DELETE, reason, f"--allow-destroy {orphan.address}, or ao_remover: manter")


KIND = Kind(
    name="campo",
    fields=("nome",),
    natural=name,
    natural_live=name_live,
    former=former_name,
    release=_release,
    calls={
        Action.CREATE: (Call("GET", "/campos"), Call("POST", "/campos")),
        Action.UPDATE: (Call("PUT", "/campos/{id}"),),
        Action.DELETE: (Call("GET", "/campos/{id}"), Call("DELETE", "/campos/{id}")),
    },
)
