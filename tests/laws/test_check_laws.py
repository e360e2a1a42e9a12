"""Laws of verdicts over generated histories of bulk sends: what is final stays, what is not told never holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.channels import Bulk, Observation, Phase
from reconciler.engine.check import (
    AmountIs,
    Check,
    Comparison,
    Expectation,
    Figure,
    FigureIs,
    Newest,
    Operator,
    Ruling,
    StatusIs,
    Where,
)
from reconciler.engine.judging import judged
from reconciler.engine.model import Address, Place
from reconciler.providers.criaenvio.envios.frequency import Sending, beyond

NOW = datetime(2026, 11, 2, 11, tzinfo=UTC)
STATUSES = {"QUEUED": Phase.WAITING, "RUNNING": Phase.RUNNING, "DONE": Phase.ENDED, "GONE": Phase.ENDED}
ORDER = [Phase.WAITING, Phase.RUNNING, Phase.ENDED]
COUNTS = ("sent", "delivered", "read", "failed")

statuses = st.sampled_from(sorted(STATUSES))
figures = st.builds(
    FigureIs,
    st.just("x"),
    st.sampled_from(Figure),
    st.builds(
        Comparison,
        st.sampled_from(Operator),
        st.fractions(0, 1, max_denominator=20) | st.integers(0, 30).map(Fraction),
        st.just("as written"),
        st.booleans(),
    ),
)
wanted = st.builds(
    StatusIs, st.sets(statuses, min_size=1).map(lambda words: {word: STATUSES[word] for word in sorted(words)})
)
amounts = st.builds(
    AmountIs,
    st.just("n"),
    st.builds(Comparison, st.sampled_from(Operator), st.integers(0, 4).map(Fraction), st.just("n")),
)


@st.composite
def bulks(draw: st.DrawFn, number: int = 0) -> Bulk:
    """A bulk send at some moment; nobody has failed who was sent to."""
    total = draw(st.integers(0, 20))
    failed = draw(st.integers(0, total))
    sent = draw(st.integers(0, total - failed))
    delivered = draw(st.integers(0, sent))
    status = draw(statuses)
    created = NOW - timedelta(hours=draw(st.integers(0, 3)))
    return Bulk(
        source="s",
        id=f"b{number}",
        title="t",
        status=status,
        phase=STATUSES[status],
        total=total,
        sent=sent,
        delivered=delivered,
        read=draw(st.integers(0, delivered)),
        failed=failed,
        progress=draw(st.integers(0, 100)),
        created=created,
    )


@st.composite
def later(draw: st.DrawFn, before: Bulk) -> Bulk:
    """The same some time after: it has not gone back, and after its end only receipts have come."""
    total = before.total or 0
    after = before
    if before.phase is not Phase.ENDED:
        rank = ORDER.index(before.phase)
        status = draw(st.sampled_from([word for word in sorted(STATUSES) if ORDER.index(STATUSES[word]) >= rank]))
        failed = draw(st.integers(before.failed or 0, total - (before.sent or 0)))
        after = replace(
            before,
            status=status,
            phase=STATUSES[status],
            failed=failed,
            sent=draw(st.integers(before.sent or 0, total - failed)),
            progress=draw(st.integers(int(before.progress or 0), 100)),
        )
    delivered = draw(st.integers(before.delivered or 0, after.sent or 0))
    return replace(after, delivered=delivered, read=draw(st.integers(before.read or 0, delivered)))


def check(*expects: Expectation, newest: Newest | None = None) -> Check:
    """A check of all that the source shows."""
    return Check(Address("verificacao", "v"), Place("a.yaml", 1, 1), "s", Where(), expects, newest)


def seen(*found: Bulk) -> list[Observation]:
    """What a source shows that has these bulk sends."""
    return [Observation("s", bulk.id, {"status": bulk.status, "created": bulk.created}, bulk) for bulk in found]


@given(st.data(), bulks(), st.lists(figures, min_size=1, max_size=3))
def test_what_is_said_of_figures_is_final(data: st.DataObject, before: Bulk, expects: list[FigureIs]) -> None:
    """Whatever comes: what holds goes on holding, and what is broken stays so."""
    after = data.draw(later(before))
    first, then = (judged(check(*expects), seen(bulk), NOW).ruling for bulk in (before, after))
    if first in (Ruling.HOLDS, Ruling.BROKEN):
        assert then is first
    assert first is not Ruling.NOT_FOUND


@given(st.data(), bulks(), wanted)
def test_a_status_that_cannot_come_any_more_does_not(data: st.DataObject, before: Bulk, expected: StatusIs) -> None:
    """What is broken stays so, and at the end every status is decided."""
    after = data.draw(later(before))
    first, then = (judged(check(expected), seen(bulk), NOW).ruling for bulk in (before, after))
    if first is Ruling.BROKEN:
        assert then is Ruling.BROKEN
    if before.phase is Phase.ENDED:
        assert first in (Ruling.HOLDS, Ruling.BROKEN)


@given(bulks(), st.lists(figures | wanted, min_size=1, max_size=3), st.integers(1, 5))
def test_more_failures_never_mend_a_broken_check(bulk: Bulk, expects: list[Expectation], more: int) -> None:
    """A check of at most so many failures that is broken does not hold with more of them."""
    limits = [
        one
        for one in expects
        if not (isinstance(one, FigureIs) and one.comparison.operator not in (Operator.AT_MOST, Operator.LESS))
    ]
    worse = replace(bulk, failed=min((bulk.failed or 0) + more, bulk.total or 0))
    if limits and judged(check(*limits), seen(bulk), NOW).ruling is Ruling.BROKEN:
        assert judged(check(*limits), seen(worse), NOW).ruling is not Ruling.HOLDS


@given(bulks(), figures | wanted, st.sampled_from(["status", "phase", "figure"]))
def test_nothing_holds_on_what_is_not_told(bulk: Bulk, expected: FigureIs | StatusIs, lost: str) -> None:
    """A status that no document names, and a figure that is missing: never `holds`, and never a crash."""
    if lost == "figure" and isinstance(expected, FigureIs):
        bulk = replace(bulk, **{expected.figure.value: None})
    else:
        bulk = replace(bulk, status="" if lost == "status" else "ODD", phase=Phase.UNKNOWN)
    verdict = judged(check(expected), seen(bulk), NOW)
    assert not verdict.holds
    assert verdict.reason


@given(
    st.data(), st.lists(figures | wanted | amounts, min_size=1, max_size=3), st.sampled_from([None, Newest("created")])
)
def test_the_order_of_objects_decides_nothing(
    data: st.DataObject, expects: list[Expectation], newest: Newest | None
) -> None:
    """A source may show its objects in any order; and what holds, holds of each of them alone, if each has to."""
    found = [data.draw(bulks(number)) for number in range(data.draw(st.integers(0, 4)))]
    made = check(*expects, newest=newest)
    verdict = judged(made, seen(*found), NOW)
    assert judged(made, seen(*data.draw(st.permutations(found))), NOW).ruling is verdict.ruling
    single = [one for one in expects if not isinstance(one, AmountIs)]
    if verdict.holds and newest is None and single:
        assert all(judged(check(*single), seen(bulk), NOW).holds for bulk in found)
    assert {bulk.id for bulk in verdict.bulks} <= {bulk.id for bulk in found}


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 6)), st.booleans()), min_size=1, max_size=6),
    st.integers(1, 4),
)
def test_people_who_get_too_much_are_counted_exactly_or_bounded(
    given_sends: list[tuple[set[int], bool]], most: int
) -> None:
    """Where every membership is known those of the send itself are counted who get more; else it is never fewer."""
    sendings = [
        Sending(f"s{number}", NOW, sum(1 << who for who in people) if known else None, len(people))
        for number, (people, known) in enumerate(given_sends)
    ]
    own = given_sends[0][0]
    truly = sum(1 for who in own if sum(who in people for people, _ in given_sends) > most)
    found = beyond("s0", sendings, most)
    assert found.exact is all(known for _, known in given_sends)
    if len(given_sends) <= most:
        assert truly == 0
    elif found.exact:
        assert found.people == truly
    else:
        assert found.people >= truly
