"""Kill an apply at every step, let it be finished, print what came of it; exit 1 if that includes what must not be.

python -m tests.crash                every point: thousands of processes, about a quarter of an hour on two cores
python -m tests.crash --sample 12    some of each sort
python -m tests.crash --wrong        runs that must go wrong, to see that it is noticed
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TextIO

from tests.crash import points, season, table
from tests.crash.nursery import Nursery, warm
from tests.crash.trial import Calm, Came, Point, Trial, undisturbed
from tests.crash.wrong import WRONG, unnoticed

_WORKERS = 6
"""Trials at the same time: most of a faulty one is waiting."""
_worker: Trial


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; `sample` is None for all points."""

    sample: int | None
    seed: int
    workers: int
    wrong: bool


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; the exit code."""
    wanted = _parsed(arguments)
    warm()
    began = time.monotonic()
    nursery = Nursery()
    calm = {scene: undisturbed(nursery, scene) for scene in (season.FIRST, season.SEASON)}
    if wanted.wrong:
        return _told_of_wrong(Trial(nursery, calm))
    for scene, run in calm.items():
        _say(f"{scene}: {len(run.trace)} moments in an undisturbed run", sys.stderr)
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(wanted.workers, fork, _begin, (calm,)) as pool:
        came = list(_tried(pool, calm, wanted))
    _say(table.markdown(came))
    kills, lasted = sum(item.killed for item in came), time.monotonic() - began
    _say(f"\n{len(came)} trials, {kills} of them with a kill, in {lasted / 60:.1f} min.")
    return 1 if table.violations(came) else 0


def _parsed(arguments: Sequence[str]) -> Wanted:
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, help="points of each of the four sorts, instead of all")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    parser.add_argument("--workers", type=int, default=_WORKERS, help="trials at the same time")
    parser.add_argument("--wrong", action="store_true", help="only runs that must go wrong")
    given = parser.parse_args(arguments)
    return Wanted(given.sample, given.seed, given.workers, given.wrong)


def _tried(pool: ProcessPoolExecutor, calm: Mapping[str, Calm], wanted: Wanted) -> Iterator[Came]:
    """Kills alone, and of the next run too; faults alone, and kills in the midst of what each has led to."""
    trace = calm[season.SEASON].trace
    kills = [*points.kills(calm[season.FIRST].trace, season.FIRST), *points.kills(trace)]
    once = list(_told(pool.map(_try, _chosen(kills, wanted))))
    yield from once
    yield from _told(pool.map(_try, _chosen(points.kills_again(once), wanted)))
    alone = list(_told(pool.map(_try, _chosen(points.faults(trace), wanted))))
    yield from alone
    yield from _told(pool.map(_try, _chosen(points.kills_after(alone), wanted)))


def _chosen(found: Sequence[Point], wanted: Wanted) -> list[Point]:
    return list(found) if wanted.sample is None else points.sampled(found, wanted.sample, wanted.seed)


def _told(came: Iterable[Came]) -> Iterator[Came]:
    """Each that came, with a word about every violation as it comes, and about every hundredth."""
    for number, item in enumerate(came, start=1):
        for line in table.violations([item]):
            _say(line, sys.stderr)
        if number % 100 == 0:
            _say(f"{number} trials …", sys.stderr)
        yield item


def _told_of_wrong(trial: Trial) -> int:
    """Try the wrong runs, and say which of them passed for right."""
    missed = list(unnoticed(trial))
    for name in missed:
        _say(f"passed for right: {name}", sys.stderr)
    _say(f"{len(WRONG) - len(missed)} of {len(WRONG)} wrong runs were noticed.")
    return 1 if missed else 0


def _begin(calm: Mapping[str, Calm]) -> None:
    """A worker: its nursery is forked before the first account starts a thread."""
    global _worker  # noqa: PLW0603 - a pool hands over nothing else
    _worker = Trial(Nursery(), calm)


def _try(point: Point) -> Came:
    return _worker.of(point)


def _say(line: str, where: TextIO | None = None) -> None:
    print(line, file=where, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
