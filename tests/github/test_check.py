"""The check run: what was planned for the head, on record, with its annotations, once."""

from __future__ import annotations

import hashlib

import pytest

from tests.github import reports
from tests.github.conftest import Job
from tests.github.fault import lost, unavailable


def checked(job: Job, report: object, *words: str) -> str:
    """One run of the command that succeeds; what it says."""
    ran = job.step("check", job.write("r.json", report), *words)
    assert ran.code == 0, ran.err
    return ran.out.partition(":")[0]


def test_a_plan_is_recorded_with_its_digest_hash_and_artifact(job: Job) -> None:
    """What `reviewed` needs stands in external_id, on the head of the pull request."""
    pull = job.pull()
    path = job.write("natal.plan", "{}\n")
    assert checked(job, reports.plan(), "--plan", path, "--artifact", "123") == "success"
    (made,) = job.repository.checks
    hashed = hashlib.sha256(b"{}\n").hexdigest()
    assert (made.head_sha, made.given["name"]) == (pull.head_sha, "reconciler / acme")
    assert made.given["external_id"] == f"1 sends {reports.DIGEST} {hashed} 123"
    assert made.given["details_url"] == "https://github.example/loja/campanhas/actions/runs/77"
    assert made.given["output"]["title"] == "1 envio para 12 pessoas; sai qui 05/11 09:00"
    assert "| 1 | 12 | 1 | 0 | 0 |" in made.given["output"]["summary"]


@pytest.mark.parametrize(
    ("report", "conclusion", "external"),
    [
        (reports.idle(), "success", "1 same a54f6bcc40130d52-0 - -"),
        (reports.plan(sends=0, actions={"create": 2}), "success", "1 changes a54f6bcc40130d52-0 - -"),
        (reports.blocked(), "action_required", f"1 blocked+sends {reports.DIGEST} - -"),
        (reports.invalid(), "failure", "1 invalid - - -"),
        (reports.failed(), "failure", "1 failed - - -"),
    ],
)
def test_the_conclusion_says_how_it_stands(job: Job, report: dict[str, object], conclusion: str, external: str) -> None:
    """Changes or none: success; a person must decide: action_required; invalid or failed: failure."""
    job.pull()
    assert checked(job, report) == conclusion
    assert job.repository.checks[0].given["external_id"] == external


def test_a_run_that_left_no_report_is_a_failure(job: Job) -> None:
    """A run that was killed is on record as that."""
    job.pull()
    ran = job.step("check", str(job.folder / "none.json"), "--account", "acme")
    assert ran.code == 0
    assert job.repository.checks[0].given["conclusion"] == "failure"
    assert "before it wrote a report" in job.repository.checks[0].given["output"]["title"]


def test_findings_are_annotations_fifty_a_request(job: Job) -> None:
    """More than fifty take further requests; more than two hundred nobody reads."""
    job.pull()
    checked(job, reports.invalid(count=230))
    (made,) = job.repository.checks
    assert len(job.github.made("PATCH", "check-runs")) == 3
    assert [each["start_line"] for each in made.annotations] == list(range(1, 201))
    assert made.annotations[0] == {
        "path": "campanha.yaml",
        "start_line": 1,
        "end_line": 1,
        "start_column": 5,
        "end_column": 5,
        "annotation_level": "failure",
        "title": "1: unknown field 'nomes'",
        "message": "a lista has no such field\ndid you mean nome?",
    }


def test_places_are_those_of_the_repository(job: Job) -> None:
    """A workspace in a folder of the repository has its files there."""
    job.pull()
    job.variables(GITHUB_WORKSPACE=str(job.folder))
    (job.folder / "marketing" / "loja").mkdir(parents=True)
    checked(job, reports.blocked(), "-C", "marketing/loja")
    (note,) = job.repository.checks[0].annotations
    assert (note["path"], note["start_line"], note["start_column"]) == ("marketing/loja/campanha.yaml", 3, 5)


def test_an_answer_that_is_lost_makes_no_second_check(job: Job) -> None:
    """The run is found by what it keeps and the run that made it; what never arrived is made again."""
    job.pull()
    job.github.faults.append(lost("POST", "check-runs"))
    checked(job, reports.plan())
    assert len(job.repository.checks) == 1
    job.github.faults.append(unavailable("POST", "check-runs"))
    checked(job, reports.idle())
    assert len(job.repository.checks) == 2


def test_names_have_no_effect_in_the_summary(job: Job) -> None:
    """What a campaign calls its lists is shown as it is: no mention, no link, no HTML."""
    job.pull()
    checked(job, reports.blocked(reason="@maria <img src=x> [a](http://b) | `x`"))
    summary = job.repository.checks[0].given["output"]["summary"]
    assert "`` @maria <img src=x> [a](http://b) | `x` ``" in summary


def test_a_report_of_another_account_is_refused(job: Job) -> None:
    """The report and the option have to agree, and something has to say whose it is."""
    job.pull()
    assert job.step("check", job.write("r.json", reports.plan()), "--account", "beta").code == 64
    assert job.step("check", job.write("r.json", reports.invalid(account=None))).code == 64
    assert job.step("check", job.write("r.json", {"format_version": 2})).code == 64
    assert job.step("check", job.write("r.json", "[1")).code == 64
    assert not job.github.calls


def test_without_permission_it_says_which(job: Job) -> None:
    """A workflow without `checks: write` learns that it lacks it."""
    job.pull()
    job.variables(GITHUB_TOKEN=job.github.token(text="ghs_fraco_fraco", issues="write"))
    ran = job.step("check", job.write("r.json", reports.plan()))
    assert ran.code == 1
    assert "POST /repos/loja/campanhas/check-runs: 403" in ran.err
    assert "checks: write" in ran.err
