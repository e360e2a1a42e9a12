"""Starts around the changes of a zone's clocks: what means two moments or none is refused, the rest is on time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import SEED, SENDING, writes

NEW_YORK, LISBON, SAO_PAULO = "America/New_York", "Europe/Lisbon", "America/Sao_Paulo"


def declare(root: Path, zone: str, start: str, **rules: str) -> None:
    """A workspace in `zone` with one send at `start`."""
    settings = {"versao": 1, "fuso_horario": zone, "contas": {"principal": {}}, "regras": rules}
    send = {**SENDING["envios"]["um"], "data_de_inicio": start}
    (root / "reconciler.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (root / "campanha.yaml").write_text(yaml.safe_dump({**SENDING, "envios": {"um": send}}), encoding="utf-8")


def account(open_account: OpenAccount, zone: str, moment: str) -> Sandbox:
    """An account in `zone` whose clock stands still at `moment` (UTC)."""
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    # As somebody wrote it down the evening before, so that the hour is not one that the zone's clocks show twice.
    sandbox = open_account({**SEED, "fuso_horario": zone, "agora": f"{now - timedelta(days=1):%Y-%m-%dT12:00}"})
    sandbox.clock.stop()
    sandbox.clock.set(now)
    return sandbox


@pytest.mark.parametrize(
    "case",
    [
        (NEW_YORK, "2026-03-08T02:00", "skipped-time", "write 2026-03-08T03:00 or later"),
        (NEW_YORK, "2026-03-08T02:59", "skipped-time", "write 2026-03-08T03:00 or later"),
        (NEW_YORK, "2026-11-01T01:00", "repeated-time", "before 2026-11-01T01:00, or 2026-11-01T02:00 or later"),
        (NEW_YORK, "2026-11-01T01:30-04:00", "repeated-time", "before 2026-11-01T01:00, or 2026-11-01T02:00 or later"),
        (LISBON, "2027-03-28T01:30", "skipped-time", "write 2027-03-28T02:00 or later"),
        (LISBON, "2026-10-25T01:59", "repeated-time", "before 2026-10-25T01:00, or 2026-10-25T02:00 or later"),
        (SAO_PAULO, "2018-11-04T00:00", "skipped-time", "write 2018-11-04T01:00 or later"),
        (SAO_PAULO, "2018-02-17T23:15", "repeated-time", "before 2018-02-17T23:00, or 2018-02-18T00:00 or later"),
    ],
)
def test_times_that_do_not_exist_once_are_refused(
    case: tuple[str, str, str, str], tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """By every command, before any call, with file, line and column, and with the nearest times that are good."""
    zone, start, code, remedy = case
    declare(tmp_path, zone, start)
    sandbox = open_account(SEED)
    for command in ("validate", "plan", "apply --yes"):
        ran = run(command, url=sandbox.url)
        assert ran.code == 3
        assert all(word in ran.err for word in (code, remedy, zone, "campanha.yaml:", start))
    assert sandbox.history.requests() == []


@pytest.mark.parametrize(
    "case",
    [
        (NEW_YORK, "2026-03-08T01:59", "2026-03-08T06:59"),
        (NEW_YORK, "2026-03-08T03:00", "2026-03-08T07:00"),
        (NEW_YORK, "2026-11-01T00:59", "2026-11-01T04:59"),
        (NEW_YORK, "2026-11-01T02:00", "2026-11-01T07:00"),
        (NEW_YORK, "2026-11-01T08:00Z", "2026-11-01T08:00"),
        (LISBON, "2027-03-28T02:00", "2027-03-28T01:00"),
        (LISBON, "2026-10-25T02:00", "2026-10-25T02:00"),
        (LISBON, "2026-10-25T00:59", "2026-10-24T23:59"),
        (SAO_PAULO, "2018-11-03T23:59", "2018-11-04T02:59"),
        (SAO_PAULO, "2018-11-04T01:00", "2018-11-04T03:00"),
        (SAO_PAULO, "2018-02-17T22:59", "2018-02-18T00:59"),
        (SAO_PAULO, "2018-02-18T00:00", "2018-02-18T03:00"),
    ],
)
def test_a_start_beside_a_change_goes_out_at_its_minute(
    case: tuple[str, str, str], tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """The API gets the zone's local minute, everybody gets the mail at that moment, and the second plan is empty."""
    zone, start, moment = case
    due = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    sandbox = account(open_account, zone, (due - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M"))
    declare(tmp_path, zone, start)
    planned = run("plan", "--format", "json", url=sandbox.url)
    assert run("apply", "--digest", planned.document["digest"], url=sandbox.url).code == 0
    assert run("plan", "--detailed-exitcode", url=sandbox.url).code == 0
    sandbox.clock.advance(timedelta(hours=40))
    sent = [item.at for item in sandbox.history.deliveries()]
    assert len(sent) == len(SEED["contatos"])
    assert min(sent) == due
    assert run("plan", "--detailed-exitcode", url=sandbox.url).code == 0


@pytest.mark.parametrize(
    "case",
    [
        # The clocks show an hour and a quarter, of which an hour is skipped.
        (NEW_YORK, "2026-03-08T03:05", "2026-03-08T06:50", "starts in 15 min; at least 30 min"),
        # They show five minutes, and an hour comes twice.
        (NEW_YORK, "2026-11-01T02:05", "2026-11-01T05:55", None),
        (NEW_YORK, "2026-11-01T02:05", "2026-11-01T06:55", "starts in 10 min; at least 30 min"),
        (LISBON, "2027-03-28T02:05", "2027-03-28T00:50", "starts in 15 min; at least 30 min"),
        (SAO_PAULO, "2018-11-04T01:05", "2018-11-04T02:50", "starts in 15 min; at least 30 min"),
    ],
)
def test_lead_time_is_counted_in_hours_that_pass(
    case: tuple[str, str, str, str | None], tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Not in hours that the clocks show: a start right after a change has less, or more, time before it."""
    zone, start, now, refused = case
    sandbox = account(open_account, zone, now)
    declare(tmp_path, zone, start)
    planned = run("plan", "--format", "json", url=sandbox.url)
    rules = [item["summary"] for item in planned.document["refusals"]]
    assert (planned.code, len(rules)) == ((4, 1) if refused else (0, 0))
    if refused:
        assert refused in rules[0]
        assert run("apply", "--digest", planned.document["digest"], url=sandbox.url).code == 4
        assert writes(sandbox) == []


@pytest.mark.parametrize(("step", "kept"), [(5, "09:05"), (60, "09:00"), (1, "09:07")])
def test_a_send_that_is_kept_at_another_minute_is_cancelled(
    step: int, kept: str, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """The account rounds starts: what it shows is not what was asked for, so that nobody is to get it."""
    seed: dict[str, Any] = {**SEED, "suposicoes": {"minutos_de_passo": step}}
    sandbox = open_account(seed)
    declare(tmp_path, SAO_PAULO, "2026-11-05T09:07")
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    ran = run("apply", "--digest", digest, url=sandbox.url)
    (row,) = sandbox.state()["envios"]
    assert row["data_de_inicio"][11:16] == kept
    if step == 1:
        assert (ran.code, row["status"]) == (0, "Agendado")
        return
    assert (ran.code, row["status"]) == (6, "Cancelado")
    assert "the account shows another data_de_inicio than was asked for" in ran.out
    sandbox.clock.advance(timedelta(days=9))
    assert sandbox.history.deliveries() == []


def test_a_send_that_is_moved_to_another_minute_is_cancelled(
    tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """The same when it was there already, and is only moved."""
    sandbox = open_account(SEED)
    declare(tmp_path, SAO_PAULO, "2026-11-05T09:00")
    for start, code in (("2026-11-05T09:00", 0), ("2026-11-05T10:07", 1)):
        declare(tmp_path, SAO_PAULO, start)
        digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
        assert run("apply", "--digest", digest, url=sandbox.url).code == code
        sandbox.assume(minutos_de_passo=5)
    (row,) = sandbox.state()["envios"]
    assert (row["status"], row["data_de_inicio"][11:16]) == ("Cancelado", "10:05")
