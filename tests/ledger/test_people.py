"""People in a ledger: many in one entry, some thousands in one line, and never more than that beside the table."""

from __future__ import annotations

import hmac
import json
import tracemalloc
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

import pytest

from reconciler.engine.bond import Bond
from reconciler.engine.model import Address, Binding
from reconciler.engine.people import Bonds
from reconciler.ledger import FileHome, Home, Ledger, LedgerError, State, open_ledger, read_ledger
from reconciler.ledger.chain import digest, encode

MARIA = Address("contato", "maria@exemplo.com.br")
LISTA = Address("lista", "clientes")


def opened(home: Home) -> Ledger:
    """The ledger, open for writing."""
    return open_ledger(home, account="conta", origin="sandbox")


def seen(home: Home) -> State:
    """The ledger, read."""
    return read_ledger(home, account="conta", origin="sandbox")


def many(count: int) -> list[Bond]:
    """So many people, in the order of their stamps."""
    return sorted(Bond(blake2b(b"%d" % number, digest_size=16).digest(), f"{number:024}") for number in range(count))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger's path; nothing is there."""
    return tmp_path / "conta.json"


@pytest.fixture
def file_home(path: Path) -> FileHome:
    """The ledger in a file."""
    return FileHome(path)


def test_a_stamp_is_what_stands_in_the_token(file_home: FileHome) -> None:
    """As it always was: a hash of kind and key, keyed (HMAC-SHA-256) by the ledger's salt, of which half is kept."""
    with opened(file_home) as ledger:
        salt = bytes.fromhex(json.loads(file_home.path.read_bytes())["salt"])
        for email in ("maria@exemplo.com.br", "joão@exemplo.org", "", "x" * 300):
            whole = hmac.digest(salt, f"contato.{email}".encode(), "sha256")
            assert ledger.stamp(email) == whole[:16]
            assert ledger.token(Address("contato", email)) == f"contato.#{whole.hex()[:32]}"


def test_many_people_are_bound_at_once(home: Home) -> None:
    """In few entries; others see them when they are durable, and the next run has them all."""
    people = many(10_000)
    with opened(home) as ledger:
        ledger.bind_people(people)
        assert ledger.position.entry == 3
        ledger.flush()
        assert list(seen(home).people) == people
    assert list(seen(home).people) == people
    with opened(home) as ledger:
        assert list(ledger.people) == people


def test_what_is_already_so_is_not_written_again(file_home: FileHome) -> None:
    """Neither for all nor for some; the last word of many about one person counts."""
    people = many(50)
    changed = [bond._replace(policy="desativar") for bond in people[:2]]
    with opened(file_home) as ledger:
        ledger.bind_people(people)
        for again in (people, [*changed, *people], []):
            ledger.bind_people(again)
            assert ledger.position.entry == 1
        ledger.bind_people([*people, *changed])
        assert ledger.position.entry == 2
        lines = file_home.path.with_suffix(".journal").read_bytes().splitlines()
        assert len(json.loads(lines[-1])["data"]["ids"]) == 2
        assert list(ledger.people) == [*changed, *people[2:]]


def test_bindings_of_all_kinds_go_in_at_once(file_home: FileHome) -> None:
    """People among others: each is then remembered as if it had been bound by itself."""
    email = Binding("contato", MARIA.key, "c2", ("c1",), {"nome": "hash"}, {"nome": "hash"}, "manter")
    with opened(file_home) as ledger:
        ledger.bind_all([(MARIA, email), (LISTA, Binding("lista", "clientes", "l1"))])
        written = ledger.position.entry
        ledger.bind(MARIA, email)
        assert ledger.position.entry == written
    memory = seen(file_home)
    assert memory.of(MARIA) == Binding("contato", None, "c2", ("c1",), on_removal="manter")
    assert memory.of(LISTA) == Binding("lista", "clientes", "l1")
    assert dict(memory.bindings("contato")) == {memory.token(MARIA): memory.of(MARIA)}
    assert [token for token, _ in memory.bindings()] == ["lista.clientes", memory.token(MARIA)]


def test_a_person_is_forgotten(file_home: FileHome) -> None:
    """By address, or by the token that the ledger itself gives."""
    with opened(file_home) as ledger:
        people = [Address("contato", f"c{number}@exemplo.org") for number in range(3)]
        ledger.bind_all((address, Binding("contato", None, "x")) for address in people)
        token = ledger.token(people[1])
        ledger.forget(people[0])
        ledger.forget(Address(*token.split(".", 1)))
        assert [ledger.of(address) is None for address in people] == [True, True, False]
    assert len(seen(file_home).people) == 1


def test_what_few_people_have_is_kept(file_home: FileHome) -> None:
    """Policies, earlier ids, no live contact at all, and whatever text an id may be."""
    plain = many(9)
    odd = [
        plain[0]._replace(policy="manter"),
        plain[1]._replace(former=("a", "b")),
        plain[2]._replace(id=""),
        plain[3]._replace(id='é\n"\udc80'),
        plain[4]._replace(id="x" * 500, policy="desativar", former=("ç",)),
        *plain[5:],
    ]
    with opened(file_home) as ledger:
        ledger.bind_people(odd)
        ledger.flush()
        assert list(seen(file_home).people) == odd
    assert list(seen(file_home).people) == odd


