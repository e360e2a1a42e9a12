"""The YAML loader: texts stay as they stand, places are right, and nothing hostile gets far."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config.document import MAX_EXPANDED, Map, Node, Seq, parse
from reconciler.config.syntax import Problem

LOOKALIKES = [
    "no",
    "yes",
    "on",
    "1e3",
    "01310",
    "1.10",
    "0x1F",
    "12:30:00",
    "2026-12-20",
    "1_000",
    "true",
    ".5",
    "=",
    "+1",
]


def plain(node: Node) -> Any:
    """The same, as plain lists and dictionaries."""
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.items()}
    return [plain(item) for item in node] if isinstance(node, Seq) else node


@pytest.mark.parametrize("text", LOOKALIKES)
def test_scalars_are_the_text_that_stands_there(text: str) -> None:
    """No scalar is ever read as a number, a date or a boolean, whether plain, quoted, in a list or as a key."""
    assert plain(parse(f"{text}: {text}\nb: [{text}, '{text}']\n").root) == {text: text, "b": [text, text]}


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_no_value_and_quoted_nothing_is_a_text(text: str) -> None:
    """What YAML calls null is no value; the same words in quotes are texts."""
    assert plain(parse(f"a: {text}\nb: '{text}'\n").root) == {"a": None, "b": text}


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))
def test_quoted_texts_come_back_as_they_were(value: Any) -> None:
    """Whatever texts, lists and mappings another YAML library writes, ours reads them as they were."""
    written = yaml.dump(value, Dumper=Quoting, allow_unicode=True)
    assert plain(parse(written).root) == value


class Quoting(yaml.SafeDumper):
    """Writes every text in double quotes."""

    def represent_scalar(self, tag: str, value: Any, style: str | None = None) -> yaml.ScalarNode:  # noqa: ARG002
        """In double quotes, whatever the library would choose."""
        return super().represent_scalar(tag, value, '"')

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """No anchors."""
        return True


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,9}", fullmatch=True), st.from_regex(r"[A-Za-zé][A-Za-zé0-9]{0,9}", fullmatch=True)
        ),
        unique_by=lambda pair: pair[0],
    )
)
def test_marks_point_at_the_text(pairs: list[tuple[str, str]]) -> None:
    """Every key and every value of a mapping is found where it stands, in characters, after text of any length."""
    text = "# çã 😀\r\n" + "".join(f"{key}:   {value} # {value}\r\n" for key, value in pairs)
    root = parse(text).root
    for key, value in pairs:
        assert isinstance(root, Map)
        key_mark, value_mark = root.marks_of(key)
        assert text[key_mark.index :].startswith(f"{key}:")
        assert value == "null" or text[value_mark.index :].startswith(value)


def marks(node: Node) -> Any:
    """Every offset inside a node, in its shape."""
    if isinstance(node, Map):
        return {key: ([mark.index for mark in node.marks_of(key)], marks(value)) for key, value in node.items()}
    return [(node.mark_of(at).index, marks(item)) for at, item in enumerate(node)] if isinstance(node, Seq) else None


_NESTED = st.recursive(
    st.sampled_from(["um", "não", "~", ""]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abcd"), inner, max_size=3)),
    max_leaves=12,
)
_MERGED = "base: &b {x: {y: [1]}, z: 2}\nitens:\n- <<: *b\n  z: {w: *b}\n- *b\n"


@given(
    st.dictionaries(st.sampled_from("abcd"), _NESTED), st.sampled_from(["", _MERGED]), st.sampled_from([False, None])
)
def test_marks_found_later_are_those_taken_at_once(tree: object, more: str, flow: bool | None) -> None:
    """However deep something stands, and however it was written: a finding about it points to the same place."""
    text = more + yaml.safe_dump({"raiz": [tree]}, allow_unicode=True, default_flow_style=flow)
    assert marks(parse(text).root) == marks(parse(text, marked=100).root)


@pytest.mark.parametrize("text", ["a: b\n<<:\n- c: {d: [e]}\n", "<<: [{a: b}, {c: d}]\n", "a: {<<: [{b: {c: d}}]}\n"])
def test_what_is_merged_where_it_stands_is_found_there(text: str) -> None:
    """A key that comes from a mapping written behind `<<` itself points to its place in that."""
    root = parse(text).root
    assert marks(root) == marks(parse(text, marked=100).root)
    assert isinstance(root, Map)
    assert all(text[root.marks_of(key)[0].index :].startswith(f"{key}:") for key in root)


def test_anchors_and_merges() -> None:
    """An alias stands for its anchor; a mapping wins over what it merges, and the first source over the next."""
    text = """
