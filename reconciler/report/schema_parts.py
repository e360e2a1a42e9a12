"""What the schemas of plan and result have in common: how a schema is written, and the records that both hold. Pure."""

from __future__ import annotations

from typing import Any

from reconciler.engine.model import LOOK_ALIKE, OPEN_OUTCOME, Action, Severity
from reconciler.engine.sight import Refresh
from reconciler.report.document import FORMAT_VERSION
from reconciler.report.mask import PRIVATE

DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def text(description: str) -> Schema:
    """Any text."""
    return {"description": description, "type": "string"}


def optional(description: str) -> Schema:
    """A text, or null."""
    return {"description": description, "type": ["string", "null"]}


def number(description: str) -> Schema:
    """A whole number from 0."""
    return {"description": description, "type": "integer", "minimum": 0}


def rate(description: str) -> Schema:
    """A number above or at 0, or null where the pace is not bounded."""
    return {
        "description": f"{description}; null when nothing bounds the pace.",
        "type": ["number", "null"],
        "minimum": 0,
    }


def flag(description: str) -> Schema:
    """True or false."""
    return {"description": description, "type": "boolean"}


def one_of(description: str, values: list[Any]) -> Schema:
    """One of `values`."""
    return {"description": description, "enum": values}


def items_of(description: str, items: Schema) -> Schema:
    """An array of `items`."""
    return {"description": description, "type": "array", "items": items}


def mapping(description: str, values: Schema) -> Schema:
    """An object with keys of any name, each with one of `values`."""
    return {"description": description, "type": "object", "additionalProperties": values}


def ref(name: str, description: str) -> Schema:
    """What `$defs` holds as `name`."""
    return {"description": description, "$ref": f"#/$defs/{name}"}


def maybe(name: str, description: str) -> Schema:
    """What `$defs` holds as `name`, or null."""
    return {"description": description, "anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}


def record(description: str, properties: Schema) -> Schema:
    """An object that always has these properties; later releases of the same format version may add others."""
    return {"description": description, "type": "object", "properties": properties, "required": list(properties)}


def document(title: str, name: str, record: Schema, definitions: Schema) -> Schema:
    """A whole schema: `record` with a title and its definitions."""
    return {"$schema": DRAFT, "$id": name, "title": title, **record, "$defs": definitions}


ACTIONS = [str(action) for action in Action]
FORMAT = {"description": "Version of this document's format.", "const": FORMAT_VERSION}


def named(document: str) -> Schema:
    """What says which of the documents this is."""
    return {"description": "Which document this is.", "const": document}


ENDED = {
    "description": "Why the run ended before its plan did, or before it began; null when it did not.",
    "anyOf": [
        record(
            "An early end.",
            {
                "exit_code": {"description": "The exit code that this deserves.", "type": "integer"},
                "reason": text("Why, in words."),
            },
        ),
        {"type": "null"},
    ],
}
ACCOUNT = text("The account's name in reconciler.yaml.")
REFRESH = one_of(
    "full: everything; changed: the listing of people, but nothing that costs calls of its own; none: nothing.",
    [str(refresh) for refresh in Refresh],
)
HEADLINE = {
    "description": "The same in one line, for a title: what it means in people and time, in Portuguese.",
    "type": "string",
    "examples": ["1 envio para 18.402 pessoas; sai qui 26/11 18:00"],
}
DIGEST = {
    "description": "Names exactly these changes for so many people: a hash of the canonical changes, and the number.",
    "type": "string",
    "pattern": "^[0-9a-f]+-[0-9]+$",
    "examples": ["3f9a1c0b5d7e2468-18402"],
}
FROM = mapping(
    "What the plan was made from, for instance a commit or a snapshot; never the time of planning.",
    text("One thing that it was made from."),
)
ADDRESS = {
    "description": (
        "The resource's address, kind.key. A contact's key is masked, m***@exemplo.com.br~1a2b3c4d (the end is a keyed"
        " hash), unless contacts are shown."
    ),
    "type": "string",
    "pattern": "^[a-z]+\\.",
    "examples": ["envio.natal-sp", "contato.m***@exemplo.com.br~1a2b3c4d"],
}
KIND = {"description": "The resource's kind, as in the API.", "type": "string", "examples": ["lista", "envio"]}
ID = {
    "description": "Names the change within its plan: address/action.",
    "type": "string",
    "examples": ["envio.natal-sp/schedule"],
}
LIVE = optional("Id of the live object that the change acts upon; null when the plan creates it.")
GRAVE = flag("Whether people may get mail because of it, or data is erased.")
PLACE = optional("Where it is declared, file:line:column in the workspace; null when it is not (any more).")
VALUE = {
    "description": (
        "A value in the words of the YAML: references as keys, sets sorted, times as ISO 8601 with offset, contacts'"
        " field values by campo key. *** where a contact's value is masked; null where there is none."
    ),
    "type": ["string", "boolean", "integer", "array", "object", "null"],
    "items": {"description": "One member of a set.", "type": "string"},
    "additionalProperties": {"description": "One field value of a contact.", "type": "string"},
}
FIELDS = {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}}

