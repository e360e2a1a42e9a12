"""What every test relies on: Ctrl-C means something, also in processes that tests start, and hypothesis times nothing.

A job in the background (`&`, `nohup`) begins with SIGINT ignored, and so would whatever it starts. On a machine that
others use as well, hypothesis would take a pause of the scheduler for a slow test.
"""

from __future__ import annotations

import signal
import threading

from hypothesis import HealthCheck, settings

if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
