"""Files of the workspace: nothing outside is opened, whatever links and special files say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.config.files import Folder, matcher
from reconciler.config.syntax import Problem
from reconciler.engine.model import Declared, Finding

POINTS = "mensagens:\n  m: {assunto: A, html: {arquivo: pasta/m.html}}\n"


@pytest.fixture(autouse=True)
def folder(root: Path) -> None:
    """A folder in the workspace, for the links."""
    (root / "pasta").mkdir()


def test_links_that_stay_inside_are_followed(root: Path, declared: Callable[..., dict[str, Declared]]) -> None:
    """A link to a file or a folder of the workspace is as good as what it leads to."""
    (root / "real").mkdir()
    (root / "real" / "m.html").write_text("<p>")
    (root / "pasta").rmdir()
    (root / "pasta").symlink_to("real")
    assert declared({"a.yaml": POINTS})["mensagem.m"].fields["html"] == "<p>"


@pytest.mark.parametrize("link", ["file", "folder"])
def test_links_that_lead_out_are_not_followed(
    link: str, root: Path, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """A link out of the workspace is refused at the place that names it, and its target is not read."""
    outside = root.parent / "fora"
    outside.mkdir()
    (outside / "m.html").write_text("segredo")
    if link == "file":
        (root / "pasta" / "m.html").symlink_to(outside / "m.html")
    else:
        (root / "pasta").rmdir()
        (root / "pasta").symlink_to(outside)
    found = findings({"a.yaml": POINTS})
    assert [f"{finding.place} {finding.rule}" for finding in found] == ["a.yaml:2:35 outside-workspace"]
    assert "segredo" not in str(found)


def test_campaign_files_that_are_links_out_are_refused(
    root: Path, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """A campaign file may not be a link out of the workspace either."""
    (root.parent / "fora.yaml").write_text("listas: {l: }")
    (root / "b.yaml").symlink_to("../fora.yaml")
    (root / "volta.yaml").symlink_to("volta.yaml")
    found = findings({"a.yaml": "listas: {a: }"})
    assert {f"{finding.place} {finding.rule}" for finding in found} == {
        "b.yaml:1:1 outside-workspace",
        "volta.yaml:1:1 bad-path",
    }


def test_only_regular_files_are_opened(root: Path, findings: Callable[..., tuple[Finding, ...]]) -> None:
    """A named pipe would wait for ever, a device could do anything: neither is opened."""
    os.mkfifo(root / "pasta" / "m.html")
    os.mkfifo(root / "b.yaml")
    found = findings({"a.yaml": POINTS})
    assert [(str(finding.place), finding.rule) for finding in found] == [
        ("a.yaml:2:35", "no-regular-file"),
        ("b.yaml:1:1", "no-regular-file"),
    ]
    assert "a named pipe" in found[0].summary


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("pasta", "no-regular-file"),
        ("nada", "missing-file"),
        ("", "bad-path"),
        ("a\0b", "bad-path"),
        ("a" * 5_000, "bad-path"),
        ("../workspace-2/x", "outside-workspace"),
        ("pasta/../..", "outside-workspace"),
        ("//etc/hostname", "outside-workspace"),
    ],
)
def test_what_cannot_be_opened_is_said(name: str, rule: str, root: Path) -> None:
    """Every path that is no regular file inside is refused by its own reason."""
    with pytest.raises(Problem) as caught:
        Folder(root).open(name)
    assert (caught.value.rule, bool(caught.value.remedy)) == (rule, True)


def test_files_that_cannot_be_read_are_said(root: Path) -> None:
    """A file behind a file, or too large a file, is a finding and no crash."""
    (root / "x").write_bytes(b"12345")
    folder = Folder(root)
    assert folder.read("x", 5) == b"12345"
    for name, limit, rule in (("x", 4, "too-large"), ("x/y", 9, "unreadable-file"), ("a" * 300, 9, "unreadable-file")):
        with pytest.raises(Problem) as caught:
            folder.read(name, limit)
        assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"listas:\n  l: {nome: S\xe3o}\n", "a.yaml:2:14", "byte 0xE3 at offset 21 is not UTF-8"),
        (b"\xff\xfel\x00", "a.yaml:1:1", "UTF-16"),
        (b"\xfe\xff\x00l", "a.yaml:1:1", "UTF-16"),
        (b"\xef\xbb\xbflistas: {l: {nome: \xff}}", "a.yaml:1:20", "offset 22"),
    ],
)
def test_bytes_that_are_no_utf8_are_found(
    content: bytes, place: str, words: str, findings: Callable[..., tuple[Finding, ...]]
) -> None:
    """Line, column and byte of the first byte that is no UTF-8, and how to convert the file."""
    (finding,) = findings({"a.yaml": content})
    assert (finding.rule, str(finding.place)) == ("encoding", place)
    assert words in finding.reason
    assert "UTF-8" in finding.remedy


def test_marks_of_editors_do_no_harm(declared: Callable[..., dict[str, Declared]]) -> None:
    """A byte-order mark and line ends of Windows change nothing."""
    found = declared({"a.yaml": b"\xef\xbb\xbflistas:\r\n  l:\r\n    nome: A\r\n"})
    assert found["lista.l"].fields == {"nome": "A"}
    assert str(found["lista.l"].place) == "a.yaml:2:3"


def test_names_that_are_no_text_do_no_harm(root: Path, findings: Callable[..., tuple[Finding, ...]]) -> None:
    """A file whose name is no UTF-8 is read, and shown with escapes."""
    Path(os.fsdecode(os.fsencode(root) + b"/\xe3.yaml")).write_text("listas: {l: {x: 1}}")
    (finding,) = findings({})
    assert str(finding.place) == "\\udce3.yaml:1:14"
    assert finding.place is not None
    finding.place.file.encode()


def test_html_that_is_no_utf8_is_found_in_its_own_file(findings: Callable[..., tuple[Finding, ...]]) -> None:
    """The finding stands where the byte stands, and names the message."""
    (finding,) = findings({"a.yaml": POINTS, "pasta/m.html": "<p>\nNão é\n".encode("latin-1")})
    assert (finding.rule, str(finding.place)) == ("encoding", "pasta/m.html:2:2")
    assert "mensagem.m" in finding.summary


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("**/*.yaml", "a.yaml", True),
        ("**/*.yaml", "x/y/a.yaml", True),
        ("*.yaml", "x/a.yaml", False),
        ("x/**", "x/y/a.yaml", True),
        ("./x/?.yaml", "x/a.yaml", True),
        ("x/?.yaml", "x//.yaml", False),
        ("a.yaml", "aXyaml", False),
        ("c[1].yaml", "c[1].yaml", True),
        ("x/**/y.yaml", "x/y.yaml", True),
    ],
)
def test_globs(pattern: str, name: str, matches: bool) -> None:
    """`*` and `?` stay within a folder, `**` crosses folders, everything else is itself."""
    assert bool(matcher(pattern).match(name)) is matches
