"""What a person must look at in a report: findings and blocked items. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.engine.model import Blocked, Finding, Place
from reconciler.report import findings as compiler_style
from reconciler.report.lines import Line, Span, Style, labelled, line, title
from reconciler.report.mask import Mask
from reconciler.report.people_text import sampled
from reconciler.report.words import count, number, section

BLOCKED = "left alone until a person decides"
REFUSED = "nothing is applied until each is settled"


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is blocked, or several contacts for one reason, as a reader is told of it.

    `name` is an address, or how many contacts they are; `samples` are then some of them, masked. `action` is empty
    where none was decided on; `place` and `live` (ids) are those of one thing, not of several.
    """

    name: str
    samples: str
    action: str
    reason: str
    remedy: str
    place: Place | None
    live: tuple[str, ...]


def held(items: Sequence[Blocked], mask: Mask) -> Iterator[Held]:
    """Blocked items: what was to be done, where it is declared, why it is not done, and what would settle it.

    Contacts that are blocked for the same reason stand together, unless they are shown: there may be thousands.
    """
    groups: dict[tuple[str, ...], list[Blocked]] = {}
    for item in items:
        told = mask.blocked(item)
        name, key = mask.name(item.address), mask.key(item.address)
        same = name if key == item.address.key else told.reason.replace(key, "")
        groups.setdefault((item.address.kind, same, item.action or "", told.remedy), []).append(item)
    for found in groups.values():
        yield _held(found, mask)


def _held(found: Sequence[Blocked], mask: Mask) -> Held:
    """Blocked items of one reason: told by the first."""
    first = mask.blocked(found[0])
    addresses = [item.address for item in found]
    name, samples = mask.name(addresses[0]), ""
    if len(set(addresses)) > 1:
        kind = addresses[0].kind
        name, samples = count(len(found), kind, section(kind)), sampled(addresses, mask)
    place, live = (first.place, first.candidates) if len(found) == 1 else (None, ())
    return Held(name, samples, first.action or "", first.reason, mask.command(first.remedy), place, live)


def blocked(items: Sequence[Blocked], mask: Mask) -> Iterator[Line]:
    """What is blocked, under a heading."""
    if items:
        yield from title(f"Blocked ({number(len(items))})", BLOCKED)
    for item in held(items, mask):
        action, place = f"  {item.action}" if item.action else "", f"  {item.place}" if item.place else ""
        name = f"{item.name} ({item.samples})" if item.samples else item.name
        yield line("  ", Span(name, Style.STRONG), action, Span(place, Style.FAINT))
        yield labelled("why", item.reason, indent=6, column=6)
        yield labelled("fix", item.remedy, indent=6, column=6)
        if item.live:
            yield labelled("live", ", ".join(item.live), indent=6, column=6)


def findings(name: str, note: str, found: Sequence[Finding], mask: Mask) -> Iterator[Line]:
    """Findings under a heading: those with a place as a compiler prints them, then the others in the same words."""
    if found:
        yield from title(f"{name} ({number(len(found))})", note)
    told = [named(finding, mask) for finding in found]
    placed = [finding for finding in told if finding.place is not None]
    if placed:
        # the last paragraph counts them, as the heading did already
        blocks = compiler_style.text(placed, color=False).rpartition("\n\n")[0]
        for text in blocks.splitlines():
            yield line("  ", text)
    for finding in told:
        if finding.place is None:
            yield line("  ", Span(finding.summary, Style.STRONG), Span(f"  [{finding.rule}]", Style.FAINT))
            if finding.reason:
                yield labelled("why", finding.reason, indent=6, column=6)
            if finding.remedy:
                yield labelled("fix", finding.remedy, indent=6, column=6)


def named(finding: Finding, mask: Mask) -> Finding:
    """A finding masked, its summary led by what it is about."""
    told = mask.finding(finding)
    told = replace(told, remedy=mask.command(told.remedy))
    name = mask.name(finding.address) if finding.address and finding.address.key else ""
    return told if not name or name in told.summary else replace(told, summary=f"{name}: {told.summary}")
