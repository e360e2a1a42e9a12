"""Damage of every kind, in every place: a ledger is what was written, a prefix of it, or refused in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.bond import STAMP, Bond
from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.engine.sight import Embeds, Meanings, Sight
from reconciler.ledger import FileHome, GitHome, Home, LedgerError, State, holder, open_ledger, read_ledger
from reconciler.ledger.git import GitVault
from reconciler.ledger.objects import ObjectVault
from reconciler.ledger.replay import replay
from reconciler.ledger.store import Text
from reconciler.ledger.vault import Vault
from tests.ledger.rights import no_more_than_others

SNAPSHOT, JOURNAL = "snapshot.json", "journal"
_TAIL = 4096
_EVERY_BIT = 256
"""Of so many last bytes every bit is turned; of the bytes before, one bit each."""


def intent(number: int) -> Intent:
    """A begun call."""
    at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    return Intent(f"{number}", Address("envio", f"e{number}"), Action.SCHEDULE, at, 1, {"codigo": str(number)})


def fill(home: Home, account: str = "conta", people: int = 0) -> None:
    """A ledger of a run that was killed: more than 4 KiB in the snapshot, and as much in the journal after it."""
    with open_ledger(home, account=account, origin="sandbox") as ledger:
        stamps = [number.to_bytes(STAMP, "big") for number in range(people)]
        ledger.bind_people(Bond(stamp, f"c{number}", seen=number << 40) for number, stamp in enumerate(stamps))
        ledger.register.see(Sight(1, Meanings({"sp": "L1"}, {"cidade": "K1"})))
        ledger.register.carries(Embeds(frozenset({"grupos"}), frozenset({"campos"}), intent(0).at))
        for number in range(60):
            ledger.bind(Address("lista", f"l{number}"), Binding("lista", None, f"id{number}", sent={"nome": "a" * 32}))
        ledger.begin(intent(0))
    running = open_ledger(home, account=account, origin="sandbox")
    for number in range(1, 9):
        running.begin(intent(number))
        running.bind_people([Bond(b"p" * STAMP, f"{number}", seen=number)] * bool(people))
        running.register.see(Sight(number + 1, Meanings()))
        for bound in range(2):
            running.bind(Address("envio", f"e{number}"), Binding("envio", None, f"x{bound}", sent={"x": "b" * 32}))
    texts = files(home)
    running.close()
    put(home, texts)


def files(home: Home) -> dict[str, bytes]:
    """What stands there, by name."""
    if isinstance(home, FileHome):
        return {SNAPSHOT: home.path.read_bytes(), JOURNAL: home.path.with_suffix(".journal").read_bytes()}
    version = _vault(home).read()
    assert version is not None
    return dict(version.files)


def put(home: Home, changed: Mapping[str, bytes]) -> None:
    """Put these files there, past the program; of a shared ledger nobody holds the lease."""
    if isinstance(home, FileHome):
        for name, path in ((SNAPSHOT, home.path), (JOURNAL, home.path.with_suffix(".journal"))):
            path.unlink(missing_ok=True)
            if name in changed:
                path.write_bytes(changed[name])
        return
    vault = _vault(home)
    kept = {name: content for name, content in changed.items() if name != "lease.json"}
    vault.swap(vault.read(), kept, "by hand")


def _vault(home: Home) -> Vault:
    assert not isinstance(home, FileHome)
    return GitVault(home) if isinstance(home, GitHome) else ObjectVault(home)


def _prefix(found: State, whole: State) -> bool:
    """Whether `found` is what the ledger was some steps before `whole`."""
    return (
        found.seq <= whole.seq
        and set(found.begun) <= set(whole.begun)
        and set(dict(found.bindings())) <= set(dict(whole.bindings()))
    )


@pytest.fixture(scope="module", params=[0, 200], ids=["no people", "people"])
def texts(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Snapshot and journal of a ledger in files."""
    home = FileHome(tmp_path_factory.mktemp("whole") / "conta.json")
    fill(home, people=request.param)
    found = files(home)
    assert min(map(len, found.values())) > _TAIL
    return found


def _read(found: Mapping[str, bytes]) -> State | LedgerError:
    text = Text.held(found.get(SNAPSHOT), found.get(JOURNAL, b""), "conta.json", "conta.journal")
    try:
        state = replay(text)
    except LedgerError as error:
        return error
    assert state is not None
    return state


