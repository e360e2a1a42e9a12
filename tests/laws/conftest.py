"""How long the laws are tried: `HYPOTHESIS_PROFILE=deep` for a long run, a few seconds each by default."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "database": None,
    "report_multiple_bugs": False,
}
settings.register_profile("default", max_examples=40, derandomize=True, **_COMMON)
settings.register_profile("wide", max_examples=300, print_blob=True, **_COMMON)
settings.register_profile("deep", max_examples=2000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
