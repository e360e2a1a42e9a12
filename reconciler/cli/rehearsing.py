"""A rehearsal of a plan on a copy of the account: what `rehearse` and `plan --prove` share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from reconciler.app import Planned
from reconciler.cli.options import Live
from reconciler.cli.progress import Progress
from reconciler.engine.sight import Refresh
from reconciler.ledger import State
from reconciler.offline.rehearsal import rehearsed
from reconciler.offline.snapshot import taken
from reconciler.providers.criaenvio.client import Client


def check_whole(live: Live) -> None:
    """A rehearsal is of the account as it is: the ledger's word is taken for nothing. UsageError otherwise."""
    if live.refresh not in (None, Refresh.FULL):
        raise click.UsageError(f"a rehearsal reads everything: leave out --refresh {live.refresh}")


def assumptions(given: Sequence[str]) -> Mapping[str, Any]:
    """Assumptions on the vendor out of `NAME=VALUE`; values are JSON, or else text. UsageError for what is neither."""
    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise click.UsageError(f"--assume {text}: write NAME=VALUE, such as minutos_de_passo=15")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def proved(progress: Progress, planned: Planned, client: Client, memory: State, assumed: Sequence[str]) -> Planned:
    """The plan with what a rehearsal of it shows; for that `client` reads the account whole. Raises Failure."""
    with progress.phase("reading all of it"):
        snapshot = taken(planned.account, client, memory, planned.reach)
    with progress.phase("rehearsing"):
        return rehearsed(planned, snapshot, assumptions(assumed))
