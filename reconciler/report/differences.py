"""What differs between a saved plan and the plan as it is now, as text for who must decide, and as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.engine.model import Action, Use
from reconciler.engine.outline import Heads, Outline, Pair, Step
from reconciler.engine.result import Exit
from reconciler.engine.saved import Agreement, SavedPlan, Standing
from reconciler.report.document import FORMAT_VERSION, OUTCOMES
from reconciler.report.json_form import Document
from reconciler.report.lines import Line, Span, Style, labelled, line, mark, pad, rendered, title, widest
from reconciler.report.view import View
from reconciler.report.words import count, moment, number, section


@dataclass(frozen=True, slots=True)
class Dispute:
    """A saved plan that does not allow what is to be done now: both outlines, how they stand, and how to plan again.

    `blocked` says by name why nothing is done about something now (a person must decide, or a check does not hold), for
    what is no person.
    """

    saved: SavedPlan
    now: Outline
    agreement: Agreement
    command: str
    blocked: Mapping[str, str] = field(default_factory=dict)


def differences_text(dispute: Dispute, view: View) -> str:
    """What is new, gone and different, and how many people that is; then the command that plans again."""
    return rendered(_lines(dispute, view), view)


def differences_document(dispute: Dispute) -> Document:
    """The same as `schemas/differences.schema.json` describes it. People are counted, never named."""
    saved, found, use = dispute.saved, dispute.agreement.differences, dispute.agreement.use
    return {
        "format_version": FORMAT_VERSION,
        "document": "differences",
        "outcome": OUTCOMES[Exit.DIFFERS],
        "exit_code": int(Exit.DIFFERS),
        "headline": headline(dispute),
        "account": saved.account,
        "saved_plan": saved.id,
        "standing": str(dispute.agreement.standing),
        "used": None if use is None else {"at": use.at.isoformat(timespec="seconds"), "finished": use.finished},
        "reviewed": _figures(saved.outline),
        "now": _figures(dispute.now),
        "new": [_step(step) for step in found.new if not step.private],
        "gone": [_step(step) | {"blocked": dispute.blocked.get(step.name)} for step in found.gone if not step.private],
        "different": [_pair(pair) for pair in found.different if not pair.now.private],
        "people": _people(dispute),
        "recipients": [_heads(heads) for heads in found.heads],
        "remedy": dispute.command,
    }


def _figures(outline: Outline) -> Document:
    return {
        "digest": outline.digest,
        "changes": len(outline.steps),
        "recipients": outline.people,
        "recipients_exact": outline.exact,
    }


def _step(step: Step) -> Document:
    return {
        "address": step.name,
        "kind": step.kind,
        "action": str(step.action),
        "reason": step.wording,
        "irreversible": step.irreversible,
        "recipients": step.people,
        "start": step.start,
        "fields": dict(step.fields),
    }


def _pair(pair: Pair) -> Document:
    fields = [{"field": name, "reviewed": before, "now": after} for name, before, after in fields_of(pair)]
    return {"address": pair.now.name, "kind": pair.now.kind, "action": str(pair.now.action), "fields": fields}


def _people(dispute: Dispute) -> list[Document]:
    found = dispute.agreement.differences
    sides = {"new": found.new, "gone": found.gone, "different": [pair.now for pair in found.different]}
    counted = {name: _counted(steps) for name, steps in sides.items()}
    keys = sorted(set().union(*counted.values()))
    return [
        {"kind": kind, "action": str(action), **{name: counted[name][kind, action] for name in sides}}
        for kind, action in keys
    ]


def _heads(heads: Heads) -> Document:
    return {"address": heads.name or None, "reviewed": heads.reviewed, "now": heads.now, "beyond": heads.beyond}


def _counted(steps: Iterable[Step]) -> Counter[tuple[str, Action]]:
    return Counter((step.kind, step.action) for step in steps if step.private)


def fields_of(pair: Pair) -> Iterator[tuple[str, str | None, str | None]]:
    """What the file tells of each field on either side, where that differs: start included, head-counts not."""
    before, now = pair.reviewed.fields, pair.now.fields
    for name in dict.fromkeys((*before, *now)):
        if before.get(name) != now.get(name):
            yield name, before.get(name), now.get(name)
    if pair.reviewed.action != pair.now.action:
        yield "action", str(pair.reviewed.action), str(pair.now.action)


NEW, NEW_SINCE = "not in the reviewed plan", "since it was used"
GONE = "in the reviewed plan only: made meanwhile, or no longer wanted"
DIFFERENT = "in both plans, and not the same"
NOTHING_LEFT = "nothing is left to change"
UNWORDED = "in something that the file does not keep in words"
SPENT = "The file was used to the end: what came up since is not what was reviewed."
_WORDS = {
    Standing.SPENT: "este plano já foi aplicado, e a conta mudou desde então",
    Standing.DIFFERS: "o plano não é o que foi revisado",
}


def _lines(dispute: Dispute, view: View) -> Iterator[Line]:
    saved, found, use = dispute.saved, dispute.agreement.differences, dispute.agreement.use
    yield line(Span(headline(dispute), Style.STRONG))
    yield line(f"account {saved.account}; nothing was called")
    yield labelled("reviewed", f"{_moment(saved.made, view)}  digest {saved.outline.digest}", indent=0, column=10)
    if use is not None:
        yield labelled("used", f"{_moment(use.at, view)}  {ending(use)}", indent=0, column=10)
    yield labelled("now", f"{_moment_now(dispute)}digest {dispute.now.digest}", indent=0, column=10)
    spent = dispute.agreement.standing is Standing.SPENT
    yield from _section("New", NEW_SINCE if spent else NEW, found.new, {})
    yield from _section("Gone", GONE, found.gone, dispute.blocked)
    yield from _different(found.different)
    yield from _recipients(found.heads)
    yield ()
    if spent:
        yield line(SPENT)
    yield labelled("plan again", dispute.command, indent=0, column=12)


def headline(dispute: Dispute) -> str:
    """What became of the reviewed plan: how many changes are new, gone and different, and how many people that is."""
    return "; ".join((_WORDS[dispute.agreement.standing], *_figured(dispute)))


def ending(use: Use) -> str:
    """How a use of the plan ended."""
    return "to the end" if use.finished else "and not finished"


def _figured(dispute: Dispute) -> Iterator[str]:
    found = dispute.agreement.differences
    if found.new:
        yield count(len(found.new), "mudança nova", "mudanças novas")
    if found.gone:
        yield f"{number(len(found.gone))} já não {'está' if len(found.gone) == 1 else 'estão'} no plano"
    if found.different:
        yield f"{number(len(found.different))} diferente{'' if len(found.different) == 1 else 's'}"
    before, now = dispute.saved.outline.people, dispute.now.people
    if before != now:
        yield f"{number(before)} → {count(now, 'pessoa')}"


def _moment(at: datetime, view: View) -> str:
    return moment(at.astimezone(view.zone))


def _moment_now(dispute: Dispute) -> str:
    return "" if dispute.now.steps else f"{NOTHING_LEFT}  "


def _section(name: str, note: str, steps: Sequence[Step], blocked: Mapping[str, str]) -> Iterator[Line]:
    if not steps:
        return
    yield from title(f"{name} ({number(len(steps))})", note)
    named = [step for step in steps if not step.private]
    column = widest(step.name for step in named)
    for step in named:
        look = mark(step)
        yield line(
            "  ",
            Span(look.symbol, look.style),
            f" {pad(step.name, column)}  {step.action}{f'  {reached}' if (reached := audience(step)) else ''}",
            Span(f"  {step.wording}", Style.FAINT),
        )
        if step.name in blocked:
            yield line("      ", Span(f"held up now: {blocked[step.name]}", Style.GRAVE))
    yield from _persons(steps)


def persons(steps: Iterable[Step]) -> Iterator[str]:
    """How many steps about people there are, by what happens to them: people are counted, never named."""
    for (kind, action), times in sorted(_counted(steps).items()):
        yield f"{section(kind)}: {action} {number(times)}"


def _persons(steps: Iterable[Step]) -> Iterator[Line]:
    for text in persons(steps):
        yield line(f"  {text}")


def audience(step: Step) -> str:
    """Whom a step reaches and when; empty where it is no send."""
    if step.people is None:
        return ""
    start = None if step.start in (None, "agora") else datetime.fromisoformat(str(step.start))
    return f"{count(step.people, 'person', 'people')}, {moment(start)}"


def _different(pairs: Sequence[Pair]) -> Iterator[Line]:
    if not pairs:
        return
    yield from title(f"Different ({number(len(pairs))})", DIFFERENT)
    for pair in pairs:
        if pair.now.private:
            continue
        look = mark(pair.now)
        yield line("  ", Span(look.symbol, look.style), f" {pair.now.name}  {pair.now.action}")
        fields = list(fields_of(pair))
        column = widest(name for name, _, _ in fields) + 2
        for name, before, now in fields:
            told = (("reviewed", Style.TAKE, before), ("now     ", Style.ADD, now))
            for place, (when, style, text) in enumerate(told):
                label = pad("" if place else name, column)
                yield line("      ", Span(label, Style.FAINT), Span(when, style), f"  {text or '(not in it)'}")
        if not fields:
            yield line("      ", Span(UNWORDED, Style.FAINT))
    yield from _persons(pair.now for pair in pairs)


def _recipients(heads: Sequence[Heads]) -> Iterator[Line]:
    if not heads:
        return
    yield from title("Recipients", "reviewed → now")
    names = [item.name or "in all" for item in heads]
    column = widest(names)
    for item, name in zip(heads, names, strict=True):
        told = f"  {pad(name, column)}  {number(item.reviewed)} → {number(item.now)}"
        much = Span("  more than tolerancia_de_publico allows", Style.GRAVE)
        yield line(told, much) if item.beyond else line(told)
