"""`reconciler snapshot`: the account in a file, with people behind keyed hashes, for plans that need no account."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import offline_options, options
from reconciler.cli.offline_options import Placed
from reconciler.cli.trouble import told


@click.command()
@offline_options.placed
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The file to write; only its owner may read it.",
)
@options.simulated
def command(placed: Placed, out: Path, embedded: bool) -> None:
    """Read the whole account, and write it to a file against which plan --against plans without network or key.

    Nothing of a person stands in it: no address, name, birthday, sex, phone, value or id, but keyed hashes in their
    places. The key is RECONCILER_SNAPSHOT_KEY (32 characters or more); who has it can compare the
    declared contatos with the snapshot. Without it a key is drawn and kept by nobody: contacts are then only counted.
    What the ledger remembers is in the file as well. Messages, senders and names of lists are there as they are.
    """
    console = placed.console()
    console.log()
    with told(console):
        from reconciler.cli.keyed import KEY_VARIABLE, snapshot_key  # noqa: PLC0415
        from reconciler.cli.opening import account_alone, reach, remembered  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.cli.progress import Progress  # noqa: PLC0415
        from reconciler.cli.writing import write_private  # noqa: PLC0415
        from reconciler.offline.file import dump  # noqa: PLC0415
        from reconciler.offline.snapshot import veiled  # noqa: PLC0415
        from reconciler.offline.veil import Veil  # noqa: PLC0415
        from reconciler.report.words import count, number  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        secret = snapshot_key(console)
        wanted = account_alone(placed.root, placed.account)
        with reach(wanted, placed.root, console, embedded=embedded) as way:
            memory = remembered(way, wanted, console)
            veil = Veil.of(secret, memory.identity)
            with (
                way.client(wanted, Access.READ, memory.tempo) as client,
                Progress(console, client).phase("reading the account"),
            ):
                snapshot = veiled(wanted, client, memory, way, veil)
                calls = client.total
        if secret is None:
            console.say(f"{KEY_VARIABLE} is not set: plans against this snapshot count contacts, and compare none")
        data = dump(snapshot, veil.seal)
        write_private(out, data, "the snapshot could not be written")
        console.say(
            f"{out}: {count(len(snapshot.people), 'contact')}, {number(len(data))} bytes, {count(calls, 'call')}"
        )
