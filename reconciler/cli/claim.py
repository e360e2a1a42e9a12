"""Who this run is, for whoever finds the ledger held by it: a person at a machine, or a run of a CI system."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from reconciler.cli.console import Console
from reconciler.config import Account
from reconciler.ledger import Claim

_MARGIN = timedelta(seconds=30)
"""Beside one call's deadline, in half of a lease: for writing the ledger, and for a slow machine."""


def claim(account: Account, console: Console, patience: timedelta = timedelta()) -> Claim:
    """This run's claim to the account's ledger; it waits as long as `patience` says, and says so."""
    here = Claim.here()
    owner, run = _ci(os.environ)
    return replace(
        here,
        owner=owner or here.owner,
        run=run,
        term=2 * (account.deadline + _MARGIN),
        patience=patience,
        waiting=lambda why: console.say(f"waiting for the ledger. {why}"),
    )


def _ci(environment: Mapping[str, str]) -> tuple[str, str]:
    """Name and address of the CI run that this is, empty outside of one."""
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (environment.get(name, "") for name in names)
    if server and repository and run:
        workflow = environment.get("GITHUB_WORKFLOW", "a workflow")
        return f"{workflow} of {repository}", f"{server}/{repository}/actions/runs/{run}"
    for name in ("CI_JOB_URL", "BUILD_URL"):  # GitLab, Jenkins
        if address := environment.get(name, ""):
            return f"a CI run ({name})", address
    return "", ""
