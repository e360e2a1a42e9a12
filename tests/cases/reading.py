"""Reads case files and holds a plan document against what a case expects; README.md beside this has the format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml

from reconciler.engine.diff import fingerprint
from reconciler.engine.model import Action, Address, Binding, Intent

FOLDER: Final = Path(__file__).parent
ACCOUNT: Final = "principal"
_BASE: Final = "_base.yaml"
_PLAN: Final = frozenset(
    {"changes", "adopted", "blocked", "waiting", "warnings", "refusals", "checks", "timeline", "people", "calls"}
)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Case:
    """One case file, with its folder's base under it. Fields are the keys of the file."""

    name: str
    law: str
    agora: str = "2026-11-02T08:00"
    only: str = ""
    declared: Mapping[str, Any] = field(default_factory=dict)
    account: Mapping[str, Any] = field(default_factory=dict)
    channels: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, Any] = field(default_factory=dict)
    begun: Sequence[Mapping[str, Any]] = ()
    fresh: bool = False
    workspace: Mapping[str, Any] = field(default_factory=dict)
    allow: Sequence[str] = ()
    allow_destroy: Sequence[str] = ()
    invalid: Sequence[str] = ()
    plan: Mapping[str, Any] = field(default_factory=dict)
    apply: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    second: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seed(self) -> dict[str, Any]:
        """The live account, as a sandbox seed."""
        zone = self.workspace.get("fuso_horario", "America/Sao_Paulo")
        return {"agora": self.agora, "fuso_horario": zone, **deepcopy(dict(self.account))}

    def write(self, root: Path) -> None:
        """The workspace: `reconciler.yaml` and one campaign file (as JSON, which is YAML)."""
        zone = self.workspace.get("fuso_horario", "America/Sao_Paulo")
        rest = {key: value for key, value in self.workspace.items() if key != "fuso_horario"}
        settings = {"versao": 1, "fuso_horario": zone, "contas": {ACCOUNT: {"arquivos": ["campanhas/*.yaml"], **rest}}}
        (root / "campanhas").mkdir(parents=True, exist_ok=True)
        (root / "reconciler.yaml").write_text(_json(settings), encoding="utf-8")
        (root / "campanhas" / "caso.yaml").write_text(_json(dict(self.declared)), encoding="utf-8")

    def bindings(self) -> dict[Address, Binding]:
        """What the ledger remembers."""
        return dict(_binding(name, given) for name, given in self.bound.items())

    def intents(self) -> list[Intent]:
        """Calls that an earlier run began, and whose outcome it did not learn."""
        zone = ZoneInfo(self.seed["fuso_horario"])
        return [
            Intent(
                f"{given['change']}#{place}",
                _address(given["change"].rpartition("/")[0]),
                Action(given["change"].rpartition("/")[2]),
                datetime.fromisoformat(given["at"]).replace(tzinfo=zone),
                evidence=given.get("evidence", {}),
            )
            for place, given in enumerate(self.begun)
        ]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every `--allow`, `--allow-destroy` being one of them to the planner."""
        return (*self.allow, *(f"destroy={address}" for address in self.allow_destroy))


def cases() -> Iterator[Case]:
    """Every case, by name (`envio/agendado-pausado`)."""
    for path in sorted(FOLDER.glob("*/*.yaml")):
        if path.name != _BASE:
            given = _merged(_load(path.with_name(_BASE)), _load(path))
            yield Case(name=f"{path.parent.name}/{path.stem}", **given)


def check(expected: Mapping[str, Any], document: Mapping[str, Any]) -> None:
    """Hold a plan document (`plan --format json --show-contacts`) against a case's `plan`: the whole plan is stated."""
    unknown = set(expected) - _PLAN
    assert not unknown, f"the case says {unknown}, which no plan has"
    wanted = [_named(entry) for entry in expected.get("changes", ())]
    assert [change["id"] for change in document["changes"]] == [name for name, _ in wanted]
    for change, (_, details) in zip(document["changes"], wanted, strict=True):
        _check_change(change, details)
    _check_blocked(expected.get("blocked", {}), document["blocked"])
    _check_waiting(expected.get("waiting", {}), document["waiting"])
    if "checks" in expected:
        _check_checks(expected["checks"], document["checks"])
    if "timeline" in expected:
        told = [f"{event['at'] or 'agora'} {event['name']} {event['state']}" for event in document["timeline"]]
        assert told == list(expected["timeline"])
    for kind in ("warnings", "refusals"):
        assert sorted(map(_rule, document[kind])) == sorted(expected.get(kind, ())), document[kind]
    assert document["summary"]["adopted"] == expected.get("adopted", 0)
    for name, figure in (("people", "recipients"), ("calls", "calls")):
        if name in expected:
            assert document["summary"][figure] == expected[name]


