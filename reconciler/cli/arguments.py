"""What options are given, as values: lengths of time, ids of commits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import click

_LENGTH: Final = re.compile(r"(?:[0-9]{1,6}(?:\.[0-9]{1,3})?(?:d|h|min|m|s)){1,4}")
_SHA: Final = re.compile(r"[0-9a-f]{7,64}")
_UNITS: Final = {"d": 86400, "h": 3600, "min": 60, "m": 60, "s": 1}


def duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta | None:
    """A length of time, None if none is given; UsageError if it is no such thing."""
    if value is None:
        return None
    if not _LENGTH.fullmatch(value):
        raise click.BadParameter(f"{value} is no length of time: write 30s, 10min, 2h or 5h30m")
    return timedelta(seconds=sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9.]+)([a-z]+)", value)))


def commit(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A commit's id, None if none is given; UsageError if it is no such thing."""
    if value is not None and not _SHA.fullmatch(value):
        raise click.BadParameter("a commit is named by 7 to 64 of the digits 0 to 9 and a to f")
    return value
