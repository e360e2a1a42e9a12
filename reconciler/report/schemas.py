"""The JSON Schemas of the documents made here, by the names that they have in `schemas/`. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.model import Status
from reconciler.engine.result import Exit
from reconciler.engine.route import Way
from reconciler.report import keeping_schemas, looking_schemas, proof_schemas, saved_schemas, trouble_schemas
from reconciler.report import schema_parts as parts
from reconciler.report.channels_schemas import CHANNELS
from reconciler.report.document import OUTCOMES


def schemas() -> Mapping[str, parts.Schema]:
    """File name → JSON Schema (draft 2020-12), always the same."""
    return {
        "plan.schema.json": _plan(),
        "result.schema.json": _result(),
        "rehearsal.schema.json": proof_schemas.rehearsal(_PLAN_SUMMARY),
        "resolution.schema.json": _resolution(),
        "saved-plan.schema.json": saved_schemas.saved_plan(),
        "differences.schema.json": saved_schemas.differences(),
        "trouble.schema.json": trouble_schemas.trouble(),
        "validation.schema.json": trouble_schemas.validation(),
        "accounts.schema.json": keeping_schemas.accounts(),
        "ledger.schema.json": keeping_schemas.ledger(),
        "ledger-verified.schema.json": keeping_schemas.verified(),
        "ledger-rebuilt.schema.json": keeping_schemas.rebuilt(),
        "unlocked.schema.json": keeping_schemas.unlocked(),
        "stop.schema.json": keeping_schemas.stopped(),
        "status.schema.json": looking_schemas.status(),
        "observation.schema.json": looking_schemas.observation(),
    }


_CHANGE = parts.record(
    "One step of the plan. Changes stand in an order in which they may be done.",
    {
        "id": parts.ID,
        "address": {"$ref": "#/$defs/address"},
        "kind": parts.KIND,
        "action": parts.one_of(
            "What it does; adopt binds an address to a live object that is there already, without a call.",
            parts.ACTIONS,
        ),
        "reason": parts.text("Why it is done."),
        "before": {"description": "Fields that change, as they are live now.", **parts.FIELDS},
        "after": {"description": "The same fields, as they will be.", **parts.FIELDS},
        "depends_on": parts.items_of(
            "Changes (id) and groups (feeds of other changes) that must be done before.",
            parts.text("An id or a group."),
        ),
        "feeds": parts.items_of("Groups that this change belongs to.", parts.text("A group.")),
        "calls": parts.items_of(
            "The requests that it makes when nothing goes wrong.",
            {
                "description": "Method and path template as the vendor documents them.",
                "type": "string",
                "examples": ["POST /envios"],
            },
        ),
        "batch": parts.optional("Changes of one batch share one set of calls; null when it has its own."),
        "irreversible": parts.GRAVE,
        "live_id": parts.LIVE,
        "audience": parts.maybe("audience", "Whom a send reaches; null when it is no send."),
        "moves": parts.items_of("How many people lists gain or lose by it.", {"$ref": "#/$defs/people"}),
        "place": parts.PLACE,
    },
)
_WAY = parts.one_of(
    "pages: the whole listing; look-ups: a hundred ids, or one e-mail, a call; listing: on rows that are read anyway;"
    " one-by-one: a call each; lists: the members of each list; ledger: not read, since the ledger's word was taken.",
    [str(way) for way in Way],
)
_ROUTE = parts.record(
    "How many things were read, and what the other ways would have cost.",
    {
        "of": parts.text("What was read."),
        "route": _WAY,
        "calls": parts.number("Requests that it took, beyond those of a route before it."),
        "alternatives": parts.items_of(
            "The other ways.",
            parts.record(
                "Another way.",
                {"route": _WAY, "calls": parts.number("The least that it would have taken, in requests.")},
            ),
        ),
    },
)
_REFRESH = parts.record(
    "How much of the account was read for people who are declared as they were last.",
    {
        "mode": parts.REFRESH,
        "trusted": parts.number("People for whom, in whole or in part, the ledger's word was taken instead."),
    },
)
_PLAN_SUMMARY = parts.record(
    "The plan in figures.",
    {
        "changes": parts.number("How many changes there are."),
        "adopted": parts.number(
            "How many people are in the account already and are ours from now on; they are counted, and are no changes."
        ),
        "by_action": parts.mapping("How many changes of each action.", parts.number("Changes of that action.")),
        "blocked": parts.number("How many items are blocked."),
        "waiting": parts.number("How many sends a check holds back."),
        "calls": parts.number("Requests that applying makes when nothing goes wrong."),
        "planning_calls": parts.number("Requests that the planning made."),
        "sends": parts.number("How many sends there are."),
        "recipients": parts.number("People whom they reach, each counted once over all sends."),
        "recipients_exact": parts.flag("Whether that is a count (true) or an upper bound (false)."),
        "messages": parts.number("Messages that go out: one per person and send."),
        "first_send": parts.optional(
            "When the first send starts, ISO 8601 with offset, or agora; null when nothing is sent."
        ),
        "apply_until": parts.optional(
            "Until when lead time lets the plan be applied, ISO 8601 with offset; null when no time ends that."
        ),
        "calls_per_second": parts.rate("How many calls may be made a second now"),
        "seconds": parts.rate("How long the calls of applying take at that pace, in seconds"),
    },
)
_OUTCOME = parts.record(
    "One change of the plan, and what came of it.",
    {
        "id": parts.ID,
        "address": {"$ref": "#/$defs/address"},
        "kind": parts.KIND,
        "action": parts.one_of("What it was to do.", parts.ACTIONS),
        "status": parts.one_of(
            "done; failed: refused, or certainly not sent; unknown: it may have had its effect; skipped: something"
            " that it needs was not done; pending: the run ended before it.",
            [str(status) for status in Status],
        ),
        "detail": parts.text("In words; may be empty."),
        "waited_for": parts.items_of(
            "The changes (id) that a skipped one needed and that were not done.", parts.text("Id of a change.")
        ),
        "live_id": parts.optional(
            "Id of the live object that the address now has; null when there is none or it is not known."
        ),
        "irreversible": parts.GRAVE,
        "audience": parts.maybe("audience", "Whom a send reaches; null when it is no send."),
    },
)
_RESULT_SUMMARY = parts.record(
    "The run in figures.",
    {
        **{str(status): parts.number(f"Changes that are {status}.") for status in Status},
        "blocked": parts.number("How many items are blocked."),
        "waiting": parts.number("How many sends a check holds back."),
        "by_action": parts.mapping("How many changes of each action were made.", parts.number("Of that action.")),
        "sends": parts.number("Sends that were made."),
        "recipients": parts.number("People whom they reach, each counted once as far as that is known."),
        "recipients_exact": parts.flag("Whether that is a count (true) or an upper bound (false)."),
        "adopted": parts.number("People who were in the account already and are remembered from now on."),
        "planned_calls": parts.number("Requests that the plan asked for."),
        "calls": parts.number("Requests made while applying."),
        "planning_calls": parts.number("Requests made while planning."),
        "left_calls": parts.number("Requests that the changes ask for that the run did not come to."),
        "calls_per_second": parts.rate("How many calls may be made a second at the end of the run"),
        "seconds": parts.rate("How long the calls that are left take at that pace, in seconds"),
    },
)


def _plan() -> parts.Schema:
    record = parts.record(
        "What `reconciler plan --format json` prints: what applying would do to one account, and nothing that stays.",
        {
            "format_version": parts.FORMAT,
            "document": parts.named("plan"),
            "headline": parts.HEADLINE,
            "digest": parts.DIGEST,
            "account": parts.ACCOUNT,
            "ended": parts.ENDED,
            "generated_from": parts.FROM,
            "summary": parts.ref("summary", "The plan in figures."),
            "refresh": _REFRESH,
            "routes": parts.items_of("How the people of the account were read.", {"$ref": "#/$defs/route"}),
            "changes": parts.items_of("The changes, in the plan's order.", {"$ref": "#/$defs/change"}),
            "changes_apart": parts.APART,
            **parts.TROUBLE,
            **CHANNELS,
            **proof_schemas.OF_PLANS,
        },
    )
    shared = {**parts.COMMON, "value": parts.VALUE, "change": _CHANGE, "route": _ROUTE, "summary": _PLAN_SUMMARY}
    definitions = {**shared, "against": proof_schemas.AGAINST, "proof": proof_schemas.PROOF}
    return parts.document("Plan", "plan.schema.json", record, definitions)


def _result() -> parts.Schema:
    endings = [int(code) for code in Exit]
    record = parts.record(
        "What `reconciler apply --format json` prints: every change of the plan with what came of it.",
        {
            "format_version": parts.FORMAT,
            "document": parts.named("result"),
            "outcome": parts.one_of("The verdict that the exit code states, as a word.", list(OUTCOMES.values())),
            "exit_code": parts.one_of("The program's exit code.", endings),
            "headline": parts.HEADLINE,
            "ended": parts.ENDED,
            "account": parts.ACCOUNT,
            "digest": parts.DIGEST,
            "generated_from": parts.FROM,
            "summary": parts.ref("summary", "The run in figures."),
            "changes": parts.items_of("The changes, in the plan's order.", {"$ref": "#/$defs/outcome"}),
            "changes_apart": parts.APART,
            **parts.TROUBLE,
            **CHANNELS,
            "notes": parts.items_of("What came up while applying.", {"$ref": "#/$defs/finding"}),
            "calls": parts.mapping("Requests made while applying, by METHOD /path.", parts.number("How many.")),
            "planning_calls": parts.mapping(
                "Requests made while planning, by METHOD /path.", parts.number("How many.")
            ),
        },
    )
    return parts.document(
        "Result", "result.schema.json", record, {**parts.COMMON, "outcome": _OUTCOME, "summary": _RESULT_SUMMARY}
    )


def _resolution() -> parts.Schema:
    record = parts.record(
        "What `reconciler resolve --format json` prints: what the ledger holds of one address by a person's answer.",
        {
            "format_version": parts.FORMAT,
            "address": parts.text("The address that was answered about, as it stands in the YAML."),
            "live_id": parts.optional("The live object that it is; null when it is none."),
            "former_ids": parts.items_of(
                "Live objects that it was, or that it was said not to be.", parts.text("Id of a live object.")
            ),
            "closed": parts.items_of(
                "Calls of unknown outcome that the answer closed, as actions.", {"enum": [*parts.ACTIONS]}
            ),
        },
    )
    return parts.document("Resolution", "resolution.schema.json", record, {})
