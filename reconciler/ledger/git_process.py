"""The program git, run without a shell, without questions, for a bounded time.

Of its user's configuration it gets what reaching a remote takes, and nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Self

from reconciler.ledger.errors import LedgerError
from reconciler.ledger.home import GitHome

_SECONDS: Final = 60.0
_PASSED_ON: Final = re.compile(
    r"GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_.*|PROXY_.*|HTTP_.*|ALLOW_PROTOCOL|EXEC_PATH|CONFIG_.*)\Z"
)
"""Variables that say how git reaches others. The rest (GIT_DIR, GIT_INDEX_FILE … of a hook) would lead elsewhere."""
_BORROWED: Final = r"(http|https|credential|url|ssh|protocol|safe)\..*|core\.(sshcommand|askpass|gitproxy)"
_OF_REMOTE: Final = "url|pushurl|proxy|proxyauthmethod|uploadpack|receivepack|vcs"
_FIXED: Final = {
    "gc.auto": "0",
    "maintenance.auto": "false",
    "core.hooksPath": os.devnull,
    "advice.detachedHead": "false",
}
_UNASKED: Final = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GCM_INTERACTIVE": "never",  # Git Credential Manager's windows
    "SSH_ASKPASS_REQUIRE": "never",
}
_WHO: Final = "reconciler"
_CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s@]+@")


class Failed(Exception):  # noqa: N818 - becomes a LedgerError that says what for
    """What git said when it could not do its work."""


class Repository:
    """A bare repository of our own, in a temporary folder that ends with it, that knows one remote."""

    def __init__(self, folder: Path, path: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {**environment, "GIT_DIR": str(path)}
        self._end = weakref.finalize(self, shutil.rmtree, path, ignore_errors=True)

    @classmethod
    def beside(cls, home: GitHome) -> Self:
        """One that reaches the remote as the repository around `home.folder` would. Raises LedgerError."""
        outside = plain_environment()
        try:
            top = Path(run_git(home.folder, outside, "rev-parse", "--show-toplevel").decode().strip() or home.folder)
            made_of = run_git(top, outside, "rev-parse", "--show-object-format").decode().strip()
            config = _config(run_git(top, outside, "config", "--list", "-z"), home.remote)
        except Failed as failed:
            raise LedgerError(
                "ledger-unreachable",
                f"{home}: the ledger could not be reached",
                f"git cannot read the repository around {home.folder}: {failed}.",
                "Run in a clone of the repository, or keep the ledger elsewhere (`ledger:` in reconciler.yaml).",
            ) from failed
        if not any(name == f"remote.{home.remote}.url" for name, _ in config):
            raise LedgerError(
                "ledger-unreachable",
                f"{home}: the ledger could not be reached",
                f"The repository at {top} has no remote called {home.remote}.",
                f"Add it (git remote add {home.remote} …), or name another as `remoto` under `ledger: {{git: …}}`.",
            )
        path = Path(tempfile.mkdtemp(prefix="reconciler-ledger-"))
        repository = cls(top, path, _inside(outside, config, path))
        try:
            repository.run("init", "--bare", "--quiet", "--template=", f"--object-format={made_of}", str(path))
        except Failed as failed:
            raise LedgerError(
                "ledger-disk",
                f"{home}: no folder for the ledger's copy could be made",
                f"git cannot work in {path}: {failed}.",
                "Free some space there, or let TMPDIR name another folder.",
            ) from failed
        return repository

    def run(self, *words: str, content: bytes = b"") -> bytes:
        """What git writes when it is called with `words` and `content` on its standard input. Raises Failed."""
        return run_git(self._folder, self._environment, *words, content=content)

    def contents(self, objects: Iterable[str]) -> list[bytes]:
        """The blobs of these names, in order. Raises Failed, ValueError for what is no blob."""
        asked = list(objects)
        answer = self.run("cat-file", "--batch", content="".join(f"{name}\n" for name in asked).encode())
        found, at = [], 0
        for _ in asked:
            head, _, _ = answer[at : at + 200].partition(b"\n")
            _, kind, size = head.split()
            if kind != b"blob":
                raise ValueError(kind)
            begin = at + len(head) + 1
            found.append(answer[begin : begin + int(size)])
            at = begin + int(size) + 1
        return found


def plain_environment() -> dict[str, str]:
    """This process's, less what would lead git elsewhere, let it ask, or let it speak another language."""
    mine = {name: text for name, text in os.environ.items() if not name.startswith("GIT_") or _PASSED_ON.match(name)}
    mine.pop("SSH_ASKPASS", None)
    return mine | _UNASKED


def _config(listed: bytes, remote: str) -> list[tuple[str, str]]:
    """What of a repository's configuration it takes to reach `remote`."""
    wanted = re.compile(rf"{_BORROWED}|remote\.{re.escape(remote)}\.({_OF_REMOTE})", re.DOTALL)
    entries = [entry.partition("\n") for entry in listed.decode(errors="surrogateescape").split("\0") if entry]
    return [(name, value if mark else "true") for name, mark, value in entries if wanted.fullmatch(name)]


def _inside(outside: Mapping[str, str], config: list[tuple[str, str]], path: Path) -> dict[str, str]:
    """The environment of our own repository: its user's configuration counts only as far as it was borrowed.

    It is handed over in the environment, since it may hold a token, and command lines can be read by others.
    """
    entries = [*config, *_FIXED.items()]
    numbered = {f"GIT_CONFIG_KEY_{number}": name for number, (name, _) in enumerate(entries)}
    numbered |= {f"GIT_CONFIG_VALUE_{number}": value for number, (_, value) in enumerate(entries)}
    people = {f"GIT_{role}_{part}": _WHO for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    mine = {name: text for name, text in outside.items() if not name.startswith("GIT_CONFIG")}
    none = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(_trusted(path / "trusted", config))}
    return {**mine, **none, **people, **numbered, "GIT_CONFIG_COUNT": str(len(entries))}


def _trusted(file: Path, config: list[tuple[str, str]]) -> Path:
    """A configuration file with the folders of others that git may read: it takes them from nowhere else."""
    folders = [value.replace("\\", "\\\\").replace('"', '\\"') for name, value in config if name == "safe.directory"]
    file.write_text("[safe]\n" + "".join(f'\tdirectory = "{folder}"\n' for folder in folders), encoding="utf-8")
    return file


def run_git(
    folder: Path, environment: Mapping[str, str], *words: str, content: bytes = b"", seconds: float = _SECONDS
) -> bytes:
    """What git writes. Raises Failed, also when it does not end within `seconds`.

    It runs in a session of its own: there is no terminal to ask on, and Ctrl-C does not reach it during a push.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - fixed words, no shell
            ["git", *words],  # noqa: S607 - the git that the user has
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(f"git cannot be run: {error.strerror or error}") from error
    with process:
        try:
            out, err = process.communicate(content, timeout=seconds)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)  # with the helpers that it started
            if isinstance(error, subprocess.TimeoutExpired):
                raise Failed(f"git {words[0]} did not end within {seconds:g} s") from error
            raise
    if process.returncode:
        raise Failed(_said(err) or f"git {words[0]} ended with {process.returncode}")
    return out


def _said(err: bytes) -> str:
    """Git's own words on one line, without credentials from addresses."""
    lines = [line.strip() for line in err.decode(errors="replace").splitlines() if line.strip()]
    return _CREDENTIALS.sub("", " · ".join(lines))[:500].rstrip(".")
