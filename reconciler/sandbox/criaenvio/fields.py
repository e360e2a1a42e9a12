"""Reading what a request's body says, strictly, with the refusal that each resource documents. Pure."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.criaenvio.answers import over_limit, unprocessable
from reconciler.sandbox.criaenvio.call import Call, split
from reconciler.sandbox.moments import parse_date
from reconciler.sandbox.refusal import Refusal


def text(call: Call, name: str, refusal: Refusal | None = None) -> str | None:
    """A field that must be a text where it is given; None where it is not (or null)."""
    value: Any = call.fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise refusal or unprocessable(name)


def filled(call: Call, name: str, refusal: Refusal) -> str:
    """A field that must be there and not blank."""
    value = text(call, name, refusal)
    if value is None or not value.strip():
        raise refusal
    return value


def birth_date(call: Call, refusal: Refusal) -> str | None:
    """`data_de_nascimento` (dd/mm/yyyy), as yyyy-mm-dd; None where it is empty."""
    value = text(call, "data_de_nascimento", refusal)
    if not value:
        return None
    try:
        return parse_date(value).isoformat()
    except ValueError:
        raise refusal from None


def id_list(call: Call, name: str, refusal: Refusal, limit: int) -> list[str]:
    """A comma list of ids in the body, at most `limit` long."""
    idents = split(filled(call, name, refusal))
    if not idents:
        raise refusal
    if len(idents) > limit:
        raise over_limit()
    return idents
