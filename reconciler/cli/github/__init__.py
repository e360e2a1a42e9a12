"""`reconciler github`: what a workflow says on GitHub of what a run found. One file per command."""

from __future__ import annotations

import click

from reconciler.cli.lazily import Lazily

_COMMANDS = {
    "comment": ("reconciler.cli.github.comment", "Write a report into the account's comment on the pull request."),
    "check": ("reconciler.cli.github.check", "Record what was planned as a check of the pull request's head."),
    "reviewed": ("reconciler.cli.github.reviewed", "Fetch the plan that was reviewed before this commit was merged."),
    "labels": ("reconciler.cli.github.labels", "Label the pull request by what all accounts' checks say."),
    "issue": ("reconciler.cli.github.issue", "Keep one issue an account while it is not as it is declared."),
    "annotate": ("reconciler.cli.github.annotate", "Show findings beside the lines that they are about."),
    "outputs": ("reconciler.cli.github.outputs", "Put a run's figures out for the steps that follow."),
}

_EPILOG = """\b
They read what GitHub Actions says of the run: GITHUB_API_URL,
GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_SHA,
GITHUB_REF, GITHUB_RUN_ID, GITHUB_SERVER_URL, GITHUB_WORKSPACE,
GITHUB_OUTPUT. The token goes to GITHUB_API_URL only.
Exit codes: 0 done, 1 GitHub refuses, 64 usage, 75 GitHub cannot be
used now.
"""


@click.command(name="github", cls=Lazily, named=_COMMANDS, epilog=_EPILOG)
def command() -> None:
    """Say on GitHub what a run found. Made for the steps of a workflow."""
