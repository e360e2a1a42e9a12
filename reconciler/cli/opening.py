"""From options and environment to an account that can be called: the workspace, its address, its key, its ledger."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.claim import claim
from reconciler.cli.console import Console
from reconciler.cli.trouble import show
from reconciler.config import (
    LINEAGE_FILE,
    Account,
    InvalidConfig,
    KeyAt,
    Workspace,
    assumed_account,
    load,
    load_accounts,
    load_sends,
    record_lineage,
)
from reconciler.ledger import FileHome, Ledger, State, open_ledger, read_ledger
from reconciler.providers.criaenvio.client import ADDRESS
from reconciler.providers.sources import ADDRESSES, Line, Lines
from reconciler.reach import Reach
from reconciler.transport import Clock, Limits, Ports, SystemClock

if TYPE_CHECKING:
    from reconciler.sandbox import Sandbox

API_VARIABLE = "CRIAENVIO_URL"
CHANNEL_VARIABLES = {"ogmma": "OGMMA_URL", "mindo": "MINDO_URL"}
"""What says where the API of another channel's vendor is, if not at its own address."""
_DEADLINES = 2
"""How long a call to another channel is repeated at most, in deadlines: the rest of the plan waits for it meanwhile."""
SANDBOX = "sandbox"
"""What stands for the API's address, and for its key, where the sandbox is embedded."""


def chosen(root: Path, name: str | None) -> Account:
    """The account that the options mean. Raises InvalidConfig, and UsageError when that is not one."""
    workspace: Workspace = load(root, only=None if name is None else [name], environment=os.environ)
    if name is None and len(workspace.accounts) > 1:
        raise _several(workspace.accounts)
    return next(iter(workspace.accounts.values()))


def chosen_to_look(root: Path, name: str | None) -> Account:
    """The same for a command that only looks at sends and channels: no contacts are read."""
    workspace = load_sends(root, only=None if name is None else [name])
    if name is None and len(workspace.accounts) > 1:
        raise _several(workspace.accounts)
    return next(iter(workspace.accounts.values()))


def chosen_to_stop(root: Path, name: str | None, console: Console) -> Account:
    """The account to stop. reconciler.yaml alone says which; if even that cannot be read, the defaults are taken."""
    try:
        accounts = load_accounts(root)
    except InvalidConfig as invalid:
        show(console, invalid.findings)
        assumed = assumed_account(root, name or "principal")
        console.tell(f"going on as account {assumed.name}, with the key in {assumed.key.env} and {assumed.ledger}")
        return assumed
    return _named(accounts, name)


def account_alone(root: Path, name: str | None) -> Account:
    """The account that the options mean, by reconciler.yaml alone. Raises InvalidConfig, and UsageError."""
    return _named(load_accounts(root), name)


def _named(accounts: Mapping[str, Account], name: str | None) -> Account:
    if name is None and len(accounts) > 1:
        raise _several(accounts)
    if name is not None and name not in accounts:
        raise click.UsageError(f"there is no account {name!r}; the accounts are: {', '.join(sorted(accounts))}")
    return accounts[name] if name is not None else next(iter(accounts.values()))


def _several(names: Iterable[str]) -> click.UsageError:
    listed = ", ".join(sorted(names))
    return click.UsageError(f"the workspace has several accounts ({listed}): choose one with --account")


@contextmanager
def reach(
    account: Account, root: Path, console: Console, *, embedded: bool, clock: Clock | None = None
) -> Iterator[Reach]:
    """How to call the account: the vendor's API (or `CRIAENVIO_URL`) with the account's key, or an embedded sandbox.

    `clock` is this machine's, unless it is one whose waits can be ended from outside.
    """
    time = clock or SystemClock()
    if not embedded:
        address = os.environ.get(API_VARIABLE, "").strip() or ADDRESS
        key = _read_key(account, "criaenvio", account.key)
        console.hide(key)
        with _lines(account, _outside(account, console), time) as lines:
            yield Reach(
                address=address,
                key=key,
                ledger=account.ledger,
                api=address,
                lineage=account.lineage,
                clock=time,
                channels=lines,
            )
        return
    with _simulated(account, root, console) as sandbox:
        ledger = sandbox_ledger(account, root)
        if not ledger.path.exists():  # its salt keys the masks of every report, from the first on
            open_ledger(ledger, account=account.name, origin=SANDBOX).close()
        with _lines(account, _inside(account, sandbox), time) as lines:
            yield Reach(address=sandbox.url, key=SANDBOX, ledger=ledger, api=SANDBOX, clock=time, channels=lines)


