"""Where GitHub Actions reads what is printed: hostile names, end to end, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import LEAVE, SEED, write
from tests.github.test_log import is_command, lines_of

NAMES = ["::error file=x,line=1::y", "##[error]x", "a ##[group]b", "::stop-commands::x"]
NO_NAMES = ["\n::set-output name=digest::0-0", "\r::add-mask::a"]


def campaign(names: Sequence[str]) -> dict[str, Any]:
    """A campaign that has each name wherever a name may stand."""
    each = {f"n{place}": name for place, name in enumerate(names)}
    messages = {
        key: {"nome": name, "assunto": name, "html": f"<p>{name}</p>", "mensagem_descadastro": LEAVE}
        for key, name in each.items()
    }
    return {
        "listas": {"sp": {}, **{key: {"nome": name} for key, name in each.items()}},
        "campos": {key: {"nome": name} for key, name in each.items()},
        "mensagens": messages,
        "envios": {"um": {"mensagem": "n0", "listas": ["sp"], "data_de_inicio": "2026-11-05T09:00"}},
    }


@pytest.mark.parametrize("names", [NAMES, NO_NAMES], ids=["names", "no names"])
def test_no_name_is_a_command(
    spawn: Run, tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """Whatever a campaign calls things, and however wrong it is: no line that is printed is a command."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    code = 0 if names is NAMES else 3
    sandbox = open_account({**SEED, "listas": [{"id": "Lsp", "nome": "sp"}, {"id": "Lx", "nome": f"{names[0]}!"}]})
    write(tmp_path, campaign(names))
    ran = [spawn("plan", "--format", style, url=sandbox.url) for style in ("text", "json", "markdown")]
    ran.append(spawn("apply", "--not-reviewed", names[0], url=sandbox.url))
    wrong = "".join(f"  x{place}: {{{json.dumps(name)}: 1}}\n{name}: 1\n" for place, name in enumerate(names))
    (tmp_path / "errado.yaml").write_text(f"listas:\n{wrong}", encoding="utf-8")
    ran += [spawn("validate", url=sandbox.url), spawn("plan", "--account", names[0], url=sandbox.url)]
    assert [each.code for each in ran] == [code, code, code, code or 5, 3, 3]
    printed = [line for each in ran for text in (each.out, each.err) for line in lines_of(text)]
    assert not [line for line in printed if is_command(line)]


def test_json_says_the_same(
    spawn: Run, tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A JSON document in a log is whole: what would be a command in it is written in another way, and is the same."""
    sandbox = open_account(SEED)
    write(tmp_path, campaign(["##[error]x ::error::y"]))
    before = spawn("plan", "--format", "json", url=sandbox.url).document
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert spawn("plan", "--format", "json", url=sandbox.url).document == before
    assert "##[error]x ::error::y" in json.dumps(before)
