"""From a merged commit back to the plan that was reviewed: only what a workflow recorded for that head counts."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from tests.github import reports
from tests.github.conftest import Job
from tests.github.fault import Fault, answered, lost, truncated, unavailable
from tests.github.world import BOT, CheckRun, Comment, Pull, sha, zipped

PLAN = b'{"format_version": 1, "plan": "natal"}\n'
HASH = hashlib.sha256(PLAN).hexdigest()


def planned(job: Job, pull: Pull, *, account: str = "acme", artifact: int | None = None) -> int:
    """The pull request's workflow: the saved plan is uploaded, and recorded; the artifact's id."""
    job.about(pull)
    made = job.repository.upload("plano", {"natal.plan": PLAN}, pull.head_sha) if artifact is None else artifact
    path = job.folder / "natal.plan"
    path.write_bytes(PLAN)
    report = job.write("r.json", reports.plan(account))
    assert job.step("check", report, "--plan", str(path), "--artifact", str(made)).code == 0
    return made


def merged(job: Job, pull: Pull, *, parents: tuple[str, ...] | None = None) -> None:
    """The pull request is merged, and main's own workflow runs."""
    at = job.repository.merge(pull, sha(f"merge {pull.number}"), parents=parents)
    job.variables(GITHUB_SHA=at, GITHUB_REF="refs/heads/main", GITHUB_EVENT_PATH=job.write("event.json", {}))


def found(job: Job, *, account: str = "acme") -> dict[str, str]:
    """The outputs of `reviewed`, and the file that it writes, or none."""
    path = job.folder / "reviewed.plan"
    path.write_bytes(b"left there by somebody")
    ran = job.step("reviewed", "--account", account, "--plan", str(path))
    assert ran.code == 0, ran.err
    outputs = job.outputs()
    if outputs["found"] == "true":
        assert path.read_bytes() == PLAN
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert outputs["reason"] == ""
    else:
        assert not path.exists()
        assert outputs["reason"]
    return outputs


@pytest.fixture
def natal(job: Job) -> Pull:
    """A pull request whose plan is on record."""
    pull = job.pull()
    planned(job, pull)
    return pull


@pytest.mark.parametrize("parents", [None, (sha("main"),), (sha("a"),)], ids=["merge", "squash", "rebase"])
def test_the_reviewed_plan_is_found(job: Job, natal: Pull, parents: tuple[str, ...] | None) -> None:
    """However it was merged, the commit leads to the head that was reviewed, and to its saved plan."""
    merged(job, natal, parents=parents)
    outputs = found(job)
    assert outputs == {"found": "true", "digest": reports.DIGEST, "pull_request": str(natal.number), "reason": ""}
    assert not [call for call in job.github.calls if call.path.startswith("storage") and call.token]


def test_what_was_pushed_after_the_plan_was_not_reviewed(job: Job, natal: Pull) -> None:
    """A head without a plan of its own has none."""
    job.repository.push(natal, sha("later"))
    merged(job, natal)
    outputs = found(job)
    assert (outputs["found"], outputs["digest"]) == ("false", "")
    assert "no plan for acme is on record" in outputs["reason"]


def test_the_newest_plan_counts(job: Job, natal: Pull) -> None:
    """A run again of the plan makes another record; a failure after a success leaves none."""
    planned(job, natal)
    merged(job, natal)
    assert found(job)["found"] == "true"
    job.about(natal)
    assert job.step("check", job.write("r.json", reports.failed())).code == 0
    outputs = found(job)
    assert (outputs["found"], outputs["digest"]) == ("false", "")
    assert "failure" in outputs["reason"]


def test_another_account_s_plan_is_another(job: Job, natal: Pull) -> None:
    """Each account has its own record."""
    merged(job, natal)
    assert found(job, account="beta")["found"] == "false"


def test_a_push_without_a_pull_request_was_not_reviewed(job: Job, natal: Pull) -> None:
    """A commit that nobody reviewed has no plan, even one that stands in a pull request that is still open."""
    for commit in (job.repository.commit(sha("direct"), "0" * 40), natal.head_sha):
        job.variables(GITHUB_SHA=commit, GITHUB_REF="refs/heads/main")
        outputs = found(job)
        assert outputs["pull_request"] == ""
        assert "no pull request was merged into main" in outputs["reason"]


def test_a_pull_request_into_another_branch_does_not_count(job: Job, natal: Pull) -> None:
    """What was merged elsewhere was reviewed for elsewhere."""
    natal.base_ref = "rascunho"
    merged(job, natal)
    assert found(job)["found"] == "false"


def test_of_several_the_one_that_was_merged_counts(job: Job, natal: Pull) -> None:
    """A pull request that came along with another has the same merge commit, whose parent is the other's head."""
    along = job.repository.open_pull(sha("along"))
    merged(job, natal)
    along.merged_at, along.merge_commit_sha = natal.merged_at, natal.merge_commit_sha
    assert found(job)["pull_request"] == str(natal.number)


