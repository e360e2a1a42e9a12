"""Contatos: one call per aspect that differs; a recipient's own opt-out always wins. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import cast

from reconciler.engine.kind import Case, Decision, Kind, Orphan, differs
from reconciler.engine.model import Action, Address, Call, Change, Declared, Delta, Finding, Observed, Place, Severity
from reconciler.engine.scene import Reference, Scene

RELEASED = "contato/let-go"
"""The group of contacts that are let go: sends wait for it, since their lists need not have been read."""

_PERSON = ("email", "nome", "sexo", "data_de_nascimento")
_OPTED_OUT = "the person unsubscribed (descadastrado): only they can undo that"


def group(lista: str) -> str:
    """The group of changes that alter who is in a list: sends to it wait for all of them."""
    return f"lista.{lista}/members"


def email(declared: Declared, _scene: Scene) -> Hashable | None:
    """A contact is known by its e-mail, whatever the case."""
    return declared.address.key


def _former(declared: Declared, _scene: Scene) -> Hashable | None:
    return declared.former.lower() if declared.former else None


def email_live(observed: Observed, _scene: Scene) -> Hashable | None:
    """The live e-mail in lower case."""
    return str(observed.fields.get("email") or "").lower() or None


def _decide(case: Case, scene: Scene) -> Iterator[Decision]:
    """Person, values, lists and activity, each on its own; what needs the contact waits for its creation."""
    made = () if case.observed else (f"{case.address}/{Action.CREATE}",)
    lists = _Lists(case, scene)
    yield from _person(case)
    yield from lists.unsubscribe()
    yield from _activity(case, lists)
    yield from _values(case, scene, made)
    yield from lists.subscribe(made)


def _same_email(wanted: object, live: object) -> bool:
    return str(wanted).lower() == str(live).lower()


def _person(case: Case) -> Iterator[Decision]:
    """POST for a new one; PUT with full values, since the reference does not say whether left-out fields survive it."""
    found = case.differences()
    if case.observed is None:
        values = {name: value for name, value in case.declared.fields.items() if name in _PERSON}
        yield case.change(Action.CREATE, "declared, and not in the account", deltas=found, values=values)
    elif found:
        live = case.observed.fields
        values = {name: live.get(name) for name in _PERSON if name != "email"}
        values |= {name: value for name, value in case.declared.fields.items() if name in _PERSON and name != "email"}
        values |= {delta.field: delta.after for delta in found}
        yield case.change(Action.UPDATE, differs(found), deltas=found, values=values)


def _activity(case: Case, lists: _Lists) -> Iterator[Decision]:
    """`ativo`, if declared. An opted-out contact is never activated."""
    wanted = case.declared.fields.get("ativo")
    live = case.observed.fields.get("ativo") if case.observed else True
    if wanted is None and live is False and not lists.opted_out:
        yield idle(case.address, case.declared.place)
    if wanted is None or wanted == live:
        return
    if wanted and lists.opted_out:
        yield case.block(Action.ACTIVATE, _OPTED_OUT, "remove ativo: true from the contact")
        return
    action, sign = (Action.ACTIVATE, 1) if wanted else (Action.DEACTIVATE, -1)
    after = lists.after()
    yield case.change(
        action,
        f"declared {'active' if wanted else 'inactive'}",
        deltas=(Delta("ativo", live, wanted),),
        values={"ativo": wanted},
        needs=() if case.observed else (f"{case.address}/{Action.CREATE}",),
        feeds=tuple(group(key) for key in after),
        moves=tuple((key, sign) for key in lists.staying()),
    )


def idle(address: Address, place: Place | None) -> Finding:
    """What is told of somebody who is inactive, and of whom nobody says whether that is meant."""
    summary = "inactive in the account and declared without `ativo`: receives nothing"
    remedy = "write ativo: true to activate, ativo: false to confirm"
    return Finding(Severity.WARNING, "inactive-contact", summary, remedy=remedy, place=place, address=address)


def _values(case: Case, scene: Scene, made: tuple[str, ...]) -> Iterator[Decision]:
    """Field values: only those that differ, all in one call."""
    wanted = cast("Mapping[str, str]", case.declared.fields.get("campos") or {})
    live = cast("Mapping[str, str]", case.observed.fields.get("campos") or {}) if case.observed else {}
    refs = {key: scene.reference("campo", key) for key in sorted(wanted)}
    before = {key: live.get(ref.id or "", "") for key, ref in refs.items()}
    differing = [key for key in refs if wanted[key].strip() != before[key].strip()]
    for key in differing:
        if refs[key].blocked:
            yield waits(case, Address("campo", key))
    ready = [key for key in differing if not refs[key].blocked]
    if ready:
        yield case.change(
            Action.SET_FIELDS,
            f"{len(ready)} field value{'s' if len(ready) > 1 else ''} not as declared",
            deltas=tuple(Delta(f"campos.{key}", before[key] or None, wanted[key]) for key in ready),
            values={"campos": {key: wanted[key] for key in ready}},
            needs=made + _needs([refs[key] for key in ready]),
        )


def waits(case: Case, blocked: Address) -> Finding:
    """A part of a contact that waits for something blocked: a warning, since the decision is about that thing."""
    return Finding(
        Severity.WARNING,
        "waits",
        f"waits for {blocked}, which is blocked",
        remedy=f"decide about {blocked} first",
        place=case.declared.place,
        address=case.address,
    )


def _needs(refs: Sequence[Reference]) -> tuple[str, ...]:
    return tuple(need for ref in refs for need in ref.needs)


def _declared_lists(scene: Scene) -> dict[str, Reference]:
    """The declared lists by key."""
    return {item.address.key: scene.reference("lista", item.address.key) for item in scene.of_kind("lista")}


class _Lists:
    """A contact's declared lists beside the live ones. Lists that are not declared as resources are never looked at."""

    def __init__(self, case: Case, scene: Scene) -> None:
        self.case = case
        observed = case.observed
        self.opted_out = bool(observed and observed.fields.get("descadastrado"))
        wanted_active = case.declared.fields.get("ativo")
        self._was_active = bool(observed and observed.fields.get("ativo"))
        self._will_be_active = (self._was_active or not observed) if wanted_active is None else bool(wanted_active)
        live = cast("frozenset[str]", observed.fields.get("listas") or frozenset()) if observed else frozenset[str]()
        refs = _declared_lists(scene)
        self._before = {key for key, ref in refs.items() if ref.id is not None and ref.id in live}
        declared = cast("frozenset[str] | None", case.declared.fields.get("listas"))
        wanted = self._before if declared is None else set(declared)
        self._blocked = sorted(key for key in wanted if key in refs and refs[key].blocked)
        self._join = [refs[key] for key in sorted(wanted - self._before - set(self._blocked)) if key in refs]
        self._leave = [refs[key] for key in sorted(self._before - wanted)]

    def after(self) -> list[str]:
        """The declared lists that the contact is in once the plan is made."""
        joined = set() if self.opted_out else {ref.key for ref in self._join}
        return sorted((self._before - {ref.key for ref in self._leave}) | joined)

    def staying(self) -> list[str]:
        """The declared lists that the contact is in before and after: its activity alone decides about their mail."""
        return [] if self.opted_out else sorted(self._before - {ref.key for ref in self._leave})

    def unsubscribe(self) -> Iterator[Decision]:
        """Declared lists that the contact is in and should not be."""
        if self._leave:
            yield self._change(Action.UNSUBSCRIBE, self._leave, -1, ())

    def subscribe(self, made: tuple[str, ...]) -> Iterator[Decision]:
        """Declared lists that the contact should be in and is not."""
        for key in self._blocked:
            yield waits(self.case, Address("lista", key))
        if self._join and self.opted_out:
            names = ", ".join(ref.key for ref in self._join)
            yield self.case.block(Action.SUBSCRIBE, _OPTED_OUT, f"remove {names} from the contact's listas")
        elif self._join:
            yield self._change(Action.SUBSCRIBE, self._join, 1, made)

    def _change(self, action: Action, refs: Sequence[Reference], sign: int, made: tuple[str, ...]) -> Change:
        keys = tuple(ref.key for ref in refs)
        before = frozenset(self._before if sign < 0 else self._before - {ref.key for ref in self._leave})
        after = before | frozenset(keys) if sign > 0 else before - frozenset(keys)
        receives = not self.opted_out and (self._will_be_active if sign > 0 else self._was_active)
        return self.case.change(
            action,
            f"{'not in' if sign > 0 else 'in'} {', '.join(keys)}",
            deltas=(Delta("listas", before, after),),
            values={"listas": frozenset(keys)},
            needs=made + tuple(need for ref in refs for need in ref.needs if need.endswith(f"/{Action.CREATE}")),
            feeds=tuple(group(key) for key in keys),
            moves=tuple((key, sign) for key in keys) if receives else (),
        )


