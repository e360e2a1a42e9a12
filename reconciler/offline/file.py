"""Snapshots as files: compressed lines of JSON, the same bytes for the same snapshot, checked to the byte when read.

The lines are: one that says what this is, the objects, the ledger's own snapshot, the people, and a last one with the
checksum of all before it, sealed with the key by which people were veiled. What is read is bounded at every step: a
file may come from anywhere.
"""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from reconciler import __version__
from reconciler.engine.channels import Bulk, Observation, Phase, Scalar
from reconciler.engine.model import Observed, Value
from reconciler.engine.result import Exit
from reconciler.ledger import LedgerError, State
from reconciler.ledger import snapshot as ledger_snapshot
from reconciler.offline.errors import SnapshotError, unusable
from reconciler.offline.packing import unpacked
from reconciler.offline.snapshot import Snapshot

FORMAT_VERSION: Final = 1
DOCUMENT: Final = "snapshot"
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a file: some three million contacts."""
_LARGEST_LINE: Final = 32 * 1024 * 1024
_LARGEST_TEXT: Final = 16 * LARGEST
_CHUNK: Final = 1024 * 1024
_LEVEL: Final = 6
_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""How the compressed file begins: no name and no time in it, so that equal snapshots are equal files."""
_KINDS: Final = ("campo", "lista", "remetente", "mensagem", "envio")
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A snapshot with the name of its file. `sum` is the checksum of its content, `seal` what its key made of that."""

    name: str
    snapshot: Snapshot
    sum: str
    seal: str

    def check_seal(self, expected: str) -> None:
        """Raise SnapshotError unless who wrote it had the key, which makes `expected` of the sum."""
        if not hmac.compare_digest(self.seal.encode(), expected.encode()):
            reason = "Its seal is not one of this key: it was changed, or forged."
            raise unusable(self.name, "not sealed with this key", reason, Exit.DIFFERS)


def dump(snapshot: Snapshot, seal: Callable[[bytes], str]) -> bytes:
    """`snapshot` as the content of a file; `seal` makes a text of the checksum (bytes)."""
    held = BytesIO()
    total = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=held, mtime=0) as file:
        for line in _lines(snapshot):
            total.update(line)
            file.write(line)
        file.write(_line({"sum": total.hexdigest(), "seal": seal(total.digest())}))
    return held.getvalue()


def _lines(snapshot: Snapshot) -> Iterator[bytes]:
    ledger = b"".join(ledger_snapshot.dump(snapshot.memory)).splitlines(keepends=True)
    yield _line(
        {
            "document": DOCUMENT,
            "format_version": FORMAT_VERSION,
            "reconciler": __version__,
            "account": snapshot.account,
            "observed": snapshot.observed.astimezone(UTC).isoformat(),
            "zone": snapshot.zone.key,
            "simulated": snapshot.simulated,
            "check": snapshot.check,
            "unread": dict(snapshot.unread),
            "lines": {
                **{kind: len(snapshot.objects[kind]) for kind in _KINDS},
                "bulks": {source: len(found) for source, found in snapshot.bulks.items()},
                "ledger": len(ledger),
                "contato": len(snapshot.people),
            },
        }
    )
    for kind in _KINDS:
        for item in snapshot.objects[kind]:
            yield _line([item.id, {name: _told(value) for name, value in item.fields.items()}])
    for _, found in sorted(snapshot.bulks.items()):
        for observation in found:
            yield _line(_observation(observation))
    yield from ledger
    for person in snapshot.people:
        yield person + b"\n"


def load(name: str, data: bytes) -> SnapshotFile:
    """The snapshot that `data`, the content of file `name`, holds. Raises SnapshotError if `dump` did not write it."""
    try:
        return _loaded(name, _Lines(name, data))
    except LedgerError as error:
        raise unusable(name, "this snapshot is damaged", error.finding.summary) from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, OSError) as error:
        # a zone that is none is a KeyError, or an OSError where its name is that of a folder
        reason = f"It does not hold what it should ({type(error).__name__})."
        raise unusable(name, "this snapshot is damaged", reason) from error


def _loaded(name: str, lines: _Lines) -> SnapshotFile:
    head = _head(name, next(lines))
    many = head["lines"]
    zone = ZoneInfo(head["zone"])
    objects = {kind: tuple(_object(kind, next(lines), zone) for _ in range(many[kind])) for kind in _KINDS}
    bulks = {
        source: tuple(_read_observation(source, next(lines)) for _ in range(times))
        for source, times in sorted(many["bulks"].items())
    }
    memory = _ledger(name, [next(lines) for _ in range(many["ledger"])])
    people = [next(lines).rstrip(b"\n") for _ in range(many["contato"])]
    for person in people:
        unpacked(person)
    total = lines.total.copy()
    last = json.loads(next(lines))
    lines.check_end()
    if last["sum"] != total.hexdigest():
        raise unusable(name, "this snapshot is damaged", "Its checksum does not match: it was edited.")
    observed = datetime.fromisoformat(head["observed"])
    if observed.tzinfo is None:
        raise ValueError("the time has no zone")
    snapshot = Snapshot(
        account=str(head["account"]),
        observed=observed.astimezone(zone),
        zone=zone,
        objects=objects,
        people=people,
        memory=memory,
        bulks=bulks,
        unread={str(source): str(why) for source, why in head["unread"].items()},
        simulated=bool(head["simulated"]),
        check=str(head["check"]),
    )
    return SnapshotFile(name, snapshot, str(last["sum"]), str(last["seal"]))


def _head(name: str, line: bytes) -> Mapping[str, Any]:
    head = json.loads(line)
    if not isinstance(head, dict) or head.get("document") != DOCUMENT:
        raise unusable(name, "this is no snapshot", "It does not say that it is one.")
    version = head.get("format_version")
    if version != FORMAT_VERSION:
        reason = f"Its format_version is {version!r}; this version knows {FORMAT_VERSION}."
        raise unusable(name, "this snapshot was taken by another version of reconciler", reason)
    return head


class _Lines:
    """The lines of a compressed file, one at a time, with a checksum of those that were taken."""

    def __init__(self, name: str, data: bytes) -> None:
        self.total = hashlib.sha256()
        self._name = name
        self._lines = self._split(data)

    def __next__(self) -> bytes:
        line = next(self._lines, None)
        if line is None:
            raise self._cut()
        self.total.update(line)
        return line

    def check_end(self) -> None:
        """Raise SnapshotError if anything follows."""
        if next(self._lines, None) is not None:
            raise unusable(self._name, "this snapshot is damaged", "Something follows its last line.")

    def _split(self, data: bytes) -> Iterator[bytes]:
        if data[: len(_HEAD)] != _HEAD:
            raise unusable(self._name, "this is no snapshot", "It does not begin as one does.")
        rest = b""
        for piece in self._pieces(data):
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > _LARGEST_LINE:
                raise unusable(self._name, "this is no snapshot", "A line of it is too long.")
            yield from (line + b"\n" for line in whole)
        if rest:
            raise self._cut()

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """The text, piece by piece, however small the file that it comes out of."""
        reader, left, rest = zlib.decompressobj(wbits=31), _LARGEST_TEXT, data
        while not reader.eof:
            try:
                piece = reader.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise unusable(self._name, "this snapshot is damaged", "It cannot be unpacked.") from error
            rest = reader.unconsumed_tail
            left -= len(piece)
            if left < 0:
                raise unusable(self._name, "this is no snapshot", "What it holds is too large.")
            if not piece and not rest and not reader.eof:
                raise self._cut()
            yield piece
        if reader.unused_data:
            raise unusable(self._name, "this snapshot is damaged", "Something follows its end.")

    def _cut(self) -> SnapshotError:
        return unusable(self._name, "this snapshot is damaged", "It is cut off.")


def _line(value: object) -> bytes:
    return _encode(value).encode("utf-8", "surrogatepass") + b"\n"


def _told(value: Value) -> object:
    """A value of an object: sets as sorted lists, times with their offset."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _object(kind: str, line: bytes, zone: ZoneInfo) -> Observed:
    live_id, fields = json.loads(line)
    if not isinstance(live_id, str):
        raise TypeError(kind)
    read = {name: _value(name, value, zone) for name, value in fields.items()}
    return Observed(kind, live_id, read)


