"""The JSON Schemas of what a rehearsal showed, and of what a plan was made against. Pure."""

from __future__ import annotations

from reconciler.engine.proof import Verdict
from reconciler.report import schema_parts as parts

_FINDINGS = {"$ref": "#/$defs/finding"}

PROOF = parts.record(
    "What came of applying the plan to a copy of the account, in memory, and planning again.",
    {
        "verdict": parts.one_of(
            "proved: all was made, nothing else was touched, nothing is left to do; not-proved: see faults;"
            " not-rehearsed: a guard refuses the plan.",
            [str(verdict) for verdict in Verdict],
        ),
        "faults": parts.items_of("What did not hold; empty unless not-proved.", _FINDINGS),
        "left": parts.items_of("What was left alone on purpose: blocked, or waiting for a check.", _FINDINGS),
        "notes": parts.items_of("What of the account was not in its copy.", _FINDINGS),
        "changes": parts.number("Changes that were to be made."),
        "predicted_calls": parts.number("Requests that the plan predicts for them."),
        "calls": parts.number("Requests that were made."),
        "differences": parts.number("What the plan made afterwards would still change."),
        "sends": parts.number("Sends that went out once their start had come."),
        "messages": parts.number("E-mails that they were."),
        "compared": parts.number("Objects that are no part of the plan, compared before and after."),
    },
)
AGAINST = parts.record(
    "The snapshot that stood for the account. Such a plan is for reading: apply does not take its digest.",
    {
        "snapshot": parts.text("SHA-256 of the snapshot's content."),
        "observed": parts.text("When the account was so, ISO 8601 with offset."),
        "contacts": parts.flag("Whether contacts were compared: it takes the key with which they were hidden."),
    },
)
OF_PLANS: parts.Schema = {
    "against": parts.maybe("against", "The snapshot that the plan was made against; null when the account was read."),
    "proof": parts.maybe("proof", "What a rehearsal of the plan showed (plan --prove); null when there was none."),
}


def rehearsal(summary: parts.Schema) -> parts.Schema:
    """What `rehearse` prints; `summary` describes a plan's figures."""
    record = parts.record(
        "What `reconciler rehearse --format json` prints.",
        {
            "format_version": parts.FORMAT,
            "document": {"description": "What this is.", "const": "rehearsal"},
            "account": parts.ACCOUNT,
            "digest": parts.DIGEST,
            "generated_from": parts.FROM,
            "summary": parts.ref("summary", "The plan in figures."),
            "refusals": parts.items_of("Guards that refuse the plan.", _FINDINGS),
            "proof": parts.ref("proof", "What it came to."),
        },
    )
    definitions = {"finding": parts.FINDING, "address": parts.ADDRESS, "summary": summary, "proof": PROOF}
    return parts.document("Rehearsal", "rehearsal.schema.json", record, definitions)
