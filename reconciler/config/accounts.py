"""One account of reconciler.yaml → Account: the nearest setting wins, paths are made absolute and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from reconciler.config.campaign import KINDS
from reconciler.config.files import Folder
from reconciler.config.findings import Findings
from reconciler.config.lineage import known_lineage
from reconciler.config.settings import DEFAULT_KEY_ENV, Api, Conta, Settings
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.workspace import Account, KeyAt
from reconciler.engine.check import Check
from reconciler.engine.model import Finding, Severity
from reconciler.engine.rules import Rules
from reconciler.ledger import FileHome, GitHome, Home, ObjectHome

LEDGERS: Final = ".reconciler"
CHANNELS: Final[Mapping[str, str]] = {"ogmma": "OGMMA_API_KEY", "mindo": "MINDO_API_KEY"}
"""The other vendors that an account may name, each with the usual name of the variable that has its key."""


def account_of(name: str, settings: Settings, folder: Folder, spot: Spot, findings: Findings) -> Account:
    """The account without what it declares. `spot` is its mapping in reconciler.yaml; bad paths go to `findings`."""
    conta = settings.contas[name]
    checking = _Paths(folder, spot, findings)
    on_removal = {kind.kind: kind.policies[0] for kind in KINDS if kind.policies}
    rules, visible = Rules(), False
    for level in (settings, conta):
        on_removal |= level.ao_remover.settings() if level.ao_remover else {}
        rules = rules.overridden(level.regras.settings() if level.regras else {})
        visible = level.relatorios.contatos == "visiveis" if level.relatorios else visible
    key = _key("criaenvio", conta.criaenvio, checking) if conta.criaenvio is not None else KeyAt(DEFAULT_KEY_ENV)
    others = {vendor: api for vendor in CHANNELS if (api := getattr(conta, vendor)) is not None}
    return Account(
        name=name,
        zone=conta.fuso_horario or settings.fuso_horario,
        key=key,
        ledger=_ledger(name, conta, checking),
        lineage=known_lineage(folder, name, findings),
        deadline=conta.limites.prazo,
        longest_delay=conta.limites.atraso_maximo,
        pace=conta.limites.ritmo,
        rules=rules,
        on_removal=on_removal,
        sandbox_seed=_seed(conta, checking),
        channels={vendor: _key(vendor, api, checking) for vendor, api in others.items()},
        contacts_visible=visible,
    )


def unreachable(account: Account, checks: Iterable[Check]) -> Iterator[Finding]:
    """A warning for every check on a channel that the account has no key for."""
    for check in checks:
        vendor = check.source.partition(".")[0]
        if vendor not in account.channels:
            yield Finding(
                Severity.WARNING,
                "no-channel",
                f"{check.address} cannot be looked at: the account {account.name} has no key for {vendor}",
                reason=f"contas.{account.name}.{vendor} is missing in reconciler.yaml; what waits stays unscheduled",
                remedy=f"add {vendor}: {{chave: {{env: {CHANNELS[vendor]}}}}}",
                place=check.place,
                address=check.address,
                width=len(check.address.key),
            )


class _Paths:
    """Paths of one account, checked; what is wrong with them is found at their place."""

    def __init__(self, folder: Folder, spot: Spot, findings: Findings) -> None:
        self.folder = folder
        self._spot = spot
        self._findings = findings

    def refuse(self, trail: tuple[str, ...], problem: Problem, value: str) -> None:
        summary = f"{'.'.join(trail)}: {problem.reason}"
        rest = {"remedy": problem.remedy, "field": ".".join(trail), "value": value, "width": len(value)}
        self._findings.add(self._spot.finding(trail, problem.rule, summary, **rest))

    def inside(self, trail: tuple[str, ...], name: str) -> Path:
        """A path inside the workspace that need not exist."""
        try:
            return self.folder.inside(name)
        except Problem as problem:
            self.refuse(trail, problem, name)
            return self.folder.root


def _ledger(name: str, conta: Conta, checking: _Paths) -> Home:
    kept = conta.ledger
    if kept is not None and kept.git is not None:
        return GitHome(checking.folder.root, kept.git.ref or f"refs/reconciler/{name}", kept.git.remoto)
    if kept is not None and kept.objeto is not None:
        return ObjectHome(kept.objeto)
    if kept is not None and kept.arquivo is not None:
        return FileHome(checking.inside(("ledger", "arquivo"), kept.arquivo))
    return FileHome(checking.folder.root / LEDGERS / f"{name}.json")


def _seed(conta: Conta, checking: _Paths) -> Path | None:
    if conta.sandbox is None:
        return None
    trail, name = ("sandbox", "semente"), conta.sandbox.semente
    try:
        checking.folder.open(name).close()
    except Problem as problem:
        checking.refuse(trail, problem, name)
        return None
    return checking.folder.inside(name)


def _key(vendor: str, api: Api, checking: _Paths) -> KeyAt:
    """Where the key of one API is read from."""
    chave = api.chave
    if chave.arquivo is None:
        return KeyAt(chave.env)
    trail = (vendor, "chave", "arquivo")
    try:
        path = (checking.folder.root / Path(chave.arquivo).expanduser()).resolve()
    except (OSError, RuntimeError, ValueError):
        checking.refuse(
            trail,
            Problem("bad-path", 0, "this is no path", "write the path of a file outside the workspace"),
            chave.arquivo,
        )
        return KeyAt(file=checking.folder.root)
    if path.is_relative_to(checking.folder.root):
        reason = "a key must not stand inside the workspace: it would be committed sooner or later"
        remedy = "move it outside, or write {env: NAME}"
        checking.refuse(trail, Problem("key-in-workspace", 0, reason, remedy), chave.arquivo)
    return KeyAt(file=path)
