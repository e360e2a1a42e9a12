"""What remembering many people costs: CPU and memory. `python -m tests.benchmarks.ledger` takes some minutes.

Ids have 24 characters. Every step runs in a process of its own; its memory is what it took at most beyond one that
reads an empty ledger. The last step is the plain way: a JSON document with an object a person, parsed as a whole into a
dict of bindings. Nothing is asserted about times.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

from reconciler.engine.bond import Bond
from reconciler.engine.model import Address, Binding
from reconciler.ledger import FileHome, Ledger, State, open_ledger, read_ledger
from tests.benchmarks.measured import memory, say, work

Figures: TypeAlias = dict[str, float]
"""Seconds of CPU by what was done, and bytes of memory as `peak`."""
_LOOKED_UP: Final = 50_000
_THIS: Final = "tests.benchmarks.ledger"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--worker", nargs=3, metavar=("STEP", "FOLDER", "PEOPLE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        step, folder, people = asked.worker
        figures = {"nothing": _nothing, **STEPS}[step](Path(folder), int(people))
        say(json.dumps(figures | {"peak": memory() * 2**20}))
        return
    for people in asked.people:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            _measure(Path(folder), people)


def _measure(folder: Path, people: int) -> None:
    """One ledger of so many people."""
    idle = work(_THIS, "nothing", str(folder), str(people))["peak"]
    say(f"\n{people} people{'µs of CPU each':>45}{'bytes each':>15}\n")
    found: dict[str, tuple[float, float]] = {}
    for step in STEPS:
        figures = work(_THIS, step, str(folder), str(people))
        peak = (figures.pop("peak") - idle) / people
        for name, seconds in figures.items():
            found[name] = seconds * 1e6 / people, peak
            say(f"  {step:10}{name:36}{found[name][0]:10.2f}{peak:17.0f}\n")
    (ours, held), (plain, much) = found["read"], found["parse and hold as a dict"]
    say(f"  {_path(folder).stat().st_size / people:.0f} bytes each in the file; ")
    say(f"the plain way takes {plain / ours:.1f} x the CPU and {much / held:.1f} x the memory of reading it\n")


def _nothing(folder: Path, _people: int) -> Figures:
    """A process that knows nobody, and has done all else."""
    home = FileHome(folder / "empty" / "conta.json")
    open_ledger(home, account="conta", origin="sandbox").close()
    read_ledger(home, account="conta", origin="sandbox")
    return {}


def _bind(folder: Path, people: int) -> Figures:
    """Everybody is new, in no order, as when an account is read for the first time."""
    ledger = _opened(folder)
    figures = {"make stamps and ids (in the next)": _took(lambda: sum(1 for _ in _everybody(ledger.stamp, people)))}
    figures["bind, into the journal"] = _took(lambda: ledger.bind_people(_everybody(ledger.stamp, people)))
    return figures | {"fold into the snapshot": _took(ledger.close)}


def _again(folder: Path, people: int) -> Figures:
    """All is as it was, as in every later run."""
    with _opened(folder) as ledger:
        return {"bind what is so already": _took(lambda: ledger.bind_people(_everybody(ledger.stamp, people)))}


def _read(folder: Path, _people: int) -> Figures:
    return {"read": _took(lambda: _seen(folder))}


def _write(folder: Path, _people: int) -> Figures:
    """One binding of another kind, which everybody is written anew for."""
    ledger = _opened(folder)
    ledger.bind(Address("lista", "clientes"), Binding("lista", None, "l1"))
    return {"write": _took(ledger.close)}


def _look_up(folder: Path, people: int) -> Figures:
    """Some by stamp, and by id; scaled to all."""
    memory = _seen(folder)
    table, some = memory.people, list(islice(_everybody(memory.stamp, people), _LOOKED_UP))
    whole = {
        "find by stamp": _took(lambda: [table.place(bond.stamp) for bond in some]),
        "id of a place": _took(lambda: [table.id(place) for place in range(len(some))]),
    }
    indexed = _took(lambda: next(table.places_of_id("x"), None))
    whole["find by id"] = _took(lambda: [next(table.places_of_id(bond.id)) for bond in some])
    return {name: seconds * people / len(some) for name, seconds in whole.items()} | {"index of ids": indexed}


def _plain(folder: Path, people: int) -> Figures:
    """Each with a line of JSON, and an object in memory."""
    path = folder / "plain.json"
    with path.open("w", encoding="ascii") as file:
        file.write("{")
        for number, bond in enumerate(_everybody(_any_stamp, people)):
            file.write(f'{"," if number else ""}\n"contato.#{bond.stamp.hex()}":{{"id":"{bond.id}"}}')
        file.write("}\n")
    return {"parse and hold as a dict": _took(lambda: _dict_of(path))}


def _any_stamp(email: str) -> bytes:
    return blake2b(email.encode(), digest_size=16).digest()


def _dict_of(path: Path) -> dict[str, Binding]:
    found = json.loads(path.read_bytes())
    return {token: Binding("contato", None, data["id"]) for token, data in found.items()}


def _everybody(stamp: Callable[[str], bytes], people: int) -> Iterator[Bond]:
    """So many people, each time the same ones in the same order, which is none."""
    for number in range(people):
        yield Bond(
            stamp(f"c{number}@exemplo.org"), f"{number * 2654435761:024x}", seen=number * 0x9E3779B97F4A7C15 % 2**64
        )


def _path(folder: Path) -> Path:
    return folder / "conta.json"


def _opened(folder: Path) -> Ledger:
    return open_ledger(FileHome(_path(folder)), account="conta", origin="sandbox")


def _seen(folder: Path) -> State:
    return read_ledger(FileHome(_path(folder)), account="conta", origin="sandbox")


def _took(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    began = time.process_time()
    made = work()
    took = time.process_time() - began
    del made
    return took


STEPS: Final[dict[str, Callable[[Path, int], Figures]]] = {
    "bind": _bind,
    "again": _again,
    "read": _read,
    "write": _write,
    "look up": _look_up,
    "plain": _plain,
}


if __name__ == "__main__":
    main()
