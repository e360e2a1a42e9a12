"""What an answer means: a value, or one of our failures and whether the same call may be tried again. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from reconciler.transport.endpoint import Endpoint
from reconciler.transport.exchange import http_date
from reconciler.transport.failures import Failure, NotFound, NotSent, OutcomeUnknown, Refused, Throttled, Unauthorized
from reconciler.transport.parcel import Answer, Broken

T = TypeVar("T")

LONGEST_ASKED = 120.0
"""Seconds of a `Retry-After` that are honoured; what is asked beyond is not waited for in one go."""


class UnexpectedError(ValueError):
    """JSON of another shape than the operation answers with; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A vendor's own error: its code, its text for people, and whether it says that the thing does not exist."""

    code: str
    message: str
    missing: bool


@dataclass(frozen=True, slots=True)
class Meaning(Generic[T]):
    """How a vendor is read: `value` takes the answer's JSON (or raises UnexpectedError), `refusal` finds its errors."""

    value: Callable[[dict[str, object]], T]
    refusal: Callable[[dict[str, object]], Refusal | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A failure. `again`: the same call may succeed later; `overload`: the server shows strain; `wait`: as it asks."""

    failure: Failure
    again: bool = False
    overload: bool = False
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Success(Generic[T]):
    """The operation was done."""

    value: T


def judge(endpoint: Endpoint, result: Answer | Broken, meaning: Meaning[T], now: datetime) -> Success[T] | Verdict:
    """What `result` of `endpoint` means. `now` is our clock, for a Retry-After date without the server's own Date."""
    if isinstance(result, Broken):
        if not result.sent:
            return Verdict(NotSent(endpoint, f"{result.reason}; nothing was sent"), again=not result.lasting)
        return Verdict(OutcomeUnknown(endpoint, result.reason), again=True)
    wait = asked_wait(result, now)
    if result.status == 429:
        failure = Throttled(endpoint, wait, unknown=endpoint.effect)
        return Verdict(failure, again=True, overload=True, wait=wait)
    if result.status in (200, 201) and result.document is not None:
        return _success(endpoint, result.status, result.document, meaning)
    refusal = _definite(endpoint, result, meaning)
    return _unclear(endpoint, result, meaning, wait) if refusal is None else Verdict(refusal)


def asked_wait(answer: Answer, now: datetime) -> float | None:
    """Seconds, 0 to `LONGEST_ASKED`, that Retry-After asks for: a number or an HTTP date (RFC 9110 §10.2.3)."""
    text = (answer.retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:6]), LONGEST_ASKED)
    moment = http_date(text)
    if moment is None:
        return None
    return min(max((moment - (answer.date or now)).total_seconds(), 0.0), LONGEST_ASKED)


def _success(endpoint: Endpoint, status: int, document: dict[str, object], meaning: Meaning[T]) -> Success[T] | Verdict:
    try:
        return Success(meaning.value(document))
    except UnexpectedError as error:
        return Verdict(OutcomeUnknown(endpoint, f"answered {status}, but {error}", status=status), again=True)


def _definite(endpoint: Endpoint, answer: Answer, meaning: Meaning[T]) -> Refused | None:
    """The server's no, if it is one: a 4xx with the vendor's own error, or that a read is not for this key."""
    if not 400 <= answer.status < 500:
        return None
    refusal = None if answer.document is None else meaning.refusal(answer.document)
    if refusal is None and answer.status == 401 and not endpoint.effect:
        # Whoever says it, in whatever words: a read that was not done has changed nothing, and no repeat helps.
        refusal = Refusal("", answer.flaw or "it gives no reason", missing=False)
    if refusal is None:
        return None
    kind = Refused
    if answer.status == 401:
        kind = Unauthorized
    elif answer.status == 404 or refusal.missing:
        kind = NotFound
    return kind(endpoint, answer.status, refusal.code, refusal.message)


def _unclear(endpoint: Endpoint, answer: Answer, meaning: Meaning[T], wait: float | None) -> Verdict:
    """Neither what the operation answers nor a definite no: overload, a failure within, or somebody else's page."""
    if 300 <= answer.status < 400:
        reason = f"answered {answer.status}, a redirection, which is never followed"
    elif answer.document is None:
        reason = f"answered {answer.status} with {answer.flaw}"
    else:
        refusal = meaning.refusal(answer.document)
        reason = f"answered {answer.status}" + (f": {refusal.message}" if refusal and refusal.message else "")
    # A web page at an address that does not exist there will not turn into an API by waiting.
    lasting = 300 <= answer.status < 400 or answer.status in (404, 405, 410, 501)
    if answer.status in (404, 405, 410):
        reason += " (is the API's address right?)"
    overload = not lasting and (answer.document is None or answer.status == 503)
    failure = OutcomeUnknown(endpoint, reason, status=answer.status)
    return Verdict(failure, again=not lasting, overload=overload, wait=wait)
