"""JSON reports as plan and apply write them, small, for what reads them."""

from __future__ import annotations

from typing import Any

DIGEST = "a54f6bcc40130d52-12"


def plan(
    account: str = "acme", *, sends: int = 1, actions: dict[str, int] | None = None, **more: Any
) -> dict[str, Any]:
    """A plan that schedules one send to twelve people, unless it says otherwise."""
    by_action = {"schedule": sends} if actions is None else actions
    people = 12 if sends else 0
    return {
        "format_version": 1,
        "document": "plan",
        "headline": "1 envio para 12 pessoas; sai qui 05/11 09:00" if sends else "nada a mudar",
        "digest": DIGEST if sends else "a54f6bcc40130d52-0",
        "account": account,
        "summary": {"changes": sum(by_action.values()), "by_action": by_action, "sends": sends, "recipients": people},
        "changes": [],
        "blocked": [],
        "refusals": [],
        "warnings": [],
        **more,
    }


def idle(account: str = "acme") -> dict[str, Any]:
    """A plan with nothing in it."""
    return plan(account, sends=0, actions={"adopt": 3})


def blocked(account: str = "acme", reason: str = "two live lists are called so") -> dict[str, Any]:
    """A plan that a person must decide something of."""
    item = {
        "address": "lista.sp",
        "reason": reason,
        "remedy": "pin one with id:",
        "place": "campanha.yaml:3:5",
        "rule": None,
    }
    return plan(account, blocked=[item])


def invalid(account: str | None = "acme", count: int = 1) -> dict[str, Any]:
    """The trouble of a run whose files were wrong in so many places."""
    findings = [finding(f"{place}: unknown field 'nomes'", line=place) for place in range(1, count + 1)]
    return {
        "format_version": 1,
        "document": "trouble",
        "headline": "a configuração não está certa",
        "account": account,
        "exit_code": 3,
        "message": "",
        "findings": findings,
    }


def failed(account: str | None = "acme") -> dict[str, Any]:
    """The trouble of a run that could not reach the account."""
    told = "the server at api.exemplo.com.br could not be reached"
    return invalid(account) | {"exit_code": 75, "message": told, "headline": "fica para mais tarde", "findings": []}


def finding(summary: str, *, severity: str = "error", line: int = 3) -> dict[str, Any]:
    """One finding, as a run tells it."""
    return {
        "severity": severity,
        "rule": "unknown-key",
        "summary": summary,
        "reason": "a lista has no such field",
        "remedy": "did you mean nome?",
        "file": "campanha.yaml",
        "line": line,
        "column": 5,
    }
