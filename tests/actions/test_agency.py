"""Two accounts in one repository: each has its own run, key, ledger and comment, and only those that are touched."""

from __future__ import annotations

from tests.actions.runs import Runner
from tests.actions.scene import CHRISTMAS, Scene, as_yaml


def test_only_what_is_touched(runner: Runner) -> None:
    """A pull request is planned for the accounts whose files it changes, and its merge applies those."""
    scene = Scene.set_up(runner, "academia", "padaria")
    pull = scene.town.open({"padaria/natal.yaml": as_yaml(CHRISTMAS)})
    run = scene.plan(pull)
    assert run.conclusion == "success"
    assert [job.environment for job in run.jobs if job.environment] == ["padaria-plan"]
    scene.town.push(pull, {"academia/natal.yaml": as_yaml(CHRISTMAS)})
    both = scene.plan(pull)
    assert [job.environment for job in both.jobs if job.environment] == ["academia-plan", "padaria-plan"]
    assert len(scene.comments(pull)) == 2
    applied = scene.apply(scene.town.merge(pull))
    assert applied.conclusion == "success"
    made = ["POST /mensagens", "POST /envios"]
    assert [scene.writes(account) for account in ("academia", "padaria")] == [made, made]
    assert all(scene.town.ref(f"refs/reconciler/{account}") for account in ("academia", "padaria"))


def test_one_account_stops_no_other(runner: Runner) -> None:
    """An account whose key is refused fails alone; the other is applied."""
    scene = Scene.set_up(runner, "academia", "padaria")
    files = {f"{account}/natal.yaml": as_yaml(CHRISTMAS) for account in ("academia", "padaria")}
    pull = scene.town.open(files)
    assert scene.plan(pull).conclusion == "success"
    scene.town.environments["academia"]["CRIAENVIO_CHAVE"] = "outra"
    applied = scene.apply(scene.town.merge(pull))
    assert [job.result for job in applied.jobs] == ["success", "failure", "success"]
    assert scene.writes("academia") == []
    assert scene.writes("padaria") == ["POST /mensagens", "POST /envios"]
