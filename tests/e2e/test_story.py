"""The example `whatsapp-primeiro`, played through: WhatsApp first, e-mail the day after, if it went well.

As its README tells it: the sandbox is served by one process, the program is another, the clock is moved in between.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "whatsapp-primeiro"
KEYS = {"CRIAENVIO_CHAVE": "chave-um", "OGMMA_API_KEY": "oapi_sk_test_dois", "MINDO_API_KEY": "mindo_tres"}
BOTH = ["envio.colheita-clientes", "envio.colheita-revendedores"]
CLIENTS = [f"{name}@exemplo.com.br" for name in ("amora.colina", "baru.lagoa", "umbu.varzea")]
CLIENTS += [f"{name}@example.org" for name in ("caja.ribeira", "figo.paineira")]
RESELLERS = ["pitanga@exemplo.com.br", "jambo@exemplo.com.br"]


@dataclass(frozen=True)
class Stage:
    """A served sandbox and a copy of the example that the program is started on."""

    root: Path
    urls: Mapping[str, str]
    outputs: list[str] = field(default_factory=list)

    def run(self, command: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Exit code and document of one command, as a user starts it."""
        started = [sys.executable, "-m", "reconciler", command, "-C", str(self.root), "--format", "json", *words]
        ran = subprocess.run(
            started, env={**os.environ, **self.urls, **KEYS}, capture_output=True, text=True, timeout=110, check=False
        )
        self.outputs.extend((ran.stdout, ran.stderr))
        assert ran.stdout, ran.stderr
        return ran.returncode, json.loads(ran.stdout)

    def control(self, method: str, name: str, body: Mapping[str, Any] | None = None) -> Any:
        """One of the sandbox's own calls."""
        root = self.urls["CRIAENVIO_URL"].removesuffix("/v1")
        content = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{root}/_sandbox/{name}", content, method=method), timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)

    def at(self, moment: str) -> None:
        """Move the clock, which stands still, to a local time."""
        self.control("PUT", "clock", {"stopped": True, "now": moment})

    @property
    def mailed(self) -> Counter[str]:
        """Who got how many e-mails."""
        return Counter(item["email"] for item in self.control("GET", "history")["deliveries"])

    @property
    def writes(self) -> list[str]:
        """Every request so far that changed something."""
        return [item["path"] for item in self.control("GET", "history")["requests"] if item["effect"]]

    def check_secrets(self) -> None:
        """No key stands in any output, or in any file of the workspace."""
        kept = [path.read_text(encoding="utf-8") for path in self.root.rglob("*") if path.is_file()]
        assert not [key for key in KEYS.values() for text in (*self.outputs, *kept) if key in text]


Open = Callable[..., Stage]


@pytest.fixture
def open_stage(tmp_path: Path) -> Iterator[Open]:
    """Serves the example's seed, with a share of failures of one's own, at one minute past nine, the clock stopped."""
    with ExitStack() as stack:

        def opened(failures: int | None = None) -> Stage:
            root = tmp_path / EXAMPLE.name
            shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".reconciler"))
            seed = json.loads((root / "semente.json").read_text("utf-8"))
            if failures is not None:
                seed["ogmma"]["lotes"][-1]["falhas"] = failures
            file = tmp_path / "semente.json"
            file.write_text(json.dumps(seed), "utf-8")
            words = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0", "--semente", str(file)]
            server = stack.enter_context(subprocess.Popen(words, stdout=subprocess.PIPE, text=True))
            stack.callback(server.terminate)
            assert server.stdout is not None
            stage = Stage(root, dict(server.stdout.readline().strip().split("=", 1) for _ in range(3)))
            stage.at("2026-11-02T09:01")
            return stage

        yield opened


