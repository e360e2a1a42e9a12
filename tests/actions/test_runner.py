"""The runner itself, on small workflows: what it holds for an error, and what reaches whom, are GitHub's rules."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.actions.errors import WorkflowError
from tests.actions.runs import PIN, TOOL, Run, Runner
from tests.actions.town import Town

_CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"


@pytest.fixture
def runner(town: Town, tmp_path: Path) -> Runner:
    """A runner whose reusable workflows are the test's own."""
    return Runner(town, tmp_path / "own", tmp_path / "machines")


def called(runner: Runner, jobs: str, event: dict[str, Any] | None = None, permissions: str = "contents: read") -> Run:
    """Run these jobs as those of a reusable workflow, called on a push to main."""
    folder = runner.tool / ".github/workflows"
    folder.mkdir(parents=True, exist_ok=True)
    head = "on: {workflow_call: {inputs: {said: {type: string, default: ''}}, secrets: {KEY: {required: false}}}}\n"
    text = f"{head}permissions: {{}}\njobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}"
    (folder / "own.yml").write_text(text, encoding="utf-8")
    caller = runner.scratch.parent / "caller.yml"
    caller.write_text(
        f"name: caller\non: {{push: , pull_request: }}\njobs:\n  own:\n    permissions: {{{permissions}}}\n"
        f"    uses: {TOOL}/.github/workflows/own.yml@{PIN}\n    secrets: {{KEY: '${{{{ secrets.KEY }}}}'}}\n",
        encoding="utf-8",
    )
    return runner.run(caller, event or runner.town.push_main({"a.txt": "a"}))


def _job(steps: str, more: str = "") -> str:
    return (
        f"one:\n  runs-on: ubuntu-24.04\n  timeout-minutes: 5\n{textwrap.indent(textwrap.dedent(more), '  ')}"
        f"  steps:\n{textwrap.indent(textwrap.dedent(steps), '    ')}"
    )


def test_files_and_outputs(runner: Runner) -> None:
    """Outputs, variables and summaries pass through the files; a value that ends a heredoc early is none of ours."""
    run = called(
        runner,
        _job(
            """\
            - id: a
              run: |
                echo "x=1" >> "$GITHUB_OUTPUT"
                printf 'y<<E\\n1\\n2\\nE\\n' >> "$GITHUB_OUTPUT"
                echo "NAME=value" >> "$GITHUB_ENV"
                echo "# told" >> "$GITHUB_STEP_SUMMARY"
            - name: second
              env: {Y: "${{ steps.a.outputs.y }}"}
              run: echo "$Y$NAME" && exit 3
            - if: always()
              run: echo always
            - run: echo never
            """,
            "outputs: {x: '${{ steps.a.outputs.x }}'}\n",
        ),
    )
    job = run.job("one")
    assert (job.outputs, job.result, job.summary) == ({"x": "1"}, "failure", "# told\n")
    assert job.step("second").lines[:2] == ["1", "2value"]
    assert [step.outcome for step in job.steps] == ["success", "failure", "success", "skipped"]


def test_commands_are_carried_out_unless_stopped(runner: Runner) -> None:
    """A line that begins with :: annotates wherever it comes from, and is text within stop-commands."""
    run = called(
        runner,
        _job(
            """\
            - run: |
                echo '  ::error file=a.txt,line=3::bad%0Aworse'
                echo '::stop-commands::w0rd'
                echo '::error::not this one'
                echo '::w0rd::'
                echo '::warning::this one'
            """
        ),
    )
    found = [(each.level, each.message) for each in run.job("one").annotations]
    assert found == [("error", "bad\nworse"), ("warning", "this one")]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("- run: echo ${{ inputs.said }}\n", "an expression stands in a script"),
        ("- run: echo '::set-output name=a::b'\n", "set-output"),
        (f"- uses: {_CHECKOUT}\n  with: {{depth: 1}}\n", "depth is not understood"),
        ("- uses: actions/checkout@v4\n", "not pinned"),
        ("- run: true\n  shel: bash\n", "shel is not understood"),
        ("- if: steps.a.outcome == 'success'\n  run: true\n", "there is no steps.a"),
        ("- run: true\n  env: {A: '${{ secrets.OTHER }}'}\n", "there is no secrets.OTHER"),
    ],
)
def test_refused(runner: Runner, steps: str, told: str) -> None:
    """What GitHub would refuse, or silently take for nothing, ends the run with an error."""
    with pytest.raises(WorkflowError, match=told):
        called(runner, _job(steps))


