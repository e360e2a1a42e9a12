"""A stateful simulator of the Criaenvio API behind real HTTP, from the vendor's documents, for trials and tests.

Where the documents are silent, `assumptions.py` says what is assumed. What is not imitated at all stands in
`NOT_IMITATED`, which the help of `reconciler sandbox serve` shows: no e-mail leaves, recipients do nothing by
themselves, calls are not limited unless a fault is ordered, and html is rewritten in the simulator's own way.

Nothing here imports another part of the program: simulator and client are two readings of the same documents, and each
keeps the other honest.
"""

from reconciler.sandbox.assumptions import AssumptionError, Assumptions
from reconciler.sandbox.edits import EditError
from reconciler.sandbox.faults import Effect, Fault, FaultError, FaultKind
from reconciler.sandbox.sandbox import NOT_IMITATED, Sandbox
from reconciler.sandbox.seed_fields import SeedError
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
