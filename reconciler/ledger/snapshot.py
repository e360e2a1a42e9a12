"""A ledger's state as the text of its snapshot file and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.ledger import wire
from reconciler.ledger.chain import digest
from reconciler.ledger.errors import damaged, newer
from reconciler.ledger.state import Identity, State
from reconciler.ledger.uses import Uses

FORMAT_VERSION = 2
_FIRST = 1
"""A ledger that holds nothing newer stays one that versions before can read: what they do not know, they forget."""
_MARK = b'"checksum":"'


def dump(state: State) -> bytes:
    """`state` as JSON, one binding a line, sorted, closed by a checksum of everything before it."""
    body = "".join(_pieces(state)).encode()
    return b"".join((body, _MARK, digest(body).encode(), b'"}\n'))


def _pieces(state: State) -> Iterator[str]:
    identity = state.identity
    head = {
        "format_version": FORMAT_VERSION if state.uses.known or state.tempo else _FIRST,
        "account": identity.account,
        "origin": identity.origin,
        "lineage": identity.lineage,
        "salt": identity.salt,
        **({} if state.rebuilt is None else {"rebuilt": state.rebuilt.astimezone(UTC).isoformat()}),
        **({"fresh": True} if state.fresh else {}),
        **({} if state.tempo is None else {"tempo": wire.dump_tempo(state.tempo)}),
        "seq": state.seq,
        "chain": state.chain,
    }
    yield wire.dump(head).removesuffix("}")
    if state.uses.known:
        yield f',\n"horizon":{state.uses.horizon},"uses":[\n'
        yield ",\n".join(wire.dump(wire.dump_use(use)) for use in state.uses.known.values())
        yield "\n]"
    yield ',\n"intents":[\n'
    yield ",\n".join(wire.dump(wire.dump_intent(intent)) for intent in state.begun.values())
    yield '\n],\n"bindings":{\n'
    yield ",\n".join(
        f"{wire.dump(token)}:{wire.dump(wire.dump_binding(state.bound[token]))}" for token in sorted(state.bound)
    )
    yield "\n},\n"


def load(file: object, text: bytes, private_kinds: frozenset[str]) -> State:
    """The state that `text`, the content of snapshot `file`, holds. Raises LedgerError if `dump` did not write it."""
    try:
        data = json.loads(text)
        version = int(data["format_version"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(file, None, "The file is no snapshot of a ledger") from error
    if version > FORMAT_VERSION:
        raise newer(file, version, FORMAT_VERSION)
    body, mark, tail = text.rpartition(_MARK)
    if not mark or tail != f'{digest(body)}"}}\n'.encode():
        raise damaged(
            file, None, "The snapshot's checksum does not match its content: it was edited, or it is incomplete"
        )
    try:
        return _state(data, private_kinds)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(file, None, f"The snapshot does not have its fields as they should be ({error!r})") from error


def _state(data: Mapping[str, Any], private_kinds: frozenset[str]) -> State:
    bytes.fromhex(data["salt"])
    rebuilt = datetime.fromisoformat(data["rebuilt"]) if "rebuilt" in data else None
    if rebuilt is not None and rebuilt.tzinfo is None:
        raise ValueError("the time `rebuilt` has no zone")
    intents = [wire.load_intent(intent) for intent in data["intents"]]
    uses = [wire.load_use(use) for use in data.get("uses", ())]
    return State(
        identity=Identity(**{name: data[name] for name in ("account", "origin", "lineage", "salt")}),
        private_kinds=private_kinds,
        seq=int(data["seq"]),
        chain=data["chain"],
        bound={token: wire.load_binding(token, binding) for token, binding in data["bindings"].items()},
        begun={intent.id: intent for intent in intents},
        rebuilt=rebuilt,
        fresh=bool(data.get("fresh", False)),
        tempo=wire.load_tempo(data["tempo"]) if "tempo" in data else None,
        uses=Uses({use.plan: use for use in uses}, int(data.get("horizon", 0))),
    )
