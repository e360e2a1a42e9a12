"""The key is in nothing that is ever written, whatever goes wrong, in whatever form it might be spelt."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.e2e.canary import CANARY, Echo, assert_clean, environment, reconciler, search
from tests.laws.world import NOW, SETTINGS

SEED: dict[str, Any] = {"agora": NOW, "listas": [{"id": "Lsp", "nome": "sp"}]}
CAMPAIGN: dict[str, Any] = {
    "listas": {"sp": {"nome": "sp"}, "rj": {}},
    "contatos": [{"email": "ana@exemplo.com.br", "listas": ["sp", "rj"]}],
    "mensagens": {"ola": {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": "Sair?"}},
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace, and beside it the only place for temporary files."""
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "tmp").mkdir()
    write(root, CAMPAIGN)
    return root


def write(root: Path, campaign: Mapping[str, Any], settings: Mapping[str, Any] = SETTINGS) -> None:
    """The workspace's files."""
    (root / "reconciler.yaml").write_text(yaml.safe_dump(dict(settings)), encoding="utf-8")
    (root / "campanha.yaml").write_text(yaml.safe_dump(dict(campaign)), encoding="utf-8")


@contextmanager
def account(root: Path, *faults: Fault, seed: Mapping[str, Any] = SEED) -> Iterator[Sandbox]:
    """An account that only the canary opens; its state lies in the workspace, and is searched too."""
    with Sandbox.open(root / "account.sqlite", seed, key=CANARY) as sandbox:
        for fault in faults:
            sandbox.faults.add(fault)
        yield sandbox
        history = json.dumps(sandbox.history.as_json(), ensure_ascii=False, default=str)
        assert_clean("the history", history.encode())
        assert_clean("the account", json.dumps(sandbox.state(), ensure_ascii=False).encode())
    search(root)


def _rain(kind: FaultKind, **more: Any) -> Fault:
    return Fault(kind=kind, count=more.pop("count", 1), **more)


