"""What GitHub refuses, in words: what was asked, what it answered, what is missing, and what to do. Pure."""

from __future__ import annotations

import json
from typing import Final

from reconciler.github.answers import rows, text
from reconciler.github.errors import GitHubError
from reconciler.github.wire import Answer
from reconciler.report.words import shortened

_TOLD: Final = 300
_REMEDIES: Final = {
    401: "the token is none that GitHub knows, or its time is over: GITHUB_TOKEN is good for one job only",
    404: "it is not there, or the token may not see it",
    410: "it is not there any more",
}


def refusal(call: str, answer: Answer) -> GitHubError:
    """The error that says why a call was refused."""
    told = [f"{call}: {answer.status} {_message(answer)}".rstrip()]
    wanted = answer.headers.get("x-accepted-github-permissions", "")
    if answer.status in (403, 404) and wanted:
        told.append(f"the token needs {_permissions(wanted)}: say so under permissions of the job")
        told.append("of a pull request from a fork the token may only read")
    elif answer.status in _REMEDIES:
        told.append(_REMEDIES[answer.status])
    elif 300 <= answer.status < 400:
        told.append("GitHub names another address, to which no token goes: has the repository got another name?")
    return GitHubError("; ".join(told), status=answer.status)


def _message(answer: Answer) -> str:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    details = [
        " ".join(filter(None, (text(each, "field"), text(each, "message") or text(each, "code"))))
        for each in rows(found, "errors")
    ]
    return shortened(": ".join(filter(None, (text(found, "message"), ", ".join(filter(None, details))))), _TOLD)


def _permissions(wanted: str) -> str:
    """`issues=write; pull_requests=write` (either will do) as a workflow's file has it."""
    ways = (way.strip().replace("_", "-").replace("=", ": ") for way in wanted.split(";"))
    return shortened(" or ".join(filter(None, ways)), _TOLD)
