"""What holds wherever a ledger lives: in a file, at a git remote, in an object store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Timer

import pytest

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import (
    Claim,
    FileHome,
    GitHome,
    Home,
    Ledger,
    LedgerBusyError,
    LedgerError,
    ObjectHome,
    State,
    holder,
    open_ledger,
    read_ledger,
    rebuild_ledger,
    unlock_ledger,
)
from tests.ledger.places import git

MARIA = Address("contato", "maria@exemplo.com.br")
NATAL = Address("envio", "natal-sp")
REAL = "https://api.exemplo.com.br/v1"


@dataclass
class Movable:
    """A clock that stands until it is moved."""

    at: datetime = datetime(2026, 11, 2, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What it shows."""
        return self.at


def intent(name: str = "1") -> Intent:
    """A begun call."""
    return Intent(f"{NATAL}/schedule@{name}", NATAL, Action.SCHEDULE, datetime(2026, 11, 2, 8, tzinfo=UTC), 1, {})


def opened(home: Home, claim: Claim | None = None, lineage: str | None = None) -> Ledger:
    """The ledger, open for writing."""
    return open_ledger(home, account="conta", origin=REAL, lineage=lineage, claim=claim)


def seen(home: Home, lineage: str | None = None) -> State:
    """The ledger, read."""
    return read_ledger(home, account="conta", origin=REAL, lineage=lineage)


def claim(clock: Movable, owner: str = "maria@maquina") -> Claim:
    """A claim whose times are the clock's."""
    return Claim(owner, "maquina", 4711, "https://ci.exemplo.org/runs/1", now=clock)


def untouched(home: Home) -> bool:
    """Whether nothing at all stands there."""
    match home:
        case FileHome():
            return not home.path.parent.exists()
        case GitHome():
            return "reconciler/" not in git(home.folder, "ls-remote", "origin")
        case ObjectHome():
            from obstore import list as listed  # noqa: PLC0415
            from obstore.store import from_url  # noqa: PLC0415

            return not [entry for page in listed(from_url(home.url)) for entry in page]


def test_what_was_recorded_is_read(home: Home) -> None:
    """Bindings and open intents, the lineage, in the next run as in this one; and reading alone makes nothing."""
    assert (seen(home).lineage, list(seen(home).bindings()), seen(home).rebuilt) == (None, [], None)
    assert untouched(home)
    binding = Binding("envio", NATAL.key, "e2", ("e1",), {"nome": "aa"}, {"nome": "bb"}, "cancelar")
    with opened(home) as ledger:
        ledger.bind(NATAL, binding)
        ledger.bind(MARIA, Binding("contato", None, "c1"))
        ledger.bind(Address("lista", "a"), Binding("lista", "a", "l1"))
        ledger.forget(Address("lista", "a"))
        ledger.begin(intent("1"))
        ledger.begin(intent("2"))
        ledger.end(intent("1"), "confirmed", {"id": "e2"})
        lineage = ledger.lineage
    for memory in (seen(home, lineage), opened(home, lineage=lineage)):
        assert (memory.lineage, memory.of(NATAL), memory.of(MARIA)) == (
            lineage,
            binding,
            Binding("contato", None, "c1"),
        )
        assert [left.id for left in memory.open_intents()] == [intent("2").id]
        assert (memory.rebuilt, memory.findings, len(list(memory.bindings()))) == (None, (), 2)
    memory.close()


def test_begun_is_durable_on_return(home: Home) -> None:
    """Others see an intent as soon as `begin` returns, with every binding before it, and its end likewise."""
    with opened(home) as ledger:
        for number in range(3):
            ledger.bind(Address("lista", f"l{number}"), Binding("lista", None, f"{number}"))
            ledger.begin(intent(f"{number}"))
            there = seen(home)
            assert (len(there.begun), len(there.bound)) == (1, number + 1)
            ledger.end(intent(f"{number}"), "confirmed", {})
            assert seen(home).begun == {}
        ledger.bind(NATAL, Binding("envio", None, "e1"))
        ledger.flush()
        assert seen(home).of(NATAL) is not None


def test_announced_is_durable_on_return(home: Home) -> None:
    """Others see who may be created as soon as `announce` returns, and not any more once that is settled."""
    with opened(home) as ledger:
        ledger.announce([MARIA, Address("contato", "joao@exemplo.com.br")])
        assert len(seen(home).announced) == 2
        ledger.bind(MARIA, Binding("contato", None, "c1"))
        ledger.flush()
        assert seen(home).announced == {ledger.stamp("joao@exemplo.com.br")}
    assert len(seen(home).announced) == 1


