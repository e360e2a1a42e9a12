"""The issue of drift: one an account, opened, edited, closed, and never twice."""

from __future__ import annotations

from reconciler.github.marks import mark
from tests.github import reports
from tests.github.conftest import Job
from tests.github.fault import lost, truncated
from tests.github.world import BOT, PERSON, Issue

LABEL = "reconciler: drift"


def kept(job: Job, report: object, body: str = "drift\n", *words: str) -> str:
    """One run of the command that succeeds; what it says."""
    ran = job.step("issue", job.write("r.json", report), job.write("r.md", body), *words)
    assert ran.code == 0, ran.err
    return ran.out.split(":")[0].strip()


def test_its_life(job: Job) -> None:
    """Opened when there is drift, edited as it changes, closed with a last comment, and a new one opened then."""
    assert kept(job, reports.idle()) == "issue none"
    assert kept(job, reports.plan()) == "issue opened"
    assert kept(job, reports.plan()) == "issue unchanged"
    assert kept(job, reports.blocked(), "mais\n") == "issue edited"
    (issue,) = job.repository.issues.values()
    assert (issue.title, issue.labels, issue.body) == ("Drift: acme", [LABEL], f"{mark('acme')}\nmais\n")
    assert kept(job, reports.idle()) == "issue closed"
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert "actions/runs/77" in issue.comments[-1].body
    assert kept(job, reports.idle()) == "issue none"
    assert kept(job, reports.plan()) == "issue opened"
    assert len(job.repository.issues) == 2


def test_each_account_has_its_own(job: Job) -> None:
    """One account's drift is not another's."""
    kept(job, reports.plan("acme"))
    kept(job, reports.plan("beta"))
    kept(job, reports.idle("acme"))
    assert [(issue.title, issue.state) for issue in job.repository.issues.values()] == [
        ("Drift: acme", "closed"),
        ("Drift: beta", "open"),
    ]


def test_a_run_that_could_not_tell_leaves_it(job: Job) -> None:
    """Wrong files, an account that cannot be reached, or no report at all say nothing of drift."""
    kept(job, reports.plan())
    before = len(job.github.calls)
    assert kept(job, reports.invalid()) == "issue left as it is"
    assert kept(job, reports.failed()) == "issue left as it is"
    assert job.step("issue", "none.json", "none.md", "--account", "acme").code == 0
    assert len(job.github.calls) == before


def test_issues_of_others_are_not_ours(job: Job) -> None:
    """Whoever opens an issue with our first line and our label keeps it."""
    text = f"{mark('acme')}\nx"
    job.repository.issues[1] = Issue(1, "Drift: acme", text, PERSON, labels=[LABEL])
    kept(job, reports.plan())
    kept(job, reports.idle())
    assert (job.repository.issues[1].state, job.repository.issues[1].body) == ("open", text)
    assert job.repository.issues[2].state == "closed"


def test_of_two_the_oldest_stays(job: Job) -> None:
    """Two runs at once may have opened two: one is closed."""
    for number in (1, 2):
        job.repository.issues[number] = Issue(number, "Drift: acme", f"{mark('acme')}\nx", BOT, labels=[LABEL])
    assert kept(job, reports.plan()) == "issue edited"
    assert [(issue.state, issue.state_reason) for issue in job.repository.issues.values()] == [
        ("open", None),
        ("closed", "not_planned"),
    ]


def test_an_answer_that_is_lost_opens_no_second(job: Job) -> None:
    """A POST that took effect and was not heard of is found again; so is the last comment."""
    job.github.faults += [lost("POST", "issues$"), truncated("POST", "comments")]
    kept(job, reports.plan())
    assert len(job.repository.issues) == 1
    kept(job, reports.idle())
    assert len(job.repository.issues[1].comments) == 1


def test_the_label_is_made_with_its_looks(job: Job) -> None:
    """A repository that never had it gets colour and description."""
    kept(job, reports.plan())
    assert job.repository.labels[LABEL].description == "The account is not as it is declared"
