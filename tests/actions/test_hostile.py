"""Whatever a pull request or an operator's form holds is data: none of it is carried out, or taken for a command."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.actions.runs import Run, Runner
from tests.actions.scene import CHRISTMAS, KEY, Scene, as_yaml
from tests.actions.town import MODULES, planted

WORDS = (
    "::error::pwned\n::set-output name=digest::pwned\n::add-mask::a\n::stop-commands::x\n$(touch pwned)`touch pwned`"
)
BRANCH = "natal$(touch${IFS}pwned)`id`';touch${IFS}pwned;'"


@pytest.fixture
def scene(runner: Runner) -> Scene:
    """A shop's repository."""
    return Scene.set_up(runner, "principal")


def _harmless(scene: Scene, run: Run) -> None:
    """Nothing was carried out, no step took a campaign's text for a command, and no secret was printed."""
    assert not [path for path in scene.runner.scratch.rglob("*") if path.name == "pwned"]
    for job in run.jobs:
        assert not [each for each in job.annotations if "pwned" in each.message and not each.fields]
        assert sum(step.hidden for step in job.steps) == 0
        assert KEY not in job.summary
        for upload in job.uploads:
            assert KEY.encode() not in upload.file.read_bytes()


def test_pull_request(scene: Scene) -> None:
    """Names of branches, files and sends, subjects and bodies, modules beside them: a plan and an apply like any."""
    hostile = copy.deepcopy(CHRISTMAS)
    hostile["mensagens"]["natal"] |= {"assunto": WORDS.replace("\n", " "), "html": f"<p>{WORDS}</p>\n{WORDS}\n"}
    hostile["mensagens"]["natal"]["nome"] = "natal @maria </details> ::error::pwned | `x`"
    files: dict[str, str | None] = {f"{name}.py": planted("pwned") for name in MODULES}
    files["principal/$(touch pwned);`id`::error::x.yaml"] = as_yaml(hostile)
    pull = scene.town.open(files, BRANCH)
    run = scene.plan(pull)
    assert run.conclusion == "success"
    _harmless(scene, run)
    assert len(scene.comments(pull)) == 1
    applied = scene.apply(scene.town.merge(pull))
    assert applied.conclusion == "success"
    _harmless(scene, applied)
    assert scene.writes("principal") == ["POST /mensagens", "POST /envios"]


def test_links(scene: Scene, tmp_path: Path) -> None:
    """A link out of the repository is followed nowhere, neither by a campaign nor where a run keeps its files."""
    outside = tmp_path / "segredo.yaml"
    outside.write_text("segredo: 1\n", encoding="utf-8")
    (scene.town.desk / "principal/natal.yaml").symlink_to(outside)
    pull = scene.town.open({}, "links")
    run = scene.plan(pull)
    assert run.conclusion == "failure"
    assert "segredo: 1" not in run.job("plan principal").log
    assert outside.read_text(encoding="utf-8") == "segredo: 1\n"


def test_key_elsewhere(scene: Scene) -> None:
    """A pull request can name no other address for the key, and no other variable of the job as one."""
    settings = (scene.town.desk / "reconciler.yaml").read_text(encoding="utf-8")
    for changed in (
        settings.replace("env: CRIAENVIO_CHAVE", "env: CRIAENVIO_CHAVE\n        url: https://pwned.example"),
        settings.replace("chave:", "url: https://pwned.example\n      chave:"),
    ):
        assert changed != settings
        pull = scene.town.open({"reconciler.yaml": changed}, f"chave-{len(changed)}")
        run = scene.plan(pull)
        assert run.conclusion == "failure"
        _harmless(scene, run)


def test_dispatched_account(scene: Scene) -> None:
    """What is no account's name is refused before anything is called."""
    for account in (
        "../../x",
        "$(touch pwned)",
        "--all",
        "principal\nx=1",
        "Principal",
        'p"; touch pwned; "',
        "a" * 70,
    ):
        for workflow, more in (("apply", {"digest": "a54f6bcc40130d52-1"}), ("stop", {})):
            run = scene.dispatch(workflow, account=account, **more)
            assert run.conclusion == "failure"
            assert run.job(workflow).result == "skipped"
            _harmless(scene, run)


def test_dispatched_digest(scene: Scene) -> None:
    """A digest is compared with the plan's, and nothing else becomes of it."""
    scene.town.push_main({"principal/natal.yaml": as_yaml(CHRISTMAS)})
    for digest in ("--plan=/etc/passwd", "$(touch pwned)\nfound=true';touch pwned;'"):
        run = scene.dispatch("apply", account="principal", digest=digest)
        assert run.conclusion == "failure"
        assert scene.writes("principal") == []
        _harmless(scene, run)
