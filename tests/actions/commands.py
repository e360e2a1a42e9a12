"""What a step says to GitHub: lines of its log that are workflow commands, and the files whose paths it is given.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; how lines are recognised is
`ActionCommand.TryParseV2` of actions/runner: blanks before `::` do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.actions.errors import WorkflowError

_COMMAND: Final = re.compile(r"::(?P<name>[a-z-]+)(?: (?P<fields>[^:]*(?::(?!:)[^:]*)*))?::(?P<data>.*)")
_ANNOTATIONS: Final = ("error", "warning", "notice")
_KNOWN: Final = (*_ANNOTATIONS, "group", "endgroup", "debug")
FILES: Final = ("output", "env", "path", "step_summary")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mark at a line of a file, beside the changes of a pull request."""

    level: str
    message: str
    fields: Mapping[str, str]


@dataclass(slots=True)
class Log:
    """A step's log as it is shown: secrets masked, commands carried out.

    `stopped` is the word that ends a guard; `hidden` counts the lines in which a secret would have been seen.
    """

    masks: list[str]
    lines: list[str] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    stopped: str | None = None
    hidden: int = 0

    def take(self, line: str) -> None:
        """One line that the step has printed."""
        shown = line
        for mask in self.masks:
            shown = shown.replace(mask, "***")
        self.hidden += shown != line
        line = shown
        self.lines.append(line)
        found = _COMMAND.fullmatch(line.strip())
        if self.stopped is not None:
            if line.strip() == f"::{self.stopped}::":
                self.stopped = None
            return
        if found is None:
            return
        name, data = found["name"], _decoded(found["data"])
        if name == "stop-commands":
            self.stopped = data
        elif name == "add-mask":
            self.masks.append(data)
        elif name in _ANNOTATIONS:
            pairs = [pair.partition("=") for pair in (found["fields"] or "").split(",") if pair]
            self.annotations.append(Annotation(name, data, {key.strip(): _decoded(value) for key, _, value in pairs}))
        elif name not in _KNOWN:
            raise WorkflowError(f"a step said the workflow command {line.strip()!r}")

    @property
    def text(self) -> str:
        """The log."""
        return "\n".join(self.lines)


def _decoded(text: str) -> str:
    for escaped, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, sign)
    return text


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one step: GITHUB_OUTPUT, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Files:
        """Empty ones, in a new folder."""
        folder.mkdir(parents=True)
        for name in FILES:
            (folder / name).touch()
        return cls(folder)

    @property
    def variables(self) -> dict[str, str]:
        """What the step finds them by."""
        return {f"GITHUB_{name.upper()}": str(self.folder / name) for name in FILES}

    def pairs(self, name: str) -> dict[str, str]:
        """What stands in GITHUB_OUTPUT or GITHUB_ENV: `name=value`, or `name<<WORD` and lines up to that word."""
        found: dict[str, str] = {}
        lines = iter(self.text(name).splitlines())
        for line in lines:
            if not line:
                continue
            key, sign, value = _first(line)
            if sign == "<<":
                taken = []
                for each in lines:
                    if each == value:
                        break
                    taken.append(each)
                else:
                    raise WorkflowError(f"{name}: no line {value!r} ends the value of {key}")
                value = "\n".join(taken)
            found[key] = value
        return found

    def text(self, name: str) -> str:
        """A file's whole text."""
        return (self.folder / name).read_text(encoding="utf-8")


def _first(line: str) -> tuple[str, str, str]:
    found = re.match(r"([^=<]+)(=|<<)(.*)", line)
    if found is None:
        raise WorkflowError(f"{line!r} is no NAME=VALUE")
    return found[1], found[2], found[3]
