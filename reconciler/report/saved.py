"""Saved plans as the text of a file and back: compact, checked to the byte, sealed with the account's secret. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler import __version__
from reconciler.engine.model import Action, Finding, Severity
from reconciler.engine.outline import Outline, Step
from reconciler.engine.result import Exit
from reconciler.engine.saved import Position, SavedPlan, SavedPlanError
from reconciler.engine.sight import Refresh
from reconciler.report.outline import HASH

FORMAT_VERSION = 1
DOCUMENT = "saved-plan"
_MARK = b'"checksum":"'
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ascii = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A saved plan with the name of its file. `body` is what its seal is of."""

    name: str
    plan: SavedPlan
    body: bytes
    seal: str

    def check_seal(self, salt: bytes) -> None:
        """Raise SavedPlanError unless who saved it had the account's secret, `salt`."""
        if not hmac.compare_digest(self.seal.encode(), _seal(salt, self.body)):
            reason = "Its seal is not one of this account's key: the key was changed since, or the file was forged."
            remedy = "Plan again: `reconciler plan --save FILE`. Nothing was called."
            finding = Finding(Severity.ERROR, "saved-plan", f"{self.name}: not sealed by this account", reason, remedy)
            raise SavedPlanError(finding, Exit.DIFFERS)


def dump(saved: SavedPlan, salt: bytes) -> bytes:
    """`saved` as `schemas/saved-plan.schema.json` describes it, one change a line, closed by checksum and seal."""
    body = "".join(_pieces(saved)).encode()
    return b"".join((body, _MARK, _sum(body), b'","seal":"', _seal(salt, body), b'"}\n'))


def load(name: str, text: bytes) -> SavedFile:
    """The plan that `text`, the content of file `name`, holds. Raises SavedPlanError if `dump` did not write it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _bad(name, "this is not a whole saved plan", "It cannot be read as JSON; it may be cut off.") from error
    if not isinstance(data, dict) or data.get("document") != DOCUMENT:
        like_a_report = isinstance(data, dict) and "digest" in data
        hint = " It looks like the report of --format json, which is for reading." if like_a_report else ""
        raise _bad(name, "this is no saved plan", f"It does not say that it is one.{hint}")
    version = data.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        reason = f"Its format_version is {version}; this version knows up to {FORMAT_VERSION}."
        raise _bad(name, "this plan was saved by a newer version of reconciler", reason)
    body, mark, tail = text.rpartition(_MARK)
    seal = str(data.get("seal"))
    if not mark or tail != b"".join((_sum(body), b'","seal":"', seal.encode("utf-8", "replace"), b'"}\n')):
        raise _bad(name, "this saved plan is damaged", "Its checksum does not match: it was edited, or is incomplete.")
    try:
        return SavedFile(name, _plan(data), body, seal)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(name, "this saved plan is damaged", f"A field is not as it should be ({error!r}).") from error


def _bad(name: str, what: str, reason: str) -> SavedPlanError:
    remedy = "Save it anew: `reconciler plan --save FILE`. Nothing was called."
    return SavedPlanError(Finding(Severity.ERROR, "saved-plan", f"{name}: {what}", reason, remedy), Exit.INVALID)


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _seal(salt: bytes, body: bytes) -> bytes:
    return hmac.new(salt, b"saved plan\n" + body, "sha256").hexdigest().encode()


def _pieces(saved: SavedPlan) -> Iterator[str]:
    head = {
        "format_version": FORMAT_VERSION,
        "document": DOCUMENT,
        "id": saved.id,
        "made": saved.made.astimezone(UTC).isoformat(timespec="seconds"),
        "reconciler": __version__,
        "account": saved.account,
        "api": saved.api,
        "ledger": {"lineage": saved.position.lineage, "entry": saved.position.entry, "sum": saved.position.sum},
        "digest": saved.outline.digest,
        "recipients": saved.outline.people,
        "recipients_exact": saved.outline.exact,
        "refresh": str(saved.refresh),
    }
    steps = saved.outline.steps
    yield _ascii(head).removesuffix("}") + ',\n"changes":[\n'
    yield ",\n".join(_encode(_change(step)) for step in steps if not step.private)
    yield '\n],\n"people":[\n'
    yield ",\n".join(_group(*group) for group in _groups(step for step in steps if step.private))
    yield "\n],\n"


def _change(step: Step) -> dict[str, Any]:
    return {
        "address": step.name,
        "action": str(step.action),
        "hash": step.hash,
        "rest": step.rest,
        "made": step.made,
        "irreversible": step.irreversible,
        "recipients": step.people,
        "start": step.start,
        "wording": step.wording,
        "fields": dict(step.fields),
    }


def _groups(steps: Iterable[Step]) -> Iterator[tuple[tuple[str, Action, bool, bool], list[str]]]:
    """Steps about people, those alike together: of each only its two hashes are left."""
    found: dict[tuple[str, Action, bool, bool], list[str]] = {}
    for step in steps:
        key = (step.kind, step.action, step.made, step.irreversible)
        found.setdefault(key, []).append(step.name.removeprefix(f"{step.kind}.#") + step.hash)
    return iter(found.items())


def _group(alike: tuple[str, Action, bool, bool], hashes: list[str]) -> str:
    kind, action, made, irreversible = alike
    head = {"kind": kind, "action": str(action), "made": made, "irreversible": irreversible}
    return _ascii(head).removesuffix("}") + ',"steps":[\n' + ",\n".join(f'"{text}"' for text in hashes) + "\n]}"


def _plan(data: Mapping[str, Any]) -> SavedPlan:
    ledger = data["ledger"]
    made = datetime.fromisoformat(data["made"])
    if made.tzinfo is None:
        raise ValueError("made has no zone")
    steps = (*map(_step, data["changes"]), *(step for group in data["people"] for step in _person_steps(group)))
    outline = Outline(str(data["digest"]), int(data["recipients"]), bool(data["recipients_exact"]), steps)
    position = Position(ledger["lineage"], int(ledger["entry"]), str(ledger["sum"]))
    refresh = Refresh(data.get("refresh", Refresh.FULL))  # a file of a version before says nothing
    return SavedPlan(str(data["id"]), made, str(data["account"]), str(data["api"]), position, outline, refresh)


def _step(data: Mapping[str, Any]) -> Step:
    return Step(
        name=data["address"],
        action=Action(data["action"]),
        hash=data["hash"],
        rest=data["rest"],
        made=data["made"],
        wording=data["wording"],
        fields=dict(data["fields"]),
        irreversible=data["irreversible"],
        people=data["recipients"],
        start=data["start"],
    )


def _person_steps(group: Mapping[str, Any]) -> Iterator[Step]:
    action, made, irreversible = Action(group["action"]), group["made"], group["irreversible"]
    for text in group["steps"]:
        name, hashed = f"{group['kind']}.#{text[:HASH]}", text[HASH:]
        rest = hashed if made else ""
        yield Step(name, action, hashed, rest, made, private=True, irreversible=irreversible)
