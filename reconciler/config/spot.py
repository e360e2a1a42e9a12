"""A mapping of some text, and where the things inside it stand: what findings are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.config.document import Map, Node, Seq
from reconciler.config.source import Source
from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding

Step: TypeAlias = int | str


@dataclass(frozen=True, slots=True)
class Spot:
    """A mapping in a text. A trail is the keys and indices that lead to something inside; () is itself."""

    source: Source
    node: Map

    def finding(self, trail: Sequence[Step], rule: str, summary: str, **rest: Any) -> Finding:
        """An error at the value that `trail` leads to, as far as it leads; `rest` are further fields of Finding."""
        return self.source.finding(rule, self.offset(self.reached(trail)), summary, **rest)

    def finding_at_key(self, trail: Sequence[Step], rule: str, summary: str, **rest: Any) -> Finding:
        """The same, at the last key of `trail`."""
        return self.source.finding(rule, self.offset_of_key(self.reached(trail)), summary, **rest)

    def refusal(self, trail: Sequence[Step], problem: Problem, subject: str = "") -> Finding:
        """A path that cannot be used, at its place; the summary begins with `subject`."""
        reached = self.reached(trail)
        path = str(self.value(reached)).partition("\n")[0]
        rest = {"remedy": problem.remedy, "field": dotted(trail), "value": path}
        width = self.width(self.offset(reached), path)
        return self.finding(trail, problem.rule, f"{subject}{problem.reason}", width=width, **rest)

    def reached(self, trail: Sequence[Step]) -> tuple[Step, ...]:
        """The steps of a trail that lead somewhere. Others (a model's names for branches of a union) are left out."""
        node: Node = self.node
        steps: list[Step] = []
        for step in trail:
            inner = _child(node, step)
            if inner is not _NOTHING:
                node = inner
                steps.append(step)
        return tuple(steps)

    def value(self, trail: Sequence[Step]) -> Node:
        """What stands at the end of a trail."""
        node: Any = self.node
        for step in trail:
            node = node[step]
        return node  # type: ignore[no-any-return]

    def offset(self, trail: Sequence[Step]) -> int:
        """Where the value at the end of a trail begins; its key, when it has no value."""
        if not trail:
            return int(self.node.mark.index)
        parent, last = self.value(trail[:-1]), trail[-1]
        if isinstance(parent, Seq) and isinstance(last, int):
            return int(parent.mark_of(last).index)
        if isinstance(parent, Map) and isinstance(last, str):
            key, value = parent.marks_of(last)
            return int((key if parent[last] is None else value).index)
        return self.offset(trail[:-1])

    def offset_of_key(self, trail: Sequence[Step]) -> int:
        """Where the last key of a trail begins."""
        parent, last = self.value(trail[:-1]), trail[-1] if trail else None
        if isinstance(parent, Map) and isinstance(last, str):
            return int(parent.marks_of(last)[0].index)
        return self.offset(trail)

    def width(self, at: int, text: str) -> int:
        """How many characters a text takes up at an offset, as far as its line goes."""
        written = self.source.text
        opening = written[at : at + 1]
        if opening in ("'", '"'):
            end = written.find("\n", at)
            closing = written.find(opening, at + 1, end if end >= 0 else len(written))
            return closing - at + 1 if closing > 0 else 1
        return max(len(text.partition("\n")[0]), 1) if opening not in ("|", ">") else 1


class _Nothing(dict[str, Node]):
    """Stands for a child that is not there."""


_NOTHING: Any = _Nothing()


def _child(node: Node, step: Step) -> Node:
    if isinstance(node, Map) and isinstance(step, str) and step in node:
        return node[step]
    if isinstance(node, Seq) and isinstance(step, int) and step < len(node):
        return node[step]
    return _NOTHING  # type: ignore[no-any-return]


def dotted(trail: Sequence[Step]) -> str:
    """A trail as people write it: `campos.cidade`, `listas[2]`."""
    text = ""
    for step in trail:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
