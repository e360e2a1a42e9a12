"""One scenario, played: disturbed rounds, then applies in peace until nothing is left to do; and the oracle's word."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from random import Random

from reconciler.sandbox.criaenvio.call import BASE
from reconciler.sandbox.framing import Request
from reconciler.sandbox.moments import SECOND, instant
from tests.simulation.campaigns import LEADS, stories
from tests.simulation.line import ADMITTED
from tests.simulation.oracle import Before, Wanted, Watcher, violations, wanted_of
from tests.simulation.power import Power
from tests.simulation.scenario import DEADLINE, LONGEST_DELAY, Round, Scenario, Stage, scenario
from tests.simulation.world import Ended, Start, Subject, World, begun, world_of

MOST_AGAIN = 2
"""Applies in peace that may be needed until nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one scenario. `again` is how many further applies it took; `asked` what a person must decide."""

    scenario: Scenario
    story: str
    befell: tuple[str, ...]
    crashed: int
    again: int
    asked: str = ""
    violations: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()


@cache
def starts() -> tuple[Start, ...]:
    """Every story with every lead, as it begins; made once per process."""
    return tuple(
        begun(replace(story, name=f"{story.name}, {lead}")) for lead, at in LEADS.items() for story in stories(at)
    )


@cache
def _stages() -> tuple[Stage, ...]:
    return tuple(_stage(start) for start in starts())


def _stage(start: Start) -> Stage:
    story, _, lead = start.story.name.partition(", ")
    at_once = story == "agora"
    return Stage(start.moments, start.calls, story == "aperto", at_once, ample=lead != "curta" and not at_once)


def drawn(number: int) -> Scenario:
    """Scenario `number`."""
    return scenario(number, _stages())


def play(plan: Scenario, subject: Subject | None = None, *, telling: bool = False) -> Trial:
    """Play a scenario on `subject` (the program, unless another is put in its place), with a trace if `telling`."""
    start = starts()[plan.story]
    world = world_of(start, subject or Subject())
    world.server.page, world.telling = plan.page, telling
    before = Before.of(world)
    watcher = Watcher(world)
    world.server.seen = watcher
    hands = _Hands(world)
    world.server.hand = hands
    ends = [_disturbed(world, start, plan, number) for number in range(len(plan.rounds))]
    world.server.troubles.clear()
    world.disk.full_at = 0
    peace = Peace() if plan.once and ends[-1].done else _in_peace(world, start)
    if peace.again is not None and _arrived(world):
        peace = _in_peace(world, start)
    found = list(watcher.lost)
    found += _needless(world, start, peace.asked) if peace.asked and not hands.done else []
    if peace.restless:
        found.append(f"restless: after {peace.again} applies in peace the plan is not empty: {peace.restless}")
    settled = peace.quiet and not hands.done
    found += violations(world, _wanted(start), before, settled=settled)
    trace = tuple(line for number, log in enumerate(world.logs, 1) for line in (f"--- apply {number}", *log))
    crashed = sum(ended.how == "died" for ended in ends)
    befell, again = tuple(world.server.befell), peace.again or 0
    return Trial(plan, start.story.name, befell, crashed, again, peace.asked, tuple(found), trace)


_PATIENCE = timedelta(minutes=30, seconds=2 * (DEADLINE + LONGEST_DELAY))
"""The lead that the guard asks for, and that settling two calls takes."""


def _needless(world: World, start: Start, asked: str) -> list[str]:
    """A question to a person, though nobody had touched the account and there was time enough."""
    starts_at = [item.start for item in _wanted(start)]
    latest = instant(world.time.now() + _PATIENCE)
    enough = all(at is not None and at > latest for at in starts_at)
    return [f"needless: {asked}"] if enough else []


@cache
def _wanted_at(place: int) -> tuple[Wanted, ...]:
    return wanted_of(starts()[place].account)


def _wanted(start: Start) -> tuple[Wanted, ...]:
    return _wanted_at(starts().index(start))


def _disturbed(world: World, start: Start, plan: Scenario, number: int) -> Ended:
    """One round."""
    this: Round = plan.rounds[number]
    world.server.troubles = list(this.troubles)
    world.disk.full_at, world.disk.writes = this.full_at, 0
    power = Power(dies_at=this.dies_at)
    ended = world.run(start.account, power, allow=start.story.allow, thinking=this.thinking, rate=this.rate)
    if 0 < this.full_at <= world.disk.writes:
        world.server.befell.append("disk full")
    if power.dead:
        world.disk.cut(Random(plan.number + number), this.severity)  # noqa: S311 - reproducible, not secret
    return ended


@dataclass(frozen=True, slots=True)
class Peace:
    """What came of applying in peace: after how many applies nothing was left to do (None: nobody applied again).

    Or what a person is `asked`, or what is still `restless`.
    """

    again: int | None = None
    asked: str = ""
    restless: str = ""

    @property
    def quiet(self) -> bool:
        """Whether the program says that all is as declared."""
        return self.again is not None and not self.asked and not self.restless


def _in_peace(world: World, start: Start) -> Peace:
    """Apply until nothing is left to do, at most `MOST_AGAIN` times."""
    ended = Ended("")
    for again in range(MOST_AGAIN + 1):
        ended = world.run(start.account, Power(), allow=start.story.allow)
        asked = _question(ended)
        if asked or ended.quiet:
            return Peace(again, asked)
    return Peace(MOST_AGAIN, restless=f"{ended.how} {ended.told}")


def _arrived(world: World) -> bool:
    """Let time pass until everything that the server still had in hand is applied; whether there was such a thing."""
    with world.server.control.store.transaction() as db:
        due = db.execute("SELECT max(due) FROM late").fetchone()[0]
    left = 0 if due is None else due - instant(world.time.now())
    world.time.advance(max(0, left) / SECOND + 1)
    return due is not None


def _question(ended: Ended) -> str:
    """What a person must decide before anything else happens, if there is such a thing."""
    if ended.how == "refused":
        return f"refused: {ended.told}"
    if ended.quiet and ended.planned is not None and ended.planned.plan.blocked:
        return f"blocked: {ended.planned.plan.blocked[0].reason}"
    return ""


@dataclass
class _Hands:
    """Somebody in the vendor's screens."""

    world: World
    done: list[str] = field(default_factory=list)

    def __call__(self, deed: str, request: Request) -> None:
        """Do one of the deeds of `scenario.BY_HAND`."""
        if not deed.startswith("shift"):  # which concerns others only
            self.done.append(deed)
        if self.world.telling:
            self.world.logs[-1].append(f"BY HAND: {deed}")
        getattr(self, deed)(request)

    def twin(self, request: Request) -> None:
        """The very send that is asked for, made by somebody else."""
        self.world.server.control.service.answer(request)

    def edit(self, _request: Request) -> None:
        """Another text."""
        for ident in self._ids("mensagens"):
            self.world.server.control.edit("mensagens", ident, {"html": "<p>Por engano</p>"})

    def cancel(self, _request: Request) -> None:
        """Every send that has not begun."""
        for ident in self._ids("envios", "WHERE status IN (0, 4)"):
            self.world.server.control.edit("envios", ident, {"status": "Cancelado"})

    def unsubscribe(self, _request: Request) -> None:
        """One person leaves for good."""
        for ident in self._ids("contatos")[:1]:
            self.world.server.control.edit("contatos", ident, {"descadastrado": True})

    def empty(self, _request: Request) -> None:
        """Nobody is on any list any more."""
        for ident in self._ids("contatos"):
            self.world.server.control.edit("contatos", ident, {"listas": []})

    def shift_lists(self, _request: Request) -> None:
        """The first list goes, another comes: every page after the first begins one row further on."""
        service, control = self.world.server.control.service, self.world.server.control
        for ident in self._ids("listas")[:1]:
            control.remove("listas", ident)
        body = json.dumps({"nome": "Uma nova"}).encode()
        service.answer(Request("POST", f"{BASE}/grupos", {}, "application/json", body, credentials=ADMITTED))

    def shift_sends(self, _request: Request) -> None:
        """The same for sends: the first one of somebody else is cancelled, another one is made."""
        for ident in self._ids("envios", "WHERE status = 4 AND id LIKE 'v%'")[:1]:
            self.world.server.control.edit("envios", ident, {"status": "Cancelado"})
        wanted = {"mensagem": "mx", "listas": "x1", "data_de_inicio": "12/11/2026 09:00"}
        body = json.dumps(wanted).encode()
        request = Request("POST", f"{BASE}/envios", {}, "application/json", body, credentials=ADMITTED)
        self.world.server.control.service.answer(request)

    def _ids(self, table: str, where: str = "") -> list[str]:
        with self.world.server.control.store.transaction() as db:
            return [row[0] for row in db.execute(f"SELECT id FROM {table} {where} ORDER BY seq")]  # noqa: S608