def test_the_snapshot_is_one_json_document(file_home: FileHome, path: Path) -> None:
    """People stand in it some thousands a line; whoever reads a ledger that is beyond repair can."""
    with opened(file_home) as ledger:
        ledger.bind_people(many(5000))
        ledger.bind(LISTA, Binding("lista", None, "l1"))
    document = json.loads(path.read_bytes())
    assert document["format_version"] == 3
    assert [len(sheet["ids"]) for sheet in document["people"]] == [4096, 904]
    assert list(document["bindings"]) == ["lista.clientes"]


def test_without_people_earlier_versions_can_read_it(file_home: FileHome, path: Path) -> None:
    """Only what they cannot know asks for a newer format, and only while it is there."""
    formats = []
    for step in ("bind", "forget"):
        with opened(file_home) as ledger:
            ledger.bind(LISTA, Binding("lista", None, step))
            if step == "bind":
                ledger.bind_people(many(1))
            else:
                ledger.forget(Address("contato", f"#{many(1)[0].stamp.hex()}"))
        document = json.loads(path.read_bytes())
        formats.append((document["format_version"], "people" in document))
    assert formats == [(3, True), (1, False)]


@pytest.mark.parametrize("version", [1, 2])
def test_people_in_earlier_formats_are_read(file_home: FileHome, path: Path, version: int) -> None:
    """There each had a line like all else, and entries of their own; they are written the new way with the next run."""
    people = many(30)
    bindings = {f"contato.#{bond.stamp.hex()}": {"id": bond.id} for bond in people}
    bindings[f"contato.#{people[7].stamp.hex()}"] |= {"former_ids": ["a"], "on_removal": "manter"}  # type: ignore[dict-item]
    people[7] = people[7]._replace(former=("a",), policy="manter")
    lines = ",\n".join(f'"{token}":{json.dumps(data)}' for token, data in sorted(bindings.items()))
    head = (
        f'{{"format_version":{version},"account":"conta","origin":"sandbox","lineage":"{"1" * 32}","salt":"{"2" * 32}"'
    )
    body = f'{head},"seq":0,"chain":"",\n"intents":[\n\n],\n"bindings":{{\n{lines}\n}},\n'.encode()
    path.write_bytes(body + b'"checksum":"' + digest(body).encode() + b'"}\n')
    late = many(31)[-1]
    entry = {"token": f"contato.#{late.stamp.hex()}", "binding": {"id": "late"}}
    path.with_suffix(".journal").write_bytes(encode(1, "", "bind", entry)[0])
    told = {bond.stamp: bond for bond in people} | {late.stamp: late._replace(id="late", policy=None, former=())}
    assert list(seen(file_home).people) == [told[stamp] for stamp in sorted(told)]
    opened(file_home).close()
    assert json.loads(path.read_bytes())["format_version"] == 3
    assert list(seen(file_home).people) == [told[stamp] for stamp in sorted(told)]


_RIGHT = {"stamps": "AAAAAAAAAAAAAAAAAAAAAA==", "ids": ["1"]}
_WRONG: Mapping[str, object] = {
    "no object": [],
    "no stamps": {"ids": ["1"]},
    "no ids": {"stamps": _RIGHT["stamps"]},
    "ids that are no texts": _RIGHT | {"ids": [1]},
    "columns that differ": _RIGHT | {"ids": ["1", "2"]},
    "no base64": _RIGHT | {"stamps": "*" * 24},
    "half a stamp": _RIGHT | {"stamps": "AAAA"},
    "policies that are no texts": _RIGHT | {"on_removal": [7]},
    "rows that are no numbers": _RIGHT | {"former_ids": {"x": []}},
    "former ids that are no texts": _RIGHT | {"former_ids": {"0": [1]}},
    "the same person twice": {"stamps": "A" * 43 + "=", "ids": ["1", "2"]},
}


@pytest.mark.parametrize("wrong", _WRONG)
def test_people_that_make_no_sense_are_refused(file_home: FileHome, path: Path, wrong: str) -> None:
    """Right checksums over wrong content, in a journal and in a snapshot, are damage."""
    data = _WRONG[wrong]
    opened(file_home).close()
    journal = path.with_suffix(".journal")
    journal.write_bytes(encode(1, "", "people", data)[0])
    with pytest.raises(LedgerError, match=r"conta\.journal:1: the ledger is damaged.*makes no sense"):
        opened(file_home)
    journal.write_bytes(b"")
    body = path.read_bytes().partition(b'"checksum"')[0] + b'"people":[\n' + json.dumps(data).encode() + b"\n],\n"
    path.write_bytes(body + b'"checksum":"' + digest(body).encode() + b'"}\n')
    with pytest.raises(LedgerError, match=r"conta\.json.*the ledger is damaged"):
        opened(file_home)