@contextmanager
def channels(account: Account, root: Path, console: Console, *, embedded: bool) -> Iterator[Lines]:
    """How the other channels alone are read: neither the key of Criaenvio nor a ledger is needed."""
    if not embedded:
        with _lines(account, _outside(account, console), SystemClock()) as lines:
            yield lines
        return
    with (
        _simulated(account, root, console) as sandbox,
        _lines(account, _inside(account, sandbox), SystemClock()) as lines,
    ):
        yield lines


@contextmanager
def _simulated(account: Account, root: Path, console: Console) -> Iterator[Sandbox]:
    """The account's sandbox, which is kept under .reconciler/sandbox."""
    from reconciler.sandbox import Sandbox  # noqa: PLC0415  (only for those who ask for it)

    home = root.resolve() / ".reconciler" / "sandbox"
    home.mkdir(parents=True, exist_ok=True)
    with Sandbox.open(home / f"{account.name}.sqlite", account.sandbox_seed) as sandbox:
        console.say(f"sandbox: a simulated account at {sandbox.url}", at=1)
        yield sandbox


def _outside(account: Account, console: Console) -> Mapping[str, Line]:
    return {vendor: _line(account, vendor, console) for vendor in account.channels}


def _inside(account: Account, sandbox: Sandbox) -> Mapping[str, Line]:
    lines = {"ogmma": Line(sandbox.ogmma_url, SANDBOX), "mindo": Line(sandbox.mindo_url, SANDBOX)}
    return {vendor: lines[vendor] for vendor in account.channels}


def _lines(account: Account, lines: Mapping[str, Line], clock: Clock) -> Lines:
    deadline = account.deadline.total_seconds()
    return Lines(lines, Limits(deadline, budget=deadline * _DEADLINES), Ports(clock))


def _line(account: Account, vendor: str, console: Console) -> Line:
    """Where another channel's API is, and the account's key to it; a key that is missing stops nothing else."""
    address = os.environ.get(CHANNEL_VARIABLES[vendor], "").strip() or ADDRESSES[vendor]
    try:
        key = _read_key(account, vendor, account.channels[vendor])
    except click.UsageError as missing:
        return Line(address, why=missing.message)
    console.hide(key)
    return Line(address, key)


def sandbox_ledger(account: Account, root: Path) -> FileHome:
    """Where the embedded sandbox's ledger lives: beside its state, whatever reconciler.yaml says of the real one."""
    return FileHome(root.resolve() / ".reconciler" / "sandbox" / f"{account.name}.json")


def remembered(way: Reach, account: Account, console: Console) -> State:
    """What the account's ledger remembers, for a command that writes nothing. Raises LedgerError."""
    memory = read_ledger(way.ledger, account=account.name, origin=way.api, lineage=way.lineage)
    show(console, memory.findings)
    return memory


@contextmanager
def held(way: Reach, account: Account, root: Path, console: Console, patience: timedelta) -> Iterator[Ledger]:
    """The account's ledger, open for writing once nobody else writes it. Raises LedgerError, LedgerBusyError.

    A workspace that does not know it yet gets to know it, unless it is that of the embedded sandbox.
    """
    mine = claim(account, console, patience)
    with open_ledger(way.ledger, account=account.name, origin=way.api, lineage=way.lineage, claim=mine) as ledger:
        show(console, ledger.findings)
        if way.lineage is None and ledger.lineage is not None and way.api != SANDBOX:
            note_lineage(root, account.name, ledger.lineage, console)
        yield ledger


def note_lineage(root: Path, account: str, lineage: str, console: Console) -> None:
    """Write down in the workspace which ledger the account has now, and ask for it to be committed."""
    try:
        record_lineage(root, account, lineage)
    except (OSError, UnicodeError) as error:
        console.tell(
            f"{LINEAGE_FILE} could not be written ({type(error).__name__}): add the line `{account} {lineage}`"
        )
    else:
        console.tell(f"{LINEAGE_FILE} now says which ledger {account} has: commit it, so that a lost one is noticed")


def _read_key(account: Account, vendor: str, where: KeyAt) -> str:
    """A key of the account, from where reconciler.yaml says. Raises UsageError, of which its text is never a part."""
    if where.file is not None:
        try:
            return where.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise click.UsageError(f"the key file {where.file} cannot be read: {type(error).__name__}") from None
    name = where.env or ""
    key = os.environ.get(name, "").strip()
    if not key:
        raise click.UsageError(
            f"the variable {name} is not set: put the key of account {account.name} there "
            f"(reconciler.yaml, contas.{account.name}.{vendor}.chave), or try --sandbox"
        )
    return key
