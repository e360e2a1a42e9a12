"""A ledger's files: who may open them, what stands in them, and what is said when they are not as they should be."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import FileHome, Ledger, LedgerBusyError, LedgerError, State, open_ledger, read_ledger
from reconciler.ledger.chain import digest, encode

MARIA = Address("contato", "maria@exemplo.com.br")
NATAL = Address("envio", "natal-sp")
REAL = "https://api.exemplo.com.br/v1"


def opened(path: Path, *, account: str = "principal", origin: str = "sandbox") -> Ledger:
    """The ledger, open for writing."""
    return open_ledger(FileHome(path), account=account, origin=origin)


def seen(path: Path, *, account: str = "principal", origin: str = "sandbox") -> State:
    """The ledger, read."""
    return read_ledger(FileHome(path), account=account, origin=origin)


def intent(address: Address, name: str = "1", **evidence: str) -> Intent:
    """A begun call on `address`."""
    return Intent(f"{address}/create@{name}", address, Action.CREATE, datetime(2026, 11, 2, 8, tzinfo=UTC), 1, evidence)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a ledger may be made, in a folder that does not exist yet."""
    return tmp_path / ".reconciler" / "principal.json"


@pytest.fixture
def used(path: Path) -> Path:
    """A ledger with one binding and one open intent in its snapshot, and one more binding in its journal."""
    with opened(path) as ledger:
        ledger.bind(NATAL, Binding("envio", "natal-sp", "e1", ("e0",), {"nome": "aa"}, {"nome": "bb"}, "cancelar"))
        ledger.begin(intent(MARIA))
    ledger = opened(path)
    ledger.bind(MARIA, Binding("contato", None, "c1"))
    journal = path.with_suffix(".journal").read_bytes()
    ledger.close()
    before = json.loads(path.read_bytes())
    assert before["seq"] == 3
    shutil.copy(path, path.with_suffix(".folded"))
    path.with_suffix(".journal").write_bytes(journal)
    return path


def test_a_new_ledger_is_for_its_user_only(path: Path) -> None:
    """Folder 0700, files 0600, whatever the umask allows more."""
    old = os.umask(0)
    try:
        with opened(path) as ledger:
            ledger.begin(intent(NATAL))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert modes == {"principal.json": 0o600, "principal.journal": 0o600, "principal.lock": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_reading_creates_and_changes_nothing(used: Path, tmp_path: Path) -> None:
    """A reading leaves folder and bytes as they are, and where there is no ledger it finds an empty memory."""
    used.parent.chmod(0o500)
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in used.parent.iterdir()}
    assert seen(used).of(MARIA) == Binding("contato", None, "c1")
    assert {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in used.parent.iterdir()} == before
    used.parent.chmod(0o700)
    none = seen(tmp_path / "none" / "x.json")
    assert (none.lineage, list(none.bindings()), none.open_intents(), none.of(MARIA)) == (None, [], (), None)
    assert not (tmp_path / "none").exists()


def test_the_lineage_is_made_once(path: Path) -> None:
    """It is the same in every later run, and another ledger has another."""
    with opened(path) as ledger:
        first = ledger.lineage
    with opened(path) as ledger:
        assert ledger.lineage == first == seen(path).lineage
    with opened(path.with_name("other.json")) as other:
        assert other.lineage != first
    assert len(str(first)) == 32


def test_a_run_that_changes_nothing_writes_nothing(used: Path) -> None:
    """Binding again what is bound already, and forgetting what nobody remembers, leave the snapshot as it is."""
    opened(used).close()
    before = (used.read_bytes(), used.stat().st_mtime_ns)
    with opened(used) as ledger:
        ledger.bind(MARIA, Binding("contato", MARIA.key, "c1", sent={"sexo": "aa"}))
        ledger.forget(Address("lista", "nobody"))
        assert used.with_suffix(".journal").stat().st_size == 0
    assert (used.read_bytes(), used.stat().st_mtime_ns) == before


