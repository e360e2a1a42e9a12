"""Everything that is wrong with a workspace, gathered in one run: sorted, each once, and never without end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from reconciler.config.source import Source
from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding, Place, Severity

MAX_PER_FILE: Final = 200
MAX_IN_ALL: Final = 1_000
_NOWHERE: Final = Place("", 0, 0)


class InvalidConfig(Exception):  # noqa: N818 - no error of the program
    """The workspace cannot be used. `findings` are all findings of the run, warnings included, sorted by place."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        super().__init__(f"{errors} errors in the configuration")


class Findings:
    """Collects findings: the first 200 of each file and 1,000 in all; the rest are counted."""

    def __init__(self) -> None:
        self._kept: dict[Finding, None] = {}
        self._left_out: Counter[str] = Counter()
        self._per_file: Counter[str] = Counter()
        self.errors = 0

    def add(self, finding: Finding) -> None:
        """Keeps one finding (each only once)."""
        if finding in self._kept:
            return
        self.errors += finding.severity is Severity.ERROR
        file = finding.place.file if finding.place else ""
        if self.is_full(file):
            self._left_out[file] += 1
            return
        self._per_file[file] += 1
        self._kept[finding] = None

    def is_full(self, file: str) -> bool:
        """Whether no more findings of a file are kept."""
        return self._per_file[file] >= MAX_PER_FILE or len(self._kept) >= MAX_IN_ALL

    def leave_out(self, file: str) -> None:
        """Counts an error of a file that is full."""
        self.errors += 1
        self._left_out[file] += 1

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keeps several."""
        for finding in findings:
            self.add(finding)

    def merge(self, other: Findings) -> None:
        """Keeps what another collector kept, and counts what that one counted."""
        self.extend(other._kept)
        self._left_out.update(other._left_out)
        self.errors += other._left_out.total()

    def problem(self, source: Source, problem: Problem, summary: str) -> None:
        """Keeps what ended the reading of a text, or one key of it."""
        remedy = problem.remedy
        reason = problem.reason if problem.other is None else f"the first one is at {source.place(problem.other)}"
        self.add(source.finding(problem.rule, problem.at, summary, reason=reason, remedy=remedy, width=problem.width))

    def all(self) -> tuple[Finding, ...]:
        """What was kept, sorted by place, then one finding for each file in which more was found."""
        rest = (
            Finding(
                Severity.ERROR,
                "more-findings",
                f"{count:,} more findings in {file or 'the workspace'} are not shown",
                remedy="correct the ones above and run it again",
            )
            for file, count in sorted(self._left_out.items())
        )
        return (
            *sorted(self._kept, key=lambda finding: (finding.place or _NOWHERE, finding.rule, finding.summary)),
            *rest,
        )
