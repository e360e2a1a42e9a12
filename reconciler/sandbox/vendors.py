"""The vendors whose APIs are imitated, and which of them a path belongs to."""

from __future__ import annotations

from reconciler.sandbox.criaenvio import api as criaenvio
from reconciler.sandbox.mindo import api as mindo
from reconciler.sandbox.ogmma import api as ogmma
from reconciler.sandbox.vendor import Vendor

CRIAENVIO, OGMMA, MINDO = VENDORS = (criaenvio.VENDOR, ogmma.VENDOR, mindo.VENDOR)


def serves(path: str) -> bool:
    """Whether the path is below one of the APIs."""
    return any(path.startswith(f"{vendor.base}/") for vendor in VENDORS)


def vendor_of(path: str) -> Vendor:
    """The vendor whose API the path is below; the first one's for paths that are below none."""
    return next((vendor for vendor in VENDORS if path.startswith(f"{vendor.base}/")), CRIAENVIO)


def shown(path: str) -> str:
    """A path as faults and the history name it.

    Criaenvio's are below its base (`/envios`); those of the others begin at the server's root (`/ogmma/v1/bulk`).
    """
    return CRIAENVIO.below(path)
