"""How a call to GitHub fails, in words that say what to do."""

from __future__ import annotations


class GitHubError(Exception):
    """GitHub did not do what it was asked for. `later` is true if it may, when asked again later."""

    def __init__(self, told: str, *, later: bool = False, status: int | None = None) -> None:
        super().__init__(told)
        self.later = later
        self.status = status


class UnknownOutcomeError(GitHubError):
    """A call may have had its effect: no answer came, or none that says so."""

    def __init__(self, told: str) -> None:
        super().__init__(told, later=True)
