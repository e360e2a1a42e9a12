"""Keeps people out of reports: contacts' addresses and values are masked, unless the view shows them. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from reconciler.engine.model import Address, Blocked, Change, Delta, Finding, Value
from reconciler.engine.plan import Plan
from reconciler.report.view import View

PRIVATE = "contato"
"""The kind whose key and values are personal data."""

HIDDEN = "***"

OPEN_FIELDS = frozenset({"ativo", "listas", "descadastrado"})
"""A contact's fields that say nothing about who it is; every other field is masked, also one that is not known here."""

_EMAIL = re.compile(r"[^\s@<>()\[\]{}\"',;:=/]+@[^\s@<>()\[\]{}\"',;:=/]*[^\s@<>()\[\]{}\"',;:=/.!?]")
_COMMAND = re.compile(r"\breconciler (?:resolve|stop)\b")
_TELLING = 3
"""Values shorter than this are not searched for in running text: they would be found everywhere."""


def is_private(address: Address | None) -> bool:
    """Whether `address` names a person."""
    return address is not None and address.kind == PRIVATE


def masked_email(email: str) -> str:
    """`maria@exemplo.com.br` → `m***@exemplo.com.br`; what is no address shows nothing of itself."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}{HIDDEN}@{domain[:60]}" if at else HIDDEN


class Mask:
    """One report's masks: knows whom the plan is about, so that a contact is recognised wherever it is named."""

    def __init__(self, plan: Plan, view: View, notes: Iterable[Finding] = ()) -> None:
        """Mask for a report on `plan`; `notes` are further findings that it prints."""
        named = [change.address for change in plan.changes] + [item.address for item in plan.blocked]
        found = [finding.address for finding in (*plan.warnings, *plan.refusals, *notes)]
        self._open = view.show_contacts
        self._salt = view.salt
        self._options = f" {view.options}" if view.options else ""
        self._keys = {address.key for address in (*named, *found) if address is not None and is_private(address)}
        self._known = {key.lower() for key in self._keys}

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        """Made when a document first names somebody: text never does, and there may be very many."""
        short = {key: self._alias(key, 8) for key in self._keys}
        used = Counter(short.values())
        return {key: alias if used[alias] == 1 else self._alias(key, 32) for key, alias in short.items()}

    def _alias(self, key: str, digits: int) -> str:
        suffix = hmac.new(self._salt, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:digits]
        return f"{masked_email(key)}~{suffix}"

    def key(self, address: Address) -> str:
        """An address' key for people to read: a contact's is masked, and may look like another's."""
        return address.key if self._open or not is_private(address) else masked_email(address.key)

    def name(self, address: Address) -> str:
        """An address for people to read."""
        return f"{address.kind}.{self.key(address)}"

    def alias(self, address: Address) -> str:
        """An address for programs: a contact's is masked and ends in a keyed hash, so that it stays unique."""
        if self._open or not is_private(address):
            return str(address)
        return f"{address.kind}.{self._aliases.get(address.key) or self._alias(address.key, 8)}"

    def change_id(self, change: Change) -> str:
        """`Change.id` for programs, by the same alias."""
        return f"{self.alias(change.address)}/{change.action}"

    def need(self, need: str) -> str:
        """What a change needs, the id of a change or a group, by the same alias."""
        kind, _, rest = need.partition(".")
        key, _, action = rest.rpartition("/")
        return f"{self.alias(Address(kind, key))}/{action}" if kind == PRIVATE and key else self.text(need)

    def command(self, text: str) -> str:
        """A text whose commands are about the reader's own workspace and account, and can be copied as they stand."""
        return _COMMAND.sub(lambda found: found[0] + self._options, text)

    def text(self, text: str, about: Address | None = None, values: Iterable[Value] = ()) -> str:
        """Running text without people: known contacts' e-mails, and all e-mails where the text is `about` a contact.

        `values` are further things to hide in it: what is known of that contact.
        """
        if self._open or not text:
            return text
        private = is_private(about)
        if about is not None and private:
            text = _without(text, about.key, masked_email(about.key))
            for value in sorted(_texts(values), key=len, reverse=True):
                text = _without(text, value, HIDDEN)
        return _EMAIL.sub(
            lambda hit: masked_email(hit[0]) if private or hit[0].lower() in self._known else hit[0], text
        )

    def wording(self, change: Change, text: str) -> str:
        """Running text about `change`: its reason, or what came of it."""
        deltas = (value for delta in change.deltas for value in (delta.before, delta.after))
        closed = (value for name, value in change.values.items() if name not in OPEN_FIELDS)
        return self.text(text, change.address, (*deltas, *closed))

    def delta(self, change: Change, delta: Delta) -> Delta:
        """A difference with a contact's values masked: which field changes stays to be seen."""
        if self._open or not is_private(change.address) or delta.field in OPEN_FIELDS:
            return delta
        return replace(delta, before=_masked(delta.before), after=_masked(delta.after))

    def blocked(self, item: Blocked) -> Blocked:
        """A blocked item with its wording masked (its address is named by `name` or `alias`)."""
        reason, remedy = (self.text(text, item.address) for text in (item.reason, item.remedy))
        return replace(
            item,
            reason=reason,
            remedy=remedy,
            candidates=tuple(self.text(text, item.address) for text in item.candidates),
        )

    def finding(self, finding: Finding) -> Finding:
        """A finding with its wording masked and lines that name people left out (`name` or `alias` its address)."""
        if self._open:
            return finding
        about, private = finding.address, is_private(finding.address)
        unsure = about is None and _EMAIL.search(finding.excerpt or "") is not None
        summary, reason, remedy = (
            self.text(text, about, (finding.value,)) for text in (finding.summary, finding.reason, finding.remedy)
        )
        return replace(
            finding,
            summary=summary,
            reason=reason,
            remedy=remedy,
            value=HIDDEN
            if private and finding.value is not None
            else finding.value and self.text(finding.value, about),
            excerpt=None if private or unsure else finding.excerpt and self.text(finding.excerpt, about),
        )


def _masked(value: Value) -> Value:
    if value is None:
        return None
    return dict.fromkeys(value, HIDDEN) if isinstance(value, Mapping) else HIDDEN


def _texts(values: Iterable[Value]) -> set[str]:
    found = set()
    for value in values:
        inner = value.values() if isinstance(value, Mapping) else (value,)
        found |= {text for text in inner if isinstance(text, str) and len(text) >= _TELLING}
    return found


def _without(text: str, secret: str, instead: str) -> str:
    if (
        not secret or secret.casefold() not in text.casefold()
    ):  # compiling a pattern for each value of each contact costs seconds
        return text
    return re.sub(re.escape(secret), lambda _: instead, text, flags=re.IGNORECASE)