def test_who_may_be_created_is_known_before_and_until_it_is_bound(file_home: FileHome, path: Path) -> None:
    """One durable entry for all; bindings end it one by one, and what is left outlives the run, hashed."""
    everybody = [Address("contato", f"p{number}@exemplo.org") for number in range(300)]
    with opened(file_home) as ledger:
        ledger.announce(everybody)
        assert seen(file_home).announced == {ledger.stamp(address.key) for address in everybody}
        assert path.with_suffix(".journal").read_bytes().count(b"\n") == 1
        ledger.bind_all((address, Binding("contato", None, "x")) for address in everybody[:200])
        ledger.bind(everybody[200], Binding("contato", None, "y"))
        ledger.withdraw(everybody[201:299])
    left = seen(file_home)
    assert left.announced == {left.stamp("p299@exemplo.org")}
    document = json.loads(path.read_bytes())
    assert (document["format_version"], b64decode(document["announced"])) == (4, left.stamp("p299@exemplo.org"))
    assert b"exemplo.org" not in path.read_bytes()
    with opened(file_home) as ledger:
        ledger.withdraw(everybody)
    document = json.loads(path.read_bytes())
    assert (document["format_version"], "announced" in document) == (3, False)


def test_a_binding_that_is_known_ends_an_announcement_too(file_home: FileHome) -> None:
    """A contato that was gone, announced, and is back as it was has nothing open."""
    with opened(file_home) as ledger:
        ledger.bind(MARIA, Binding("contato", None, "c1"))
        ledger.announce([MARIA])
        ledger.bind(MARIA, Binding("contato", None, "c1"))
        assert not ledger.announced


_NOBODY: Mapping[str, object] = {
    "no stamps": {},
    "not one stamp": {"stamps": ""},
    "half a stamp": {"stamps": "AAAA"},
    "no base64": {"stamps": "*" * 24},
    "no text": {"stamps": 7},
}


@pytest.mark.parametrize("op", ["announce", "withdraw"])
@pytest.mark.parametrize("wrong", _NOBODY)
def test_announcements_that_make_no_sense_are_refused(file_home: FileHome, path: Path, op: str, wrong: str) -> None:
    """A right checksum over wrong content is damage."""
    opened(file_home).close()
    path.with_suffix(".journal").write_bytes(encode(1, "", op, _NOBODY[wrong])[0])
    with pytest.raises(LedgerError, match=r"conta\.journal:1: the ledger is damaged.*makes no sense"):
        opened(file_home)


_HARM: Mapping[str, Callable[[list[bytes]], Iterable[bytes]]] = {
    "a sheet is missing": lambda lines: [*lines[:-3], *lines[-2:]],
    "sheets change places": lambda lines: [*lines[:-4], lines[-3], lines[-4], *lines[-2:]],
    "a sheet is there twice": lambda lines: [*lines[:-3], lines[-3], *lines[-3:]],
    "an id was edited": lambda lines: [line.replace(b"0001234", b"0001235") for line in lines],
    "the list does not end": lambda lines: [*lines[:-2], lines[-1]],
    "text follows the end": lambda lines: [*lines, b"\n"],
    "it ends twice": lambda lines: [*lines, lines[-1]],
    "it does not end": lambda lines: lines[:-1],
}


@pytest.mark.parametrize("harm", _HARM)
def test_lines_of_people_cannot_be_changed(file_home: FileHome, path: Path, harm: str) -> None:
    """Whichever way, the checksum over all lines finds it."""
    with opened(file_home) as ledger:
        ledger.bind_people(many(9000))
    lines = path.read_bytes().splitlines(keepends=True)
    assert lines[-2] == b"],\n"
    path.write_bytes(b"".join(_HARM[harm](lines)))
    with pytest.raises(LedgerError) as refused:
        opened(file_home)
    assert refused.value.finding.rule == "ledger-damaged"


def test_a_run_that_dies_while_it_binds_keeps_whole_entries(file_home: FileHome, path: Path) -> None:
    """Cut anywhere, the journal has the people of the entries before the cut, all of them."""
    people = many(9000)
    running = opened(file_home)
    running.bind_people(people)
    journal = path.with_suffix(".journal").read_bytes()
    snapshot = path.read_bytes()
    running.close()
    path.write_bytes(snapshot)
    for size in range(0, len(journal), len(journal) // 17):
        path.with_suffix(".journal").write_bytes(journal[:size])
        assert list(seen(file_home).people) == people[: 4096 * journal[:size].count(b"\n")]


def test_neither_reading_nor_writing_holds_it_all_at_once(file_home: FileHome) -> None:
    """Beside the table there is little: a line of the file, and what it is made from."""
    count = 60_000
    with opened(file_home) as ledger:
        ledger.bind_people(many(count))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        ledger = opened(file_home)
        table, peak = (taken - before for taken in tracemalloc.get_traced_memory())
        ledger.bind(LISTA, Binding("lista", None, "l1"))
        tracemalloc.reset_peak()
        ledger.close()
        written = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert isinstance(ledger.people, Bonds)
    assert max(peak, written) < 2 * table + 4_000_000
    assert table < 60 * count
