"""How fast and how patiently an account is called: by a clock that need not be waited for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.transport import Limits, Overloaded, Ports, Throttled
from reconciler.transport.clock import SystemClock
from reconciler.transport.pace import Pace, Sign, Turn
from reconciler.transport.parcel import Answer
from reconciler.transport.patience import MOST_ASKED
from reconciler.transport.rate import FIRST_RATE, NEAR, SLOWEST, Learned
from reconciler.transport.verdict import LONGEST_ASKED, asked_wait
from tests.benchmarks.limiters import Concurrency, Crew, Timeline, TokenBucket, limiters
from tests.transport.conftest import OK, PAGE, POST, READ, Caller, FakeClock, Scripted, answer

NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)


def called(pace: Pace, sign: Sign = Sign.GOOD, asked: float | None = None) -> float:
    """One call that is answered so, at once; when it started."""
    with pace.turn() as turn:
        turn.sign, turn.asked = sign, asked
    return turn.started


@given(
    rate=st.floats(0.05, 50),
    events=st.lists(st.sampled_from([*Sign, Sign.GOOD, "asked", "late", "idle"]), max_size=80),
)
@settings(deadline=None)
def test_never_faster(rate: float, events: list[Sign | str]) -> None:
    """In any stretch of t seconds hardly more than rate x t + 1 calls start, whatever happens between them."""
    clock = FakeClock()
    pace = Pace(rate, clock)
    starts = []
    for event in events:
        if isinstance(event, Sign):
            starts.append(called(pace, event))
        elif event == "asked":
            starts.append(called(pace, Sign.OVERLOAD, asked=2.5))
        else:
            clock.sleep(1.7 if event == "idle" else 0.05 / rate)
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            assert last - first + 1 <= rate * (starts[last] - starts[first]) * (1 + 1e-9) + 1.1 + 1e-6
    assert pace.rate is not None
    assert min(rate, SLOWEST) <= pace.rate <= rate


def test_shared_by_threads() -> None:
    """The pace holds for all threads together, by the real clock."""
    pace = Pace(200.0, SystemClock())

    def call(_: int) -> float:
        with pace.turn() as turn:
            return turn.started

    with ThreadPoolExecutor(8) as pool:
        starts = list(pool.map(call, range(80)))
    assert max(starts) - min(starts) >= 78.9 / 200 - 0.02


def test_dropped_and_recovering(clock: FakeClock) -> None:
    """Overload drops the pace once for all that was under way; good answers bring it near, and more is tried later."""
    pace = Pace(None, clock)
    turns = [pace.ask() for _ in range(5)]
    clock.sleep(1)
    for turn in turns:
        assert isinstance(turn, Turn)
        turn.sign = Sign.OVERLOAD
        pace.over(turn)
    assert pace.rate == FIRST_RATE / 2
    called(pace)
    edge = FIRST_RATE / 2  # nothing was served faster: there it is held, until more is tried
    seen = []
    for _ in range(100):
        called(pace)
        seen.append(pace.rate or 0.0)
    assert seen[50] == edge
    assert seen == sorted(seen)
    assert edge < seen[-1] < 2 * edge


def test_unlimited(clock: FakeClock) -> None:
    """Without a limit nothing waits until overload shows."""
    pace = Pace(None, clock)
    for _ in range(1000):
        called(pace)
    assert clock.slept == []
    assert pace.rate is None
    assert pace.seconds_for(1000) == 0.0


def test_one_refusal_is_no_rule(clock: FakeClock) -> None:
    """What was refused once is not remembered for the next run; what was refused again is."""
    pace = Pace(None, clock)
    for remembered in (False, True):
        called(pace, Sign.OVERLOAD)
        assert (pace.learned is not None) is remembered
        called(pace)


@pytest.mark.parametrize("limit", [None, 3.0])
def test_remembered(limit: float | None, clock: FakeClock) -> None:
    """A run begins just below where an earlier one saw overload, but never above its own limit."""
    pace = Pace(limit, clock, Learned(4.0))
    assert pace.rate == (NEAR * 4.0 if limit is None else limit)
    assert pace.learned is None  # nothing new


def test_a_stale_memory_is_tried_sooner(clock: FakeClock) -> None:
    """Who remembers from long ago begins there all the same, and tries more at once."""
    fresh, stale = Pace(None, clock, Learned(4.0)), Pace(None, clock, Learned(4.0, fresh=False))
    for _ in range(40):
        called(fresh)
        called(stale)
    assert (stale.rate or 0.0) > (fresh.rate or 0.0) == NEAR * 4.0


def test_slowest(clock: FakeClock) -> None:
    """No overload stops the account for good."""
    pace = Pace(1.0, clock)
    for _ in range(50):
        called(pace, Sign.OVERLOAD)
    assert pace.rate == SLOWEST


def test_so_many_at_once(clock: FakeClock) -> None:
    """A call that is refused as one too many bounds how many are under way, and does not slow them down."""
    pace = Pace(None, clock)
    crowd = [pace.ask() for _ in range(3)]
    for turn, sign in zip(crowd, (Sign.GOOD, Sign.GOOD, Sign.OVERLOAD), strict=True):
        assert isinstance(turn, Turn)
        turn.sign = sign
        pace.over(turn)
    assert pace.rate is None
    first, second = pace.ask(), pace.ask()
    assert isinstance(first, Turn)
    assert isinstance(second, Turn)
    assert pace.ask() is None
    pace.over(first)
    assert isinstance(pace.ask(), Turn)


def test_a_turn_is_given_back(clock: FakeClock) -> None:
    """A call that ends in an error of ours is no longer under way."""
    pace = Pace(None, clock)
    with pytest.raises(ZeroDivisionError), pace.turn():
        raise ZeroDivisionError
    assert pace.ask() == Turn(1000.0, 1, held_back=False)


@pytest.mark.parametrize("retry_after", [None, 1.0])
@pytest.mark.parametrize("limit", [None, 40.0])
@pytest.mark.parametrize(
    "kind", ["token bucket, burst of 1 s", "fixed window of 1 s", "sliding window of 1 s", "so many at once"]
)
def test_what_is_allowed_is_used(kind: str, limit: float | None, retry_after: float | None) -> None:
    """From 60 s on nearly all that the server allows is used, and hardly a call is refused; so when it halves."""
    timeline = Timeline()
    server = dict(limiters(20.0))[kind]
    typical = server.typical if isinstance(server, Concurrency) else 0.1
    crew = Crew(server, Pace(limit, timeline), timeline, typical=typical, retry_after=retry_after)
    crew.start()
    for begin in (0.0, 180.0):
        timeline.run(begin + 180)
        served, refused = crew.between(begin + 60, begin + 180)
        assert served >= 0.94 * 120 * server.limit
        assert refused <= 0.01 * (served + refused)
        server.limit /= 2


@pytest.mark.parametrize("retry_after", [None, 1.0])
@pytest.mark.parametrize("takes", [0.1, 0.3])
def test_calls_that_begin_too_close_to_each_other_are_not_too_many(takes: float, retry_after: float | None) -> None:
    """A server that lets no burst through looks at first as if it bounded their number: it is called by the rate."""
    timeline = Timeline()
    crew = Crew(TokenBucket(20.0, 2.0), Pace(None, timeline), timeline, typical=takes, retry_after=retry_after)
    crew.start()
    timeline.run(240)
    served, refused = crew.between(120, 240)
    assert served >= 0.9 * 120 * 20
    assert refused <= 0.01 * (served + refused)


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_impossible(rate: float, clock: FakeClock) -> None:
    """A pace at which nothing is ever called is refused."""
    with pytest.raises(ValueError, match="above 0"):
        Pace(rate, clock)


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("7", None, 7.0),
        (" 7 ", None, 7.0),
        ("0", None, 0.0),
        ("119", None, 119.0),
        ("86400", None, LONGEST_ASKED),
        ("9" * 400, None, LONGEST_ASKED),
        ("-5", None, None),
        ("1.5", None, None),
        ("\u0667", None, None),
        ("soon", None, None),
        ("Mon, 02 Nov 2026 11:00:30 GMT", None, 30.0),
        ("Mon, 02 Nov 2026 11:00:30 GMT", "Mon, 02 Nov 2026 11:00:20 GMT", 10.0),
        ("Mon, 02 Nov 2026 08:00:30 -0300", None, 30.0),
        ("Mon, 02 Nov 2026 10:00:00 GMT", None, 0.0),
        ("Mon, 02 Nov 2099 10:00:00 GMT", None, LONGEST_ASKED),
        ("Mon, 99 Nov 2026 11:00:30 GMT", None, None),
        ("Mon, 02 Nov 99999999 11:00:30 GMT", None, None),
    ],
)
def test_retry_after(text: str | None, date: str | None, seconds: float | None) -> None:
    """Retry-After is read as seconds or as an HTTP date, by the server's own clock where it tells it, and capped."""
    told = None if date is None else datetime(2026, 11, 2, 11, 0, 20, tzinfo=UTC)
    assert asked_wait(Answer(429, None, "", told, text), NOW) == seconds


