"""`reconciler observe SOURCE`: a raw look at what another channel shows. Reads only."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import click

from reconciler.cli import looking_options, options
from reconciler.cli.console import Console
from reconciler.cli.looking_options import Observing
from reconciler.cli.options import Common
from reconciler.cli.trouble import show, told
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
        from reconciler.cli.opening import account_alone, channels  # noqa: PLC0415  (pydantic, httpx)
        from reconciler.config import unknown_source  # noqa: PLC0415

        if wrong := unknown_source(observing.source):
            raise click.UsageError(wrong)
        account = account_alone(common.root, common.account)
        chosen = _selection(console, observing, account)
        _require_channel(account, observing.source)
        with channels(account, common.root, console, embedded=embedded) as lines:
            found = Found(_asked(lines, observing.source, chosen), chosen)
            _write(console, _texts(console, common.style, islice(found, observing.limit), (observing, account)))
        console.say(found.told(sum(lines.count.values())))


class Found:
    """The objects that are wanted, as they come, and how many of them there were."""

    def __init__(self, observations: Iterable[Observation], chosen: Selection) -> None:
        self._observations = observations
        self._chosen = chosen
        self._unsure = 0
        self._count = 0

    def __iter__(self) -> Iterator[Observation]:
        for each in self._newest() if self._chosen.newest else self._met():
            self._count += 1
            yield each

    def told(self, calls: int) -> str:
        """How much it was."""
        from reconciler.report.words import count  # noqa: PLC0415

        unsure = f"; {count(self._unsure, 'more')} left out: what --where asks is not told of them"
        return f"{count(self._count, 'row')}, {count(calls, 'call')}{unsure if self._unsure else ''}"

    def _met(self) -> Iterator[Observation]:
        for each in self._observations:
            met = self._chosen.where.met(each)
            self._unsure += met is None
            if met:
                yield each

    def _newest(self) -> Iterator[Observation]:
        """The one whose time is the latest, or all of those."""
        latest: datetime | None = None
        found: list[Observation] = []
        for each in self._met():
            value = each.fields.get(self._chosen.newest.field) if self._chosen.newest else None
            if not isinstance(value, datetime):
                continue
            if latest is None or value > latest:
                latest, found = value, []
            if value == latest:
                found.append(each)
        yield from found


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
