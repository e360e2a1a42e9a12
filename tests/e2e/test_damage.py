"""A ledger that is lost, damaged, old or somebody else's: it is said which and what to do, and nobody is mailed twice.

Each class once through the command line; the many through the stores, in tests/ledger/test_damage.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Ran, Run
from tests.e2e.workspace import SEED, SENDING, write, writes
from tests.ledger.rights import no_more_than_others

_MORE: dict[str, Any] = {
    **SENDING,
    "listas": {"sp": {}, "rj": {}},
    "envios": {**SENDING["envios"], "dois": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-06T09:00"}},
}
"""What is declared when the ledger is looked at again: there is something to do."""


@dataclass(frozen=True)
class Desk:
    """A workspace whose ledger is in files, and the account that it declares parts of; the first send is scheduled."""

    root: Path
    sandbox: Sandbox
    run: Run

    @property
    def ledger(self) -> Path:
        """The snapshot; the journal stands beside it."""
        return self.root / ".reconciler" / "principal.json"

    @property
    def journal(self) -> Path:
        """The journal."""
        return self.ledger.with_suffix(".journal")

    def apply(self) -> Ran:
        """Plan, and apply as reviewed, as far as the plan can be made."""
        planned = self.run("plan", "--format", "json", url=self.sandbox.url, root=self.root)
        if not planned.out:
            return planned
        digest = planned.document["digest"]
        return self.run("apply", "--digest", digest, url=self.sandbox.url, root=self.root)

    def forget_lineage(self) -> None:
        """As if it had never been committed."""
        (self.root / "reconciler.lineage").unlink()

    def mailed_once(self) -> None:
        """When every start has passed, everybody has got each declared send once."""
        self.sandbox.clock.advance(timedelta(days=30))
        got = Counter((item.email, item.at.date()) for item in self.sandbox.history.deliveries())
        assert set(got.values()) == {1}
        assert {email for email, _ in got} == {contact["email"] for contact in SEED["contatos"]}


@pytest.fixture
def desk(tmp_path: Path, open_account: OpenAccount, run: Run) -> Desk:
    """One send has been scheduled; now there is more to do."""
    made = Desk(tmp_path / "here", open_account(SEED), run)
    made.root.mkdir()
    write(made.root, SENDING)
    assert made.apply().code == 0
    write(made.root, _MORE)
    return made


def _half(desk: Desk) -> None:
    desk.ledger.write_bytes(desk.ledger.read_bytes()[: desk.ledger.stat().st_size // 2])


def _flip(desk: Desk) -> None:
    content = bytearray(desk.ledger.read_bytes())
    content[len(content) // 2] ^= 1
    desk.ledger.write_bytes(content)


def _edit(desk: Desk) -> None:
    text = desk.ledger.read_text()
    desk.ledger.write_text(text.replace('"envio.um"', '"envio.xx"'))


def _newer(desk: Desk) -> None:
    desk.ledger.write_text(re.sub(r'"format_version":\d+', '"format_version":99', desk.ledger.read_text(), count=1))


def _folder(desk: Desk) -> None:
    desk.ledger.unlink()
    desk.ledger.mkdir()


def _pipe(desk: Desk) -> None:
    desk.ledger.unlink()
    os.mkfifo(desk.ledger)


def _link(desk: Desk) -> None:
    target = desk.root / "elsewhere.json"
    desk.ledger.rename(target)
    desk.ledger.symlink_to(target)


def _journal_of_another(desk: Desk) -> None:
    line = b'{"seq":1,"prev":"","op":"forget","data":{"token":"envio.um"},"sum":"00000000000000000000000000000000"}\n'
    desk.journal.write_bytes(line)


def _no_snapshot(desk: Desk) -> None:
    desk.ledger.unlink()
    _journal_of_another(desk)


_DAMAGE: Mapping[str, tuple[Callable[[Desk], object], str]] = {
    "deleted": (lambda desk: desk.ledger.unlink(), "the ledger is gone"),
    "deleted with all of its folder": (lambda desk: shutil.rmtree(desk.ledger.parent), "the ledger is gone"),
    "emptied": (lambda desk: desk.ledger.write_bytes(b""), "is damaged"),
    "cut in half": (_half, "is damaged"),
    "one bit flipped": (_flip, "is damaged"),
    "edited by hand": (_edit, "is damaged"),
    "not a ledger at all": (lambda desk: desk.ledger.write_text("versao: 1\n"), "is damaged"),
    "from the future": (_newer, "newer version"),
    "a folder in its place": (_folder, "could not be read"),
    "a pipe in its place": (_pipe, "could not be read"),
    "a link in its place": (_link, "symbolic link"),
    "a journal that is none": (_journal_of_another, "is damaged"),
    "a journal without a snapshot": (_no_snapshot, "is damaged"),
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_damage_is_said_with_the_remedy_and_nothing_is_called(damage: str, desk: Desk) -> None:
    """Exit 1, the file, what is wrong and what helps; no request at all. Then the remedy does help."""
    harm, words = _DAMAGE[damage]
    harm(desk)
    seen = len(desk.sandbox.history.requests())
    for command in ("plan", "apply --yes", "ledger show", "ledger verify"):
        ran = desk.run(command, url=desk.sandbox.url, root=desk.root)
        assert ran.code == 1
        assert words in ran.err
        assert str(desk.ledger) in ran.err or str(desk.journal) in ran.err
        assert "fix  " in ran.err
    assert len(desk.sandbox.history.requests()) == seen
    if damage == "from the future":
        return  # the remedy is another version
    rebuilt = desk.run("ledger rebuild", "--yes", url=desk.sandbox.url, root=desk.root)
    assert rebuilt.code == 0, rebuilt.err
    ran = desk.apply()
    assert ran.code in (0, 4), ran.err
    assert Counter(row["data_de_inicio"][:10] for row in desk.sandbox.state()["envios"])["2026-11-05"] == 1
    desk.mailed_once()


@pytest.mark.parametrize("ending", [".journal", ".lock"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_stands_in_a_files_place_is_named(kind: str, ending: str, desk: Desk) -> None:
    """Nothing blocks and nothing is called; not even a rebuild writes through it. Moved away, all is well again."""
    path = desk.ledger.with_suffix(ending)
    path.unlink(missing_ok=True)
    {"folder": path.mkdir, "pipe": lambda: os.mkfifo(path), "link": lambda: path.symlink_to(desk.root / "x")}[kind]()
    before = writes(desk.sandbox)
    for command in ("apply --yes", "ledger rebuild --yes"):
        ran = desk.run(command, url=desk.sandbox.url, root=desk.root)
        assert ran.code == 1, ran.err
        assert str(path) in ran.err
        assert "fix  " in ran.err
    assert writes(desk.sandbox) == before
    assert not (desk.root / "x").exists()
    path.rmdir() if kind == "folder" else path.unlink()
    assert desk.apply().code == 0
    desk.mailed_once()


def test_a_ledger_that_may_not_be_read_is_said(desk: Desk) -> None:
    """As damage is: with the file, the reason and the remedy."""
    desk.ledger.chmod(0)
    with no_more_than_others():
        ran = desk.run("plan", url=desk.sandbox.url, root=desk.root)
    assert (ran.code, "This user may not do that" in ran.err) == (1, True)


def test_another_accounts_ledger_is_refused(desk: Desk) -> None:
    """Two accounts that name one file: the second is told whose it is."""
    write(desk.root, _MORE, {"outra": {"ledger": {"arquivo": ".reconciler/principal.json"}}})
    ran = desk.run("apply --yes", url=desk.sandbox.url, root=desk.root)
    assert ran.code == 1
    assert "this is another account's ledger" in ran.err
    assert "'principal', not for 'outra'" in ran.err


def test_another_apis_ledger_is_refused(desk: Desk, open_account: OpenAccount) -> None:
    """The account of yesterday under another address is another account: nothing is concluded from its memory."""
    other = open_account(SEED)
    ran = desk.run("apply --yes", url=other.url, root=desk.root)
    assert (ran.code, "this is another API's ledger" in ran.err) == (1, True)
    assert other.history.requests() == []


def test_a_ledger_that_nobody_knew_begins_anew_and_sends_nothing_twice(desk: Desk) -> None:
    """Without a committed lineage it is a warning; what is live already is found by what it is."""
    desk.forget_lineage()
    desk.ledger.unlink()
    ran = desk.apply()
    assert ran.code in (0, 4)
    assert "there was a ledger here, and it is gone" in ran.err
    desk.mailed_once()


def test_an_older_copy_sends_nothing_twice(desk: Desk) -> None:
    """Restored from a backup of before the second send: the account decides, and both are there once."""
    backup = desk.ledger.read_bytes()
    assert desk.apply().code == 0
    desk.ledger.write_bytes(backup)
    planned = desk.run("plan", "--format", "json", url=desk.sandbox.url, root=desk.root)
    assert {change["action"] for change in planned.document["changes"]} == {"adopt"}
    assert desk.apply().code == 0
    assert len(desk.sandbox.state()["envios"]) == 2
    desk.mailed_once()


def test_a_copy_of_before_everything_sends_nothing_twice(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The same when the copy remembers nothing at all, and also after all of it has gone out."""
    desk = Desk(tmp_path, open_account(SEED), run)
    write(tmp_path, {})
    assert desk.apply().code == 0
    run("apply", "--yes", url=desk.sandbox.url)
    backup = desk.ledger.read_bytes()
    write(tmp_path, _MORE)
    assert desk.apply().code == 0
    desk.ledger.write_bytes(backup)
    assert desk.apply().code == 0
    desk.mailed_once()
    desk.ledger.write_bytes(backup)
    assert desk.apply().code in (0, 4)
    desk.mailed_once()


