"""A ledger in an object store: one head object that changes by conditional writes, and parts that never change.

The head holds what is small, so that a step is one write; what is large stands in objects of its own, whose names are
never used again. The library (obstore) takes credentials and end points from the environment.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from reconciler.ledger.chain import digest
from reconciler.ledger.errors import LedgerError, damaged, newer, unreachable
from reconciler.ledger.home import ObjectHome
from reconciler.ledger.vault import OutdatedError, Version
from reconciler.ledger.wire import dump

if TYPE_CHECKING:
    from obstore import UpdateVersion
    from obstore.store import ObjectStore

FORMAT_VERSION: Final = 1
_HEAD: Final = "ledger"
_SMALL: Final = 128 * 1024
_TRIES: Final = 3
_PAUSE: Final = 0.5
_MARK: Final = ',"sum":"'
_NO_BUCKET: Final = ("NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist")


class ObjectVault:
    """The Vault in an object store."""

    def __init__(self, home: ObjectHome) -> None:
        self.name = str(home)
        self._url = home.url
        self._store_: ObjectStore | None = None
        self._conditions: dict[str, UpdateVersion] = {}  # by version
        self._parts: dict[str, tuple[bytes, str]] = {}
        self._kept: set[str] = set()

    def read(self) -> Version | None:
        """Get the head, and the parts that it names."""
        failure: LedgerError | None = None
        for _ in range(_TRIES):
            head = self._get(_HEAD)
            if head is None:
                return None
            content, condition = head
            try:
                version = self._whole(content)
            except FileNotFoundError:  # the head was replaced meanwhile, and its parts removed
                failure = damaged(f"{self.name}/{_HEAD}", None, "An object that it is made of is missing")
                continue
            self._conditions[version.token] = condition
            return version
        raise failure or unreachable(self.name, "It could not be read")

    def swap(self, before: Version | None, files: Mapping[str, bytes], note: str) -> Version:
        """Put the parts that are new, and then the head if nobody else has put one."""
        parts = {name: (content, self._part(name, content)) for name, content in files.items() if len(content) > _SMALL}
        content, token = _head(files, {name: part for name, (_, part) in parts.items()}, note)
        condition = self._conditions[before.token] if before else {}
        failure: LedgerError | None = None
        for attempt in range(_TRIES):
            time.sleep(_PAUSE * attempt)
            try:
                self._conditions[token] = self._put(_HEAD, content, condition)
            except OutdatedError:
                there = self._get(_HEAD)
                if there is None or there[0] != content:
                    raise
                self._conditions[token] = there[1]  # it had arrived, only the answer had not
            except LedgerError as error:
                failure = error
                continue
            self._clear({part for _, part in parts.values()})
            self._parts = parts
            return Version(token, dict(files))
        raise failure or unreachable(self.name, "It could not be written")

    def keep(self, version: Version, stamp: str) -> str:
        """Copy the head, and leave its parts where they are."""
        name = f"{_HEAD}.before-{stamp}"
        content, _ = _head(version.files, {part: name for part, (_, name) in self._parts.items()}, "kept")
        self._put(name, content, {})
        self._kept |= {part for _, part in self._parts.values()}
        return f"{self.name}/{name}"

    def _whole(self, content: bytes) -> Version:
        files: dict[str, bytes] = {}
        parts: dict[str, tuple[bytes, str]] = {}
        head, body = _opened(f"{self.name}/{_HEAD}", content)
        for name, (size, part) in head["files"].items():
            if part is None:
                files[name], body = body[:size], body[size:]
                continue
            found = self._get(part)
            if found is None:
                raise FileNotFoundError(part)
            files[name] = found[0]
            if (len(found[0]), part.rpartition("-")[2]) != (size, digest(found[0])):
                raise damaged(f"{self.name}/{part}", None, "It is not what was written there")
            parts[name] = (found[0], part)
        self._parts = parts
        return Version(head["write"], files)

    def _part(self, name: str, content: bytes) -> str:
        """The object that holds `content`; what did not change is not written again."""
        known = self._parts.get(name)
        if known is not None and known[0] is content:
            return known[1]
        part = f"{name}-{secrets.token_hex(4)}-{digest(content)}"
        self._put(part, content, {})
        return part

    def _clear(self, used: set[str]) -> None:
        """Remove the parts that the head no longer names; what cannot be removed only takes up room."""
        import obstore  # noqa: PLC0415

        for _, part in self._parts.values():
            if part not in used and part not in self._kept:
                with suppress(Exception):
                    obstore.delete(self._store(), part)

    def _get(self, name: str) -> tuple[bytes, UpdateVersion] | None:
        import obstore  # noqa: PLC0415

        with _speaking(self.name):
            try:
                found = obstore.get(self._store(), name)
                return bytes(found.bytes()), _condition(found.meta)
            except FileNotFoundError as error:
                if any(words in str(error) for words in _NO_BUCKET):
                    raise unreachable(self.name, "There is no such bucket") from None
                return None

    def _put(self, name: str, content: bytes, condition: UpdateVersion) -> UpdateVersion:
        """Write an object that must not exist yet, or must still be the one of `condition`; the new one's condition."""
        import obstore  # noqa: PLC0415
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        with _speaking(self.name):
            try:
                return _condition(obstore.put(self._store(), name, content, mode=condition or "create"))
            except (AlreadyExistsError, PreconditionError) as error:
                raise OutdatedError from error
            except FileNotFoundError as error:
                if condition:  # what was to be replaced is gone
                    raise OutdatedError from error
                raise unreachable(self.name, "There is no such bucket") from error

    def _store(self) -> ObjectStore:
        if self._store_ is None:
            from obstore.store import from_url  # noqa: PLC0415

            with _speaking(self.name):
                self._store_ = from_url(
                    self._url, retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
                )
        return self._store_


