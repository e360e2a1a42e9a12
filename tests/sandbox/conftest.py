"""A sandbox per test, and a raw client that shows exactly what came over the wire."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from reconciler.sandbox import Sandbox

KEY = "canario+de/teste=="
"""Opens every sandbox here; it must stand in nothing that a sandbox writes."""

SEED = Path(__file__).parent / "cases" / "conta.json"
"""An account with some of everything; its clock starts at 2026-11-02T08:00 in São Paulo (11:00 UTC)."""

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
        self._connection.request(method, path, data, {"Content-Type": kind} if data is not None else {})
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
def api(open_api: Open) -> Api:
    """The account of SEED."""
    return open_api()
