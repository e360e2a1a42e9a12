"""An S3-compatible server on loopback, in a process of its own: `python s3_server.py` prints its port.

One request at a time, so that looking at a condition and writing cannot be torn apart. Ends with whoever started it.
"""

from __future__ import annotations

import os
import sys
from threading import Thread

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def main() -> None:
    """Serve until standard input is closed."""

    def end() -> None:
        sys.stdin.read()
        os._exit(0)

    Thread(target=end, daemon=True).start()
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
