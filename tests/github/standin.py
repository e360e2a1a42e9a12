"""A stand-in for GitHub's REST API: stateful, over real HTTP on loopback, refusing what GitHub refuses.

    with GitHub() as github:
        loja = github.repository("loja/campanhas")
        pull = loja.open_pull(sha("natal"))
        token = github.token(checks="write", issues="write")
        variables = github.environment(loja, token, event=…)

Artifacts are handed out by a second server, as GitHub's storage is: it refuses a request that carries a token.
Calls are kept in `calls`; `faults` are ordered by appending to them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.github.fault import Fault
from tests.github.refusal import Refusal, missing
from tests.github.request import Answer, Request
from tests.github.routes import route_of
from tests.github.world import BOT, Repository, Token, User

API_VERSIONS = ("2022-11-28",)


class Call(NamedTuple):
    """A request that arrived: with the path behind the API's address, and the query."""

    method: str
    path: str
    status: int | None
    token: bool


class GitHub:
    """The API at `url`, the storage of artifacts at `storage`, and what both know."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.tokens: dict[str, Token] = {}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._stack = ExitStack()
        self.url = self.storage = ""

    def __enter__(self) -> Self:
        self.url = self._serve(_api(self)) + "/api/v3"
        self.storage = self._serve(_storage(self))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _serve(self, handler: type[BaseHTTPRequestHandler]) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    def repository(self, name: str) -> Repository:
        """A new repository, whose first commit main stands at."""
        made = Repository(name, 5000 + 10 * len(self.repositories))
        made.commit("0" * 40)
        self.repositories[name] = made
        return made

    def token(self, user: User = BOT, text: str = "", **permissions: str) -> str:
        """A token that may do this: `issues="write"`, `checks="read"`; other words are those of a workflow's file."""
        text = text or f"ghs_{len(self.tokens):036d}"
        app = "github-actions" if user.login == BOT.login else user.login.removesuffix("[bot]")
        self.tokens[text] = Token(text, permissions, user, app)
        return text

    def environment(self, repository: Repository, token: str, **more: str) -> dict[str, str]:
        """The variables that a step in GitHub Actions has; `more` are others (GITHUB_SHA, GITHUB_EVENT_PATH …)."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": repository.name,
            "GITHUB_REPOSITORY_ID": str(repository.id),
            "GITHUB_TOKEN": token,
            "GITHUB_RUN_ID": "77",
            **more,
        }

    def made(self, method: str, path: str = "") -> list[Call]:
        """The calls of a method whose path has `path` in it."""
        return [call for call in self.calls if call.method == method and path in call.path]

    def fault_of(self, method: str, path: str) -> Fault | None:
        """What befalls this call."""
        return next((fault for fault in self.faults if fault.takes(method, path)), None)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request of the API."""
        try:
            return self._answer(method, target, headers, body)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body, refusal.headers)

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if not headers.get("User-Agent"):
            raise Refusal(
                403, "Request forbidden by administrative rules. Please make sure your request has a UA header"
            )
        if headers.get("X-GitHub-Api-Version") not in API_VERSIONS:
            raise Refusal(400, "X-GitHub-Api-Version is not a supported version")
        token = self._token(headers)
        found = urlsplit(target)
        repository, rest = self._place(found.path)
        routed = route_of(method, rest)
        if routed is None:
            raise missing()
        route, number = routed
        levels = [need.partition("=") for need in route.needs]
        if not any(token.may(name, level) for name, _, level in levels):
            needs = "; ".join(route.needs)
            raise Refusal(403, "Resource not accessible by integration", x_accepted_github_permissions=needs)
        query = dict(parse_qsl(found.query))
        words = tuple(rest.split("/"))
        request = Request(repository, token, words, number, query, _read(method, body), self.url, self.storage)
        return self._paged(route.answer(request), repository, rest, query)

    def _token(self, headers: Mapping[str, str]) -> Token:
        scheme, _, text = headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "token") or text not in self.tokens:
            raise Refusal(401, "Bad credentials")
        return self.tokens[text]

    def _place(self, path: str) -> tuple[Repository, str]:
        """Which repository a path is about, by name or (as in links to further pages) by number, and the rest of it."""
        words = path.removeprefix("/api/v3/").split("/")
        for each in self.repositories.values():
            if words[:3] == ["repos", *each.name.split("/")]:
                return each, "/".join(words[3:])
            if words[:2] == ["repositories", str(each.id)]:
                return each, "/".join(words[2:])
        raise missing()

    def _paged(self, answer: Answer, repository: Repository, rest: str, query: Mapping[str, str]) -> Answer:
        if answer.paged is None:
            return answer
        size = min(int(query.get("per_page", "30")), 100)
        page, total = int(query.get("page", "1")), len(answer.body)
        shown = answer.body[(page - 1) * size : page * size]
        more = dict(query) | {"page": str(page + 1)}
        link = f'<{self.url}/repositories/{repository.id}/{rest}?{urlencode(more)}>; rel="next"'
        headers = {"Link": link} if page * size < total else {}
        body = {"total_count": total, answer.paged: shown} if answer.paged else shown
        return Answer(answer.status, body, headers)


def _read(method: str, body: bytes) -> dict[str, Any]:
    if method in ("GET", "DELETE"):
        return {}
    try:
        read = json.loads(body)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(read, dict):
        raise Refusal(400, "Body should be a JSON object")
    return read


def _api(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Api(_Quiet):
        def _respond(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.removeprefix("/api/v3/")
            with github.lock:
                fault = github.fault_of(method, path)
                answer = None
                if fault is None or fault.effect:
                    answer = github.answer(method, self.path, self.headers, body)
                status = fault.status if fault else answer.status if answer else None
                github.calls.append(Call(method, path, status, "Authorization" in self.headers))
            if fault is None:
                self.send(answer)
            else:
                self._fail(fault, answer)

        def _fail(self, fault: Fault, answer: Answer | None) -> None:
            sleep(fault.hold)
            if fault.status is not None:
                self.send(Answer(fault.status, fault.body, fault.headers))
                return
            if fault.cut:
                self.send(answer, cut=True)
            self.close_connection = True

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = lambda self: self._respond(self.command)  # noqa: N815

    return Api


def _storage(github: GitHub) -> type[BaseHTTPRequestHandler]:
    class Storage(_Quiet):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            with github.lock:
                fault = github.fault_of("GET", f"storage{path}")
                _, repository, artifact = path.split("/")
                found = [each for each in github.repositories.values() if str(each.id) == repository]
                content = found[0].artifacts[int(artifact)].content if found else b""
                leaked = "Authorization" in self.headers
                status = fault.status if fault else 400 if leaked else 200
                github.calls.append(Call("GET", f"storage{path}", status, leaked))
            if fault is not None:
                self.close_connection = True
                if fault.status is not None:
                    self.send(Answer(fault.status, fault.body, fault.headers))
            elif leaked:  # as Azure's storage does: two ways of signing are one too many
                self.send(Answer(400, b"<Error>InvalidAuthenticationInfo</Error>"))
            else:
                self.send(Answer(200, content, {"Content-Type": "application/zip"}))

    return Storage


class _Quiet(BaseHTTPRequestHandler):
    """Answers, and says nothing about it."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own
        """Nothing."""

    def send(self, answer: Answer | None, *, cut: bool = False) -> None:
        """Write an answer; with `cut` only half of it."""
        if answer is None:
            return
        body = answer.body
        text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response(answer.status)
        kind = {} if answer.status == 204 else {"Content-Type": "application/json; charset=utf-8"}
        for name, value in (kind | dict(answer.headers)).items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[: len(text) // 2] if cut else text)
