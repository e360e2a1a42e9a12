"""A plan as text for people who decide: headline, changes by kind, what is held up, figures, how to apply it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.model import Action, Change
from reconciler.engine.plan import Plan, call_count
from reconciler.report.calls_text import calls, paced, planned, refreshed, routes
from reconciler.report.channels_text import checks, timeline, waiting
from reconciler.report.headline import plan_headline
from reconciler.report.lines import (
    KNOWS,
    MARKS,
    Line,
    Span,
    Style,
    labelled,
    line,
    mark,
    pad,
    rendered,
    title,
    widest,
    wrapped,
)
from reconciler.report.mask import PRIVATE, Mask
from reconciler.report.people_text import adopted, moved, people
from reconciler.report.proof_text import against, proof
from reconciler.report.sends_text import EXPIRY, sends
from reconciler.report.trouble_text import REFUSED, blocked, findings
from reconciler.report.values import differences, few
from reconciler.report.view import View
from reconciler.report.words import count, moment, number, section

_ORIGIN = 32
"""How many characters of each thing that a plan was made from are shown."""


def plan_text(plan: Plan, view: View, *, command: str) -> str:
    """`plan` for a person who decides about it; `command` is the command line that applies exactly this plan."""
    return rendered(_lines(plan, view, command), view)


def _lines(plan: Plan, view: View, command: str) -> Iterator[Line]:
    mask = Mask(plan, view, plan.proof.findings if plan.proof else ())
    yield line(Span(plan_headline(plan, view), Style.STRONG))
    yield from _ended(view, mask)
    if plan.idle and not (plan.blocked or plan.warnings or plan.refusals or plan.waiting or plan.verdicts):
        yield line(f"account {plan.account} is as declared; {count(sum(plan.reads.values()), 'call')} to find out")
        yield from refreshed(plan)
        yield from against(plan.against)
        yield from proof(plan.proof, mask)
        return
    yield from _origin(plan)
    groups = by_kind(plan.changes)
    for kind in (*groups, *((PRIVATE,) if plan.adopted and PRIVATE not in groups else ())):
        yield from title(section(kind))
        if kind == PRIVATE:
            yield from adopted(plan.adopted)
            yield from people(groups[kind], mask, view) if kind in groups else ()
        else:
            yield from _objects(groups[kind])
    yield from _legend(plan)
    yield from waiting(plan.waiting)
    yield from checks(plan.verdicts)
    yield from timeline(plan.timeline)
    yield from findings("Warnings", "", plan.warnings, mask)
    yield from blocked(plan.blocked, mask)
    yield from findings("Refused", REFUSED, plan.refusals, mask)
    yield from proof(plan.proof, mask)
    yield from _figures(plan)
    if plan.against is not None:
        yield from against(plan.against)
    elif not plan.idle:
        yield from _approval(plan, command)


def _ended(view: View, mask: Mask) -> Iterator[Line]:
    """How the run ended that this plan was made for, where it came to nothing."""
    if view.ended is not None:
        yield line(Span(f"exit code {int(view.ended.exit)}: {mask.text(view.ended.reason)}", Style.GRAVE))


def by_kind(changes: Sequence[Change]) -> Mapping[str, list[Change]]:
    """Changes by kind, each in the plan's order.

    Kinds stand in the order in which the plan is done with building them up: what is stopped first and what is taken
    down last belongs with the rest of its kind.
    """
    found: dict[str, list[Change]] = {}
    for change in reversed(changes):
        if change.action is not Action.DELETE:
            found.setdefault(change.address.kind, [])
    kinds = [*reversed(found), *(change.address.kind for change in changes)]
    groups: dict[str, list[Change]] = {kind: [] for kind in kinds}
    for change in changes:
        groups[change.address.kind].append(change)
    return groups


def _origin(plan: Plan) -> Iterator[Line]:
    yield line(f"account {plan.account}")
    if plan.generated_from:
        told = [f"{name} {_hash_cut(text)}" for name, text in sorted(plan.generated_from.items())]
        yield from wrapped("made from ", told, indent=10)


def _hash_cut(text: str) -> str:
    """A long hash is recognised by its beginning; the JSON document has it whole."""
    return text if len(text) <= _ORIGIN else text[: _ORIGIN - 1] + "…"


def _objects(changes: Sequence[Change]) -> Iterator[Line]:
    known = [str(change.address) for change in changes if change.action is Action.ADOPT]
    if known:
        yield from wrapped(f"  {KNOWS.symbol} adopt  ", known, indent=11)
    others = [change for change in changes if change.action is not Action.ADOPT and change.audience is None]
    column = widest(str(change.address) for change in others)
    for change in others:
        yield from _one(change, column)
    yield from moved(changes)
    yield from sends(
        [change for change in changes if change.audience is not None and change.action is not Action.ADOPT]
    )


def _one(change: Change, column: int) -> Iterator[Line]:
    """One change that sends nothing: what, why, and each field before → after. Addresses take `column` columns."""
    look = mark(change)
    yield line(
        "  ",
        Span(look.symbol, look.style),
        f" {pad(str(change.address), column)}  {change.action}",
        Span(f"  {change.reason}", Style.FAINT),
    )
    yield from differences(change, change.deltas, indent=6, explained=few)


def _legend(plan: Plan) -> Iterator[Line]:
    used = {mark(change) for change in plan.changes} | ({KNOWS} if plan.adopted else set())
    if used:
        yield ()
        yield line(Span("   ".join(f"{look.symbol} {look.meaning}" for look in MARKS if look in used), Style.FAINT))


def _figures(plan: Plan) -> Iterator[Line]:
    yield ()
    made = call_count(plan.changes)
    yield from calls("calls", f"{number(made)} to apply{paced(made, plan.pace)}", planned(plan.changes))
    yield from calls("", f"{number(sum(plan.reads.values()))} made by planning", plan.reads)
    yield from routes(plan.routes)
    yield from refreshed(plan)


def _approval(plan: Plan, command: str) -> Iterator[Line]:
    yield labelled("digest", plan.digest, indent=0, column=8)
    if plan.refusals:
        yield labelled("apply", "would stop before any call, see above", indent=0, column=8)
    elif plan.proof is not None and plan.proof.faults:
        yield labelled(
            "apply", "would not come to this, as far as a copy of the account shows: see Rehearsal", indent=0, column=8
        )
    else:
        yield labelled("apply", command, indent=0, column=8)
        if plan.until is not None:
            yield labelled("until", f"{moment(plan.until)}: {EXPIRY}", indent=0, column=8)
