"""Steps of a run as they cross into the system, counted from inside its process, which can be made to die at any one.

A step is a write of the ledger (write, fsync, rename, …) or a request; it has two moments, `before` it and `after` it.
After a request means: the answer can be read (or the connection has ended) and nothing of it has been. The system's
functions are wrapped after the process has been forked and before the program begins; the program knows nothing of it.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias

from reconciler.engine.bond import STAMP
from reconciler.sandbox.criaenvio.call import BASE

_NEW_ID = 2
"""Signs of the ids that the sandbox gives to its first objects; a seed whose ids are longer tells them apart."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """The `number`-th (from 1) passing of a boundary: `before POST /campos`, `after fsync journal`."""

    name: str
    number: int = 1

    def __str__(self) -> str:
        return f"{self.name} #{self.number}"


@dataclass(frozen=True, slots=True)
class Death:
    """When to die: at `moment`, or `later` moments after it."""

    moment: Moment
    later: int = 0

    def __str__(self) -> str:
        return f"{self.later} after {self.moment}" if self.later else str(self.moment)


@dataclass(frozen=True, slots=True)
class Passed:
    """One moment as it was passed.

    `intent` is the id of the intent that the journal's line begins or ends, or the stamps of those whom it announces or
    withdraws, each in hexadecimal digits, with spaces in between.
    """

    moment: Moment
    intent: str = ""


def passed(trace: Path) -> list[Passed]:
    """What a run has written into its trace, in order; a line that its death cut short is dropped."""
    lines = trace.read_text(encoding="utf-8").splitlines(keepends=True) if trace.exists() else []
    told = [json.loads(line) for line in lines if line.endswith("\n")]
    return [Passed(Moment(name, number), intent) for name, number, intent in told]


@dataclass(slots=True)
class Recorder:
    """Counts moments, writes them into `trace`, and dies at `death`. For a process that is to be watched."""

    root: Path
    trace: Path
    death: Death | None
    _seen: Counter[str] = field(default_factory=Counter)
    _left: int | None = None
    _lock: Any = field(default_factory=RLock)
    _handle: int = -1

    def install(self) -> None:
        """Watch this process from now on."""
        self._handle = os.open(self.trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        write = os.write
        self._note = lambda line: write(self._handle, line)
        _Files(self).install()
        _Requests(self).install()

    _note: Callable[[bytes], int] = field(default=len)

    def pass_(self, name: str, intent: str = "") -> None:
        """One moment; this may be the last thing that the process does."""
        with self._lock:
            self._seen[name] += 1
            moment = Moment(name, self._seen[name])
            self._note(json.dumps([name, moment.number, intent]).encode() + b"\n")
            if self._left is not None:
                self._left -= 1
            elif self.death is not None and self.death.moment == moment:
                self._left = self.death.later
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


_Call: TypeAlias = Callable[..., Any]


class _Files:
    """The ledger's files: every call that changes one of them, by what it does to which."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._folder = f"{recorder.root.resolve()}/"
        self._readlink = os.readlink

    def install(self) -> None:
        """Wrap the system's functions that the ledger's durability rests on."""
        for name in ("write", "pwrite", "ftruncate", "fsync"):
            self._wrap(os, name, self._of_handle)
        for name in ("replace", "rename"):
            self._wrap(os, name, self._of_target)
        self._wrap(os, "unlink", self._of_path)
        self._wrap(os, "open", self._of_creation)
        self._wrap(fcntl, "flock", self._of_lock)

    def _wrap(self, module: Any, name: str, subject: Callable[..., str]) -> None:
        call: _Call = getattr(module, name)

        def wrapped(*args: Any, **rest: Any) -> Any:
            about = subject(*args, **rest)
            if not about:
                return call(*args, **rest)
            step, intent = f"{name} {about}", ""
            if name == "write":
                entry, intent = _entry(args[1])
                step = f"{step} {entry}".strip()
            self._recorder.pass_(f"before {step}", intent)
            result = call(*args, **rest)
            self._recorder.pass_(f"after {step}", intent)
            return result

        setattr(module, name, wrapped)

    def _of_handle(self, handle: int, *_args: Any) -> str:
        return self._kind(self._readlink(f"/proc/self/fd/{handle}"))

    def _of_path(self, path: Any, *_args: Any, **_rest: Any) -> str:
        return self._kind(os.fspath(path))

    def _of_target(self, _source: Any, target: Any, *_args: Any, **_rest: Any) -> str:
        return self._kind(os.fspath(target))

    def _of_creation(self, path: Any, flags: int, *_args: Any, **_rest: Any) -> str:
        return self._kind(os.fspath(path)) if flags & (os.O_CREAT | os.O_TRUNC) else ""

    def _of_lock(self, handle: Any, operation: int) -> str:
        """Taking the lock file; the journal's own is taken and freed around every step."""
        kind = self._of_handle(handle) if isinstance(handle, int) else ""
        return kind if kind == "lock" and not operation & fcntl.LOCK_UN else ""

    def _kind(self, path: str) -> str:
        """Which of the ledger's files a path names, empty for others."""
        if not path.startswith(self._folder):
            return ""
        name = path.rpartition("/")[2]
        if name.endswith(".new"):
            return f"new {self._kind(path.removesuffix('.new'))}"
        if path == f"{self._folder}.reconciler":
            return "folder"
        return {"json": "snapshot", "journal": "journal", "lock": "lock", "lineage": "lineage"}.get(
            name.rpartition(".")[2], ""
        )


def _entry(line: bytes | memoryview) -> tuple[str, str]:
    """What a journal line records, and of which kind of resource, with the intent's id."""
    try:
        told = json.loads(bytes(line))
        data = told["data"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if told["op"] in ("announce", "withdraw"):
        return f"{told['op']} contato", b64decode(data["stamps"]).hex(" ", STAMP)
    token = str(data.get("token") or data.get("address") or "")
    return f"{told['op']} {token.partition('.')[0]}".strip(), str(data.get("id") or "")


class _Requests:
    """The requests: before the first byte leaves, and once there is something to read, or the time has run out."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._open: dict[int, str] = {}

    def install(self) -> None:
        """Wrap what the HTTP library sends and receives with."""
        send, receive = socket.socket.send, socket.socket.recv

        def sending(sock: socket.socket, data: Any, *flags: int) -> int:
            call = _call(bytes(data[:400]))
            if call:
                self._open[sock.fileno()] = call
                self._recorder.pass_(f"before {call}")
            return send(sock, data, *flags)

        def receiving(sock: socket.socket, *args: int) -> bytes:
            call = self._open.pop(sock.fileno(), "")
            if call:
                select.select([sock], [], [], sock.gettimeout())
                self._recorder.pass_(f"after {call}")
            return receive(sock, *args)

        socket.socket.send, socket.socket.recv = sending, receiving  # type: ignore[method-assign, assignment]


def _call(head: bytes) -> str:
    """`POST /campos`, for the first bytes of a request; ids of new objects stand as question marks."""
    method, _, rest = head.partition(b" ")
    if method not in (b"GET", b"POST", b"PUT", b"DELETE"):
        return ""
    path = rest.partition(b" ")[0].partition(b"?")[0].decode("ascii", "replace").removeprefix(BASE)
    return f"{method.decode()} {pattern(path)}"


def pattern(path: str) -> str:
    """A path with `??` for every id that the server has given to a new object: what a fault can be ordered for."""
    return "/".join("?" * _NEW_ID if len(part) == _NEW_ID else part for part in path.split("/"))
