"""The JSON Schemas of a saved plan and of what differs from one. Pure."""

from __future__ import annotations

from reconciler.engine.result import Exit
from reconciler.engine.saved import Standing
from reconciler.report import schema_parts as parts
from reconciler.report.document import OUTCOMES
from reconciler.report.outline import HASH
from reconciler.report.saved import DOCUMENT, FORMAT_VERSION

_HASHED = f"[A-Za-z0-9_-]{{{HASH}}}"
_PEOPLE = {
    "description": "People whom the send reaches; null when it is none.",
    "type": ["integer", "null"],
    "minimum": 0,
}
_START = parts.optional("When the send starts, ISO 8601 with offset, or agora; null when it is none.")
_FIELDS = parts.mapping(
    "What becomes of each field: before → after where it differs, else what is written. Long texts by size and hash.",
    parts.text("In words."),
)
_EXACT = parts.flag("Whether that is a count (true) or an upper bound (false).")
_ALIKE = {
    "kind": parts.KIND,
    "action": parts.one_of("What is done to them.", parts.ACTIONS),
    "made": parts.flag("Whether the plan itself makes what it acts upon."),
    "irreversible": parts.GRAVE,
}
_SAVED_CHANGE = parts.record(
    "One change of the plan that is about no person.",
    {
        "address": parts.text("The resource's address, kind.key."),
        "action": parts.one_of("What it does.", parts.ACTIONS),
        "hash": parts.text("Keyed hash of its canonical form."),
        "rest": parts.text("Keyed hash of what is written, by which it is known once its object is live."),
        "made": parts.flag("Whether the plan itself makes what it acts upon."),
        "irreversible": parts.GRAVE,
        "recipients": _PEOPLE,
        "start": _START,
        "wording": parts.text("Why it is done."),
        "fields": _FIELDS,
    },
)
_SAVED_PEOPLE = parts.record(
    "Changes of one action to people, who are not named.",
    {
        **_ALIKE,
        "steps": parts.items_of(
            "Two keyed hashes each: whom, and what.",
            {"description": "Both, joined.", "type": "string", "pattern": f"^{_HASHED}{_HASHED}$"},
        ),
    },
)
_LEDGER = parts.record(
    "The ledger as it stood when the plan was made.",
    {
        "lineage": parts.optional("Its lineage; null when there was none yet."),
        "entry": parts.number("Its last entry."),
        "sum": parts.text("That entry's checksum."),
    },
)
_STEP = {
    "address": parts.text("The resource's address, kind.key."),
    "kind": parts.KIND,
    "action": parts.one_of("What it does.", parts.ACTIONS),
    "reason": parts.text("Why it is done."),
    "irreversible": parts.GRAVE,
    "recipients": _PEOPLE,
    "start": _START,
    "fields": _FIELDS,
}
_NEW = parts.record("A change that is only in the plan as it is now.", _STEP)
_GONE = parts.record(
    "A change that is only in the reviewed plan.",
    {
        **_STEP,
        "blocked": parts.optional(
            "Why nothing is done about it now, where a person must decide or a check does not hold; else null."
        ),
    },
)
_FIELD = parts.record(
    "One field that differs, as far as the file tells.",
    {
        "field": parts.text("Its name; id is the live object's, action what is done."),
        "reviewed": parts.optional("In the reviewed plan; null when it is not in it."),
        "now": parts.optional("In the plan as it is now; null when it is not in it."),
    },
)
_PAIR = parts.record(
    "A change that is in both plans, and not the same.",
    {
        "address": parts.text("The resource's address, kind.key."),
        "kind": parts.KIND,
        "action": parts.one_of("What it does now.", parts.ACTIONS),
        "fields": parts.items_of("What differs; empty when the file does not tell.", _FIELD),
    },
)
_COUNTED = parts.record(
    "How many changes to people differ, of one action.",
    {
        "kind": parts.KIND,
        "action": parts.one_of("What is done to them.", parts.ACTIONS),
        "new": parts.number("In the plan as it is now only."),
        "gone": parts.number("In the reviewed plan only."),
        "different": parts.number("In both, and not the same."),
    },
)
_HEADS = parts.record(
    "A head-count that is another.",
    {
        "address": parts.optional("The send; null for the whole plan."),
        "reviewed": parts.number("People in the reviewed plan."),
        "now": parts.number("People in the plan as it is now."),
        "beyond": parts.flag("Whether that is more than tolerancia_de_publico allows."),
    },
)
_FIGURES = parts.record(
    "A plan in figures.",
    {
        "digest": parts.DIGEST,
        "changes": parts.number("How many changes it has, adoptions left out."),
        "recipients": parts.number("People whom its sends reach, each counted once."),
        "recipients_exact": _EXACT,
    },
)
_USED = {
    "description": "When the saved plan was used before; null when it was not.",
    "anyOf": [
        parts.record(
            "A use.",
            {"at": parts.text("When, ISO 8601."), "finished": parts.flag("Whether every change of it was made.")},
        ),
        {"type": "null"},
    ],
}


