"""How an account stands, as people and programs read it: goldens, the schema, and laws over generated accounts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.check import Check, Ground, Ruling, Verdict, Where
from reconciler.engine.model import Address, Place
from reconciler.engine.overview import Overview, Sending, Standing, Unread
from reconciler.engine.result import Exit
from reconciler.report import View, changes, json_line, json_text, schemas, status_document, status_text
from reconciler.report.words import visible, width
from tests.report.conftest import ZONE, start
from tests.report.test_golden import held
from tests.report.test_laws import hostile

SCHEMA = Draft202012Validator(schemas()["status.schema.json"])
LOTES, MASSA, ENVIOS = "ogmma.lotes", "mindo.envios_em_massa", "criaenvio.envios"


def check(key: str, ruling: Ruling, reason: str, *grounds: Ground) -> Verdict:
    """A check on Ogmma's bulk sends, and what came of it."""
    address = Address("verificacao", key)
    return Verdict(Check(address, Place("campanhas/natal.yaml", 9, 3), LOTES, Where(), ()), ruling, reason, grounds)


def evening() -> Overview:
    """An account on the evening of a busy day: one of nearly everything."""
    batch = Bulk(LOTES, "b1", "Natal 2026", "IN_PROGRESS", Phase.RUNNING, 51_314, 23_091, failed=218, progress=45)
    lost = replace(batch, id="b2", title="", status="PAUSED_BY_META", phase=Phase.UNKNOWN, sent=None, progress=None)
    over = Bulk(MASSA, "a3f2", "welcome_message", "PARTIAL", Phase.ENDED, 150, 150, 142, 98, 8, 100.0)
    out = Bulk(ENVIOS, "9aB2", "natal-sp", "Concluído", Phase.ENDED, 18_402, 18_402, 18_100, 4_021, 302, 100.0)
    off = Bulk(
        ENVIOS, "9aB3", "natal-com-um-nome-muito-comprido-que-nao-cabe-em-lugar-nenhum", "Cancelado", Phase.ENDED
    )
    none = Bulk(ENVIOS, "", "ano-novo", "not scheduled", Phase.WAITING)
    return Overview(
        "principal",
        start(26),
        sendings=(
            Sending(replace(out, ended=start(26, hour=9)), Standing.DONE, "", start(26, hour=8), Address("envio", "a")),
            Sending(off, Standing.WRONG, "declared agendado, and cancelled outside", start(27)),
            Sending(none, Standing.OPEN, "waits for verificacao.whatsapp-natal", start(1, 1).replace(year=2027)),
            Sending(replace(over, ended=start(25)), Standing.DONE, "as its checks expect", start(24)),
            Sending(batch, Standing.OPEN, "", start(26, hour=17)),
            Sending(lost, Standing.OPEN, "the vendor's documents do not name this status"),
        ),
        verdicts=(
            check(
                "whatsapp-natal", Ruling.NOT_YET, "", Ground("b1", "Natal", "falhas", "<= 2%", "218", Ruling.NOT_YET)
            ),
            check("resposta", Ruling.NOT_READ, "ogmma.mensagens was not read: answered 503"),
        ),
        unread={
            "ogmma.mensagens": Unread("GET /channels/{channelId}/…: answered 503 (gave up after 9 tries)", later=True)
        },
        hidden=12,
        calls={"GET /envios": 1, "GET /bulk": 3},
    )


@pytest.mark.parametrize("columns", [80, 120, 160])
def test_status_reads_as_agreed(columns: int, view: View) -> None:
    """The text is the one that was read and agreed upon, at each width."""
    text = status_text(evening(), view, columns)
    assert max(map(width, text.splitlines())) <= columns
    held(f"status-{columns}.txt", text)


def test_status_as_json_reads_as_agreed() -> None:
    """The document is the one that was agreed upon, and as its schema says."""
    document = status_document(evening())
    SCHEMA.validate(document)
    held("status-json.txt", json_text(document))


def test_colours_are_nothing_but_colours(view: View) -> None:
    """With colours the text is the same; without there are no escapes in it."""
    plain, coloured = (status_text(evening(), replace(view, color=color), 120) for color in (False, True))
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert coloured != plain


