"""Saved plans: reviewed once, for one apply; whatever else is to be done is shown, and nothing is called."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.sandbox import Effect, Fault, FaultKind
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.saving import applied, saved
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes

SCHEMAS = Path(__file__).parents[2] / "schemas"
CROWD = [{"id": f"D{n}", "email": f"d{n}@exemplo.org", "listas": ["Lsp"]} for n in range(100)]
PERSON = "caju@exemplo.com.br"


def schema(name: str) -> dict[str, Any]:
    """A published schema."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def test_reviewed_once_applied_once(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """It runs without a question, once; the same command again changes nothing and ends well, as often as it comes."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING | {"contatos": [{"email": PERSON, "listas": ["sp"]}]})
    file = saved(run, tmp_path, sandbox)
    text = file.read_text(encoding="utf-8")
    jsonschema.validate(json.loads(text), schema("saved-plan"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert "caju" not in text
    assert applied(run, file, sandbox).code == 0
    before = writes(sandbox)
    for words in ((), ("--format", "json")):
        again = applied(run, file, sandbox, *words)
        assert (again.code, "already applied on" in again.err) == (0, True)
    jsonschema.validate(again.document, schema("result"))
    assert writes(sandbox) == before
    assert [row["status"] for row in sandbox.state()["envios"]] == ["Agendado"]


def test_a_used_one_is_for_nothing_else(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Once it was applied to the end, not even the very same change is made again on the strength of it."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    file = saved(run, tmp_path, sandbox)
    assert applied(run, file, sandbox).code == 0
    made = next(row["id"] for row in sandbox.state()["listas"] if row["nome"] == "rj")
    sandbox.edit("listas", made, nome="outra coisa")
    before = writes(sandbox)
    spent = applied(run, file, sandbox, "--format", "json")
    assert (spent.code, spent.document["standing"], spent.document["used"]["finished"]) == (5, "spent", True)
    assert [item["address"] for item in spent.document["new"]] == ["lista.rj"]
    assert "já foi aplicado" in applied(run, file, sandbox).out
    assert writes(sandbox) == before


def _edited(**envio: Any) -> dict[str, Any]:
    return SENDING | {"envios": {"um": SENDING["envios"]["um"] | envio}}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (SENDING | {"listas": {"sp": {}, "rj": {}}}, {"new": ["lista.rj"]}),
        (SENDING | {"envios": {}}, {"gone": ["envio.um"]}),
        (_edited(data_de_inicio="2026-11-05T10:00"), {"different": ["envio.um"]}),
        (SENDING | {"contatos": [{"email": PERSON, "nome": "Caju"}]}, {"people": [("create", 1, 0, 0)]}),
    ],
    ids=["new", "gone", "different", "people"],
)
def test_what_differs_is_shown(
    tmp_path: Path, open_account: OpenAccount, run: Run, declared: Mapping[str, Any], told: Mapping[str, Any]
) -> None:
    """Whatever changed since the review: exit 5, nothing called, and it is named, as text and as JSON."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    file = saved(run, tmp_path, sandbox)
    write(tmp_path, declared)
    ran = applied(run, file, sandbox, "--format", "json")
    jsonschema.validate(ran.document, schema("differences"))
    assert (ran.code, ran.document["standing"], ran.document["used"]) == (5, "differs", None)
    shown = {name: [item["address"] for item in ran.document[name]] for name in ("new", "gone", "different")}
    shown["people"] = [
        (item["action"], item["new"], item["gone"], item["different"]) for item in ran.document["people"]
    ]
    assert {name: found for name, found in shown.items() if found} == told
    text = applied(run, file, sandbox)
    assert text.code == 5
    assert "o plano não é o que foi revisado" in text.out
    assert "plan again  reconciler plan" in text.out
    assert "caju" not in text.out + ran.out
    assert writes(sandbox) == []


def test_both_sides_of_a_field_are_shown(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A start that was moved after the review stands there as it was reviewed, and as it is now."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    file = saved(run, tmp_path, sandbox)
    write(tmp_path, _edited(data_de_inicio="2026-11-05T10:00"))
    lines = [" ".join(line.split()) for line in applied(run, file, sandbox).out.splitlines()]
    assert "data_de_inicio reviewed qui 05/11/2026 09:00 -03:00" in lines
    assert "now qui 05/11/2026 10:00 -03:00" in lines


def test_a_plan_is_for_so_many_people(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A few people more or less are tolerated; beyond that both numbers are shown, for the send and in all."""
    sandbox = open_account({**SEED, "contatos": CROWD})
    write(tmp_path, SENDING)
    file = saved(run, tmp_path, sandbox)
    for gone in ("D1", "D2", "D3"):
        sandbox.edit("contatos", gone, descadastrado=True)
    ran = applied(run, file, sandbox, "--format", "json")
    assert ran.code == 5
    assert ran.document["recipients"] == [
        {"address": name, "reviewed": 100, "now": 97, "beyond": True} for name in ("envio.um", None)
    ]
    assert "100 → 97  more than tolerancia_de_publico allows" in applied(run, file, sandbox).out
    assert writes(sandbox) == []
    sandbox.edit("contatos", "D1", descadastrado=False, ativo=True)
    assert applied(run, file, sandbox).code == 0


def test_one_send_may_not_grow_while_another_shrinks(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Each send keeps its own head-count: the same total from other lists is another plan."""
    lists = [{"id": "Lsp", "nome": "sp"}, {"id": "Lrj", "nome": "rj"}]
    people = [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp" if n < 50 else "Lrj"]} for n in range(100)]
    sandbox = open_account({**SEED, "listas": lists, "contatos": people})
    sends = {"um": SENDING["envios"]["um"], "dois": SENDING["envios"]["um"] | {"listas": ["rj"]}}
    write(tmp_path, SENDING | {"listas": {"sp": {}, "rj": {}}, "envios": sends})
    file = saved(run, tmp_path, sandbox)
    for number in range(20):
        sandbox.edit("contatos", f"C{number}", listas=["Lrj"])
    ran = applied(run, file, sandbox, "--format", "json")
    assert (ran.code, [item["address"] for item in ran.document["recipients"]]) == (5, ["envio.dois", "envio.um"])
    assert ran.document["reviewed"]["digest"] == ran.document["now"]["digest"]


def test_what_was_cut_short_goes_on_without_another_review(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A change that failed the first time is made by the same file; what nobody reviewed is not."""
    sandbox = open_account(SEED)
    people = [{"email": f"n{n}@exemplo.org", "listas": ["rj"]} for n in range(3)]
    write(tmp_path, LISTS | {"contatos": people})
    file = saved(run, tmp_path, sandbox)
    sandbox.faults.add(
        Fault(kind=FaultKind.ERROR, method="POST", path="/contatos", status=500, effect=Effect.NEVER, count=None)
    )
    assert applied(run, file, sandbox).code not in (0, 5)
    sandbox.faults.clear()
    write(tmp_path, LISTS | {"contatos": people, "campos": {"cidade": {}}})
    before = writes(sandbox)
    strange = applied(run, file, sandbox, "--format", "json")
    assert (strange.code, strange.document["used"]["finished"]) == (5, False)
    assert [item["address"] for item in strange.document["new"]] == ["campo.cidade"]
    assert (strange.document["people"], writes(sandbox)) == ([], before)
    write(tmp_path, LISTS | {"contatos": people})
    on = applied(run, file, sandbox)
    assert (on.code, "going on with what is left of it" in on.err) == (0, True)
    assert sandbox.counts()["contatos"] == 12 + len(people)
    assert "nothing to do" in applied(run, file, sandbox).err


def test_blocked_items_and_guards_are_as_without_a_file(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A plan with blocked items is saved and applied but for them, exit 4; one that a guard refuses stays refused."""
    sandbox = open_account({**SEED, "listas": [{"id": "L1", "nome": "sp"}, {"id": "L2", "nome": "sp"}], "contatos": []})
    write(tmp_path, LISTS)
    file = tmp_path / "plan.json"
    assert run("plan", "--save", str(file), url=sandbox.url).code == 4
    for _ in range(2):
        assert applied(run, file, sandbox).code == 4
        assert {row["nome"] for row in sandbox.state()["listas"]} == {"sp", "rj"}
    assert len(writes(sandbox)) == 1
    sandbox = open_account(SEED)
    shutil.rmtree(tmp_path / ".reconciler")
    (tmp_path / "reconciler.lineage").unlink()
    write(tmp_path, _edited(data_de_inicio="2026-11-02T08:10"))
    assert run("plan", "--save", str(file), url=sandbox.url).code == 4
    refused = applied(run, file, sandbox)
    assert (refused.code, "a guard refuses" in refused.err, writes(sandbox)) == (4, True, [])


def test_with_the_embedded_sandbox(tmp_path: Path, run: Run) -> None:
    """Saved, applied and applied again without any account; report and exit code of plan are as without --save."""
    write(tmp_path, {"listas": {"rj": {}}})
    file = tmp_path / "plan.json"
    words = ["--sandbox", "--detailed-exitcode", "--format", "json", "--out", str(tmp_path / "report.json")]
    ran = run("plan", "--save", str(file), *words)
    assert (ran.code, ran.out) == (2, "")
    assert json.loads((tmp_path / "report.json").read_text())["digest"] == json.loads(file.read_text())["digest"]
    for _ in range(2):
        assert run("apply", "--sandbox", "--plan", str(file)).code == 0
    assert run("plan", "--sandbox", "--detailed-exitcode").code == 0


def test_a_plan_that_is_empty_can_be_saved_and_applied(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Nothing was to be done, and nothing is: exit 0."""
    sandbox = open_account(SEED)
    write(tmp_path, {"listas": {"sp": {}}})
    assert run("apply", "--yes", url=sandbox.url).code == 0
    file = saved(run, tmp_path, sandbox)
    assert [applied(run, file, sandbox).code for _ in range(2)] == [0, 0]
    assert writes(sandbox) == []


def test_a_digest_again_after_success(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The same digest once more, with nothing left to do: exit 0, nothing called. One that was never seen: exit 5."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    file = saved(run, tmp_path, sandbox)
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    before = writes(sandbox)
    again = run("apply", "--digest", digest, url=sandbox.url)
    assert (again.code, "already applied on" in again.err) == (0, True)
    assert applied(run, file, sandbox).code == 0, "the file of the same plan has nothing left to do either"
    strange = run("apply", "--digest", "0123456789abcdef-7", url=sandbox.url)
    assert (strange.code, "this ledger never saw that digest" in strange.err) == (5, True)
    assert writes(sandbox) == before


def test_a_digest_tells_what_it_can(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """People as reviewed and now, the plan as it is, and the way to see more the next time."""
    sandbox = open_account({**SEED, "contatos": CROWD})
    write(tmp_path, SENDING)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    for number in range(10):
        sandbox.edit("contatos", f"D{number}", descadastrado=True)
    ran = run("apply", "--digest", digest, url=sandbox.url)
    assert ran.code == 5
    assert "recipients: 100 reviewed → 90 now" in ran.err
    assert "plan --save FILE" in ran.err
    assert "envio.um" in ran.out
    assert writes(sandbox) == []