def _value(name: str, value: Any, zone: ZoneInfo) -> Value:
    if isinstance(value, list):
        return frozenset(map(_text, value))
    if name == "data_de_inicio" and isinstance(value, str):
        try:
            return datetime.fromisoformat(value).astimezone(zone)
        except ValueError:
            return value  # as the account shows it: no time
    if value is None or isinstance(value, str | bool | int):
        return value
    raise TypeError(name)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError("a text is none")


def _observation(item: Observation) -> object:
    bulk = item.bulk
    fields = {name: _scalar(value) for name, value in item.fields.items()}
    shown = None if bulk is None else {name: _scalar(getattr(bulk, name)) for name in Bulk.__dataclass_fields__}
    return [item.id, fields, shown]


def _scalar(value: Scalar) -> object:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _read_scalar(value: Any) -> Scalar:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"])
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError("a value is none")


def _read_observation(source: str, line: bytes) -> Observation:
    live_id, fields, shown = json.loads(line)
    bulk = None
    if shown is not None:
        told: dict[str, Any] = {name: _read_scalar(value) for name, value in shown.items()}
        bulk = Bulk(**told | {"phase": Phase(told["phase"])})
    return Observation(source, _text(live_id), {name: _read_scalar(value) for name, value in fields.items()}, bulk)


def _ledger(name: str, lines: Iterable[bytes]) -> State:
    return ledger_snapshot.load(name, lines)