def test_pause_for_all(server: Scripted, calling: Callable[..., Caller], clock: FakeClock) -> None:
    """What a server asks one call to wait, every other call waits too."""
    server.script(answer(429, PAGE, Retry_After="30"), answer(200, OK))
    caller = calling(server.url)
    with pytest.raises(Throttled):
        caller.do(POST)
    assert clock.elapsed == 1000.0
    caller.do(READ)
    assert clock.elapsed == 1030.0


def test_asked_waits_end(server: Scripted, calling: Callable[..., Caller], clock: FakeClock) -> None:
    """Waits that the server asks for are granted beyond the budget, but not for ever."""
    server.script(answer(503, PAGE, Retry_After="600"))
    with pytest.raises(Overloaded):
        calling(server.url, limits=Limits(budget=10.0)).do(READ)
    assert len(server.received) == MOST_ASKED + 1
    assert MOST_ASKED * LONGEST_ASKED <= clock.elapsed - 1000 <= MOST_ASKED * (LONGEST_ASKED + 1)


@pytest.mark.parametrize("chance", [0.0, 0.5, 0.999])
def test_budget(chance: float, server: Scripted, calling: Callable[..., Caller], clock: FakeClock) -> None:
    """Whatever chance makes of the waits, one call's repeating ends within its budget and a dozen attempts."""
    server.script(answer(500, {}))
    with pytest.raises(Exception, match="gave up"):
        calling(server.url, limits=Limits(budget=60.0), ports=Ports(clock, lambda: chance)).do(READ)
    assert clock.elapsed - 1000 <= 60
    assert 5 <= len(server.received) <= 12


