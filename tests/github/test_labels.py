"""Labels: what all accounts' checks say together, whoever comes last, and no other label is touched."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.github.labels import BLOCKED, CHANGES, INVALID, SAME, SENDS, wanted
from reconciler.github.report import Standing
from tests.github import reports
from tests.github.conftest import Job
from tests.github.fault import lost, unavailable
from tests.github.world import CheckRun, Label, Pull

CHANGING = reports.plan(sends=0, actions={"create": 1})


def labelled(job: Job, pull: Pull, **accounts: object) -> list[str]:
    """Each account's job records its check and labels; the pull request's labels then."""
    for account, report in accounts.items():
        assert job.step("check", job.write("r.json", report), "--account", account).code == 0
        ran = job.step("labels")
        assert ran.code == 0, ran.err
    return sorted(job.repository.issues[pull.number].labels)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (reports.idle("a"), reports.idle("b"), [SAME]),
        (reports.idle("a"), reports.plan("b"), [SENDS]),
        (CHANGING | {"account": "a"}, reports.plan("b"), [SENDS]),
        (CHANGING | {"account": "a"}, reports.idle("b"), [CHANGES]),
        (reports.blocked("a"), reports.idle("b"), [BLOCKED, SENDS]),
        (reports.invalid("a"), reports.plan("b"), [INVALID, SENDS]),
        (reports.failed("a"), reports.idle("b"), [INVALID]),
    ],
)
def test_they_say_what_all_accounts_say(job: Job, first: object, second: object, expected: list[object]) -> None:
    """What is sent or changed by any of them, and what holds any of them up; in either order."""
    names = [label.name for label in expected]  # type: ignore[attr-defined]
    pull = job.pull("one")
    assert labelled(job, pull, a=first, b=second) == names
    other = job.pull("two")
    assert labelled(job, other, b=second, a=first) == names


def test_they_follow_the_head(job: Job) -> None:
    """A new head has its own checks: what was said of an earlier one is taken off again."""
    pull = job.pull()
    assert labelled(job, pull, acme=reports.plan()) == [SENDS.name]
    job.repository.push(pull, "b" * 40)
    job.about(pull)
    assert labelled(job, pull, acme=reports.idle()) == [SAME.name]


def test_other_labels_stay(job: Job) -> None:
    """What people labelled is theirs, and a label of ours keeps the looks that the repository gave it."""
    pull = job.pull()
    job.repository.labels[SENDS.name] = Label(SENDS.name, "000000", "cuidado")
    job.repository.issues[pull.number].labels += ["urgente", "reconciler: mine", "Reconciler: No Changes"]
    assert labelled(job, pull, acme=reports.plan()) == ["reconciler: mine", SENDS.name, "urgente"]
    assert job.repository.labels[SENDS.name].color == "000000"
    assert not job.github.made("POST", "loja/campanhas/labels")


def test_missing_labels_are_made_with_their_looks(job: Job) -> None:
    """A repository that never had them gets colour and description."""
    pull = job.pull()
    labelled(job, pull, acme=reports.plan())
    made = job.repository.labels[SENDS.name]
    assert (made.color, made.description) == (SENDS.color, SENDS.description)


def test_a_second_time_changes_nothing(job: Job) -> None:
    """What is so already costs reading only."""
    pull = job.pull()
    labelled(job, pull, acme=reports.plan())
    before = len(job.github.calls)
    assert job.step("labels").code == 0
    assert {call.method for call in job.github.calls[before:]} == {"GET"}


def test_a_check_of_another_app_says_nothing(job: Job) -> None:
    """Whoever else makes checks of our name does not label."""
    pull = job.pull()
    labelled(job, pull, acme=reports.idle())
    given = job.repository.checks[0].given | {"external_id": f"1 sends {reports.DIGEST} - -"}
    job.repository.checks.append(CheckRun(job.repository.next_id(), "other-app", pull.head_sha, given))
    job.step("labels")
    assert job.repository.issues[pull.number].labels == [SAME.name]


def test_lost_answers_cost_nothing(job: Job) -> None:
    """Each call may be made twice and means the same."""
    pull = job.pull()
    job.github.faults += [
        lost("POST", "campanhas/labels"),
        lost("POST", "issues/[0-9]+/labels"),
        unavailable("GET", "labels"),
    ]
    assert labelled(job, pull, acme=reports.idle()) == [SAME.name]
    job.github.faults.append(lost("DELETE", "labels"))
    assert labelled(job, pull, acme=reports.plan()) == [SENDS.name]


def test_jobs_side_by_side_end_in_the_right_labels(job: Job) -> None:
    """Five accounts' jobs, at once: whoever comes last, the labels are those of all of them."""
    pull = job.pull()
    kinds = [reports.idle, reports.plan, reports.blocked, reports.idle, reports.invalid]
    files = {f"c{place}": job.write(f"{place}.json", kind(f"c{place}")) for place, kind in enumerate(kinds)}

    def one(account: str) -> int:
        for words in (("check", files[account]), ("labels",)):
            ran = subprocess.run([sys.executable, "-m", "reconciler", "github", *words], check=False, timeout=60)
            assert ran.returncode == 0
        return 0

    with ThreadPoolExecutor(5) as jobs:
        assert list(jobs.map(one, files)) == [0] * 5
    assert sorted(job.repository.issues[pull.number].labels) == [BLOCKED.name, INVALID.name, SENDS.name]


@given(st.sets(st.sampled_from(Standing)))
def test_one_label_at_most_says_what_is_done(standings: set[Standing]) -> None:
    """Sends, changes and no changes exclude one another; nothing is called unchanged that is not known to be."""
    found = wanted(standings)
    assert len(found & {SENDS, CHANGES, SAME}) <= 1
    assert (SAME in found) == (standings == {Standing.SAME})
    assert (BLOCKED in found) == (Standing.BLOCKED in standings)
