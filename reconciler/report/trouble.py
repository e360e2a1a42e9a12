"""What ended a run before there was anything else to report, or was found by validating, as JSON and as text. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler.engine.model import Finding
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit
from reconciler.report import findings as compiler_style
from reconciler.report.document import FORMAT_VERSION
from reconciler.report.json_form import Document
from reconciler.report.lines import Line, Span, Style, line, rendered
from reconciler.report.mask import HIDDEN, Mask, is_private
from reconciler.report.view import View

_HEADLINES = {
    Exit.OK: "nada de errado com os arquivos",
    Exit.INVALID: "a configuração não está certa",
    Exit.BLOCKED: "parou: alguém precisa decidir",
    Exit.DIFFERS: "o plano não é o que foi revisado",
    Exit.USAGE: "não pôde começar",
    Exit.LATER: "não foi possível agora; fica para mais tarde",
    Exit.INTERRUPTED: "interrompido",
    Exit.TERMINATED: "encerrado (SIGTERM)",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a run ended that has no plan to show: its exit code, why in words, and findings, if it is they that say so.

    `account` is None where the run did not come to know it. Of a run that only validated, the code may be OK.
    """

    account: str | None
    exit: Exit
    message: str
    findings: tuple[Finding, ...] = ()

    @property
    def word(self) -> str:
        """The message, for people; empty where it only says again what the one finding says."""
        again = len(self.findings) == 1 and self.message.startswith(self.findings[0].summary)
        return "" if again else self.message


def headline(trouble: Trouble) -> str:
    """What became of the run."""
    return _HEADLINES.get(trouble.exit, "parou com um erro")


def trouble_document(trouble: Trouble, view: View) -> Document:
    """`trouble` as `schemas/trouble.schema.json` describes it."""
    return _document("trouble", trouble, view)


def validation_document(trouble: Trouble, view: View) -> Document:
    """What validating found, as `schemas/validation.schema.json` describes it."""
    return _document("validation", trouble, view) | {"valid": trouble.exit is Exit.OK}


def _document(name: str, trouble: Trouble, view: View) -> Document:
    mask = mask_of(trouble, view)
    return {
        "format_version": FORMAT_VERSION,
        "document": name,
        "headline": headline(trouble),
        "account": trouble.account,
        "exit_code": int(trouble.exit),
        "message": mask.text(trouble.message),
        "findings": compiler_style.as_json(shown(trouble.findings, mask, view)),
    }


def trouble_text(trouble: Trouble, view: View) -> str:
    """`trouble` for people: what is wrong, each with its place, reason and remedy."""
    mask = mask_of(trouble, view)
    account = f"account {trouble.account}; " if trouble.account else ""
    lines: list[Line] = [
        line(Span(headline(trouble), Style.STRONG)),
        line(f"{account}exit code {int(trouble.exit)}"),
        *([line(mask.text(trouble.word))] if trouble.word else ()),
    ]
    found = compiler_style.text(shown(trouble.findings, mask, view), color=view.color)
    return rendered(lines, view) + (f"\n{found}" if found else "")


def mask_of(trouble: Trouble, view: View) -> Mask:
    """The masks of a report on `trouble`."""
    return Mask(Plan(trouble.account or ""), view, trouble.findings)


def shown(found: Sequence[Finding], mask: Mask, view: View) -> list[Finding]:
    """Findings as they may be shown.

    What is wrong with a contact is found before it is known whom a line is about, so that values and lines of files are
    shown only of what is certainly something else.
    """
    return [_shown(finding, mask, view) for finding in found]


def _shown(finding: Finding, mask: Mask, view: View) -> Finding:
    told = mask.finding(finding)
    if view.show_contacts:
        return told
    if finding.address is not None and is_private(finding.address):
        address = finding.address._replace(key=mask.key(finding.address)) if finding.address.key else None
        return replace(told, address=address)
    if finding.address is None or not finding.address.key:
        return replace(told, value=None if told.value is None else HIDDEN, excerpt=None)
    return told
