"""Drift is told in one issue for each account, and the kill switch stops what goes out."""

from __future__ import annotations

from tests.actions.golden import held
from tests.actions.runs import Runner
from tests.actions.scene import CHRISTMAS, Scene, as_yaml

FILE = "principal/natal.yaml"


def _applied(runner: Runner) -> Scene:
    """Christmas, reviewed, merged and applied."""
    scene = Scene.set_up(runner, "principal")
    pull = scene.town.open({FILE: as_yaml(CHRISTMAS)})
    assert scene.plan(pull).conclusion == "success"
    assert scene.apply(scene.town.merge(pull)).conclusion == "success"
    return scene


def test_drift(runner: Runner) -> None:
    """Where nothing has drifted there is no issue; one is opened, edited while it lasts, and closed when it is over."""
    scene = _applied(runner)
    town, account = scene.town, scene.town.accounts["principal"]
    pulls = set(town.repository.issues)
    made = scene.writes("principal")
    assert scene.drift().conclusion == "success"
    assert set(town.repository.issues) == pulls

    account.edit("listas", "Lclientes", nome="Clientes antigos")
    assert scene.drift().conclusion == "success"
    (number,) = set(town.repository.issues) - pulls
    issue = town.repository.issues[number]
    assert issue.state == "open"
    held(town, "issue-drift", f"# {issue.title}\n\n{issue.body}")

    first = issue.body
    account.edit("envios", account.state()["envios"][0]["id"], status="Suspenso")
    assert scene.drift().conclusion == "success"
    assert set(town.repository.issues) == pulls | {number}
    assert issue.body != first

    account.edit("listas", "Lclientes", nome="Clientes")
    account.edit("envios", account.state()["envios"][0]["id"], status="Agendado")
    assert scene.drift().conclusion == "success"
    assert issue.state == "closed"
    assert scene.writes("principal") == made


def test_stop(runner: Runner) -> None:
    """The kill switch cancels what has not begun, also when the campaign files are broken, and asks nobody."""
    scene = _applied(runner)
    scene.town.push_main({FILE: "envios: [isto não é um envio\n"})
    run = scene.dispatch("stop")
    assert run.conclusion == "success"
    held(scene.town, "summary-stopped", run.job("stop principal").summary)
    (envio,) = scene.town.accounts["principal"].state()["envios"]
    assert envio["status"] == "Cancelado"
    assert "concurrency" not in run.job("stop principal").concurrency


def test_stop_of_one_account(runner: Runner) -> None:
    """An account that is named is stopped alone, even if reconciler.yaml cannot be read any more."""
    scene = _applied(runner)
    scene.town.push_main({"reconciler.yaml": "contas: ["})
    assert scene.dispatch("stop", account="principal").conclusion == "failure"  # what it declares goes on unknown
    assert "going on as account principal" in scene.dispatch("stop", account="principal").job("stop principal").log
