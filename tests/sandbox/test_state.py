"""What is kept, where, and for how long; what goes over the wire; and never the key."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import re
import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from reconciler.sandbox import Sandbox, StateError
from tests.sandbox.conftest import KEY, Api, Open


def test_an_account_outlives_its_process(tmp_path: Path, open_api: Open) -> None:
    """Records, history, orders to come and the clock go on where they stood; the seed is looked at once only."""
    path = tmp_path / "folder" / "conta.sqlite"
    api = open_api(path)
    api.post("/grupos", {"nome": "Nova"})
    api.sandbox.clock.advance(timedelta(days=30))
    before, state, seen = api.sandbox.now(), api.sandbox.state(), len(api.sandbox.history.requests())
    api.sandbox.close()
    again = open_api(path, {"agora": "2001-01-01T00:00"})
    assert again.sandbox.state() == state
    assert timedelta(0) <= again.sandbox.now() - before < timedelta(seconds=10)
    assert len(again.sandbox.history.requests()) == seen
    assert path.stat().st_mode & 0o077 == 0


def test_what_falls_due_between_two_processes_happens(tmp_path: Path, open_api: Open) -> None:
    """A send whose start passes while nothing runs has started when the account is opened again."""
    path = tmp_path / "conta.sqlite"
    api = open_api(path)
    api.sandbox.close()
    later = open_api(path)
    later.sandbox.clock.set(datetime(2026, 11, 20, 21, 0, 5, tzinfo=UTC))
    assert later.get("/envios/Ag").data["status"] == "Concluído"
    assert {item.at for item in later.sandbox.history.deliveries()} >= {datetime(2026, 11, 20, 21, 0, tzinfo=UTC)}


def test_two_processes_share_an_account(tmp_path: Path, open_api: Open) -> None:
    """Two sandboxes on one file are one account."""
    path = tmp_path / "conta.sqlite"
    one, other = open_api(path), open_api(path)
    ident = one.post("/grupos", {"nome": "Nova"}).data["id"]
    assert other.get(f"/grupos/{ident}").data["nome"] == "Nova"


@pytest.mark.parametrize("content", [b"not a database" * 100, b""])
def test_files_that_are_no_state(content: bytes, tmp_path: Path) -> None:
    """A file of another kind is refused in words and left as it is; an empty one is a new account."""
    path = tmp_path / "conta.sqlite"
    path.write_bytes(content)
    if not content:
        Sandbox.open(path).close()
        return
    with pytest.raises(StateError, match=re.escape(str(path))):
        Sandbox.open(path)
    assert path.read_bytes() == content


def test_databases_of_others(tmp_path: Path) -> None:
    """A database that no sandbox made is refused."""
    path = tmp_path / "outra.sqlite"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE coisas (nome TEXT)")
    db.close()
    with pytest.raises(StateError, match="not the state of a sandbox"):
        Sandbox.open(path)


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    """A folder cannot be a state."""
    with pytest.raises(StateError, match="cannot be opened"):
        Sandbox.open(tmp_path)


def test_a_taken_port(api: Api) -> None:
    """A port in use is refused in words."""
    port = urlsplit(api.sandbox.url).port
    with pytest.raises(StateError, match=f"port {port} is taken"):
        Sandbox.open(None, port=port or 1)


def test_reads_change_nothing(api: Api) -> None:
    """No call that is a read has an effect."""
    before = api.sandbox.state()
    for path in (
        "/contatos?embeds=grupos,campos",
        "/grupos",
        "/campos",
        "/remetentes",
        "/mensagens",
        "/envios",
        "/envios/Ag",
    ):
        assert api.get(path).status == 200
    assert api.sandbox.state() == before
    assert not any(item.effect for item in api.sandbox.history.requests())


def test_the_key_is_nowhere(tmp_path: Path, open_api: Open, caplog: pytest.LogCaptureFixture) -> None:
    """The key stands in no file, no answer, no history and no log, in whatever form."""
    caplog.set_level(logging.DEBUG)
    api = open_api(tmp_path / "conta.sqlite")
    answers = [api.get("/contatos?number=1").body, api.get("/nada").body, api.call("GET", "/_sandbox/history").body]
    answers += [api.call("GET", "/_sandbox/state").body, api.call("POST", "/contatos", {"email": "x@exemplo.org"}).body]
    api.call("POST", "/_sandbox/faults", {"kind": "drop", "effect": "later", "delay": 3600})
    with pytest.raises(OSError):  # noqa: PT011 - reset or closed, as the kernel likes
        api.post("/grupos", {"nome": "Nova"})
    api.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + b"".join(answers) + caplog.text.encode()
    for form in (KEY, quote(KEY), quote(KEY, safe=""), json.dumps(KEY)[1:-1], base64.b64encode(KEY.encode()).decode()):
        assert form.encode() not in kept
    assert KEY not in repr(api.sandbox)


def test_a_broken_state_is_a_500(tmp_path: Path, open_api: Open) -> None:
    """What fails inside is answered as the vendor answers its own failures, and the rest goes on."""
    path = tmp_path / "conta.sqlite"
    api = open_api(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE campos")
    assert api.get("/campos").json == {
        "error": {"code": "04-ERRO-INTERNO", "http_code": 500, "message": "Internal Error"}
    }
    assert api.get("/grupos").status == 200


def test_many_clients_at_once(api: Api) -> None:
    """Calls side by side each happen once and whole: ids are unique, and so are e-mail addresses."""

    def work(_: int) -> tuple[str, int]:
        mine = Api(api.sandbox)
        made = (
            mine.post("/grupos", {"nome": "x"}).data["id"],
            mine.post("/contatos", {"email": "um@exemplo.org"}).status,
        )
        mine.close()
        return made

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(40)))
    assert len({ident for ident, _ in results}) == 40
    assert sorted(status for _, status in results) == [200] + [400] * 39
    assert api.sandbox.counts()["listas"] == 44


def test_closing_ends_everything(open_api: Open) -> None:
    """After closing, nothing listens and nothing is held; closing twice is harmless."""
    api = open_api()
    api.get("/campos")
    port = urlsplit(api.sandbox.url).port or 1
    api.sandbox.close()
    api.sandbox.close()
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):  # noqa: PT011
        pass


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /v1/campos HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST /v1/campos HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST /v1/campos HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET /v1/campos HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET /outra HTTP/1.0\r\n\r\n", b"404"),
        (b"HEAD /v1/campos?chave=canario%2Bde/teste%3D%3D HTTP/1.1\r\n\r\n", b"405"),
    ],
)
def test_bad_http(sent: bytes, status: bytes, api: Api) -> None:
    """What is no HTTP request is answered as such, and the connection ends."""
    with socket.create_connection(("127.0.0.1", urlsplit(api.sandbox.url).port or 1), timeout=5) as raw:
        raw.sendall(sent)
        with raw.makefile("rb") as stream:
            assert stream.read().startswith(b"HTTP/1.1 " + status)


def test_chunked_bodies(api: Api) -> None:
    """Bodies may come in chunks, after `100 Continue` if the client waits for it."""
    target = f"/v1/grupos?chave={quote(KEY, safe='')}".encode()
    start = (
        b"POST "
        + target
        + b" HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", urlsplit(api.sandbox.url).port or 1), timeout=5) as raw:
        raw.sendall(start)
        assert raw.recv(100).startswith(b"HTTP/1.1 100")
        raw.sendall(b'8\r\n{"nome":\r\n7\r\n"Nova"}\r\n0\r\n\r\n')
        with raw.makefile("rb") as stream:
            assert b"200 OK" in stream.read()
