"""reconciler.yaml and every campaign file → the workspace, or all that is wrong with it at once."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from reconciler.config.accounts import account_of, unreachable
from reconciler.config.astray import astray
from reconciler.config.declaring import declared
from reconciler.config.document import Document, Map
from reconciler.config.files import WORKSPACE_FILE, Folder, matcher
from reconciler.config.findings import Findings, InvalidConfig
from reconciler.config.footprint import Footprint, named_tables
from reconciler.config.gathering import Gathered
from reconciler.config.people import People, nobody
from reconciler.config.reading import read
from reconciler.config.settings import DEFAULT_PATTERNS, Settings
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.translate import suggestion, translated
from reconciler.config.workspace import Account, Workspace
from reconciler.engine.check import Check
from reconciler.engine.model import Declared, Finding, Place, Severity
from reconciler.engine.roll import Roll

_MANY: Final = 20_000

Enrol: TypeAlias = Callable[[Gathered, Folder], Roll]
"""How the people of an account are made from what was gathered of its files."""


def load(
    root: Path, *, only: Collection[str] | None = None, environment: Mapping[str, str] = MappingProxyType({})
) -> Workspace:
    """Reads a workspace: `root` is the folder of reconciler.yaml. With `only`, just the accounts of these names.

    Needs no network and no key, but for a database that contacts are asked of: `environment` has its address. Raises
    InvalidConfig with all findings of the run when one of them is an error; warnings stand in the workspace and its
    accounts.
    """
    run = _Loading(Folder(root), lambda gathered, folder: People(gathered, folder, environment).roll())
    with _collector_paused():
        return run.valid(only)


def load_sends(root: Path, *, only: Collection[str] | None = None) -> Workspace:
    """The same without people, however many there are: no file and no database that holds them is read."""
    return _Loading(Folder(root)).valid(only)


def load_accounts(root: Path) -> Mapping[str, Account]:
    """Reads reconciler.yaml alone: its accounts, without what their campaign files declare. Raises InvalidConfig."""
    run = _Loading(Folder(root))
    accounts = run.accounts()
    if run.findings.errors or accounts is None:
        raise InvalidConfig(run.findings.all())
    return accounts


def load_footprints(root: Path) -> Mapping[str, Footprint]:
    """What each account is made of: the files that decide what it declares, as far as its own can be read.

    No file of contacts is read. Raises InvalidConfig where reconciler.yaml does not say which accounts there are.
    """
    with _collector_paused():
        return _Loading(Folder(root), named_tables).footprints()


def assumed_account(root: Path, name: str) -> Account:
    """The account that a reconciler.yaml of nothing but defaults would name, for acting without a valid one."""
    settings = Settings.model_validate({"versao": "1", "fuso_horario": "America/Sao_Paulo", "contas": {name: {}}})
    folder, empty = Folder(root), Source(WORKSPACE_FILE, "")
    return account_of(name, settings, folder, Spot(empty, Map()), Findings())


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Loading makes millions of small objects that stay: the collector would double its time.

    Where that are many, what is there at the end is set aside for good: the very next collection would look through all
    of it. None of it refers back to itself, so that it goes all the same when nobody needs it any more.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY:
            gc.freeze()
        gc.enable()


class _Loading:
    """One run: its findings, and every file read once, however many accounts it belongs to."""

    def __init__(self, folder: Folder, people: Enrol = lambda _gathered, _folder: nobody()) -> None:
        self._people = people
        self.folder = folder
        self.findings = Findings()
        self._read: dict[str, tuple[Source, Document] | None] = {}
        self._flawed: set[str] = set()
        self._listed: tuple[str, ...] | None = None

    def valid(self, only: Collection[str] | None) -> Workspace:
        """The workspace. Raises InvalidConfig."""
        workspace = self.workspace(only)
        if self.findings.errors or workspace is None:
            raise InvalidConfig(self.findings.all())
        return workspace

    def workspace(self, only: Collection[str] | None) -> Workspace | None:
        """The whole workspace; None when reconciler.yaml cannot be used (campaign files are checked all the same)."""
        found = self._file(WORKSPACE_FILE)
        settings = self._settings(*found) if found is not None else None
        if found is None or settings is None:
            self._declared(DEFAULT_PATTERNS, _zone(found), self.findings)
            return None
        for name in sorted(set(only or ()) - set(settings.contas)):
            remedy = suggestion(name, settings.contas) or f"the accounts are: {', '.join(settings.contas)}"
            summary = f"there is no account {name!r} in {WORKSPACE_FILE}"
            self.findings.add(Finding(Severity.ERROR, "unknown-account", summary, remedy=remedy, value=name))
        accounts = {}
        for name in settings.contas:
            if only is None or name in only:
                own = Findings()
                accounts[name] = self._account(name, settings, _account_spot(found, name), own)
                self.findings.merge(own)
        patterns = [pattern for conta in settings.contas.values() for pattern in conta.arquivos]
        warnings = tuple(astray(self.folder, self._names(), patterns))
        self.findings.extend(warnings)
        return Workspace(self.folder.root, accounts, warnings)

    def accounts(self) -> Mapping[str, Account] | None:
        """Every account as reconciler.yaml says; None when that cannot be used."""
        found = self._file(WORKSPACE_FILE)
        settings = self._settings(*found) if found is not None else None
        if found is None or settings is None:
            return None
        return {
            name: account_of(name, settings, self.folder, _account_spot(found, name), self.findings)
            for name in settings.contas
        }

    def footprints(self) -> Mapping[str, Footprint]:
        """What each account is made of. Raises InvalidConfig where the accounts are not known."""
        found = self._file(WORKSPACE_FILE)
        settings = self._settings(*found) if found is not None else None
        if found is None or settings is None:
            raise InvalidConfig(self.findings.all())
        prints = {}
        for name, conta in settings.contas.items():
            self.folder.asked.clear()
            own = Findings()
            self._account(name, settings, _account_spot(found, name), own)
            globs = tuple(map(matcher, conta.arquivos))
            listed = self._matching(globs)
            unsure = own.errors > 0 or not self._flawed.isdisjoint(listed)
            prints[name] = Footprint.of(self.folder, globs, listed, unsure=unsure)
        return prints

    def _file(self, name: str) -> tuple[Source, Document] | None:
        if name not in self._read:
            before = self.findings.errors
            self._read[name] = read(self.folder, name, self.findings)
            if self.findings.errors > before:
                self._flawed.add(name)
        return self._read[name]

    def _names(self) -> tuple[str, ...]:
        if self._listed is None:
            self._listed = tuple(self.folder.names())
        return self._listed

    def _settings(self, source: Source, document: Document) -> Settings | None:
        root = document.root
        if not isinstance(root, Map):
            remedy = "begin with `versao: 1`, fuso_horario and contas"
            summary = f"{WORKSPACE_FILE} is a mapping"
            self.findings.add(source.finding("bad-type", document.mark.index, summary, remedy=remedy))
            return None
        try:
            return Settings.model_validate(root)
        except ValidationError as error:
            self.findings.extend(translated(error, Spot(source, root), Settings))
            return None

    def _account(self, name: str, settings: Settings, spot: Spot, own: Findings) -> Account:
        account = account_of(name, settings, self.folder, spot, own)
        conta = settings.contas[name]
        found, people = self._declared(conta.arquivos, account.zone, own, spot if "arquivos" in spot.node else None)
        checks = tuple(item for item in found if isinstance(item, Check))
        own.extend(replace(warning, excerpt=self._line(warning.place)) for warning in unreachable(account, checks))
        warnings = tuple(finding for finding in own.all() if finding.severity is Severity.WARNING)
        resources = tuple(item for item in found if isinstance(item, Declared))
        return replace(account, declared=resources, checks=checks, people=people, warnings=warnings)

    def _line(self, place: Place | None) -> str | None:
        found = self._file(place.file) if place is not None else None
        return found[0].line(place.line) if found is not None and place is not None else None

    def _declared(
        self, patterns: Sequence[str], zone: ZoneInfo, findings: Findings, written: Spot | None = None
    ) -> tuple[tuple[Declared | Check, ...], Roll]:
        """Resources with keys, checks, and people, of these globs' files.

        `written` is where the globs stand, if anywhere.
        """
        globs = [matcher(pattern) for pattern in patterns]
        names = self._matching(globs)
        if written is not None:
            for index, glob in enumerate(globs):
                if not any(glob.match(name) for name in names):
                    findings.add(_no_match(written, index, patterns[index]))
        gathered = Gathered(findings)
        for name in names:
            found = self._file(name)
            if found is None:
                gathered.unreadable()
            else:
                gathered.add(*found)
        return declared(gathered, self.folder, zone), self._people(gathered, self.folder)

    def _matching(self, globs: Sequence[re.Pattern[str]]) -> list[str]:
        """The campaign files that any of these globs means."""
        return [name for name in self._names() if name != WORKSPACE_FILE and any(glob.match(name) for glob in globs)]


def _zone(found: tuple[Source, Document] | None) -> ZoneInfo:
    """The time zone of a reconciler.yaml that is not valid, as far as it says one."""
    root = found[1].root if found is not None else None
    try:
        return ZoneInfo(str(root.get("fuso_horario"))) if isinstance(root, Map) else ZoneInfo("UTC")
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def _account_spot(found: tuple[Source, Document], name: str) -> Spot:
    """The account's own mapping; an empty one where nothing stands after its name (which is an error by then)."""
    source, document = found
    accounts = document.root["contas"] if isinstance(document.root, Map) else None
    node = accounts[name] if isinstance(accounts, Map) else None
    return Spot(source, node if isinstance(node, Map) else Map())


def _no_match(spot: Spot, index: int, pattern: str) -> Finding:
    return spot.finding(
        ("arquivos", index),
        "no-files",
        f"no file matches {pattern}",
        severity=Severity.WARNING,
        reason="globs are relative to the workspace and stay inside it; `**` stands for any number of folders",
        remedy="correct the glob, or create the file",
        value=pattern,
        width=len(pattern),
    )
