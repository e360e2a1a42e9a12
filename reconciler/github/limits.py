"""Whether GitHub holds a caller back, and for how long. Pure.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit: 403 or
429 with `retry-after`; or `x-ratelimit-remaining: 0` until `x-ratelimit-reset`; or, of a secondary limit, neither.
"""

from __future__ import annotations

import json
from typing import Final

from reconciler.github.answers import text
from reconciler.github.wire import Answer

_AT_LEAST: Final = 60.0
"""Seconds to wait where GitHub does not say how long ("at least one minute")."""
_LONGEST: Final = 86_400.0


def wait_of(answer: Answer, now: float) -> float | None:
    """Seconds to wait before the call is made again, which had no effect; None where it was not held back.

    `now` is in seconds since 1970.
    """
    if answer.status not in (403, 429):
        return None
    after, reset = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-reset", "")
    if _digits(after):
        return min(float(after), _LONGEST)
    if answer.headers.get("x-ratelimit-remaining") == "0" and _digits(reset):
        return min(max(float(reset) - now, 0.0) + 1.0, _LONGEST)
    if answer.status == 429 or "secondary rate limit" in _message(answer).lower():
        return _AT_LEAST
    return None


def _digits(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= 12


def _message(answer: Answer) -> str:
    try:
        return text(json.loads(answer.body), "message")
    except (ValueError, RecursionError):
        return ""
