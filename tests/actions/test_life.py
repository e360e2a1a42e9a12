"""The life of a pull request, from its first plan to what was made of it, as GitHub plays it."""

from __future__ import annotations

import copy

from tests.actions.golden import held
from tests.actions.runs import Runner
from tests.actions.scene import CHRISTMAS, Scene, as_yaml, document

FILE = "principal/natal.yaml"


def test_reviewed_and_merged(runner: Runner) -> None:
    """What was planned on a pull request is what its merge makes, once, and nothing is made before."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    pull = town.open({FILE: as_yaml(CHRISTMAS)})

    first = scene.plan(pull)
    assert first.conclusion == "success"
    planned = first.job("plan principal")
    assert planned.environment == "principal-plan"
    (comment,) = scene.comments(pull)
    held(town, "comment-planned", comment)
    held(town, "summary-planned", planned.summary)
    (check,) = scene.checks(pull)
    assert (check.given["name"], check.given["conclusion"]) == ("reconciler / principal", "success")
    kept, page = planned.uploads
    assert (kept.name, kept.archived, page.archived) == ("reconciler-plan-principal", True, False)
    assert page.name == "reconciler-principal.html"
    assert scene.writes("principal") == []
    assert town.ref("refs/reconciler/principal") is None

    corrected = copy.deepcopy(CHRISTMAS)
    corrected["mensagens"]["natal"]["assunto"] = "Natal na loja, com desconto"
    town.push(pull, {FILE: as_yaml(corrected)})
    assert scene.plan(pull).conclusion == "success"
    (edited,) = scene.comments(pull)
    assert "com desconto" in edited
    assert comment != edited

    applied = scene.apply(town.merge(pull))
    assert applied.conclusion == "success"
    assert scene.writes("principal") == ["POST /mensagens", "POST /envios"]
    assert town.ref("refs/reconciler/principal") is not None
    *_, result = scene.comments(pull)
    held(town, "comment-applied", result)
    job = applied.job("apply principal")
    assert (job.environment, job.concurrency) == ("principal", {"group": "reconciler-apply-principal", "queue": "max"})

    again = scene.apply(town.pushed_last(), again=applied)
    assert again.conclusion == "success"
    assert scene.writes("principal") == ["POST /mensagens", "POST /envios"]


def test_lineage_is_for_a_person_to_commit(runner: Runner) -> None:
    """The first apply asks for one line to be committed; runs before and after that is done go on as always."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    pull = town.open({FILE: as_yaml(CHRISTMAS)})
    scene.plan(pull)
    scene.apply(town.merge(pull))
    *_, result = scene.comments(pull)
    line = next(line for line in result.splitlines() if line.startswith("principal "))

    before = town.open({"principal/rj.yaml": as_yaml({"listas": {"rj": {"nome": "Rio"}}})}, "rj")
    assert scene.plan(before).conclusion == "success"
    assert scene.apply(town.merge(before)).conclusion == "success"
    *_, told = scene.comments(before)
    assert line in told

    town.push_main({"reconciler.lineage": f"{line}\n"}, "Qual ledger")
    after = town.open({"principal/sp.yaml": as_yaml({"listas": {"sp": {"nome": "São Paulo"}}})}, "sp")
    assert scene.plan(after).conclusion == "success"
    assert scene.apply(town.merge(after)).conclusion == "success"
    *_, silent = scene.comments(after)
    assert line not in silent
    assert scene.writes("principal") == ["POST /mensagens", "POST /envios", "POST /grupos", "POST /grupos"]


def test_changed_meanwhile(runner: Runner) -> None:
    """When somebody has changed the account since the review, nothing is called, and the comment says what changed."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    pull = town.open({FILE: as_yaml(CHRISTMAS)})
    scene.plan(pull)
    for number in range(6):
        town.accounts["principal"].edit("contatos", f"C{number}", descadastrado=True)
    town.accounts["principal"].edit("listas", "Lclientes", ativo=False)
    applied = scene.apply(town.merge(pull))
    job = applied.job("apply principal")
    assert applied.conclusion == "failure"
    assert scene.writes("principal") == []
    assert document(job.folder_of("report.json"))["exit_code"] == 5
    *_, told = scene.comments(pull)
    held(town, "comment-changed", told)


def test_pushed_without_a_review(runner: Runner) -> None:
    """A push that nobody reviewed makes nothing that needs approval, and fails visibly; its digest lets it run."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    refused = scene.apply(town.push_main({FILE: as_yaml(CHRISTMAS)}))
    job = refused.job("apply principal")
    assert refused.conclusion == "failure"
    assert scene.writes("principal") == []
    held(town, "summary-not-reviewed", job.summary)

    digest = job.step("Apply").outputs["digest"]
    wrong = scene.dispatch("apply", account="principal", digest=digest.replace("-12", "-13"))
    assert wrong.conclusion == "failure"
    assert scene.writes("principal") == []
    assert scene.dispatch("apply", account="principal", digest=digest).conclusion == "success"
    assert scene.writes("principal") == ["POST /mensagens", "POST /envios"]


def test_no_change(runner: Runner) -> None:
    """A pull request that changes a file and nothing of the account is planned and merged: nothing is called."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    text = (town.desk / "principal/publico.yaml").read_text(encoding="utf-8")
    for number in range(2):  # the first time the list is adopted, then there is nothing at all
        pull = town.open({"principal/publico.yaml": f"{text}# {number}\n"}, f"nota-{number}")
        planned = scene.plan(pull)
        assert planned.conclusion == "success"
        applied = scene.apply(town.merge(pull))
        assert applied.conclusion == "success"
    assert scene.writes("principal") == []
    held(town, "comment-no-change", scene.comments(pull)[0])


def test_nothing_to_review(runner: Runner) -> None:
    """What touches no account plans and applies nothing; what needs no approval is applied without a review."""
    scene = Scene.set_up(runner, "principal")
    town = scene.town
    pull = town.open({"LEIAME.md": "Campanhas da loja."})
    planned = scene.plan(pull)
    assert [(job.name, job.result) for job in planned.jobs] == [
        ("accounts", "success"),
        ("plan", "skipped"),
        ("labels", "skipped"),
        ("fork", "skipped"),
        ("done", "success"),
    ]
    assert scene.comments(pull) == []
    applied = scene.apply(town.merge(pull))
    assert [(job.name, job.result) for job in applied.jobs] == [("accounts", "success"), ("apply", "skipped")]


def test_invalid(runner: Runner) -> None:
    """A mistake in a campaign file is marked at its line, in the comment and by a red check; in reconciler.yaml too."""
    scene = Scene.set_up(runner, "principal")
    wrong = copy.deepcopy(CHRISTMAS)
    wrong["envios"]["natal"]["mensagem"] = "nata"
    pull = scene.town.open({FILE: as_yaml(wrong)})
    run = scene.plan(pull)
    assert run.conclusion == "failure"
    job = run.job("plan principal")
    assert [each.fields["file"] for each in job.annotations if each.level == "error" and each.fields] == [FILE]
    (comment,) = scene.comments(pull)
    held(scene.town, "comment-invalid", comment)
    (check,) = scene.checks(pull)
    assert check.given["conclusion"] == "failure"

    scene.town.push(pull, {"reconciler.yaml": "versao: 2\ncontas: {}\n"})
    broken = scene.plan(pull)
    assert broken.job("accounts").result == "failure"
    assert "reconciler.yaml" in {each.fields.get("file") for each in broken.job("accounts").annotations}
    assert broken.job("done").result == "failure"
