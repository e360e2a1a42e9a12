"""Laws of what `observe` prints: anything that a vendor answers is shown in every format, and people are not."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.engine.channels import Observation
from reconciler.providers.mindo import client as mindo
from reconciler.providers.mindo.envios_em_massa import calls as envios
from reconciler.providers.sources import SOURCES
from reconciler.report import schemas
from reconciler.report.observed import OTHERS, Form, columns_of, csv_lines, json_lines, table_lines
from reconciler.report.shading import Shade
from reconciler.report.words import visible, width
from reconciler.transport import Limits
from tests.report.conftest import ZONE
from tests.report.test_laws import hostile

SCHEMA = Draft202012Validator(schemas()["observation.schema.json"])
SALT = b"a test's own salt"
PHONE, WORDS = "+55 11 91234-5678", "Preciso de ajuda"


def form(source: str, salt: bytes | None = SALT) -> Form:
    """How objects of a source are shown."""
    found = SOURCES[source]
    shade = Shade(frozenset(found.kinds), found.personal, not found.bulk, salt)
    return Form(source, ZONE, shade, tuple(found.kinds))


moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
scalars = st.one_of(
    st.none(),
    hostile,
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    moments,
)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """An object of any source, with fields that are documented and others."""
    source = draw(st.sampled_from(sorted(SOURCES)))
    names = st.sampled_from(sorted(SOURCES[source].kinds)) | hostile
    return Observation(source, draw(hostile), draw(st.dictionaries(names, scalars, max_size=8)))


@settings(max_examples=150, deadline=None)
@given(observations(), st.sampled_from([None, SALT]), st.integers(40, 200))
def test_anything_is_shown(each: Observation, salt: bytes | None, room: int) -> None:
    """Every format takes any object: JSON as its schema says, CSV with the heading's columns, a table of its width."""
    shown = form(each.source, salt)
    [line] = json_lines([each], shown)
    assert line.endswith("\n")
    assert visible(line[:-1]) == line[:-1]
    SCHEMA.validate(json.loads(line))
    heading, row = csv.reader(io.StringIO("".join(csv_lines([each], shown)), newline=""))
    assert heading == [*SOURCES[each.source].kinds, OTHERS]
    assert len(row) == len(heading)
    for cell in row:
        assert not cell.lstrip().startswith(("@", "+", "="))
        assert not any(ord(char) < 32 and char not in "\t\n" for char in cell)
    columns, _ = columns_of(each.source, room)
    lines = list(table_lines([each], shown, columns))
    assert len(lines) == 2
    for text in lines:
        assert visible(text[:-1]) == text[:-1]
    assert width(lines[0]) - 1 <= room


@pytest.mark.parametrize(
    ("source", "field", "value", "masked"),
    [
        ("ogmma.mensagens", "content", "oi", True),
        ("ogmma.mensagens", "content", "", False),
        ("ogmma.mensagens", "content", None, False),
        ("ogmma.mensagens", "from", 5511912345678, True),
        ("ogmma.mensagens", "to.phone", 55, True),
        ("ogmma.mensagens", "senderName", "Maria", True),
        ("ogmma.mensagens", "tries", 3, False),
        ("ogmma.mensagens", "waId", 5511912345678, True),
        ("ogmma.mensagens", "status", "DELIVERED", False),
        ("ogmma.mensagens", "conversationId", "6650123456789012345678d1", False),
        ("mindo.envios_em_massa", "phone_number.display_phone_number", PHONE, True),
        ("mindo.envios_em_massa", "phone_number.verified_name", "Loja", False),
        ("mindo.envios_em_massa", "contact", PHONE, True),
        ("mindo.envios_em_massa", "contact", "maria@exemplo.com.br", True),
        ("mindo.envios_em_massa", "note", "sent by hand on 2026-06-10", False),
        ("ogmma.lotes", "name", "Campanha 2026", False),
        ("ogmma.lotes", "recipients", '["5511912345678"]', True),
        ("ogmma.lotes", "owner", "marketing", False),
    ],
)
def test_what_is_masked(source: str, field: str, value: object, *, masked: bool) -> None:
    """Phone numbers and contents; of what no document names whatever looks personal, of messages every text."""
    observation = Observation(source, "x", {field: value})  # type: ignore[dict-item]
    [shown] = form(source).shade.fields(observation).values()
    assert (shown != value) is masked
    assert form(source, None).shade.fields(observation) == {field: value}


def test_names_of_fields_are_no_way_out() -> None:
    """A field that is called by somebody's number is shown by a mask."""
    observation = Observation("ogmma.lotes", "x", {"byRecipient.5511912345678": "READ", "batchId": "x"})
    assert "5511912345678" not in "".join(json_lines([observation], form("ogmma.lotes")))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝"])
def test_no_formula(begins: str) -> None:
    """What a spreadsheet would calculate is told to be a text, also where somebody asked for contents."""
    observation = Observation("ogmma.mensagens", "x", {"content": f"{begins}cmd|' /C calc'!A0", "id": "x"})
    text = "".join(csv_lines([observation], form("ogmma.mensagens", None)))
    [cells] = csv.DictReader(io.StringIO(text, newline=""))
    assert cells["content"].startswith(("'", "\\x0d"))


PAGES, ROWS = 1000, 10


class _Endless(BaseHTTPRequestHandler):
    """A thousand pages of bulk sends, made as they are asked for."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave together

    def do_GET(self) -> None:
        """One page."""
        address = urlsplit(self.path)
        page = int(parse_qs(address.query)["page"][0])
        rows = [
            {"id": f"{page}-{n}", "status": "COMPLETED", "note": "x" * 500, "created_at": "2026-06-10T15:00:00Z"}
            for n in range(ROWS)
        ]
        host, port = self.server.server_address[:2]
        following = f"http://{host}:{port}{address.path}?page={page + 1}" if page < PAGES else None  # type: ignore[str-bytes-safe]
        body = json.dumps({"count": PAGES * ROWS, "next": following, "previous": None, "results": rows}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def endless() -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_thousand_pages_are_never_held() -> None:
    """Rows are written as they come: of ten thousand of them, 7 MB of text, only the ids are kept."""
    source = "mindo.envios_em_massa"
    with endless() as address, mindo.connect(address, "mindo_teste", Limits(rate=1e6)) as reader:
        tracemalloc.start()
        try:
            rows = sum(1 for _ in json_lines(envios.observe(reader), form(source)))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert rows == PAGES * ROWS
    assert peak < 5 * 1024 * 1024


def _table(found: Iterator[Observation], shown: Form) -> Iterator[str]:
    return table_lines(found, shown, columns_of(shown.source, 120)[0])


@pytest.mark.parametrize("written", [json_lines, csv_lines, _table])
def test_every_format_goes_on_for_ever(written: Callable[[Iterator[Observation], Form], Iterator[str]]) -> None:
    """Of a source without an end each format gives the first rows."""
    source = "ogmma.lotes"
    for_ever = (Observation(source, f"b{n}", {"batchId": f"b{n}"}) for n in count())
    lines = list(islice(written(for_ever, form(source)), 10))
    assert "b8" in lines[8] + lines[9]
