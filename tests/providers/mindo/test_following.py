"""A `next` is followed on the configured address only; every trick ends with a clear error, and the key stays home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.providers.mindo.client import connect
from reconciler.providers.mindo.envios_em_massa.calls import LIST, Filters, observe
from reconciler.providers.mindo.errors import ForeignAddress
from reconciler.providers.mindo.following import ForeignError, query_of, shown
from reconciler.transport import Origin, Ports
from tests.providers.conftest import MINDO_KEY, QUICK, Service
from tests.transport.conftest import Behaviour, FakeClock, Scripted, answer

PATH = "/api/v1/meta-templates/bulk-sends/"
OURS = Origin.parse("https://api.exemplo.com.br/mindo")

HOSTILE: dict[str, tuple[str, str]] = {
    "another host": ("https://ladrao.exemplo/mindo{path}?page=2", "host"),
    "a host that begins alike": ("https://api.exemplo.com.br.ladrao.exemplo/mindo{path}?page=2", "host"),
    "a host that ends alike": ("https://ladrao-api.exemplo.com.br/mindo{path}?page=2", "host"),
    "a dot at the end": ("https://api.exemplo.com.br./mindo{path}?page=2", "host"),
    "another port": ("https://api.exemplo.com.br:8443/mindo{path}?page=2", "port"),
    "port 0": ("https://api.exemplo.com.br:0/mindo{path}?page=2", "port"),
    "the port of http": ("https://api.exemplo.com.br:80/mindo{path}?page=2", "port"),
    "http": ("http://api.exemplo.com.br/mindo{path}?page=2", "scheme"),
    "http at the port of https": ("http://api.exemplo.com.br:443/mindo{path}?page=2", "scheme"),
    "ftp": ("ftp://api.exemplo.com.br/mindo{path}?page=2", "scheme"),
    "a user name": ("https://x@api.exemplo.com.br/mindo{path}?page=2", "user name"),
    "a user name that is the host": ("https://api.exemplo.com.br@ladrao.exemplo/mindo{path}?page=2", "user name"),
    "a user name and a port": ("https://api.exemplo.com.br:443@ladrao.exemplo/mindo{path}?page=2", "user name"),
    "no scheme": ("//ladrao.exemplo/mindo{path}?page=2", "whole"),
    "no scheme, our host": ("//api.exemplo.com.br/mindo{path}?page=2", "whole"),
    "a path alone": ("/mindo{path}?page=2", "whole"),
    "a query alone": ("?page=2", "whole"),
    "a number": ("2", "whole"),
    "a backslash": ("https://api.exemplo.com.br\\@ladrao.exemplo/mindo{path}?page=2", "user name"),
    "a backslash for the path": ("https://ladrao.exemplo\\.api.exemplo.com.br/mindo{path}?page=2", "whole"),
    "a fragment": ("https://api.exemplo.com.br/mindo{path}?page=2#x", "whole"),
    "a fragment before the path": ("https://api.exemplo.com.br#/mindo{path}?page=2", "whole"),
    "an escape in the host": ("https://api.exemplo.com.br%2eladrao.exemplo/mindo{path}?page=2", "whole"),
    "white space": ("https://api.exemplo.com.br /mindo{path}?page=2", "plain"),
    "a line break": ("https://api.exemplo.com.br/mindo{path}?page=2\r\nHost: ladrao.exemplo", "plain"),
    "a tab within": ("https://api.exem\tplo.com.br/mindo{path}?page=2", "plain"),
    "a letter that looks alike": ("https://api.ex\u0435mplo.com.br/mindo{path}?page=2", "plain"),
    "a dot that looks alike": ("https://api\u3002exemplo.com.br/mindo{path}?page=2", "plain"),
    "outside the prefix": ("https://api.exemplo.com.br{path}?page=2", "path"),
    "another prefix": ("https://api.exemplo.com.br/mindo2{path}?page=2", "path"),
    "climbing": ("https://api.exemplo.com.br/mindo/../mindo{path}?page=2", "path"),
    "an escape in the path": ("https://api.exemplo.com.br/%6dindo{path}?page=2", "path"),
    "another operation": ("https://api.exemplo.com.br/mindo/api/v1/meta-templates/send-bulk/?page=2", "path"),
    "below the listing": ("https://api.exemplo.com.br/mindo{path}abc/?page=2", "path"),
    "two slashes": ("https://api.exemplo.com.br//mindo{path}?page=2", "path"),
    "two slashes at the end": ("https://api.exemplo.com.br/mindo{path}/?page=2", "path"),
    "no path": ("https://api.exemplo.com.br?page=2", "path"),
    "a query that is none": ("https://api.exemplo.com.br/mindo{path}?page", "query"),
    "a query without UTF-8": ("https://api.exemplo.com.br/mindo{path}?page=%ff", "query"),
    "too many parameters": (
        "https://api.exemplo.com.br/mindo{path}?" + "&".join(f"a{n}=1" for n in range(40)),
        "query",
    ),
    "a parameter twice": ("https://api.exemplo.com.br/mindo{path}?page=2&page=3", "twice"),
    "without end": ("https://api.exemplo.com.br/mindo{path}?page=" + "2" * 5000, "plain"),
}


@pytest.mark.parametrize("trick", HOSTILE)
def test_foreign(trick: str) -> None:
    """An address that is not the listing's own, to the last sign, is refused with the part that is wrong."""
    address, reason = HOSTILE[trick]
    with pytest.raises(ForeignError, match=reason):
        query_of(address.format(path=PATH), OURS, LIST)


