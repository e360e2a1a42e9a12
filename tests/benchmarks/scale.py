"""What a plan of very many contacts costs as their number grows: CPU, memory, calls; beside a bare fetch and peers.

`python -m tests.benchmarks.scale --contacts 10000 100000 1000000 --peers 10000`

The contacts are declared in CSV and live in an account that answers fast; one in a thousand differs. Every measured
step runs in a process of its own. All figures of one row come from one run; nothing is asserted about times.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks import peers
from tests.benchmarks.account import FIELDS, LISTS, account, person, value
from tests.benchmarks.measured import work

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
    parser.add_argument("--peers", type=int, default=0, help="records that octoDNS and Terraform plan beside it")
    parser.add_argument("--worker", nargs=3, metavar=("STEP", "ROOT", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        step, root, url = asked.worker
        _say(json.dumps(_WORKERS[step](Path(root), url)))
        return
    _say(" | ".join(_HEADS) + "\n")
    whole = {contacts: _row(contacts) for contacts in sorted(asked.contacts)}
    least, most = min(whole), max(whole)
    if most > least:
        exponent = math.log(whole[most] * most / whole[least] / least) / math.log(most / least)
        _say(f"the CPU grows with the number of contacts to the power of {exponent:.3f}\n")
    if asked.peers:
        peers.tell(asked.peers, whole[least])


def _row(contacts: int) -> float:
    """One row of the table; µs of CPU per contact of the whole plan."""
    with tempfile.TemporaryDirectory(prefix="scale-") as folder, account(contacts) as url:
        root = Path(folder)
        declare(root / "empty", 0)
        declare(root / "full", contacts)
        idle = work("plan", root / "empty", url, module="tests.benchmarks.plan")
        plan = work("plan", root / "full", url, module="tests.benchmarks.plan")
        (root / "pages").write_text(str(-(-contacts // 100)), encoding="utf-8")
        bare = work("fetch", root, url, module="tests.benchmarks.scale")["cpu"] * 1e6 / contacts
    load, reading, report = (plan[name] * 1e6 / contacts for name in ("load", "reading", "report"))
    whole = load + reading + report
    cells = (
        f"{contacts:,}",
        f"{plan['calls']:,}",
        f"{bare:.1f} µs",
        f"{load:.1f} µs",
        f"{reading:.1f} µs = {reading / bare:.2f} x",
        f"{report:.1f} µs",
        f"{whole:.1f} µs = {whole / bare:.2f} x",
        f"{plan['rss'] - idle['rss']:.0f} MiB",
        f"{plan['wall']:.1f} s",
    )
    _say(" | ".join(cells) + "\n")
    return whole


def declare(root: Path, contacts: int) -> None:
    """A workspace that declares so many contacts in a CSV file, one in a thousand with another value than is live."""
    root.mkdir()
    fields = "".join(f"\n  campo{n}: {{nome: Campo {n}}}" for n in range(FIELDS))
    lists = "".join(f"\n  lista{n}: {{nome: Lista {n}}}" for n in range(LISTS))
    settings = "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas: {principal: {}}\n"
    (root / "reconciler.yaml").write_text(settings, encoding="utf-8")
    campaign = f"campos:{fields}\nlistas:{lists}\ncontatos_de:\n  - arquivo: contatos.csv\n" if contacts else ""
    (root / "campanha.yaml").write_text(campaign, encoding="utf-8")
    with (root / "contatos.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*person(0), "listas", *(f"campos.campo{n}" for n in range(FIELDS))])
        for number in range(contacts):
            values = [value(number, n) for n in range(FIELDS)]
            if number % 1000 == 0:
                values[0] = "Recife"
            rows.writerow([*person(number).values(), " ".join(f"lista{n}" for n in range(LISTS)), *values])


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
    return {"cpu": cpu, "rows": rows, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


_WORKERS: Mapping[str, Callable[[Path, str], dict[str, Any]]] = {"fetch": _fetch}


if __name__ == "__main__":
    main()
