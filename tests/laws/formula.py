"""How many calls a plan and an apply may make, written down a second time: from the account and the YAML alone.

A page holds 100 rows, or 30 where the server does not grant more. `pages(n)` is the calls for a listing of n rows, at
least one. Everything below is the documented minimum; the program must make exactly these calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Crowd:
    """The contacts of an account and of its workspace, in figures.

    `live` are in the account. Of the declared ones `bound` are known by id from an earlier apply (`changed` of these
    are declared otherwise than it left them), `new` by nothing but their e-mail (`new_live` of these are in the account
    already). `lists` and `fields`: whether the declared ones say anything about them. `members` are the people of each
    declared list that is live.
    """

    live: int
    bound: int
    new: int
    new_live: int
    lists: bool
    fields: bool
    members: Collection[int] = ()
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Habits:
    """How the server pages, and whether its listings name and carry relations; `tried`: whether the ledger says so."""

    rows: int = 100
    named: bool = True
    carried: bool = True
    tried: bool = False

    def pages(self, rows: int) -> int:
        """Calls for a whole listing."""
        return max(1, ceil(rows / self.rows))


def contact_reads(crowd: Crowd, habits: Habits, refresh: str = "full") -> Counter[str]:
    """Reads of contacts: by look-up or by page, whichever is fewer; relations with them, else one by one or by list.

    With `none` those who are declared as they were are not there to be read; with `changed` they have no relations.
    """
    bound = crowd.changed if refresh == "none" else crowd.bound
    look_ups = ceil(bound / 100) + crowd.new
    if not look_ups:
        return Counter()
    asked = crowd.lists or crowd.fields
    found = bound + crowd.new_live
    listed = look_ups > 1 and habits.pages(crowd.live) - 1 <= look_ups
    first_rows = crowd.live if look_ups > 1 else found
    # the first page once more, now with what it has named
    probe = int(asked and habits.named and first_rows > 0 and not habits.tried)
    calls = Counter[str]()
    if look_ups == 1:
        calls["GET /contatos"] = habits.pages(found) + probe
    elif listed:
        calls["GET /contatos"] = habits.pages(crowd.live) + probe
    else:
        calls["GET /contatos"] = 1 + probe + sum(habits.pages(n) for n in _chunks(bound)) + crowd.new
    if asked and not (habits.named and habits.carried):
        calls += _relations(crowd, (found if refresh == "full" else crowd.changed + crowd.new_live), habits)
    return calls


def _chunks(bound: int) -> list[int]:
    """Bound contacts are asked for by id, a hundred at a time."""
    return [min(100, bound - start) for start in range(0, bound, 100)]


def _relations(crowd: Crowd, found: int, habits: Habits) -> Counter[str]:
    """One call per contact that is live and says something; memberships alone by list where that promises to be fewer.

    How many rows a page of members will hold is not known before: a hundred are hoped for.
    """
    by_list = sum(max(1, ceil(people / 100)) for people in crowd.members)
    if not found:
        return Counter()
    if crowd.lists and not crowd.fields and by_list < found:
        return Counter({"GET /grupos/{id}": sum(habits.pages(people) for people in crowd.members)})
    return Counter({"GET /contatos/{id}": found})


WRITES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("campo", "create"): ("GET /campos", "POST /campos"),
    ("campo", "update"): ("PUT /campos/{id}",),
    ("campo", "delete"): ("GET /campos/{id}", "DELETE /campos/{id}"),
    ("lista", "create"): ("GET /grupos", "GET /grupos", "POST /grupos"),
    ("lista", "update"): ("PUT /grupos/{id}",),
    ("contato", "create"): ("POST /contatos",),
    ("contato", "update"): ("PUT /contatos/{id}",),
    ("contato", "activate"): ("PUT /contatos/{id}/ativar",),
    ("contato", "deactivate"): ("PUT /contatos/{id}/desativar",),
    ("contato", "subscribe"): ("POST /contatos/{id}/inscrever",),
    ("contato", "unsubscribe"): ("POST /contatos/{id}/desinscrever",),
    ("contato", "set-fields"): ("PUT /contatos/{id}/campos",),
    ("mensagem", "create"): ("GET /mensagens", "POST /mensagens", "GET /mensagens/{id}"),
    ("mensagem", "update"): ("GET /mensagens/{id}", "PUT /mensagens/{id}", "GET /mensagens/{id}"),
    ("mensagem", "delete"): ("DELETE /mensagens/{id}",),
    ("mensagem", "reread"): ("GET /mensagens/{id}",),
    ("envio", "schedule"): ("GET /grupos", "GET /envios", "POST /envios", "GET /envios", "GET /envios/{id}"),
    ("envio", "reschedule"): ("GET /grupos", "GET /envios/{id}", "POST /envios/{id}/retomar", "GET /envios/{id}"),
    ("envio", "resume"): ("GET /grupos", "GET /envios/{id}", "POST /envios/{id}/retomar", "GET /envios/{id}"),
    ("envio", "pause"): ("GET /envios/{id}/pausar", "GET /envios/{id}"),
    ("envio", "cancel"): ("GET /envios/{id}/cancelar", "GET /envios/{id}"),
    ("envio", "replace"): (
        "GET /grupos",
        "GET /envios/{id}",
        "GET /envios/{id}/cancelar",
        "GET /envios/{id}",
        "POST /envios",
        "GET /envios",
        "GET /envios/{id}",
    ),
}
"""The calls of one change. What could be made twice is looked up before it is made (a lista among the active and the
inactive ones). Messages are read back once. Right before a send its lists are read again, its message
unless this apply wrote it (`reread`), and the send that is to be moved or replaced; before a new send and after it, the
open sends are listed: one that is there already is not made again, and a twin would be seen. Adopting makes no call.
"""

_ONCE = {("lista", "activate"): "PUT /grupos/ativar", ("lista", "deactivate"): "PUT /grupos/desativar"}
"""Changes that share one call for the whole plan."""


def apply_calls(changes: Collection[tuple[str, str]]) -> Counter[str]:
    """The calls of an apply in which nothing goes wrong, from (kind, action) of its changes."""
    calls = Counter(call for change in changes for call in WRITES.get(change, ()))
    return calls + Counter({call for change, call in _ONCE.items() if change in changes})


def extra_looks(starts: Collection[tuple[str, str]]) -> int:
    """The most that looking for twins may add: each other send of the same message and start is viewed, twice at most.

    `starts` are (message, start) of all live sends and of those that are made.
    """
    return sum(2 * (times - 1) * times for times in Counter(starts).values())
