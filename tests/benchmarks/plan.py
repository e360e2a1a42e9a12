"""What a plan of many contacts costs: calls, CPU, memory. `python -m tests.benchmarks.plan --contacts 1000 10000`.

The account is the sandbox, in a process of its own: its slowness shows in no figure here, since CPU is counted per
process. Every measured step runs in a fresh process. Figures are medians; nothing is asserted about times.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.benchmarks.measured import memory, say, work
from tests.benchmarks.people import FIELDS, KEYS, LISTS, declared, person, values
from tests.laws.formula import Crowd, Habits, contact_reads

ZONE = "America/Sao_Paulo"
_THIS = "tests.benchmarks.plan"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--source", choices=("yaml", "csv"), default="yaml", help="where the contacts are declared")
    parser.add_argument("--runs", type=int, default=3, help="how many runs a median is taken of")
    parser.add_argument("--worker", nargs=3, metavar=("STEP", "ROOT", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        step, root, url = asked.worker
        say(json.dumps(WORKERS[step](Path(root), url) | {"rss": memory()}))
        return
    for contacts in asked.contacts:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            _measure(Path(folder), asked.source, contacts, asked.runs)


def _measure(root: Path, source: str, contacts: int, runs: int) -> None:
    """One account of so many contacts, all of them declared, one in a hundred otherwise than it is."""
    (root / "seed.json").write_text(json.dumps(_seed(contacts)), encoding="utf-8")
    for name, campaign in (("full", _campaign(contacts)), ("empty", {})):
        _write(root / name, source, campaign)
    values = f"{FIELDS} values and {LISTS} lists each"
    say(f"\n{contacts} contacts ({source}), {values}, all declared, 1 in 100 with another value\n")
    with _account(root / "seed.json") as url:
        idle = statistics.median(work(_THIS, "plan", str(root / "empty"), url)["rss"] for _ in range(runs))
        first = Figures.of(root / "full", url, contacts, runs)
        first.tell(
            "first plan, everything is new to us", Crowd(contacts, 0, contacts, contacts, lists=True, fields=True)
        )
        say(f"  peak memory      {first.peak:.0f} MiB, {first.peak - idle:.0f} above an empty plan's\n")
        applied = work(_THIS, "apply", str(root / "full"), url)
        cost = applied["cpu"] * 1e6 / contacts
        say(f"  apply            {cost:8.1f} µs, {applied['calls']} calls, exit {applied['exit']}\n")
        again = Figures.of(root / "full", url, contacts, runs)
        again.tell("a plan after the apply", Crowd(contacts, contacts, 0, 0, lists=True, fields=True))
    if source != "yaml":
        say(f"  {source:<16} {first.load:8.1f} µs\n")
        return
    bare = statistics.median(work(_THIS, "events", str(root / "full"), "")["cpu"] for _ in range(runs)) * 1e6 / contacts
    say(
        f"  YAML             {first.load:8.1f} µs, {first.load / bare:.2f} x the parser's bare events ({bare:.1f} µs)\n"
    )


@dataclass(frozen=True)
class Figures:
    """Medians of some runs of one plan, in µs of CPU a contact, MiB and seconds."""

    calls: int
    fetch: float
    load: float
    reading: float
    report: float
    peak: float
    wall: float

    @classmethod
    def of(cls, root: Path, url: str, contacts: int, runs: int) -> Figures:
        """Plan, and fetch the very same pages barely, turn by turn."""
        plans, fetches = [], []
        for _ in range(runs):
            plans.append(work(_THIS, "plan", str(root), url))
            fetches.append(work(_THIS, "fetch", str(root), url)["cpu"])

        def median(name: str) -> float:
            return statistics.median(plan[name] for plan in plans)

        per = 1e6 / contacts
        return cls(
            plans[0]["calls"],
            statistics.median(fetches) * per,
            median("load") * per,
            median("reading") * per,
            median("report") * per,
            median("rss"),
            median("wall"),
        )

    def tell(self, title: str, crowd: Crowd) -> None:
        """Print them."""
        least = (
            contact_reads(crowd, Habits(tried=crowd.bound > 0)).total() + 1 + 2
        )  # a page of campos, two searches of listas
        whole = self.load + self.reading + self.report
        say(f"{title}\n")
        say(f"  calls            {self.calls} made, {least} by the formula\n")
        say(f"  bare fetch       {self.fetch:8.1f} µs of CPU a contact (httpx and json.loads, the same pages)\n")
        say(f"  read and decide  {self.reading:8.1f} µs, {self.reading / self.fetch:.2f} x the bare fetch\n")
        say(f"  whole plan       {whole:8.1f} µs, {whole / self.fetch:.2f} x (with files and report)\n")
        say(f"  wall clock       {self.wall:8.2f} s, with the sandbox on the same machine\n")


def _plan(root: Path, url: str) -> dict[str, Any]:
    """A plan as the command makes it, in its steps."""
    from reconciler.app import plan_account  # noqa: PLC0415 - what is imported is not measured
    from reconciler.config import load  # noqa: PLC0415
    from reconciler.ledger import FileHome, read_ledger  # noqa: PLC0415
    from reconciler.reach import Reach  # noqa: PLC0415
    from reconciler.report import View, plan_text  # noqa: PLC0415
    from reconciler.transport import Access  # noqa: PLC0415

    began, cpu = time.monotonic(), time.process_time()
    account = load(root).accounts["principal"]
    loaded = time.process_time()
    reach = Reach(address=url, key="benchmark", ledger=FileHome(root / "ledger.json"), api=url)
    memory = read_ledger(reach.ledger, account=account.name, origin=reach.api)
    with reach.client(account, Access.READ) as client:
        planned = plan_account(account, client, memory, reach, ())
    decided = time.process_time()
    plan_text(planned.plan, View(salt=b"", today=planned.scene.terms.now.date()), command="")
    return {
        "load": loaded - cpu,
        "reading": decided - loaded,
        "report": time.process_time() - decided,
        "wall": time.monotonic() - began,
        "calls": sum(planned.plan.reads.values()),
        "changes": len(planned.plan.changes),
    }


def _apply(root: Path, url: str) -> dict[str, Any]:
    """An apply as the command makes it, without the planning before."""
    from reconciler.app import apply_plan, plan_account  # noqa: PLC0415
    from reconciler.config import load  # noqa: PLC0415
    from reconciler.ledger import FileHome, open_ledger  # noqa: PLC0415
    from reconciler.reach import Reach  # noqa: PLC0415
    from reconciler.transport import Access  # noqa: PLC0415

    account = load(root).accounts["principal"]
    reach = Reach(address=url, key="benchmark", ledger=FileHome(root / "ledger.json"), api=url)
    with (
        open_ledger(reach.ledger, account=account.name, origin=reach.api) as ledger,
        reach.client(account, Access.WRITE) as client,
    ):
        planned = plan_account(account, client, ledger, reach, ())
        cpu = time.process_time()
        result = apply_plan(planned, client, ledger, lambda _: None, lambda: False)
        return {"cpu": time.process_time() - cpu, "calls": sum(result.calls.values()), "exit": int(result.exit)}


def _fetch(_root: Path, url: str) -> dict[str, Any]:
    """The requests of the last plan once more, by the plain library, and their JSON decoded."""
    import httpx  # noqa: PLC0415

    with urlopen(f"{url.removesuffix('/v1')}/_sandbox/history") as answer:  # noqa: S310 - our own sandbox
        seen = json.load(answer)["requests"]
    last = next(place for place in range(len(seen) - 1, -1, -1) if seen[place]["path"] == "/campos")
    pages = [(item["path"], {**item["query"], "chave": "benchmark"}) for item in seen[last:]]
    with httpx.Client(base_url=url) as client:
        client.get("/campos", params={"chave": "benchmark"})
        cpu = time.process_time()
        rows = 0
        for path, query in pages:
            rows += len(json.loads(client.get(path, params=query).content)["data"])
        return {"cpu": time.process_time() - cpu, "calls": len(pages), "rows": rows}


def _events(root: Path, _url: str) -> dict[str, Any]:
    """The YAML parser's events of the campaign file, and nothing made of them."""
    import yaml  # noqa: PLC0415

    text = (root / "campanha.yaml").read_bytes()
    cpu = time.process_time()
    count = sum(1 for _ in yaml.parse(text, Loader=yaml.CSafeLoader))
    return {"cpu": time.process_time() - cpu, "events": count}


