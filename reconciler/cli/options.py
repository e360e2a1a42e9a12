"""Options that several commands share, handed to them as one value each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reconciler.cli.arguments import commit, duration
from reconciler.cli.console import Console
from reconciler.cli.editions import ENDINGS, editions
from reconciler.engine.sight import Refresh

Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Common:
    """What every command about a workspace is told: which one, which account, and how to report."""

    root: Path
    account: str | None
    style: str
    out: Path | None
    no_color: bool
    quiet: bool
    verbose: int
    reports: tuple[Path, ...] = ()

    def console(self, people: Path | None = None, save: Path | None = None) -> Console:
        """Where this command writes; changes of contacts to the file `people`, if one is given.

        Raises UsageError if two things are to be written to one file: reports, and the plan to `save`.
        """
        found = editions(self.reports, (self.out, people), save)
        return Console(-1 if self.quiet else self.verbose, self.no_color, self.out, people, found, self.account)


@dataclass(frozen=True, slots=True)
class Live:
    """What plan and apply are told about the account: how much of it is read, what may pass, what reports name."""

    embedded: bool
    show_contacts: bool
    contacts_out: Path | None
    commit: str | None
    refresh: Refresh | None
    allow: tuple[str, ...]
    destroy: tuple[str, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Everything that may pass, as `RULE=ADDRESS`."""
        return (*self.allow, *(f"destroy={address}" for address in self.destroy))


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of one address: which live object it is, or that it is none."""

    address: str
    live_id: str | None
    absent: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """How apply is told that it was agreed to: by the digest or the file of a plan that was reviewed, or in advance.

    Or why it was not (`not_reviewed`): then nothing is done but what nobody has to approve.
    """

    digest: str | None
    plan_file: Path | None
    not_reviewed: str | None
    yes: bool

    @property
    def open(self) -> bool:
        """Whether nothing is said of a review, either way: then somebody is asked."""
        return self.digest is None and self.plan_file is None and self.not_reviewed is None


@dataclass(frozen=True, slots=True)
class Stopping:
    """What stop is told: which sends, and how."""

    addresses: tuple[str, ...]
    everything: bool
    live_ids: tuple[str, ...]
    how: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What apply may use: time since it was started, calls (None sets no bound), and time to wait for another run."""

    max_time: timedelta | None
    max_calls: int | None
    lock_timeout: timedelta


WORKSPACE = click.option(
    "-C",
    "--workspace",
    "root",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="The folder of reconciler.yaml.",
)
ACCOUNT = click.option("--account", metavar="NAME", help="Which of the accounts; needed if there are several.")
_STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the report."
)
_STYLES = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "markdown", "html"]),
    default="text",
    show_default=True,
    help="Of the report; markdown is for a comment on a pull request or a job's summary, html is one page by itself.",
)
OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
_REPORTS = click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help=f"Also write the report to FILE, in the format of its ending ({', '.join(ENDINGS)}); as often as wanted. It is"
    " written as well when the run ends before there is a plan, and then says why.",
)
COLOR = click.option("--no-color", is_flag=True, help="No colours, even on a terminal.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong on stderr.")
VERBOSE = click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for every call.")
ALLOW = click.option(
    "--allow",
    multiple=True,
    metavar="RULE=ADDRESS",
    help="Let one thing pass a guard, such as antecedencia_minima=envio.natal.",
)
DESTROY = click.option(
    "--allow-destroy",
    "destroy",
    multiple=True,
    metavar="campo.KEY",
    help="Let a campo that is no longer declared be deleted, with every contact's value of it.",
)
SANDBOX = click.option(
    "--sandbox",
    "embedded",
    is_flag=True,
    help="Use a simulated account, kept under .reconciler/sandbox, instead of the real one.",
)
embedded = click.option("--sandbox", "embedded", is_flag=True, help="The ledger of the simulated account of --sandbox.")
simulated = click.option("--sandbox", "embedded", is_flag=True, help="Use the simulated account of --sandbox.")
lock_timeout = click.option(
    "--lock-timeout",
    callback=duration,
    default="0s",
    metavar="DURATION",
    help="Wait up to this long (such as 10min) for another run to end. Without it, do not wait: exit 75.",
)
_REFRESH = click.option(
    "--refresh",
    type=click.Choice([str(refresh) for refresh in Refresh]),
    callback=lambda _ctx, _param, value: None if value is None else Refresh(value),
    help="How much of contacts to read. full (the default): everything. changed: of those who are declared as they were"
    " last, the listing, but no lists or values that cost calls of their own. none: of those, nothing. What others"
    " changed meanwhile in what is not read is not seen.",
)
CONTACTS = click.option("--show-contacts", is_flag=True, help="Show people's addresses and values instead of masks.")
_CONTACTS_OUT = click.option(
    "--contacts-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the changes of contacts to a file of their own, one JSON object a line; a JSON report has the rest.",
)

