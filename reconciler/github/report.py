"""A JSON report of plan or apply, as GitHub is told of it: verdict, figures, and notes with their places. Pure.

Read are the documents that `--report FILE.json` writes: a plan, a result, what differs from a reviewed plan, what
validating found, and the trouble of a run that came to none of these. A run that was killed leaves no report at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from reconciler.engine.model import Action, Severity
from reconciler.engine.result import Exit
from reconciler.github.answers import counts, rows, text, whole

_FORMAT: Final = 1
_CREATES: Final = frozenset({Action.CREATE, Action.SCHEDULE})
_TAKES: Final = frozenset(
    {
        Action.CANCEL,
        Action.CANCEL_TWINS,
        Action.DEACTIVATE,
        Action.DELETE,
        Action.PAUSE,
        Action.UNSUBSCRIBE,
    }
)
NO_REPORT: Final = "the run ended before it wrote a report: its log says more"


class UnreadableReportError(Exception):
    """A file that is no report of ours; the text says in what way."""


class Standing(StrEnum):
    """What a report says, in one word. Several may be true at once."""

    SENDS = "sends"
    CHANGES = "changes"  # and sends nothing
    SAME = "same"
    VALID = "valid"  # the files are right, and nothing was planned
    BLOCKED = "blocked"  # a guard refuses, or a person must decide
    INVALID = "invalid"  # the files are wrong
    FAILED = "failed"  # the run came to no verdict, or did not do all that it was to do


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be read beside a line of a file. `file` is relative to the workspace; empty where it has no place.

    `told` are its reason and its remedy, as far as it has them.
    """

    severity: Severity
    title: str
    told: tuple[str, ...] = ()
    file: str = ""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """How much is planned, or was done."""

    creates: int = 0
    updates: int = 0
    deactivations: int = 0
    sends: int = 0
    recipients: int = 0

    @property
    def changes(self) -> int:
        """All of them; what is only remembered is none."""
        return self.creates + self.updates + self.deactivations


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has to say. `account` and `digest` are empty where it does not; `failure` where nothing failed."""

    account: str
    headline: str
    digest: str
    standings: frozenset[Standing]
    figures: Figures = field(default_factory=Figures)
    notes: tuple[Note, ...] = ()
    failure: str = ""

    @property
    def drifted(self) -> bool | None:
        """Whether the account is not as it is declared; None if the run could not tell."""
        if self.standings & {Standing.VALID, Standing.INVALID, Standing.FAILED}:
            return None
        return bool(self.standings - {Standing.SAME})


def absent() -> Report:
    """The report of a run that wrote none."""
    return Report("", NO_REPORT, "", frozenset({Standing.FAILED}), failure=NO_REPORT)


def read(content: bytes) -> Report:
    """The report that a file holds. Raises UnreadableReportError."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableReportError("it is no JSON") from None
    version = whole(found, "format_version")
    if version != _FORMAT:
        if version is None:
            raise UnreadableReportError("it is no report of plan, apply or validate (--report FILE.json)")
        raise UnreadableReportError(
            f"it is written in format {version}; this program reads {_FORMAT}: use that which wrote it"
        )
    reads = _READS.get(text(found, "document"))
    if reads is None:
        raise UnreadableReportError("it is no report of plan, apply or validate (--report FILE.json)")
    return reads(found)


def _plan(found: Mapping[str, Any]) -> Report:
    """A plan, and why it was not applied if it was to be (`ended`)."""
    figures, held, ended = _figures(found), _held(found), whole(found, "ended", "exit_code")
    standings = {_does(figures)} | ({Standing.BLOCKED} if held else set())
    if ended is not None and ended != Exit.BLOCKED:
        standings.add(Standing.FAILED)
    return Report(
        account=text(found, "account"),
        headline=text(found, "headline"),
        digest=text(found, "digest"),
        standings=frozenset(standings),
        figures=figures,
        notes=tuple(_notes(found)),
        failure="; ".join(filter(None, (text(found, "ended", "reason"), held))),
    )


def _result(found: Mapping[str, Any]) -> Report:
    code, figures = whole(found, "exit_code"), _figures(found)
    failure = "" if code == Exit.OK else "; ".join(filter(None, (text(found, "headline"), *_reasons(found))))
    standings = {_does(figures)}
    if code != Exit.OK:
        standings.add(Standing.BLOCKED if code == Exit.BLOCKED else Standing.FAILED)
    return Report(
        account=text(found, "account"),
        headline=text(found, "headline"),
        digest=text(found, "digest"),
        standings=frozenset(standings),
        figures=figures,
        notes=tuple(_notes(found)),
        failure=failure,
    )


