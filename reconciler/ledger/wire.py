"""Bindings, intents and the like as JSON values and back. Pure."""

from __future__ import annotations

import json
import math
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from reconciler.engine.bond import STAMP, Bond, Sheet
from reconciler.engine.model import Action, Address, Binding, Intent, Tempo, Use
from reconciler.ledger.seen import dump_digests, load_digests
from reconciler.ledger.texts import text, texts

PERSON: Final = "contato"
"""The kind whose keys are personal data: of it a keyed hash is kept, and no hash of any field."""
HASHED_KEY = re.compile(r"#[0-9a-f]{32}")
"""How a key that is personal data stands in the ledger."""
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # made once: json.dumps makes one per call


def dump(value: object) -> str:
    """`value` as one line of JSON: plain ASCII, no spaces."""
    return _ENCODER.encode(value)


def address_of(token: str) -> Address:
    """The address that `token` names; its key is `#<keyed hash>` where that is what the token holds."""
    kind, dot, key = token.partition(".")
    if not (kind and dot):
        raise ValueError(f"{token!r} is no kind.key")
    return Address(kind, key)


def dump_binding(binding: Binding) -> dict[str, Any]:
    """Everything but kind and key, which its token already says; what is empty is left out."""
    full = {
        "id": binding.id,
        "former_ids": list(binding.former_ids),
        "sent": dict(binding.sent),
        "stored": dict(binding.stored),
        "on_removal": binding.on_removal,
    }
    return {name: value for name, value in full.items() if value}


def load_binding(token: str, data: Mapping[str, Any]) -> Binding:
    """The binding that stands under `token`. Raises KeyError, TypeError or ValueError if it is none."""
    address = address_of(token)
    return Binding(
        kind=address.kind,
        key=None if HASHED_KEY.fullmatch(address.key) else address.key,
        id=text(data.get("id", "")),
        former_ids=tuple(map(text, data.get("former_ids", ()))),
        sent=texts(data.get("sent", {})),
        stored=texts(data.get("stored", {})),
        on_removal=text(data["on_removal"]) if "on_removal" in data else None,
    )


def binding_of(bond: Bond) -> Binding:
    """What is remembered of a person, as of any other address."""
    return Binding(PERSON, None, bond.id, bond.former, on_removal=bond.policy)


def stamp_of(token: str) -> bytes:
    """The stamp that the token of a person holds. Raises ValueError if it holds none."""
    key = address_of(token).key
    if not HASHED_KEY.fullmatch(key):
        raise ValueError(f"{token!r} holds no keyed hash")
    return bytes.fromhex(key[1:])


def dump_stamps(stamps: Iterable[bytes]) -> str:
    """Stamps joined in base64, in order."""
    return b64encode(b"".join(sorted(stamps))).decode("ascii")


def load_stamps(joined: str) -> Iterator[bytes]:
    """The stamps that `joined` holds. Raises TypeError or ValueError if it holds none."""
    stamps = b64decode(text(joined), validate=True)
    if not stamps or len(stamps) % STAMP:
        raise ValueError(f"{len(stamps)} bytes are no stamps")
    return (stamps[begin : begin + STAMP] for begin in range(0, len(stamps), STAMP))


def dump_sheet(sheet: Sheet) -> dict[str, Any]:
    """Some people in columns: stamps and digests joined in base64, ids, and what few have; no column that is empty."""
    policies = list(sheet.policies)
    full = {
        "stamps": b64encode(sheet.stamps).decode("ascii"),
        "ids": list(sheet.ids),
        "on_removal": policies[0] if len(set(policies)) == 1 else policies,
        "former_ids": {str(row): list(ids) for row, ids in sheet.former.items()},
        "seen": dump_digests(sheet.seen) if sheet.seen else "",
    }
    return {name: value for name, value in full.items() if value}


def load_sheet(data: Mapping[str, Any]) -> Sheet:
    """The people that `data` holds. Raises KeyError, TypeError or ValueError if it holds none."""
    ids, policies = data["ids"], data.get("on_removal", ())
    if isinstance(policies, str):
        policies = [policies] * len(ids)
    former = {int(row): tuple(map(text, past)) for row, past in data.get("former_ids", {}).items()}
    if set(map(type, ids)) - {str} or set(map(type, policies)) - {str, type(None)}:
        raise TypeError("an id or a policy is no text")
    seen = load_digests(data["seen"]) if "seen" in data else ()
    return Sheet(b64decode(data["stamps"], validate=True), ids, policies, former, seen)


def dump_intent(intent: Intent) -> dict[str, Any]:
    """`intent` with its time in UTC. Raises ValueError if the time has no zone."""
    if intent.at.tzinfo is None:
        raise ValueError(f"the time of intent {intent.id} has no zone")
    return {
        "id": intent.id,
        "address": str(intent.address),
        "action": str(intent.action),
        "at": intent.at.astimezone(UTC).isoformat(),
        "attempt": intent.attempt,
        "evidence": dict(intent.evidence),
    }


def load_intent(data: Mapping[str, Any]) -> Intent:
    """The intent that `data` holds. Raises KeyError, TypeError or ValueError if it is none."""
    return Intent(
        id=text(data["id"]),
        address=address_of(text(data["address"])),
        action=Action(data["action"]),
        at=datetime.fromisoformat(text(data["at"])),
        attempt=int(data["attempt"]),
        evidence=texts(data["evidence"]),
    )


def dump_use(use: Use) -> dict[str, Any]:
    """`use` with its time in UTC. Raises ValueError if the time has no zone."""
    if use.at.tzinfo is None:
        raise ValueError(f"the time of the use of {use.plan} has no zone")
    full = {"plan": use.plan, "digest": use.digest, "at": use.at.astimezone(UTC).isoformat(), "entry": use.entry}
    return full | ({"finished": True} if use.finished else {})


def load_use(data: Mapping[str, Any]) -> Use:
    """The use that `data` holds. Raises KeyError, TypeError or ValueError if it is none."""
    return Use(
        plan=text(data["plan"]),
        digest=text(data["digest"]),
        at=datetime.fromisoformat(text(data["at"])),
        entry=int(data["entry"]),
        finished=bool(data.get("finished", False)),
    )


def dump_tempo(tempo: Tempo) -> dict[str, Any]:
    """`tempo` with its time in UTC. Raises ValueError if the time has no zone."""
    if tempo.at.tzinfo is None:
        raise ValueError("the time of the tempo has no zone")
    return {"edge": round(tempo.edge, 3), "at": tempo.at.astimezone(UTC).isoformat()}


def load_tempo(data: Mapping[str, Any]) -> Tempo:
    """The tempo that `data` holds. Raises KeyError, TypeError or ValueError if it is none."""
    tempo = Tempo(float(data["edge"]), datetime.fromisoformat(text(data["at"])))
    if not 0 < tempo.edge < math.inf or tempo.at.tzinfo is None:
        raise ValueError(f"{data!r} is no tempo")
    return tempo
