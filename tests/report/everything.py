"""A plan and its result with one foreign text wherever a campaign, an account or a channel may put one. For tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.check import Check, Ground, Ruling, Verdict, Where
from reconciler.engine.model import (
    Action,
    Address,
    Audience,
    Blocked,
    Call,
    Change,
    Delta,
    Finding,
    Outcome,
    Place,
    Severity,
    Status,
)
from reconciler.engine.plan import Plan
from reconciler.engine.proof import Proof
from reconciler.engine.result import Exit, Result
from reconciler.engine.timeline import Event
from reconciler.engine.waiting import Waiting
from reconciler.report import Trouble

START = datetime(2026, 11, 26, 21, tzinfo=UTC)


def changes(text: str) -> tuple[Change, ...]:
    """A change of each kind, the sends with an audience; two contacts."""
    where, call = Place(text, 1, 1), (Call("POST", text),)
    to = Audience(300, exact=False, start=START, lists=((text, 200), ("vip", 100)))
    flat = text.replace("\n", " ")  # a line end makes a difference in lines of a short text
    deltas = (Delta("nome", None, flat), Delta("listas", frozenset({"vip"}), frozenset({"vip", text})))
    deltas = (*deltas, Delta("campos", {"cidade": flat}, {"cidade": flat + "!", text: flat}))
    long = (Delta("html", f"<p>\n{text}\n</p>", f"<b>\n{text}\n</b>"),)
    known = {"deltas": deltas, "calls": call, "live_id": text, "place": where}
    send = {"values": {"mensagem": text}, "irreversible": True, "audience": to, "moves": ((text, 3), ("vip", -1))}
    who = Address("contato", f"{text}@exemplo.org")
    return (
        Change(Address("envio", f"a{text}"), Action.CANCEL, text, live_id=text),
        Change(Address("campo", text), Action.CREATE, text, deltas[:1], calls=call),
        Change(Address("lista", text), Action.UPDATE, text, **known),
        Change(Address("lista", f"b{text}"), Action.DEACTIVATE, text, **known),
        Change(Address("lista", f"c{text}"), Action.ADOPT, text, live_id=text),
        Change(who, Action.CREATE, text, deltas, values={"nome": flat}),
        Change(Address("mensagem", text), Action.UPDATE, text, long, live_id=text),
        Change(Address("envio", text), Action.SCHEDULE, text, deltas, **send),
        Change(Address("envio", f"b{text}"), Action.REPLACE, text, live_id=text, **send),
    )


def finding(text: str) -> Finding:
    """A finding of which every part is foreign."""
    return Finding(
        Severity.WARNING, text, text, text, text, Place(text, 3, 1), Address("envio", text), "nome", text, text
    )


def verdicts(text: str) -> tuple[Verdict, ...]:
    """A check with grounds, and one without."""
    check = Check(Address("verificacao", text), Place(text, 3, 3), text, Where(), ())
    grounds = (Ground("1", text, text, text, text, Ruling.NOT_YET), Ground("2", "", text, "", text, Ruling.HOLDS))
    bulk = Bulk("ogmma.lotes", text, text, text, Phase.RUNNING)
    return (Verdict(check, Ruling.NOT_YET, text, grounds, (bulk,)), Verdict(check, Ruling.NOT_FOUND, text))


def plan(text: str) -> Plan:
    """A plan in which `text` stands everywhere."""
    where = Place(text, 1, 1)
    held = (
        Blocked(Address("envio", text), Action.SCHEDULE, text, text, (text, f"b{text}"), where),
        Blocked(Address("contato", f"{text}@exemplo.org"), None, text, text, (), where),
    )
    to = Audience(5, exact=True, start=START, lists=((text, 5),))
    waiting = (Waiting(Address("envio", f"w{text}"), Action.SCHEDULE, text, (text,), to, where),)
    made = Plan(text, changes(text), held, (finding(text),), (finding(text),), reached=(300, False))
    timeline = (
        Event(text, text, START, text, 5, until=START + timedelta(hours=1)),
        Event("envio", f"envio.{text}", START, "schedule", 300, exact=False),
    )
    return replace(
        made,
        reads={text: 3},
        generated_from={text: text},
        waiting=waiting,
        verdicts=verdicts(text),
        timeline=timeline,
        proof=Proof((finding(text),), (finding(text),), (finding(text),), changes=9, calls=9, sends=1, messages=300),
    )


def trouble(text: str) -> Trouble:
    """A run that came to nothing, of which everything that is told is foreign."""
    return Trouble(text, Exit.INVALID, text, (finding(text), replace(finding(text), address=None)))


def result(text: str) -> Result:
    """What came of it: each status at least once, and `text` in every detail."""
    made = plan(text)
    came = (Status.DONE, Status.FAILED, Status.DONE, Status.UNKNOWN, Status.SKIPPED)
    given = (
        Outcome(change, came[place] if place < len(came) else Status.PENDING if place == 8 else Status.DONE, text, text)
        for place, change in enumerate(made.changes)
    )
    return Result(made, tuple(given), {text: 2}, (Exit.LATER, text), (finding(text),))
