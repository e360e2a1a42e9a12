"""A stateful simulator of the APIs of Criaenvio, Ogmma and Mindo behind real HTTP, from the vendors' documents.

One server, one state, one clock, one history. Each vendor has a package of its own, which `vendors.py` gathers: what it
answers and refuses, and what it keeps. Records that an API only shows (bulk sends and messages of the other channels)
are a `section.py` each; how far a bulk send is follows from the time (`batches.py`).

Where the documents are silent, `assumptions.py` says what is assumed. What is not imitated at all stands in
`NOT_IMITATED`, which the help of `reconciler sandbox serve` shows.

Nothing here imports another part of the program: simulator and client are two readings of the same documents, and each
keeps the other honest.
"""

from reconciler.sandbox.assumptions import AssumptionError, Assumptions
from reconciler.sandbox.faults import Effect, Fault, FaultError, FaultKind
from reconciler.sandbox.sandbox import NOT_IMITATED, Sandbox
from reconciler.sandbox.seed_fields import EditError, SeedError
from reconciler.sandbox.store import StateError

__all__ = [
    "NOT_IMITATED",
    "AssumptionError",
    "Assumptions",
    "EditError",
    "Effect",
    "Fault",
    "FaultError",
    "FaultKind",
    "Sandbox",
    "SeedError",
    "StateError",
]
