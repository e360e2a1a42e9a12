"""The key is in no log line at any level, no exception, no repr and no traceback, in whatever form."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.transport import (
    Access,
    Account,
    Endpoint,
    Failure,
    InHeader,
    InvalidKeyError,
    InvalidOriginError,
    Key,
    Limits,
    Origin,
    Place,
    Ports,
    Repeat,
    Session,
    redact,
)
from tests.transport.conftest import (
    CANARY,
    CHAVE,
    ERROR,
    OK,
    PAGE,
    POST,
    PUT,
    READ,
    Behaviour,
    Caller,
    Received,
    Scripted,
    answer,
    drop,
    head,
    raw,
    reset,
    silence,
)

ECHO = f"/v1/coisas?chave={quote(CANARY, safe='')}"
PERSON = "maria@exemplo.com.br"
PATHS: dict[str, Behaviour] = {
    "done": answer(200, OK),
    "done, with cookies": answer(200, OK, Set_Cookie=f"s={CANARY}", X_Address=CANARY),
    "refused": answer(400, ERROR),
    "refused, echoing the key": answer(401, {"error": {"code": CANARY, "message": f"chave {CANARY} inválida"}}),
    "refused, echoing the address": answer(404, {"error": {"code": "01-X", "message": f"não há {ECHO}"}}),
    "redirected to the address": answer(307, PAGE, Location=f"https://ladrao.exemplo{ECHO}"),
    "a page with the address": answer(502, f"<html>{ECHO} {CANARY}".encode()),
    "JSON with the address": answer(200, {"data": ECHO}),
    "500 with the address": answer(500, {"error": {"code": "04", "message": ECHO}}),
    "throttled": answer(429, PAGE, Retry_After=CANARY),
    "dropped": drop,
    "reset": reset,
    "silent": silence,
    "no http": raw(CANARY.encode() + b"\r\n\r\n"),
    "illegal header": raw(b"HTTP/1.1 200 OK\r\n" + ECHO.encode() + b"\r\n\r\n"),
    "illegal length": raw(head(200, {"Content-Length": ECHO}) + b"{}"),
    "illegal encoding": answer(200, b"{}", Content_Encoding=CANARY),
    "illegal date": answer(200, OK, Date=CANARY),
    "cut": raw(head(200, {"Content-Length": "99"}) + CANARY.encode()),
    "refused, echoing the headers": answer(
        403, {"error": {"code": f"Bearer {CANARY}", "message": f"Authorization: Bearer {CANARY}; X-API-Key: {CANARY}"}}
    ),
    "the headers as headers": answer(200, OK, Authorization=f"Bearer {CANARY}", X_API_Key=CANARY),
    "illegal header of a key": raw(b"HTTP/1.1 200 OK\r\nX-API-Key " + CANARY.encode() + b"\r\n\r\n"),
}
PLACES: dict[str, Place] = {
    "query": CHAVE,
    "header": InHeader("X-API-Key"),
    "header with a scheme": InHeader("Authorization", "Bearer"),
}


def forms(key: str) -> dict[str, str]:
    """Every way in which a key may stand in a text."""
    encoded = key.encode()
    return {
        "raw": key,
        "percent": quote(key, safe=""),
        "percent, lower case": quote(key, safe="").replace("%2B", "%2b").replace("%3D", "%3d").replace("%2F", "%2f"),
        "percent, slash kept": quote(key),
        "percent, twice": quote(quote(key, safe=""), safe=""),
        "form": quote_plus(key),
        "json": json.dumps(key)[1:-1],
        "json, slashes escaped": json.dumps(key)[1:-1].replace("/", "\\/"),
        "json, all escaped": "".join(f"\\u{ord(sign):04x}" for sign in key),
        "json in json": json.dumps(json.dumps(key).replace("/", "\\/"))[3:-3],
        "html": html.escape(key),
        "html, decimal": "".join(f"&#{ord(sign)};" for sign in key),
        "html, hexadecimal": "".join(f"&#x{ord(sign):X};" for sign in key),
        "base64": base64.b64encode(encoded).decode(),
        "base64 for addresses": base64.urlsafe_b64encode(encoded).decode(),
        **{
            f"base64 of a longer text, {before}": base64.b64encode(b"x" * before + encoded + b"rest").decode()
            for before in range(4)
        },
    }


def carried(request: Received) -> str:
    """Where the key came, and nowhere else."""
    told = {
        "query": request.query.get("chave") == [CANARY],
        "header": request.headers.get("x-api-key") == CANARY,
        "header with a scheme": request.headers.get("authorization") == f"Bearer {CANARY}",
    }
    (found,) = [name for name, here in told.items() if here]
    values = [request.target, *request.headers.values()]
    assert sum(bool(leaks(each)) for each in values) == 1
    return found


def leaks(text: str) -> list[str]:
    """The names of the forms of the canary's heart that stand in `text` (8 characters in a row are too many)."""
    hidden = {name: form for name, form in forms(CANARY).items() if not name.startswith("base64 of")}
    found = [name for name, form in hidden.items() if form in text]
    cores = (base64.b64encode(b"x" * before + CANARY.encode()).decode()[4:-4] for before in range(3))
    return found + [f"base64 core {core}" for core in cores if core in text]


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """Every record of every logger that exists, at DEBUG."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    before = [(logger, logger.level) for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    for logger, level in before:
        logger.setLevel(level)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("endpoint", [READ, PUT, POST], ids=str)
@pytest.mark.parametrize("path", PATHS)
def test_canary(
    *,
    path: str,
    endpoint: Endpoint,
    place: str,
    server: Scripted,
    calling: Callable[..., Caller],
    everything_logged: io.StringIO,
) -> None:
    """On no path, good or bad, is the key written anywhere; nor is the query, which holds people's addresses."""
    server.script(PATHS[path])
    caller = calling(server.url, limits=Limits(deadline=0.2, budget=1.0), place=PLACES[place])
    told = [repr(caller.session), repr(Key(CANARY))]
    chained: list[object] = []
    try:
        told.append(caller.do(endpoint, email=PERSON))
    except Failure as failure:
        chained = [failure.__context__, failure.__cause__]
        told += [str(failure), repr(failure), repr(vars(failure)), *traceback.format_exception(failure)]
    assert not any(chained)
    logged = everything_logged.getvalue()
    assert "receive_response_headers" in logged or endpoint.method in logged
    assert not leaks(logged + "\n".join(told))
    assert "maria" not in logged + "\n".join(told)
    assert carried(server.received[0]) == place