def test_one_writes_and_the_other_is_told_who(home: Home) -> None:
    """Who holds it, where, in which run, since when and until when, and how to free it; afterwards it is free."""
    clock = Movable()
    with opened(home, claim(clock)) as ledger:
        with pytest.raises(LedgerBusyError) as refused:
            opened(home, claim(clock, "outra@maquina"))
        told = str(refused.value)
        for words in ("maria@maquina", "process 4711 on maquina", "https://ci.exemplo.org/runs/1", ledger.lease.id):
            assert words in told
        assert "since 2026-11-02 08:00:00 UTC, until 2026-11-02 08:02:00 UTC unless renewed" in told
        assert f"`reconciler unlock --id {ledger.lease.id}`" in told
        assert holder(home) == ledger.lease
        assert refused.value.finding.rule == "ledger-busy"
    assert holder(home) is None
    opened(home, claim(clock)).close()


def test_an_expired_lease_is_taken_over_and_its_holder_writes_nothing_more(home: Home) -> None:
    """The new holder has a higher number; the old one fails at its next step, for good, and says who has it now."""
    clock = Movable()
    old = opened(home, claim(clock))
    old.begin(intent("1"))
    clock.at += timedelta(minutes=3)
    new = opened(home, claim(clock, "outra@maquina"))
    assert new.lease.fence == old.lease.fence + 1
    assert [left.id for left in new.open_intents()] == [intent("1").id]
    for step in (lambda: old.begin(intent("2")), lambda: old.end(intent("1"), "confirmed", {})):
        with pytest.raises(LedgerError, match="no longer ours: It is held by outra@maquina") as refused:
            step()
        assert refused.value.finding.rule == "ledger-taken"
    old.close()
    new.end(intent("1"), "absent", {})
    new.close()
    assert seen(home).begun == {}


def test_an_old_holder_that_had_nothing_to_write_changes_nothing_at_its_end(home: Home) -> None:
    """Its closing does not free the ledger from the new holder, nor fold what it last knew."""
    clock = Movable()
    old = opened(home, claim(clock))
    clock.at += timedelta(minutes=3)
    with opened(home, claim(clock, "outra@maquina")) as new:
        new.bind(NATAL, Binding("envio", None, "e1"))
        new.flush()
        old.close()
        assert holder(home) == new.lease
    assert seen(home).of(NATAL) is not None


def test_a_heartbeat_keeps_the_lease(home: Home) -> None:
    """A run that only reads for longer than a term is still the one that may write."""
    short = replace(Claim.here(), term=timedelta(seconds=0.6))
    with opened(home, short) as ledger:
        until = time.monotonic() + 1.2
        while time.monotonic() < until:
            time.sleep(0.3)
            with pytest.raises(LedgerBusyError):
                opened(home, short)
        ledger.begin(intent())


def test_a_step_that_came_late_leaves_half_a_term(home: Home) -> None:
    """After a sleep of the machine the lease is renewed before a step returns: the call that follows is covered."""
    clock = Movable()
    with opened(home, claim(clock)) as ledger:
        clock.at += timedelta(minutes=100)
        ledger.begin(intent())
        now = holder(home)
        assert now is not None
        assert now.expires - clock.at >= timedelta(minutes=1)


def test_unlock_frees_what_it_names_and_nothing_else(home: Home) -> None:
    """Another id is refused, and so is a ledger that nobody holds; whoever held it fails at the next step."""
    ledger = opened(home)
    with pytest.raises(LedgerError, match=f"there is no lease abc.*{ledger.lease.id}"):
        unlock_ledger(home, "abc")
    ledger.begin(intent())
    assert unlock_ledger(home, ledger.lease.id).owner == ledger.lease.owner
    assert holder(home) is None
    with pytest.raises(LedgerError, match="It was freed, or taken over"):
        ledger.end(intent(), "confirmed", {})
    with pytest.raises(LedgerError, match="Nobody holds it"):
        unlock_ledger(home, ledger.lease.id)
    with opened(home) as after:
        assert after.lease.fence > ledger.lease.fence
        assert len(after.open_intents()) == 1
    ledger.close()


def test_a_patient_claim_waits(home: Home) -> None:
    """It says once what it waits for, gets in when the other has ended, and gives up when its patience has."""
    words: list[str] = []
    patient = replace(Claim.here(), patience=timedelta(seconds=20), waiting=words.append)
    first = opened(home)
    first.bind(NATAL, Binding("envio", None, "e1"))
    Timer(0.6, first.close).start()
    with opened(home, patient) as second:
        assert second.of(NATAL) is not None
        assert len(words) == 1
        assert first.lease.id in words[0]
        began = time.monotonic()
        with pytest.raises(LedgerBusyError):
            opened(home, replace(patient, patience=timedelta(seconds=0.5)))
        assert 0.5 <= time.monotonic() - began < 5


