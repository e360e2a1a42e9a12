"""Laws of the ledger over generated histories: what was recorded is what is read, wherever the journal was cut."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import FileHome, Ledger, LedgerError, State, open_ledger, read_ledger

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
texts = st.text(max_size=12)
hashes = st.dictionaries(texts, texts, max_size=2)
addresses = st.builds(Address, st.sampled_from(["lista", "contato", "envio"]), st.sampled_from(["a", "b.c", "d@x.org"]))
bindings = st.builds(
    Binding,
    kind=st.just("lista"),
    key=st.none(),
    id=texts,
    former_ids=st.lists(texts, max_size=2).map(tuple),
    sent=hashes,
    stored=hashes,
    on_removal=st.none() | st.sampled_from(["manter", "cancelar"]),
)
people = st.builds(Address, st.just("contato"), st.sampled_from(["a", "b.c", "d@x.org"]))
steps = st.one_of(
    st.tuples(
        st.just("begin"), addresses, st.sampled_from(Action), st.dictionaries(texts, st.text("ab0,-"), max_size=2)
    ),
    st.tuples(st.just("end"), st.integers(0, 3)),
    st.tuples(st.just("bind"), addresses, bindings),
    st.tuples(st.just("bind all"), st.dictionaries(addresses, bindings, max_size=1)),
    st.tuples(st.just("forget"), addresses),
    st.tuples(st.just("announce"), st.lists(people, min_size=1, max_size=2)),
    st.tuples(st.just("withdraw"), st.lists(people, max_size=2)),
)
histories = st.lists(steps, max_size=7)


@dataclass
class Told:
    """What a ledger was told, kept as plainly as can be."""

    bound: dict[Address, Binding] = field(default_factory=dict)
    begun: list[Intent] = field(default_factory=list)
    announced: set[Address] = field(default_factory=set)

    def tell(self, ledger: Ledger, step: tuple, number: int) -> None:
        """Do one step on the ledger and here."""
        match step:
            case ("begin", address, action, evidence):
                intent = Intent(f"{number}", address, action, START + timedelta(seconds=number), 1, evidence)
                self.begun.append(intent)
                ledger.begin(intent)
            case ("end", which) if which < len(self.begun):
                ledger.end(self.begun.pop(which), "confirmed", {"id": "x"})
            case ("bind", address, binding):
                self.bound[address] = binding
                self.announced.discard(address)
                ledger.bind(address, binding)
            case ("bind all", one):
                self.bound.update(one)
                self.announced.difference_update(one)
                ledger.bind_all(one.items())
            case ("forget", address):
                self.bound.pop(address, None)
                ledger.forget(address)
            case ("announce", some):
                self.announced.update(some)
                ledger.announce(some)
            case ("withdraw", some):
                self.announced.difference_update(some)
                ledger.withdraw(some)

    def is_what(self, memory: State | Ledger) -> bool:
        """Whether `memory` holds exactly this."""
        bound = {memory.token(address): expected(address, binding) for address, binding in self.bound.items()}
        found = memory.open_intents()
        return (
            dict(memory.bindings()) == bound
            and {memory.stamp(address.key) for address in self.announced} == memory.announced
            and [(memory.token(intent.address), intent.action, intent.at) for intent in self.begun]
            == [(str(intent.address), intent.action, intent.at) for intent in found]
            and [intent.evidence for intent in self.begun] == [intent.evidence for intent in found]
        )


def expected(address: Address, binding: Binding) -> Binding:
    """How `binding` reads after it was bound to `address`."""
    if address.kind == "contato":
        return replace(binding, kind=address.kind, key=None, sent={}, stored={})
    return replace(binding, kind=address.kind, key=address.key)


@contextmanager
def ledger_path() -> Iterator[Path]:
    """A ledger's path in a folder of its own (hypothesis calls a test many times, a fixture once)."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "conta.json")


def opened(path: Path) -> Ledger:
    """The ledger, open for writing."""
    return open_ledger(FileHome(path), account="conta", origin="sandbox")


def seen(path: Path) -> State:
    """The ledger, read."""
    return read_ledger(FileHome(path), account="conta", origin="sandbox")


