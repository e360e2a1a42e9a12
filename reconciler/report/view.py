"""How a report is to be shown: everything that a report depends on besides the plan or the result itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from reconciler.engine.result import Exit


def _reader_zone() -> tzinfo:
    return ZoneInfo("America/Sao_Paulo")


class Ending(NamedTuple):
    """How a run ended that did not do what it was to do with a plan: its exit code, and why, in words."""

    exit: Exit
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the reader sees.

    `salt` keys the hashes that stand for contacts in JSON: secret, and the same from run to run so that documents can
    be compared. `today` decides whether the headline names the year. Starts whose offset differs from that of `zone`,
    the reader's own, carry it in the headline. `color` allows ANSI colours; without `show_contacts` no contact's
    e-mail, name or value is printed; with `hidden` nobody could: they are behind hashes. `options` are those of the
    reader's own call that say which workspace and account it is about: a command that is suggested in text has them,
    too. `commit` is the one that the workspace stood at, if that is known: Markdown and HTML name it. `ended` says how
    a run ended that shows its plan but has made none of it.
    """

    salt: bytes = field(repr=False)
    today: date
    zone: tzinfo = field(default_factory=_reader_zone)
    color: bool = False
    show_contacts: bool = False
    hidden: bool = False
    options: str = ""
    commit: str | None = None
    ended: Ending | None = None