def test_lost_is_not_empty(home: Home) -> None:
    """Where the workspace knows a ledger, none and another are refused alike, with the command that helps."""
    for use in (lambda: seen(home, "0" * 32), lambda: opened(home, lineage="0" * 32)):
        with pytest.raises(LedgerError, match=r"the ledger is gone.*reconciler ledger rebuild --account conta") as lost:
            use()
        assert lost.value.finding.rule == "ledger-lost"
    assert untouched(home)
    opened(home).close()
    for use in (lambda: seen(home, "0" * 32), lambda: opened(home, lineage="0" * 32)):
        with pytest.raises(LedgerError, match="not the ledger that the workspace knows") as lost:
            use()
        assert lost.value.finding.rule == "ledger-lost"
    assert holder(home) is None


def test_rebuilt_is_marked_and_keeps_the_one_before(home: Home) -> None:
    """A new lineage that remembers nothing but when it began; not while somebody writes."""
    began = datetime.now(UTC)
    with opened(home) as ledger:
        ledger.begin(intent())
        with pytest.raises(LedgerBusyError):
            rebuild_ledger(home, account="conta", origin=REAL)
    before = seen(home)
    done = rebuild_ledger(home, account="conta", origin=REAL)
    after = seen(home, done.lineage)
    assert done.lineage != before.lineage
    assert (after.begun, after.bound, after.seq) == ({}, {}, 0)
    assert after.rebuilt is not None
    assert began <= after.rebuilt <= datetime.now(UTC)
    assert done.aside
    with opened(home, lineage=done.lineage) as ledger:
        assert ledger.rebuilt == after.rebuilt
        ledger.bind(NATAL, Binding("envio", None, "e1"))
    assert seen(home, done.lineage).rebuilt == after.rebuilt


def test_a_rebuilt_ledger_can_be_where_there_was_none(home: Home) -> None:
    """The remedy for a lost ledger works where nothing is left of it."""
    done = rebuild_ledger(home, account="conta", origin=REAL)
    assert done.aside == ""
    assert seen(home, done.lineage).rebuilt is not None


def test_another_ledger_is_refused_and_stays_free(home: Home) -> None:
    """Of another account, or of another API: nobody's lease is left behind, nor anything written."""
    opened(home).close()
    for account, origin in (("outra", REAL), ("conta", "sandbox"), ("conta", REAL + "/")):
        for use in (open_ledger, read_ledger):
            with pytest.raises(LedgerError) as refused:
                use(home, account=account, origin=origin)
            assert refused.value.finding.rule == "ledger-foreign"
    assert holder(home) is None


def test_no_personal_data_and_no_address_in_what_is_kept(home: Home) -> None:
    """Neither a contact's key nor the API's address stands in any byte, wherever it is kept."""
    with opened(home) as ledger:
        ledger.bind(MARIA, Binding("contato", MARIA.key, "c1", sent={"sexo": "hash-of-f"}))
        ledger.begin(replace(intent(), address=MARIA, id=f"{MARIA}/create", evidence={"para": MARIA.key}))
        kept = list(everything(home))
    kept += everything(home)
    assert kept
    assert not [text for text in kept for word in (b"maria@", b"exemplo.com.br", b"hash-of-f") if word in text]


def everything(home: Home) -> Iterator[bytes]:
    """Every byte that is kept now."""
    match home:
        case FileHome():
            yield from (file.read_bytes() for file in home.path.parent.iterdir())
        case GitHome():
            git(home.folder, "fetch", "--quiet", "origin", home.ref)
            yield git(home.folder, "log", "-p", "--format=raw", "FETCH_HEAD").encode()
        case ObjectHome():
            from obstore import get  # noqa: PLC0415
            from obstore import list as listed  # noqa: PLC0415
            from obstore.store import from_url  # noqa: PLC0415

            store = from_url(home.url)
            yield from (bytes(get(store, entry["path"]).bytes()) for page in listed(store) for entry in page)


def test_much_is_kept_as_well_as_little(home: Home) -> None:
    """Thousands of bindings, more than one stretch of a journal and more than one small object: all are there."""
    contacts = [Address("contato", f"c{number}@exemplo.org") for number in range(3500)]
    with opened(home) as ledger:
        for number, contact in enumerate(contacts):
            ledger.bind(contact, Binding("contato", None, f"{number}"))
        ledger.begin(intent())
        unfolded = seen(home)
    folded = seen(home)
    for memory in (unfolded, folded):
        assert [memory.of(contact).id for contact in contacts] == [f"{number}" for number in range(3500)]  # type: ignore[union-attr]
        assert len(memory.begun) == 1
    with opened(home) as ledger:
        ledger.bind(NATAL, Binding("envio", None, "e1"))
    assert (len(seen(home).bound), len(seen(home).people)) == (1, 3500)
