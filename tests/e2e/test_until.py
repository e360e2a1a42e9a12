"""Until when a plan can be applied: a reviewer is told, and it is so to the minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import KEY, OpenAccount, Run
from tests.e2e.workspace import SEED, SENDING, write

RULES = {"padrão": {}, "of its own": {"antecedencia_minima": "2h"}}
LATER = {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-05T18:00"}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_lead_time_ends_it_to_the_minute(
    tmp_path: Path, run: Run, open_account: OpenAccount, rules: dict[str, Any]
) -> None:
    """Up to the moment that the plan names, of the send that is due first, it is let through, and no minute longer."""
    first = {**SENDING["envios"]["um"], "regras": rules}
    write(tmp_path, {**SENDING, "envios": {"um": first, "dois": LATER}})
    account = open_account(SEED, key=KEY)
    until = datetime.fromisoformat(run("plan --format json", url=account.url).document["summary"]["apply_until"])
    lead = timedelta(hours=2) if rules else timedelta(minutes=30)
    assert until + lead == datetime.fromisoformat("2026-11-05T09:00-03:00")
    assert f"05/11/2026 {until:%H:%M}" in run("plan", url=account.url).out
    account.clock.stop()
    for moment, code in ((until, 0), (until + timedelta(minutes=1), 4)):
        account.clock.set(moment)
        assert run("plan", url=account.url).code == code


def test_what_no_time_ends_says_none(tmp_path: Path, run: Run, open_account: OpenAccount) -> None:
    """A plan that sends nothing, and a send that lead time is waived for and that starts at once, have no such end."""
    account = open_account(SEED, key=KEY)
    write(tmp_path, {**SENDING, "envios": {}})
    assert run("plan --format json", url=account.url).document["summary"]["apply_until"] is None
    write(tmp_path, {**SENDING, "envios": {"um": {**SENDING["envios"]["um"], "data_de_inicio": "agora"}}})
    ran = run("plan --format json --allow agora=envio.um", url=account.url)
    assert ran.document["summary"]["apply_until"] is None
