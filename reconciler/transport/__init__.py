"""Calls to a vendor's API over HTTP: one place that holds the key, the deadline, the pace and the repeat policy."""

from reconciler.transport.clock import Clock, Ports, SystemClock
from reconciler.transport.endpoint import Endpoint, InvalidIdError, Repeat, checked
from reconciler.transport.failures import (
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
from reconciler.transport.secret import InvalidKeyError, Key, RedactingFilter, redact
from reconciler.transport.session import Access, Account, Limits, Message, Query, Session
from reconciler.transport.verdict import Meaning, Refusal, UnexpectedError

__all__ = [
    "Access",
    "Account",
    "CircuitOpen",
    "Clock",
    "Endpoint",
    "Failure",
    "GaveUp",
    "InvalidIdError",
    "InvalidKeyError",
    "InvalidOriginError",
    "InvalidRequest",
    "Key",
    "Limits",
    "Meaning",
    "Message",
    "NotFound",
    "NotSent",
    "Origin",
    "OutcomeUnknown",
    "Overloaded",
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
    "WriteForbidden",
    "checked",
    "redact",
]