def test_no_personal_data_in_any_byte(path: Path) -> None:
    """Neither a contact's key nor an intent named after it, nor texts in the evidence, nor hashes of its fields."""
    maria, said = intent(MARIA, texto="<p>Oi</p>", para=MARIA.key, codigo="1923"), "maria@exemplo.com.br já existe"
    canary = Binding("contato", MARIA.key, "c1", sent={"sexo": "hash-of-f"}, stored={"sexo": "hash-of-f"})
    ledger = opened(path, origin=REAL)
    ledger.begin(maria)
    ledger.bind(MARIA, canary)
    ledger.begin(intent(NATAL))
    ledger.end(intent(NATAL), "not-sent", {"detail": said})
    texts = [file.read_bytes() for file in path.parent.iterdir()]
    ledger.close()
    texts += [file.read_bytes() for file in path.parent.iterdir()]
    assert not [text for text in texts for word in (b"maria", b"exemplo", b"<p>", b"hash-of-f") if word in text]
    with opened(path, origin=REAL) as again:
        [left] = again.open_intents()
        assert left.evidence["codigo"] == "1923"
        assert str(left.address) == again.token(MARIA) == again.token(left.address)
        assert again.of(MARIA) == again.of(left.address) == Binding("contato", None, "c1")
        again.end(maria, "confirmed", {})
        assert again.open_intents() == ()


def test_an_intent_found_open_can_be_ended(path: Path) -> None:
    """What `open_intents` gives is what `end` takes, in a later run as well."""
    with opened(path) as ledger:
        ledger.begin(intent(MARIA))
        ledger.begin(intent(NATAL))
    with opened(path) as ledger:
        for left in ledger.open_intents():
            ledger.end(left, "absent", {"read": "twice"})
    assert seen(path).open_intents() == ()


def test_steps_out_of_order_are_refused(path: Path) -> None:
    """One id cannot be begun twice, what is not open cannot be ended, and a closed ledger takes nothing."""
    ledger = opened(path)
    ledger.begin(intent(NATAL))
    for step in (lambda: ledger.begin(intent(NATAL)), lambda: ledger.end(intent(MARIA), "absent", {})):
        with pytest.raises(LedgerError) as refused:
            step()
        assert refused.value.finding.rule == "ledger-order"
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.forget(NATAL)
    with pytest.raises(ValueError, match="no zone"), opened(path) as again:
        again.begin(Intent("x", NATAL, Action.SCHEDULE, datetime(2026, 1, 1)))  # noqa: DTZ001  (the mistake is meant)


def test_a_second_writer_is_told_who_is_writing(path: Path) -> None:
    """Only one at a time writes; the other reads process and host of the holder, and may write when that has closed."""
    with opened(path), pytest.raises(LedgerBusyError, match=f"process {os.getpid()} on "):
        opened(path)
    opened(path).close()


@pytest.mark.parametrize(
    ("account", "origin", "words"),
    [
        ("outra", "sandbox", "made for the account 'principal', not for 'outra'"),
        ("principal", REAL, "remembers the sandbox, not the API"),
    ],
)
def test_another_ledger_is_refused(used: Path, account: str, origin: str, words: str) -> None:
    """A ledger is of one account on one API: the sandbox's memory never meets the real account."""
    for use in (opened, seen):
        with pytest.raises(LedgerError, match=words) as refused:
            use(used, account=account, origin=origin)
        assert refused.value.finding.rule == "ledger-foreign"


def test_the_real_ledger_is_no_sandbox(path: Path) -> None:
    """Nor the other way round, nor one API address for another; the address itself is not written down."""
    opened(path, origin=REAL).close()
    opened(path, origin=REAL).close()
    assert b"exemplo" not in path.read_bytes()
    with pytest.raises(LedgerError, match="remembers a real API, not the sandbox"):
        opened(path)
    with pytest.raises(LedgerError, match="remembers another API address"):
        opened(path, origin=REAL + "/")


def test_a_newer_ledger_is_refused(used: Path) -> None:
    """Whatever else it holds: the version that is needed is named."""
    used.write_bytes(re.sub(rb'"format_version":\d', b'"format_version":5', used.read_bytes(), count=1))
    with pytest.raises(LedgerError, match="format_version is 5; this version knows up to 4") as refused:
        opened(used)
    assert refused.value.finding.rule == "ledger-newer"


