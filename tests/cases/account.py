"""Holds the account after an apply, in the form of a seed, against what a case and its plan say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cases.reading import Case

_SECTION = {
    "campo": "campos",
    "lista": "listas",
    "contato": "contatos",
    "mensagem": "mensagens",
    "envio": "envios",
}
_MADE = ("create", "schedule", "replace")
_BY_SENDING = frozenset({"ja_enviada", "recebeu_envios", "total_enviado"})
"""What a send that goes out changes in records that nobody wrote to."""


def check_after(case: Case, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The account holds what the case says: records by id, those without one among the records that the apply made."""
    for section, records in case.after.items():
        old = {item["id"] for item in before[section]}
        for wanted in records:
            known = [
                item
                for item in after[section]
                if (item["id"] == wanted["id"] if "id" in wanted else item["id"] not in old)
            ]
            assert any(wanted.items() <= item.items() for item in known), (section, wanted, known)
    for section, ids in case.gone.items():
        assert not {item["id"] for item in after[section]} & set(ids)


def check_untouched(plan: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Nothing changes but what the plan names, and nothing appears but what it makes."""
    touched = {
        (_SECTION[change["kind"]], change["live_id"]) for change in plan["changes"] if change["action"] != "adopt"
    }
    touched |= {
        tuple(name.split("."))
        for change in plan["changes"]
        for name in change["before"]
        if change["action"] == "cancel-twins"
    }
    deleted = {change["live_id"] for change in plan["changes"] if change["address"].startswith("campo.")} - {
        item["id"] for item in after["campos"]
    }
    for section in (*_SECTION.values(), "remetentes"):
        now = {item["id"]: _lasting(item, deleted) for item in after[section]}
        for item in before[section]:
            if (section, item["id"]) not in touched:
                assert now.get(item["id"]) == _lasting(item, deleted), f"{section} {item['id']} changed"
        made = sum(1 for change in plan["changes"] if _SECTION[change["kind"]] == section and _makes(change))
        assert len(now.keys() - {item["id"] for item in before[section]}) <= made
    assert after["lista_teste"] == before["lista_teste"]


def _makes(change: Mapping[str, Any]) -> bool:
    """Whether a change may make a record: an update of a message that was sent makes one, too."""
    return change["action"] in _MADE or (change["kind"] == "mensagem" and "new id" in change["reason"])


def _lasting(item: Mapping[str, Any], deleted: set[str]) -> dict[str, Any]:
    """A record without what a send changes, and without values of deleted campos."""
    kept = {name: value for name, value in item.items() if name not in _BY_SENDING}
    if "campos" in kept:
        kept["campos"] = {campo: value for campo, value in kept["campos"].items() if campo not in deleted}
    return kept
