"""One simulated world: an account, a disk with a ledger, one clock; and what one run of the program does in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from functools import cache, partial
from pathlib import Path

from reconciler.app import Planned, apply_plan, plan_account
from reconciler.config import Account
from reconciler.engine.model import Status
from reconciler.engine.result import Result
from reconciler.ledger import Claim, FileHome, Ledger, LedgerError
from reconciler.ledger.file import FileStore
from reconciler.ledger.medium import Disk
from reconciler.ledger.opening import take
from reconciler.providers.criaenvio.client import Client
from reconciler.reach import Reach
from reconciler.sandbox import seeding
from reconciler.sandbox.clock import Clock as AccountClock
from reconciler.sandbox.control import Control
from reconciler.sandbox.criaenvio.call import BASE
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.history import History
from reconciler.sandbox.seed import read
from reconciler.sandbox.service import Service
from reconciler.sandbox.store import Store
from reconciler.settling import recover_account
from reconciler.transport import Access, Failure, Key, Limits, Origin, Place, Ports
from reconciler.transport.line import Line
from tests.laws.world import template
from tests.simulation.campaigns import Campaign, Story, declared
from tests.simulation.disk import MemoryDisk
from tests.simulation.line import Server, SimulatedLine
from tests.simulation.power import NOW, Death, Patient, Power, Time

ADDRESS = "https://api.exemplo.org/v1"
LEDGER = Path("/ledger/principal.json")
_OWNER = "teste@exemplo"


@dataclass(frozen=True, slots=True)
class Subject:
    """The program under test, by its ports: as it is shipped, or with one of them deliberately broken."""

    name: str = "the program"
    disk: Callable[[MemoryDisk], Disk] = lambda disk: disk
    line: Callable[[Line], Line] = lambda line: line
    ledger: Callable[[Ledger], AbstractContextManager[Ledger]] = lambda ledger: ledger
    account: Callable[[Account], Account] = lambda account: account


@dataclass(frozen=True, slots=True)
class Ended:
    """How one run ended: `died`, `refused`, `stopped` (it could not go on) or `applied`; `told` is for people."""

    how: str
    told: str = ""
    planned: Planned | None = None
    result: Result | None = None

    @property
    def quiet(self) -> bool:
        """Whether there was nothing to do and nothing is open."""
        return self.planned is not None and not self.planned.plan.changes

    @property
    def done(self) -> bool:
        """Whether the program says that all changes are made, and nothing is blocked."""
        return self.how == "applied" and not self.told and self.planned is not None and not self.planned.plan.blocked


@dataclass(frozen=True, slots=True)
class Start:
    """Where scenarios of one story begin: the account's bytes, the disk's files, and what is declared.

    `moments` and `calls` (method and path, with `*` for ids) are those of a run that nothing disturbs.
    """

    story: Story
    account: Account
    state: bytes
    files: dict[Path, bytes]
    moments: int = 0
    calls: tuple[tuple[str, str], ...] = ()


@dataclass
class World:
    """An account and the machine that the program runs on."""

    server: Server
    disk: MemoryDisk
    time: Time
    subject: Subject
    telling: bool = False
    logs: list[list[str]] = field(default_factory=list)

    def run(
        self,
        account: Account,
        power: Power,
        *,
        allow: Sequence[str] = (),
        thinking: float = 0.0,
        rate: float | None = None,
    ) -> Ended:
        """One `apply`, as the command wires it: recover, plan, think, make the changes."""
        self.disk.power, power.telling = power, self.telling
        self.logs.append(power.log)
        account = self.subject.account(account)
        clock = Patient(self.time, power)

        def dial(_origin: Origin, _key: Key, _place: Place, _connections: int) -> Line:
            return self.subject.line(SimulatedLine(self.server, power))

        reach = Reach(address=ADDRESS, key="simulation", ledger=FileHome(LEDGER), api="sandbox", clock=clock, workers=1)
        limits = Limits(account.deadline.total_seconds(), rate)
        claim = Claim(_OWNER, "maquina", 1, now=self.time.now, term=timedelta(minutes=10))
        try:
            store = FileStore(LEDGER, self.subject.disk(self.disk))
            state, hold = take(store, claim, account=account.name, origin="sandbox")
            with (
                self.subject.ledger(Ledger(state, hold)) as ledger,
                Client(ADDRESS, "simulation", Access.WRITE, limits, Ports(clock, lambda: 0.5, dial)) as client,
            ):
                for finding in recover_account(account, client, ledger, reach):
                    power.tell(partial("recovers: {}".format, finding.summary))
                planned = plan_account(account, client, ledger, reach, allow)
                _tell_plan(power, planned)
                if planned.plan.refusals:
                    return Ended("refused", planned.plan.refusals[0].summary, planned)
                self.time.advance(thinking)
                result = apply_plan(planned, client, ledger, lambda _outcome: None, lambda: False)
                _tell_result(power, result)
                return Ended("applied", _worst(result), planned, result)
        except Death:
            return Ended("died")
        except (Failure, LedgerError) as error:
            words = str(error)
            power.tell(lambda: f"stops: {words}")
            return Ended("stopped", words)


def _tell_plan(power: Power, planned: Planned) -> None:
    if power.telling:
        power.log.extend(f"plans: {change.id} ({change.reason})" for change in planned.plan.changes)
        power.log.extend(f"blocked: {item.address}: {item.reason}" for item in planned.plan.blocked)
        power.log.extend(f"refused: {item.summary}" for item in planned.plan.refusals)


def _tell_result(power: Power, result: Result) -> None:
    if power.telling:
        power.log.extend(f"{item.status}: {item.change.id} {item.detail}" for item in result.outcomes)
        if result.ended:
            power.log.append(f"ended: {result.ended[1]}")


def _worst(result: Result) -> str:
    bad = [item for item in result.outcomes if item.status is not Status.DONE]
    return bad[0].detail if bad else result.ended[1] if result.ended else ""


@cache
def _account() -> Control:
    """The one account model of this process; its state is put in place for every scenario."""
    store = Store(None)
    service = Service(store, {}, ADDRESS.removesuffix(BASE))
    return Control(store, service, AccountClock(store), Faults(), History(store, service))


def _restore(state: bytes) -> Control:
    control = _account()
    with control.store.transaction() as db:
        db.commit()
        db.deserialize(state)
        db.execute("BEGIN")
    return control


def world_of(start: Start, subject: Subject) -> World:
    """A fresh world at that start."""
    time = Time()
    server = Server(_restore(start.state), time)
    return World(server, MemoryDisk.holding(start.files), time, subject)


def begun(story: Story) -> Start:
    """The account and the ledger as they stand when the story's campaign is declared."""
    _wipe()
    control = _account()
    with control.store.transaction() as db:
        local = NOW.astimezone(UTC).isoformat()
        seeding.write(db, read({"agora": local, "fuso_horario": "America/Sao_Paulo", "creditos": 1000, **story.seed}))
    control.clock.stop()
    control.clock.set(NOW)
    time = Time()
    world = World(Server(control, time), MemoryDisk(), time, Subject())
    if story.before is not None:
        ended = world.run(_loaded(story.before), Power())
        assert ended.result is not None, ended
        assert not ended.told, ended.told
    for section, wanted in story.by_hand:
        for record in control.state()[section]:
            control.edit(section, record["id"], wanted)
    with control.store.transaction() as db:
        db.execute("DELETE FROM requests")
        db.commit()
        state = db.serialize()
        db.execute("BEGIN")
    start = Start(story, _loaded(story.now), state, world.disk.files())
    power, undisturbed = Power(), world_of(start, Subject())
    calls: dict[tuple[str, str], None] = {}
    undisturbed.server.seen = lambda request: calls.setdefault((request.method, _pattern(request.path)))
    undisturbed.run(start.account, power, allow=story.allow)
    return replace(start, moments=power.ticks, calls=tuple(calls))


def _pattern(path: str) -> str:
    return template(path.removeprefix(BASE)).replace("{id}", "*")


def _wipe() -> None:
    with _account().store.transaction() as db:
        for table in [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]:
            db.execute(f"DROP TABLE {table}")


def _loaded(campaign: Campaign) -> Account:
    return replace(declared(campaign), pace=None)
