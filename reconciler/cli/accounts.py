"""`reconciler accounts`: which accounts there are, or which of them a change of files concerns."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.options import WORKSPACE
from reconciler.cli.trouble import told

_MOST = 256
"""Jobs of one matrix (https://docs.github.com/actions/reference/limits)."""


@click.command()
@WORKSPACE
@click.option(
    "--changed-since",
    "since",
    metavar="REF",
    help="Only those that commits since REF may concern: since HEAD and REF parted, as a pull request is compared.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "matrix"]),
    default="text",
    show_default=True,
    help="One a line; a JSON document; or one line for strategy.matrix of a workflow.",
)
@click.option(
    "--part",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Of more than {_MOST} accounts, as many as a matrix may have jobs: 1 for the first {_MOST}, 2 for the next …",
)
def command(root: Path, since: str | None, style: str, part: int | None) -> None:
    """List the accounts of the workspace. Needs no key and no network, and reads no contacts.

    An account is concerned by its campaign files, by what they refer to (html, files of contacts), by links on the way
    there, and by reconciler.yaml; where that cannot be told, since a file is wrong, by any change. Changes that are not
    committed do not count.
    """
    console = Console()
    with told(console):
        from reconciler.config import UnknownCommitError, changed_since, load_footprints  # noqa: PLC0415  (pydantic)
        from reconciler.report import json_text, matrix_line  # noqa: PLC0415

        prints = load_footprints(root)
        try:
            changed = changed_since(root, since) if since is not None else None
        except UnknownCommitError as unknown:
            raise click.UsageError(f"--changed-since: {unknown}") from None
        names = sorted(name for name, each in prints.items() if changed is None or each.concerned(changed))
        if style == "json":
            console.data(json_text({"format_version": 1, "accounts": _part(names, part)}))
        elif style == "matrix":
            console.data(matrix_line(_jobs(names, part)))
        elif names:
            console.data("\n".join(_part(names, part)))


def _jobs(names: list[str], part: int | None) -> list[str]:
    """The accounts of one matrix. UsageError if they are too many for one and no part is asked for."""
    if part is None and len(names) > _MOST:
        parts = -(-len(names) // _MOST)
        raise click.UsageError(
            f"{len(names)} accounts are more than the {_MOST} jobs that a matrix may have: ask for {parts} parts,"
            f" --part 1 to --part {parts}, each for a matrix of its own"
        )
    return _part(names, part)


def _part(names: list[str], part: int | None) -> list[str]:
    return names if part is None else names[(part - 1) * _MOST : part * _MOST]
