"""A ledger's state as the lines of its snapshot file and back. Pure.

The file is one JSON object, and stays readable line by line: what it says of itself stands on the first, of each
address on one, and of people some thousands on each, so that neither writing nor reading ever holds more than one of
those beside the state. The last line is a checksum of everything before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reconciler.engine.bond import Sheet
from reconciler.engine.people import Bonds
from reconciler.engine.sight import NOTHING_SEEN
from reconciler.ledger import seen, wire
from reconciler.ledger.chain import Digest
from reconciler.ledger.errors import LedgerError, damaged, newer
from reconciler.ledger.state import Identity, State
from reconciler.ledger.uses import Uses

FORMAT_VERSION = 4
_PEOPLE_APART, _USES, _FIRST = 3, 2, 1
"""A ledger that holds nothing newer stays one that versions before can read: what they do not know, they forget.

How people were seen they must not forget and change them all the same: killed in between, they would leave it standing.
"""
_ROWS: Final = 4096
_FORMAT = re.compile(rb'\{"format_version": ?(\d{1,9})\b')
_MARK = b'"checksum":"'
_PEOPLE, _END = b'"people":[\n', b"],\n"


def dump(state: State) -> Iterator[bytes]:
    """`state` as JSON, one binding a line, sorted, then people in the order of their stamps, then the checksum."""
    total = Digest()
    yield from (total.add(line.encode()) for line in _lines(state))
    yield _closing(total)


def _lines(state: State) -> Iterator[str]:
    identity = state.identity
    head = {
        "format_version": _format(state),
        "account": identity.account,
        "origin": identity.origin,
        "lineage": identity.lineage,
        "salt": identity.salt,
        **({} if state.rebuilt is None else {"rebuilt": state.rebuilt.astimezone(UTC).isoformat()}),
        **({"fresh": True} if state.fresh else {}),
        **({} if state.tempo is None else {"tempo": wire.dump_tempo(state.tempo)}),
        **({} if state.sight == NOTHING_SEEN else {"sight": seen.dump_sight(state.sight)}),
        **({} if state.embeds is None else {"embeds": seen.dump_embeds(state.embeds)}),
        **({"announced": wire.dump_stamps(state.announced)} if state.announced else {}),
        "seq": state.seq,
        "chain": state.chain,
    }
    yield wire.dump(head).removesuffix("}") + ",\n"
    if state.uses.known:
        yield f'"horizon":{state.uses.horizon},"uses":[\n'
        yield from _separated(wire.dump(wire.dump_use(use)) for use in state.uses.known.values())
        yield "],\n"
    yield '"intents":[\n'
    yield from _separated(wire.dump(wire.dump_intent(intent)) for intent in state.begun.values())
    yield '],\n"bindings":{\n'
    yield from _separated(
        f"{wire.dump(token)}:{wire.dump(wire.dump_binding(state.bound[token]))}" for token in sorted(state.bound)
    )
    yield "},\n"
    if state.people:
        yield _PEOPLE.decode()
        yield from _separated(wire.dump(wire.dump_sheet(sheet)) for sheet in state.people.sheets(_ROWS))
        yield _END.decode()


def _format(state: State) -> int:
    if state.announced or state.people.table.seen_any:
        return FORMAT_VERSION
    if state.people:
        return _PEOPLE_APART
    return _USES if state.uses.known or state.tempo else _FIRST


def _separated(items: Iterable[str]) -> Iterator[str]:
    """Each item on a line, with a comma after all but the last; a line without any, if there is none."""
    before = ""
    for item in items:
        if before:
            yield f"{before},\n"
        before = item
    yield f"{before}\n"


def load(file: object, lines: Iterable[bytes]) -> State:
    """The state that `lines`, those of snapshot `file`, hold. Raises LedgerError if `dump` did not write them."""
    reading = _Reading(file)
    try:
        people = Bonds.of_sheets(reading.sheets(lines))
        return _state(json.loads(reading.rest.rstrip(b",\n") + b"}"), people)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(file, None, f"The snapshot does not have its fields as they should be ({error!r})") from error


class _Reading:
    """One pass over a snapshot's lines: people are taken as they come, and the `rest` is kept."""

    def __init__(self, file: object) -> None:
        self.rest = bytearray()
        self._file = file
        self._among_people = False

    def sheets(self, lines: Iterable[bytes]) -> Iterator[Sheet]:
        """The people. Raises LedgerError unless the checksum at the end is that of all lines, and nothing follows."""
        total, closed = Digest(), False
        for number, line in enumerate(lines, start=1):
            if number == 1:
                self._check_format(line)
            if closed or (line.startswith(_MARK) and line != _closing(total)):
                raise self._altered()
            closed = line.startswith(_MARK)
            if not closed:
                total.add(line)
                yield from self._taken(number, line)
        if not closed:
            raise self._altered()

    def _taken(self, number: int, line: bytes) -> Iterator[Sheet]:
        if line == (_END if self._among_people else _PEOPLE):
            self._among_people = not self._among_people
        elif self._among_people:
            try:
                yield wire.load_sheet(json.loads(line.rstrip(b",\n")))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise damaged(self._file, number, "The line is not what was written there") from error
        else:
            self.rest += line

    def _check_format(self, line: bytes) -> None:
        found = _FORMAT.match(line)
        if found is None:
            raise damaged(self._file, None, "The file is no snapshot of a ledger")
        if int(found[1]) > FORMAT_VERSION:
            raise newer(self._file, int(found[1]), FORMAT_VERSION)

    def _altered(self) -> LedgerError:
        reason = "The snapshot's checksum does not match its content: it was edited, or it is incomplete"
        return damaged(self._file, None, reason)


def _closing(total: Digest) -> bytes:
    """The last line."""
    return b"".join((_MARK, str(total).encode(), b'"}\n'))


def _state(data: Mapping[str, Any], people: Bonds) -> State:
    rebuilt = datetime.fromisoformat(data["rebuilt"]) if "rebuilt" in data else None
    if rebuilt is not None and rebuilt.tzinfo is None:
        raise ValueError("the time `rebuilt` has no zone")
    intents = [wire.load_intent(intent) for intent in data["intents"]]
    uses = [wire.load_use(use) for use in data.get("uses", ())]
    state = State(
        identity=Identity(**{name: data[name] for name in ("account", "origin", "lineage", "salt")}),
        seq=int(data["seq"]),
        chain=data["chain"],
        people=people,
        begun={intent.id: intent for intent in intents},
        announced=set(wire.load_stamps(data["announced"])) if "announced" in data else set(),
        rebuilt=rebuilt,
        fresh=bool(data.get("fresh", False)),
        tempo=wire.load_tempo(data["tempo"]) if "tempo" in data else None,
        sight=seen.load_sight(data["sight"]) if "sight" in data else NOTHING_SEEN,
        embeds=seen.load_embeds(data["embeds"]) if "embeds" in data else None,
        uses=Uses({use.plan: use for use in uses}, int(data.get("horizon", 0))),
    )
    for token, binding in data["bindings"].items():  # people, too, in a file of an earlier format
        state.bind(token, wire.load_binding(token, binding))
    return state