def saved_plan() -> parts.Schema:
    """The schema of what `reconciler plan --save FILE` writes."""
    record = parts.record(
        "What `reconciler plan --save FILE` writes, for one `reconciler apply --plan FILE`. It holds no personal data.",
        {
            "format_version": {"description": "Version of this document's format.", "const": FORMAT_VERSION},
            "document": {"description": "What this is.", "const": DOCUMENT},
            "id": parts.text("Names this file and no other."),
            "made": parts.text("When it was planned, ISO 8601, by the API's clock."),
            "reconciler": parts.text("The version that wrote it."),
            "account": parts.ACCOUNT,
            "api": parts.text("The base address of the API, or sandbox."),
            "ledger": _LEDGER,
            "digest": parts.DIGEST,
            "recipients": parts.number("People whom the plan's sends reach, each counted once."),
            "recipients_exact": _EXACT,
            "refresh": parts.REFRESH,
            "changes": parts.items_of("The changes that are about no person; adoptions left out.", _SAVED_CHANGE),
            "people": parts.items_of("The changes that are about people, those alike together.", _SAVED_PEOPLE),
            "checksum": parts.text('SHA-256 of every byte before `"checksum":`.'),
            "seal": parts.text("The same bytes' HMAC, keyed with a secret of the account."),
        },
    )
    return parts.document("Saved plan", "saved-plan.schema.json", record, {})


def differences() -> parts.Schema:
    """The schema of what `reconciler apply --plan FILE --format json` prints when the plan differs."""
    record = parts.record(
        "What `reconciler apply --plan FILE --format json` prints when that is not the plan; nothing was called.",
        {
            "format_version": parts.FORMAT,
            "document": parts.named("differences"),
            "outcome": {"description": "The verdict as a word.", "const": OUTCOMES[Exit.DIFFERS]},
            "exit_code": {"description": "The program's exit code.", "const": int(Exit.DIFFERS)},
            "headline": parts.HEADLINE,
            "account": parts.ACCOUNT,
            "saved_plan": parts.text("The id of the saved plan."),
            "standing": parts.one_of(
                "differs: it is another plan; spent: the file was used before, to the end.",
                [str(Standing.DIFFERS), str(Standing.SPENT)],
            ),
            "used": _USED,
            "reviewed": {"description": "The plan that was saved.", **_FIGURES},
            "now": {"description": "The plan as it is now.", **_FIGURES},
            "new": parts.items_of("Changes that were not reviewed.", _NEW),
            "gone": parts.items_of("Changes that are no longer in the plan; left out once the file was used.", _GONE),
            "different": parts.items_of("Changes that are in both plans, and not the same.", _PAIR),
            "people": parts.items_of("The same about people, who are counted.", _COUNTED),
            "recipients": parts.items_of("Head-counts that are others, within the tolerance or not.", _HEADS),
            "remedy": parts.text("The command that plans again."),
        },
    )
    return parts.document("Differences", "differences.schema.json", record, {})