@given(histories)
@settings(max_examples=15, deadline=None)
def test_a_journal_cut_anywhere_is_a_prefix_of_what_was_done(history: list[tuple]) -> None:
    """Cut after any byte, the ledger is what it was after the last step that lies before the cut, whole."""
    with ledger_path() as path, ledger_path() as cut:
        told, sizes = Told(), [(0, Told())]
        with opened(path) as ledger:
            for number, step in enumerate(history):
                told.tell(ledger, step, number)
                sizes.append((path.with_suffix(".journal").stat().st_size, deepcopy(told)))
            cut.write_bytes(path.read_bytes())
            journal = path.with_suffix(".journal").read_bytes()
        for size in range(len(journal) + 1):
            cut.with_suffix(".journal").write_bytes(journal[:size])
            before = [then for end, then in sizes if end - 1 <= size]  # the newline itself may be missing
            memory = seen(cut)
            assert before[-1].is_what(memory)
            whole = any(size in (end, end - 1) for end, _ in sizes)
            assert [finding.rule for finding in memory.findings] == ([] if whole else ["ledger-torn"])


@given(histories, histories, st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_a_cut_journal_can_be_gone_on_with(first: list[tuple], second: list[tuple], share: float) -> None:
    """A run that opens a cut ledger for writing goes on from that prefix, and what it adds is there afterwards."""
    with ledger_path() as path, ledger_path() as cut:
        told, sizes = Told(), [(0, Told())]
        with opened(path) as ledger:
            for number, step in enumerate(first):
                told.tell(ledger, step, number)
                sizes.append((path.with_suffix(".journal").stat().st_size, deepcopy(told)))
            cut.write_bytes(path.read_bytes())
            journal = path.with_suffix(".journal").read_bytes()
        size = int(share * len(journal))
        cut.with_suffix(".journal").write_bytes(journal[:size])
        told = [then for end, then in sizes if end - 1 <= size][-1]
        with opened(cut) as ledger:
            for number, step in enumerate(second, start=100):
                told.tell(ledger, step, number)
            assert told.is_what(ledger)
        assert told.is_what(seen(cut))


@given(histories)
@settings(max_examples=15, deadline=None)
def test_folding_is_invisible(history: list[tuple]) -> None:
    """The same steps with the ledger closed and opened after each of them read the same as without."""
    with ledger_path() as path:
        told = Told()
        for number, step in enumerate(history):
            with opened(path) as ledger:
                told.tell(ledger, step, number)
                assert told.is_what(ledger)
                assert told.is_what(seen(path))
            assert told.is_what(seen(path))
            assert path.with_suffix(".journal").stat().st_size == 0


@given(histories)
@settings(max_examples=10, deadline=None)
def test_a_crash_between_snapshot_and_emptied_journal_is_harmless(history: list[tuple]) -> None:
    """A new snapshot beside the journal that it already holds reads as the snapshot alone."""
    with ledger_path() as path:
        told = Told()
        with opened(path) as ledger:
            for number, step in enumerate(history):
                told.tell(ledger, step, number)
            ledger.flush()
            journal = path.with_suffix(".journal").read_bytes()
        path.with_suffix(".journal").write_bytes(journal)
        assert told.is_what(seen(path))
        with opened(path) as ledger:
            assert told.is_what(ledger)
        assert told.is_what(seen(path))


@given(histories.filter(lambda history: any(step[0] in ("begin", "bind") for step in history)))
@settings(max_examples=5, deadline=None)
def test_no_changed_byte_goes_unnoticed(history: list[tuple]) -> None:
    """With one bit of any byte of either file turned, the ledger is refused in the ledger's own words."""
    with ledger_path() as path, ledger_path() as turned:
        told = Told()
        with opened(path) as ledger:
            for number, step in enumerate(history):
                told.tell(ledger, step, number)
            originals = {end: path.with_suffix(end).read_bytes() for end in (".json", ".journal")}
        for end, original in originals.items():
            for position in range(len(original)):
                for other, content in originals.items():
                    turned.with_suffix(other).write_bytes(content)
                changed = bytearray(original)
                changed[position] ^= 1 << position % 7
                turned.with_suffix(end).write_bytes(changed)
                with pytest.raises(LedgerError):
                    seen(turned)
