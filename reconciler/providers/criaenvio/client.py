"""One Criaenvio account over HTTP: what every operation of the vendor's API has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from reconciler.providers.criaenvio.errors import refusal
from reconciler.providers.criaenvio.pages import NUMBER, Page, embedded, listing
from reconciler.providers.criaenvio.sweep import rows
from reconciler.transport import (
    Access,
    Account,
    Decode,
    Endpoint,
    InQuery,
    InvalidIdError,
    InvalidRequest,
    Key,
    Learned,
    Leaving,
    Limits,
    Meaning,
    Message,
    NotFound,
    Origin,
    OutcomeUnknown,
    Ports,
    Query,
    Session,
    UnexpectedError,
    checked,
    no_word,
)

__all__ = [
    "NUMBER",
    "Client",
    "Page",
    "changed",
    "created",
    "done",
    "embedded",
    "gone",
    "listing",
    "named",
    "record",
    "rows",
]

T = TypeVar("T")

ADDRESS = "https://api.criaenvio.com/v1"
"""The vendor's own base address (reference)."""

KEY_PLACE = InQuery("chave")
"""Where the key goes (reference, "Autenticação")."""


class Client:
    """A connection to one account, usable from several threads; close it, or use it as a context.

    `address` is the API's base address, `key` the account's key, both as text: `InvalidOriginError` and
    `InvalidKeyError` say what is wrong with them. A client with `Access.READ` refuses every operation with an effect.
    Nothing is sent when it is built.
    """

    def __init__(
        self, address: str, key: str, access: Access, limits: Limits | None = None, ports: Ports | None = None
    ) -> None:
        account = Account(Origin.parse(address), Key(key), KEY_PLACE, access)
        self._session = Session(account, limits or Limits(), ports or Ports())

    def listing(self, endpoint: Endpoint, query: Query, decode: Decode) -> Page:
        """One page of a listing of which `decode` reads what is needed. Raises `transport.Failure`."""
        return self._session.call(endpoint, Message(query=query, decode=decode), Meaning(listing, refusal))

    def call(
        self,
        endpoint: Endpoint,
        *ids: str,
        read: Callable[[dict[str, object]], T],
        query: Query | None = None,
        body: Mapping[str, Any] | None = None,
        leaving: Leaving = no_word,
    ) -> T:
        """Does `endpoint` for `ids` and returns what `read` makes of the answer's JSON.

        `read` raises UnexpectedError for JSON of another shape, which counts as a failed attempt; `leaving` is called
        right before the request leaves, and keeps it by raising. Raises `transport.Failure`.
        """
        return self._session.call(endpoint, Message(ids, query or {}, body, leaving), Meaning(read, refusal))

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far per operation (`GET /campos/{id}`), repeats included."""
        return self._session.count

    @property
    def repeats(self) -> Mapping[str, int]:
        """Of `count`, those that repeated a failed attempt of the same call."""
        return self._session.repeats

    @property
    def total(self) -> int:
        """Requests sent so far, repeats included."""
        return sum(self._session.count.values())

    @property
    def server_time(self) -> datetime | None:
        """The server's clock as of the last answer that told it, aware, in UTC."""
        return self._session.server_time

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead of this machine's, as its answers tell."""
        return self._session.skew

    @property
    def rate(self) -> float | None:
        """The present pace in calls per second; None is unlimited."""
        return self._session.rate

    @property
    def slowest(self) -> float:
        """The seconds that the slowest answer so far took."""
        return self._session.slowest

    @property
    def learned(self) -> Learned | None:
        """What was found out about the rate at which the server shows overload."""
        return self._session.learned

    def seconds_for(self, calls: int) -> float:
        """How long so many further calls take at the least, at the present pace."""
        return self._session.seconds_for(calls)

    def bounded(self, calls: int | None, until: float | None) -> AbstractContextManager[None]:
        """Within, what would be one more than `calls` in all, or begin after `until`, raises BudgetSpent instead."""
        return self._session.bounded(calls, until)

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._session!r})"


def record(document: dict[str, object]) -> dict[str, Any]:
    """The one record of an answer, `{"data": {...}}`; also read is a list that holds just it."""
    data = document.get("data")
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict) or not isinstance(data.get("id"), (str, int)) or data["id"] == "":
        raise UnexpectedError("without a record that has an id")
    return data


def created(document: dict[str, object]) -> dict[str, Any]:
    """The record that was created, with its id; also where PUT /mensagens shows it, in `data.registro`."""
    return changed(document) or record(document)


def changed(document: dict[str, object]) -> dict[str, Any] | None:
    """The record as it now is after an update, from `data.registro` or `data` itself; None if the answer shows none."""
    done(document)
    data = document["data"]
    places = [data.get("registro"), data] if isinstance(data, dict) else []
    for place in places:
        if isinstance(place, dict) and isinstance(place.get("id"), (str, int)) and place["id"] != "":
            return place
    return None


def done(document: dict[str, object]) -> None:
    """Nothing but that it was done: `{"data": {"OK": "OK"}}`, or any other `data` without an error."""
    if "error" in document or not isinstance(document.get("data"), (dict, list)):
        raise UnexpectedError("without the confirmation that it should hold")


@contextmanager
def gone() -> Iterator[None]:
    """Around a removal: "does not exist", said to the repeat of a call whose answer was lost, means that it worked."""
    try:
        yield
    except OutcomeUnknown as error:
        if not isinstance(error.refusal, NotFound):
            raise


def named(endpoint: Endpoint, ids: Iterable[str]) -> tuple[str, ...]:
    """`ids` for an operation on several things at once. Raises InvalidRequest when there is none, or one is no id."""
    try:
        found = tuple(map(checked, ids))
    except InvalidIdError as error:
        reason = str(error)
    else:
        if found:
            return found
        reason = "it names nothing to act upon"
    raise InvalidRequest(endpoint, f"{reason}; nothing was sent")
