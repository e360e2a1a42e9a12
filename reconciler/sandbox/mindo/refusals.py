"""What the Mindo API refuses with, of which its document says nothing. Pure.

These are the errors of Django's REST framework, whose form the listing has (`count`, `next`, `previous`, `results`, the
last slash of the path).
"""

from __future__ import annotations

from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.framing import Request
from reconciler.sandbox.refusal import Refusal


def at_large(assumptions: Assumptions, request: Request, status: int) -> Refusal:
    """401 or 403 for the key, 429, else a failure inside."""
    if status == 401:
        given = "x-api-key" in request.credentials
        text = "Invalid API key." if given else "Authentication credentials were not provided."
        return _detail(403 if assumptions.mindo_chave_errada_403 else 401, text)
    return _detail(status, "Request was throttled." if status == 429 else "Internal server error.")


def wrong_choice(name: str, value: str) -> Refusal:
    """400 for a status that there is not."""
    return _wrong(name, f"Select a valid choice. {value} is not one of the available choices.")


def wrong_number(name: str) -> Refusal:
    """400 for what is no number."""
    return _wrong(name, "Enter a number.")


def wrong_date(name: str) -> Refusal:
    """400 for what is no date, yyyy-mm-dd."""
    return _wrong(name, "Enter a valid date.")


def wrong_page() -> Refusal:
    """404 for a page that there is not."""
    return _detail(404, "Invalid page.")


def missing() -> Refusal:
    """404 for a path that there is not."""
    return _detail(404, "Not found.")


def wrong_method(method: str) -> Refusal:
    """405."""
    return _detail(405, f'Method "{method}" not allowed.')


def moved(address: str) -> Refusal:
    """301 to the path with its last slash."""
    return Refusal(301, {}, (("Location", address),))


def _detail(status: int, text: str) -> Refusal:
    return Refusal(status, {"detail": text})


def _wrong(name: str, text: str) -> Refusal:
    return Refusal(400, {name: [text]})
