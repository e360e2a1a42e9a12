"""`reconciler sandbox serve`: a simulated account over HTTP, for trying campaigns on and for testing."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event

import click

from reconciler.cli.console import Console
from reconciler.cli.trouble import told
from reconciler.sandbox import NOT_IMITATED, Sandbox


@click.group(name="sandbox")
def command() -> None:
    """Serve a simulated account to try things on."""


@command.command(epilog=NOT_IMITATED)
@click.option("--port", type=click.IntRange(0, 65535), default=8425, show_default=True, help="Of 127.0.0.1; 0: any.")
@click.option(
    "--estado",
    "state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the account in this SQLite file; without it, in memory until the server ends.",
)
@click.option(
    "--semente",
    "seed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What a new account holds (JSON); an --estado that has an account already stays as it is.",
)
def serve(port: int, state: Path | None, seed: Path | None) -> None:
    """Serve one account until interrupted. Point the program at it with the addresses printed, and any keys.

    It can be told to misbehave, and its clock to move, under /_sandbox/: GET /_sandbox/ lists how.
    """
    console = Console()
    with told(console):
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with Sandbox.open(state, seed, port=port) as sandbox:
            console.data(f"CRIAENVIO_URL={sandbox.url}\nOGMMA_URL={sandbox.ogmma_url}\nMINDO_URL={sandbox.mindo_url}")
            while not stop.wait(0.5):
                pass