def _refused(answer: State | LedgerError) -> None:
    assert isinstance(answer, LedgerError)
    finding = answer.finding
    assert finding.rule in {"ledger-damaged", "ledger-newer"}
    assert re.search(r"conta\.(json|journal)", finding.summary)
    assert finding.reason
    assert finding.remedy


def test_a_snapshot_cut_at_any_byte_is_refused(texts: dict[str, bytes]) -> None:
    """Of its last 4 KiB, and with nothing left of it."""
    snapshot = texts[SNAPSHOT]
    for length in (0, *range(len(snapshot) - _TAIL, len(snapshot))):
        _refused(_read({**texts, SNAPSHOT: snapshot[:length]}))


def test_a_journal_cut_at_any_byte_is_a_prefix(texts: dict[str, bytes]) -> None:
    """Whole entries before the cut count, and a torn one is told: what it stood for had not been begun."""
    journal, whole = texts[JOURNAL], _read(texts)
    assert isinstance(whole, State)
    for length in (0, *range(len(journal) - _TAIL, len(journal))):
        found = _read({**texts, JOURNAL: journal[:length]})
        assert isinstance(found, State)
        assert _prefix(found, whole)
        lost = journal[length:].count(b"\n")
        lacks_its_newline_alone = journal[length:].startswith(b"\n")
        torn = length > 0 and not journal[:length].endswith(b"\n") and not lacks_its_newline_alone
        assert [item.rule for item in found.findings] == ["ledger-torn"] * torn
        assert found.seq == whole.seq - lost + lacks_its_newline_alone


def _turned(content: bytes) -> Iterator[bytes]:
    """`content` with one bit turned: any of the last bytes, one of each in the kilobyte before."""
    for back in range(1, 1024 + 1):
        for bit in range(8) if back <= _EVERY_BIT else (back % 8,):
            changed = bytearray(content)
            changed[-back] ^= 1 << bit
            yield bytes(changed)


@pytest.mark.parametrize("name", [SNAPSHOT, JOURNAL])
def test_no_turned_bit_goes_unnoticed(texts: dict[str, bytes], name: str) -> None:
    """It is never taken for another ledger, nor for a line that was only cut short."""
    for changed in _turned(texts[name]):
        _refused(_read({**texts, name: changed}))


def _without_its_middle(journal: bytes) -> bytes:
    lines = journal.splitlines(keepends=True)
    return b"".join((*lines[:3], *lines[4:]))


def _snapshot_of_another(snapshot: bytes) -> bytes:
    return snapshot.replace(b'"account":"conta"', b'"account":"outra"')


