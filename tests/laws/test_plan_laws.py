"""Laws of the plan: the same bytes whatever order things come in, and nothing taken away that is not ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.model import Action, Address
from reconciler.ledger import read_ledger
from tests.declared import everything
from tests.laws.cases import Case, cases, edits
from tests.laws.world import SETTINGS, World, plan_bytes, world_of

EXAMPLES = Path(__file__).parents[2] / "examples"
_PLACE = re.compile(r"\b[\w/-]+\.yaml:\d+:\d+")


@given(case=cases(), randomness=st.randoms(use_true_random=False))
def test_order_of_input_does_not_matter(case: Case, randomness: Any) -> None:
    """The plan is the same whatever order files, keys and rows come in; made twice, it is the same to the byte."""
    with world_of(case.seed, case.declared) as world:
        planned = world.plan()
        first, again = plan_bytes(planned), plan_bytes(world.plan())
    with world_of(_shuffled_rows(case.seed, randomness)) as world:
        _spread(world, case.declared, randomness)
        other = world.plan()
        spread = plan_bytes(other)
    event(f"{min(len(planned.plan.changes), 10)} changes")
    assert again == first
    assert other.plan.digest == planned.plan.digest
    assert _unplaced(json.loads(spread[0])) == _unplaced(json.loads(first[0]))


def _shuffled_rows(seed: Mapping[str, Any], randomness: Any) -> dict[str, Any]:
    """The same account whose rows were made in another order, and whose listings may begin at the other end."""
    shuffled: dict[str, Any] = {}
    for section, rows in seed.items():
        shuffled[section] = randomness.sample(rows, len(rows)) if isinstance(rows, list) else rows
    flipped = randomness.choice(((), ("campos", "contatos", "envios", "grupos", "mensagens", "remetentes")))
    shuffled["suposicoes"] = {**seed["suposicoes"], "mais_novos_primeiro": flipped}
    return shuffled


def _spread(world: World, declared: Mapping[str, Any], randomness: Any) -> None:
    """The same declarations, key by key in another order, over files in any folders."""
    (world.root / "campanha.yaml").unlink()
    files: dict[str, dict[str, Any]] = {}
    for section in randomness.sample(list(declared), len(declared)):
        items = declared[section]
        pairs = list(enumerate(items) if isinstance(items, list) else items.items())
        for key, item in randomness.sample(pairs, len(pairs)):
            content = files.setdefault(randomness.choice(("z.yaml", "a/b.yaml", "m.yaml")), {})
            mixed = {name: item[name] for name in randomness.sample(list(item), len(item))}
            if isinstance(items, list):
                content.setdefault(section, []).append(mixed)
            else:
                content.setdefault(section, {})[key] = mixed
    for name, content in files.items():
        world.write(name, content)


def _unplaced(value: Any) -> Any:
    """A document without where things stand in the files: that is what differs."""
    if isinstance(value, dict):
        return {name: None if name == "place" else _unplaced(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unplaced(inner) for inner in value]
    return _PLACE.sub("FILE", value) if isinstance(value, str) else value


def test_hash_seed_does_not_matter(tmp_path: Path) -> None:
    """The program prints the same bytes of JSON and of text whatever PYTHONHASHSEED is."""
    shutil.copytree(EXAMPLES / "loja", tmp_path / "loja", ignore=shutil.ignore_patterns(".reconciler"))
    printed = {
        style: {
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "reconciler",
                    "plan",
                    "-C",
                    str(tmp_path / "loja"),
                    "--sandbox",
                    "--format",
                    style,
                ],
                env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": zone},
                capture_output=True,
                check=True,
            ).stdout
            for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4294967295", "America/Noronha"))
        }
        for style in ("json", "text")
    }
    assert {style: len(texts) for style, texts in printed.items()} == {"json": 1, "text": 1}


_POLICIES: Mapping[str, tuple[str, ...]] = {
    "envio": ("cancelar", "manter"),
    "lista": ("desativar", "manter"),
    "contato": ("desativar", "manter"),
    "mensagem": ("manter", "remover"),
    "campo": ("manter", "remover"),
}
_LETTING_GO = {"cancelar": Action.CANCEL, "desativar": Action.DEACTIVATE, "remover": Action.DELETE}


@given(cases())
def test_an_empty_workspace_takes_nothing_away(case: Case) -> None:
    """Where the ledger owns nothing, a workspace that declares nothing plans nothing and reads nothing."""
    with world_of(case.seed) as world:
        plan = world.plan().plan
    assert (plan.changes, plan.blocked, dict(plan.reads)) == ((), (), {})


@given(data=st.data(), case=cases())
def test_only_what_is_owned_is_let_go(data: st.DataObject, case: Case) -> None:
    """What is taken out of the YAML is let go only if the ledger owns it, and only as its policy says."""
    policies = {kind: data.draw(st.sampled_from(choices)) for kind, choices in _POLICIES.items()}
    with world_of(case.seed, case.declared) as world:
        world.write("reconciler.yaml", {**SETTINGS, "ao_remover": policies})
        world.apply()
        reach = world.reach()
        owned = {
            (binding.kind, binding.id): token
            for token, binding in read_ledger(reach.ledger, account="principal", origin=reach.api).bindings()
        }
        left = data.draw(st.one_of(st.just({}), edits(case.declared)))
        world.declare(left)
        planned = world.plan()
        memory = planned.scene.memory
    declared = {memory.token(item.address) for item in everything(planned.account)}
    gone = [change for change in planned.plan.changes if memory.token(change.address) not in declared]
    event(f"{len(gone)} let go")
    for change in gone:
        assert owned[change.address.kind, change.live_id or ""] not in declared
        assert change.action is _LETTING_GO.get(policies[change.address.kind])
        assert change.address.kind != "campo", "a campo is deleted only with --allow-destroy"
    assert not [change for change in planned.plan.changes if change.action is Action.DELETE and change not in gone]
    if not left:
        assert gone == list(planned.plan.changes)


@given(case=cases())
def test_a_field_is_deleted_only_with_both_keys(case: Case) -> None:
    """`ao_remover: remover` alone blocks; with `--allow-destroy` of that very campo it is deleted, and no other."""
    with world_of(case.seed, case.declared) as world:
        world.write("reconciler.yaml", {**SETTINGS, "ao_remover": {"campo": "remover"}})
        world.apply()
        world.declare({})
        blocked = {item.address for item in world.plan().plan.blocked}
        allowed = world.plan([f"destroy={Address('campo', 'cidade')}"]).plan
    deleted = {change.address for change in allowed.changes if change.action is Action.DELETE}
    assert deleted == blocked & {Address("campo", "cidade")}
    assert {item.address for item in allowed.blocked} == blocked - deleted
