"""The JSON Schemas of a run that ended before there was a plan, and of what validating found. Pure."""

from __future__ import annotations

from reconciler.engine.model import Severity
from reconciler.engine.result import Exit
from reconciler.report import schema_parts as parts

_PART = {"type": ["integer", "null"], "minimum": 1}
_FINDING = parts.record(
    "Something that is wrong, or that a person should know.",
    {
        "severity": parts.one_of("An error stops, a warning is only shown.", [str(severity) for severity in Severity]),
        "rule": parts.text("Name of the check."),
        "summary": parts.text("What is the matter, in one line."),
        "reason": parts.text("Why; may be empty."),
        "remedy": parts.text("What to do about it; may be empty."),
        "file": parts.optional("Where: the file, relative to the workspace; null when it stands in none."),
        "line": {"description": "The line, from 1.", **_PART},
        "column": {"description": "The column, from 1.", **_PART},
        "width": {"description": "How many characters from there it is about.", **_PART},
        "address": parts.optional("The resource that it is about; a contact's key is masked. Null: of none."),
        "field": parts.optional("The field that it is about."),
        "value": parts.optional("The value that it is about; *** where it may be a contact's."),
        "excerpt": parts.optional("The line as it stands; null where it may be about a contact."),
    },
)


def _common(name: str, codes: list[int]) -> parts.Schema:
    return {
        "format_version": parts.FORMAT,
        "document": parts.named(name),
        "headline": parts.HEADLINE,
        "account": parts.optional("The account's name in reconciler.yaml; null where the run did not come to know it."),
        "exit_code": parts.one_of("The program's exit code.", codes),
        "message": parts.text("Why, in words; findings say more where there are any."),
        "findings": parts.items_of("What is wrong, sorted by place.", _FINDING),
    }


def trouble() -> parts.Schema:
    """The schema of what --report FILE.json gets when a run ends before there is a plan."""
    record = parts.record(
        "What `--report FILE.json` of plan and apply gets when the run ended before there was a plan to show.",
        _common("trouble", [int(code) for code in Exit if code not in (Exit.OK, Exit.CHANGES)]),
    )
    return parts.document("Trouble", "trouble.schema.json", record, {})


def validation() -> parts.Schema:
    """The schema of what `reconciler validate --format json` prints."""
    common = _common("validation", [int(Exit.OK), int(Exit.INVALID)])
    record = parts.record(
        "What `reconciler validate --format json` prints, and `--report FILE.json` of it gets. On stdout nothing of the"
        " findings is masked.",
        common | {"valid": parts.flag("Whether no finding is an error.")},
    )
    return parts.document("Validation", "validation.schema.json", record, {})
