"""The JSON Schemas of what documents have of other channels. Pure."""

from __future__ import annotations

from reconciler.engine.check import Ruling
from reconciler.report import schema_parts as parts

_RULING = parts.one_of(
    "holds; not-yet: it may still come to hold; not-found: nothing is as `onde` says; not-read: the source could not be"
    " read; broken: what was found cannot come to be as expected any more.",
    [str(ruling) for ruling in Ruling],
)
_GROUND = parts.record(
    "One thing that a verdict rests on.",
    {
        "id": parts.optional("Id of the object in the other channel; null for what is about all of them."),
        "title": parts.optional("The name of a bulk send, or of its template."),
        "name": parts.text("What was expected, as in `espera`; or what is not clear."),
        "expected": parts.optional("As it was written in `espera`; null for what is not clear."),
        "shown": parts.text("What the source shows."),
        "ruling": _RULING,
    },
)
_CHECK = parts.record(
    "A check on another channel, and what came of it.",
    {
        "address": parts.text("The check's address."),
        "source": parts.text("What was looked at: `fonte`."),
        "ruling": _RULING,
        "reason": parts.text("Why, in words."),
        "grounds": parts.items_of("What this rests on.", _GROUND),
        "place": parts.PLACE,
    },
)
_WAITING = parts.record(
    "A send that is not scheduled yet, since a check does not hold yet. It is no change, and no part of the digest.",
    {
        "address": {"$ref": "#/$defs/address"},
        "kind": parts.KIND,
        "action": parts.one_of("What will be done once its checks hold.", parts.ACTIONS),
        "reason": parts.text("What it waits for."),
        "checks": parts.items_of("The checks that do not hold.", parts.text("Address of a check.")),
        "recipients": {
            "description": "People whom it would reach now; null where that is not known.",
            "type": ["integer", "null"],
            "minimum": 0,
        },
        "recipients_exact": {
            "description": "Whether that is a count (true) or an upper bound (false).",
            "type": ["boolean", "null"],
        },
        "start": parts.optional("When it starts, ISO 8601 with offset, or agora; null where the rest is not known."),
        "place": parts.PLACE,
    },
)
_EVENT = parts.record(
    "A send of any channel.",
    {
        "channel": parts.text("The source of a bulk send, or envio."),
        "name": parts.text("The address of an envio, or the name that a bulk send has."),
        "id": parts.optional("Its id in the vendor's API; null where it has none yet."),
        "at": parts.optional(
            "When an envio starts (null: as soon as the plan is applied), or a bulk send was created (null: not told);"
            " ISO 8601 in the account's time zone."
        ),
        "until": parts.optional("When a bulk send ended; null where it has not, or that is not told."),
        "state": parts.text("An action of the plan, waiting, or the vendor's word for its status."),
        "people": {
            "description": "Whom it reaches; null where that is not told.",
            "type": ["integer", "null"],
            "minimum": 0,
        },
        "people_exact": parts.flag("Whether that is a count (true) or an upper bound (false)."),
    },
)
CHANNELS = {
    "waiting": parts.items_of("Sends that a check holds back.", _WAITING),
    "checks": parts.items_of("Every declared check, by address.", _CHECK),
    "timeline": parts.items_of(
        "The account's sends among the bulk sends of other channels, by time; empty where there are none of those.",
        _EVENT,
    ),
}
