"""Pull requests from forks: planned without a key, and nothing is written to them."""

from __future__ import annotations

from tests.actions.golden import held
from tests.actions.runs import Runner
from tests.actions.scene import CHRISTMAS, KEY, Scene, as_yaml


def test_fork(runner: Runner) -> None:
    """A fork's campaign is planned against a simulated account, with neither key nor a token that could write."""
    scene = Scene.set_up(runner, "principal")
    pull = scene.town.open({"principal/natal.yaml": as_yaml(CHRISTMAS)}, fork=True)
    asked = len(scene.town.accounts["principal"].history.requests())
    run = scene.plan(pull)
    assert run.conclusion == "success"
    job = run.job("plan principal without a key")
    held(scene.town, "summary-fork", job.summary)
    assert (job.environment, set(job.permissions.values())) == (None, {"read"})
    assert scene.comments(pull) == []
    assert scene.checks(pull) == []
    assert scene.town.repository.issues[pull.number].labels == []
    assert len(scene.town.accounts["principal"].history.requests()) == asked
    assert not [call for call in scene.town.github.calls if call.method != "GET"]
    assert all(KEY not in each.log for each in run.jobs)


def test_fork_with_a_mistake(runner: Runner) -> None:
    """A fork's mistake is marked at its line, which takes no right at all."""
    scene = Scene.set_up(runner, "principal")
    pull = scene.town.open({"principal/natal.yaml": "envios: {natal: {mensagem: natal}}\n"}, fork=True)
    run = scene.plan(pull)
    assert run.conclusion == "failure"
    found = run.job("plan principal without a key").annotations
    assert "principal/natal.yaml" in {each.fields.get("file") for each in found}
