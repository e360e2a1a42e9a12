"""`reconciler github reviewed`: the plan that was reviewed before the present commit was merged."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import MAX_TIME, NAME, branch, opened, put_out, variable
from reconciler.cli.trouble import told


@click.command()
@NAME
@click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="Where the saved plan is written; a file that is there is removed if none is found.",
)
@MAX_TIME
def command(account: str, plan: Path, max_time: timedelta) -> None:
    """Find the plan that was reviewed before GITHUB_SHA was merged, for apply --plan.

    The merged pull request's head has the check `reconciler / ACCOUNT`, which names the artifact and the hash of the
    saved plan. Puts out found, digest, pull_request and reason. Comments are not read: editing one authorises nothing.
    Exits 0 whenever GitHub answered: that nothing is on record is an answer.
    """
    console = Console()
    with told(console):
        from reconciler.cli.writing import write_private  # noqa: PLC0415
        from reconciler.github.review import Merged, reviewed  # noqa: PLC0415  (httpx)

        merged = Merged(variable("GITHUB_SHA"), branch())
        with opened(console, max_time) as client:
            found = reviewed(client, merged, account)
        _remove(plan)
        if found.plan is not None:
            write_private(plan, found.plan, "the saved plan could not be written")
        outputs = {
            "found": "false" if found.plan is None else "true",
            "digest": found.digest,
            "pull_request": str(found.pull_request or ""),
            "reason": found.reason,
        }
        put_out(console, outputs)


def _remove(path: Path) -> None:
    """What an earlier step may have left there is not what was reviewed."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{path}: it could not be removed: {error.strerror or error}") from error
