"""How it is agreed that a plan may run: a person answers, or a digest or a saved plan says that one did before."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import click

from reconciler.app import Planned, agreed_to, agrees
from reconciler.cli.console import Console
from reconciler.cli.options import Consent
from reconciler.cli.saved import Reviewed, outliner
from reconciler.cli.showing import command_line, plan_report, show_differences
from reconciler.engine.model import Status, Use
from reconciler.engine.result import Exit, Result
from reconciler.engine.saved import Standing
from reconciler.ledger import Ledger
from reconciler.report import Dispute, Ending, View
from reconciler.report.mask import is_private
from reconciler.report.words import count, moment, number, shortened

_REASON = 500


@dataclass(frozen=True, slots=True)
class Table:
    """What is agreed upon: the plan as it is now, the ledger that is held, and how the reader sees both."""

    console: Console
    planned: Planned
    ledger: Ledger
    view: View
    style: str

    def show(self, *approval: str) -> None:
        """The plan, to a reader of text, and to everybody when a guard refuses it; `approval` ends the command."""
        if self.style == "text" or self.planned.plan.refusals:
            self.show_to_all(*approval)

    def show_to_all(self, *approval: str) -> None:
        """The plan, whatever the format is. It is no report yet: that says what came of it."""
        report = plan_report(self.console, self.planned, self.view, *approval)
        self.console.data(report.told(self.style, color=self.console.color))

    def end(self, why: str, code: Exit) -> click.exceptions.Exit:
        """Say why nothing is called, in reports beside the plan; what is returned ends the program."""
        self.console.tell(why)
        reason = "; ".join(map(str.strip, why.splitlines()))
        self.console.keep(plan_report(self.console, self.planned, self.view).ended(Ending(code, reason)))
        return click.exceptions.Exit(code)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed to: the name by which the ledger remembers it, its digest, and its use before, if it goes on.

    `names` are those of everything that was reviewed, where that is known.
    """

    plan: str
    digest: str
    use: Use | None = None
    names: frozenset[str] = frozenset()

    def begin(self, table: Table) -> None:
        """Make the use durable, before the first call. Raises LedgerError."""
        if self.use is None and table.planned.plan.steps:
            table.ledger.use(self.plan, self.digest, table.planned.scene.terms.now)

    def end(self, table: Table, result: Result) -> None:
        """Remember that all of it is made, if it is. Raises LedgerError."""
        if result.ended is not None or result.count(Status.DONE) < len(result.outcomes):
            return
        name = outliner(table.console, table.planned).name
        plan = result.plan
        held = [*(item.address for item in plan.blocked), *(item.address for item in plan.waiting)]
        if self.names.isdisjoint(map(name, held)):
            table.ledger.used(self.plan)


def agree(table: Table, consent: Consent, reviewed: Reviewed | None) -> Agreed:
    """What was agreed to; ends the program if nothing was, or if a guard refuses."""
    if reviewed is not None:
        agreed = _by_file(table, reviewed)
    elif consent.digest is not None:
        agreed = _by_digest(table, consent.digest.strip())
    elif consent.not_reviewed is not None:
        agreed = _by_nobody(table, consent.not_reviewed)
    else:
        table.show()
        agreed = Agreed(table.planned.plan.digest, table.planned.plan.digest)
    if table.planned.plan.refusals:
        raise table.end("a guard refuses this plan; nothing was called", Exit.BLOCKED)
    if consent.open:
        _by_answer(table, yes=consent.yes)
    return agreed


