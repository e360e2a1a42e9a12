"""What a plan of very many contacts costs as their number grows: CPU, memory, calls; beside a bare fetch and peers.

`python -m tests.benchmarks.scale --contacts 10000 100000 1000000 --peers 10000`

The contacts are declared in CSV and live in an account that answers fast; one in a thousand differs. Every measured
step runs in a process of its own, plans and bare fetches turn by turn, `--runs` times; figures are medians, and ratios
the median (and the least and the most) of those of each turn, since a machine's speed drifts. Nothing is asserted
about times.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import peers
from tests.benchmarks.account import account
from tests.benchmarks.measured import memory, say, work
from tests.benchmarks.people import FIELDS, KEYS, declared, person, values

_HEADS = (
    "contacts",
    "calls",
    "bare fetch",
    "files",
    "read, decide",
    "report",
    "whole plan",
    "peak above empty",
    "wall",
)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=3, help="how many runs a median is taken of")
    parser.add_argument("--peers", type=int, default=0, help="records that octoDNS and Terraform plan beside it")
    parser.add_argument("--worker", nargs=3, metavar=("STEP", "ROOT", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        step, root, url = asked.worker
        say(json.dumps(_WORKERS[step](Path(root), url)))
        return
    say(" | ".join(_HEADS) + "\n")
    whole = {contacts: _row(contacts, asked.runs) for contacts in sorted(asked.contacts)}
    least, most = min(whole), max(whole)
    if most > least:
        exponent = math.log(whole[most] * most / whole[least] / least) / math.log(most / least)
        say(f"the CPU grows with the number of contacts to the power of {exponent:.3f}\n")
    if asked.peers:
        peers.tell(asked.peers, whole[least], asked.runs)


def _row(contacts: int, runs: int) -> float:
    """One row of the table; µs of CPU per contact of the whole plan."""
    plans, fetches = [], []
    with tempfile.TemporaryDirectory(prefix="scale-") as folder, account(contacts) as url:
        root = Path(folder)
        declare(root / "empty", 0)
        declare(root / "full", contacts)
        (root / "pages").write_text(str(-(-contacts // 100)), encoding="utf-8")
        idle = work("tests.benchmarks.plan", "plan", str(root / "empty"), url)
        for _ in range(runs):
            plans.append(work("tests.benchmarks.plan", "plan", str(root / "full"), url))
            fetches.append(work("tests.benchmarks.scale", "fetch", str(root), url)["cpu"])
    whole = [plan["load"] + plan["reading"] + plan["report"] for plan in plans]
    reading = [plan["reading"] for plan in plans]
    each = statistics.median(whole) * 1e6 / contacts

    def told(figures: Iterable[float]) -> str:
        return f"{statistics.median(figures) * 1e6 / contacts:.1f} µs"

    cells = (
        f"{contacts:,}",
        f"{plans[0]['calls']:,}",
        told(fetches),
        told(plan["load"] for plan in plans),
        f"{told(reading)} = {_times(reading, fetches)}",
        told(plan["report"] for plan in plans),
        f"{told(whole)} = {_times(whole, fetches)}",
        f"{statistics.median(plan['rss'] for plan in plans) - idle['rss']:.0f} MiB",
        f"{statistics.median(plan['wall'] for plan in plans):.1f} s",
    )
    say(" | ".join(cells) + "\n")
    return each


def _times(figures: Sequence[float], others: Sequence[float]) -> str:
    """How many times the others, turn by turn."""
    ratios = [one / other for one, other in zip(figures, others, strict=True)]
    return f"{statistics.median(ratios):.2f} x ({min(ratios):.2f} to {max(ratios):.2f})"


def declare(root: Path, contacts: int) -> None:
    """A workspace that declares so many contacts in a CSV file, one in a thousand with another value than is live."""
    root.mkdir()
    import yaml  # noqa: PLC0415

    settings = {"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": {"principal": {}}}
    campaign = {**declared(), "contatos_de": [{"arquivo": "contatos.csv"}]} if contacts else {}
    for name, content in (("reconciler.yaml", settings), ("campanha.yaml", campaign)):
        (root / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with (root / "contatos.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*person(0), "listas", *(f"campos.campo{n}" for n in range(FIELDS))])
        for number in range(contacts):
            cells = values(number)
            if number % 1000 == 0:
                cells[0] = "Recife"
            rows.writerow([*person(number).values(), " ".join(KEYS), *cells])


def _fetch(root: Path, url: str) -> dict[str, Any]:
    """All pages by the plain library, and their JSON decoded."""
    import httpx  # noqa: PLC0415

    pages = int((root / "pages").read_text(encoding="utf-8"))
    query = {"status": "todos", "number": 100, "embeds": "grupos,campos", "chave": "benchmark"}
    with httpx.Client(base_url=url) as client:
        client.get("/campos", params={"chave": "benchmark"})
        cpu = time.process_time()
        rows = sum(
            len(json.loads(client.get("/contatos", params={**query, "page": page}).content)["data"])
            for page in range(1, pages + 1)
        )
        cpu = time.process_time() - cpu
    return {"cpu": cpu, "rows": rows, "rss": memory()}


_WORKERS: Mapping[str, Callable[[Path, str], dict[str, Any]]] = {"fetch": _fetch}


if __name__ == "__main__":
    main()
