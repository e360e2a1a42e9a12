"""Play many scenarios on every core: `python -m tests.simulation --scenarios 20000 --seed 0`."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.table import Table
from tests.simulation.trial import drawn, play, starts

_CHUNK = 250
_SHOWN = 5
"""Broken scenarios whose trace is printed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and a trace of what broke; 1 if anything did."""
    asked = _asked(arguments)
    if asked.show is not None:
        return _show(asked.show)
    began = time.monotonic()
    table = Table()
    numbers = range(asked.seed, asked.seed + asked.scenarios)
    with ProcessPoolExecutor(max_workers=asked.processes, initializer=_prepare) as pool:
        for part in pool.map(played, _chunks(numbers)):
            table.take(part)
    print(*table.lines(), sep="\n")  # noqa: T201 - what the command is for
    took = time.monotonic() - began
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    each = 1000 * (spent.ru_utime + spent.ru_stime) / max(len(numbers), 1)
    print(f"{len(numbers)} scenarios in {took:.1f} s on {asked.processes} processes, {each:.1f} ms of CPU each")  # noqa: T201
    for number in table.broken[:_SHOWN]:
        _show(number)
    return 1 if table.broken else 0


def played(numbers: range) -> Table:
    """Play these scenarios."""
    table = Table()
    for number in numbers:
        table.add(play(drawn(number)))
    gc.collect()
    return table


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--scenarios", type=int, default=20_000, metavar="N", help="how many (default 20000)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="the number of the first (default 0)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N", help="default: one per core")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="play this one scenario and print all that happens")
    return parser.parse_args(arguments)


def _prepare() -> None:
    """A process that plays scenarios: nothing to log, and what they all begin with is made once."""
    logging.disable(logging.CRITICAL)
    starts()
    gc.freeze()
    gc.disable()


def _chunks(numbers: range) -> Iterator[range]:
    return (numbers[start : start + _CHUNK] for start in range(0, len(numbers), _CHUNK))


def _show(number: int) -> int:
    """One scenario with all that happened in it."""
    logging.disable(logging.CRITICAL)
    trial = play(drawn(number), telling=True)
    print(f"\n=== scenario {number}: {trial.story}")  # noqa: T201
    for line in (
        *trial.trace,
        *(f"BROKEN {words}" for words in trial.violations),
        f"asked: {trial.asked or 'nothing'}",
    ):
        print(f"  {line}")  # noqa: T201
    return 1 if trial.violations else 0


if __name__ == "__main__":
    sys.exit(main())
