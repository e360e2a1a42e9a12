"""Nothing that the program prints is a workflow command, but what is meant to be one."""

from __future__ import annotations

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.log import Log, harmless

HOSTILE = [
    "::error::x",
    "  ::set-output name=digest::0-0",
    "\t\u00a0::add-mask::a",
    "ok\r::stop-commands::x",
    "ok\r\n::warning file=a::b",
    "before ##[error]x",
    "a ###[group]x",
    "\u200b::error::x",
    "\u00ad:\u200d:error::x",
    "#\u200d#\u2060[error]x",
    "\x1b::debug::x",
    "\ufeff::notice::x",
]


def is_command(line: str) -> bool:
    """Whether the runner would take the line for a command: by its own code, compared as a language compares."""
    seen = "".join(sign for sign in line if unicodedata.category(sign) not in ("Cf", "Cc") or sign.isspace())
    return any(text.lstrip().startswith("::") or "##[" in text for text in (line, seen))


def lines_of(text: str) -> list[str]:
    """The lines as .NET's StreamReader reads them."""
    return re.split(r"\r\n|\r|\n", text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_no_command(text: str) -> None:
    """What somebody writes to be taken for a command is shown, and is none."""
    assert any(map(is_command, lines_of(text)))
    shown = harmless(text)
    assert not any(map(is_command, lines_of(shown)))
    assert shown.replace("\\", "") == text


@given(st.lists(st.text(alphabet=":#[\\ \r\n\tab\u200b\u00a0é\x1b"), max_size=12))
def test_no_way_of_cutting_text_makes_a_command(parts: list[str]) -> None:
    """However a text is cut into writes, no line of it is a command, and nothing of it is lost."""
    buffer = io.BytesIO()
    log = Log(buffer, encoding="utf-8", newline="", write_through=True)
    for part in parts:
        log.write(part)
    written = buffer.getvalue().decode()
    assert not any(map(is_command, lines_of(written)))
    assert written.replace("\\", "") == "".join(parts).replace("\\", "")


def test_ordinary_text_is_left_alone() -> None:
    """Headings, colons and times stay as they are."""
    text = "# a\n## b\nenvio: um\na::b\n12:30::\n: x\n[#1]\n## [x]\n"
    assert harmless(text) == text


def test_a_command_that_is_meant_is_one() -> None:
    """Only `instruct` writes one."""
    buffer = io.BytesIO()
    log = Log(buffer, encoding="utf-8", write_through=True)
    log.write("::error::a\n")
    log.instruct("::error::b")
    assert buffer.getvalue() == b":\\:error::a\n::error::b\n"
