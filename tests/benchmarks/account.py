"""A large account behind HTTP that answers fast: pages of contacts are written by a template, none is held.

`python -m tests.benchmarks.account --contacts 1000000` prints its address and serves until it is ended. It knows the
listings that a plan of contacts reads, as the sandbox shows them, with every relation embedded, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import socketserver
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.benchmarks.people import FIELDS, LISTS, REPEAT, person, values


def live_id(number: int) -> str:
    """Its id, as long as the vendor's."""
    return f"5f{number:022x}"


class Pages:
    """The account's answers."""

    def __init__(self, contacts: int) -> None:
        self._contacts = contacts
        self._lists = json.dumps([self._list(number) for number in range(LISTS)])

    def _list(self, number: int) -> dict[str, Any]:
        return {"id": f"L{number}", "nome": f"Lista {number}", "ativo": True, "contatos_ativos": str(self._contacts)}

    def answer(self, path: str, query: dict[str, str]) -> str:
        """The JSON of one listing; unknown paths are empty."""
        match path.removeprefix("/v1"):
            case "/contatos":
                return self._people(query)
            case "/campos":
                fields = [{"id": f"K{number}", "nome": f"Campo {number}"} for number in range(FIELDS)]
                return _page(json.dumps(fields), FIELDS, 1, 100)
            case "/grupos" if query.get("ativo") == "true":
                return _page(self._lists, LISTS, 1, 100)
            case _:
                return _page("[]", 0, 1, 100)

    def _people(self, query: dict[str, str]) -> str:
        size, page = int(query.get("number", "30")), int(query.get("page", "1"))
        if "id" in query:
            chosen = [int("0x" + name[2:], 0) for name in query["id"].split(",")]
            numbers: range | list[int] = chosen[(page - 1) * size : page * size]
            total = len(chosen)
        else:
            total = self._contacts
            numbers = range(min(total, (page - 1) * size), min(total, page * size))
        related = "embeds" in query
        return _page("[" + ", ".join(self._row(number, related) for number in numbers) + "]", total, page, size)

    def _row(self, number: int, related: bool) -> str:
        who = person(number)
        row = (
            f'{{"id": "{live_id(number)}", "nome": "Pessoa N\\u00famero {number}", "email": "{who["email"]}",'
            f' "qualidade": "5", "ativo": true, "descadastrado": false, "sexo": "{who["sexo"]}",'
            f' "dataNascimento": "{who["data_de_nascimento"]}", "dataCadastro": "2026-11-02 08:00:00"'
        )
        if not related:
            return row + "}"
        said = _VALUES[number % REPEAT]
        return f'{row}, "grupos": {{"data": {self._lists}, {_LAST}}}, "campos": {{"data": {said}}}}}'


_LAST = '"pagination": {"total": 3, "count": 3, "per_page": 30, "current_page": 1, "total_pages": 1, "links": []}'


def _page(rows: str, total: int, page: int, size: int) -> str:
    pages = max(1, -(-total // size))
    links = "[]" if page >= pages else '{"next": "http://127.0.0.1/next"}'
    return (
        f'{{"data": {rows}, "pagination": {{"total": {total}, "count": {min(size, total)}, "per_page": {size},'
        f' "current_page": {page}, "total_pages": {pages}, "links": {links}}}, "embeds": ["grupos", "campos"]}}'
    )


_VALUES = [
    json.dumps([{"id": f"K{n}", "nome": f"Campo {n}", "valor": value} for n, value in enumerate(values(first))])
    for first in range(REPEAT)
]


class _Answers(socketserver.StreamRequestHandler):
    """Reads requests off one connection until it is closed."""

    server: _Server

    def handle(self) -> None:
        """One request after the other."""
        while line := self.rfile.readline():
            while self.rfile.readline().strip():
                pass
            url = urlsplit(line.split()[1].decode("ascii"))
            body = self.server.pages.answer(url.path, dict(parse_qsl(url.query))).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode("ascii") + body)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        super().__init__(("127.0.0.1", 0), _Answers)


@contextmanager
def account(contacts: int) -> Iterator[str]:
    """An account of so many contacts, in a process of its own: the API's base address."""
    words = [sys.executable, "-m", "tests.benchmarks.account", "--contacts", str(contacts)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, required=True)
    with _Server(Pages(parser.parse_args().contacts)) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}/v1\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
