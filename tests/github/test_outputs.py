"""Outputs and annotations: no network, and nothing that a value or a name can break out of."""

from __future__ import annotations

from pathlib import Path

from tests.github import reports
from tests.github.conftest import Job
from tests.github.test_log import is_command


def test_a_plan_s_figures_are_put_out(job: Job) -> None:
    """Every documented name has a value; a path only where a file is."""
    plan = job.write("natal.plan", "{}")
    actions = {"schedule": 1, "create": 2, "update": 3, "cancel": 1, "deactivate": 2, "adopt": 5}
    report = job.write("r.json", reports.plan(actions=actions))
    assert job.step("outputs", report, "--plan", plan, "--report", "none.html").code == 0
    assert job.outputs() == {
        "changes": "9",
        "digest": reports.DIGEST,
        "creates": "3",
        "updates": "3",
        "deactivations": "3",
        "sends": "1",
        "recipients": "12",
        "failure_reason": "",
        "plan_path": plan,
        "report_path": "",
    }


def test_why_a_run_failed_is_put_out(job: Job) -> None:
    """Of each kind of trouble the reason, in one line; a run that was killed left none."""
    told = {}
    for name, report in {
        "invalid": reports.invalid(count=3),
        "failed": reports.failed(),
        "blocked": reports.blocked(),
        "refused": reports.plan(refusals=[reports.finding("antecedencia_minima: envio.um starts in 5 min")]),
    }.items():
        assert job.step("outputs", job.write("r.json", report)).code == 0
        told[name] = job.outputs()["failure_reason"]
    assert job.step("outputs", "none.json").code == 0
    assert job.outputs()["failure_reason"] == "the run ended before it wrote a report: its log says more"
    assert told == {
        "invalid": "1: unknown field 'nomes' (and 2 more)",
        "failed": "the server at api.exemplo.com.br could not be reached",
        "blocked": "a person must decide: lista.sp: two live lists are called so",
        "refused": "refused by a guard: antecedencia_minima: envio.um starts in 5 min",
    }


def test_no_value_ends_its_own_output(job: Job) -> None:
    """Whatever stands in a value, even what others chose to stand there, is that value's."""
    report = reports.failed() | {"message": "a\nreconciler_\nEOF\ndigest<<EOF\n0000-0\nEOF"}
    assert job.step("outputs", job.write("r.json", report)).code == 0
    found = job.outputs()
    assert found["digest"] == ""
    assert found["failure_reason"] == r"a\nreconciler_\nEOF\ndigest<<EOF\n0000-0\nEOF"


def test_findings_are_commands_with_every_sign_escaped(job: Job) -> None:
    """A finding stands beside its line, and nothing in it ends the command or begins another."""
    hostile = reports.finding("100%: a,b\r\n::error file=x::y")
    report = reports.invalid() | {"findings": [hostile, reports.finding("b", severity="warning")]}
    ran = job.step("annotate", job.write("r.json", report))
    assert ran.out.splitlines() == [
        (
            "::error file=campanha.yaml,line=3,col=5,title=100%25%3A a%2Cb\\r\\n%3A%3Aerror file=x%3A%3Ay"
            "::a lista has no such field%0Adid you mean nome?"
        ),
        "::warning file=campanha.yaml,line=3,col=5,title=b::a lista has no such field%0Adid you mean nome?",
    ]


def test_what_github_would_drop_is_counted(job: Job) -> None:
    """Of a step ten errors are shown: the tenth says how many there are besides."""
    ran = job.step("annotate", job.write("r.json", reports.invalid(count=12)))
    lines = ran.out.splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::error title=3 more errors::the report has all of them"


def test_places_are_those_of_the_repository(job: Job, tmp_path: Path) -> None:
    """A workspace in a folder has its files there; outside of the repository there are no places."""
    (tmp_path / "repo" / "loja").mkdir(parents=True)
    report = job.write("r.json", reports.invalid())
    job.variables(GITHUB_WORKSPACE=str(tmp_path / "repo"))
    assert "file=loja/campanha.yaml," in job.step("annotate", report, "-C", "repo/loja").out
    assert "file=" not in job.step("annotate", report, "-C", str(tmp_path)).out


def test_a_run_without_report_annotates_nothing(job: Job) -> None:
    """Nothing is known of any line."""
    assert job.step("annotate", "none.json").out == ""


def test_nothing_but_annotations_is_a_command(job: Job) -> None:
    """What the other commands print of a hostile report is none (in a process of its own, the log filters it)."""
    report = reports.failed() | {"message": "::error::x"}
    ran = job.step("outputs", job.write("r.json", report))
    assert not any(map(is_command, ran.out.splitlines()))
