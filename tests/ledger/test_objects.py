"""A ledger in an object store, over HTTP: what is written, what is lost on the way, and what cannot be reached."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from obstore import delete, get, put
from obstore import list as listed
from obstore.store import from_url

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import LedgerError, ObjectHome, open_ledger, read_ledger
from tests.ledger.s3_proxy import proxy

NATAL = Address("envio", "natal-sp")


def intent(name: str = "1") -> Intent:
    """A begun call."""
    return Intent(name, NATAL, Action.SCHEDULE, datetime(2026, 11, 2, 8, tzinfo=UTC))


def names(home: ObjectHome) -> list[str]:
    """The objects that are there."""
    return sorted(entry["path"] for page in listed(from_url(home.url)) for entry in page)


def content(home: ObjectHome, name: str) -> bytes:
    """One object."""
    return bytes(get(from_url(home.url), name).bytes())


def fill(home: ObjectHome, number: int) -> None:
    """A run that binds so many contacts that they make a part of their own."""
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        for each in range(6000):
            ledger.bind(Address("contato", f"c{each}@exemplo.org"), Binding("contato", None, f"{number}-{each}"))


def test_a_small_ledger_is_one_object(object_home: ObjectHome) -> None:
    """A step is one write, and what it wrote can be read by eye."""
    with open_ledger(object_home, account="conta", origin="sandbox") as ledger:
        ledger.begin(intent())
        assert names(object_home) == ["ledger"]
        assert b'"op":"begin"' in content(object_home, "ledger")
    assert names(object_home) == ["ledger"]


def test_parts_of_the_past_are_removed(object_home: ObjectHome) -> None:
    """However often a large ledger is written, only what the newest one is made of stays."""
    for number in range(3):
        fill(object_home, number)
        assert len(names(object_home)) == 2
    assert len(read_ledger(object_home, account="conta", origin="sandbox").people) == 6000


def test_no_changed_byte_goes_unnoticed(object_home: ObjectHome) -> None:
    """With a bit of a byte of any object turned, the ledger is refused in the ledger's own words."""
    fill(object_home, 1)
    ledger = open_ledger(object_home, account="conta", origin="sandbox")
    ledger.begin(intent())
    store = from_url(object_home.url)
    for name in names(object_home):
        original = content(object_home, name)
        for position in range(0, len(original), max(1, len(original) // 40)):
            changed = bytearray(original)
            changed[position] ^= 1 << position % 7
            put(store, name, bytes(changed))
            with pytest.raises(LedgerError) as refused:
                read_ledger(object_home, account="conta", origin="sandbox")
            assert refused.value.finding.rule in {"ledger-damaged", "ledger-newer"}
        put(store, name, original)
    assert len(read_ledger(object_home, account="conta", origin="sandbox").begun) == 1


def test_a_part_that_is_missing_is_damage(object_home: ObjectHome) -> None:
    """And the object is named."""
    fill(object_home, 1)
    delete(from_url(object_home.url), next(name for name in names(object_home) if name != "ledger"))
    with pytest.raises(LedgerError, match="An object that it is made of is missing"):
        read_ledger(object_home, account="conta", origin="sandbox")


def test_a_newer_head_is_refused(object_home: ObjectHome) -> None:
    """Whatever else it holds: the version that is needed is named."""
    put(from_url(object_home.url), "ledger", b'{"format_version":2}\n')
    with pytest.raises(LedgerError, match="written by a newer version") as refused:
        open_ledger(object_home, account="conta", origin="sandbox")
    assert refused.value.finding.rule == "ledger-newer"


def test_an_answer_that_was_lost_is_settled_by_reading(
    object_home: ObjectHome, s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write is done, and its first answer lost: every step succeeds, and each stands there once."""
    met: set[bytes] = set()

    def loses(request: bytes) -> bool:
        first = request.startswith(b"PUT") and request.partition(b"\r\n\r\n")[2] not in met
        met.add(request.partition(b"\r\n\r\n")[2])
        return first

    with proxy(s3, loses=loses) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with open_ledger(object_home, account="conta", origin="sandbox") as ledger:
            ledger.begin(intent("1"))
            ledger.begin(intent("2"))
            ledger.end(intent("1"), "confirmed", {})
        memory = read_ledger(object_home, account="conta", origin="sandbox")
    assert (list(memory.begun), memory.seq) == (["2"], 3)


def test_what_cannot_be_reached_is_said(object_home: ObjectHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bucket, nobody there, an address that is not encrypted: in words, soon, without a key."""
    elsewhere = ObjectHome("s3://outro-balde/conta")
    with pytest.raises(LedgerError, match="There is no such bucket"):
        read_ledger(elsewhere, account="conta", origin="sandbox")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    began = time.monotonic()
    for use in (open_ledger, read_ledger):
        with pytest.raises(LedgerError, match=r"could not be reached.*127\.0\.0\.1:1") as refused:
            use(object_home, account="conta", origin="sandbox")
        assert refused.value.finding.rule == "ledger-unreachable"
        assert "segredo" not in str(refused.value)
    assert time.monotonic() - began < 30
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(LedgerError, match="could not be reached"):
        read_ledger(object_home, account="conta", origin="sandbox")


@pytest.mark.parametrize(
    ("url", "environment", "word"),
    [
        ("gs://balde/conta", {"GOOGLE_SKIP_SIGNATURE": "true", "GOOGLE_BASE_URL": "http://127.0.0.1:1"}, "GCS"),
        (
            "az://balde/conta",
            {
                "AZURE_STORAGE_ACCOUNT_NAME": "conta",
                "AZURE_STORAGE_ACCOUNT_KEY": "c2VncmVkbw==",
                "AZURE_STORAGE_ENDPOINT": "http://127.0.0.1:1",
            },
            "MicrosoftAzure",
        ),
    ],
)
def test_other_vendors_are_asked_in_their_way(
    url: str, environment: dict[str, str], word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheme chooses the vendor, and the environment says where and as whom."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LedgerError, match=f"could not be reached.*{word}"):
        read_ledger(ObjectHome(url), account="conta", origin="sandbox")


def test_without_the_library_the_command_that_helps_is_said() -> None:
    """It is an extra, and asked for only by those who keep their ledger there."""
    code = """
import sys
sys.modules["obstore"] = None
from reconciler.ledger import LedgerError, ObjectHome, read_ledger
try:
    read_ledger(ObjectHome("s3://balde/conta"), account="conta", origin="sandbox")
except LedgerError as error:
    print(error.finding.rule, error)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert ended.stdout.startswith("ledger-extra")
    assert "pip install 'campaign-reconciler[objeto]'" in ended.stdout