WORKERS: Mapping[str, Callable[[Path, str], dict[str, Any]]] = {
    "plan": _plan,
    "apply": _apply,
    "fetch": _fetch,
    "events": _events,
}


@contextmanager
def _account(seed: Path) -> Iterator[str]:
    """The sandbox in a process of its own."""
    words = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0", "--semente", str(seed)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip().removeprefix("CRIAENVIO_URL=")
        finally:
            server.terminate()


def _seed(contacts: int) -> dict[str, Any]:
    return {
        "agora": "2026-11-02T08:00",
        "campos": [{"id": f"K{n}", "nome": f"Campo {n}"} for n in range(FIELDS)],
        "listas": [{"id": f"L{n}", "nome": f"Lista {n}"} for n in range(LISTS)],
        "contatos": [
            {
                **person(number),
                "id": f"C{number:06}",
                "listas": [f"L{n}" for n in range(LISTS)],
                "campos": {f"K{n}": text for n, text in enumerate(values(number))},
            }
            for number in range(contacts)
        ],
    }


def _campaign(contacts: int) -> dict[str, Any]:
    return {**declared(), "contatos": [_wanted(number) for number in range(contacts)]}


def _wanted(number: int) -> dict[str, Any]:
    """A contact as it is declared: one in a hundred has moved."""
    texts = {f"campo{n}": text for n, text in enumerate(values(number))}
    if number % 100 == 0:
        texts["campo0"] = "Recife"
    return {**person(number), "listas": list(KEYS), "campos": texts}


def _write(root: Path, source: str, campaign: dict[str, Any]) -> None:
    import yaml  # noqa: PLC0415

    root.mkdir()
    if source == "csv" and campaign:
        campaign = {**campaign, "contatos": [], "contatos_de": [_table(root, campaign["contatos"])]}
    settings = {"versao": 1, "fuso_horario": ZONE, "contas": {"principal": {}}}
    for name, content in (("reconciler.yaml", settings), ("campanha.yaml", campaign)):
        text = yaml.dump(dict(content), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        (root / name).write_text(text, encoding="utf-8")


def _table(root: Path, people: list[dict[str, Any]]) -> dict[str, Any]:
    """The contacts in a file of their own, and how the campaign file says so."""
    plain = [name for name in people[0] if name not in ("listas", "campos")]
    columns = {name: name for name in plain} | {f"campos.{key}": key for key in people[0]["campos"]}
    with (root / "pessoas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.values())
        writer.writerows([*(person[name] for name in plain), *person["campos"].values()] for person in people)
    return {"arquivo": "pessoas.csv", "colunas": columns, "listas": people[0]["listas"]}


if __name__ == "__main__":
    main()