def test_permissions_are_the_callers_at_most(runner: Runner) -> None:
    """A job that asks for more than its caller grants is refused before it begins."""
    with pytest.raises(WorkflowError, match="issues: write"):
        called(runner, _job("- run: true\n", "permissions: {issues: write}\n"))


def test_git_takes_only_what_the_token_may(runner: Runner) -> None:
    """A checkout needs contents: read, and leaves no credential when told so; a push with such a token is refused."""
    push = f"""\
        - uses: {_CHECKOUT}
          with: {{persist-credentials: false, fetch-depth: 0}}
        - env: {{TOKEN: "${{{{ github.token }}}}"}}
          run: |
            ! grep -q basic .git/config
            git rev-parse HEAD
            header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w0)"
            git -c http.extraheader="$header" push -q origin HEAD:refs/reconciler/x
        """
    refused = called(runner, _job(push, "permissions: {contents: read}\n"), permissions="contents: write")
    assert refused.conclusion == "failure"
    assert runner.town.ref("refs/reconciler/x") is None
    assert any(each.startswith("403") for each in runner.town.forge.refused)
    pushed = called(runner, _job(push, "permissions: {contents: write}\n"), permissions="contents: write")
    assert pushed.conclusion == "success"
    assert runner.town.ref("refs/reconciler/x") is not None
    nothing = called(runner, _job(push), permissions="contents: write")
    assert nothing.job("one").steps[0].outcome == "failure"


def test_secrets_are_the_environments_and_no_forks(runner: Runner) -> None:
    """A job in an environment gets that one's secret for the one that is handed on; a fork's gets none."""
    steps = "- name: said\n  env: {KEY: '${{ secrets.KEY }}'}\n  run: echo \"[$KEY]\" | rev\n"
    runner.town.secrets["KEY"] = "outer"
    runner.town.environments["loja"] = {"KEY": "inner"}
    outer, inner = called(runner, _job(steps)), called(runner, _job(steps, "environment: {name: loja}\n"))
    pull = runner.town.open({"b.txt": "b"}, fork=True)
    fork = called(runner, _job(steps, "environment: {name: loja}\n"), runner.town.pull_request(pull))
    assert [run.job("one").step("said").lines for run in (outer, inner, fork)] == [["]retuo["], ["]renni["], ["]["]]
    plain = called(runner, _job(steps.replace(" | rev", "")))
    assert plain.job("one").step("said").lines == ["[***]"]


def test_jobs_in_order(runner: Runner) -> None:
    """A job runs after those it needs, and not if one failed or was skipped, unless it says so; a matrix has legs."""
    jobs = """\
        last: {runs-on: x, timeout-minutes: 1, needs: [legs, off], if: always(), steps: [{run: 'true'}]}
        after: {runs-on: x, timeout-minutes: 1, needs: off, steps: [{run: 'true'}]}
        off: {runs-on: x, timeout-minutes: 1, if: "inputs.said != ''", steps: [{run: 'true'}]}
        legs:
          name: leg ${{ matrix.account }}
          runs-on: x
          timeout-minutes: 1
          strategy: {matrix: {include: [{account: a}, {account: b}]}}
          steps: [{env: {A: "${{ matrix.account }}"}, run: 'test "$A" = a'}]
        """
    run = called(runner, jobs)
    results = {job.name: job.result for job in run.jobs}
    assert results == {"off": "skipped", "after": "skipped", "leg a": "success", "leg b": "failure", "last": "success"}
