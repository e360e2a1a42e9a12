"""`intervalo_entre_canais`: an e-mail send keeps its distance from the bulk sends of other channels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.model import Address, Audience, Change, Declared, Finding, Severity
from reconciler.engine.review import refuse, rules_of
from reconciler.engine.rules import Rules
from reconciler.engine.scene import Scene

RULE = "intervalo_entre_canais"


def asked(rules: Rules, declared: Iterable[Declared]) -> bool:
    """Whether any declared envio has to keep its distance, so that all bulk sends have to be read."""
    own = (item.rules for item in declared if item.address.kind == "envio")
    return any(rules.overridden(each).intervalo_entre_canais is not None for each in own)


def unseen(address: Address, scene: Scene) -> str:
    """Which sources could not be looked at, and why, if the rule asks for them; empty if nothing is in its way."""
    rules, terms = rules_of(address, scene), scene.terms
    if rules.intervalo_entre_canais is None or terms.allows(RULE, address):
        return ""
    lost = {source: why for source, why in terms.elsewhere.unread.items() if source in terms.elsewhere.whole}
    return "; ".join(f"{source} was not read: {why}" for source, why in sorted(lost.items()))


def spacing(change: Change, audience: Audience, scene: Scene) -> Iterator[Finding]:
    """Refuse a send that starts too near to a bulk send; say so where nobody can know."""
    least = rules_of(change.address, scene).intervalo_entre_canais
    if least is None or scene.terms.allows(RULE, change.address):
        return
    start = (audience.start or scene.terms.now).astimezone(UTC)
    hours = f"{least.total_seconds() / 3600:g} h"
    for bulk in sorted(scene.terms.elsewhere.bulks, key=lambda bulk: (bulk.source, bulk.id)):
        told = _too_near(bulk, start, least, scene.terms.now)
        if told:
            yield refuse(RULE, change, f"{told}; {hours} are asked for between them ({RULE})", "move data_de_inicio")


def unforeseen(change: Change, audience: Audience, scene: Scene) -> Iterator[Finding]:
    """A warning for each bulk send that may go on at the start of a send, for all that can be known."""
    least = rules_of(change.address, scene).intervalo_entre_canais
    if least is None or scene.terms.allows(RULE, change.address):
        return
    start = (audience.start or scene.terms.now).astimezone(UTC)
    for bulk in scene.terms.elsewhere.bulks:
        open_ended = bulk.phase is not Phase.ENDED and _end(bulk, scene.terms.now) is None
        if open_ended and not _too_near(bulk, start, least, scene.terms.now):
            summary = f"{_named(bulk)} is {bulk.status}, and when it will be over is not told"
            remedy = "depois_de a verificacao of it keeps the order, whatever happens"
            yield Finding(Severity.WARNING, RULE, summary, remedy=remedy, place=change.place, address=change.address)


def _too_near(bulk: Bulk, start: datetime, least: timedelta, now: datetime) -> str:
    """Why a send that starts then is too near to `bulk`, if it is.

    One that goes on is over now at the earliest, and at its present speed later. One that is over and does not say
    since when (a cancelled one may not) is taken to have been over since its beginning.
    """
    if bulk.phase is Phase.ENDED:
        over = bulk.ended or bulk.created
        if over is None or abs(start - over.astimezone(UTC)) >= least:
            return ""
        return f"starts {_apart(start, over)} {_named(bulk)}, which ended {over.astimezone(now.tzinfo):%d/%m %H:%M}"
    over = max(_end(bulk, now) or now, now)
    if start - over.astimezone(UTC) >= least:
        return ""
    expected = f", until about {over.astimezone(now.tzinfo):%d/%m %H:%M} at its speed" if over > now else ""
    return f"starts while {_named(bulk)} is {bulk.status}{expected}, or too soon after it"


def _end(bulk: Bulk, now: datetime) -> datetime | None:
    """When a bulk send that is going on will be over if it goes on as it has; None where that cannot be told."""
    if bulk.created is None or not bulk.progress or bulk.phase is not Phase.RUNNING or now <= bulk.created:
        return None
    return bulk.created + (now - bulk.created) * 100 / min(bulk.progress, 100)


def _apart(start: datetime, over: datetime) -> str:
    minutes = int(abs(start - over).total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min {'after' if start >= over else 'before'} the end of"


def _named(bulk: Bulk) -> str:
    return f"{bulk.source} “{bulk.title or bulk.id}”"