_OVERLAP = {
    "description": "How the lists overlap; null of one list, and where it is not known who is in them.",
    "anyOf": [
        record(
            "People in one of the lists, and in several.",
            {
                "only": items_of("Those who are in no other of them.", {"$ref": "#/$defs/people"}),
                "several": number("People who are in two or more."),
                "pairs": items_of(
                    "Lists that share people, the most first; none are told where there are very many lists.",
                    record(
                        "Two lists.",
                        {
                            "listas": items_of("Their keys in the YAML.", text("A list's key.")),
                            "people": number("People who are in both."),
                        },
                    ),
                ),
            },
        ),
        {"type": "null"},
    ],
}
AUDIENCE = record(
    "Whom a send reaches, and when it starts.",
    {
        "recipients": number("People, each counted once."),
        "recipients_exact": flag("Whether that is a count (true) or an upper bound, since lists may overlap (false)."),
        "start": {
            "description": "ISO 8601 with offset, to the minute; agora when it goes out as soon as it is applied.",
            "type": "string",
            "examples": ["2026-12-20T09:00-03:00", "agora"],
        },
        "lists": items_of("The lists that it goes to.", {"$ref": "#/$defs/people"}),
        "overlap": _OVERLAP,
    },
)
PEOPLE = record(
    "A list and a number of people.",
    {
        "lista": text("The list's key in the YAML."),
        "people": {"description": "How many people; negative where the list loses them.", "type": "integer"},
    },
)
FINDING = record(
    "Something that a person should know.",
    {
        "severity": one_of("An error stops, a warning is only shown.", [str(severity) for severity in Severity]),
        "rule": text("Name of the guard or check."),
        "summary": text("What is the matter, in one line."),
        "reason": text("Why; may be empty."),
        "remedy": text("What to do about it; may be empty."),
        "address": maybe("address", "What it is about; null when it is about no single resource."),
        "field": optional("The field that it is about."),
        "value": optional("The value that it is about; *** where it is a contact's."),
        "place": PLACE,
    },
)
BLOCKED = record(
    "A difference that nothing is done about until a person decides.",
    {
        "address": {"$ref": "#/$defs/address"},
        "kind": KIND,
        "action": {
            "description": "What would have been done; null when that is not clear either.",
            "enum": [*ACTIONS, None],
        },
        "reason": text("Why nothing is done."),
        "remedy": text("What would settle it."),
        "candidates": items_of("Live objects that it may be about.", text("Id of a live object.")),
        "rule": {
            "description": "The question, where `reconciler resolve` takes an answer: open-outcome is a call that may"
            " have had its effect, look-alike a live object that may be this one.",
            "enum": [OPEN_OUTCOME, LOOK_ALIKE, None],
        },
        "place": PLACE,
    },
)
APART = {
    "description": "Where --contacts-out is given: the file that holds the changes of contacts instead, one JSON object"
    " a line, each as it would stand in `changes`, in the plan's order. Null: they stand in `changes`.",
    "type": ["object", "null"],
    "properties": {
        "kind": {"description": "The kind whose changes it holds.", "const": PRIVATE},
        "lines": number("How many changes it holds."),
        "sha256": {
            "description": "Of the file's bytes, hexadecimal.",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "examples": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
        },
    },
    "required": ["kind", "lines", "sha256"],
}
COMMON = {"address": ADDRESS, "people": PEOPLE, "audience": AUDIENCE, "finding": FINDING, "blocked": BLOCKED}
TROUBLE = {
    "blocked": items_of("What a person must decide; it does not stop the rest.", {"$ref": "#/$defs/blocked"}),
    "refusals": items_of("Guards that stop the whole plan before any call.", {"$ref": "#/$defs/finding"}),
    "warnings": items_of("What a person should know.", {"$ref": "#/$defs/finding"}),
}
