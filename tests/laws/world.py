"""One account behind HTTP and one workspace that declares parts of it: what laws and end-to-end tests are tried on.

The sandbox's clock stands still and is moved by waiting: no test waits for a back-off, and two runs see the same times.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml

from reconciler.app import Planned, apply_plan, plan_account
from reconciler.config import Account, load
from reconciler.engine.check import Channels, NoChannels
from reconciler.engine.model import Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Result
from reconciler.engine.sight import Refresh
from reconciler.ledger import FileHome, open_ledger, read_ledger
from reconciler.offline.standin import StandinClock
from reconciler.reach import Reach
from reconciler.report import View, json_text, plan_document, plan_text, result_document, result_text
from reconciler.sandbox import Sandbox
from reconciler.settling import recover_account
from reconciler.transport import Access

NOW = "2026-11-02T08:00"
"""Where every generated account's clock starts (a Monday)."""
ZONE = ZoneInfo("America/Sao_Paulo")
AFTER_ALL = datetime(2027, 2, 1, tzinfo=UTC)
"""When every generated start has passed."""
SECTIONS: Mapping[str, str] = {
    "campo": "campos",
    "lista": "listas",
    "contato": "contatos",
    "mensagem": "mensagens",
    "envio": "envios",
}
"""Kind → section of the YAML and of the account's state."""
QUIET = timedelta(seconds=151)
"""Longer than the default deadline and longest delay together: after it, an unknown outcome is settled."""
SETTINGS: Mapping[str, Any] = {"versao": 1, "fuso_horario": ZONE.key, "contas": {"principal": {}}}


@dataclass(frozen=True, slots=True)
class Run:
    """One apply: the plan, what came of it (None when a guard refused it), and the requests that the server saw."""

    planned: Planned
    result: Result | None

    @property
    def plan(self) -> Plan:
        """The plan that was applied."""
        return self.planned.plan

    @property
    def clean(self) -> bool:
        """Whether every change of the plan was made."""
        return self.result is not None and self.result.count(Status.DONE) == len(self.plan.changes)


@dataclass
class World:
    """A workspace in `root` and the account that it declares parts of. Made by `World.of`; close it."""

    root: Path
    sandbox: Sandbox
    clock: StandinClock
    deadline: timedelta = timedelta(seconds=30)
    refresh: Refresh = Refresh.FULL
    key: str = "sandbox"
    channels: Channels = field(default_factory=NoChannels)

    @classmethod
    def of(cls, root: Path, seed: Mapping[str, Any], campaign: Mapping[str, Any] | None = None) -> Self:
        """A new account that holds `seed`, its clock standing at `NOW`, and a workspace that declares `campaign`."""
        sandbox = Sandbox.open(None, {"agora": NOW, "fuso_horario": ZONE.key, **seed})
        sandbox.clock.stop()
        sandbox.clock.set(datetime.fromisoformat(NOW).replace(tzinfo=ZONE))
        root.mkdir(parents=True, exist_ok=True)
        world = cls(root, sandbox, StandinClock(sandbox))
        world.write("reconciler.yaml", SETTINGS)
        world.declare(campaign or {})
        return world

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """A YAML file of the workspace."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8")

    def declare(self, campaign: Mapping[str, Any]) -> None:
        """All that the workspace declares, in one file."""
        self.write("campanha.yaml", campaign)

    @property
    def account(self) -> Account:
        """The account as the files declare it now."""
        return replace(load(self.root).accounts["principal"], deadline=self.deadline)

    def reach(self) -> Reach:
        """How the account is reached."""
        ledger = FileHome(self.root / ".reconciler" / "principal.json")
        return Reach(
            address=self.sandbox.url,
            key=self.key,
            ledger=ledger,
            api="sandbox",
            clock=self.clock,
            refresh=self.refresh,
            channels=self.channels,
        )

    def plan(self, allow: Iterable[str] = ()) -> Planned:
        """A plan, made by a client that cannot write."""
        account, reach = self.account, self.reach()
        memory = read_ledger(reach.ledger, account=account.name, origin=reach.api)
        with reach.client(account, Access.READ, memory.tempo) as client:
            return plan_account(account, client, memory, reach, allow)

    def apply(
        self,
        allow: Iterable[str] = (),
        *,
        meanwhile: Callable[[], None] = lambda: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Run:
        """Recover, plan and apply, as the command does, `meanwhile` in between. A refused plan is not applied."""
        account, reach = self.account, self.reach()
        heard: list[Outcome] = []
        with (
            open_ledger(reach.ledger, account=account.name, origin=reach.api) as ledger,
            reach.working(account, ledger) as client,
        ):
            recover_account(account, client, ledger, reach)
            planned = plan_account(account, client, ledger, reach, allow)
            if planned.plan.refusals:
                return Run(planned, None)
            meanwhile()
            result = apply_plan(planned, client, ledger, heard.append, stopping)
        assert Counter(item.change.id for item in heard) == Counter(change.id for change in planned.plan.changes)
        return Run(planned, result)

    def settle(self) -> None:
        """Let so much time pass that no outcome can be open any more."""
        self.clock.sleep(QUIET.total_seconds())

    @contextmanager
    def watched(self) -> Iterator[Counter[str]]:
        """Counts, when it ends, the requests that the server saw meanwhile, by `METHOD /path` with `{id}` for ids."""
        seen: Counter[str] = Counter()
        since = max((item.seq for item in self.sandbox.history.requests()), default=0)
        try:
            yield seen
        finally:
            seen.update(f"{item.method} {template(item.path)}" for item in self.sandbox.history.requests(since))

    def close(self) -> None:
        """End the sandbox."""
        self.sandbox.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_WORDS = frozenset(
    {"contatos", "grupos", "campos", "remetentes", "mensagens", "envios", "lista_teste"}
    | {"ativar", "desativar", "inscrever", "desinscrever", "pausar", "cancelar", "retomar"}
)


def template(path: str) -> str:
    """A request's path with `{id}` in place of ids, as the documents write it."""
    return "/".join(part if not part or part in _WORDS else "{id}" for part in path.split("/"))


def view(planned: Planned, salt: bytes = b"salt") -> View:
    """How a reader without rights sees reports of `planned`."""
    return View(salt=salt, today=planned.scene.terms.now.date(), zone=planned.account.zone)


def plan_bytes(planned: Planned) -> tuple[str, str]:
    """The plan as JSON and as text."""
    shown = view(planned)
    command = f"reconciler apply --digest {planned.plan.digest}"
    return json_text(plan_document(planned.plan, shown)), plan_text(planned.plan, shown, command=command)


def result_bytes(run: Run) -> tuple[str, str]:
    """The report of an apply as JSON and as text."""
    assert run.result is not None
    shown = view(run.planned)
    document = result_document(run.result, shown)
    return json_text(document), result_text(run.result, shown, command="reconciler apply")


@contextmanager
def world_of(seed: Mapping[str, Any], campaign: Mapping[str, Any] | None = None) -> Iterator[World]:
    """A world in a folder of its own, which goes with it (a generated example has no fixture)."""
    with tempfile.TemporaryDirectory(prefix="world-") as folder, World.of(Path(folder), seed, campaign) as world:
        yield world
