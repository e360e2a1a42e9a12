"""`reconciler stop`: the kill switch. Works with campaign files in any state, and with a ledger in any state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.options import Common, Stopping
from reconciler.cli.trouble import told
from reconciler.engine.model import Address
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command()
@options.common
@options.stopping
@options.simulated
def command(common: Common, stopping: Stopping, embedded: bool) -> None:
    """Stop sends now: cancel what has not begun, pause what is going out, the earliest start first.

    Asks nothing, needs no valid campaign files, and waits for no other run. Ours is what the ledger knows. Without a
    ledger to rely on it is what the campaign files declare, and whatever else is going on is listed. Exits 6 when a
    send could not be stopped, or when one goes on of which nobody knows whose it is.
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.app import bench_of  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.cli.known import known  # noqa: PLC0415
        from reconciler.cli.opening import chosen_to_stop, reach  # noqa: PLC0415
        from reconciler.cli.showing import show_stopped  # noqa: PLC0415
        from reconciler.providers.criaenvio.envios.ours import others  # noqa: PLC0415
        from reconciler.providers.criaenvio.envios.switch import WAYS, switch_off  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        if stopping.everything == bool(stopping.addresses or stopping.live_ids):
            raise click.UsageError("say which: addresses such as envio.natal, --id ID, or --all")
        wanted = chosen_to_stop(common.root, common.account, console)
        with reach(wanted, common.root, console, embedded=embedded) as way, way.client(wanted, Access.WRITE) as client:
            ours = known(common.root, wanted, client, way, console)
            bench = bench_of(wanted, client, way)
            stopped = tuple(switch_off(bench, _chosen(ours.sends, stopping), WAYS[stopping.how]))
            strange = () if ours.certain else others(bench, ours.sends.keys() | set(stopping.live_ids))
        show_stopped(console, (stopped, strange), wanted.zone, common.style)
        raise click.exceptions.Exit(Exit.PARTLY if strange or any(item.problem for item in stopped) else Exit.OK)


def _chosen(ours: Mapping[str, Address], stopping: Stopping) -> Mapping[str, Address]:
    """The sends that were named, or all that are ours. With an address that nobody knows nothing is called."""
    addresses = sorted(map(str, ours.values()))
    unknown = sorted(set(stopping.addresses) - set(addresses))
    if unknown:
        there = f"known are: {', '.join(addresses)}" if addresses else "none is"
        raise click.UsageError(f"no live send of {', '.join(unknown)} is known; {there} (--id stops any by its id)")
    if stopping.everything:
        return ours
    named = {live_id: ours.get(live_id, Address("envio", live_id)) for live_id in stopping.live_ids}
    return named | {live_id: address for live_id, address in ours.items() if str(address) in stopping.addresses}
