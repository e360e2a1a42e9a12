"""Only one plain address is ever called; every trick to send the key elsewhere is refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import httpcore
import pytest

from reconciler.transport import (
    Endpoint,
    InvalidIdError,
    InvalidOriginError,
    InvalidRequest,
    Key,
    Meaning,
    Message,
    Origin,
    Repeat,
)
from reconciler.transport.deadline import Deadline, within
from reconciler.transport.keyed import KeyedPools
from reconciler.transport.parcel import Parcel
from tests.transport.conftest import CANARY, CHAVE, OK, POST, READ, Caller, FakeClock, Scripted, refusal, value

ADDRESS_TRICKS = [
    "",
    " ",
    "api.criaenvio.com/v1",
    "//api.criaenvio.com/v1",
    "http://api.criaenvio.com/v1",
    "HTTP://api.criaenvio.com/v1",
    "ftp://api.criaenvio.com/v1",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https:api.criaenvio.com/v1",
    "https:/api.criaenvio.com/v1",
    "https:///api.criaenvio.com/v1",
    "https://",
    "https://:443/v1",
    "https://user@api.criaenvio.com/v1",
    "https://api.criaenvio.com@ladrao.exemplo/v1",
    "https://api.criaenvio.com:443@ladrao.exemplo/v1",
    "https://ladrao.exemplo\\@api.criaenvio.com/v1",
    "https://ladrao.exemplo\\.api.criaenvio.com/v1",
    "https://api.criaenvio.com/v1?x=1",
    "https://api.criaenvio.com/v1#x",
    "https://api.criaenvio.com/v1/../admin",
    "https://api.criaenvio.com/v1/./",
    "https://api.criaenvio.com//v1",
    "https://api.criaenvio.com/v1//",
    "https://api.criaenvio.com/%76%31",
    "https://api.criaenvio.com%2eladrao.exemplo/v1",
    "https://api.criaenvio.com\n.ladrao.exemplo/v1",
    "https://api.criaenvio.com/v1\r\nHost: ladrao.exemplo",
    "https://api.criaenvio.com/v1 ",
    "\thttps://api.criaenvio.com/v1",
    "https://api.criaenvio.com\u200b/v1",
    "https://api.criaenvi\u043e.com/v1",
    "https://api\u3002criaenvio.com/v1",
    "https://api.criaenvio.com\uff0fv1",
    "https://xn--criaenvi-86b.com/v1",
    "https://api.criaenvio.com./v1",
    "https://.criaenvio.com/v1",
    "https://api..criaenvio.com/v1",
    "https://-api.criaenvio.com/v1",
    "https://api_criaenvio.com/v1",
    "https://api.criaenvio.com:0/v1",
    "https://api.criaenvio.com:65536/v1",
    "https://api.criaenvio.com:0443/v1",
    "https://api.criaenvio.com:/v1",
    "https://api.criaenvio.com:44a/v1",
    "http://127.1/v1",
    "http://0x7f.0.0.1/v1",
    "http://0177.0.0.1/v1",
    "http://2130706433/v1",
    "http://127.0.0.1.exemplo.org/v1",
    "http://127.0.0.256/v1",
    "http://0.0.0.0/v1",
    "http://localhost.exemplo.org/v1",
    "http://[::ffff:127.0.0.1]/v1",
    "http://[::1%25eth0]/v1",
    "http://[::1/v1",
    "http://10.0.0.1/v1",
    "https://" + "a" * 3000,
]
ID_TRICKS = [
    "",
    ".",
    "..",
    "../../admin",
    "a/b",
    "a?b",
    "a#b",
    "a%2fb",
    "a b",
    "a\n",
    "a\r\nX: y",
    "a\\b",
    "a;b",
    "a:b",
    "a@b",
    "ç",
    "\uff41",
    "a\0",
    "a,b",
    "a" * 65,
]


@pytest.mark.parametrize("text", ADDRESS_TRICKS)
def test_tricks(text: str) -> None:
    """An address that anybody could read differently is refused, with reason and remedy, on one line."""
    with pytest.raises(InvalidOriginError) as caught:
        Origin.parse(text)
    assert caught.value.reason
    assert caught.value.remedy
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://api.criaenvio.com/v1", "https://api.criaenvio.com/v1"),
        ("https://api.criaenvio.com/v1/", "https://api.criaenvio.com/v1"),
        ("HTTPS://API.Criaenvio.com:443/v1", "https://api.criaenvio.com/v1"),
        ("https://api.criaenvio.com", "https://api.criaenvio.com"),
        ("https://203.0.113.7:8443/a/b", "https://203.0.113.7:8443/a/b"),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.8.9.10:80/v1", "http://127.8.9.10/v1"),
        ("http://localhost:9/v1", "http://localhost:9/v1"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
        ("https://[2001:db8::7]/v1", "https://[2001:db8::7]/v1"),
    ],
)
def test_plain(text: str, shown: str) -> None:
    """A plain address is taken and put into its normal form, which is its own normal form."""
    assert str(Origin.parse(text)) == shown
    assert str(Origin.parse(shown)) == shown


@pytest.mark.parametrize("text", ID_TRICKS)
@pytest.mark.parametrize("endpoint", [READ, POST], ids=str)
def test_ids(text: str, endpoint: Endpoint, server: Scripted, calling: Callable[..., Caller]) -> None:
    """An id that would change the address is refused before anything is sent, in the path and in lists alike."""
    session = calling(server.url).session
    for message in (Message((text,)), Message(("a1",), {"id": ("b2", text)})):
        with pytest.raises(InvalidRequest) as caught:
            session.call(endpoint, message, Meaning(value, refusal))
        assert str(caught.value).isprintable()
    assert not server.received


def test_number_of_ids() -> None:
    """A path is filled completely or not at all."""
    both = Endpoint("GET", "/a/{id}/b/{outro}", Repeat.FREELY, effect=False)
    assert both.at("-x", "_Y9") == "/a/-x/b/_Y9"
    for ids in ((), ("a",), ("a", "b", "c")):
        with pytest.raises(InvalidIdError):
            both.at(*ids)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "coisas",
        "//coisas",
        "/coisas//a",
        "/../v2/coisas",
        "/./coisas",
        "/coisas/a%2fb",
        "/coisas?x=1",
        "/coisas#x",
        "/coisas;x",
        "/@evil.example/coisas",
        "\\coisas",
        "/coisas a",
        "/coisas\r\nX-Header: 1",
        "/coisas\n",
        "/co\u0131sas",
        "https://evil.example/coisas",
    ],
)
@pytest.mark.parametrize("fresh", [True, False])
def test_allow_list(path: str, fresh: bool, server: Scripted, clock: FakeClock) -> None:
    """Whatever builds a request, the lowest layer sends the key to one place, and to plain paths below it only."""
    pools = KeyedPools(Origin.parse(server.url), Key(CANARY), CHAVE, 2)
    with within(Deadline.after(5, clock)):
        answer = pools.send(Parcel("GET", "/coisas", b"", None, fresh), 5)
        assert (answer.status, json.loads(answer.read())) == (200, OK)
        answer.close()
        with pytest.raises(httpcore.UnsupportedProtocol, match="not the API's"):
            pools.send(Parcel("GET", path, b"", None, fresh), 5)
    pools.close()
    assert [request.target for request in server.received] == ["/v1/coisas?chave=" + quote(CANARY, safe="")]


def test_query(server: Scripted, calling: Callable[..., Caller]) -> None:
    """The query is written as the vendor reads it, and the key comes last."""
    calling(server.url).session.call(
        READ,
        Message(("a1",), {"nome": "São Paulo & cia", "ativo": True, "id": ("a", "-b"), "page": 2, "x": None, "y": ()}),
        Meaning(value, refusal),
    )
    target = server.received[0].target
    assert target.startswith("/v1/coisas/a1?nome=S%C3%A3o%20Paulo%20%26%20cia&ativo=true&id=a%2C-b&page=2&chave=")
