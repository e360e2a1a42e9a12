"""GitHub's REST API for one repository: the token stays home, waits are bounded, and nothing is made twice.

Source: https://docs.github.com/rest (version 2022-11-28), of which
using-the-rest-api/best-practices-for-using-the-rest-api and /rate-limits-for-the-rest-api say what a limit looks like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from reconciler.github.answers import at, whole
from reconciler.github.elsewhere import elsewhere, fetched
from reconciler.github.errors import GitHubError, UnknownOutcomeError
from reconciler.github.limits import wait_of
from reconciler.github.refusals import refusal
from reconciler.github.wire import Answer, BrokenError, NotSentError, Wire
from reconciler.transport import Clock, Origin

API_VERSION: Final = "2022-11-28"
_NEXT: Final = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')
_PAGES: Final = 100
_PAGE: Final = 100
_ATTEMPTS: Final = 6
_DEADLINE: Final = 20.0
_FIRST_WAIT: Final = 0.5
_ELSEWHERE: Final = (302, 307)
_DOWNLOADS: Final = 3
_DOWNLOAD: Final = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls go: the API's address, `owner/name` of the repository, and the token, which no text of it shows."""

    api: Origin
    repository: str
    token: str = field(repr=False)


class Client:
    """Calls about one repository. All of them together take `patience` seconds at most, waits included."""

    def __init__(self, place: Place, clock: Clock, patience: float) -> None:
        self._place, self._clock = place, clock
        self._until = clock.monotonic() + patience
        self._wire = Wire(place.api, clock, _DEADLINE)

    @property
    def repository(self) -> str:
        """`owner/name`."""
        return self._place.repository

    def close(self) -> None:
        """Close every connection."""
        self._wire.close()

    def get(self, path: str, **query: str) -> object:
        """What stands at a path behind the repository. Raises GitHubError."""
        return _json(self._call("GET", self._url(path, query)))

    def rows(self, path: str, name: str = "", **query: str) -> Iterator[Mapping[str, Any]]:
        """Every row of a list, page after page; `name` is where it stands in an answer that is no list itself.

        Raises GitHubError.
        """
        url = self._url(path, {"per_page": str(_PAGE), **query})
        for _ in range(_PAGES):
            answer = self._call("GET", url)
            found = at(_json(answer), name) if name else _json(answer)
            if not isinstance(found, list):
                raise GitHubError(f"GET {self._shown(url)}: GitHub answered no list")
            yield from (row for row in found if isinstance(row, dict))
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return
            url = self._at_home(following[1])
        raise GitHubError(f"GET {self._shown(url)}: the list has more than {_PAGES} pages")

    def change(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> object:
        """A call that may be made twice and means the same. Raises GitHubError."""
        return _json(self._call(method, self._url(path, {}), body))

    def create(
        self, path: str, body: Mapping[str, Any], find: Callable[[], Mapping[str, Any] | None]
    ) -> Mapping[str, Any]:
        """A call that makes something new with each time: where its outcome is unknown, `find` looks for it first.

        Raises GitHubError.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._posted(path, body)
            except UnknownOutcomeError as error:
                self._wait(_backoff(attempt), str(error))
            made = find()
            if made is not None:
                return made
        return self._posted(path, body)

    def download(self, path: str, cap: int) -> bytes:
        """A file of at most `cap` bytes, which GitHub keeps elsewhere: the token does not go there. Raises GitHubError.

        GitHub answers with an address that is good for a minute; each try asks for one of its own.
        """
        url, told = self._url(path, {}), ""
        for attempt in range(1, _DOWNLOADS + 1):
            answer = self._call("GET", url, moved=_ELSEWHERE)
            place = elsewhere(answer.headers.get("location", ""), self._place.api)
            try:
                found = fetched(place, self._clock, min(self._left(), _DOWNLOAD), cap)
            except (NotSentError, BrokenError) as error:
                told = str(error)
            else:
                if found.status == 200:
                    return found.body
                told = f"the storage answered {found.status}"
            if attempt < _DOWNLOADS:
                self._wait(_backoff(attempt), f"GET {self._shown(url)}: {told}")
        raise GitHubError(f"GET {self._shown(url)}: {told}, {_DOWNLOADS} times", later=True)

    def _posted(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        found = _json(self._call("POST", self._url(path, {}), body, once=True))
        if not isinstance(found, dict) or whole(found, "id") is None:
            raise UnknownOutcomeError(f"POST /repos/{self.repository}/{path}: GitHub does not say what was made")
        return found

    def _call(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        once: bool = False,
        moved: Collection[int] = (),
    ) -> Answer:
        """One call, repeated where that is safe: if it did not arrive or was held back, else unless it is made `once`.

        Redirections are refused, but for the statuses in `moved`, which are returned.
        """
        shown = f"{method} {self._shown(url)}"
        for attempt in range(1, _ATTEMPTS + 1):
            wait, why, unknown = _backoff(attempt), "", False
            try:
                answer = self._send(method, url, body)
            except NotSentError as error:
                why = str(error)
            except BrokenError as error:
                why, unknown = str(error), True
            else:
                limit = wait_of(answer, self._clock.now().timestamp())
                if limit is None and answer.status < 500:
                    if answer.status >= 300 and answer.status not in moved:
                        raise refusal(shown, answer)
                    return answer
                unknown = limit is None
                why = f"GitHub answered {answer.status}" if unknown else "GitHub's rate limit is used up"
                wait = wait if limit is None else limit
            if unknown and once:
                raise UnknownOutcomeError(f"{shown}: {why}")
            if attempt == _ATTEMPTS:
                break
            self._wait(wait, f"{shown}: {why}")
        raise GitHubError(f"{shown}: {why}, {_ATTEMPTS} times", later=True)

    def _send(self, method: str, url: str, body: Mapping[str, Any] | None) -> Answer:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._place.token}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        answer = self._wire.send(self._wire.request(method, url, headers, content), seconds=max(self._left(), 0.1))
        if answer.status < 300:
            _json(answer)  # an answer that is cut, or is a web page, is none
        return answer

    def _wait(self, seconds: float, why: str) -> None:
        if seconds > self._left():
            raise GitHubError(f"{why}; waiting {seconds:.0f} s for it is longer than this may take", later=True)
        self._clock.sleep(seconds)

    def _left(self) -> float:
        return self._until - self._clock.monotonic()

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        steps = "/".join(quote(step, safe="") for step in f"repos/{self._place.repository}/{path}".split("/"))
        return f"{self._place.api}/{steps}" + (f"?{urlencode(query)}" if query else "")

    def _at_home(self, url: str) -> str:
        """An address that GitHub named, which is the API's own: the token goes nowhere else. Raises GitHubError."""
        if not url.startswith(f"{self._place.api}/") or not url.isascii() or not url.isprintable() or "\\" in url:
            raise GitHubError("GitHub named a further page at another address, which is not followed")
        return url

    def _shown(self, url: str) -> str:
        return url.removeprefix(str(self._place.api)).partition("?")[0]


def _backoff(attempt: int) -> float:
    return _FIRST_WAIT * 2.0 ** (attempt - 1)


def _json(answer: Answer) -> object:
    """What an answer says; None of an empty one. Raises BrokenError if it is no JSON."""
    if not answer.body:
        return None
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise BrokenError("an answer that is no JSON") from None