def _by_file(table: Table, reviewed: Reviewed) -> Agreed:
    """The saved plan decides: as it was reviewed, or the rest of it; else what differs is shown."""
    saved, planned, uses = reviewed.plan, table.planned, table.ledger.uses
    now = outliner(table.console, planned).outline(planned.plan)
    use = uses.of(saved.id) or (None if now.steps else uses.of_digest(saved.outline.digest))
    found = agreed_to(planned, saved.outline, now, use)
    if found.standing in (Standing.DIFFERS, Standing.SPENT):
        command = command_line("plan", "--save", str(reviewed.path))
        blocked = {str(item.address): item.reason for item in planned.plan.blocked if not is_private(item.address)}
        blocked |= {str(item.address): item.reason for item in planned.plan.waiting}
        show_differences(table.console, Dispute(saved, now, found, command, blocked), table.view, table.style)
        table.console.tell(f"{reviewed.path}: the plan is not the reviewed one; nothing was called")
        raise click.exceptions.Exit(Exit.DIFFERS)
    table.show("--plan", str(reviewed.path))
    if use is not None:
        table.console.tell(f"{reviewed.path}: {_told(table, use, len(now.steps))}")
    return Agreed(
        use.plan if use else saved.id, saved.outline.digest, use, frozenset(s.name for s in saved.outline.steps)
    )


def _by_digest(table: Table, digest: str) -> Agreed:
    """The digest decides. It cannot show what differs, but for the number of people that stands in it."""
    plan, rules = table.planned.plan, table.planned.account.rules
    if agrees(plan, digest, rules.tolerancia_de_publico):
        table.show()
        return Agreed(digest, digest)
    use = None if plan.steps else table.ledger.uses.of_digest(digest)
    if use is not None:
        table.show()
        table.console.tell(f"{digest}: {_told(table, use, 0)}")
        return Agreed(use.plan, digest, use)
    table.show_to_all()
    lines = [f"the plan is not the reviewed one ({digest}): it is now {plan.digest}; nothing was called"]
    people = digest.rpartition("-")[2]
    if people.isdecimal() and people.isascii() and int(people) != plan.summary.recipients:
        lines.append(f"  recipients: {number(int(people))} reviewed → {number(plan.summary.recipients)} now")
    if not plan.steps:
        lines.append("  there is nothing to apply, and this ledger never saw that digest: is this the version of the")
        lines.append("  workspace, and the account, that was reviewed?")
    lines.append(
        "  a digest cannot tell what else differs; a plan that was saved can: plan --save FILE, apply --plan FILE"
    )
    raise table.end("\n".join(lines), Exit.DIFFERS)


def _by_nobody(table: Table, reason: str) -> Agreed:
    """Nobody agreed: what nobody has to approve is done all the same, and a plan with anything else in it is not."""
    plan = table.planned.plan
    if plan.steps:
        table.show_to_all()
        raise table.end(f"nobody agreed to this plan ({shortened(reason, _REASON)}); nothing was called", Exit.DIFFERS)
    table.show()
    return Agreed(plan.digest, plan.digest)


def _told(table: Table, use: Use, left: int) -> str:
    at = moment(use.at.astimezone(table.planned.account.zone))
    if not left:
        plan = table.planned.plan
        more = ", but for what nobody has to approve" if plan.changes else ""
        more += f", but for what waits ({count(len(plan.waiting), 'send')})" if plan.waiting else ""
        return f"already applied on {at}, nothing to do{more}"
    return f"put to use on {at} and not finished: going on with what is left of it, {count(left, 'change')}"


def _by_answer(table: Table, *, yes: bool) -> None:
    """Go on, or end the program: by what a person types, or by what the options say."""
    plan = table.planned.plan
    if plan.idle or (yes and not plan.summary.sends):
        return
    if sys.stdin.isatty():
        _ask(table)
        return
    what = "it sends, and --yes does not cover that" if plan.summary.sends else "nobody is here to be asked"
    command = command_line("apply", "--digest", plan.digest)
    raise table.end(f"nothing was called: {what}. To apply exactly this plan:\n  {command}", Exit.BLOCKED)


def _ask(table: Table) -> None:
    """On a terminal: the number of recipients for a plan that sends, else a yes."""
    summary = table.planned.plan.summary
    if not summary.sends:
        if not click.confirm("Apply these changes?", err=True):
            raise table.end("nothing was called", Exit.BLOCKED)
        return
    expected = str(summary.recipients)
    answer = click.prompt("Type the number of recipients to go on", default="", show_default=False, err=True).strip()
    if answer.replace(".", "") != expected:
        told = f"{answer or 'nothing'} is not the number of recipients ({expected}); nothing was called"
        raise table.end(told, Exit.BLOCKED)
