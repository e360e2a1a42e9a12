"""Messages on the page: how each looks before and after, what differs in its text, and what deserves a look. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from reconciler.engine.model import Action, Change
from reconciler.engine.plan import Plan
from reconciler.report.html.changes import diff
from reconciler.report.html.element import Markup, code, el, joined
from reconciler.report.html.frames import frame
from reconciler.report.html.page import Chapter, counted, folded
from reconciler.report.layout import Risk, Section
from reconciler.report.proofreading import Remark, proofread
from reconciler.report.sends_text import audience_people
from reconciler.report.values import broken, unified
from reconciler.report.words import WORDS, count, moment, number, shortened

MESSAGE: Final = "mensagem"
SHOWN: Final = 4_000_000
"""Characters of html that are rendered in all, as the page has to hold them: some forty messages of 100 KB."""
LARGEST: Final = 500_000
"""Characters of one html that are rendered: five times what Gmail shows."""
_COMPARED: Final = 2_000_000
"""Characters of html that are compared in all: the time that it takes grows faster than they do."""
_LINES: Final = 240
_COLUMNS: Final = 400
_OPEN: Final = 3
"""How many messages are unfolded: a frame that is folded away costs no time."""
_USES: Final = 8


@dataclass(frozen=True, slots=True)
class _Letter:
    """A message that the plan writes: subject and html as they are live (None: not there yet) and as they will be.

    `seen` says whether it is rendered here, `read` whether its texts are compared.
    """

    change: Change
    place: int
    subject: tuple[str | None, str]
    html: tuple[str | None, str]
    uses: tuple[Change, ...]
    seen: bool = True
    read: bool = True


@dataclass(slots=True)
class _Room:
    """How much may still be rendered and compared."""

    shown: int = SHOWN
    compared: int = _COMPARED
    place: int = 0

    def letter(self, change: Change, uses: Sequence[Change]) -> _Letter:
        """The letter of a change, as far as there is room."""
        subject, html = _sides(change, "assunto"), _sides(change, "html")
        sides = [side for side in html if side is not None]
        size = sum(map(len, sides)) if html[0] != html[1] else len(html[1])
        seen = size <= self.shown and max(map(len, sides)) <= LARGEST
        read = html[0] is None or size <= self.compared
        self.shown -= size if seen else 0
        self.compared -= size if read and html[0] is not None else 0
        self.place += 1
        return _Letter(change, self.place, subject, html, tuple(uses), seen, read)


def messages(plan: Plan) -> Chapter:
    """Every message that the plan writes; those that it sends first."""
    uses: dict[str, list[Change]] = {}
    for change in plan.changes:
        if change.audience is not None and isinstance(key := change.values.get(MESSAGE), str):
            uses.setdefault(key, []).append(change)
    written = [change for change in plan.changes if change.address.kind == MESSAGE and _written(change)]
    written.sort(key=lambda change: change.address.key not in uses)
    room = _Room()
    letters = [room.letter(change, uses.get(change.address.key, ())) for change in written]
    section = Section("messages", Markup, {Risk.DETAILS: letters}, _letter)
    note = "pictures from elsewhere are not loaded, links lead nowhere, and nothing in a message runs"
    return Chapter("messages", counted("Messages", len(letters)), note, (section,) if letters else ())


def _written(change: Change) -> bool:
    return change.action in (Action.CREATE, Action.UPDATE) and _sides(change, "html") != (None, "")


def _sides(change: Change, name: str) -> tuple[str | None, str]:
    """A field before and after; alike on both sides where the plan leaves it as it is."""
    found = next((delta for delta in change.deltas if delta.field == name), None)
    if found is not None:
        before, after = found.before, found.after
    else:
        after = change.values.get(name)
        before = after if change.live_id is not None else None
    return (before if isinstance(before, str) else None), (after if isinstance(after, str) else "")


def _letter(letter: _Letter) -> Markup:
    change = letter.change
    leaves = bool(change.values.get("mensagem_descadastro"))
    remarks = proofread(letter.html[1], leaves=leaves) if letter.html[1] else ()
    return el(
        "article",
        el("h3", code(str(change.address)), " ", el("span", str(change.action), class_="tag"), *_flag(remarks)),
        *_subject(letter),
        *_used(letter.uses),
        *_rendered(letter),
        *_compared(letter),
        *_remarked(remarks),
        class_="letter",
    )


def _flag(remarks: Sequence[Remark]) -> Iterator[Markup]:
    if any(remark.grave for remark in remarks):
        yield joined(" ", el("span", "deserves a look", class_="tag bad"))


def _subject(letter: _Letter) -> Iterator[Markup]:
    before, after = letter.subject
    if not (before or after):
        return
    told = [el("ins", el("bdi", shortened(after, WORDS)))]
    if before is not None and before != after:
        told.insert(0, el("del", el("bdi", shortened(before, WORDS))))
    yield el("p", *told, class_="subject")


def _used(uses: Sequence[Change]) -> Iterator[Markup]:
    parts: list[str] = []
    for change in uses[:_USES]:
        if (to := change.audience) is not None:
            parts += ["; " if parts else "Goes out with ", code(str(change.address))]
            parts.append(f", {moment(to.start)}, to {audience_people(to)}")
    if parts:
        more = f"; and {count(len(uses) - _USES, 'more send')}" if len(uses) > _USES else ""
        yield el("p", *parts, more, class_="note")


def _rendered(letter: _Letter) -> Iterator[Markup]:
    before, after = letter.html
    if not after:
        return
    if not letter.seen:
        size = max(len(side) for side in letter.html if side is not None)
        why = "it is too large" if size > LARGEST else "the page would become too large"
        yield el("p", f"Not rendered here, since {why}: {count(size, 'character')} of html.", class_="note cut")
        return
    name = str(letter.change.address)
    sides = [("after" if before is not None else "new", after)]
    if before == after:
        sides = [("as it is, unchanged", after)]
    elif before is not None:
        sides.insert(0, ("before", before))
    shown = _preview(letter.place, [(side, frame(html, f"{name}: {side}")) for side, html in sides])
    yield folded(joined("Rendered at 600 and 360 px"), shown, open_=letter.place <= _OPEN)


def _preview(place: int, sides: Sequence[tuple[str, Markup]]) -> Markup:
    """Frames beside one another, as wide as is chosen by two buttons that need no script."""
    name = f"m{place}"
    choice: list[Markup] = []
    for width in ("600", "360"):
        own = f"{name}w{width}"
        checked = "" if width == "600" else None
        choice.append(el("input", type="radio", name=name, id=own, class_=f"w{width}", checked=checked))
        choice.append(el("label", f"{width} px", for_=own, class_=f"w{width}"))
    figures = (
        el("figure", el("figcaption", side), el("div", made, class_="screen"), class_="side") for side, made in sides
    )
    return el("div", *choice, el("div", *figures, class_="sides"), class_="preview")


def _compared(letter: _Letter) -> Iterator[Markup]:
    before, after = letter.html
    if before is None or before == after:
        return
    size = f"html: {number(len(before))} → {count(len(after), 'character')}"
    if not letter.read:
        yield el("p", f"{size}; not compared here, since there is too much of it", class_="note cut")
        return
    found = unified(broken(before), broken(after), around=2)
    if not found:
        yield el("p", f"{size}; only white space differs, or too much to be compared here", class_="note cut")
        return
    added, taken = (sum(line.startswith(sign) for line in found) for sign in "+-")
    lines = [line if len(line) <= _COLUMNS else f"{line[:_COLUMNS]}…" for line in found[:_LINES]]
    if len(found) > _LINES:
        lines.append(f"… {count(len(found) - _LINES, 'more line')} of this difference")
    summary = joined(f"Text of the html: {number(added)} lines added, {number(taken)} taken away; {size}")
    yield folded(summary, el("div", diff(lines), class_="diff"))


def _remarked(remarks: Sequence[Remark]) -> Iterator[Markup]:
    if remarks:
        items = el("ul", *map(_remark, remarks), class_="remarks")
        yield folded(joined(f"Links, pictures, size: {count(len(remarks), 'remark')}"), items, open_=True)
    else:
        yield el("p", "Links, pictures, size: nothing to remark.", class_="note")


def _remark(remark: Remark) -> Markup:
    samples = (joined(" · " if place else "", code(sample)) for place, sample in enumerate(remark.samples))
    told = joined(remark.summary, el("small", *samples) if remark.samples else Markup())
    times = number(remark.times) if remark.times else "!"
    return el("li", el("span", times, class_=f"tag {'bad' if remark.grave else 'warn'}"), el("div", told))