WEATHER: Mapping[str, Fault] = {
    "throttled": _rain(FaultKind.THROTTLE, retry_after="1"),
    "throttled, as a page": _rain(FaultKind.THROTTLE, retry_after="1", page=True),
    "throttled until a date": _rain(FaultKind.THROTTLE, retry_after="date+1"),
    "a page with 200": _rain(FaultKind.PAGE, status=200),
    "a page with 502": _rain(FaultKind.PAGE, status=502),
    "an error": _rain(FaultKind.ERROR, status=500),
    "an error after the effect": _rain(FaultKind.ERROR, status=500, effect=Effect.FIRST),
    "reset before": _rain(FaultKind.DROP),
    "reset after the effect": _rain(FaultKind.DROP, effect=Effect.FIRST),
    "cut off": _rain(FaultKind.TRUNCATE),
    "slow": _rain(FaultKind.SLOW, delay=0.3),
    "a bomb": _rain(FaultKind.BOMB, size=34 * 1024 * 1024),
    "redirected": _rain(FaultKind.REDIRECT, location=f"http://127.0.0.1:9/?chave={quote(CANARY)}"),
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("weather", WEATHER)
def test_in_bad_weather(home: Path, weather: str, method: str) -> None:
    """Reading and writing through every misbehaviour of the server writes the key nowhere."""
    fault = WEATHER[weather]
    rain = Fault(**{name: getattr(fault, name) for name in fault.__slots__} | {"method": method})
    with account(home, rain) as sandbox:
        ran = reconciler(
            home, sandbox.url, "apply", "-vv", "--yes", "--format", "json", "--out", str(home / "out.json")
        )
    assert ran.returncode in (0, 1, 6, 7, 75)
    assert b"DEBUG reconciler.transport" in ran.stderr, "at -vv every call is told"


@pytest.mark.parametrize("kind", ["application/json", "text/html"])
@pytest.mark.parametrize("status", [200, 307, 400, 401, 404, 418])
def test_a_server_that_echoes(home: Path, status: int, kind: str) -> None:
    """A server that repeats the address in its status line, headers and body cannot make us write the key."""
    echo = Echo(status, kind)
    try:
        limits = {**SETTINGS, "contas": {"principal": {"limites": {"prazo": "1s"}}}}
        pinned = {"id": "C1", "email": "ana@exemplo.com.br", "listas": ["sp"]}
        write(home, {"listas": {"sp": {}}, "contatos": [pinned] if status == 200 else []}, limits)
        if kind == "text/html" and status not in (307, 401, 404):  # taken for overload: that is waited out
            stopped(home, echo.url, "plan", "-vv")
            return
        ran = reconciler(home, echo.url, "plan", "-vv", "--show-contacts")
    finally:
        echo.close()
    assert ran.returncode in (0, 1, 4, 75)
    if (status, kind) == (200, "application/json"):  # what it takes for answers makes no sense
        assert ran.returncode == 1
        assert b"without an id" in ran.stderr


FAULT = """
import sys
from reconciler.cli.console import Console
from reconciler.cli.trouble import told
console = Console(loud=2, plain=True)
console.log()
console.hide(sys.argv[1])
with told(console):
    try:
        {}[sys.argv[1]]
    except KeyError as error:
        raise RuntimeError("GET https://exemplo.org/?chave=" + sys.argv[1]) from error
"""


def test_a_fault_of_our_own(home: Path) -> None:
    """The last resort, an error that nobody foresaw, is told with its traceback at -vv, and without the key."""
    command = [sys.executable, "-c", FAULT, CANARY]
    ran = subprocess.run(command, capture_output=True, timeout=60, check=False)
    search(home, ran)
    assert b"fault of the program" in ran.stderr
    assert b"Traceback" in ran.stderr


def stopped(root: Path, url: str, *words: str, after: float = 1.5) -> subprocess.CompletedProcess[bytes]:
    """A run that gets Ctrl-C after a while."""
    command = [sys.executable, "-m", "reconciler", words[0], "-C", str(root), *words[1:]]
    with subprocess.Popen(
        command, env=environment(root, url), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    ran = subprocess.CompletedProcess(command, process.returncode, out, err)
    search(root, ran)
    # Both are 130 to a shell: CPython dies of the signal itself if it came in the middle of an `exec` while importing.
    assert ran.returncode in (130, -signal.SIGINT)
    return ran


def test_interrupted(home: Path) -> None:
    """Ctrl-C in the middle of reading, and in the middle of applying, writes the key nowhere."""
    with account(home, Fault(kind=FaultKind.SLOW, method="GET", delay=20.0, count=None)) as sandbox:
        stopped(home, sandbox.url, "plan", "-vv")
    with account(home, Fault(kind=FaultKind.SLOW, method="POST", delay=3.0, count=None)) as sandbox:
        stopped(home, sandbox.url, "apply", "--yes", "-vv", after=3.0)


@pytest.mark.parametrize(
    "url",
    [
        f"https://user:{CANARY}@api.criaenvio.com/v1",
        f"https://api.criaenvio.com/v1?chave={CANARY}",
        f"https://api.criaenvio.com/v1#{CANARY}",
        f"http://api.criaenvio.com/v1?chave={quote(CANARY)}",
        f"ftp://{quote(CANARY, safe='')}@127.0.0.1/",
        CANARY,
        "http://127.0.0.1:1/v1",
    ],
)
def test_a_bad_address(home: Path, url: str) -> None:
    """An address that holds the key, or that leads nowhere, is not repeated with the key in it."""
    if url.endswith(":1/v1"):  # nobody listens there: tried again until it is interrupted
        stopped(home, url, "plan", "-vv")
        return
    assert reconciler(home, url, "plan", "-vv").returncode == 64


def _no_key(_home: Path) -> dict[str, str]:
    return {"CRIAENVIO_CHAVE": ""}


def _key_with_line_breaks(_home: Path) -> dict[str, str]:
    return {"CRIAENVIO_CHAVE": f"{CANARY}\n{CANARY}"}


def _key_with_letters(_home: Path) -> dict[str, str]:
    return {"CRIAENVIO_CHAVE": f"{CANARY}çã"}


def _key_in_the_yaml(home: Path) -> dict[str, str]:
    write(home, {}, {**SETTINGS, "contas": {"principal": {"criaenvio": {"chave": CANARY}}}})
    return {}


def _key_as_a_name(home: Path) -> dict[str, str]:
    write(home, {}, {**SETTINGS, "contas": {"principal": {"criaenvio": {"chave": {"env": CANARY}}}}})
    return {}


def _key_in_a_file(home: Path, content: bytes, mode: int = 0o600) -> dict[str, str]:
    path = home.parent.parent / f"{home.parent.name}-key"
    path.write_bytes(content)
    path.chmod(mode)
    write(home, {}, {**SETTINGS, "contas": {"principal": {"criaenvio": {"chave": {"arquivo": str(path)}}}}})
    return {}


def _unreadable_key_file(home: Path) -> dict[str, str]:
    return _key_in_a_file(home, CANARY.encode("utf-16"))


def _missing_key_file(home: Path) -> dict[str, str]:
    write(home, {}, {**SETTINGS, "contas": {"principal": {"criaenvio": {"chave": {"arquivo": "../nowhere"}}}}})
    return {}


def _damaged_ledger(home: Path) -> dict[str, str]:
    (home / ".reconciler").mkdir()
    (home / ".reconciler" / "principal.json").write_text("{", encoding="utf-8")
    return {}


def _ledger_is_a_folder(home: Path) -> dict[str, str]:
    (home / ".reconciler" / "principal.json").mkdir(parents=True)
    return {}


def _wrong_key(_home: Path) -> dict[str, str]:
    return {"CRIAENVIO_CHAVE": f"{CANARY}x"}


MISTAKES: Mapping[str, tuple[Callable[[Path], dict[str, str]], int]] = {
    "no key": (_no_key, 64),
    "a key over two lines": (_key_with_line_breaks, 64),
    "a key with other letters": (_key_with_letters, 64),
    "the key in the YAML": (_key_in_the_yaml, 3),
    "the key in place of its variable's name": (_key_as_a_name, 3),
    "a key file that is no text": (_unreadable_key_file, 64),
    "a key file that is not there": (_missing_key_file, 64),
    "a damaged ledger": (_damaged_ledger, 1),
    "a ledger that is a folder": (_ledger_is_a_folder, 1),
    "another key": (_wrong_key, 1),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_of_the_operator(home: Path, mistake: str) -> None:
    """No mistake with the key, its file or the ledger makes the program repeat the key ."""
    prepare, code = MISTAKES[mistake]
    with Sandbox.open(None, SEED, key=CANARY) as sandbox:
        more = prepare(home)
        ran = subprocess.run(
            [sys.executable, "-m", "reconciler", "apply", "-C", str(home), "--yes", "-vv"],
            env=environment(home, sandbox.url, **more),
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert_clean("stdout", ran.stdout)
    assert_clean("stderr", ran.stderr)
    assert ran.returncode == code, ran.stderr.decode()[:2000].replace(CANARY, "KEY")


def test_the_report_cannot_be_written(home: Path) -> None:
    """A full disk for --out, and a stdout that is closed, end in words without the key."""
    with account(home) as sandbox:
        full = reconciler(home, sandbox.url, "plan", "-vv", "--out", "/dev/full/x")
        missing = reconciler(home, sandbox.url, "plan", "-vv", "--out", str(home / "no" / "folder.txt"))
        with Path("/dev/full").open("wb") as device:
            broken = subprocess.run(
                [sys.executable, "-m", "reconciler", "plan", "-C", str(home), "-vv"],
                env=environment(home, sandbox.url),
                stdout=device,
                stderr=subprocess.PIPE,
                timeout=60,
                check=False,
            )
    assert_clean("stderr", broken.stderr)
    assert (full.returncode, missing.returncode, broken.returncode) == (1, 1, 1)
    assert b"Traceback" not in broken.stderr


def test_a_file_that_may_not_grow(home: Path) -> None:
    """When the ledger can grow no further (a full disk), the run ends in words, without a further call and the key."""
    with account(home) as sandbox:
        ran = subprocess.run(
            ["bash", "-c", f'ulimit -f 0; exec "{sys.executable}" -m reconciler apply -C "$0" --yes -vv', str(home)],
            env=environment(home, sandbox.url, PYTHONDONTWRITEBYTECODE="1"),
            capture_output=True,
            timeout=60,
            check=False,
        )
        writes = [item for item in sandbox.history.requests() if item.method != "GET"]
    search(home, ran)
    assert ran.returncode == 1
    assert writes == []


def test_validate_says_nothing_of_it(home: Path) -> None:
    """`validate` has no use for the key, and what it prints of wrong files does not hold it."""
    write(home, {"listas": {"sp": {"nome": ["x"]}}, "envios": {"x": {"mensagem": "y"}}})
    assert reconciler(home, "", "validate", "-vv").returncode == 3
    assert reconciler(home, "", "validate", "--format", "json").returncode == 3


def test_what_was_applied_holds_no_key(home: Path) -> None:
    """After a good run neither ledger, journal, report nor account holds the key; the search would find it."""
    with account(home) as sandbox:
        ran = reconciler(home, sandbox.url, "apply", "--yes", "-vv", "--out", str(home / "out.txt"))
        assert ran.returncode == 0
        assert sandbox.history.requests(), "something was called"
    with pytest.raises(AssertionError, match="the key is in a log"):
        assert_clean("a log", f"GET /v1/campos?chave={quote(CANARY, safe='')} HTTP/1.1".encode())
