"""HTML reports in a browser: nothing is asked for, nothing runs, and they fit a phone.

It needs a Chromium on this machine (`apt-get install chromium`); where there is none these tests are skipped, unless
RECONCILER_BROWSER=required is set, as the checks before a merge do.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from reconciler.engine.plan import Plan
from reconciler.engine.result import Result
from reconciler.report import Frame as Surroundings
from reconciler.report import View, plan_html, result_html
from tests.report import everything, pages
from tests.report.test_markdown import huge

VIEW = View(salt=b"s", today=date(2026, 11, 2))
FRAME = Surroundings(command=f"reconciler apply --digest {'0' * 16}-51314 -C {'pasta/' * 40}", whole="reconciler plan")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = 400
"""Milliseconds in which a browser would have asked for what it wants."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of this machine."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("RECONCILER_BROWSER") == "required":
            pytest.fail("RECONCILER_BROWSER=required, and there is no Chromium on this machine")
        pytest.skip("there is no Chromium on this machine: the pages are not looked at in a browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page from a file, as from an artifact; what its console says and asks is kept with it."""
    contexts = []

    def open_(html: str, width: int = 1280, scheme: str = "light") -> Page:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """An address of this machine, and everything that was sent there: connections without a word count too."""
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                heard.append(b"")
                with closing(connection):
                    connection.settimeout(1)
                    try:
                        heard[-1] = connection.recv(4096)
                        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
                    except OSError:
                        continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


REACHING = """
<html><head><base href="{url}/base/"><link rel="preconnect" href="{url}"><link rel=dns-prefetch href="{url}">
<link rel="stylesheet" href="{url}/a.css"><link rel="prefetch" href="{url}/b"><link rel="icon" href="{url}/i.ico">
<meta http-equiv="refresh" content="0;url={url}/refresh">
<style>@import "{url}/c.css"; @font-face{{font-family:x;src:url({url}/f.woff)}}
body{{font-family:x;background:url({url}/d.png)}} p::before{{content:url({url}/e.png)}}</style>
<script>parent.hit = 1; document.title = "hit"; fetch("{url}/fetch")</script><script src="{url}/s.js"></script></head>
<body background="{url}/g.png" onload="top.hit = 1; location = '{url}/onload'">
<p><a id="plain" href="{url}/link">um</a> <a id="own" target="_self" href="{url}/own">dois</a>
<a id="top" target="_top" href="{url}/top">três</a> <a id="js" href="javascript:top.hit=1">quatro</a>
<a id="ping" ping="{url}/ping" href="#x">cinco</a> <a id="load" download href="{url}/load">seis</a></p>
<img src="{url}/h.png" srcset="{url}/h2.png 2x"><img src=x onerror="top.hit = 1">
<picture><source srcset="{url}/i.webp"><img src="j.png"></picture>
<iframe src="{url}/k"></iframe><iframe/src="{url}/k2"/><IFRAME
srcdoc="<img src={url}/k3>"></iframe><object data="{url}/l"></object><embed src="{url}/m">
<video src="{url}/n" poster="{url}/o" autoplay></video><audio src="{url}/p" autoplay></audio>
<svg><image href="{url}/q.png"/><script>top.hit = 1</script></svg>
<form action="{url}/form"><input type=image src="{url}/r.png"><button id="send">Enviar</button></form>
<p style="background:url('{url}/t.png')">Olá</p></body></html>
"""


def test_nothing_leaves_and_nothing_runs(opened: Callable[..., Page]) -> None:
    """An e-mail that reaches out in every way, and is clicked all over: not one connection, no script, no way out."""
    with listening() as (url, heard):
        page = opened(plan_html(pages.letter(REACHING.format(url=url), f'<img src="{url}/before.png">'), VIEW, FRAME))
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        frames = [frame for frame in page.frames if frame.parent_frame == page.main_frame]
        assert len(frames) == 2
        shown = next(frame for frame in frames if frame.locator("#plain").count())
        shown.frame_element().scroll_into_view_if_needed()
        page.wait_for_timeout(QUIET)
        for name in ("plain", "top", "js", "ping", "load", "send", "own"):
            shown.locator(f"#{name}").focus()
            page.keyboard.press("Enter")
            box = shown.locator(f"#{name}").bounding_box()
            assert box is not None
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(QUIET)
        assert heard == []
        assert dialogs == []
        assert page.evaluate("window.hit") is None
        assert page.url.startswith("file:")
        assert len(page.context.pages) == 1

        opened(REACHING.format(url=url)).wait_for_timeout(QUIET)
        assert len(heard) > 5  # by itself it is heard


def test_a_hostile_campaign_runs_nothing(opened: Callable[..., Page]) -> None:
    """A script for a name, wherever a name may stand, is a text."""
    with listening() as (url, heard):
        name = f"<script>hit=1</script><img src='{url}/x.png' onerror=hit=1>\"'><svg onload=hit=1>"
        page = opened(plan_html(everything.plan(name), VIEW, FRAME), width=360)
        page.wait_for_timeout(QUIET)
        assert page.evaluate("window.hit") is None
        assert heard == []
        assert name in page.locator("main").inner_text()
        assert_fits(page)


def assert_fits(page: Page) -> None:
    """Nothing makes the reader scroll sideways, and nothing that holds text is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && !e.closest('.screen')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className || e.tagName)"
    )
    assert wide == []


@pytest.mark.parametrize("name", ["season", "channels", "refused", "empty", "huge", "result"])
@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_pages_fit_every_screen_and_say_nothing_on_the_console(
    name: str, width: int, opened: Callable[..., Page], plans: Mapping[str, Plan], results: Mapping[str, Result]
) -> None:
    """From a small phone to a desk nobody scrolls sideways; the browser finds no fault with a page."""
    view = replace(VIEW, commit="0123456789abcdef" * 2)
    html = (
        result_html(results["troubled"], view, FRAME)
        if name == "result"
        else plan_html(huge(60) if name == "huge" else plans[name], view, FRAME)
    )
    page = opened("<!doctype html>", width)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content(html)
    page.wait_for_timeout(QUIET)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert_fits(page)
    assert said == []


def test_a_month_on_a_desk_is_an_agenda_on_a_phone(opened: Callable[..., Page], plans: Mapping[str, Plan]) -> None:
    """The same sends stand in a grid where there is room for it, and one below the other where there is not."""
    html = plan_html(plans["channels"], VIEW, FRAME)
    for width, grid in ((1280, True), (360, False)):
        page = opened(html, width)
        assert page.locator("table.month").first.is_visible() is grid
        assert page.locator("ol.agenda li").first.is_visible() is not grid


def test_frames_show_the_email_at_both_widths(opened: Callable[..., Page]) -> None:
    """Before and after stand side by side, rendered at 600 px, and at 360 px once that is chosen."""
    page = opened(plan_html(pages.letter(pages.NEW, pages.OLD), VIEW, FRAME))
    page.locator("iframe").first.scroll_into_view_if_needed()
    page.wait_for_timeout(QUIET)
    frames = [frame for frame in page.frames if frame.parent_frame == page.main_frame]
    assert [frame.locator("h1").inner_text() for frame in frames] == ["Natal", "Feliz Natal!"]
    boxes = [page.locator(".screen").nth(place).bounding_box() for place in range(2)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]
    for width in (600, 360):
        page.get_by_text(f"{width} px", exact=True).click()
        assert [inner_width(frame) for frame in frames] == [width, width]


def inner_width(frame: Frame) -> int:
    """How wide a frame's document takes its screen to be: no script runs in it, so its root is measured from here."""
    box = frame.frame_element().evaluate("element => element.clientWidth")
    assert isinstance(box, int)
    return box


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_in_dark(
    scheme: str, opened: Callable[..., Page], plans: Mapping[str, Plan]
) -> None:
    """Every text stands out from its background by 4.5 to 1 (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""
    page = opened(plan_html(plans["refused"], VIEW, FRAME), scheme=scheme)
    faint = page.evaluate(CONTRASTS)
    assert faint == []


CONTRASTS = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const linear = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = colour => colour.slice(0, 3).reduce((sum, c, i) => sum + linear(c) * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const worded = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && worded(e))
    .map(e => [e.className || e.tagName, contrast(e)]).filter(([, found]) => found < 4.5);
}"""