def test_two_histories_of_one_ledger_send_nothing_twice(desk: Desk, tmp_path: Path) -> None:
    """Copied to another machine, both go on by turns: what one does the other finds in the account."""
    other = Desk(tmp_path / "there", desk.sandbox, desk.run)
    shutil.copytree(desk.root, other.root)
    for here in (desk, other, desk, other):
        assert here.apply().code == 0
    assert len(desk.sandbox.state()["envios"]) == 2
    assert Counter(row["nome"] for row in desk.sandbox.state()["mensagens"]) == {"ola": 1}
    # The files of one beside the other's: neither is taken for the whole.
    write(other.root, {**_MORE, "listas": {**_MORE["listas"], "mg": {}}})
    assert other.apply().code == 0
    desk.journal.write_bytes(b'{"seq":99,"prev":"' + b"0" * 32 + b'","op":"forget","data":{"token":"envio.um"}')
    assert json.loads(desk.run("ledger verify", "--format", "json", root=desk.root, url=desk.sandbox.url).out)["whole"]
    desk.mailed_once()


def test_a_torn_last_line_is_harmless(desk: Desk) -> None:
    """A run that was killed while it wrote: told once, tidied, and gone on with."""
    desk.journal.write_bytes(b'{"seq":9,"prev":"00')
    assert "cut short" in desk.run("plan", url=desk.sandbox.url, root=desk.root).err
    assert desk.apply().code == 0
    assert "cut short" not in desk.run("plan", url=desk.sandbox.url, root=desk.root).err
    desk.mailed_once()


@pytest.mark.parametrize("lock", [b"", b"[1]", b"\xff\x00", b'{"format_version":1,"fence":"x"}'])
def test_a_lock_that_nobody_can_read_is_nobodys(lock: bytes, desk: Desk) -> None:
    """Nothing is lost with it: whether somebody is at work the system knows."""
    desk.ledger.with_suffix(".lock").write_bytes(lock)
    assert desk.apply().code == 0
    desk.mailed_once()


def test_a_damaged_ledger_calls_nothing_even_with_yes(desk: Desk) -> None:
    """`apply` with everything that can be agreed to beforehand is no way past it."""
    _flip(desk)
    before = writes(desk.sandbox)
    assert desk.run("apply --yes --lock-timeout 1s", url=desk.sandbox.url, root=desk.root).code == 1
    assert writes(desk.sandbox) == before
