"""How the other channels are asked: once for all who ask the same, for no less than any of them needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.engine.channels import Observation
from reconciler.engine.check import Check, NobodyAskedError, Ruling, UnreadableError, Where
from reconciler.engine.model import Address, Call, Place
from reconciler.providers.channels import look
from reconciler.providers.ogmma.lotes.spec import VerificacaoDeLotes
from reconciler.providers.ogmma.mensagens.spec import VerificacaoDeMensagens
from reconciler.transport import GaveUp, Throttled
from tests.cases.channels import observations

NOW = datetime(2026, 11, 2, 11, tzinfo=UTC)
ZONE = ZoneInfo("America/Sao_Paulo")
LOTES, MENSAGENS = "ogmma.lotes", "ogmma.mensagens"


@dataclass(slots=True)
class Recording:
    """A port that remembers what it was asked, shows `shown`, and cannot read the other sources.

    Those in `closed` cannot be asked, those in `down` do not answer, those in `unnamed` the account does not name.
    """

    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    asked: list[tuple[str, Where]] = field(default_factory=list)

    @property
    def count(self) -> Mapping[str, int]:
        """As many requests as were asked, each with the name of its source."""
        return Counter(f"GET /{source}" for source, _ in self.asked)

    def bulks(self) -> Iterable[str]:
        """The batches."""
        return (LOTES,)

    def read(self, source: str, where: Where, /) -> Iterable[Observation]:
        """What it shows."""
        self.asked.append((source, where))
        if source in self.closed:
            raise UnreadableError("closed")
        if source in self.unnamed:
            raise NobodyAskedError("no key")
        if source in self.down:
            raise GaveUp(Throttled(None, None, unknown=False), 3, unknown=False, later=True)
        return observations(source, self.shown.get(source, []))


def lotes(key: str, **onde: Any) -> Check:
    """A check that a batch is completed."""
    written = {"fonte": LOTES, "onde": onde, "espera": {"status": "COMPLETED"}}
    return VerificacaoDeLotes.model_validate(written).check(Address("verificacao", key), Place("a.yaml", 1, 1), ZONE)


def mensagens(key: str, conversation: str) -> Check:
    """A check that a conversation has a message."""
    onde = {"channelId": "c", "conversationId": conversation}
    written = {"fonte": MENSAGENS, "onde": onde, "espera": {"quantidade": ">= 1"}}
    made = VerificacaoDeMensagens.model_validate(written)
    return made.check(Address("verificacao", key), Place("a.yaml", 1, 1), ZONE)


def asked(*checks: Check, whole: Iterable[str] = ()) -> list[tuple[str, dict[str, Any]]]:
    """What is asked for these checks: source, and what each field has to be."""
    port = Recording()
    look(port, checks, frozenset(whole), NOW)
    return [
        (source, {one.field: one.among or (one.since, one.before) for one in where.conditions})
        for source, where in port.asked
    ]


def test_a_source_is_asked_once_for_what_all_checks_need() -> None:
    """Names are taken together, days from the first to the last; what only one of them says narrows nothing."""
    both = asked(
        lotes("a", name="x", createdAt={"de": "2026-11-01", "ate": "2026-11-02"}),
        lotes("b", name=["x", "y"], createdAt={"de": "2026-10-01"}, batchId="b1"),
    )
    assert both == [(LOTES, {"name": ("x", "y"), "createdAt": (datetime(2026, 10, 1, tzinfo=ZONE), None)})]
    assert asked(lotes("a", name="x"), lotes("b", batchId="b1")) == [(LOTES, {})]


def test_what_may_change_is_never_asked_for() -> None:
    """One whose status no document names may be meant all the same, and has to be seen."""
    assert asked(lotes("a", status="QUEUED", name="x")) == [(LOTES, {"name": ("x",)})]


def test_each_conversation_is_asked_for_itself() -> None:
    """Conversations have addresses of their own; two checks of one share its reading."""
    found = asked(mensagens("a", "d"), mensagens("b", "d"), mensagens("c", "e"))
    assert found == [
        (MENSAGENS, {"channelId": ("c",), "conversationId": ("d",)}),
        (MENSAGENS, {"channelId": ("c",), "conversationId": ("e",)}),
    ]


def test_a_source_that_a_rule_needs_is_read_whole() -> None:
    """Once, for the rule and for the checks; and not at all for nobody."""
    assert asked(lotes("a", name="x"), whole=[LOTES]) == [(LOTES, {})]
    assert asked(whole=[LOTES]) == [(LOTES, {})]
    assert asked() == []


def test_one_source_that_cannot_be_read_spoils_no_other() -> None:
    """Its checks are not read, and it is said why; the others are judged."""
    port = Recording({LOTES: [{"batchId": "b1", "name": "x", "status": "COMPLETED"}]}, frozenset({MENSAGENS}))
    found = look(port, [lotes("a", name="x"), mensagens("b", "d")], frozenset({LOTES}), NOW)
    assert {name: verdict.ruling for name, verdict in found.verdicts.items()} == {
        "verificacao.a": Ruling.HOLDS,
        "verificacao.b": Ruling.NOT_READ,
    }
    assert (found.unread, found.whole) == ({MENSAGENS: "closed"}, frozenset({LOTES}))
    assert [bulk.id for bulk in found.bulks] == ["b1"]


def test_a_vendor_that_is_down_is_waited_for_once() -> None:
    """Its other sources and conversations are not asked any more, and say why; each source is told once."""
    port = Recording(down=frozenset({LOTES}))
    found = look(port, [lotes("a", name="x"), mensagens("b", "d"), mensagens("c", "e")], frozenset(), NOW)
    assert [source for source, _ in port.asked] == [LOTES]
    assert {verdict.ruling for verdict in found.verdicts.values()} == {Ruling.NOT_READ}
    assert set(found.unread) == {LOTES, MENSAGENS}
    assert "not asked, since ogmma does not answer" in found.unread[MENSAGENS]


def test_what_the_configuration_has_warned_of_is_not_told_again() -> None:
    """A source of a vendor that the account does not name is not read, and no warning comes of it."""
    found = look(Recording(unnamed=frozenset({LOTES})), [lotes("a", name="x")], frozenset(), NOW)
    assert (found.verdicts["verificacao.a"].ruling, found.unread) == (Ruling.NOT_READ, {})


def test_some_checks_are_looked_at_again() -> None:
    """By the calls that it took before, which are known then: no other source is asked."""
    port, all_of_them = Recording(), [lotes("a", name="x"), lotes("b", batchId="y"), mensagens("c", "d")]
    first = look(port, all_of_them, frozenset(), NOW)
    assert first.again(["verificacao.a"]) == (Call("GET", f"/{LOTES}"),)
    assert first.again(["verificacao.a", "verificacao.c"]) == (Call("GET", f"/{LOTES}"), Call("GET", f"/{MENSAGENS}"))
    before = len(port.asked)
    again = look(port, all_of_them, frozenset(), NOW, ["verificacao.a"])
    assert port.asked[before:] == port.asked[:1]
    assert "verificacao.c" not in again.verdicts