a: &a {x: 1, y: 1}
b: &b {y: 2, z: 2}
c: {<<: [*a, *b], x: 3}
d: {<<: *b}
e: [*a, &text oi, *text]
&key f: *key
"<<": g
"""
    root = plain(parse(text).root)
    assert root["c"] == {"x": "3", "y": "1", "z": "2"}
    assert root["d"] == {"y": "2", "z": "2"}
    assert root["e"] == [{"x": "1", "y": "1"}, "oi", "oi"]
    assert (root["f"], root["<<"]) == ("f", "g")


def test_repeated_keys_are_problems_and_the_first_counts() -> None:
    """A key that stands twice is found at its second place, with the first one beside it; the rest stays readable."""
    document = parse("a: 1\nb: 2\na: 3\n")
    assert plain(document.root) == {"a": "1", "b": "2"}
    assert [(problem.rule, problem.at, problem.other) for problem in document.problems] == [("duplicate-key", 10, 0)]


def test_line_ends_and_literal_texts() -> None:
    """All line ends of YAML are one line feed in texts, as in every YAML library."""
    assert plain(parse("a: |\r\n  um\r\n  dois\r\nb: >-\n  um\n  dois\n").root) == {"a": "um\ndois\n", "b": "um dois"}


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
QUADRATIC = "a: &a [" + "x," * 10_000 + "]\nb: [" + "*a," * 10_000 + "]\n"
HOSTILE = {
    "flow nesting": "[" * 100_000,
    "flow nesting, closed": "[" * 5_000 + "]" * 5_000,
    "mapping nesting": "{a: " * 100_000,
    "mixed nesting": "[{a: " * 50_000,
    "block nesting": "".join(" " * depth + "a:\n" for depth in range(2_000)),
    "list nesting": "- " * 100_000,
    "question nesting": "? " * 100_000,
    "questions and lists": "? - " * 50_000,
    "lines of nesting": "[\n" * 100_000,
    "anchored nesting": "&a [" * 100_000,
    "tagged nesting": "!!seq [" * 100_000,
    "alias bomb": BOMB,
    "quadratic aliases": QUADRATIC,
    "merge bomb": "a: &a {x: 1}\n" + "b: {<<: [" + "*a," * (MAX_EXPANDED // 2) + "]}\n",
    "alias to itself": "&a [*a]",
    "alias in a merge to itself": "a: &a {<<: *a}",
    "merge of a text": "{<<: x}",
    "merge of texts": "{<<: [x, y]}",
    "unknown alias": "*x",
    "alias as a key": "&a x: 1\n*a : 2\n",
    "list as a key": "[a]: 1",
    "mapping as a key": "{a: b}: 1",
    "long complex key": "? " + "a" * 2_000 + "\n: [",
    "python object": "!!python/object/apply:os.system ['true']",
    "python name": "!!python/name:os.system ''",
    "python module": "a: !!python/module:os ''",
    "local tag": "!x a",
    "verbatim tag": "!<tag:exemplo.org,2026:x> a",
    "standard tag": "!!binary aGk=",
    "non-specific tag": "! a",
    "tag on a key": "!!str a: b",
    "unknown handle": "!e!x a",
    "tag directive": "%TAG ! tag:exemplo.org,2026:\n---\na",
    "many directives": "%TAG !a! b\n" * 50_000,
    "version directive": "%YAML 1.1\n---\na",
    "unknown directive": "# x\n\n%NADA\n---\na",
    "directive after the end": "a\n...\n%TAG ! x\n---\nb",
    "two documents": "a\n---\nb",
    "many documents": "---\n" * 100_000,
    "document in a quote": '"a\n--- b"',
    "NUL": "a: \0",
    "bell": "a: \x07",
    "escape": "a: \x1b[31m",
    "delete": "a: \x7f",
    "surrogate": "a: \ud800",
    "noncharacter": "a: \ufffe",
    "wide control": "a: \x9f",
    "open quote": '"' + "a" * 1_000_000,
    "open single quote": "'" + "a\n" * 100_000,
    "open brackets in quotes": '["' * 50_000,
    "bad escape": '"\\q"',
    "half an escape": '"\\u12"',
    "escaped surrogate": '"\\ud83d\\ude00"',
    "tab": "a:\n\tb: c",
    "tab before a list": "a:\n\t- b",
    "percent": "a: %b",
    "at": "a: @b",
    "backtick": "a: `b`",
    "colon in a value": "a: b: c",
    "dash in a value": "a: - b",
    "broken indentation": "a:\n    b: c\n  d: e",
    "open flow mapping": "{a: b, c",
    "closed too early": "a: ]",
    "closed otherwise": "[a}",
    "comma first": "[, a]",
    "block scalar header": "a: |9x\n  b",
    "text after block scalar header": "a: | b\n  c",
    "too long a key": "a" * 1_100 + "\n b: c: d",
    "anchor without a name": "& a",
    "alias without a name": "[* ]",
    "two anchors": "&a &b c",
    "anchor on an alias": "&a a: &b *a",
    "value without a key in a list": "- a\nb",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_refused_in_no_time(name: str) -> None:
    """Each is refused with a place, words and a remedy, in well under a second of processor time."""
    started = time.process_time()
    with pytest.raises(Problem) as caught:
        parse(HOSTILE[name])
    assert time.process_time() - started < 0.5  # measured: a tenth of it
    assert 0 <= caught.value.at <= len(HOSTILE[name])
    assert caught.value.reason
    assert caught.value.remedy


def test_nesting_that_ends_the_library_does_not_end_ours() -> None:
    """100,000 brackets end a process that composes them with the C library; ours refuses them and goes on."""
    program = (
        "from reconciler.config.document import parse\n"
        "from reconciler.config.syntax import Problem\n"
        "for text in ('[' * 100_000, '{a: ' * 100_000, '- ' * 100_000, '&a [' * 100_000):\n"
        "    try:\n        parse(text)\n    except Problem as problem:\n        print(problem.rule)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (run.returncode, run.stdout.split()) == (0, ["too-deep"] * 4), run.stderr


def test_without_the_c_library_the_same_is_read() -> None:
    """Where the YAML library was built without its C part, its slower twin gives the same values and limits."""
    text = "a: &x [no, '', ~, 1e3]\nb: {<<: {c: *x}, c: \"\\u00e7\"}\nd: |\n  e\n"
    program = (
        "import json, sys\nsys.modules['yaml._yaml'] = None\n"
        "import yaml\nassert not yaml.__with_libyaml__\n"
        "from reconciler.config.document import parse\nfrom reconciler.config.syntax import Problem\n"
        f"print(json.dumps(parse({text!r}).root))\n"
        "try:\n    parse('[' * 5_000)\nexcept Problem as problem:\n    print(problem.rule)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert run.stdout.splitlines() == [json.dumps(plain(parse(text).root)), "too-deep"], run.stderr


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text ends in anything but a document or a problem that points into it."""
    at = 0
    try:
        parse(text)
    except Problem as problem:
        at = problem.at
    assert 0 <= at <= len(text)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"%@`#,? \n\t~<\\", max_size=40))
def test_what_is_read_is_what_another_library_reads(text: str) -> None:
    """Texts that are nearly YAML are read as the other library reads them, where it does; or refused."""
    try:
        document = parse(text)
        theirs = yaml.load(text, Loader=Texts)  # noqa: S506 - a loader of texts alone
    except (Problem, yaml.YAMLError):
        return
    assert document.problems or keyed(plain(document.root)) == keyed(theirs)


def keyed(value: Any) -> Any:
    """The same with None for every key that YAML calls null: ours keeps its text."""
    if isinstance(value, dict):
        nothing = ("", "~", "null", "Null", "NULL")
        return {None if key in nothing else key: keyed(inner) for key, inner in value.items()}
    return [keyed(item) for item in value] if isinstance(value, list) else value


def _only(tag: str, words: str) -> tuple[str, re.Pattern[str]]:
    return f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{words})\\Z")


class Texts(yaml.SafeLoader):
    """The other library without any types but null, and with merges."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {  # type: ignore[misc]
        "": [_only("null", "")],
        "~": [_only("null", "~")],
        "n": [_only("null", "null")],
        "N": [_only("null", "Null|NULL")],
        "<": [_only("merge", "<<")],
    }
