"""What a ledger remembers, for people and for programs. Pure: people are counted, never named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from operator import itemgetter

from reconciler.engine.model import Binding, Intent, Use
from reconciler.ledger import Lease, State
from reconciler.report.words import count, section, visible


def ledger_text(name: str, memory: State, lease: Lease | None) -> str:
    """The ledger called `name`: what it is, what is bound by kind, what has no outcome, who holds it."""
    return "".join(f"{visible(line)}\n" for line in _lines(name, memory, lease))


def ledger_document(name: str, memory: State, lease: Lease | None) -> dict[str, object]:
    """The same as JSON. What has a person's address as its key is only counted; `lease` is null if nobody has it."""
    bound = [
        {"address": token, "live_id": binding.id, "former_ids": list(binding.former_ids)}
        for token, binding in _named(memory)
    ]
    intents = [
        {
            "id": intent.id,
            "address": str(intent.address),
            "action": str(intent.action),
            "at": _moment(intent.at),
            "attempt": intent.attempt,
            "evidence": dict(intent.evidence),
        }
        for intent in memory.open_intents()
    ]
    return {
        "format_version": 1,
        "ledger": name,
        "account": memory.identity.account,
        "lineage": memory.lineage,
        "entries": memory.seq,
        "rebuilt": None if memory.rebuilt is None else _moment(memory.rebuilt),
        "fresh": memory.fresh,
        "calls_per_second": None if memory.tempo is None else memory.tempo.edge,
        "counts": dict(sorted(memory.counts().items())),
        "bindings": bound,
        "open_intents": intents,
        "announced": len(memory.announced),
        "uses": [_use(use) for use in memory.uses.known.values()],
        "lease": None if lease is None else lease_document(lease),
    }


def lease_document(lease: Lease) -> dict[str, object]:
    """A lease as JSON."""
    return {
        "id": lease.id,
        "fence": lease.fence,
        "owner": lease.owner,
        "host": lease.host,
        "pid": lease.pid,
        "run": lease.run or None,
        "since": _moment(lease.since),
        "expires": _moment(lease.expires),
    }


def _lines(name: str, memory: State, lease: Lease | None) -> Iterator[str]:
    yield f"ledger    {name}"
    yield f"account   {memory.identity.account}"
    yield f"lineage   {memory.lineage or 'none: there is no ledger yet'}"
    if memory.rebuilt is not None:
        yield f"rebuilt   {_moment(memory.rebuilt)}: what was sent before is not remembered"
    if memory.fresh and memory.lineage:
        yield "new       not all live sends are accounted for yet: what looks like one of them is asked about"
    yield f"entries   {memory.seq}"
    if memory.tempo is not None:
        yield f"pace      {memory.tempo.edge:.3g} calls/s is where overload showed, {_moment(memory.tempo.at)}"
    yield from _last_use(memory)
    yield f"held by   {lease or 'nobody'}"
    named = list(_named(memory))
    for kind, number in sorted(memory.counts().items()):
        yield ""
        yield count(number, kind, section(kind))
        yield from (_binding(token, binding) for token, binding in named if binding.kind == kind)
    yield ""
    yield f"{count(len(memory.begun), 'call')} without an outcome"
    yield from (_intent(intent) for intent in memory.open_intents())
    if memory.announced:
        yield f"{count(len(memory.announced), 'contato')} announced by a run that did not end: the next apply finds out"


def _use(use: Use) -> dict[str, object]:
    return {"plan": use.plan, "digest": use.digest, "at": _moment(use.at), "entry": use.entry, "finished": use.finished}


def _last_use(memory: State) -> Iterator[str]:
    """The plan that was put into effect last, if one ever was."""
    for use in list(memory.uses.known.values())[-1:]:
        ended = "all of it is made" if use.finished else "not all of it was made"
        yield f"applied   {_moment(use.at)}, digest {use.digest}: {ended}"


def _binding(token: str, binding: Binding) -> str:
    former = f" (before: {', '.join(binding.former_ids)})" if binding.former_ids else ""
    return f"  {token}  {binding.id or 'no live object'}{former}"


def _intent(intent: Intent) -> str:
    evidence = ", ".join(f"{name} {text}" for name, text in sorted(intent.evidence.items()))
    return f"  {intent.address}/{intent.action}  attempt {intent.attempt}, {_moment(intent.at)}  {evidence}".rstrip()


def _named(memory: State) -> Iterator[tuple[str, Binding]]:
    """Bindings whose keys may be shown, in order."""
    return iter(sorted(memory.bound.items(), key=itemgetter(0)))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
