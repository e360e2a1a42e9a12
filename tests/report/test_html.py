"""HTML reports: whatever stands in a campaign, the page is ours, loads nothing, and is bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.engine.model import Action, Address, Audience, Change, Delta, Outcome, Status
from reconciler.engine.overlap import Overlap
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.engine.timeline import Event
from reconciler.report import Ending, Frame, View, plan_html, result_html, trouble_html
from reconciler.report.html import frames as framing
from reconciler.report.html import page as paging
from reconciler.report.words import visible
from tests.report import everything, pages
from tests.report.rendering import collapsed
from tests.report.test_markdown import huge
from tests.report.test_markdown_escape import seen

VIEW = View(salt=b"s", today=date(2026, 11, 2))
FRAME = Frame(command="reconciler apply", whole="reconciler plan")
LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REPORTS: Mapping[str, Callable[[str, View, Frame], str]] = {
    "plan": lambda text, view, frame: plan_html(pages.plain(text), view, frame),
    "ended": lambda text, view, frame: plan_html(
        pages.plain(text), replace(view, ended=Ending(Exit.BLOCKED, text)), frame
    ),
    "result": lambda text, view, frame: result_html(
        replace(everything.result(text), plan=pages.plain(text)), view, frame
    ),
    "trouble": lambda text, view, frame: trouble_html(everything.trouble(text), view, frame),
}
HOSTILE = "</title></style></details>\"'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;\u202e<!--"


@pytest.mark.parametrize("report", REPORTS)
@LAWS
@given(seen, st.booleans())
@example(HOSTILE, True)  # noqa: FBT003
@example("</article></main><iframe srcdoc='", False)  # noqa: FBT003
def test_a_page_is_the_same_whatever_its_names(report: str, text: str, shown: bool) -> None:
    """A text that stands everywhere adds no element and no attribute, takes none away, and can be read."""
    view = replace(VIEW, show_contacts=shown)
    made = REPORTS[report](text, view, replace(FRAME, command=text, whole=text))
    assert pages.shape(made) == pages.shape(REPORTS[report]("xy", view, FRAME))
    assert collapsed(visible(text)) in collapsed(pages.text(made))
    assert all(visible(line) == line for line in made.split("\n"))


@pytest.mark.parametrize("report", REPORTS)
def test_a_page_is_made_of_what_does_nothing(report: str) -> None:
    """No script, no handler, no address but a place within the page, and a policy before anything else."""
    for root in (pages.parsed(REPORTS[report](text, VIEW, FRAME)) for text in ("xy", HOSTILE)):
        for element in root.iter():
            assert element.tag in pages.ELEMENTS
            assert set(element.attrib) <= pages.ATTRIBUTES
            assert element.get("href", "#").startswith("#")
            assert re.fullmatch(r"width:[0-9.]+%", element.get("style", "width:1%"))
        head = list(next(root.iter("head")))
        assert [item.get("charset") for item in head[:1]] == ["utf-8"]
        assert (head[1].get("http-equiv"), head[1].get("content")) == ("Content-Security-Policy", paging.POLICY)


PIECES = (
    "<base href=//x target=_top>",
    "<BASE",
    "<meta http-equiv=refresh content='0;url=//x'>",
    "<meta\x0c",
    "<link rel=preconnect href=//x>",
    "<LiNK/rel=stylesheet href=//x>",
    "<link",
    "<script>parent.hit=1</script>",
    "<a href=//x target=_top>x</a>",
    "<iframe src=//x></iframe>",
    "</iframe>",
    "<object data=//x>",
    "<EMBED src=//x>",
    "<frame src=//x>",
    '" onload="x',
    "'",
    "&quot;",
    "&amp;quot;",
    "<svg><style>",
    "<math>",
    "<!--",
    "-->",
    "<title>",
    "<textarea>",
    "</textarea>",
    "<noscript>",
    "<template>",
    "<frameset>",
    "<table><tr>",
    "</head>",
    "<body onload=x>",
    "\x00",
    "\r\n",
    "x",
    "]]>",
    "<?",
)
html = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | seen


@LAWS
@given(html, st.none() | html)
@example("<base href=//x><link rel=preconnect href=//x>", None)
def test_a_frame_shows_an_email_and_can_do_nothing(text: str, before: str | None) -> None:
    """Whatever an e-mail is made of, it stays within its frame: sandboxed, with a policy of its own before all else."""
    made = plan_html(pages.letter(text, before), VIEW, FRAME)
    outer = pages.parsed(made)
    assert {element.tag for element in outer.iter()} <= pages.ELEMENTS
    shown = list(outer.iter("iframe"))
    assert len(shown) == (0 if not text else 1 if before in (None, text) else 2)
    for frame in shown:
        assert frame.attrib["sandbox"] == ""
        assert set(frame.attrib) == {"sandbox", "srcdoc", "title", "loading", "referrerpolicy"}
        inner = pages.parsed(frame.attrib["srcdoc"])
        first, *rest = next(inner.iter("head"))
        assert (first.tag, first.attrib) == (
            "meta",
            {"http-equiv": "Content-Security-Policy", "content": framing.POLICY},
        )
        assert [item.attrib for item in inner.iter("base")] == [{"target": "_blank"}]
        assert [item.get("http-equiv") for item in inner.iter("meta")][1:] == ["x-dns-prefetch-control"]
        assert not {"link", "iframe", "frame", "object", "embed"} & {item.tag for item in inner.iter()}
        assert [item.tag for item in rest[:3]] == ["meta", "base", "style"]


def test_an_email_is_shown_as_it_is() -> None:
    """Nothing of an ordinary e-mail is lost on the way into its frame."""
    text = '<!DOCTYPE html>\n<html><head><style>p{color:red}</style></head><body bgcolor="#fff">\n<p>Olá &amp; até</p>'
    frame = pages.frames(plan_html(pages.letter(text), VIEW, FRAME))[0]
    assert frame.attrib["srcdoc"].endswith(text)
    body = next(pages.parsed(frame.attrib["srcdoc"]).iter("body"))
    assert body.get("bgcolor") == "#fff"
    assert "Olá & até" in "".join(body.itertext())


def test_people_stay_out_unless_asked_for(plans: Mapping[str, Plan]) -> None:
    """No contact's address, name or value is on a page unless the view shows contacts."""
    made = plan_html(plans["few-people"], VIEW, FRAME)
    assert "pessoa1@" not in made
    assert "Fulana" not in made
    assert "Fulana" in plan_html(plans["few-people"], replace(VIEW, show_contacts=True), FRAME)


