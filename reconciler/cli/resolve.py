"""`reconciler resolve`: a person's answer to what no program can tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli import options
from reconciler.cli.console import Console
from reconciler.cli.options import Common, Said
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Address
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from reconciler.engine.resolution import Answer, UnresolvableError


@click.command()
@options.said
@options.simulated
@options.common
@options.lock_timeout
def command(common: Common, said: Said, embedded: bool, lock_timeout: timedelta) -> None:
    """Say what KIND.KEY is in the account, where plan or apply had to ask.

    They ask after a call whose outcome reading cannot tell any more, and, while the ledger is new, about a live send
    that may be a declared one. Only the ledger is written: the next plan shows what follows. Exits 4, with nothing
    written, if the account shows otherwise.
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.cli.opening import chosen, held, reach  # noqa: PLC0415
        from reconciler.engine.resolution import UnresolvableError  # noqa: PLC0415
        from reconciler.report import json_text, resolution_document, resolution_text  # noqa: PLC0415
        from reconciler.settling import recover_account, resolve_account  # noqa: PLC0415  (pydantic, httpcore)

        answer = _answer(said)
        wanted = chosen(common.root, common.account)
        with (
            reach(wanted, common.root, console, embedded=embedded) as way,
            held(way, wanted, common.root, console, lock_timeout) as ledger,
            way.working(wanted, ledger) as client,
        ):
            show(console, recover_account(wanted, client, ledger, way))
            try:
                resolution = resolve_account(wanted, client, ledger, way, answer)
            except UnresolvableError as error:
                _refuse(console, error)
        if common.style == "json":
            console.data(json_text(resolution_document(resolution)))
        else:
            console.data(resolution_text(resolution, wanted.zone))


def _answer(said: Said) -> Answer:
    """What the options say, if they are one answer about one address."""
    from reconciler.engine.resolution import Answer  # noqa: PLC0415
    from reconciler.providers.criaenvio.provider import KINDS  # noqa: PLC0415  (all kinds)

    if said.absent == (said.live_id is not None):
        raise click.UsageError("say one of the two: --adopt ID, or --absent")
    kind, _, key = said.address.partition(".")
    kinds = [known.name for known in KINDS]
    if kind not in kinds or not key:
        raise click.UsageError(f"{said.address!r} is no address: write one of {', '.join(kinds)}, a point, and the key")
    return Answer(Address(kind, key.lower() if kind == "contato" else key), said.live_id)


def _refuse(console: Console, error: UnresolvableError) -> NoReturn:
    console.tell(f"error: {error}; nothing was written")
    console.tell(f"  {error.remedy}")
    raise click.exceptions.Exit(Exit.BLOCKED)
