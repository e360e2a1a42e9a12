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

FORMAT_VERSION = 1
_MARK = b'"checksum":"'


def dump(state: State) -> bytes:
    """`state` as JSON, one binding a line, sorted, closed by a checksum of everything before it."""
    body = "".join(_pieces(state)).encode()
    return b"".join((body, _MARK, digest(body).encode(), b'"}\n'))


def _pieces(state: State) -> Iterator[str]:
    identity = state.identity
    head = {
        "format_version": FORMAT_VERSION,
        "account": identity.account,
        "origin": identity.origin,
        "lineage": identity.lineage,
        "salt": identity.salt,
        **({} if state.rebuilt is None else {"rebuilt": state.rebuilt.astimezone(UTC).isoformat()}),
        "seq": state.seq,
        "chain": state.chain,
    }
    yield wire.dump(head).removesuffix("}") + ',\n"intents":[\n'
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
    return State(
        identity=Identity(**{name: data[name] for name in ("account", "origin", "lineage", "salt")}),
        private_kinds=private_kinds,
        seq=int(data["seq"]),
        chain=data["chain"],
        bound={token: wire.load_binding(token, binding) for token, binding in data["bindings"].items()},
        begun={intent.id: intent for intent in intents},
        rebuilt=rebuilt,
    )