def test_not_connected(calling: Callable[..., Caller], everything_logged: io.StringIO) -> None:
    """Nor where no connection is made."""
    with pytest.raises(Failure) as caught:
        calling("http://127.0.0.1:1/v1").do(POST)
    text = everything_logged.getvalue() + "".join(traceback.format_exception(caught.value))
    assert not leaks(text)


def test_filters_are_taken_off(server: Scripted) -> None:
    """A closed session leaves no filter behind on anybody's logger."""
    before = len(logging.getLogger("httpcore.http11").filters)
    with Session(Account(Origin.parse(server.url), Key(CANARY), CHAVE, Access.READ), Limits(), Ports()):
        assert len(logging.getLogger("httpcore.http11").filters) == before + 1
    assert len(logging.getLogger("httpcore.http11").filters) == before


@pytest.mark.parametrize("form", forms(CANARY))
def test_redacted(form: str) -> None:
    """`redact` finds the key in every form, and leaves the text around it."""
    shown = redact(f"antes <{forms(CANARY)[form]}> depois", CANARY)
    assert not leaks(shown)
    assert "***" in shown
    assert shown.startswith("antes <")
    assert shown.endswith("> depois")


@settings(max_examples=60, deadline=None)
@given(
    key=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60),
    before=st.text(max_size=8),
    after=st.text(max_size=8),
)
def test_redacted_always(key: str, before: str, after: str) -> None:
    """Whatever the key is made of, it does not survive in raw, percent-encoded, JSON or base64 text."""
    for name, form in forms(key).items():
        if not name.startswith("base64 of"):
            assert form not in redact(f"{before} {form} {after}", key).replace("***", "\0")


def test_short_keys_are_words() -> None:
    """A key of a few letters is no secret: hiding it would hide ordinary words."""
    assert redact("lista_teste", "teste") == "lista_teste"


@pytest.mark.parametrize("text", ["", " ", "\n", "abc\n", "abc def", "a\tb", "chave\u200b123", "chávê123", "\0abcdef"])
def test_impossible_keys(text: str) -> None:
    """What cannot be a key is refused with a text that does not show it."""
    with pytest.raises(InvalidKeyError) as caught:
        Key(text)
    assert not text.strip() or text not in str(caught.value)


def test_key_in_the_address() -> None:
    """A key that somebody pastes into the address is not shown either."""
    for text in (f"https://{CANARY}@api.exemplo.com.br/v1", f"https://api.exemplo.com.br/v1?chave={CANARY}"):
        with pytest.raises(InvalidOriginError) as caught:
            Origin.parse(text)
        assert not leaks(str(caught.value))


def test_repeat_is_decided() -> None:
    """An endpoint's repeat policy agrees with its effect: only what has none is repeated freely."""
    for repeat in Repeat:
        with pytest.raises(ValueError, match="freely"):
            Endpoint("GET", "/x", repeat, effect=repeat is Repeat.FREELY)