def _check_change(change: Mapping[str, Any], details: Mapping[str, Any]) -> None:
    for name, value in details.items():
        where = f"{change['id']}: {name}"
        match name:
            case "reason":
                assert value in change["reason"], where
            case "needs":
                assert set(value) <= set(change["depends_on"]), (where, change["depends_on"])
            case "people":
                assert (change["audience"] or {}).get("recipients") == value, (where, change["audience"])
            case "before" | "after" | "calls" | "irreversible" | "live_id":
                assert change[name] == value, (where, change[name])
            case _:
                raise AssertionError(f"the case says {where}, which no change has")


def _check_blocked(expected: Mapping[str, Any], blocked: Sequence[Mapping[str, Any]]) -> None:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in blocked:
        found.setdefault(item["address"], []).append(item)
    assert set(found) == set(expected), blocked
    for address, reasons in expected.items():
        for reason, item in zip(reasons if isinstance(reasons, list) else [reasons], found[address], strict=True):
            details = reason if isinstance(reason, Mapping) else {"reason": reason}
            assert details["reason"] in item["reason"], item
            assert item["remedy"], f"{address}: nobody is told what to do"
            if "candidates" in details:
                assert item["candidates"] == details["candidates"], item


def _check_waiting(expected: Mapping[str, Any], waiting: Sequence[Mapping[str, Any]]) -> None:
    assert {item["address"] for item in waiting} == set(expected), waiting
    for item in waiting:
        assert expected[item["address"]] in item["reason"], item


def _check_checks(expected: Mapping[str, Any], checks: Sequence[Mapping[str, Any]]) -> None:
    assert {item["address"] for item in checks} == set(expected), checks
    for item in checks:
        ruling, _, reason = expected[item["address"]].partition(": ")
        assert item["ruling"] == ruling, item
        assert reason in item["reason"], item


def _rule(finding: Mapping[str, Any]) -> str:
    return f"{finding['rule']} {finding['address']}" if finding["address"] else str(finding["rule"])


def _named(entry: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(entry, str):
        return entry, {}
    ((name, details),) = entry.items()
    return name, details


def _load(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    found: dict[str, Any] = yaml.load(path.read_bytes(), Loader=_LOADER)  # noqa: S506 - the safe loader, in C
    return found


def _merged(under: Any, over: Any) -> Any:
    """`over` on `under`: mappings by key (null takes a key away), records by id, everything else replaced."""
    if isinstance(under, dict) and isinstance(over, dict):
        merged = {key: _merged(under.get(key), value) for key, value in over.items() if value is not None}
        return {key: value for key, value in under.items() if key not in over} | merged
    if _records(under) and _records(over):
        by_id = {record["id"]: record for record in under}
        by_id |= {record["id"]: _merged(by_id.get(record["id"]), record) for record in over}
        return list(by_id.values())
    return deepcopy(over)


def _records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value)


def _address(name: str) -> Address:
    kind, _, key = name.partition(".")
    return Address(kind, key)


def _binding(name: str, given: Any) -> tuple[Address, Binding]:
    address = _address(name)
    known = dict(given) if isinstance(given, Mapping) else {"id": given}
    binding = Binding(
        address.kind,
        address.key,
        known["id"],
        former_ids=tuple(known.get("former_ids", ())),
        sent={field: fingerprint(text) for field, text in known.get("sent", {}).items()},
        stored={field: fingerprint(text) for field, text in known.get("stored", {}).items()},
        on_removal=known.get("on_removal"),
    )
    return address, binding


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)