def _differences(found: Mapping[str, Any]) -> Report:
    headline = text(found, "headline")
    return Report(
        account=text(found, "account"),
        headline=headline,
        digest=text(found, "now", "digest"),
        standings=frozenset({Standing.FAILED}),
        failure=f"the plan is not the reviewed one; nothing was called: {headline}",
    )


def _trouble(found: Mapping[str, Any]) -> Report:
    notes = tuple(_findings(found, "findings"))
    grave = [note.title for note in notes if note.severity is Severity.ERROR]
    told = f"{grave[0]}{_more(grave)}" if grave else text(found, "message").strip() or "the run failed"
    invalid = whole(found, "exit_code") == Exit.INVALID
    standing = Standing.INVALID if invalid else Standing.FAILED
    return Report(text(found, "account"), text(found, "headline"), "", frozenset({standing}), notes=notes, failure=told)


def _validation(found: Mapping[str, Any]) -> Report:
    report = _trouble(found)
    if whole(found, "exit_code") != Exit.OK:
        return report
    return replace(report, standings=frozenset({Standing.VALID}), failure="")


def _does(figures: Figures) -> Standing:
    if figures.sends:
        return Standing.SENDS
    return Standing.CHANGES if figures.changes else Standing.SAME


def _figures(found: Mapping[str, Any]) -> Figures:
    actions = counts(found, "summary", "by_action")
    creates = sum(number for action, number in actions.items() if action in _CREATES)
    takes = sum(number for action, number in actions.items() if action in _TAKES)
    adopted = actions.get(Action.ADOPT, 0)
    return Figures(
        creates=creates,
        updates=sum(actions.values()) - creates - takes - adopted,
        deactivations=takes,
        sends=whole(found, "summary", "sends") or 0,
        recipients=whole(found, "summary", "recipients") or 0,
    )


def _held(found: Mapping[str, Any]) -> str:
    """What a plan does not do, in words: what a guard refuses, and what a person must decide."""
    refused = [text(item, "summary") for item in rows(found, "refusals")]
    blocked = [f"{text(item, 'address')}: {text(item, 'reason')}" for item in rows(found, "blocked")]
    parts = [f"refused by a guard: {refused[0]}{_more(refused)}"] if refused else []
    parts += [f"a person must decide: {blocked[0]}{_more(blocked)}"] if blocked else []
    return "; ".join(parts)


def _more(told: list[str]) -> str:
    return f" (and {len(told) - 1} more)" if len(told) > 1 else ""


def _reasons(found: Mapping[str, Any]) -> Iterator[str]:
    """Why not everything was done: an early end, the first change that failed, what is held up."""
    yield text(found, "ended", "reason")
    failed = [item for item in rows(found, "changes") if text(item, "status") in ("failed", "unknown")]
    if failed:
        yield f"{text(failed[0], 'address')}: {text(failed[0], 'detail')}"
    yield _held(found)


def _notes(found: Mapping[str, Any]) -> Iterator[Note]:
    """What is refused, what is blocked, and what is to be known, the grave first."""
    yield from _findings(found, "refusals")
    for item in rows(found, "blocked"):
        title = f"{text(item, 'address')}: a person must decide"
        yield _placed(Severity.ERROR, title, (text(item, "reason"), text(item, "remedy")), text(item, "place"))
    yield from _findings(found, "notes")
    yield from _findings(found, "warnings")


def _findings(found: Mapping[str, Any], name: str) -> Iterator[Note]:
    for item in rows(found, name):
        severity = Severity.ERROR if text(item, "severity") == Severity.ERROR else Severity.WARNING
        told = (text(item, "reason"), text(item, "remedy"))
        place = text(item, "place") or ":".join(
            (text(item, "file"), str(whole(item, "line") or 1), str(whole(item, "column") or 1))
        )
        yield _placed(severity, text(item, "summary"), told, place)


def _placed(severity: Severity, title: str, told: tuple[str, ...], place: str) -> Note:
    """A note at `file:line:column`; at no place where that is none."""
    file, line, column = (*place.rsplit(":", 2), "", "")[:3]
    said = tuple(filter(None, told))
    if not (file and line.isdecimal() and column.isdecimal()):
        return Note(severity, title, said)
    return Note(severity, title, said, file, max(int(line), 1), max(int(column), 1))


_READS: Final[Mapping[str, Callable[[Mapping[str, Any]], Report]]] = {
    "plan": _plan,
    "result": _result,
    "differences": _differences,
    "trouble": _trouble,
    "validation": _validation,
}
