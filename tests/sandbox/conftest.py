"""A sandbox per test, and a raw client that shows exactly what came over the wire."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from reconciler.sandbox import Sandbox

KEY = "canario+de/teste=="
"""Opens every sandbox here; it must stand in nothing that a sandbox writes."""

SEED = Path(__file__).parent / "cases" / "conta.json"
"""An account with some of everything; its clock starts at 2026-11-02T08:00 in São Paulo (11:00 UTC)."""

CHANNELS = Path(__file__).parent / "cases" / "canais.json"
"""The other channels of an account at the same time, which stands still if `open_still` opens it."""

BULK_SENDS = "/api/v1/meta-templates/bulk-sends/"
"""Mindo's one call."""

Body = Mapping[str, Any] | str | bytes | None


@dataclass(frozen=True)
class Answer:
    """One answer: status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """What a successful answer holds."""
        assert self.status == 200, self.body
        return self.json["data"]

    @property
    def message(self) -> str:
        """What a refusal says."""
        assert self.status >= 400, self.body
        text: str = self.json["error"]["message"]
        return text


class Api:
    """Calls one sandbox over one connection. Methods: (path, body) → Answer; a text body is sent as a form."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)

    def call(self, method: str, path: str, body: Body = None, key: str | None = KEY) -> Answer:
        """One call below the API's base, or below `/_sandbox/` if the path begins so."""
        own = path.startswith("/_sandbox/")
        if not own:
            mark = "&" if "?" in path else "?"
            path = f"/v1{path}" + (f"{mark}chave={quote(key, safe='')}" if key is not None else "")
        form = isinstance(body, str)
        data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None
        if data is None and body is not None:
            data = json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return self.ask(method, path, {"Content-Type": kind} if data is not None else {}, data)

    def ogmma(self, path: str, key: str | None = KEY, method: str = "GET") -> Answer:
        """One call below the base of Ogmma's API."""
        return self.ask(method, f"/ogmma/v1{path}", {} if key is None else {"Authorization": f"Bearer {key}"})

    def mindo(self, path: str, key: str | None = KEY, method: str = "GET") -> Answer:
        """One call below the base of Mindo's API."""
        return self.ask(method, f"/mindo{path}", {} if key is None else {"X-API-Key": key})

    def ask(self, method: str, target: str, headers: Mapping[str, str], data: bytes | None = None) -> Answer:
        """One request, as it is, without any key but those that it has."""
        self._connection.request(method, target, data, dict(headers))
        response = self._connection.getresponse()
        content = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def get(self, path: str) -> Answer:
        """GET."""
        return self.call("GET", path)

    def post(self, path: str, body: Body = None) -> Answer:
        """POST."""
        return self.call("POST", path, body)

    def put(self, path: str, body: Body = None) -> Answer:
        """PUT."""
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.call("DELETE", path)

    def close(self) -> None:
        """Hang up; the next call connects anew."""
        self._connection.close()


Open = Callable[..., Api]


@pytest.fixture
def open_api() -> Iterator[Open]:
    """Opens sandboxes (arguments as `Sandbox.open`, by default with SEED and KEY) and closes them after the test."""
    with ExitStack() as stack:

        def opened(
            state: Path | None = None, seed: Path | Mapping[str, Any] | None = SEED, key: str | None = KEY, **more: Any
        ) -> Api:
            api = Api(stack.enter_context(Sandbox.open(state, seed, key=key, **more)))
            stack.callback(api.close)
            return api

        yield opened


@pytest.fixture
def open_still(open_api: Open) -> Open:
    """As `open_api`, by default with CHANNELS; the clock stands still, on the second that the seed says."""

    def opened(seed: Path | Mapping[str, Any] = CHANNELS, **more: Any) -> Api:
        api = open_api(seed=seed, **more)
        api.sandbox.clock.stop()
        api.sandbox.clock.set(datetime(2026, 11, 2, 11, 0, tzinfo=UTC))
        return api

    return opened


@pytest.fixture
def api(open_api: Open) -> Api:
    """The account of SEED."""
    return open_api()