def _release(orphan: Orphan, scene: Scene) -> Iterator[Decision]:
    """`ao_remover: desativar` unless inactive already or opted out. Its lists count where they happen to be known."""
    live = cast("frozenset[str]", orphan.observed.fields.get("listas") or frozenset())
    if orphan.policy == "desativar" and orphan.observed.fields.get("ativo"):
        yield orphan.change(
            Action.DEACTIVATE,
            "no longer declared",
            deltas=(Delta("ativo", before=True, after=False),),
            values={"ativo": False},
            feeds=(RELEASED,),
            moves=tuple((key, -1) for key, ref in _declared_lists(scene).items() if ref.id in live),
        )


KIND = Kind(
    name="contato",
    fields=_PERSON,
    natural=email,
    natural_live=email_live,
    former=_former,
    decide=_decide,
    release=_release,
    same={"email": _same_email},
    private=True,
    calls={
        Action.CREATE: (Call("POST", "/contatos"),),
        Action.UPDATE: (Call("PUT", "/contatos/{id}"),),
        Action.ACTIVATE: (Call("PUT", "/contatos/{id}/ativar"),),
        Action.DEACTIVATE: (Call("PUT", "/contatos/{id}/desativar"),),
        Action.SUBSCRIBE: (Call("POST", "/contatos/{id}/inscrever"),),
        Action.UNSUBSCRIBE: (Call("POST", "/contatos/{id}/desinscrever"),),
        Action.SET_FIELDS: (Call("PUT", "/contatos/{id}/campos"),),
    },
)
