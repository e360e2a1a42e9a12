"""What every test relies on: Ctrl-C means something here, also for the processes that tests start.

A job in the background (`&`, `nohup`) begins with SIGINT ignored, and so would whatever it starts.
"""

from __future__ import annotations

import signal
import threading

if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
