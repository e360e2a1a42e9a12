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
from reconciler.transport.exchange import Answer
from reconciler.transport.pace import FIRST_RATE, SLOWEST, Pace
from reconciler.transport.patience import MOST_ASKED
from reconciler.transport.verdict import LONGEST_ASKED, asked_wait
from tests.transport.conftest import OK, PAGE, POST, READ, Caller, FakeClock, Scripted, answer

NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)


@given(
    rate=st.floats(0.05, 50),
    events=st.lists(st.sampled_from(["call", "call", "ok", "overload", "pause", "idle"]), max_size=80),
)
@settings(deadline=None)
def test_never_faster(rate: float, events: list[str]) -> None:
    """In any stretch of t seconds at most rate x t + 1 calls start, whatever happens between them."""
    clock = FakeClock()
    pace = Pace(rate, clock)
    starts = []
    for event in events:
        if event == "call":
            pace.wait()
            starts.append(clock.monotonic())
        elif event == "ok":
            pace.succeeded()
        elif event == "overload":
            pace.overloaded(clock.monotonic())
        else:
            clock.sleep(1.7) if event == "idle" else pace.pause(2.5)
    for first in range(len(starts)):
        for last in range(first, len(starts)):
            assert last - first + 1 <= rate * (starts[last] - starts[first]) * (1 + 1e-9) + 1 + 1e-6
    assert pace.rate is not None
    assert min(rate, SLOWEST) <= pace.rate <= rate


def test_shared_by_threads() -> None:
    """The pace holds for all threads together, by the real clock."""
    pace = Pace(200.0, SystemClock())

    def call(_: int) -> float:
        pace.wait()
        return SystemClock().monotonic()

    with ThreadPoolExecutor(8) as pool:
        starts = list(pool.map(call, range(80)))
    assert max(starts) - min(starts) >= 79 / 200 - 0.02


def test_halved_and_recovering(clock: FakeClock) -> None:
    """Overload halves the pace once for all that was under way; good answers bring it back slowly, to the limit."""
    pace = Pace(4.0, clock)
    started = clock.monotonic()
    clock.sleep(1)
    for _ in range(5):
        pace.overloaded(started)
    assert pace.rate == 2.0
    pace.succeeded()
    assert pace.rate == pytest.approx(2.04)
    for _ in range(200):
        pace.succeeded()
    assert pace.rate == 4.0


def test_unlimited(clock: FakeClock) -> None:
    """Without a limit nothing waits, until overload shows; when that has passed nothing waits again."""
    pace = Pace(None, clock)
    for _ in range(1000):
        pace.wait()
    assert clock.slept == []
    pace.overloaded(clock.monotonic())
    assert pace.rate == FIRST_RATE / 2
    for _ in range(100):
        pace.succeeded()
    assert pace.rate is None


def test_slowest(clock: FakeClock) -> None:
    """No overload stops the account for good."""
    pace = Pace(1.0, clock)
    for _ in range(50):
        clock.sleep(1)
        pace.overloaded(clock.monotonic())
    assert pace.rate == SLOWEST


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
