"""The results of many scenarios, by what befell them, as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulation.trial import Trial

_COLUMNS = ("scenarios", "crashes", "duplicates", "lost", "other", "drafts", "re-applies", "most", "asked")
_KINDS = {"duplicate": "duplicates", "lost": "lost", "draft": "drafts"}
_NOTHING, _ALL = "nothing but a crash, or nothing", "all"


@dataclass
class Table:
    """Counts by fault; a scenario with two faults counts for both, and once for `all`.

    `broken` holds the numbers of scenarios in which a law was broken.
    """

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)

    def add(self, trial: Trial) -> None:
        """Count one scenario."""
        for name in (*(dict.fromkeys(trial.befell) or (_NOTHING,)), _ALL):
            row = self.rows.setdefault(name, Counter())
            row["scenarios"] += 1
            row["crashes"] += trial.crashed
            row["re-applies"] += trial.again
            row["most"] = max(row["most"], trial.again)
            row["asked"] += bool(trial.asked)
            for kind in {_KINDS.get(words.partition(":")[0], "other") for words in trial.violations}:
                row[kind] += 1
        if trial.violations:
            self.broken.append(trial.scenario.number)

    def take(self, other: Table) -> None:
        """Count what another table has counted."""
        for name, theirs in other.rows.items():
            row = self.rows.setdefault(name, Counter())
            most = max(row["most"], theirs["most"])
            row.update(theirs)
            row["most"] = most
        self.broken = sorted(self.broken + other.broken)

    def lines(self) -> Iterable[str]:
        """The table as text, the row of everything last."""
        names = [*sorted(set(self.rows) - {_ALL}), _ALL]
        width = max(map(len, names))
        yield " ".join((f"{'befallen by':{width}}", *(f"{name:>{max(len(name), 6)}}" for name in _COLUMNS)))
        for name in names:
            row = self.rows.get(name, Counter())
            yield " ".join((f"{name:{width}}", *(f"{row[column]:>{max(len(column), 6)}}" for column in _COLUMNS)))