def test_paced_calls(server: Scripted, calling: Callable[..., Caller], clock: FakeClock) -> None:
    """The configured pace spaces the calls, repeats included."""
    server.script(answer(200, OK), answer(500, {}), answer(200, OK))
    caller = calling(server.url, limits=Limits(rate=0.5), ports=Ports(clock, lambda: 0.0))
    for _ in range(4):
        caller.do(READ)
    assert clock.elapsed == pytest.approx(1008.0)
    assert caller.session.count == {"GET /coisas/{id}": 5}
    assert caller.session.repeats == {"GET /coisas/{id}": 1}


@pytest.mark.parametrize(
    ("date", "read"),
    [
        (format_datetime(NOW, usegmt=True), NOW),
        ("Mon, 02 Nov 2026 08:00:00 -0300", NOW),
        ("agora", None),
        ("", None),
        ("Mon, 99 Nov 2026 11:00:00 GMT", None),
    ],
)
def test_server_time(date: str, read: datetime | None, server: Scripted, calling: Callable[..., Caller]) -> None:
    """The server's clock is what its last readable Date said, in UTC; also when the answer was no success."""
    server.script(answer(200, OK, Date=date), answer(429, PAGE))
    caller = calling(server.url)
    assert caller.session.server_time is None
    caller.do(READ)
    assert caller.session.server_time == read
    with pytest.raises(Throttled):
        caller.do(POST)
    assert caller.session.server_time == read


def test_counting_threads(server: Scripted, calling: Callable[..., Caller]) -> None:
    """Calls from many threads are all counted, and all answered."""
    caller = calling(server.url)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: caller.do(READ), range(80))) == {"a1"}
    assert caller.session.count == {"GET /coisas/{id}": 80}
    assert len(server.received) == 80
