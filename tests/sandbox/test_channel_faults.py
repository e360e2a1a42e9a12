"""The other channels' limits and faults as a client meets them, and what the history says of their calls."""

from __future__ import annotations

import gzip
import http.client
import json
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Fault, FaultKind
from tests.sandbox.conftest import BULK_SENDS, KEY, Api, Open

TOO_MANY = "Limite de requisições excedido. Tente novamente em alguns segundos."
CONVERSATION = "/channels/c1/conversations/v1"


def test_ogmmas_own_limit(open_still: Open) -> None:
    """60 requests a minute and key, by the account's clock; the next one waits until the first is a minute old."""
    api = open_still()
    for _ in range(30):
        assert api.ogmma("/bulk?limit=1").status == 200
    api.sandbox.clock.advance(timedelta(seconds=30))
    for _ in range(30):
        assert api.ogmma("/bulk?limit=1").status == 200
    refused = api.ogmma("/bulk?limit=1")
    assert (refused.status, refused.json) == (429, {"message": TOO_MANY, "code": "RATE_LIMIT_EXCEEDED"})
    assert "retry-after" not in refused.headers
    assert api.ogmma(CONVERSATION).json["message"] == TOO_MANY.replace("õ", "o").replace("ç", "c")
    assert api.mindo(BULK_SENDS).status == api.get("/campos").status == 200
    api.sandbox.clock.advance(timedelta(seconds=29))
    assert api.ogmma("/bulk?limit=1").status == 429
    api.sandbox.clock.advance(timedelta(seconds=1))
    assert [api.ogmma("/bulk?limit=1").status for _ in range(31)] == [200] * 30 + [429]


def test_limits_can_be_moved(open_still: Open) -> None:
    """Both vendors' limits are assumptions, to be set at run time; another key is another count; 0 is no limit."""
    api = open_still(key=None, assumptions={"ogmma_por_minuto": 2, "ogmma_retry_after": True, "mindo_por_minuto": 1})
    assert [api.ogmma("/bulk", "um").status for _ in range(3)] == [200, 200, 429]
    assert api.ogmma("/bulk", "outro").status == 200
    api.sandbox.clock.advance(timedelta(seconds=20.5))
    assert api.ogmma("/bulk", "um").headers["retry-after"] == "40"
    assert api.mindo(BULK_SENDS).status == 200
    refused = api.mindo(BULK_SENDS)
    assert (refused.status, refused.json) == (429, {"detail": "Request was throttled."})
    assert refused.headers["retry-after"] == "60"
    api.call("PATCH", "/_sandbox/assumptions", {"ogmma_por_minuto": 0, "mindo_por_minuto": 0})
    assert [api.ogmma("/bulk", "um").status, api.mindo(BULK_SENDS).status] == [200, 200]
    assert api.ogmma("/bulk", "").status == 401