COMMIT = click.option(
    "--commit",
    callback=commit,
    metavar="SHA",
    help="The commit that the workspace is at, for reports in Markdown and HTML to name it.",
)

_ADDRESS = click.argument("address", metavar="KIND.KEY")
_ADOPT = click.option("--adopt", "live_id", metavar="ID", help="It is this live object.")
_ABSENT = click.option("--absent", is_flag=True, help="It is nothing that is in the account.")


_DIGEST = click.option(
    "--digest", metavar="DIGEST", help="Apply only if the plan is still the reviewed one (else exit 5)."
)
_PLAN_FILE = click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Apply only what was reviewed and saved by plan --save, once; exit 5 shows what differs.",
)
save = click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the plan in a file, for apply --plan.",
)
_MAX_TIME = click.option(
    "--max-time",
    callback=duration,
    metavar="DURATION",
    help="End in good order before this time (such as 5h30m) is over, with 75 if something is left; then run it again.",
)
_MAX_CALLS = click.option(
    "--max-calls",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="The same with calls to the API, those of planning included.",
)
_NOT_REVIEWED = click.option(
    "--not-reviewed",
    metavar="REASON",
    help="Nobody agreed to anything, and why: exit 5, with the plan, unless nothing has to be approved.",
)
_YES = click.option("--yes", is_flag=True, help="Do not ask. Covers only plans that send nothing.")


_ADDRESSES = click.argument("addresses", nargs=-1, metavar="[envio.KEY]...")
_ALL = click.option("--all", "everything", is_flag=True, help="Stop every send that is ours.")
_IDS = click.option("--id", "live_ids", multiple=True, metavar="ID", help="Stop this live send, whoever made it.")
_PAUSE = click.option(
    "--pause", "how", flag_value="pause", help="Only pause; a later apply resumes what starts in the future."
)
_CANCEL = click.option("--cancel", "how", flag_value="cancel", help="Cancel also what is going out already.")


def common(command: Command) -> Command:
    """The options of every command about a workspace; the command gets them as `common`."""
    return bundled(command, "common", Common, (WORKSPACE, ACCOUNT, _STYLE, OUT, COLOR, QUIET, VERBOSE))


def checked(command: Command) -> Command:
    """The same of a command whose report can also be kept in files."""
    return bundled(command, "common", Common, (WORKSPACE, ACCOUNT, _STYLE, OUT, _REPORTS, COLOR, QUIET, VERBOSE))


def reported(command: Command) -> Command:
    """The same of commands whose report can also be made for people on GitHub."""
    return bundled(command, "common", Common, (WORKSPACE, ACCOUNT, _STYLES, OUT, _REPORTS, COLOR, QUIET, VERBOSE))


def live(command: Command) -> Command:
    """The options of plan and apply; the command gets them as `live`."""
    told = (ALLOW, DESTROY, SANDBOX, CONTACTS, _CONTACTS_OUT, COMMIT, _REFRESH)
    return bundled(command, "live", Live, told)


def said(command: Command) -> Command:
    """The options of resolve; the command gets them as `said`."""
    return bundled(command, "said", Said, (_ADDRESS, _ADOPT, _ABSENT))


def consent(command: Command) -> Command:
    """The options of apply about what was agreed to; the command gets them as `consent`."""
    return bundled(command, "consent", Consent, (_DIGEST, _PLAN_FILE, _NOT_REVIEWED, _YES))


def bounds(command: Command) -> Command:
    """The options of apply about what it may use; the command gets them as `bounds`."""
    return bundled(command, "bounds", Bounds, (_MAX_TIME, _MAX_CALLS, lock_timeout))


def stopping(command: Command) -> Command:
    """The options of stop; the command gets them as `stopping`."""
    return bundled(command, "stopping", Stopping, (_ADDRESSES, _ALL, _IDS, _PAUSE, _CANCEL))


def bundled(
    command: Command,
    name: str,
    bundle: type[Any],
    options: Sequence[Callable[[Command], Command]],
) -> Command:
    """The command with these options, which it gets as one `bundle`, a dataclass of their names, called `name`."""

    @wraps(command)
    def bundling(**given: Any) -> None:
        mine = {field.name: given.pop(field.name) for field in fields(bundle) if field.name in given}
        command(**{name: bundle(**mine)}, **given)

    wrapped: Command = bundling
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped
