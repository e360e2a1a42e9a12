"""How Criaenvio says no, and what can go wrong between several of its answers. Pure."""

from __future__ import annotations

from reconciler.transport import Failure, Refusal

MISSING = "01-"
"""How the code of "does not exist" begins: `01-NAO-ENCONTRADO` (reference, every 404)."""


def refusal(document: dict[str, object]) -> Refusal | None:
    """The vendor's own error in an answer's JSON, `{"error": {"code", "http_code", "message"}}`, or None.

    `http_code` is not read: the reference itself shows 404 in the body of 400 answers.
    """
    error = document.get("error")
    if not isinstance(error, dict):
        return None
    code, message = _text(error.get("code")), _text(error.get("message"))
    return Refusal(code, message, missing=code.startswith(MISSING)) if code or message else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class Unstable(Failure):
    """A listing that could not be read whole: it changed, or contradicted itself, each time that it was read."""

    later = True

    def __init__(self, readings: int, flaw: str) -> None:
        super().__init__(
            None, f"a listing was read {readings} times and never whole: {flaw}; try again when nobody is editing"
        )
