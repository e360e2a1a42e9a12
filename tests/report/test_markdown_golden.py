"""Markdown reports as people read them, whole: `REGENERATE=1 python -m pytest tests/report/test_markdown_golden.py`.

Read the difference as GitHub would show it (`git diff tests/report/golden`, or open the file there) before it is
committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.engine.model import Action, Address, Audience, Call, Change, Delta, Finding, Place, Severity
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report import (
    Ending,
    Frame,
    Trouble,
    View,
    differences_markdown,
    plan_markdown,
    plan_text,
    result_markdown,
    trouble_markdown,
    trouble_text,
)
from reconciler.report.frame import BUDGET
from tests.report import everything
from tests.report.test_golden import held
from tests.report.test_markdown import huge
from tests.report.test_saved import disputes

HOSTILE = "@maria|`x`</details>\n#1 :tada:\u202e%%;"


def first_campaign() -> Plan:
    """A first campaign: a list with three people, a message, a send of it; nothing is in the account yet."""
    to = Audience(3, exact=True, start=everything.START, lists=(("clientes", 3),))
    missing = "declared, and not in the account"
    people = [Address("contato", f"{name}@exemplo.com.br") for name in ("ana", "bia", "caio")]
    values = {"mensagem": "abertura", "listas": frozenset({"clientes"}), "remetente": "ola@loja.exemplo"}
    html = "<html>\n<body>\n<h1>Abrimos!</h1>\n</body>\n</html>"
    message = (Delta("assunto", None, "Abrimos!"), Delta("html", None, html))
    listed = (Delta("listas", frozenset(), frozenset({"clientes"})),)
    changes = (
        Change(Address("lista", "clientes"), Action.CREATE, missing, (Delta("nome", None, "Clientes"),)),
        *(Change(who, Action.CREATE, missing, calls=(Call("POST", "/contatos"),)) for who in people),
        *(Change(who, Action.SUBSCRIBE, missing, listed, moves=(("clientes", 1),)) for who in people),
        Change(Address("mensagem", "abertura"), Action.CREATE, missing, message),
        Change(
            Address("envio", "abertura"),
            Action.SCHEDULE,
            missing,
            tuple(Delta(name, None, value) for name, value in values.items()),
            values=values,
            irreversible=True,
            audience=to,
        ),
    )
    return Plan("principal", changes, reached=(3, True), reads={"GET /grupos": 1})


@pytest.mark.parametrize("name", ["empty", "first", "season", "channels", "refused", "letting-go", "huge", "hostile"])
def test_plan_reads_as_agreed(name: str, plans: Mapping[str, Plan], view: View) -> None:
    """A typical plan's Markdown is the one that was read and agreed upon."""
    made = {"first": first_campaign(), "huge": huge(50), "hostile": everything.plan(HOSTILE)}
    plan = (plans | made)[name]
    room = 8_000 if name == "huge" else BUDGET
    frame = Frame(command=f"reconciler apply --digest {plan.digest}", whole="reconciler plan", budget=room)
    text = plan_markdown(plan, replace(view, commit="0123456789abcdef"), frame)
    held(f"plan-{name}.md", text.replace(plan.digest, "DIGEST"))


@pytest.mark.parametrize("name", ["finished", "troubled", "stopped", "nothing", "waiting", "hostile"])
def test_result_reads_as_agreed(name: str, results: Mapping[str, Result], view: View) -> None:
    """A typical result's Markdown is the one that was read and agreed upon."""
    frame = Frame(command="reconciler apply --account principal", whole="reconciler plan --account principal")
    result = (results | {"hostile": everything.result(HOSTILE)})[name]
    held(f"result-{name}.md", result_markdown(result, replace(view, commit="0123456789abcdef"), frame))


def test_a_plan_that_came_to_nothing_reads_as_agreed(plans: Mapping[str, Plan], view: View) -> None:
    """A plan of a run that was not agreed to says first how that ended."""
    plan = plans["letting-go"]
    ended = Ending(Exit.DIFFERS, "the plan is not the reviewed one (0123-7); nothing was called; recipients: 7 → 0")
    frame = Frame(command="reconciler apply", whole="reconciler plan")
    text = plan_markdown(plan, replace(view, ended=ended), frame)
    held("plan-ended.md", text.replace(plan.digest, "DIGEST"))
    text = plan_text(plan, replace(view, ended=ended), command="reconciler apply")
    held("plan-ended.txt", text.replace(plan.digest, "DIGEST"))


WRONG = Trouble(
    "principal",
    Exit.INVALID,
    "2 errors in the configuration",
    (
        Finding(
            Severity.ERROR,
            "unknown-key",
            "unknown key 'asunto'",
            "known here: assunto, html",
            "did you mean assunto?",
            Place("campanhas/natal.yaml", 4, 5),
            Address("mensagem", "natal"),
            "asunto",
            "asunto",
            "    asunto: Feliz Natal!",
            6,
        ),
        Finding(
            Severity.ERROR,
            "bad-date",
            "data_de_nascimento is not valid",
            "there is no such day in the calendar",
            "correct the day or the month",
            Place("contatos/clientes.csv", 8, 26),
            None,
            "data_de_nascimento",
            "31/31/1990",
            "duda@exemplo.com.br,Duda,31/31/1990",
            10,
        ),
    ),
)
DOWN = Trouble("principal", Exit.LATER, "POST /campos: no answer within 30 s")


@pytest.mark.parametrize("name", ["wrong", "down"])
def test_trouble_reads_as_agreed(name: str, view: View) -> None:
    """A run that came to no plan says why, in words that were agreed upon, without anybody's data."""
    trouble = {"wrong": WRONG, "down": DOWN}[name]
    frame = Frame(command="", whole="reconciler validate")
    held(f"trouble-{name}.md", trouble_markdown(trouble, replace(view, commit="0123456789abcdef"), frame))
    held(f"trouble-{name}.txt", trouble_text(trouble, view))


@pytest.mark.parametrize("name", ["differs", "spent", "nothing"])
def test_differences_read_as_agreed(name: str, view: View) -> None:
    """What differs from a reviewed plan, as Markdown, is what was read and agreed upon."""
    dispute = disputes()[name]
    frame = Frame(command=dispute.command, whole="reconciler plan")
    held(f"differences-{name}.md", differences_markdown(dispute, view, frame))
