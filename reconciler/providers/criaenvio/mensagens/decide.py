"""Mensagens: compared by meaning; one that was sent gets a new id when it is edited. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.diff import deltas, fingerprint
from reconciler.engine.kind import Case, Decision, Kind, Orphan, create_or_update, differs
from reconciler.engine.model import Action, Call, Change, Declared, Observed, Value
from reconciler.engine.scene import Live, Memory, Scene
from reconciler.providers.criaenvio.mensagens.html import same_html
from reconciler.providers.criaenvio.naming import former_name, name, name_live

FIELDS = ("nome", "assunto", "html", "email_resposta", "mensagem_descadastro")


def newest(found: Sequence[Observed]) -> Observed | None:
    """Among messages of one name, the one with the highest `contador`: earlier ones are its past versions."""
    return max(found, key=lambda item: (contador(item), item.id), default=None)


def contador(item: Observed) -> int:
    """The vendor's own number of a message: it grows with every new one."""
    value = item.fields.get("contador")
    return value if isinstance(value, int) else 0


def content(fields: Mapping[str, Value]) -> str:
    """A hash of all that a recipient gets of a message, as the server shows it."""
    return fingerprint({name: str(fields.get(name) or "") for name in FIELDS if name != "nome"})


def versions(declared: Declared, live: Live, memory: Memory) -> frozenset[str]:
    """Every id that the message has or had: those that the ledger remembers, and live messages of the same name."""
    binding = memory.of(declared.address)
    names = {declared.fields["nome"], declared.former} - {None}
    known = {item.id for item in live.of("mensagem") if item.fields.get("nome") in names}
    return frozenset(known | set(binding.ids if binding else ()) | ({declared.id} if declared.id else set())) - {""}


TEXT = "texto"
"""What a live message said when the plan was made, as a hash: looked at again right before it is overwritten."""


def renumbers(change: Change | None, observed: Observed | None) -> bool:
    """Whether this update makes the server keep the old message and give the new text a new id."""
    updated = change is not None and change.action is Action.UPDATE
    return bool(updated and observed is not None and observed.fields.get("ja_enviada"))


def _decide(case: Case, scene: Scene) -> Iterator[Decision]:
    """The default, but an update writes every field: what is not declared as it is live."""
    for decision in create_or_update(case, scene):
        if not isinstance(decision, Change) or decision.action is not Action.UPDATE or case.observed is None:
            yield decision
            continue
        declared = case.declared.fields
        values = {name: declared.get(name, case.observed.fields.get(name)) for name in FIELDS}
        reason = differs(decision.deltas)
        if case.observed.fields.get("ja_enviada"):
            reason += "; it was sent before, so the server keeps the old text and gives this one a new id"
        given = {name: value for name, value in values.items() if value is not None}
        expects = {TEXT: content(case.observed.fields)}
        yield case.change(Action.UPDATE, reason, deltas=decision.deltas, values=given, expects=expects)


def says_the_same(declared: Declared, live: Observed) -> bool:
    """Whether a live message that was read whole says what is declared, whatever its name."""
    wanted = {name: declared.fields[name] for name in FIELDS if name != "nome" and name in declared.fields}
    return "html" in wanted and "html" in live.fields and not deltas(wanted, live.fields, same=KIND.same)


STOPPED = "envio/stopped"
"""The group of changes that cancel sends: only then may a message that they refer to be deleted."""


def _release(orphan: Orphan, _scene: Scene) -> Iterator[Decision]:
    """`ao_remover: remover`, but never a message that was sent (the vendor refuses it)."""
    if orphan.policy != "remover":
        return
    if orphan.observed.fields.get("ja_enviada"):
        reason = "no longer declared, but it was sent: the vendor keeps sent messages"
        yield orphan.block(Action.DELETE, reason, "ao_remover: manter")
        return
    yield orphan.change(Action.DELETE, "no longer declared", needs=(STOPPED,), irreversible=True)


def _same_text(wanted: Value, live: Value) -> bool:
    """Empty and missing are the same to the vendor; so is white space around."""
    return str(wanted or "").strip() == str(live or "").strip()


KIND = Kind(
    name="mensagem",
    fields=FIELDS,
    natural=name,
    natural_live=name_live,
    former=former_name,
    prefer=newest,
    decide=_decide,
    release=_release,
    same={"html": same_html} | dict.fromkeys(("assunto", "email_resposta", "mensagem_descadastro"), _same_text),
    calls={
        Action.CREATE: (Call("GET", "/mensagens"), Call("POST", "/mensagens"), Call("GET", "/mensagens/{id}")),
        Action.UPDATE: (
            Call("GET", "/mensagens/{id}"),
            Call("PUT", "/mensagens/{id}"),
            Call("GET", "/mensagens/{id}"),
        ),
        Action.DELETE: (Call("DELETE", "/mensagens/{id}"),),
    },
)
