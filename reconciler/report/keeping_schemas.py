"""The JSON Schemas of what the ledger's commands and the kill switch print. Pure."""

from __future__ import annotations

from reconciler.engine.model import Severity
from reconciler.report import schema_parts as parts

_WHEN = "ISO 8601 with offset."
_LEASE = parts.record(
    "One run's right to write the ledger.",
    {
        "id": parts.text("What `reconciler unlock --id` takes."),
        "fence": parts.number("Higher for each new holder of the same ledger."),
        "owner": parts.text("Who holds it."),
        "host": parts.text("On which machine."),
        "pid": parts.number("In which process."),
        "run": parts.optional("The address of the CI run; null if it is none."),
        "since": parts.text(f"Since when. {_WHEN}"),
        "expires": parts.text(f"Until when, unless it is renewed. {_WHEN}"),
    },
)
_BINDING = parts.record(
    "What one address stands for. What has a person's address as its key is only counted.",
    {
        "address": parts.text("The resource's address, kind.key."),
        "live_id": parts.text("The live object; empty when nothing live stands for it any more."),
        "former_ids": parts.items_of("Earlier ids of it, oldest first.", parts.text("Id of a live object.")),
    },
)
_INTENT = parts.record(
    "A call that was begun, and whose outcome nobody recorded.",
    {
        "id": parts.text("Names it within the ledger."),
        "address": parts.text("The resource's address; a contact's is a keyed hash."),
        "action": parts.one_of("What it was to do.", parts.ACTIONS),
        "at": parts.text(f"When it was begun, by the API's clock. {_WHEN}"),
        "attempt": parts.number("Which attempt of the change it is, from 1."),
        "evidence": parts.mapping("What finds its effect again.", parts.text("An id, a time or a hash.")),
    },
)
_USE = parts.record(
    "The use of one saved plan.",
    {
        "plan": parts.text("The plan's id."),
        "digest": parts.DIGEST,
        "at": parts.text(f"When. {_WHEN}"),
        "entry": parts.number("The ledger's entry that says so."),
        "finished": parts.flag("Whether all of it was applied."),
    },
)
_FINDING = parts.record(
    "Something that a person should know.",
    {
        "severity": parts.one_of("An error stops, a warning is only shown.", [str(severity) for severity in Severity]),
        "rule": parts.text("Name of the check."),
        "summary": parts.text("What is the matter, in one line, with the file, ref or object."),
        "reason": parts.text("Why; may be empty."),
        "remedy": parts.text("What to do about it; may be empty."),
    },
)
_FORMAT = {"description": "Version of this document's format.", "const": 1}


def ledger() -> parts.Schema:
    """What `ledger show` prints."""
    record = parts.record(
        "What `reconciler ledger show --format json` prints: what is remembered of one account.",
        {
            "format_version": _FORMAT,
            "ledger": parts.text("Where it is kept."),
            "account": parts.ACCOUNT,
            "lineage": parts.optional("Which ledger it is; null when there is none yet."),
            "entries": parts.number("How many entries it has had."),
            "rebuilt": parts.optional(f"When it took the place of a lost one; null when it never did. {_WHEN}"),
            "fresh": parts.flag("Whether it began so lately that not all live sends are accounted for yet."),
            "calls_per_second": {
                "description": "The rate at which the API last showed overload; null when that is not known.",
                "type": ["number", "null"],
            },
            "counts": parts.mapping("How many live objects are bound, by kind.", parts.number("Objects of that kind.")),
            "bindings": parts.items_of("What addresses stand for.", {"$ref": "#/$defs/binding"}),
            "open_intents": parts.items_of("Calls without an outcome, oldest first.", {"$ref": "#/$defs/intent"}),
            "announced": parts.number("Contatos that a run that did not end may have created, and that are not bound."),
            "uses": parts.items_of("Saved plans that were used.", {"$ref": "#/$defs/use"}),
            "lease": parts.maybe("lease", "Who holds it; null when nobody does."),
        },
    )
    definitions = {"lease": _LEASE, "binding": _BINDING, "intent": _INTENT, "use": _USE}
    return parts.document("Ledger", "ledger.schema.json", record, definitions)


def verified() -> parts.Schema:
    """What `ledger verify` prints."""
    record = parts.record(
        "What `reconciler ledger verify --format json` prints: whether the ledger is what was written.",
        {
            "format_version": _FORMAT,
            "whole": parts.flag("Whether it is."),
            "findings": parts.items_of("What is wrong with it, or has to be known.", _FINDING),
        },
    )
    return parts.document("Ledger verified", "ledger-verified.schema.json", record, {})


def rebuilt() -> parts.Schema:
    """What `ledger rebuild` prints."""
    record = parts.record(
        "What `reconciler ledger rebuild --format json` prints: the ledger that was begun anew.",
        {
            "format_version": _FORMAT,
            "lineage": parts.text("Which ledger it is: what stands in reconciler.lineage now."),
            "kept_aside": parts.optional("Where the one before is kept; null when there was none."),
        },
    )
    return parts.document("Ledger rebuilt", "ledger-rebuilt.schema.json", record, {})


def unlocked() -> parts.Schema:
    """What `unlock` prints."""
    record = parts.record(
        "What `reconciler unlock --format json` prints: the lease that the ledger was freed from.",
        {"format_version": _FORMAT, "freed": parts.ref("lease", "Whose it was.")},
    )
    return parts.document("Ledger unlocked", "unlocked.schema.json", record, {"lease": _LEASE})


def stopped() -> parts.Schema:
    """What `stop` prints."""
    start = parts.optional("When it starts, or started; null when that is not known. ISO 8601 with offset.")
    send = parts.record(
        "One live send that was to be stopped.",
        {
            "address": parts.text("Its address; envio.<id> for one that was named by its id and is not ours."),
            "live_id": parts.text("Its id."),
            "start": start,
            "before": parts.text("Its status before, in the vendor's words."),
            "action": {
                "description": "What was done; null when there was nothing to stop, or it could not be stopped.",
                "enum": ["cancel", "pause", None],
            },
            "problem": parts.optional("Why it could not be stopped; null when it could."),
            "too_late": parts.flag("Whether its mail is out."),
        },
    )
    other = parts.record(
        "A live send that goes on, and of which nobody knows whose it is.",
        {
            "live_id": parts.text("Its id, which `reconciler stop --id` takes."),
            "start": start,
            "status": parts.text("Its status, in the vendor's words."),
        },
    )
    record = parts.record(
        "What `reconciler stop --format json` prints: what the kill switch did.",
        {
            "format_version": _FORMAT,
            "sends": parts.items_of("What was to be stopped, the earliest start first.", {"$ref": "#/$defs/send"}),
            "others": parts.items_of(
                "Where the ledger cannot say what is ours: what else may still reach people.", {"$ref": "#/$defs/other"}
            ),
        },
    )
    return parts.document("Stopped", "stop.schema.json", record, {"send": send, "other": other})


def accounts() -> parts.Schema:
    """The schema of what `reconciler accounts --format json` prints."""
    record = parts.record(
        "What `reconciler accounts --format json` prints: all accounts, or those that a change may concern.",
        {
            "format_version": parts.FORMAT,
            "accounts": parts.items_of("Their names, sorted.", parts.text("A name in reconciler.yaml.")),
        },
    )
    return parts.document("Accounts", "accounts.schema.json", record, {})