@pytest.mark.parametrize(
    "address",
    [
        "https://api.exemplo.com.br/mindo{path}?page=2&status=COMPLETED",
        "https://api.exemplo.com.br:443/mindo{path}?page=2&status=COMPLETED",
        "HTTPS://API.exemplo.com.br/mindo{path}?status=COMPLETED&page=2",
    ],
)
def test_ours(address: str) -> None:
    """The listing's own address is followed however its scheme and host are written."""
    assert query_of(address.format(path=PATH), OURS, LIST) == {"page": "2", "status": "COMPLETED"}


def test_ours_without_a_query() -> None:
    """Also with nothing asked for."""
    assert query_of(f"https://api.exemplo.com.br/mindo{PATH}", OURS, LIST) == {}


@given(address=st.text(max_size=60) | st.from_regex(r"https?://[a-z.:@\\/]{0,30}", fullmatch=True))
@example("https://[::1")
@example("https://api.exemplo.com.br:99999999999/")
def test_anything(address: str) -> None:
    """Any text is either followed or refused with a reason, and can be shown on one line."""
    assert shown(address).isprintable()
    with pytest.raises(ForeignError):
        query_of(address, OURS, LIST)


@pytest.fixture
def elsewhere() -> Iterator[Scripted]:
    """Another server."""
    scripted = Scripted()
    yield scripted
    scripted.close()


@pytest.mark.parametrize("count", [1, 2, None])
@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:{port}/mindo{path}?page=2",
        "http://localhost:{port}/mindo{path}?page=2",
        "http://127.0.0.1:{ours}@127.0.0.1:{port}/mindo{path}?page=2",
        "//127.0.0.1:{port}/mindo{path}?page=2",
        "https://127.0.0.1:{port}/mindo{path}?page=2",
    ],
)
def test_the_key_stays_home(where: str, count: int | None, mindo: Service, elsewhere: Scripted) -> None:
    """A `next` to another server is refused, also when the count is reached already: that server is never called."""
    ports = {"port": elsewhere.url.split(":")[2].split("/")[0], "ours": mindo.url.split(":")[2].split("/")[0]}
    mindo.answers({"count": count, "next": where.format(**ports, path=PATH), "results": [{"id": "u1"}]})
    found = observe(mindo.reader)
    assert next(found).id == "u1"
    with pytest.raises(ForeignAddress, match="the key stays home; set MINDO_URL") as caught:
        next(found)
    assert not caught.value.later
    assert caught.value.__context__ is None
    assert elsewhere.connections == 0
    assert len(mindo.calls) == 1


@pytest.mark.parametrize(
    "where",
    ["https://ladrao.exemplo/{key}?k={key}", "https://{key}@ladrao.exemplo/", "{key}", "https://x/?{key}#{key}"],
)
def test_the_key_is_not_shown(where: str, mindo: Service) -> None:
    """A `next` that echoes the key is told without it."""
    mindo.answers({"count": 2, "next": where.format(key=MINDO_KEY), "results": [{"id": "u1"}]})
    with pytest.raises(ForeignAddress) as caught:
        list(observe(mindo.reader))
    assert MINDO_KEY not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "behaviour",
    [answer(301, b"", Location="https://ladrao.exemplo/"), answer(308, {"count": 0, "results": []}, Location="/outro")],
)
def test_redirected(behaviour: Behaviour, mindo: Service) -> None:
    """Nor is a redirection followed, as some servers answer to a path without its slash."""
    mindo.server.script(behaviour)
    with pytest.raises(Exception, match="a redirection, which is never followed"):
        list(observe(mindo.reader, Filters()))
    assert len(mindo.calls) == 1


def test_ipv6(clock: FakeClock) -> None:
    """An API at an IPv6 address is followed there."""
    with connect("http://[::1]:9/mindo", MINDO_KEY, QUICK, Ports(clock)) as reader:
        found: Any = query_of(f"http://[::1]:9/mindo{PATH}?page=2", reader.origin, LIST)
    assert found == {"page": "2"}
