"""Every way in which a call can fail, in our own words: no type of the HTTP library goes further up than here."""

from __future__ import annotations

from reconciler.transport.endpoint import Endpoint


class Failure(Exception):  # noqa: N818 - the nouns say which outcome it is, and are read as such
    """A call that did not do what was asked. `str()` is one line for a person, without key, query or address.

    `unknown` tells whether the call may have had its effect all the same: then the live state has to be read before
    anything is decided. `later` tells whether trying again later, unchanged, is sensible.
    `endpoint` is None for what concerns several calls.
    """

    later = False

    def __init__(self, endpoint: Endpoint | None, reason: str, *, unknown: bool = False) -> None:
        super().__init__(reason if endpoint is None else f"{endpoint}: {reason}")
        self.endpoint = endpoint
        self.reason = reason
        self.unknown = unknown


class NotSent(Failure):
    """Certainly without effect: no byte of the request can have reached the server."""

    later = True


class InvalidRequest(NotSent):
    """The request itself is wrong (an impossible id, a body that is no JSON): refused before anything was sent."""

    later = False


class WriteForbidden(NotSent):
    """An operation with an effect was asked of a client that was built for reading."""

    later = False


class CircuitOpen(NotSent):
    """Too many calls in a row have failed: this client sends nothing more."""


class BudgetSpent(NotSent):
    """What the run may use of calls or time does not cover another call."""


class Refused(Failure):
    """The server's definite no: a 4xx with the vendor's own error. `code` and `message` are the vendor's."""

    def __init__(self, endpoint: Endpoint, status: int, code: str, message: str) -> None:
        told = f"{message} ({code})" if code else message
        super().__init__(endpoint, f"refused with {status}: {told}")
        self.status = status
        self.code = code
        self.message = message


class NotFound(Refused):
    """What the call names does not exist."""


class Unauthorized(Refused):
    """401: a wrong key, or a business refusal (credits, an opt-out, a sent message): the text tells which."""


class Throttled(Failure):
    """429. `retry_after` is the wait in seconds that the server asked for, capped, or None.

    After an operation with an effect `unknown` is true: look, then decide.
    """

    later = True

    def __init__(self, endpoint: Endpoint, retry_after: float | None, *, unknown: bool) -> None:
        asked = "" if retry_after is None else f"; it asks for {retry_after:.0f} s of patience"
        super().__init__(endpoint, f"the server is being called too often (429){asked}", unknown=unknown)
        self.retry_after = retry_after


class OutcomeUnknown(Failure):
    """Something went wrong after the request may have left. `status` is the HTTP status, if an answer came.

    `refusal` is set when an earlier attempt of the same call had an unknown outcome and a later one was refused:
    the refusal may be the echo of the first attempt's success.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        reason: str,
        *,
        status: int | None = None,
        refusal: Refused | None = None,
    ) -> None:
        tail = "; whether it had its effect is not known" if endpoint.effect else ""
        super().__init__(endpoint, f"{reason}{tail}", unknown=endpoint.effect)
        self.status = status
        self.refusal = refusal


class GaveUp(Failure):
    """A call that may be repeated failed until its patience ended. `cause` is the last failure.

    `later` is false when no repeat was tried because none can help (a redirection, a wrong certificate).
    """

    def __init__(self, cause: Failure, attempts: int, *, unknown: bool, later: bool) -> None:
        tries = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        super().__init__(cause.endpoint, f"{cause.reason} (gave up after {tries})", unknown=unknown)
        self.cause = cause
        self.attempts = attempts
        self.later = later


class Overloaded(GaveUp):
    """Gave up, and the last answers were the server's signs of overload: 429, 503, or a page instead of data."""