def test_the_story(open_stage: Open) -> None:
    """While the bulk sends go on the e-mails wait, with figures; once they are over they are sent, once to each."""
    stage = open_stage()
    code, first = stage.run("plan", "--detailed-exitcode")
    assert code == 2
    assert [item["address"] for item in first["waiting"]] == BOTH
    assert "falhas 1 of 1200 (0.0833 %) so far (IN_PROGRESS), expected < 2%" in first["waiting"][0]["reason"]
    assert {change["kind"] for change in first["changes"]} == {"lista", "contato", "mensagem"}
    assert {check["address"]: check["ruling"] for check in first["checks"]} == {
        "verificacao.whatsapp-clientes": "not-yet",
        "verificacao.whatsapp-no-nosso-telefone": "not-yet",
        "verificacao.whatsapp-revendedores": "not-yet",
    }
    code, applied = stage.run("apply", "--digest", first["digest"])
    assert (code, {change["status"] for change in applied["changes"]}) == (0, {"done"})
    assert "/envios" not in stage.writes

    stage.at("2026-11-02T09:30")
    code, second = stage.run("plan", "--detailed-exitcode")
    assert code == 2
    assert {check["ruling"] for check in second["checks"]} == {"holds"}
    assert [change["id"] for change in second["changes"]] == [f"{address}/schedule" for address in BOTH]
    assert [event["name"] for event in second["timeline"]] == ["Colheita de novembro", "colheita_revenda", *BOTH]
    assert stage.run("apply", "--digest", first["digest"])[0] == 5, "nobody has reviewed the sends yet"
    assert stage.run("apply", "--digest", second["digest"])[0] == 0
    assert not stage.mailed

    stage.at("2026-11-03T12:00")
    assert stage.mailed == Counter(CLIENTS + RESELLERS)
    before = stage.writes
    code, last = stage.run("apply", "--digest", second["digest"])
    assert (code, last["changes"]) == (0, [])
    code, quiet = stage.run("plan", "--detailed-exitcode")
    assert (code, quiet["changes"], quiet["waiting"], quiet["blocked"]) == (0, [], [], [])
    assert (stage.writes, stage.mailed) == (before, Counter(CLIENTS + RESELLERS))
    stage.check_secrets()


def test_too_many_failed(open_stage: Open) -> None:
    """With 5 % failed the check is broken, already on the way: exit 4, that e-mail never goes out, the other does."""
    stage = open_stage(failures=60)
    _, first = stage.run("plan")
    assert [item["address"] for item in first["waiting"]] == BOTH
    stage.at("2026-11-02T09:06")
    code, early = stage.run("plan")
    assert (code, [item["address"] for item in early["blocked"]]) == (4, BOTH[:1])
    assert "falhas 36 of 1200 (3 %) so far (IN_PROGRESS), expected < 2%" in early["blocked"][0]["reason"]

    stage.at("2026-11-02T09:30")
    code, plan = stage.run("plan")
    assert code == 4
    assert "verificacao.whatsapp-clientes is broken: falhas 60 of 1200 (5 %)" in plan["blocked"][0]["reason"]
    assert {change["id"] for change in plan["changes"] if change["kind"] == "envio"} == {f"{BOTH[1]}/schedule"}
    code, applied = stage.run("apply", "--digest", plan["digest"])
    assert (code, {change["status"] for change in applied["changes"]}) == (4, {"done"})
    stage.at("2026-11-03T12:00")
    assert stage.mailed == Counter(RESELLERS)
    assert stage.run("apply", "--digest", plan["digest"])[0] == 4
    assert stage.mailed == Counter(RESELLERS)
    stage.check_secrets()


def test_a_vendor_is_down(open_stage: Open) -> None:
    """A vendor that cannot be read holds up every send, and nothing else: the rest is applied, with a warning."""
    stage = open_stage()
    settings = stage.root / "reconciler.yaml"
    short = settings.read_text("utf-8").replace("    sandbox:", "    limites: {prazo: 1s}\n    sandbox:")
    settings.write_text(short, "utf-8")
    stage.at("2026-11-02T09:30")
    stage.control("POST", "faults", {"kind": "error", "path": "/ogmma/*", "status": 503, "count": None})
    code, plan = stage.run("plan")
    assert (code, [item["address"] for item in plan["blocked"]]) == (4, BOTH), "intervalo_entre_canais asks it, too"
    assert [item["rule"] for item in plan["warnings"]] == ["not-read", "not-read"]
    rulings = {check["address"]: check["ruling"] for check in plan["checks"]}
    assert list(rulings.values()) == ["not-read", "not-read", "holds"]
    code, applied = stage.run("apply", "--digest", plan["digest"])
    assert (code, {change["status"] for change in applied["changes"]}) == (4, {"done"})
    assert {change["kind"] for change in applied["changes"]} == {"lista", "contato", "mensagem"}
    assert "/envios" not in stage.writes
    down = [item for item in stage.control("GET", "history")["requests"] if item["path"].startswith("/ogmma/")]
    assert {item["path"] for item in down} == {"/ogmma/v1/bulk"}, "who does not answer is not asked for more"

    stage.control("DELETE", "faults")
    code, plan = stage.run("plan")
    assert [change["id"] for change in plan["changes"]] == [f"{address}/schedule" for address in BOTH]
    assert stage.run("apply", "--digest", plan["digest"])[0] == 0
    stage.at("2026-11-03T12:00")
    assert stage.mailed == Counter(CLIENTS + RESELLERS)
    stage.check_secrets()