_CLASSES: Mapping[str, tuple[Callable[[dict[str, bytes]], Mapping[str, bytes]], str]] = {
    "no snapshot": (lambda now: {JOURNAL: now[JOURNAL]}, "ledger-damaged"),
    "empty snapshot": (lambda now: {**now, SNAPSHOT: b""}, "ledger-damaged"),
    "half a snapshot": (lambda now: {**now, SNAPSHOT: now[SNAPSHOT][: len(now[SNAPSHOT]) // 2]}, "ledger-damaged"),
    "a turned bit": (
        lambda now: {**now, SNAPSHOT: bytes((now[SNAPSHOT][0] ^ 2,)) + now[SNAPSHOT][1:]},
        "ledger-damaged",
    ),
    "edited by hand": (lambda now: {**now, SNAPSHOT: _snapshot_of_another(now[SNAPSHOT])}, "ledger-damaged"),
    "a line edited": (lambda now: {**now, JOURNAL: now[JOURNAL].replace(b"envio.e3", b"envio.e4")}, "ledger-damaged"),
    "a line missing": (lambda now: {**now, JOURNAL: _without_its_middle(now[JOURNAL])}, "ledger-damaged"),
    "lines that come twice": (lambda now: {**now, JOURNAL: now[JOURNAL] * 2}, "ledger-damaged"),
    "no JSON": (lambda now: {**now, SNAPSHOT: b"\x00" * 5000}, "ledger-damaged"),
    "from the future": (
        lambda now: {**now, SNAPSHOT: re.sub(rb'"format_version":\d+', b'"format_version":99', now[SNAPSHOT], count=1)},
        "ledger-newer",
    ),
}


@pytest.mark.parametrize("damage", _CLASSES)
def test_damage_anywhere_is_refused_and_changes_nothing(home: Home, damage: str) -> None:
    """Reading and opening say which part, why, and what helps; nothing is written, and nobody is left holding it."""
    harm, rule = _CLASSES[damage]
    fill(home)
    put(home, harm(files(home)))
    before = files(home) if damage != "no snapshot" or not isinstance(home, FileHome) else {}
    for use in (read_ledger, open_ledger):
        with pytest.raises(LedgerError) as refused:
            use(home, account="conta", origin="sandbox")
        finding = refused.value.finding
        assert finding.rule == rule
        assert _place(home) in finding.summary
        assert finding.remedy
    assert not before or files(home) == before
    assert holder(home) is None


def _place(home: Home) -> str:
    match home:
        case FileHome():
            return str(home.path.parent)
        case GitHome():
            return home.ref
        case _:
            return home.url


def test_anothers_ledger_is_refused_anywhere(home: Home) -> None:
    """Another account's, and another API's."""
    fill(home, "outra")
    for account, origin, words in (
        ("conta", "sandbox", "this is another account's ledger"),
        ("outra", "https://api.exemplo.com.br/v1", "this is another API's ledger"),
    ):
        for use in (read_ledger, open_ledger):
            with pytest.raises(LedgerError, match=words) as refused:
                use(home, account=account, origin=origin)
            assert refused.value.finding.rule == "ledger-foreign"
    assert holder(home) is None


def test_an_older_copy_is_a_ledger_and_the_holder_of_the_newer_writes_nothing(home: Home) -> None:
    """A copy cannot tell that it is old, which is for the account to show; but whoever was at work notices."""
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        ledger.bind(Address("lista", "a"), Binding("lista", None, "id1"))
        lineage = ledger.lineage
    older = files(home)
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        ledger.begin(intent(1))
    running = open_ledger(home, account="conta", origin="sandbox")
    running.begin(intent(2))
    put(home, older)
    if isinstance(home, FileHome):
        running.close()  # files have no memory of who changed them past the lock: what it knew, it writes
        put(home, older)
    else:
        with pytest.raises(LedgerError) as refused:
            running.begin(intent(3))
        assert refused.value.finding.rule == "ledger-taken"
        running.close()
    again = read_ledger(home, account="conta", origin="sandbox", lineage=lineage)
    assert (set(again.bound), again.begun) == ({"lista.a"}, {})


def test_two_histories_of_one_ledger_do_not_mix(tmp_path: Path) -> None:
    """The snapshot of one beside the journal of the other is refused, whichever way round, and whatever their ages."""
    here, there = (FileHome(tmp_path / name / "conta.json") for name in ("here", "there"))
    with open_ledger(here, account="conta", origin="sandbox") as ledger:
        ledger.bind(Address("lista", "a"), Binding("lista", None, "id1"))
    there.path.parent.mkdir()
    there.path.write_bytes(here.path.read_bytes())
    journals = {}
    for home, name in ((here, "b"), (there, "c")):
        ledger = open_ledger(home, account="conta", origin="sandbox")
        ledger.bind(Address("lista", name), Binding("lista", None, "id2"))
        ledger.begin(intent(1))
        journals[name] = home.path.with_suffix(".journal").read_bytes()
        ledger.close()
    for home, other in ((here, "c"), (there, "b")):
        home.path.with_suffix(".journal").write_bytes(journals[other])
        with pytest.raises(LedgerError, match="not made from this journal") as refused:
            open_ledger(home, account="conta", origin="sandbox")
        assert refused.value.finding.rule == "ledger-damaged"


@pytest.mark.parametrize("ending", [".json", ".journal", ".lock"])
def test_what_may_not_be_read_is_said(tmp_path: Path, ending: str) -> None:
    """With the file and the right that is missing."""
    home = FileHome(tmp_path / "conta.json")
    fill(home)
    home.path.with_suffix(ending).chmod(0)
    with no_more_than_others(), pytest.raises(LedgerError, match="This user may not do that"):
        open_ledger(home, account="conta", origin="sandbox")


def test_the_journal_is_one_json_object_a_line(texts: dict[str, bytes]) -> None:
    """Whoever repairs by hand, or reads a ledger that is beyond repair, can."""
    lines = texts[JOURNAL].splitlines()
    first = json.loads(texts[SNAPSHOT])["seq"] + 1
    assert [json.loads(line)["seq"] for line in lines] == list(range(first, first + len(lines)))
