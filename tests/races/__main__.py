"""Hold races between two applies, print how they came out; exit 1 if an effect came twice or not at all.

python -m tests.races --rounds 200                   200 races on each store (about ten minutes on two cores)
python -m tests.races --rounds 10 --store arquivo    some, on one
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence

from tests.crash.nursery import Nursery, warm
from tests.ledger.places import s3_environment, s3_server
from tests.races.place import PLACES
from tests.races.race import Table, Track


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.races", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="races on each store")
    parser.add_argument("--seed", type=int, default=0, help="of the random pauses")
    parser.add_argument("--store", action="append", choices=list(PLACES), help="instead of all of them")
    given = parser.parse_args(arguments)
    stores = given.store or list(PLACES)
    with contextlib.ExitStack() as stack:
        if "objeto" in stores:
            os.environ.update(s3_environment(stack.enter_context(s3_server())))
            import_library()
        warm()
        track, table = Track((Nursery(), Nursery()), given.seed), Table()
        for store in stores:
            for number in range(given.rounds):
                came = track.race(store, number)
                table.came.append(came)
                for words in came.wrong:
                    sys.stderr.write(f"{store} {number}: {words}\n")
    sys.stdout.write(f"{table.markdown()}\n")
    return 1 if any(item.wrong for item in table.came) else 0


def import_library() -> None:
    """What a ledger in an object store needs, so that no child has to import it."""
    import obstore.store  # noqa: F401, PLC0415 - only where it is asked for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
