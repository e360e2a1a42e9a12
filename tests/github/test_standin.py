"""The stand-in itself: it answers as GitHub's documents say, so that tests against it say something of GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.github.fault import lost, secondary_limit, truncated
from tests.github.standin import GitHub
from tests.github.world import sha

HEADERS = {"X-GitHub-Api-Version": "2022-11-28"}


@pytest.fixture
def client(github: GitHub) -> Iterator[httpx.Client]:
    """Somebody who may do everything."""
    github.repository("loja/campanhas")
    token = github.token(issues="write", pull_requests="write", checks="write", actions="read", contents="read")
    with httpx.Client(base_url=github.url, headers=HEADERS | {"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def test_lists_come_in_pages_that_lead_on_by_the_repository_s_number(github: GitHub, client: httpx.Client) -> None:
    """A page says where the next one is, in another spelling of the same place."""
    loja = github.repositories["loja/campanhas"]
    pull = loja.open_pull(sha("natal"))
    for place in range(3):
        client.post(f"repos/loja/campanhas/issues/{pull.number}/comments", json={"body": f"{place}"})
    first = client.get(f"repos/loja/campanhas/issues/{pull.number}/comments", params={"per_page": 2})
    assert [each["body"] for each in first.json()] == ["0", "1"]
    assert first.links["next"]["url"].startswith(f"{github.url}/repositories/{loja.id}/issues/")
    second = client.get(first.links["next"]["url"])
    assert [each["body"] for each in second.json()] == ["2"]
    assert "next" not in second.links


def test_it_refuses_what_github_refuses(github: GitHub, client: httpx.Client) -> None:
    """Without token, permission, version or user agent, and with fields that are wrong, nothing is done."""
    loja = github.repositories["loja/campanhas"]
    pull = loja.open_pull(sha("natal"))
    path = f"repos/loja/campanhas/issues/{pull.number}/comments"
    assert client.post(path, json={"body": "x"}, headers={"Authorization": "Bearer no"}).status_code == 401
    weak = github.token(contents="read")
    refused = client.post(path, json={"body": "x"}, headers={"Authorization": f"Bearer {weak}"})
    assert refused.status_code == 403
    assert refused.headers["x-accepted-github-permissions"] == "issues=write; pull_requests=write"
    assert client.get(path, headers={"User-Agent": ""}).status_code == 403
    assert client.get(path, headers={"X-GitHub-Api-Version": "1999"}).status_code == 400
    assert client.post(path, json={"body": "x" * 65_537}).status_code == 422
    assert client.post("repos/loja/campanhas/check-runs", json={"name": "a", "head_sha": "no"}).status_code == 422
    assert loja.comments(pull.number) == []


def test_artifacts_are_elsewhere_and_want_no_token(github: GitHub, client: httpx.Client) -> None:
    """The download is a redirect, and whoever follows it with the token is refused."""
    loja = github.repositories["loja/campanhas"]
    made = loja.upload("plano", {"plano.plan": b"{}"}, sha("natal"))
    answer = client.get(f"repos/loja/campanhas/actions/artifacts/{made}/zip")
    assert answer.status_code == 302
    assert httpx.get(answer.headers["Location"]).content == loja.artifacts[made].content
    assert client.get(answer.headers["Location"]).status_code == 400
    loja.artifacts[made].expired = True
    assert client.get(f"repos/loja/campanhas/actions/artifacts/{made}/zip").status_code == 410


def test_faults_befall_the_calls_that_they_are_ordered_for(github: GitHub, client: httpx.Client) -> None:
    """A lost answer has had its effect, a limit none; a fault is used up."""
    loja = github.repositories["loja/campanhas"]
    pull = loja.open_pull(sha("natal"))
    path = f"repos/loja/campanhas/issues/{pull.number}/comments"
    github.faults += [lost("POST", "comments"), truncated("POST", "comments"), secondary_limit("POST", "comments")]
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(path, json={"body": "x"})
    assert client.post(path, json={"body": "x"}).headers["Retry-After"] == "1"
    assert loja.comments(pull.number) == ["x", "x"]
    assert client.post(path, json={"body": "y"}).status_code == 201
