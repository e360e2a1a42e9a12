"""A key in a header is as well kept as one in the query: one place, one server, and nothing else is different."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reconciler.transport import (
    Access,
    Endpoint,
    GaveUp,
    InHeader,
    InQuery,
    InvalidRequest,
    Meaning,
    Message,
    Place,
    Refused,
    Repeat,
    Unauthorized,
    WriteForbidden,
)
from tests.transport.conftest import (
    CANARY,
    CHAVE,
    ERROR,
    OK,
    PAGE,
    POST,
    PUT,
    READ,
    Behaviour,
    Caller,
    Scripted,
    answer,
    failing,
    refusal,
    value,
)

BEARER = InHeader("Authorization", "Bearer")
PLACES = [CHAVE, BEARER, InHeader("X-API-Key")]
DEEP = Endpoint("GET", "/api/v1/meta-templates/bulk-sends/", Repeat.FREELY, effect=False)
MESSAGES = Endpoint("GET", "/channels/{channelId}/conversations/{conversationId}", Repeat.FREELY, effect=False)


@pytest.fixture
def elsewhere() -> Iterator[Scripted]:
    """Another server."""
    scripted = Scripted()
    yield scripted
    scripted.close()


@pytest.mark.parametrize(
    ("place", "target", "name", "text"),
    [
        (InQuery("chave"), "/v1/coisas/a1?x=1&chave=Zm9v%2BYmFy%2Fcanary%3D%3D", "", ""),
        (BEARER, "/v1/coisas/a1?x=1", "authorization", f"Bearer {CANARY}"),
        (InHeader("X-API-Key"), "/v1/coisas/a1?x=1", "x-api-key", CANARY),
    ],
)
def test_written(
    *, place: Place, target: str, name: str, text: str, server: Scripted, calling: Callable[..., Caller]
) -> None:
    """The key stands just as the vendor documents it, and the address is free of it when it is in a header."""
    calling(server.url, place=place).do(READ, x="1")
    assert server.received[0].target == target
    assert server.received[0].headers.get(name, "") == text


@pytest.mark.parametrize("place", PLACES, ids=repr)
@pytest.mark.parametrize("endpoint", [DEEP, MESSAGES], ids=str)
def test_paths(endpoint: Endpoint, place: Place, server: Scripted, calling: Callable[..., Caller]) -> None:
    """Deep paths, and a slash at the end, are called as they are; without any query there is no question mark."""
    ids = ("c-1", "6650a1b2c3d4e5f6a7b8c9d1")[: endpoint.path.count("{")]
    calling(server.url, place=place).session.call(endpoint, Message(ids), Meaning(value, refusal))
    path = endpoint.path.replace("{channelId}", "c-1").replace("{conversationId}", "6650a1b2c3d4e5f6a7b8c9d1")
    mark = "?" if place is CHAVE else ""
    assert server.received[0].target.partition("chave")[0] == f"/v1{path}{mark}"


@pytest.mark.parametrize("ids", [("..", "b"), ("a", ""), ("a", "b/c"), ("a", "b?x"), ("a%2f", "b"), ("a",)], ids=repr)
def test_ids(ids: tuple[str, ...], server: Scripted, calling: Callable[..., Caller]) -> None:
    """An id cannot leave its segment of a deeper path either; nothing is sent."""
    session = calling(server.url, place=BEARER).session
    with pytest.raises(InvalidRequest):
        session.call(MESSAGES, Message(ids), Meaning(value, refusal))
    assert not server.received


@pytest.mark.parametrize("place", PLACES, ids=repr)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirected(
    status: int, place: Place, server: Scripted, elsewhere: Scripted, calling: Callable[..., Caller]
) -> None:
    """No redirection is followed, wherever the key travels: the other server is never called."""
    server.script(answer(status, PAGE, Location=f"{elsewhere.url}/coisas/a1"))
    with failing(GaveUp) as caught:
        calling(server.url, place=place).do(READ)
    assert "redirection" in str(caught[0])
    assert elsewhere.connections == 0


@pytest.mark.parametrize("place", PLACES, ids=repr)
@pytest.mark.parametrize("endpoint", [PUT, POST], ids=str)
def test_reading_only(endpoint: Endpoint, place: Place, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A session that reads refuses every operation with an effect before anything is sent."""
    with failing(WriteForbidden):
        calling(server.url, Access.READ, place=place).do(endpoint)
    assert not server.received


UNWORDED: dict[str, Behaviour] = {
    "a web page": answer(401, PAGE),
    "nothing": answer(401, b""),
    "a list": answer(401, [ERROR]),
    "another's words": answer(401, {"detail": "no"}),
}


@pytest.mark.parametrize("body", UNWORDED)
def test_unworded_401(body: str, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A read that is answered 401 is refused at once, under any body: to go on with this key helps nobody."""
    server.script(UNWORDED[body])
    with failing(Unauthorized) as caught:
        calling(server.url, place=BEARER).do(READ)
    assert isinstance(caught[0], Refused)
    assert caught[0].status == 401
    assert len(server.received) == 1


def test_the_header_is_there_once(server: Scripted, calling: Callable[..., Caller]) -> None:
    """The same session calls again and again with the same one header."""
    server.script(answer(200, OK))
    caller = calling(server.url, place=BEARER)
    for _ in range(3):
        caller.do(READ)
    assert [request.headers["authorization"] for request in server.received] == [f"Bearer {CANARY}"] * 3
