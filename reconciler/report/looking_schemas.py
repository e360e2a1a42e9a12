"""The JSON Schemas of what `status` and `observe` print. Pure."""

from __future__ import annotations

from reconciler.engine.channels import Phase
from reconciler.engine.overview import Standing
from reconciler.report import schema_parts as parts
from reconciler.report.channels_schemas import CHECK
from reconciler.report.status_document import WORDS


def _people(description: str) -> parts.Schema:
    return {"description": f"{description}; null where that is not told.", "type": ["integer", "null"], "minimum": 0}


_SEND = parts.record(
    "A send of any channel, and how it stands.",
    {
        "source": parts.text("criaenvio.envios, or the source of a bulk send."),
        "address": parts.optional("The address of an envio; null for a bulk send of another channel."),
        "live_id": parts.optional("Its id in the vendor's API; null where it has none."),
        "name": parts.optional("The key of an envio, the name of a bulk send, or of its template; null without one."),
        "status": parts.text("The vendor's word, or why there is none (not scheduled)."),
        "phase": parts.one_of("How far it is, whatever its vendor calls that.", [str(phase) for phase in Phase]),
        "standing": parts.one_of(
            "done: over as it should be, or at rest as declared; open: it goes on; wrong: a person has to look.",
            [str(standing) for standing in Standing],
        ),
        "reason": parts.text("What is behind the standing, where the status does not say; may be empty."),
        "progress": {
            "description": "How much of it is done, 0 to 100; null where that is not told.",
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 100,
        },
        "recipients": _people("Whom it is for"),
        "sent": _people("Whom it was sent to"),
        "delivered": _people("Whom it reached (an envio: nao_rejeitados)"),
        "read": _people("Who has read it (an envio: visualizacoes_unicas)"),
        "failed": _people("Whom it could not reach (an envio: rejeitados)"),
        "reactions": parts.mapping("Further counts of an envio, by the vendor's names.", _people("How many")),
        "start": parts.optional(
            "When it starts or has started; of a bulk send of another channel when it was created. ISO 8601 in the"
            " account's time zone; null where that is not told."
        ),
        "end": parts.optional("When it ended; null where it has not, or that is not told."),
    },
)
_UNREAD = parts.record(
    "A source that could not be read.",
    {
        "source": parts.text("Its name; ledger for what is remembered of the account."),
        "reason": parts.text("Why."),
        "later": parts.flag("Whether that may pass by itself."),
    },
)


def status() -> parts.Schema:
    """What `status` prints; with --watch, one such document a line."""
    record = parts.record(
        "What `reconciler status --format json` prints: how the sends of all channels and the checks stand.",
        {
            "format_version": parts.FORMAT,
            "account": parts.ACCOUNT,
            "at": parts.text("As of when, ISO 8601 in the account's time zone."),
            "outcome": parts.one_of("The verdict that the exit code states, as a word.", list(WORDS.values())),
            "exit_code": parts.one_of("The program's exit code.", [int(code) for code in WORDS]),
            "over": parts.flag("Whether nothing is left to be waited for."),
            "sends": parts.items_of("The sends, by source and start.", {"$ref": "#/$defs/send"}),
            "checks": parts.items_of("Every declared check, by address.", CHECK),
            "unread": parts.items_of("What could not be read.", {"$ref": "#/$defs/unread"}),
            "not_shown": parts.number("How many sends have long been over, and are left out."),
            "calls": parts.mapping("Requests that this took, by METHOD /path.", parts.number("How many.")),
        },
    )
    return parts.document("Status", "status.schema.json", record, {"send": _SEND, "unread": _UNREAD})


def observation() -> parts.Schema:
    """A line of what `observe` prints."""
    record = parts.record(
        "A line of what `reconciler observe --format json` prints: one object of a source.",
        {
            "source": parts.text("The source that was asked for."),
            "id": parts.text("Its id; empty where the source tells none."),
            "fields": {
                "description": "Its fields by the vendor's names, what is nested joined by dots. Times are ISO 8601 in"
                " the account's time zone; ***~ and a hash stand for what may be personal, alike for the same value"
                " within one output.",
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            },
        },
    )
    return parts.document("Observation", "observation.schema.json", record, {})
