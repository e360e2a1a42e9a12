"""Calls to a vendor's API over HTTP: one place that holds the key, the deadline, the pace and the repeat policy."""

from reconciler.transport.clock import Clock, SystemClock, WaitEndedError
from reconciler.transport.endpoint import Endpoint, InvalidIdError, Repeat, checked
from reconciler.transport.failures import (
    BudgetSpent,
    CircuitOpen,
    Failure,
    GaveUp,
    InvalidRequest,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Overloaded,
    Refused,
    Throttled,
    Unauthorized,
    WriteForbidden,
)
from reconciler.transport.origin import InvalidOriginError, Origin
from reconciler.transport.parcel import Decode
from reconciler.transport.place import InHeader, InQuery, Place
from reconciler.transport.ports import Ports
from reconciler.transport.query import Query
from reconciler.transport.rate import Learned
from reconciler.transport.secret import InvalidKeyError, Key, RedactingFilter, redact
from reconciler.transport.session import Access, Account, Leaving, Limits, Message, Session, no_word
from reconciler.transport.verdict import Meaning, Refusal, UnexpectedError

__all__ = [
    "Access",
    "Account",
    "BudgetSpent",
    "CircuitOpen",
    "Clock",
    "Decode",
    "Endpoint",
    "Failure",
    "GaveUp",
    "InHeader",
    "InQuery",
    "InvalidIdError",
    "InvalidKeyError",
    "InvalidOriginError",
    "InvalidRequest",
    "Key",
    "Learned",
    "Leaving",
    "Limits",
    "Meaning",
    "Message",
    "NotFound",
    "NotSent",
    "Origin",
    "OutcomeUnknown",
    "Overloaded",
    "Place",
    "Ports",
    "Query",
    "RedactingFilter",
    "Refusal",
    "Refused",
    "Repeat",
    "Session",
    "SystemClock",
    "Throttled",
    "Unauthorized",
    "UnexpectedError",
    "WaitEndedError",
    "WriteForbidden",
    "checked",
    "no_word",
    "redact",
]