def require_library(home: ObjectHome) -> None:
    """Raise LedgerError, with the command that helps, if the library is not installed."""
    try:
        import obstore  # noqa: F401, PLC0415  (an extra: most ledgers do without)
    except ImportError as error:
        raise LedgerError(
            "ledger-extra",
            f"{home}: a ledger in an object store needs a library that is not installed",
            "It comes with the extra `objeto`.",
            "Install it: pip install 'campaign-reconciler[objeto]'. Nothing was called or changed.",
        ) from error


@contextmanager
def _speaking(name: str) -> Iterator[None]:
    """Turn the library's errors into a LedgerError; its texts name the address, never a key."""
    from obstore.exceptions import BaseError  # noqa: PLC0415

    try:
        yield
    except (BaseError, ValueError) as error:
        raise unreachable(name, str(error).partition("\n")[0][:300]) from error


def _condition(meta: Mapping[str, Any]) -> UpdateVersion:
    """What identifies one state of an object: an entity tag, and at Google's a generation."""
    found = {name: meta[name] for name in ("e_tag", "version") if meta.get(name) is not None}
    return cast("UpdateVersion", found)


def _head(files: Mapping[str, bytes], parts: Mapping[str, str], note: str) -> tuple[bytes, str]:
    """The head's content, and the token that no other content has: one line about what follows, then that."""
    token = secrets.token_hex(8)
    listed = {name: [len(content), parts.get(name)] for name, content in files.items()}
    body = b"".join(content for name, content in files.items() if name not in parts)
    line = dump({"format_version": FORMAT_VERSION, "write": token, "note": note, "files": listed})[:-1].encode()
    return b"".join((line, _MARK.encode(), digest(line + body).encode(), b'"}\n', body)), token


def _opened(name: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    """The head's first line, and what follows it. Raises LedgerError if `_head` did not write it."""
    line, _, body = content.partition(b"\n")
    try:
        head = json.loads(line)
        version = int(head["format_version"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(name, 1, "It is no head of a ledger") from error
    if version > FORMAT_VERSION:
        raise newer(name, version, FORMAT_VERSION)
    begin, _, tail = line.rpartition(_MARK.encode())
    if tail != f'{digest(begin + body)}"}}'.encode():
        raise damaged(name, None, "Its checksum does not match its content: it was edited, or it is incomplete")
    return head, body
