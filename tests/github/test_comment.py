"""The account's comment: one, ours, and never twice, whatever becomes of a call."""

from __future__ import annotations

import time

from reconciler.github.marks import mark
from tests.github.conftest import Job
from tests.github.fault import answered, lost, primary_limit, secondary_limit, truncated, unavailable
from tests.github.world import BOT, PERSON, Comment, User

BODY = "1 envio para 12 pessoas\n"


def commented(job: Job, body: str = BODY, *words: str) -> str:
    """One run of the command that succeeds; what it says."""
    ran = job.step("comment", job.write("r.md", body), "--account", "acme", *words)
    assert ran.code == 0, ran.err
    return ran.out.split(":")[0]


def test_it_is_created_edited_and_left_alone(job: Job) -> None:
    """The first report makes a comment, a second one edits it, and the same again makes no call that writes."""
    pull = job.pull()
    assert commented(job) == "comment created"
    assert commented(job, "outro\n") == "comment edited"
    before = len(job.github.calls)
    assert commented(job, "outro\n") == "comment unchanged"
    assert [call.method for call in job.github.calls[before:]] == ["GET"]
    assert job.repository.comments(pull.number) == [f"{mark('acme')}\noutro\n"]


def test_each_account_has_its_own(job: Job) -> None:
    """Accounts do not write over one another."""
    pull = job.pull()
    commented(job)
    job.step("comment", job.write("r.md", "b"), "--account", "beta")
    assert len(job.repository.comments(pull.number)) == 2


def test_plans_and_applies_have_their_own(job: Job) -> None:
    """What came of an apply stands below the plan that was reviewed, and not in its place."""
    pull = job.pull()
    commented(job)
    assert commented(job, "feito\n", "--run", "apply") == "comment created"
    assert commented(job, "feito de novo\n", "--run", "apply") == "comment edited"
    first, second = job.repository.comments(pull.number)
    assert (first.split("\n")[0], second) == (mark("acme"), f"{mark('acme', 'apply')}\nfeito de novo\n")


def test_only_what_we_wrote_is_edited(job: Job) -> None:
    """Whoever copies our first line into a comment of theirs keeps it, also under a name like ours."""
    pull = job.pull()
    text = f"{mark('acme')}\nplanned: nothing"
    people = (PERSON, User("github-actions", 7), User("github-actions[bot]", 8, "User"))
    theirs = [Comment(place, text, user) for place, user in enumerate(people, start=1)]
    quoted = Comment(9, f"> {text}", BOT)
    job.repository.issues[pull.number].comments += [*theirs, quoted]
    assert commented(job) == "comment created"
    assert job.repository.comments(pull.number)[:4] == [text, text, text, quoted.body]


def test_another_token_s_author_can_be_named(job: Job) -> None:
    """With --author the comment of that user is the one."""
    pull = job.pull()
    job.repository.issues[pull.number].comments.append(Comment(1, f"{mark('acme')}\nx", PERSON))
    assert commented(job, BODY, "--author", PERSON.login) == "comment edited"
    assert len(job.repository.comments(pull.number)) == 1


def test_of_several_the_newest_is_kept(job: Job) -> None:
    """Two runs at once may have made two: the next one leaves one."""
    pull = job.pull()
    job.repository.issues[pull.number].comments += [Comment(n, f"{mark('acme')}\n{n}", BOT) for n in (1, 2, 3)]
    assert commented(job) == "comment edited (2 older deleted)"
    assert [each.id for each in job.repository.issues[pull.number].comments] == [3]


def test_it_is_found_on_any_page(job: Job) -> None:
    """A long conversation is read to its end."""
    pull = job.pull()
    comments = job.repository.issues[pull.number].comments
    comments += [Comment(n, "conversa", PERSON) for n in range(1, 251)]
    comments.insert(220, Comment(999, f"{mark('acme')}\nx", BOT))
    assert commented(job) == "comment edited"
    assert len(job.github.made("GET", "comments")) == 3


def test_an_answer_that_is_lost_makes_no_second_comment(job: Job) -> None:
    """A POST that took effect and was not heard of is found, whether the answer was lost, cut, or a web page."""
    for place, fault in enumerate(
        (
            lost("POST", "comments"),
            truncated("POST", "comments"),
            unavailable("POST", "comments"),
            answered("POST", "comments", b"<html>", status=200),
        )
    ):
        pull = job.pull(f"natal-{place}")
        fault.effect = True
        job.github.faults.append(fault)
        assert commented(job) == "comment created"
        assert len(job.repository.comments(pull.number)) == 1


def test_what_did_not_take_effect_is_repeated(job: Job) -> None:
    """A server that is down for a moment, and a limit, cost time only."""
    pull = job.pull()
    job.github.faults += [
        unavailable("GET", "comments", times=2),
        unavailable("POST", "comments"),
        secondary_limit("POST", "comments", wait="0"),
    ]
    assert commented(job) == "comment created"
    assert len(job.repository.comments(pull.number)) == 1


def test_an_hourly_limit_is_waited_for(job: Job) -> None:
    """GitHub says until when it is used up."""
    pull = job.pull()
    job.github.faults.append(primary_limit("POST", "comments", reset=int(time.time())))
    assert commented(job) == "comment created"
    assert len(job.repository.comments(pull.number)) == 1


def test_an_answer_that_does_not_say_what_was_made_is_no_answer(job: Job) -> None:
    """Whether it took effect is looked for, as after an answer that was lost."""
    for place, (body, effect) in enumerate(((b"", False), (b"", True), (b"[]", True), (b'{"id": "x"}', False))):
        pull = job.pull(f"natal-{place}")
        fault = answered("POST", "comments", body, status=201)
        fault.effect = effect
        job.github.faults.append(fault)
        assert commented(job) == "comment created"
        assert len(job.repository.comments(pull.number)) == 1


def test_a_limit_that_lasts_ends_the_command_in_time(job: Job) -> None:
    """What cannot be waited for is not: exit 75, and how long it would have been."""
    job.pull()
    job.github.faults.append(secondary_limit("GET", "comments", wait="3600"))
    ran = job.step("comment", job.write("r.md", BODY), "--account", "acme")
    assert ran.code == 75
    assert "rate limit" in ran.err
    assert "3600 s" in ran.err


def test_a_missing_permission_is_named(job: Job) -> None:
    """Refused is told with method, path, status, what is missing, and where to say so."""
    pull = job.pull()
    job.variables(GITHUB_TOKEN=job.github.token(text="ghs_fraco_fraco", contents="read"))
    ran = job.step("comment", job.write("r.md", BODY), "--account", "acme")
    assert ran.code == 1
    assert f"GET /repos/loja/campanhas/issues/{pull.number}/comments: 403" in ran.err
    assert "issues: read or pull-requests: read" in ran.err
    assert "permissions of the job" in ran.err


def test_a_text_that_is_too_long_is_refused_before_any_call(job: Job) -> None:
    """GitHub takes 65,536 characters."""
    job.pull()
    ran = job.step("comment", job.write("r.md", "x" * 65_536), "--account", "acme")
    assert ran.code == 1
    assert "65536" in ran.err
    assert not job.github.calls


def test_the_pull_request_may_be_named(job: Job) -> None:
    """A push has none of its own: --pull-request says it, and without it the command says how."""
    pull = job.repository.open_pull("a" * 40)
    job.variables(GITHUB_EVENT_PATH=job.write("event.json", {"ref": "refs/heads/main"}))
    assert job.step("comment", job.write("r.md", BODY), "--account", "acme").code == 64
    assert commented(job, BODY, "--pull-request", str(pull.number)) == "comment created"