@pytest.mark.parametrize("vendor", ["ogmma", "mindo"])
def test_faults_befall_the_channels(vendor: str, open_still: Open) -> None:
    """Everything that can be ordered for one API can be for the others; refusals are in the vendor's own words."""
    api = open_still()
    path = "/ogmma/v1/bulk" if vendor == "ogmma" else f"/mindo{BULK_SENDS}"
    words = {
        ("ogmma", 429): {"message": TOO_MANY, "code": "RATE_LIMIT_EXCEEDED"},
        ("ogmma", 500): {"message": "Erro interno do servidor.", "code": "INTERNAL_SERVER_ERROR"},
        ("mindo", 429): {"detail": "Request was throttled."},
        ("mindo", 503): {"detail": "Internal server error."},
    }

    def ordered(kind: FaultKind, **more: Any) -> None:
        api.sandbox.faults.add(Fault(kind=kind, path=path, **more))

    def called() -> Any:
        return api.ogmma("/bulk") if vendor == "ogmma" else api.mindo(BULK_SENDS)

    good = called().json
    ordered(FaultKind.THROTTLE, retry_after="7")
    throttled = called()
    assert (throttled.status, throttled.headers["retry-after"]) == (429, "7")
    assert throttled.json == words[vendor, 429]
    status = 500 if vendor == "ogmma" else 503
    ordered(FaultKind.ERROR, status=status)
    failed = called()
    assert (failed.status, failed.json) == (status, words[vendor, status])
    ordered(FaultKind.PAGE, status=200)
    assert called().body.startswith(b"<!DOCTYPE html>")
    ordered(FaultKind.REDIRECT, location="http://127.0.0.1:9/longe")
    assert called().headers["location"] == "http://127.0.0.1:9/longe"
    ordered(FaultKind.BOMB, size=4_000_000)
    assert len(gzip.decompress(called().body)) > 4_000_000
    ordered(FaultKind.DRIP)
    assert called().json == good
    for kind in (FaultKind.TRUNCATE, FaultKind.DROP):
        ordered(kind)
        with pytest.raises((http.client.HTTPException, OSError)):
            called()
        api.close()
    assert called().json == good
    seen = [(item.fault, item.path, item.effect) for item in api.sandbox.history.requests()]
    assert {item[1:] for item in seen} == {(path, False)}
    faults = ("throttle", "error", "page", "redirect", "bomb", "drip", "truncate", "drop")
    assert [item[0] for item in seen] == [None, *faults, None]


def test_faults_tell_the_vendors_apart(open_still: Open) -> None:
    """A pattern for one vendor leaves the others alone."""
    api = open_still()
    api.call("POST", "/_sandbox/faults", {"kind": "throttle", "path": "/ogmma/*", "count": None})
    assert [api.ogmma("/bulk").status, api.ogmma(CONVERSATION).status] == [429, 429]
    assert [api.mindo(BULK_SENDS).status, api.get("/campos").status] == [200, 200]


def test_history_of_the_channels(open_still: Open) -> None:
    """Every request is kept with its filters and what came of it, and nothing of a key."""
    api = open_still(key={"mindo": KEY})
    api.ogmma("/bulk?status=QUEUED")
    api.mindo(BULK_SENDS, "outra")
    api.ogmma("/nada")
    seen = [(item.path, dict(item.query), item.status) for item in api.sandbox.history.requests()]
    assert seen == [
        ("/ogmma/v1/bulk", {"status": "QUEUED"}, 200),
        (f"/mindo{BULK_SENDS}", {}, 401),
        ("/ogmma/v1/nada", {}, 404),
    ]


def test_keys_are_nowhere(tmp_path: Path, open_still: Open, caplog: pytest.LogCaptureFixture) -> None:
    """No vendor's key stands in any file, answer, history or log."""
    caplog.set_level(logging.DEBUG)
    api = open_still(state=tmp_path / "conta.sqlite", key={"ogmma": KEY, "mindo": KEY})
    answers = [api.ogmma("/bulk").body, api.mindo(BULK_SENDS).body, api.ogmma("/nada").body]
    api.sandbox.faults.add(Fault(kind=FaultKind.DROP, effect=None))
    with pytest.raises((http.client.HTTPException, OSError)):
        api.ogmma("/bulk")
    api.close()
    answers += [api.call("GET", f"/_sandbox/{name}").body for name in ("history", "state", "faults", "counts")]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + b"".join(answers) + caplog.text.encode()
    assert KEY.encode() not in kept
    assert json.dumps(KEY)[1:-1].encode() not in kept


def test_late_requests_are_reads_too(open_still: Open) -> None:
    """A read that arrives after its client has gone does nothing, whoever is asked."""
    api = open_still()
    before = api.sandbox.state()
    order = {"kind": "drop", "effect": "later", "delay": 10, "path": "/ogmma/*"}
    assert api.call("POST", "/_sandbox/faults", order).status == 200
    with pytest.raises((http.client.HTTPException, OSError)):
        Api(api.sandbox).ogmma("/bulk")
    api.sandbox.clock.advance(timedelta(seconds=11))
    assert [(item.status, item.effect) for item in api.sandbox.history.requests()] == [(None, False)]
    assert {name: api.sandbox.state()[name] for name in before} == before