def test_of_several_that_cannot_be_told_apart_none_counts(job: Job, natal: Pull) -> None:
    """Where nothing decides between them, none is guessed."""
    along = job.repository.open_pull(sha("along"))
    merged(job, natal, parents=("0" * 40,))
    along.merged_at, along.merge_commit_sha = natal.merged_at, natal.merge_commit_sha
    assert found(job)["found"] == "false"


def test_a_record_of_another_app_does_not_count(job: Job, natal: Pull) -> None:
    """Any app may make a check run of that name: only a workflow's own counts, however new the other is."""
    given = job.repository.checks[0].given | {"external_id": f"1 sends ffffffffffffffff-9 {HASH} 7"}
    job.repository.checks.append(CheckRun(job.repository.next_id(), "other-app", natal.head_sha, given))
    merged(job, natal)
    assert found(job)["digest"] == reports.DIGEST


def test_editing_comments_authorises_nothing(job: Job, natal: Pull) -> None:
    """Comments are not read."""
    job.repository.issues[natal.number].comments.append(Comment(1, f"digest {reports.DIGEST}", BOT))
    merged(job, natal)
    before = len(job.github.calls)
    found(job)
    assert not [call for call in job.github.calls[before:] if "comment" in call.path]


@pytest.mark.parametrize("written", ["1 sends", "2 sends a-1 - -", "1 ../x a54f6bcc40130d52-12 - 1", "1 sends x - 1"])
def test_a_record_that_is_none_is_not_believed(job: Job, natal: Pull, written: str) -> None:
    """A record of another format, or a broken one, keeps no plan."""
    job.repository.checks[0].given["external_id"] = written
    merged(job, natal)
    assert "keeps no plan" in found(job)["reason"]


def test_the_check_of_a_job_of_that_name_is_none_of_ours(job: Job, natal: Pull) -> None:
    """GitHub makes a check run for each job itself, which may be called as ours are; it says nothing of a plan."""
    given = job.repository.checks[0].given | {"external_id": "ca395085-040a-526b-2ce8-bdc85f692774"}
    job.repository.checks.append(CheckRun(job.repository.next_id(), "github-actions", natal.head_sha, given))
    merged(job, natal)
    assert found(job)["found"] == "true"


def test_only_the_artifact_is_missing(job: Job, natal: Pull) -> None:
    """Expired, removed, or never kept: the digest is still known."""
    (made,) = job.repository.artifacts.values()
    made.expired = True
    merged(job, natal)
    outputs = found(job)
    assert (outputs["digest"], outputs["reason"]) == (reports.DIGEST, "the artifact with the saved plan has expired")
    job.repository.artifacts.clear()
    outputs = found(job)
    assert (outputs["digest"], outputs["reason"]) == (reports.DIGEST, "the artifact with the saved plan is gone")
    job.repository.checks[0].given["external_id"] = f"1 sends {reports.DIGEST} - -"
    assert found(job)["reason"] == "no saved plan was kept"


def _link() -> bytes:
    into = io.BytesIO()
    entry = zipfile.ZipInfo("natal.plan")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
    return into.getvalue()


