"""How much of what a server allows is used, and how much is refused. `python -m tests.benchmarks.pace` takes a minute.

Servers that allow 20 calls a second, each by another rule, are called in simulated time: eight workers, calls of 0.1 s
(a server that bounds how many are under way: 0.2 s), from a cold start. The first figures are of the minute that is
granted for learning, the next of the two minutes after it; then the limit halves, and the same again. Medians over
several seeds. With `--http` the program's own client then reads from the sandbox, over HTTP and by the real clock, for
some minutes, while the sandbox allows 20 calls a second, and 10 after half of the time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from reconciler.providers.criaenvio.campos import calls
from reconciler.providers.criaenvio.client import Client
from reconciler.sandbox import Fault, FaultKind, Sandbox
from reconciler.transport import Access, Failure
from reconciler.transport.pace import Pace
from tests.benchmarks.limiters import Concurrency, Crew, Timeline, limiters
from tests.benchmarks.measured import say

LIMIT = 20.0
WARM, WHOLE = 60.0, 180.0
WORKERS = 8


@dataclass(frozen=True)
class Share:
    """Of what was allowed, how much was used; of the calls that were made, how many were refused."""

    used: float
    refused: float

    @classmethod
    def of(cls, counted: tuple[int, int], allowed: float) -> Share:
        """From how many calls were let in and how many refused."""
        served, refused = counted
        return cls(served / allowed, refused / max(served + refused, 1))

    @classmethod
    def median(cls, shares: Sequence[Share]) -> Share:
        """Of several."""
        return cls(
            statistics.median(share.used for share in shares), statistics.median(share.refused for share in shares)
        )

    def __str__(self) -> str:
        return f"{100 * self.used:5.1f} % {100 * self.refused:6.2f} %"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--http", type=float, metavar="SECONDS", help="also over HTTP, for so long")
    asked = parser.parse_args()
    heads = ("first minute", "then", "halved", "then")
    say(f"{'used, refused':44}" + "".join(f"{head:>18}" for head in heads) + "\n")
    for name, retry_after, shares in table(asked.seeds):
        told = f"{name}{'' if retry_after is None else f', Retry-After: {retry_after:.0f}'}"
        say(f"{told:44}" + "".join(f"{share!s:>18}" for share in shares) + "\n")
    if asked.http:
        for name, share in over_http(asked.http):
            say(f"{name:44}{share!s:>18}\n")


def table(seeds: int) -> Iterator[tuple[str, float | None, list[Share]]]:
    """Each kind of server, with what it asks of whom it refuses, and the shares of the four stretches of time."""
    for name, _ in limiters(LIMIT):
        for retry_after in (None, 1.0):
            runs = [simulated(name, retry_after, seed) for seed in range(seeds)]
            yield name, retry_after, [Share.median(each) for each in zip(*runs, strict=True)]


def simulated(name: str, retry_after: float | None, seed: int) -> list[Share]:
    """One run from a cold start, without a limit of its own."""
    timeline, server = Timeline(), dict(limiters(LIMIT))[name]
    typical = server.typical if isinstance(server, Concurrency) else 0.1
    chance = random.Random(seed)  # noqa: S311 - to be the same again
    crew = Crew(server, Pace(None, timeline), timeline, WORKERS, typical, retry_after, chance)
    crew.start()
    shares = []
    for begin in (0.0, WHOLE):
        timeline.run(begin + WHOLE)
        for since, until in ((begin, begin + WARM), (begin + WARM, begin + WHOLE)):
            shares.append(Share.of(crew.between(since, until), server.limit * (until - since)))
        server.limit /= 2
    return shares


def over_http(seconds: float) -> Iterator[tuple[str, Share]]:
    """The client against a sandbox, by the real clock."""
    with (
        Sandbox.open(None, {"campos": [{"nome": "Cidade"}]}) as sandbox,
        Client(sandbox.url, "b", Access.READ) as client,
    ):
        for limit in (LIMIT, LIMIT / 2):
            sandbox.faults.clear()
            sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, count=None, rate=limit, burst=int(limit)))
            seen = [_read(client, sandbox, part * seconds / 4) for part in (1, 1)]
            for name, (served, refused, took) in zip(("first half", "second half"), seen, strict=True):
                yield f"over HTTP, {limit:.0f} calls/s, {name}", Share.of((served, refused), limit * took)


def _read(client: Client, sandbox: Sandbox, seconds: float) -> tuple[int, int, float]:
    """Let all workers read for so long; how many calls were let in and refused, and how long it took."""
    since = max((item.seq for item in sandbox.history.requests()), default=0)
    began = time.monotonic()

    def work() -> None:
        while time.monotonic() < began + seconds:
            try:
                calls.search(client)
            except Failure:
                return

    with ThreadPoolExecutor(WORKERS) as pool:
        wait([pool.submit(work) for _ in range(WORKERS)])
    took = time.monotonic() - began
    seen = [item.status == 200 for item in sandbox.history.requests(since)]
    return sum(seen), len(seen) - sum(seen), took


if __name__ == "__main__":
    main()
