"""What GitHub refuses, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the stand-in
    """An answer that is a refusal."""

    def __init__(self, status: int, message: str, errors: list[Any] | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}
        self.body: dict[str, Any] = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
        if errors is not None:
            self.body["errors"] = errors


def invalid(resource: str, name: str, code: str = "invalid", message: str = "") -> Refusal:
    """A field that is not as it has to be."""
    error = {"resource": resource, "field": name, "code": code} | ({"message": message} if message else {})
    return Refusal(422, "Validation Failed", [error])


def missing() -> Refusal:
    """What is not there, or may not be seen."""
    return Refusal(404, "Not Found")


def text(given: Mapping[str, Any], name: str, resource: str, *, most: int, least: int = 0) -> str:
    """A field that is a text of so many characters."""
    value = given.get(name)
    if not isinstance(value, str):
        raise invalid(resource, name, "missing_field" if value is None else "invalid")
    if not least <= len(value) <= most:
        raise invalid(resource, name, "custom", f"{name} is too {'short' if len(value) < least else 'long'}")
    return value
