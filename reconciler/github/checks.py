"""Check runs: the record of what was planned for a commit, which only a workflow of the repository can write.

A comment can be edited by whoever may write to the repository, and authorises nothing. A check run belongs to the app
that made it and to one commit (https://docs.github.com/rest/checks/runs); its `external_id` holds what was reviewed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reconciler.github.annotations import AT_ONCE, of_check
from reconciler.github.answers import text, whole
from reconciler.github.client import Client
from reconciler.github.report import Note, Report, Standing
from reconciler.report.markdown.escape import code, prose, row
from reconciler.report.words import number, shortened

APP: Final = "github-actions"
"""Whose check runs count: those of workflows' own tokens."""
_PREFIX: Final = "reconciler / "
_FORMAT: Final = "1"
_RECORD: Final = re.compile(
    rf"{_FORMAT} (?P<standings>[a-z]+(?:\+[a-z]+)*) (?P<digest>[0-9a-f]{{16,64}}-[0-9]{{1,12}}|-) "
    r"(?P<sha256>[0-9a-f]{64}|-) (?P<artifact>[1-9][0-9]{0,18}|-)"
)
_ANY: Final = re.compile(r"[1-9][0-9]{0,3} ")
"""How a record of any format begins. GitHub's own check run of a job, which may be called as ours are (`reconciler`
that calls a workflow with a job `acme`), has another external_id, without a blank."""
_SHOWN: Final = 20
_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Record:
    """What a check run keeps of a plan: how it stands, its digest, and the saved plan's hash and artifact.

    `sha256` and `artifact` are empty where none was kept, `digest` where there was no plan.
    """

    standings: frozenset[Standing]
    digest: str = ""
    sha256: str = ""
    artifact: str = ""

    @classmethod
    def parse(cls, written: str) -> Record | None:
        """The record that an `external_id` is; None if it is another text."""
        found = _RECORD.fullmatch(written)
        words = found["standings"].split("+") if found else []
        if found is None or not set(words) <= set(Standing):
            return None
        digest, sha256, artifact = (
            "" if found[name] == "-" else found[name] for name in ("digest", "sha256", "artifact")
        )
        return cls(frozenset(map(Standing, words)), digest, sha256, artifact)

    def __str__(self) -> str:
        words = "+".join(sorted(self.standings))
        return f"{_FORMAT} {words} {self.digest or '-'} {self.sha256 or '-'} {self.artifact or '-'}"


@dataclass(frozen=True, slots=True)
class Check:
    """A check run to be made: whose, of which commit, what it says and keeps, and the page of the run that made it."""

    account: str
    head: str
    report: Report
    record: Record
    notes: Sequence[Note]
    page: str

    @property
    def conclusion(self) -> str:
        """GitHub's word for how it ended: success, action_required or failure."""
        standings = self.report.standings
        if standings & {Standing.INVALID, Standing.FAILED}:
            return "failure"
        return "action_required" if Standing.BLOCKED in standings else "success"


def name_of(account: str) -> str:
    """What the account's check runs are called."""
    return f"{_PREFIX}{account}"


def make(client: Client, check: Check) -> str:
    """Make the check run; the address of its page. Raises GitHubError."""
    found = of_check(check.notes)
    batches = [found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE)] or [()]
    output = {"title": shortened(check.report.headline, _TITLE) or check.conclusion, "summary": _summary(check)}
    body = {
        "name": name_of(check.account),
        "head_sha": check.head,
        "status": "completed",
        "conclusion": check.conclusion,
        "external_id": str(check.record),
        "details_url": check.page,
        "output": output | {"annotations": list(batches[0])},
    }

    def made() -> Mapping[str, Any] | None:
        same = (each for each in runs(client, check.head, check.account) if text(each, "details_url") == check.page)
        return next((each for each in same if text(each, "external_id") == str(check.record)), None)

    run = client.create("check-runs", body, made)
    for batch in batches[1:]:  # added to those that are there
        client.change("PATCH", f"check-runs/{whole(run, 'id')}", {"output": output | {"annotations": list(batch)}})
    return text(run, "html_url") or check.page


def runs(client: Client, head: str, account: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Check runs of the commit `head` that were made by `make`: of one account, or of all. Raises GitHubError."""
    query = {"filter": "all"} if account is None else {"filter": "all", "check_name": name_of(account)}
    for each in client.rows(f"commits/{head}/check-runs", "check_runs", **query):
        wanted = name_of(account) == text(each, "name") if account else text(each, "name").startswith(_PREFIX)
        ours = text(each, "app", "slug") == APP and text(each, "head_sha") == head
        if wanted and ours and _ANY.match(text(each, "external_id")):
            yield each


def latest(found: Iterable[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """The newest check run of each name: what was said before it does not count any more."""
    newest: dict[str, Mapping[str, Any]] = {}
    for each in found:
        name = text(each, "name")
        if (whole(each, "id") or 0) > (whole(newest.get(name), "id") or 0):
            newest[name] = each
    return newest


def record_of(run: Mapping[str, Any]) -> Record | None:
    """What a check run keeps."""
    return Record.parse(text(run, "external_id"))


def _summary(check: Check) -> str:
    """Figures, digest, and what holds the plan up: the comment and the report say more. No personal data."""
    report, figures = check.report, check.report.figures
    parts = []
    if report.digest:
        names = ("sends", "recipients", "creates", "updates", "deactivations")
        shown = (number(getattr(figures, name)) for name in names)
        parts.append("\n".join((row(names), row("---" for _ in names), row(shown))))
        parts.append(f"Digest: {code(report.digest)}")
    if Standing.FAILED in report.standings:
        parts.append(prose(report.failure))
    if check.notes:
        parts.append("\n".join(f"- {prose(_told(note))}" for note in check.notes[:_SHOWN]))
    if len(check.notes) > _SHOWN:
        parts.append(f"and {number(len(check.notes) - _SHOWN)} more")
    return "\n\n".join(parts) or prose(report.headline)


def _told(note: Note) -> str:
    """Where, what, and why."""
    place = f"{note.file}:{note.line}" if note.file else ""
    return ": ".join(filter(None, (place, note.title, *note.told[:1])))
