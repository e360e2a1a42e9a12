"""Git over HTTP as a host offers it: repositories that are private, read and written with tokens that may do so.

Behind it is git's own `git http-backend`, so that what fetches and pushes here does so at GitHub: smart HTTP, any
commit by its id, and a password that is a workflow's token (https://docs.github.com/en/rest/authentication).
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import threading
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.github.standin import GitHub

_FORWARDED = {
    "Content-Type": "CONTENT_TYPE",
    "Content-Encoding": "HTTP_CONTENT_ENCODING",
    "Git-Protocol": "GIT_PROTOCOL",
}


class Forge:
    """Bare repositories below `root`, at `url`. `refused` are the requests that had no right to what they asked for."""

    def __init__(self, root: Path, github: GitHub) -> None:
        self.root, self.github = root, github
        self.url = ""
        self.refused: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def create(self, name: str) -> Path:
        """A new, empty repository; the path of its folder."""
        path = self.root / f"{name}.git"
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(path)], check=True)
        for key in ("http.receivepack", "uploadpack.allowAnySHA1InWant"):
            subprocess.run(["git", "-C", str(path), "config", key, "true"], check=True)
        return path

    def status_of(self, authorization: str, *, writes: bool) -> int:
        """200 if a request with this header may read (write) repositories, else what it is answered."""
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "basic":
            return 401
        token = self.github.tokens.get(base64.b64decode(secret).decode().partition(":")[2])
        if token is None:
            return 401
        return 200 if token.may("contents", "write" if writes else "read") else 403


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own
            """Nothing."""

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(_body(self))

        def _serve(self, body: bytes) -> None:
            status = forge.status_of(self.headers.get("Authorization", ""), writes="git-receive-pack" in self.path)
            if status != 200:
                forge.refused.append(f"{status} {self.path}")
                self.send_response(status)
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            head, _, content = _backend(forge, self, body).partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler


def _body(request: BaseHTTPRequestHandler) -> bytes:
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0))
    parts = []
    while size := int(request.rfile.readline(), 16):
        parts.append(request.rfile.read(size))
        request.rfile.readline()
    request.rfile.readline()
    return b"".join(parts)


def _backend(forge: Forge, request: BaseHTTPRequestHandler, body: bytes) -> bytes:
    """What git http-backend, a CGI program, answers."""
    asked = urlsplit(request.path)
    repository = re.split(r"/(?=info/refs|git-)", asked.path)[0]
    behind = asked.path.removeprefix(repository)
    given = {name: request.headers[header] for header, name in _FORWARDED.items() if header in request.headers}
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(forge.root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REQUEST_METHOD": request.command,
        "QUERY_STRING": asked.query,
        "PATH_INFO": repository.removesuffix(".git") + ".git" + behind,
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_USER": "x-access-token",
        "REMOTE_ADDR": "127.0.0.1",
        **given,
    }
    git = str(shutil.which("git"))
    ran = subprocess.run([git, "http-backend"], input=body, env=environment, capture_output=True, check=True)
    return ran.stdout
