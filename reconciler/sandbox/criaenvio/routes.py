"""Every call that the API takes: method, path and what it does, as `schemas/openapi/criaenvio.yaml` describes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from reconciler.sandbox.account import Account, Json
from reconciler.sandbox.criaenvio import campos, contact_search, contatos, envios, listas, mensagens, remetentes
from reconciler.sandbox.criaenvio.answers import INVALID, missing, refusal
from reconciler.sandbox.criaenvio.call import Call


@dataclass(frozen=True, slots=True)
class Route:
    """One call: method, path below the base, what it does, and whether it changes or sends anything."""

    method: str
    path: str
    answer: Callable[[Account, Call], Json]
    effect: bool = True


# The reference has lost the methods of most calls; the vendor's own client has them, the two GETs that act included.
ROUTES = (
    Route("GET", "/contatos", contact_search.search, effect=False),
    Route("POST", "/contatos", contatos.create),
    Route("GET", "/contatos/{id}", contatos.view, effect=False),
    Route("PUT", "/contatos/{id}", contatos.update),
    Route("PUT", "/contatos/{id}/ativar", contatos.activate),
    Route("PUT", "/contatos/{id}/desativar", contatos.deactivate),
    Route("POST", "/contatos/{id}/inscrever", contatos.subscribe),
    Route("POST", "/contatos/{id}/desinscrever", contatos.unsubscribe),
    Route("PUT", "/contatos/{id}/campos", contatos.set_fields),
    Route("GET", "/grupos", listas.search, effect=False),
    Route("POST", "/grupos", listas.create),
    Route("PUT", "/grupos/ativar", listas.activate),
    Route("PUT", "/grupos/desativar", listas.deactivate),
    Route("GET", "/grupos/{id}", listas.view, effect=False),
    Route("PUT", "/grupos/{id}", listas.update),
    Route("GET", "/campos", campos.search, effect=False),
    Route("POST", "/campos", campos.create),
    Route("GET", "/campos/{id}", campos.view, effect=False),
    Route("PUT", "/campos/{id}", campos.update),
    Route("DELETE", "/campos/{id}", campos.delete),
    Route("GET", "/remetentes", remetentes.search, effect=False),
    Route("GET", "/mensagens", mensagens.search, effect=False),
    Route("POST", "/mensagens", mensagens.create),
    Route("GET", "/mensagens/{id}", mensagens.view, effect=False),
    Route("PUT", "/mensagens/{id}", mensagens.update),
    Route("DELETE", "/mensagens/{id}", mensagens.delete),
    Route("GET", "/mensagens/{id}/lista_teste", mensagens.send_test),
    Route("GET", "/envios", envios.search, effect=False),
    Route("POST", "/envios", envios.create),
    Route("GET", "/envios/{id}", envios.view, effect=False),
    Route("GET", "/envios/{id}/pausar", envios.pause),
    Route("GET", "/envios/{id}/cancelar", envios.cancel),
    Route("POST", "/envios/{id}/retomar", envios.resume),
)

_BY_PATH: dict[str, dict[str, Route]] = {}
for _route in ROUTES:
    _BY_PATH.setdefault(_route.path, {})[_route.method] = _route


def resolve(method: str, path: str) -> tuple[Route, str]:
    """The route of a request, with the id in its path ("" if none).

    Raises:
        Refusal: 404 for a path, 405 for a method that is not documented.
    """
    parts = path.split("/")
    ident = unquote(parts[2]) if len(parts) > 2 else ""
    general = "/".join([*parts[:2], "{id}", *parts[3:]]) if len(parts) > 2 else path
    fixed, by_id = _BY_PATH.get(path, {}), _BY_PATH.get(general, {})
    if method in fixed:
        return fixed[method], ""
    if method in by_id:
        return by_id[method], ident
    if fixed or by_id:
        raise refusal(405, INVALID, "Método não permitido.")
    raise missing()
