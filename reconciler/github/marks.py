"""What we write on GitHub carries a first line that nobody sees, by which it is found again. Pure.

Found is only what stands under our own name: whoever copies the line into a text of their own writes something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from reconciler.github.answers import text, whole

BOT: Final = "github-actions[bot]"
"""Whom the token of a workflow acts as."""


def mark(account: str, run: str | None = None) -> str:
    """The first line of what is about an account, or about one sort of its runs.

    It is a comment of HTML, which ends at `-->` only (GFM 4.6).
    """
    about = {"account": account} | ({"run": run} if run else {})
    told = json.dumps(about, ensure_ascii=True).replace(">", "\\u003e")
    return f"<!-- reconciler: {told} -->"


def marked(line: str, body: str) -> str:
    """`body` under the first line by which it is found again."""
    return f"{line}\n{body}"


def ours(found: Iterable[Mapping[str, Any]], line: str, author: str, number: str) -> list[Mapping[str, Any]]:
    """Those under this first line that `author` wrote, oldest first; `number` is the field that counts them.

    A login in square brackets is an app's, and no person can have it; GitHub says so by its type, too.
    """
    kept = [
        each
        for each in found
        if text(each, "user", "login").lower() == author.lower()
        and (text(each, "user", "type") == "Bot" or not author.endswith("[bot]"))
        and first_line(text(each, "body")) == line
        and whole(each, number) is not None
    ]
    return sorted(kept, key=lambda each: whole(each, number) or 0)


def first_line(body: str) -> str:
    """The first line of a text, whose line ends GitHub's screens may have made others."""
    return body.split("\n", 1)[0].rstrip("\r")


def same(one: str, other: str) -> bool:
    """Whether two texts say the same: line ends, and blanks at the end, are GitHub's to change."""
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()
