"""A ledger at a git remote: a ref that is no branch, each change a commit on it, and the push the compare-and-swap.

Everything is done in a repository of our own in a temporary folder. Of the workspace's repository only the
configuration is read: its work tree, index, branches and objects stay as they are, and it may be shallow or read-only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from reconciler.ledger.errors import damaged, unreachable
from reconciler.ledger.git_process import Failed, Repository
from reconciler.ledger.home import GitHome
from reconciler.ledger.vault import OutdatedError, Version

_TRIES: Final = 3
_PAUSE: Final = 0.5
_NO_SUCH_REF: Final = "couldn't find remote ref"
_FILE: Final = "100644 blob"


class GitVault:
    """The Vault in a ref of a remote."""

    def __init__(self, home: GitHome) -> None:
        self._home = home
        self.name = str(home)
        self._repository: Repository | None = None
        self._blobs: dict[str, tuple[bytes, str]] = {}

    def read(self) -> Version | None:
        """Fetch the ref's newest commit."""
        commit = self._fetch()
        if commit is None:
            return None
        try:
            return Version(commit, self._files(commit))
        except (Failed, ValueError) as error:
            raise damaged(self.name, None, f"Commit {commit} is none that the ledger was written as") from error

    def swap(self, before: Version | None, files: Mapping[str, bytes], note: str) -> Version:
        """Commit, and push the commit if the ref still stands where it stood."""
        commit = self._commit(before, files, note)
        expected = before.token if before else ""
        failure = Failed("")
        for attempt in range(_TRIES):
            time.sleep(_PAUSE * attempt)
            failed = self._push(expected, commit)
            if failed is None:
                return Version(commit, dict(files))
            failure = failed
            try:
                there = self._there()
            except Failed as unheard:
                failure = unheard
                continue
            if there == commit:  # it had arrived, only the answer had not
                return Version(commit, dict(files))
            if there != expected:
                raise OutdatedError
        raise unreachable(self.name, f"git could not push: {failure}")

    def keep(self, version: Version, stamp: str) -> str:  # noqa: ARG002 - a commit has its time
        """Nothing to do: the commit stays in the ref's history."""
        return f"commit {version.token} of {self.name}"

    def _repo(self) -> Repository:
        if self._repository is None:
            self._repository = Repository.beside(self._home)
        return self._repository

    def _fetch(self) -> str | None:
        repository, ref = self._repo(), self._home.ref
        words = ["fetch", "--quiet", "--no-tags", "--depth=1", "--recurse-submodules=no", self._home.remote]
        failure = Failed("")
        for attempt in range(_TRIES):
            time.sleep(_PAUSE * attempt)
            try:
                repository.run(*words, f"+{ref}:{ref}")
                return repository.run("rev-parse", "--verify", f"{ref}^{{commit}}").decode().strip()
            except Failed as failed:
                if _NO_SUCH_REF in str(failed).lower():
                    return None
                failure = failed
        raise unreachable(self.name, f"git could not fetch: {failure}")

    def _files(self, commit: str) -> dict[str, bytes]:
        listed = self._repo().run("ls-tree", "-z", commit).decode().split("\0")
        entries = [line.partition("\t") for line in listed if line]
        names = {name: mode.split()[2] for mode, _, name in entries if mode.startswith(_FILE)}
        contents = self._repo().contents(names.values())
        files = dict(zip(names, contents, strict=True))
        self._blobs = {name: (content, names[name]) for name, content in files.items()}
        return files

    def _commit(self, before: Version | None, files: Mapping[str, bytes], note: str) -> str:
        try:
            blobs = {name: (content, self._blob(name, content)) for name, content in files.items()}
            tree = "".join(f"{_FILE} {blob}\t{name}\0" for name, (_, blob) in sorted(blobs.items()))
            made = self._repo().run("mktree", "-z", content=tree.encode()).decode().strip()
            parents = ("-p", before.token) if before else ()
            commit = self._repo().run("commit-tree", made, *parents, content=note.encode()).decode().strip()
        except Failed as failed:
            raise unreachable(self.name, f"git could not make a commit: {failed}") from failed
        self._blobs = blobs
        return commit

    def _blob(self, name: str, content: bytes) -> str:
        """The object that holds `content`; what did not change is not hashed again."""
        known = self._blobs.get(name)
        if known is not None and known[0] is content:
            return known[1]
        return self._repo().run("hash-object", "-w", "--stdin", content=content).decode().strip()

    def _push(self, expected: str, commit: str) -> Failed | None:
        ref = self._home.ref
        words = ["push", "--quiet", "--porcelain", "--no-verify", "--no-signed", "--recurse-submodules=no"]
        try:
            self._repo().run(*words, f"--force-with-lease={ref}:{expected}", self._home.remote, f"{commit}:{ref}")
        except Failed as failed:
            return failed
        return None

    def _there(self) -> str:
        """Where the ref stands at the remote, empty if it is not there."""
        answer = self._repo().run("ls-remote", "--quiet", self._home.remote, self._home.ref).decode()
        found = [line.partition("\t") for line in answer.splitlines()]
        return next((commit for commit, _, ref in found if ref == self._home.ref), "")
