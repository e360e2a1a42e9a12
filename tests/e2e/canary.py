"""A key that leaks easily, every form that it could leak in, and a server that tries to make it leak."""

from __future__ import annotations

import base64
import html
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote

CANARY = "Q2FuYXJ5/Y2hhdmU+c2VncmVkbw=/dG9rZW4+YmFzZTY0=="
"""A key like those that leak most easily: every character of it that has an escaped form somewhere."""


def spellings(key: str) -> frozenset[str]:
    """Every form in which a text may hold the key: raw, escaped for addresses, JSON and HTML, and within base64."""
    raw = key.encode()
    base = [base64.b64encode(bytes(before) + raw).decode() for before in range(3)]
    inner = {text[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6] for before, text in enumerate(base)}
    escaped = {
        key,
        quote(key, safe=""),
        quote(key, safe="").lower(),
        quote(quote(key, safe=""), safe=""),
        quote(key),
        json.dumps(key)[1:-1],
        json.dumps(key)[1:-1].replace("/", "\\/"),
        "".join(sign if sign.isalnum() else f"\\u{ord(sign):04x}" for sign in key),
        html.escape(key),
        "".join(sign if sign.isalnum() else f"&#{ord(sign)};" for sign in key),
        "".join(sign if sign.isalnum() else f"&#x{ord(sign):x};" for sign in key),
        raw.hex(),
    }
    return frozenset(escaped | inner | {text.replace("+", "-").replace("/", "_") for text in inner})


_NEEDLES = tuple(form.encode() for form in sorted(spellings(CANARY)))


def assert_clean(what: str, content: bytes) -> None:
    """Fails, without printing the content, when any spelling of the key is in it."""
    found = [place for place, needle in enumerate(_NEEDLES) if needle in content]
    assert not found, f"the key is in {what} (spelling {found})"


class Echo:
    """A server that answers every request with what it was sent: address, headers, body, wherever it can put it."""

    def __init__(self, status: int, kind: str) -> None:
        self._status, self._kind = status, kind
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        target = connection.recv(65536).decode("latin-1").split(" ")[1]
        body = self._body(f"http://127.0.0.1{target} {CANARY}").encode()
        connection.sendall(
            f"HTTP/1.1 {self._status} {target}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
            f"Location: {target}&again={quote(CANARY)}\r\nSet-Cookie: chave={CANARY}\r\nRetry-After: 0\r\n"
            f"X-Address: {target}\r\nContent-Type: {self._kind}\r\n\r\n".encode("latin-1")
            + body
        )

    def _body(self, told: str) -> str:
        if self._kind == "text/html":
            return f"<html><body><a href='{html.escape(told)}'>{told}</a></body></html>"
        if self._status == 200:
            row = {"nome": told, "email": told, "grupos": {"data": [{"nome": told}]}, "campos": []}
            rows = [{"id": CANARY, **row}, {"id": "C1", **row}]
            return json.dumps({"data": rows, "pagination": {"total": 2}, "embeds": ["grupos", "campos"]})
        return json.dumps({"error": {"code": told, "http_code": self._status, "message": told}})

    def close(self) -> None:
        """Take no more connections.

        A thread that waits in accept() is woken before the socket is closed: when a wait is restarted (a machine that
        was frozen, a debugger), it goes on with the number of the socket, which may be another server's by then.
        """
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()


def environment(root: Path, url: str, **more: str) -> dict[str, str]:
    """What the program sees: the key in its variable, and temporary files beside the workspace."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "CRIAENVIO_URL": url, "CRIAENVIO_CHAVE": CANARY, "TMPDIR": str(root.parent / "tmp"), **more}


def reconciler(root: Path, url: str, *words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """One run of the program at its loudest, and the search through all that it has written anywhere."""
    ran = subprocess.run(
        [sys.executable, "-m", "reconciler", words[0], "-C", str(root), *words[1:]],
        env=environment(root, url, **more),
        capture_output=True,
        timeout=90,
        check=False,
    )
    search(root, ran)
    return ran


def search(root: Path, ran: subprocess.CompletedProcess[bytes] | None = None) -> None:
    """Looks for the key in what a run wrote: streams, and every file below the workspace and the temporary folder."""
    if ran is not None:
        assert_clean("stdout", ran.stdout)
        assert_clean("stderr", ran.stderr)
        assert b"Traceback" not in ran.stdout + ran.stderr or b"fault of the program" in ran.stderr
    for path in root.parent.rglob("*"):
        if path.is_file():
            assert_clean(path.name, path.read_bytes())
