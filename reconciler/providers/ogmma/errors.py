"""How Ogmma says no. Pure."""

from __future__ import annotations

from reconciler.transport import Refusal


def refusal(document: dict[str, object]) -> Refusal | None:
    """The vendor's own error in an answer's JSON, `{"message", "code"}` (documented for 401 and 429), or None.

    Also read are several messages in a list, and `error` in place of either: what the documents do not show (400,
    404) may come as the framework behind an API writes it.
    """
    message, code, error = (_line(document.get(name)) for name in ("message", "code", "error"))
    if not (message or code or error):
        return None
    return Refusal(code or (error if message else ""), message or error or code, missing=False)


def _line(value: object) -> str:
    texts = value if isinstance(value, list) else [value]
    return "; ".join(text.strip() for text in texts if isinstance(text, str) and text.strip())