def test_files_of_different_ages_are_refused(used: Path) -> None:
    """A snapshot without its journal's beginning, a journal older than the snapshot, one that came from elsewhere."""
    journal, other = used.with_suffix(".journal"), used.with_name("other.json")
    snapshot, lines = used.read_bytes(), journal.read_bytes()
    with opened(other) as ledger:
        [ledger.bind(NATAL, Binding("envio", None, f"e{number}")) for number in range(6)]
        foreign = other.with_suffix(".journal").read_bytes().splitlines(keepends=True)
    cases = {
        "The snapshot ends at entry 3, the journal begins at 5": (snapshot, b"".join(foreign[4:])),
        "The journal ends at entry 2, before the snapshot's 3: it is an older copy": (snapshot, b"".join(foreign[:2])),
        "The snapshot was not made from this journal": (snapshot, b"".join(foreign[:3])),
        "goes on from another snapshot": (snapshot, b"".join(foreign[3:])),
        "There is a journal but no snapshot": (None, lines),
        "does not follow from entry 1": (snapshot, foreign[0] + foreign[2]),
        "checksum does not match": (snapshot, b"[1]\n" + lines),
        "is no snapshot": (b"[" * 100_000, lines),
        "it was edited": (snapshot.replace(b'"e1"', b'"e2"'), lines),
    }
    for words, (first, second) in cases.items():
        used.unlink(missing_ok=True)
        if first is not None:
            used.write_bytes(first)
        journal.write_bytes(second)
        for use in (opened, seen):
            with pytest.raises(LedgerError, match=words) as refused:
                use(used)
            assert refused.value.finding.rule == "ledger-damaged"
            assert str(used.parent) in refused.value.finding.summary
        assert journal.read_bytes() == second


def test_a_torn_last_line_is_told_and_tidied(used: Path) -> None:
    """It is a warning in the run that finds it, and gone in the next."""
    opened(used).close()
    used.with_suffix(".journal").write_bytes(b'{"seq":4,"pre')
    with opened(used) as ledger:
        [finding] = ledger.findings
        assert (finding.rule, finding.severity) == ("ledger-torn", "warning")
        assert ".journal:1" in finding.summary
        assert len(ledger.open_intents()) == 1
    with opened(used) as ledger:
        assert ledger.findings == ()


def test_places_where_no_ledger_can_be_are_named(path: Path, tmp_path: Path) -> None:
    """A file in the folder's place, a pipe, a link, another ending: each is an error in words, none blocks."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "linked.journal").symlink_to(path)
    names = {
        "file/x.json": "file/x.json: the ledger could not be read: A file stands where its folder should be",
        "folder.json": "folder.json: the ledger could not be read: It is no regular file",
        "pipe.json": "pipe.json: the ledger could not be read: It is no regular file",
        "linked.json": "linked.journal: the ledger could not be read: It is a symbolic link",
        "x.yaml": "x.yaml: this is no name for a ledger",
    }
    for name, words in names.items():
        with pytest.raises(LedgerError, match=words) as refused:
            opened(tmp_path / name)
        assert refused.value.finding.remedy


@pytest.mark.parametrize(
    ("op", "data"),
    [
        ("burn", {}),
        ("end", {}),
        ("begin", {"id": "1"}),
        ("bind", {"token": "envio", "binding": {}}),
        ("bind", {"token": "envio.a", "binding": {"id": 7}}),
        ("bind", []),
    ],
)
def test_entries_that_make_no_sense_are_refused(path: Path, op: str, data: object) -> None:
    """Right checksums make no right entry: what the program would not have written is damage, with its line."""
    opened(path).close()
    path.with_suffix(".journal").write_bytes(encode(1, "", op, data)[0])
    with pytest.raises(LedgerError, match=r"principal\.journal:1: the ledger is damaged.*makes no sense"):
        opened(path)


def test_a_snapshot_with_wrong_fields_is_refused(path: Path) -> None:
    """The same for the snapshot: a right checksum over wrong fields."""
    path.parent.mkdir()
    body = b'{"format_version":1,"salt":"xyz",\n'
    path.write_bytes(body + b'"checksum":"' + digest(body).encode() + b'"}\n')
    with pytest.raises(LedgerError, match="does not have its fields as they should be"):
        opened(path)
