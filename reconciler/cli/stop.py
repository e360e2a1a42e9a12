"""`reconciler stop`: the kill switch. Works with campaign files in any state, from the ledger and the account alone."""

from __future__ import annotations

from collections.abc import Mapping

import click

from reconciler.cli import options
from reconciler.cli.options import Common
from reconciler.cli.trouble import told
from reconciler.engine.model import Address
from reconciler.engine.result import Exit


@click.command()
@click.argument("addresses", nargs=-1, metavar="[envio.KEY]...")
@click.option("--all", "everything", is_flag=True, help="Stop every send of this workspace's ledger.")
@click.option("--pause", "how", flag_value="pause", help="Only pause; a later apply resumes what starts in the future.")
@click.option("--cancel", "how", flag_value="cancel", help="Cancel also what is going out already.")
@click.option("--sandbox", "embedded", is_flag=True, help="Use the simulated account of --sandbox.")
@options.common
def command(common: Common, addresses: tuple[str, ...], everything: bool, how: str | None, embedded: bool) -> None:
    """Stop sends now: cancel what has not begun, pause what is going out, the earliest start first.

    Asks nothing, needs no valid campaign files, and waits for no other run. Exits 6 when a send could not be stopped.
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.app import our_sends, stop_account  # noqa: PLC0415  (pydantic, httpx)
        from reconciler.cli.opening import chosen_to_stop, reach  # noqa: PLC0415
        from reconciler.cli.showing import show_stopped  # noqa: PLC0415
        from reconciler.ledger import read_ledger  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        if everything == bool(addresses):
            raise click.UsageError("say which: addresses such as envio.natal, or --all")
        wanted = chosen_to_stop(common.root, common.account, console)
        with reach(wanted, common.root, console, embedded=embedded) as way, way.client(wanted, Access.WRITE) as client:
            ours = our_sends(read_ledger(way.ledger, account=wanted.name, origin=way.api))
            stopped = stop_account(wanted, client, way, _chosen(ours, addresses), how)
        show_stopped(console, stopped, wanted.zone, common.style)
        raise click.exceptions.Exit(Exit.PARTLY if any(item.problem for item in stopped) else Exit.OK)


def _chosen(ours: Mapping[str, Address], addresses: tuple[str, ...]) -> Mapping[str, Address]:
    """The sends that were named, or all. With one that the ledger does not know nothing is called."""
    known = {str(address) for address in ours.values()}
    strange = sorted(set(addresses) - known)
    if strange:
        raise click.UsageError(
            f"the ledger has no live send of {', '.join(strange)}; it has: {', '.join(sorted(known))}"
        )
    return {live_id: address for live_id, address in ours.items() if not addresses or str(address) in addresses}
