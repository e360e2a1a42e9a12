"""What listings of this API share: reading whole numbers of a query, and how answers may be distorted."""

from __future__ import annotations

from reconciler.sandbox.account import Account
from reconciler.sandbox.distortion import Distortion
from reconciler.sandbox.framing import Request
from reconciler.sandbox.ogmma.refusals import wrong

_LONGEST = 9


def distortion(account: Account) -> Distortion:
    """How the account's assumptions distort every record."""
    assumed = account.assumptions
    return Distortion(
        assumed.ogmma_numeros_como_texto,
        assumed.ogmma_campos_a_mais,
        assumed.ogmma_campos_nulos,
        assumed.ogmma_campos_ausentes,
    )


def number(account: Account, request: Request, name: str, most: int | None = None) -> int:
    """A whole number of the query, above 0 and at most `most`; 0 where it is not given, or is nonsense.

    Raises:
        Refusal: for nonsense and for more than `most`, where that is assumed.
    """
    given = request.query.get(name, "")
    value = int(given) if given.isascii() and given.isdigit() and len(given) <= _LONGEST else 0
    strict = account.assumptions.ogmma_recusa_parametro_errado
    if strict and given and (not value or (most is not None and value > most)):
        raise wrong(name)
    return value if most is None else min(value, most)
