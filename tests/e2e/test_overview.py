"""Every error that a source can answer with: it is told, the other sources are shown, and the verdict is the right one.

The command line's own parts, with a clock on which waiting takes no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.app import overview_of
from reconciler.config import load_accounts, load_sends
from reconciler.engine.overview import Overview
from reconciler.engine.result import Exit
from reconciler.ledger import forgotten
from reconciler.providers.sources import Line, Lines
from reconciler.reach import Reach
from reconciler.sandbox import Fault, FaultKind, Sandbox
from reconciler.transport import Access, Limits, Ports
from tests.e2e.channels import EXAMPLES, JUNE, workspace
from tests.transport.conftest import FakeClock

SOURCES = {"/envios*": "criaenvio.envios", "/ogmma/*": "ogmma.lotes", "/mindo/*": "mindo.envios_em_massa"}
PASSING: dict[str, dict[str, Any]] = {
    "429": {"kind": FaultKind.THROTTLE},
    "429 with Retry-After": {"kind": FaultKind.THROTTLE, "retry_after": "7"},
    "429 as a page": {"kind": FaultKind.THROTTLE, "page": True},
    "500": {"kind": FaultKind.ERROR},
    "503": {"kind": FaultKind.ERROR, "status": 503},
    "HTML": {"kind": FaultKind.PAGE, "status": 200},
    "connection broken": {"kind": FaultKind.DROP},
    "truncated": {"kind": FaultKind.TRUNCATE},
}


@contextmanager
def _reach(root: Path, sandbox: Sandbox, deadline: float = 5.0) -> Iterator[Reach]:
    clock = FakeClock(datetime(2025, 7, 1, 10, 15, 4, tzinfo=UTC))  # as the account's
    lines = {"ogmma": Line(sandbox.ogmma_url, "o1"), "mindo": Line(sandbox.mindo_url, "m1")}
    with Lines(lines, Limits(deadline), Ports(clock, lambda: 0.5)) as channels:
        ledger = load_accounts(root)["principal"].ledger
        yield Reach(address=sandbox.url, key="c1", ledger=ledger, api=sandbox.url, clock=clock, channels=channels)


def _overview(root: Path, sandbox: Sandbox) -> Overview:
    account = load_sends(root).accounts["principal"]
    with _reach(root, sandbox) as way, way.client(account, Access.READ) as client:
        return overview_of(account, client, forgotten(account.name, way.api), way, timedelta(days=7))


@pytest.mark.parametrize("path", SOURCES)
@pytest.mark.parametrize("fault", PASSING)
def test_what_may_pass(tmp_path: Path, fault: str, path: str) -> None:
    """Overload, failures within and broken connections: told as such, exit 75, and worth waiting for."""
    workspace(tmp_path, {"verificacoes": {"junho": JUNE}})
    with Sandbox.open(None, EXAMPLES) as sandbox:
        sandbox.clock.stop()
        sandbox.faults.add(Fault(path=path, count=None, **PASSING[fault]))
        seen = _overview(tmp_path, sandbox)
    source = SOURCES[path]
    assert list(seen.unread) == [source]
    assert seen.unread[source].later
    assert seen.unread[source].reason
    shown = {sending.bulk.source for sending in seen.sendings}
    assert shown == {"ogmma.lotes", "mindo.envios_em_massa"} - {source}
    assert (seen.exit, seen.over) == (Exit.LATER, False)


@pytest.mark.parametrize("path", SOURCES)
def test_what_does_not_pass(tmp_path: Path, path: str) -> None:
    """An answer that no waiting turns into another one is exit 1, and not waited for."""
    workspace(tmp_path, {})
    with Sandbox.open(None, EXAMPLES) as sandbox:
        sandbox.clock.set(sandbox.clock.now() + timedelta(days=1))
        sandbox.faults.add(Fault(path=path, count=None, kind=FaultKind.REDIRECT))
        seen = _overview(tmp_path, sandbox)
    assert list(seen.unread) == [SOURCES[path]]
    assert (seen.exit, seen.over) == (Exit.ERROR, True)


def test_a_trouble_that_passes_costs_no_row(tmp_path: Path) -> None:
    """One bad answer is repeated, and nothing is told of it but in the number of calls."""
    workspace(tmp_path, {})
    with Sandbox.open(None, EXAMPLES) as sandbox:
        sandbox.faults.add(Fault(path="/ogmma/*", kind=FaultKind.ERROR))
        seen = _overview(tmp_path, sandbox)
    assert not seen.unread
    assert seen.calls["GET /bulk"] == 2


def test_a_next_that_leads_elsewhere(tmp_path: Path) -> None:
    """The key stays home, the source is told as not read, and whoever can open it elsewhere learns nothing."""
    workspace(tmp_path, {})
    seed = {**EXAMPLES, "mindo": {"envios_em_massa": [{"modelo": "natal", "total": 1}] * 250}}
    with Sandbox.open(None, seed, assumptions={"mindo_next": "outro_host"}) as sandbox:
        seen = _overview(tmp_path, sandbox)
    assert "the key stays home" in seen.unread["mindo.envios_em_massa"].reason
    assert seen.exit is Exit.ERROR
