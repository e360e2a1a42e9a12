"""The reports that plan, apply and validate really write, as the commands about GitHub read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.workspace import LISTS, SEED, SENDING, write
from tests.github.conftest import Job


@pytest.fixture
def loja(job: Job, tmp_path: Path) -> Iterator[Path]:
    """A workspace with an account behind it, in the job's folder."""
    root = tmp_path / "loja"
    root.mkdir()
    with Sandbox.open(None, SEED) as sandbox:
        job.variables(CRIAENVIO_URL=sandbox.url, CRIAENVIO_CHAVE="chave-de-teste")
        yield root


def reported(job: Job, root: Path, command: str, *words: str) -> tuple[int, dict[str, str], str]:
    """One run with a report: its exit code, the outputs made of it, and the conclusion of its check."""
    report = job.folder / f"{command}.json"
    report.unlink(missing_ok=True)
    ran = job.run(command, "-C", str(root), "--report", str(report), *words)
    assert job.step("outputs", str(report)).code == 0
    checked = job.step("check", str(report), "--account", "principal", "-C", str(root))
    assert checked.code == 0, checked.err
    return ran.code, job.outputs(), checked.out.partition(":")[0]


def test_a_campaign_s_life(job: Job, loja: Path) -> None:
    """Planned, applied, planned again, and planned when something else is to be done: what each report says of it."""
    job.pull()
    write(loja, SENDING)
    plan = str(job.folder / "natal.plan")
    code, outputs, conclusion = reported(job, loja, "plan", "--save", plan)
    assert (code, conclusion) == (0, "success")
    assert job.repository.checks[-1].given["external_id"] == f"1 sends {outputs['digest']} - -"
    assert "1 envio para 12 pessoas" in job.repository.checks[-1].given["output"]["title"]
    told = ("changes", "creates", "updates", "sends", "recipients", "failure_reason")
    assert [outputs[name] for name in told] == ["2", "2", "0", "1", "12", ""]

    code, applied, conclusion = reported(job, loja, "apply", "--plan", plan)
    assert (code, conclusion) == (0, "success")
    assert [applied[name] for name in told] == ["2", "2", "0", "1", "12", ""]
    assert applied["digest"] == outputs["digest"]

    code, idle, conclusion = reported(job, loja, "plan")
    assert (code, conclusion, idle["changes"]) == (0, "success", "0")
    assert job.repository.checks[-1].given["external_id"].startswith("1 same ")

    write(loja, {**SENDING, "listas": {"sp": {}, "rj": {}}})
    code, differs, conclusion = reported(job, loja, "apply", "--plan", plan)
    assert (code, conclusion) == (5, "failure")
    assert "the plan is not the reviewed one" in differs["failure_reason"]


def test_what_stops_a_run(job: Job, loja: Path) -> None:
    """A guard that refuses, files that are wrong, a key that is missing, nobody who agreed."""
    job.pull()
    soon = {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-02T08:20"}
    write(loja, {**SENDING, "envios": {"um": soon}})
    code, outputs, conclusion = reported(job, loja, "plan")
    assert (code, conclusion) == (4, "action_required")
    assert outputs["failure_reason"].startswith("refused by a guard: ")
    assert job.repository.checks[-1].annotations[0]["path"].endswith("campanha.yaml")

    write(loja, LISTS)
    code, outputs, conclusion = reported(job, loja, "apply", "--not-reviewed", "a push without a pull request")
    assert (code, conclusion) == (5, "failure")
    assert "a push without a pull request" in outputs["failure_reason"]

    write(loja, {"listas": {"sp": {"nomes": "SP"}, "rj": {"ativo": "talvez"}}})
    for command in ("plan", "apply", "validate"):
        code, outputs, conclusion = reported(job, loja, command)
        assert (code, conclusion) == (3, "failure")
        assert outputs["failure_reason"].endswith("(and 1 more)")
        assert job.repository.checks[-1].given["external_id"] == "1 invalid - - -"
        assert len(job.repository.checks[-1].annotations) == 2

    write(loja, LISTS)
    code, outputs, conclusion = reported(job, loja, "validate")
    assert (code, conclusion, outputs["failure_reason"]) == (0, "success", "")
    job.variables(CRIAENVIO_CHAVE="")
    code, outputs, conclusion = reported(job, loja, "plan")
    assert (code, conclusion) == (64, "failure")
    assert "CRIAENVIO_CHAVE is not set" in outputs["failure_reason"]