def test_what_does_not_fit_is_counted_and_the_page_is_bounded() -> None:
    """A hundred messages of 100 KB, twice: some forty are rendered, and of the others it is said that they are not."""
    old, new = ("<p>" + f"{word} texto</p>\n<p>" * 6_500 for word in ("velho", "novo"))
    letters = [
        Change(
            Address("mensagem", f"m{n}"), Action.UPDATE, "", (Delta("html", f"{n}{old}", f"{n}{new}"),), live_id=f"i{n}"
        )
        for n in range(100)
    ]
    made = plan_html(Plan("p", tuple(letters)), VIEW, FRAME)
    assert len(made) < paging.BUDGET
    frames = pages.frames(made)
    assert 30 <= len(frames) <= 50
    assert made.count("Not rendered here, since the page would become too large") == 100 - len(frames) // 2
    assert made.count("<article") == 100
    assert made.count("<details open") == 3 + 100  # of those that are rendered the first three, and all remarks


def test_one_message_that_is_too_large_is_not_rendered() -> None:
    """It is said how large it is, and its remarks are there all the same."""
    made = plan_html(pages.letter("<p>x</p>" * 70_000), VIEW, FRAME)
    assert not pages.frames(made)
    assert "Not rendered here, since it is too large: 560.000 characters of html." in made
    assert "Gmail shows the first 102 KB" in made