def _lying() -> bytes:
    """A zip whose file says that it is small, and is not."""
    content = bytearray(zipped({"natal.plan": bytes(70 * 1024 * 1024)}))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.find(signature) + place
        content[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(content)


POISON: dict[str, Callable[[], bytes]] = {
    "another plan": lambda: zipped({"natal.plan": b"{}"}),
    "two files": lambda: zipped({"natal.plan": PLAN, "b": b""}),
    "no file": lambda: zipped({}),
    "a path": lambda: zipped({"../../natal.plan": PLAN}),
    "an absolute path": lambda: zipped({"/natal.plan": PLAN}),
    "a Windows path": lambda: zipped({"a\\natal.plan": PLAN}),
    "a folder": lambda: zipped({"natal/": b""}),
    "a link": _link,
    "a bomb": lambda: zipped({"natal.plan": bytes(70 * 1024 * 1024)}),
    "a lying bomb": _lying,
    "very many files": lambda: zipped({f"{n}": b"" for n in range(2_000)}),
    "half a zip": lambda: zipped({"natal.plan": PLAN})[:-30],
    "no zip": lambda: b"<html>",
    "nothing": lambda: b"",
    "a damaged zip": lambda: zipped({"natal.plan": PLAN}).replace(b"natal.plan", b"xxxxx.plan", 1),
    "a comment": lambda: zipped({"natal.plan": PLAN})[:-2] + b"\x01\x00x",
}


@pytest.mark.parametrize("poison", POISON)
def test_a_poisoned_artifact_is_not_used(job: Job, natal: Pull, poison: str) -> None:
    """Whatever stands in the artifact's place: the one file with the recorded hash, or none."""
    (made,) = job.repository.artifacts.values()
    made.content = POISON[poison]()
    merged(job, natal)
    outputs = found(job)
    assert (outputs["found"], outputs["digest"]) == ("false", reports.DIGEST)


def test_an_artifact_of_another_head_or_of_a_fork_is_not_used(job: Job, natal: Pull) -> None:
    """The artifact is one that a run of the reviewed head made, in the repository itself."""
    (made,) = job.repository.artifacts.values()
    merged(job, natal)
    made.head_sha = sha("other")
    assert "another commit" in found(job)["reason"]
    made.head_sha, made.head_repository = natal.head_sha, job.repository.id + 1
    assert "fork" in found(job)["reason"]


def test_an_artifact_without_a_zip_is_its_file(job: Job, natal: Pull) -> None:
    """What was uploaded as it is comes as it is; the hash decides."""
    (made,) = job.repository.artifacts.values()
    made.content = PLAN
    merged(job, natal)
    assert found(job)["found"] == "true"


@pytest.mark.parametrize(
    "fault",
    [
        unavailable("GET", "commits/[0-9a-f]+/pulls", times=2),
        lost("GET", "check-runs"),
        truncated("GET", "check-runs"),
        truncated("GET", "actions/artifacts"),
        Fault("GET", "storage", status=503, body=b""),
        lost("GET", "storage"),
    ],
    ids=str,
)
def test_what_passes_is_waited_for(job: Job, natal: Pull, fault: Fault) -> None:
    """A server that stumbles costs time only."""
    merged(job, natal)
    job.github.faults.append(fault)
    assert found(job)["found"] == "true"


HOSTILE: list[Any] = [
    None,
    7,
    "x",
    {},
    {"check_runs": None},
    {"check_runs": [None, 3, {"name": 5, "id": "9", "app": []}]},
    [[[]]],
    {"check_runs": [{"id": True, "name": "reconciler / acme", "app": {"slug": "github-actions"}, "head_sha": 1}]},
]


@pytest.mark.parametrize("body", HOSTILE, ids=str)
def test_answers_of_other_shapes_are_no_records(job: Job, natal: Pull, body: object) -> None:
    """Nothing that GitHub answers is taken for what it is not: told, and nothing is found."""
    merged(job, natal)
    job.github.faults.append(answered("GET", "check-runs", json.dumps(body).encode()))
    ran = job.step("reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan"))
    assert ran.code in (0, 1)
    assert "fault of the program" not in ran.err
    assert not (job.folder / "x.plan").exists()


@pytest.mark.parametrize(
    "address",
    [
        "https://user:pass@127.0.0.1/x",
        "file:///etc/passwd",
        "http://192.0.2.1/x",
        "//evil",
        "https://exemplo.org\\@127.0.0.1/",
        "",
        "x" * 9000,
    ],
)
def test_a_download_from_a_place_that_is_none_is_refused(job: Job, natal: Pull, address: str) -> None:
    """An address with a name in it, of another scheme, or over http to elsewhere, is not asked."""
    merged(job, natal)
    headers = {"Location": address} if address else {}
    job.github.faults.append(answered("GET", "/zip$", b"", status=302, **headers))
    ran = job.step("reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan"))
    assert ran.code == 1
    assert "download" in ran.err


def test_a_further_page_elsewhere_is_not_followed(job: Job, natal: Pull) -> None:
    """The token goes to the API only, wherever GitHub says that the next page is."""
    merged(job, natal)
    link = f'<{job.github.storage}/9/9>; rel="next"'
    job.github.faults.append(answered("GET", "check-runs", b'{"check_runs": []}', Link=link))
    ran = job.step("reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan"))
    assert ran.code == 1
    assert not job.github.made("GET", "storage")


def test_pages_without_end_are_left(job: Job, natal: Pull) -> None:
    """A list that leads on and on is read no further than a hundred pages."""
    merged(job, natal)
    link = f'<{job.github.url}/repositories/{job.repository.id}/commits/{natal.head_sha}/check-runs>; rel="next"'
    endless = answered("GET", "check-runs", b'{"check_runs": []}', Link=link)
    endless.times = 1_000
    job.github.faults.append(endless)
    ran = job.step("reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan"))
    assert (ran.code, "more than 100 pages" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b" " * (33 * 1024 * 1024), {}), (b"\x1f\x8b\x08" + bytes(100), {"Content_Encoding": "gzip"})],
    ids=["large", "compressed"],
)
def test_an_answer_that_could_fill_the_memory_is_not_read(
    job: Job, natal: Pull, body: bytes, headers: dict[str, str]
) -> None:
    """Answers have a cap, and come as they are: no bomb goes off."""
    merged(job, natal)
    job.github.faults.append(answered("GET", "check-runs", body, **headers))
    ran = job.step("reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan"))
    assert (ran.code, "is not read" in ran.err) == (1, True)


def test_an_answer_that_goes_too_deep_is_none(job: Job, natal: Pull) -> None:
    """Brackets without end are no JSON, and asked for again."""
    merged(job, natal)
    job.github.faults.append(answered("GET", "check-runs", b"[" * 200_000))
    assert found(job)["found"] == "true"


def test_it_is_a_push_to_a_branch(job: Job, natal: Pull) -> None:
    """Elsewhere there is nothing to look for."""
    merged(job, natal)
    job.variables(GITHUB_REF="refs/pull/1/merge")
    assert job.step("reviewed", "--account", "acme", "--plan", "x.plan").code == 64
