"""How Mindo says no, and what can be wrong with where it sends us. Pure."""

from __future__ import annotations

from reconciler.transport import Endpoint, Failure, Refusal

_WORDED = ("detail", "message", "error")


def refusal(document: dict[str, object]) -> Refusal | None:
    """The reason in an answer's JSON, or None.

    The vendor documents no error. Assumed is what the framework writes whose pages the listing has (`count`, `next`,
    `previous`, `results`: Django REST framework): `{"detail": "…"}`, or the reasons by field, `{"status": ["…"]}`;
    `message` and `error` are read too.
    """
    code = document.get("code")
    for name in _WORDED:
        if reason := _text(document.get(name)):
            return Refusal(_text(code), reason, missing=False)
    reasons = {name: "; ".join(map(_text, value)) for name, value in document.items() if isinstance(value, list)}
    told = "; ".join(f"{name}: {reason}" for name, reason in reasons.items() if reason.strip("; "))
    return Refusal("", told, missing=False) if told else None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


class ForeignAddress(Failure):
    """A listing goes on at an address that is not the API's: not followed, for the key would travel there."""

    def __init__(self, endpoint: Endpoint, shown: str, reason: str) -> None:
        super().__init__(
            endpoint,
            f"its `next` is {shown}: {reason}, so it was not followed and the key stays home; set MINDO_URL if the API "
            "stands elsewhere, or select less, so that it fits on one page",
        )