def test_changes_are_told_once() -> None:
    """Of what is as it was nothing is said; what is new, otherwise or gone has a line, without what nobody is told."""
    now = evening()
    assert len(changes(None, now)) == len(now.sendings) + len(now.verdicts) + len(now.unread)
    assert changes(now, replace(now, at=start(27), calls={})) == []
    batch = replace(now.sendings[4], bulk=replace(now.sendings[4].bulk, sent=30_000, progress=60))
    later = replace(now, sendings=(*now.sendings[:4], batch), unread={})
    told = changes(now, later)
    assert [line.split("  ")[1] for line in told] == [LOTES, LOTES, "ogmma.mensagens: no longer shown"]
    assert "IN_PROGRESS 60%  30.000 sent, 218 failed, of 51.314  (going on)" in told[0]


@pytest.mark.parametrize(
    ("standings", "rulings", "unread", "expected", "over"),
    [
        ([Standing.DONE], [Ruling.HOLDS], [], Exit.OK, True),
        ([], [], [], Exit.OK, True),
        ([Standing.OPEN], [], [], Exit.CHANGES, False),
        ([], [Ruling.NOT_YET], [], Exit.CHANGES, False),
        ([], [Ruling.NOT_FOUND], [], Exit.CHANGES, False),
        ([Standing.OPEN], [], [True], Exit.LATER, False),
        ([], [Ruling.NOT_READ], [True], Exit.LATER, False),
        ([], [Ruling.NOT_READ], [True, False], Exit.ERROR, False),
        ([], [Ruling.NOT_READ], [False], Exit.ERROR, True),
        ([], [Ruling.NOT_READ], [], Exit.ERROR, True),
        ([Standing.WRONG], [], [], Exit.BLOCKED, True),
        ([Standing.WRONG, Standing.OPEN], [Ruling.NOT_READ], [True], Exit.BLOCKED, False),
        ([], [Ruling.BROKEN], [], Exit.BLOCKED, True),
    ],
)
def test_the_worst_decides(
    standings: list[Standing], rulings: list[Ruling], unread: list[bool], expected: Exit, *, over: bool
) -> None:
    """The exit code is that of the worst; what may still change is waited for, whatever else is wrong."""
    bulk = Bulk(LOTES, "b1", "Natal", "COMPLETED", Phase.ENDED)
    found = Overview(
        "principal",
        start(26),
        tuple(Sending(bulk, standing) for standing in standings),
        tuple(check("x", ruling, "") for ruling in rulings),
        {name: Unread("", later) for name, later in zip((LOTES, MASSA), unread, strict=False)},
    )
    assert (found.exit, found.over) == (expected, over)


people = st.none() | st.integers(0, 10**12)
moments = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
bulks = st.builds(
    Bulk,
    st.sampled_from([LOTES, MASSA, ENVIOS]),
    hostile,
    hostile,
    hostile,
    st.sampled_from(Phase),
    people,
    people,
    people,
    people,
    people,
    st.none() | st.floats(0, 100),
    moments,
    moments,
)
addresses = st.none() | st.builds(Address, st.just("envio"), hostile)
reactions = st.dictionaries(hostile, people, max_size=2)
sendings = st.builds(Sending, bulks, st.sampled_from(Standing), hostile, moments, addresses, reactions)
overviews = st.builds(
    Overview,
    hostile,
    st.just(start(26).astimezone(ZONE)),
    st.lists(sendings, max_size=4).map(tuple),
    st.lists(st.builds(check, st.just("x"), st.sampled_from(Ruling), hostile), max_size=2).map(tuple),
    st.dictionaries(hostile, st.builds(Unread, hostile, st.booleans()), max_size=2),
    st.integers(0, 10**6),
    st.dictionaries(hostile, st.integers(0, 10**6), max_size=2),
)
VIEW = View(salt=b"", today=start(26).date())


@settings(max_examples=60, deadline=None)
@given(overviews, overviews, st.integers(40, 200))
def test_anything_is_shown(now: Overview, before: Overview, columns: int) -> None:
    """Whatever a vendor answers: it is shown, within the width, on as many lines as are meant, and nothing escapes."""
    text = status_text(now, VIEW, columns)
    assert max(map(width, text.splitlines())) <= columns
    for line in (*text.splitlines(), *changes(before, now)):
        assert visible(line) == line
    document = status_document(now)
    SCHEMA.validate(document)
    assert json.loads(json_line(document)) == json.loads(json_text(document)) == document
