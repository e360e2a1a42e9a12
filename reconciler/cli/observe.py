"""`reconciler observe SOURCE`: a raw look at what another channel shows. Reads only."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from reconciler.cli import looking_options, options
from reconciler.cli.console import Console
from reconciler.cli.looking_options import Observing
from reconciler.cli.options import Common
from reconciler.cli.trouble import show, told
from reconciler.engine.picking import Picking
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from reconciler.config import Account, Selection
    from reconciler.engine.channels import Observation
    from reconciler.providers.sources import Lines

_EPILOG = """\b
SOURCE is one of
  ogmma.lotes            Ogmma's bulk sends
  ogmma.mensagens        messages of one conversation:
                         --where channelId=… --where conversationId=…
  mindo.envios_em_massa  Mindo's bulk sends

Fields and values are those of `onde` in verificacoes.
"""
_COLUMNS, _NARROWEST = 120, 40


@click.command(epilog=_EPILOG)
@looking_options.tabular
@options.simulated
@looking_options.observing
def command(common: Common, embedded: bool, observing: Observing) -> None:
    """Show what another channel shows, row by row as it comes.

    Phone numbers and contents are masked; the same mask is the same value within one output.
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.cli.opening import account_alone, channels  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.config import unknown_source  # noqa: PLC0415

        if wrong := unknown_source(observing.source):
            raise click.UsageError(wrong)
        account = account_alone(common.root, common.account)
        chosen = _selection(console, observing, account)
        _require_channel(account, observing.source)
        with channels(account, common.root, console, embedded=embedded) as lines:
            found = Picking(_asked(lines, observing.source, chosen), chosen.where, chosen.newest)
            _write(console, _texts(console, common.style, islice(found, observing.limit), (observing, account)))
        console.say(_told(found, sum(lines.count.values())))


def _told(found: Picking, calls: int) -> str:
    """How much it was."""
    from reconciler.report.words import count  # noqa: PLC0415

    unsure = (
        f"; {count(found.unsure, 'more', 'more')} left out: what --where asks is not told of them"
        if found.unsure
        else ""
    )
    return f"{count(found.count, 'row')}, {count(calls, 'call')}{unsure}"


def _selection(console: Console, observing: Observing, account: Account) -> Selection:
    """What --where means; what is wrong with it is told, and is a mistake of usage."""
    from reconciler.config import InvalidConfig, selection  # noqa: PLC0415

    try:
        return selection(observing.source, observing.where, account.zone)
    except InvalidConfig as invalid:
        show(console, invalid.findings)
        raise click.exceptions.Exit(Exit.USAGE) from None


def _require_channel(account: Account, source: str) -> None:
    vendor = source.partition(".")[0]
    if vendor not in account.channels:
        where = f"{vendor}: {{chave: {{env: {vendor.upper()}_API_KEY}}}}"
        raise click.UsageError(f"account {account.name} has no {vendor}: add {where} to it in reconciler.yaml")


def _asked(lines: Lines, source: str, chosen: Selection) -> Iterable[Observation]:
    from reconciler.engine.check import UnreadableError  # noqa: PLC0415

    try:
        return lines.read(source, chosen.where)
    except UnreadableError as unreadable:
        raise click.UsageError(str(unreadable)) from None


def _texts(
    console: Console, style: str, found: Iterable[Observation], about: tuple[Observing, Account]
) -> Iterator[str]:
    """The rows as they are to be written."""
    from reconciler.providers.sources import SOURCES  # noqa: PLC0415
    from reconciler.report.observed import Form, columns_of, csv_lines, json_lines, table_lines  # noqa: PLC0415
    from reconciler.report.shading import Shade  # noqa: PLC0415

    observing, account = about
    source = SOURCES[observing.source]
    salt = None if observing.show_contacts else secrets.token_bytes(16)
    shade = Shade(frozenset(source.kinds), source.personal, not source.bulk, salt)
    form = Form(observing.source, account.zone, shade, tuple(source.kinds))
    if style == "json":
        return json_lines(found, form)
    if style == "csv":
        return csv_lines(found, form)
    columns, left = columns_of(observing.source, max(shutil.get_terminal_size((_COLUMNS, 24)).columns, _NARROWEST))
    if left:
        console.say(f"no room for {', '.join(left)}: a wider terminal has it, and --format json has every field")
    return table_lines(found, form, columns)


def _write(console: Console, texts: Iterable[str]) -> None:
    """To a file as a whole, once all has come; else row by row, as it comes."""
    if console.out is not None:
        console.lines(console.out, texts)
        return
    for text in texts:
        console.data(text)
