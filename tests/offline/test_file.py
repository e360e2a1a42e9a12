"""Laws of snapshot files: equal bytes for equal accounts, read back as written, and refused when anything differs."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from reconciler.engine.channels import Bulk, Observation, Phase
from reconciler.ledger import read_ledger
from reconciler.offline import file
from reconciler.offline.errors import SnapshotError
from reconciler.offline.file import dump, load
from reconciler.offline.snapshot import Snapshot, veiled
from reconciler.offline.veil import Veil
from reconciler.transport import Access
from tests.e2e.workspace import SEED, SENDING
from tests.laws.world import ZONE, World

THIS = r"um\.snapshot: this"
SECRET = b"a key that nobody guesses, of 32 characters or more"
BULK = Bulk(
    "ogmma.lotes", "b1", "Natal", "COMPLETED", Phase.ENDED, total=10, created=datetime(2026, 11, 1, tzinfo=ZONE)
)
PEOPLE = [
    {"id": f"C{n}", "email": f"P{n}@exemplo.org", "nome": f"Ana {n}", "listas": ["Lsp"], "campos": {"ci": "Santos"}}
    for n in range(12)
]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An account with people, and an apply behind it."""
    seed = {**SEED, "campos": [{"id": "ci", "nome": "cidade"}], "contatos": PEOPLE}
    with World.of(tmp_path, seed, SENDING) as made:
        made.apply()
        yield made


def taken(world: World, secret: bytes | None = SECRET) -> tuple[Snapshot, Veil]:
    """A snapshot, as it is before it is written."""
    way = world.reach()
    memory = read_ledger(way.ledger, account="principal", origin="sandbox")
    veil = Veil.of(secret, memory.identity)
    with way.client(world.account, Access.READ) as client:
        return veiled(world.account, client, memory, way, veil), veil


def written(world: World) -> bytes:
    """A snapshot's file."""
    snapshot, veil = taken(world)
    return dump(snapshot, veil.seal)


def test_it_is_read_as_it_was_written(world: World) -> None:
    """All that a snapshot holds comes back, and is written to the same bytes again."""
    snapshot, veil = taken(world)
    bulks = {"ogmma.lotes": (Observation("ogmma.lotes", "b1", {"name": "Natal", "createdAt": BULK.created}, BULK),)}
    whole = Snapshot(
        **{name: getattr(snapshot, name) for name in Snapshot.__dataclass_fields__}
        | {"bulks": bulks, "unread": {"mindo.envios_em_massa": "no key"}}
    )
    data = dump(whole, veil.seal)
    read = load("um.snapshot", data).snapshot
    assert (read.objects, read.people, read.observed) == (whole.objects, whole.people, whole.observed)
    assert (read.bulks, read.unread, read.check) == (whole.bulks, whole.unread, veil.check)
    assert dict(read.memory.bindings()) == dict(whole.memory.bindings())
    assert dump(read, veil.seal) == data


def test_the_same_account_is_the_same_bytes(world: World) -> None:
    """With the same key: what is in the file follows from the account and the ledger alone."""
    assert written(world) == written(world)


def test_without_a_key_no_two_are_alike(world: World) -> None:
    """Nobody can tell, even with two snapshots, who of the one is who of the other by what stands for them."""
    first, second = (set(map(str, taken(world, None)[0].people)) for _ in range(2))
    assert not first & second


def test_a_flipped_bit_is_refused(world: World) -> None:
    """Wherever one bit differs, the file is refused in words; but for the few that fill up the packing's last byte."""
    data = written(world)
    whole, filling = load("um.snapshot", data), 0
    places = [*range(64), *range(64, len(data), 5), *range(len(data) - 16, len(data))]
    for place in places:
        for bit in (0, 3, 7):
            wrong = bytearray(data)
            wrong[place] ^= 1 << bit
            try:
                read = load("um.snapshot", bytes(wrong))
            except SnapshotError as error:
                assert "um.snapshot: this" in str(error)  # noqa: PT017 - not to be refused is as good, where it fills up
                continue
            assert (read.sum, read.seal, read.snapshot.people) == (whole.sum, whole.seal, whole.snapshot.people)
            filling += 1
    assert filling < 8


def test_a_part_of_it_is_refused(world: World) -> None:
    """However much is missing at the end, or follows it."""
    data = written(world)
    for length in [*range(0, len(data), 7), len(data) - 1]:
        with pytest.raises(SnapshotError, match=THIS):
            load("um.snapshot", data[:length])
    for more in (b"\0", data, b"x" * 100):
        with pytest.raises(SnapshotError, match=THIS):
            load("um.snapshot", data + more)


def packed(lines: list[bytes]) -> bytes:
    """Lines as a snapshot is packed."""
    return file._HEAD + gzip.compress(b"".join(lines), 6, mtime=0)[10:]


def test_an_edited_one_is_refused(world: World) -> None:
    """Whoever edits it and packs it again does not have the checksum; who has that does not have the seal."""
    lines = gzip.decompress(written(world)).splitlines(keepends=True)
    edited = [line.replace(b'"nome":"sp"', b'"nome":"rj"') for line in lines]
    assert edited != lines
    with pytest.raises(SnapshotError, match="damaged"):
        load("um.snapshot", packed(edited))
    total = file.hashlib.sha256(b"".join(edited[:-1]))  # type: ignore[attr-defined]
    last = json.loads(edited[-1])
    forged = load("um.snapshot", packed([*edited[:-1], file._line({**last, "sum": total.hexdigest()})]))
    with pytest.raises(SnapshotError, match="not sealed"):
        forged.check_seal(taken(world)[1].seal(bytes.fromhex(forged.sum)))


def test_lines_that_are_none_are_refused(world: World) -> None:
    """Whatever stands in a line in place of what should, it is told in words."""
    lines = gzip.decompress(written(world)).splitlines(keepends=True)
    for place in range(len(lines)):
        for wrong in (b"null\n", b"[]\n", b"{}\n", b'["a",{"listas":[1]}]\n', b"[" * 100_000 + b"\n", b"\xff\n"):
            if lines[place] != wrong:
                with pytest.raises(SnapshotError, match=THIS):
                    load("um.snapshot", packed([*lines[:place], wrong, *lines[place + 1 :]]))


@pytest.mark.parametrize("text", [b"", b"{}", b"\x1f\x8b", b"PK\x03\x04", b"x" * 10_000], ids=repr)
def test_other_files_are_refused(text: bytes) -> None:
    """A file that is something else is told to be none."""
    with pytest.raises(SnapshotError, match="no snapshot"):
        load("um.snapshot", text)


def test_another_version_is_told(world: World) -> None:
    """A file of a later version is not read as one of this."""
    lines = gzip.decompress(written(world)).splitlines(keepends=True)
    head = lines[0].replace(b'"format_version":1', b'"format_version":2')
    with pytest.raises(SnapshotError, match="another version"):
        load("um.snapshot", packed([head, *lines[1:]]))


def test_a_bomb_takes_no_memory() -> None:
    """A small file that unpacks to very much is given up after a line that is too long."""
    packer = zlib.compressobj(6, wbits=-15)
    zeros = b"0" * (1 << 20)
    body = b"".join([*(packer.compress(zeros) for _ in range(200)), packer.flush()])
    tracemalloc.start()
    with pytest.raises(SnapshotError, match="no snapshot") as refused:
        load("um.snapshot", file._HEAD + body)
    assert "too long" in refused.value.finding.reason
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * 1024 * 1024