def test_very_many_changes_are_cut_by_whole_resources() -> None:
    """What is sent and let go comes first; each section says how many are left out, the top says where all is."""
    made = plan_html(huge(8_000), VIEW, FRAME)
    assert len(made) <= paging.BUDGET
    assert made.count("  deactivate  ") == 4_000
    assert re.search(r"Left out are .*[0-9.]+ of 12\.000 changes of listas", made)
    assert "<code>reconciler plan</code>" in made
    assert re.search(r'<p class="note cut">[0-9.]+ more left out, for lack of room.</p>', made)


def test_a_hundred_thousand_contacts_are_a_few_lines() -> None:
    """Contacts are grouped and counted."""
    people = tuple(
        Change(Address("contato", f"m{n}@exemplo.org"), Action.CREATE, "", (Delta("nome", None, f"M {n}"),))
        for n in range(100_000)
    )
    made = plan_html(Plan("p", people), VIEW, FRAME)
    assert "+ create  100.000  m***@exemplo.org, …" in made
    assert len(made) < 20_000


def test_overlaps_are_drawn_to_scale() -> None:
    """Each list is as wide as its people, those in several of them apart, by one scale for all sends."""
    made = plan_html(pages.letter("<p>x</p>"), VIEW, FRAME)
    assert re.findall(r'<i style="width:([0-9.]+)%"></i><i class="shared" style="width:([0-9.]+)%">', made) == [
        ("66.67", "33.33"),
        ("16.67", "33.33"),
    ]
    assert "35 people, qui 26/11/2026 21:00 +00:00; each counted once, 10 of them in several lists" in made
    assert "20 only here, 10 also in another" in made


def test_lists_that_share_people_are_named() -> None:
    """Of three lists and more it is said which of them share how many."""
    overlap = Overlap((("a", 1), ("b", 1), ("c", 1)), 2, (("a", "b", 2), ("b", "c", 1)))
    to = Audience(5, exact=True, start=None, lists=(("a", 3), ("b", 3), ("c", 2)), overlap=overlap)
    change = Change(Address("envio", "e"), Action.SCHEDULE, "", audience=to)
    made = pages.text(plan_html(Plan("p", (change,)), VIEW, FRAME))
    assert "Shared: a and b 2, b and c 1" in made


@given(st.lists(st.integers(0, 500), min_size=2, max_size=30), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_every_send_is_on_the_calendar_or_in_the_list(days: list[int], several: int) -> None:
    """However many there are in a month or on a day, each stands in the agenda, and what no month shows is marked."""
    start = everything.START
    events = [
        Event("envio", f"envio.e{n}x{m}", start + timedelta(days=day, minutes=m), "schedule", 3)
        for n, day in enumerate(days)
        for m in range(several)
    ]
    root = pages.parsed(plan_html(Plan("p", timeline=(*events, Event("envio", "envio.já", None, "x"))), VIEW, FRAME))
    agenda = next(element for element in root.iter("ol") if element.get("class") == "agenda")
    entries = {"".join(item.itertext()): item.get("class") for item in agenda}
    assert len(entries) == len(events) + 1
    months = [element for element in root.iter("table") if element.get("class") == "month"]
    drawn = "".join("".join(month.itertext()) for month in months)
    assert 1 <= len(months) <= 6
    for event in events:
        told = next(class_ for words, class_ in entries.items() if event.name in words)
        assert (f"{event.name.removeprefix('envio.')}3 people" in drawn) is (told != "always")


def test_a_result_says_what_came_of_each_send() -> None:
    """The page of an apply is that of its plan, with outcomes."""
    plan = pages.letter("<p>Olá</p>")
    came = (Outcome(plan.changes[0], Status.DONE), Outcome(plan.changes[1], Status.UNKNOWN, "no answer", None))
    made = result_html(Result(plan, came, {"POST /envios": 1}), VIEW, FRAME)
    assert '<span class="tag bad">unknown</span>' in made
    assert "Exit code 7: the outcome of a call is not known" in made
    assert len(pages.frames(made)) == 1
    assert "1 call made by applying" in made
