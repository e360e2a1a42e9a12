"""What a model refuses → findings of ours, at the place in the text. None of the library's words are shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from reconciler.config.document import Map, Node, Seq
from reconciler.config.spot import Spot, Step, dotted
from reconciler.engine.model import Address, Finding
from reconciler.providers.guards import Closed, Section

_SHOWN: Final = 60
_NEVER_SHOWN: Final = frozenset({"chave", "criaenvio", "ogmma", "mindo", "conexao"})
"""Below these a key or a password may stand by mistake: neither values nor unknown names are repeated."""

_EXPECTED: Final = {
    "model_type": ("a mapping", "write `key: value` lines below it"),
    "model_attributes_type": ("a mapping", "write `key: value` lines below it"),
    "dict_type": ("a mapping", "write `key: value` lines below it"),
    "list_type": ("a list", "write [a, b], or one `- ` line for each item"),
    "tuple_type": ("a list", "write [a, b], or one `- ` line for each item"),
    "frozen_set_type": ("a list", "write [a, b], or one `- ` line for each item"),
}


def translated(
    error: ValidationError, spot: Spot, model: type[BaseModel], address: Address | None = None
) -> Iterator[Finding]:
    """One finding for each thing that `model` refused about the mapping at `spot`."""
    for detail in error.errors(include_url=False, include_input=False):
        yield _finding(dict(detail), spot, model, address)


def suggestion(name: str, known: Iterable[str]) -> str:
    """`did you mean …?`, or nothing when no known name is near."""
    near = difflib.get_close_matches(name.lower(), list(known), 1, 0.6)
    return f"did you mean {near[0]}?" if near else ""


def _finding(detail: dict[str, Any], spot: Spot, model: type[BaseModel], address: Address | None) -> Finding:
    loc: tuple[Step, ...] = tuple(detail["loc"])
    if detail["type"] == "missing":
        return _missing(loc, spot, model, address)
    if detail["type"] == "extra_forbidden":
        return _unknown(loc, spot, model, address)
    named = "[key]" in loc
    trail = spot.reached(loc[: loc.index("[key]")] if named else loc)
    value = spot.value(trail)
    rule, reason, remedy = _words(detail["type"], detail.get("ctx", {}), value)
    if detail["type"] in _EXPECTED and rule == "bad-type" and (form := _form(model, loc)):
        remedy = f"write it as {form}"
    rest: dict[str, Any] = {"address": address, "field": dotted(trail) or None, "reason": reason, "remedy": remedy}
    at = spot.offset_of_key(trail) if named else spot.offset(trail)
    shown = str(trail[-1]) if named else value
    if isinstance(shown, str) and not _NEVER_SHOWN.intersection(map(str, loc)):
        rest |= {"value": shown[:_SHOWN], "width": spot.width(at, shown)}
    where = dotted(trail)
    subject = f"{address}: {where}" if address is not None and address.key else where or "this entry"
    return spot.source.finding(rule, at, f"{subject} {_NOT_USABLE.get(rule, 'is not valid')}".strip(), **rest)


_NOT_USABLE: Final = {
    "no-value": "has no value",
    "empty-text": "is empty",
    "too-few": "is empty",
    "bad-type": "has the wrong form",
    "not-in-this-version": "is not in this version",
    "not-told": "is not told",
    "bad-comparison": "cannot be compared",
    "literal-key": "may hold a key",
    "repeated-item": "names something twice",
    "bad-choice": "is none of the words that can stand here",
    "skipped-time": "does not exist on that day",
    "repeated-time": "exists twice on that day",
}


def _missing(loc: Sequence[Step], spot: Spot, model: type[BaseModel], address: Address | None) -> Finding:
    name = str(loc[-1])
    subject = str(address) if address is not None and address.key else dotted(spot.reached(loc)) or "this entry"
    return spot.finding(
        loc[:-1],
        "missing-field",
        f"{subject}: {name} is missing",
        reason=f"{name} must be written here",
        remedy=_example(model, loc),
        address=address,
        field=name,
    )


def _unknown(loc: Sequence[Step], spot: Spot, model: type[BaseModel], address: Address | None) -> Finding:
    name, known = str(loc[-1]), _fields(model, loc[:-1])
    if _NEVER_SHOWN.intersection(map(str, loc[:-1])):
        what, remedy = (
            ("an address with a password", "write conexao: {env: NAME}")
            if "conexao" in loc
            else ("the key of an account itself", "write chave: {env: NAME} or chave: {arquivo: PATH}")
        )
        return spot.finding_at_key(
            loc,
            "unknown-key",
            "a key that is not known stands here",
            reason=f"known here: {', '.join(known)}; {what} never stands in the workspace",
            remedy=remedy,
        )
    meant = next((_also(one)[name.lower()] for one in _reached(model, loc[:-1]) if name.lower() in _also(one)), "")
    remedy = f"did you mean {meant}?" if meant.partition(":")[0] in known else suggestion(name, known)
    return spot.finding_at_key(
        loc,
        "unknown-key",
        f"unknown key {name[:_SHOWN]!r}",
        reason=f"known here: {', '.join(known)}",
        remedy=remedy or "take it out, or correct its name",
        address=address,
        field=dotted(spot.reached(loc)),
        value=name[:_SHOWN],
        width=len(name),
    )


def _words(kind: str, context: dict[str, Any], value: Node) -> tuple[str, str, str]:
    """Rule, reason and remedy."""
    if "reason" in context:
        return kind, context["reason"], context["remedy"]
    if value is None:
        return "no-value", "nothing stands after the colon", "write the value, or take the line out"
    if kind in _EXPECTED:
        stands = "a list" if isinstance(value, Seq) else "a mapping" if isinstance(value, Map) else "one text"
        wanted, remedy = _EXPECTED[kind]
        return "bad-type", f"{wanted} was expected here, not {stands}", remedy
    if kind == "too_short":
        return "too-few", "at least one must be named", "name at least one"
    return "bad-value", "this value does not fit here", "see the examples in the schema"


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that stand anywhere inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _reached(model: type[BaseModel], loc: Sequence[Step]) -> list[type[BaseModel]]:
    """The models that stand at `loc` below `model`. Steps that name no field are keys, indices or branches."""
    reached = [model]
    for step in loc:
        fields = [named[str(step)] for one in reached if step in (named := _named(one))]
        reached = [found for field in fields for found in _models(field.annotation)] or reached
    return reached


def _fields(model: type[BaseModel], loc: Sequence[Step]) -> list[str]:
    return list(
        dict.fromkeys(name for one in _reached(model, loc) for name, field in _named(one).items() if _open(field))
    )


def _named(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the names that they have in the text."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _also(model: type[BaseModel]) -> Mapping[str, str]:
    """What some may call the fields of a model."""
    return model.also if issubclass(model, Section) else {}


def _open(field: FieldInfo) -> bool:
    """Whether a field may be written at all."""
    return not any(isinstance(each, Closed) for each in field.metadata)


def _example(model: type[BaseModel], loc: Sequence[Step]) -> str:
    for one in _reached(model, loc[:-1]):
        field = _named(one).get(str(loc[-1]))
        if field is not None and field.examples:
            return f"add it, such as `{loc[-1]}: {_yaml(field.examples[0])}`"
    return f"add {loc[-1]}"


def _form(model: type[BaseModel], loc: Sequence[Step]) -> str:
    """What a mapping looks like that can stand at `loc`; empty if none can, or nothing is known of it."""
    fields = [_named(one)[str(loc[-1])] for one in _reached(model, loc[:-1]) if str(loc[-1]) in _named(one)]
    examples = [example for field in fields for example in field.examples or () if isinstance(example, dict)]
    return _yaml(examples[0]) if examples else ""


def _yaml(example: Any) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_yaml(value)}" for key, value in example.items()) + "}"
    if isinstance(example, list):
        return "[" + ", ".join(_yaml(value) for value in example) + "]"
    return str(example)
