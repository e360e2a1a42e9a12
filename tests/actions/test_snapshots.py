"""Pull requests that are planned against a committed snapshot: without the account, and without its key."""

from __future__ import annotations

import os
import subprocess

from tests.actions.definition import read_action
from tests.actions.golden import held
from tests.actions.runs import Runner
from tests.actions.scene import CHRISTMAS, KEY, Scene, as_yaml

_ANSWER = "    with:\n      snapshot: retratos/{0}.snapshot\n    secrets:\n"


def test_without_a_key(runner: Runner) -> None:
    """The plan is there for reviewers, of a fork as well; the account is not asked, and no plan is kept for apply."""
    scene = _pictured(runner)
    asked = len(scene.town.accounts["principal"].history.requests())
    for fork, name in ((False, "plan principal"), (True, "plan principal without a key")):
        scene.town.git("switch", "--quiet", "main")
        pull = scene.town.open({"principal/natal.yaml": as_yaml(CHRISTMAS)}, f"natal-{name[-3:]}", fork=fork)
        run = scene.plan(pull)
        assert run.conclusion == "success"
        assert "1 envio para 12 pessoas" in run.job(name).summary
        assert not [each for each in run.job(name).uploads if each.archived]
        assert len(scene.comments(pull)) == (0 if fork else 1)
    assert len(scene.town.accounts["principal"].history.requests()) == asked
    held(scene.town, "comment-snapshot", scene.comments(scene.town.repository.pulls[1])[0])


def _pictured(runner: Runner) -> Scene:
    """A repository that has a snapshot of its account, and no key for plans."""
    scene = Scene.set_up(runner, "principal")
    action = runner.tool / ".github/actions/reconciler"
    steps = {step["name"]: step for step in read_action(action)["runs"]["steps"]}
    scene.town.installed(steps["Install reconciler"]["run"], str(action))
    desk = scene.town.desk
    (desk / "retratos").mkdir()
    subprocess.run(
        [str(scene.town.python / "bin/reconciler"), "snapshot", "--out", "retratos/principal.snapshot"],
        cwd=desk,
        env={**os.environ, "CRIAENVIO_CHAVE": KEY, "CRIAENVIO_URL": scene.town.accounts["principal"].url},
        check=True,
    )
    workflow = ".github/workflows/plan.yml"
    text = (desk / workflow).read_text(encoding="utf-8").replace("    secrets:\n", _ANSWER)
    scene.town.push_main({workflow: text}, "Retrato")
    scene.town.environments["principal-plan"].clear()
    return scene
