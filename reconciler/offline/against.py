"""A plan without the account: against a snapshot of it, on this machine alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from reconciler.app import Planned
from reconciler.config import Account, nobody
from reconciler.engine.model import Declared, Finding, Severity
from reconciler.engine.people import Bonds
from reconciler.engine.plan import Against
from reconciler.engine.result import Exit
from reconciler.offline.errors import unusable
from reconciler.offline.file import SnapshotFile
from reconciler.offline.packing import unpacked
from reconciler.offline.snapshot import RECENT, Kept, Snapshot
from reconciler.offline.standin import standing_in, unhurried
from reconciler.offline.veil import Known, Veil
from reconciler.reach import usual_pace
from reconciler.settling import plan_ahead
from reconciler.transport import Access


def planned_against(
    account: Account, file: SnapshotFile, secret: bytes | None, allow: Iterable[str], now: datetime
) -> Planned:
    """The plan of `account` as it was when the snapshot was taken; no call leaves this machine.

    With the secret by which people were hidden they are compared; without it they are left out. `now` is this machine's
    time: what has passed since is told. Raises SnapshotError.
    """
    snapshot = file.snapshot
    if snapshot.account != account.name:
        reason = f"It is one of account {snapshot.account}, and this is account {account.name}."
        raise unusable(file.name, "this snapshot is of another account", reason, Exit.DIFFERS)
    veil = _veil(file, secret)
    memory = snapshot.memory.copy() if veil else replace(snapshot.memory, people=Bonds(), announced=set())
    hidden = replace(account, people=veil.roll(account.people, _known(snapshot)) if veil else nobody())
    with standing_in(snapshot, Kept(snapshot), {}) as standin:
        way, patient = standin.reach, unhurried(hidden)
        with way.client(patient, Access.READ) as client:
            planned = plan_ahead(patient, client, memory, way, allow)
    told = (
        *_told(account, file, people=veil is not None, now=now),
        *_unread(planned, file),
        *_beyond(account, file),
        *standin.lacks,
    )
    plan = replace(
        planned.plan,
        warnings=(*told, *planned.plan.warnings),
        reads={},
        routes=(),
        pace=usual_pace(account),
        generated_from={**planned.plan.generated_from, **_origin(file)},
        against=Against(f"sha256:{file.sum}", snapshot.observed, veil is not None),
    )
    return replace(planned, plan=plan, account=hidden)


def _known(snapshot: Snapshot) -> Known:
    """Who of the snapshot a declared contato is, as the engine finds it: by pin, ledger, address, earlier address."""
    emails = {item.id: str(item.fields["email"]) for item in map(unpacked, snapshot.people)}
    there = frozenset(emails.values())

    def known(item: Declared) -> str | None:
        binding = snapshot.memory.of(item.address)
        by_id = (emails.get(live_id) for live_id in (item.id, binding.id if binding else None) if live_id)
        by_address = (email for email in (item.address.key, item.former) if email in there)
        return next((email for email in (*by_id, *by_address) if email is not None), None)

    return known


def _veil(file: SnapshotFile, secret: bytes | None) -> Veil | None:
    """The veil of the people of a snapshot, for one who has the key. Raises SnapshotError for another key."""
    if secret is None or not file.snapshot.check:
        return None
    veil = Veil.of(secret, file.snapshot.memory.identity)
    if veil.check != file.snapshot.check:
        reason = "The people in it are hidden with another key than the one that is given."
        raise unusable(file.name, "this snapshot was taken with another key", reason, Exit.USAGE)
    file.check_seal(veil.seal(bytes.fromhex(file.sum)))
    return veil


def _origin(file: SnapshotFile) -> Mapping[str, str]:
    return {
        "api": "snapshot",
        "snapshot": f"sha256:{file.sum}",
        "observed": file.snapshot.observed.isoformat(timespec="minutes"),
    }


def _told(account: Account, file: SnapshotFile, *, people: bool, now: datetime) -> Iterable[Finding]:
    """What a plan against a snapshot does not show."""
    if not people and len(account.people):
        summary = f"{len(account.people)} declared contatos were not compared with the account"
        reason = (
            "their addresses are hidden in the snapshot, and the key is not at hand; head-counts are those of the"
            " account, without whom this workspace would add or take away, and a send to a list that they alone fill"
            " is blocked, since that is empty"
        )
        yield Finding(
            Severity.WARNING, "snapshot", summary, reason, "a plan with the key, or of the account, compares them"
        )
    late = () if file.snapshot.simulated else account.declared
    for item in (each for each in late if _has_passed(each, file.snapshot.observed, now)):
        summary = "its start has passed since the snapshot was taken"
        reason = "the plan is as of the snapshot; by now nothing would be scheduled for then"
        yield Finding(Severity.WARNING, "snapshot", summary, reason, place=item.place, address=item.address)


def _unread(planned: Planned, file: SnapshotFile) -> Iterable[Finding]:
    """Changes of messages whose html is not in the snapshot, since newer ones have their name."""
    messages = file.snapshot.objects["mensagem"]
    unread = {item.id for item in messages if "html" not in item.fields}
    for change in planned.plan.changes:
        if change.address.kind == "mensagem" and change.live_id in unread:
            summary = "its html is not in the snapshot, since a newer message has its name: what changes is not certain"
            yield Finding(Severity.WARNING, "snapshot", summary, place=change.place, address=change.address)


def _beyond(account: Account, file: SnapshotFile) -> Iterable[Finding]:
    """Declared envios that may be live, and older than what of them is in the snapshot."""
    snapshot = file.snapshot
    there = {item.id for item in snapshot.objects["envio"]}
    for item in account.declared if not snapshot.memory.fresh else ():
        start = item.fields.get("data_de_inicio")
        old = isinstance(start, datetime) and start < snapshot.observed - RECENT
        binding = snapshot.memory.of(item.address)
        if item.address.kind == "envio" and old and item.id not in there and binding is None:
            summary = "began before what the snapshot holds of envios: it may be live, and not be found"
            yield Finding(Severity.WARNING, "snapshot", summary, place=item.place, address=item.address)


def _has_passed(item: Declared, observed: datetime, now: datetime) -> bool:
    start: Any = item.fields.get("data_de_inicio")
    return item.address.kind == "envio" and isinstance(start, datetime) and observed < start <= now
