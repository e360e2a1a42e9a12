"""`reconciler sandbox serve`, as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

SEED = {
    "ogmma": {"lotes": [{"total": 3, "nome": "Natal"}]},
    "mindo": {"envios_em_massa": [{"total": 2, "modelo": "a"}]},
}


def test_every_vendor_has_an_address(tmp_path: Path) -> None:
    """It prints each vendor's address as the variable that points the program at it, answers there, and ends well."""
    seed = tmp_path / "semente.json"
    seed.write_text(json.dumps(SEED), "utf-8")
    words = [sys.executable, "-m", "reconciler", "sandbox", "serve", "--port", "0", "--semente", str(seed)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            named = dict(server.stdout.readline().strip().split("=", 1) for _ in range(3))
            assert list(named) == ["CRIAENVIO_URL", "OGMMA_URL", "MINDO_URL"]
            assert _got(named["CRIAENVIO_URL"] + "/campos?chave=x", {})["data"] == []
            batches = _got(named["OGMMA_URL"] + "/bulk", {"Authorization": "Bearer x"})
            assert [row["name"] for row in batches["data"]] == ["Natal"]
            sends = _got(named["MINDO_URL"] + "/api/v1/meta-templates/bulk-sends/", {"X-API-Key": "x"})
            assert [row["total_recipients"] for row in sends["results"]] == [2]
        finally:
            server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=30)
    assert (server.returncode, out, err) == (0, "", "")


def _got(address: str, headers: dict[str, str]) -> dict[str, list[dict[str, object]]]:
    with urlopen(Request(address, headers=headers), timeout=10) as response:  # noqa: S310 - loopback
        found: dict[str, list[dict[str, object]]] = json.load(response)
    return found
