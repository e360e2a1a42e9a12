"""What a proofreader would say of an e-mail's html: links, images, size, and what mail programs take out. Pure.

The parser is the standard library's, which takes any text and raises nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from reconciler.report.words import number

CLIPPED: Final = 102 * 1024
"""Bytes of html beyond which Gmail shows a part only, and a link to the rest (measured by many, such as
https://www.litmus.com/blog/gmail-clipping; it is in no document of Google's)."""

_SAMPLES = 5
_RUNS = frozenset({"javascript", "vbscript", "data", "file", "blob"})
_LEADS = frozenset({"https", "http", "mailto", "tel", "sms", "whatsapp"})
_TAKEN_OUT = ("script", "iframe", "object", "embed", "form", "video", "audio")
_MERGED = re.compile(r"\{\{|\[\[|\{%|%%|\*\||<%|\[[A-Za-zÀ-ÿ_ ]+\]|\{[A-Za-zÀ-ÿ_ ]+\}")
"""A value that the sender puts in for each recipient: what it will be is not known here."""
_TRACKING = re.compile(r"utm_|mc_|fbclid$|gclid$|_hs|mkt_")
_LEAVING = re.compile(
    r"descadastr|desinscre|cancelar (?:a |minha )?inscri|n[aã]o quero (?:mais )?receber|unsubscribe", re.IGNORECASE
)
_ADDRESS = re.compile(r"(?:https?://)?(?P<host>(?:[a-z0-9-]+\.)+[a-z]{2,24})(?:[/?#]\S*)?", re.IGNORECASE)
_WIDE = re.compile(r"(?:^|[;\s])(?:max-)?width\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that deserves a look: what, how often (0: of the whole), and where it shows, in a few of the cases.

    `grave` are remarks on what recipients would meet as broken.
    """

    rule: str
    summary: str
    times: int = 0
    samples: tuple[str, ...] = ()
    grave: bool = False


def proofread(html: str, *, leaves: bool) -> tuple[Remark, ...]:
    """Remarks on an e-mail's html, the gravest first; `leaves` says that recipients are told elsewhere how to leave."""
    page = _Page()
    page.feed(html)
    page.close()
    found = [*_links(page.links), *_images(page.images), *_rest(page, html, leaves=leaves)]
    return tuple(sorted(found, key=lambda remark: not remark.grave))


@dataclass(slots=True)
class _Link:
    """A link: where it leads (None: nowhere is said), and the text that is seen of it."""

    href: str | None
    text: str = ""
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class _Image:
    src: str
    alt: str | None
    sized: bool


class _Page(HTMLParser):
    """Collects what there may be something to say of."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[_Link] = []
        self.images: list[_Image] = []
        self.taken_out: list[str] = []
        self._open: _Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in reversed(attrs)}  # of an attribute said twice, the first counts
        if tag in ("a", "area") and ("href" in given or ("name" not in given and "id" not in given)):
            link = _Link(given["href"].strip() if "href" in given else None)
            self.links.append(link)
            self._open = link if tag == "a" else None
        if tag == "img":
            sized = "width" in given or _WIDE.search(given.get("style", "")) is not None
            self.images.append(_Image(given.get("src", "").strip(), given.get("alt"), sized))
            if self._open is not None:
                self._open.pictured = True
                self._open.text += given.get("alt", "")
        if tag in _TAKEN_OUT:
            self.taken_out.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag == "a":
            self._open = None

    def handle_data(self, data: str) -> None:
        """Text."""
        if self._open is not None:
            self._open.text += data


def _scheme(address: str) -> str:
    """Its scheme as a browser takes it, which drops blanks and control characters within; empty without one."""
    found = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE)
    return found[1].lower() if found else ""


def _links(links: Sequence[_Link]) -> Iterator[Remark]:
    hrefs = [link.href for link in links if link.href and not _MERGED.match(link.href)]
    empty = [link.text for link in links if not link.href or link.href == "#"]
    plain = [href for href in hrefs if href != "#" and not href.startswith("#")]
    yield from _remark("link-empty", "links that lead nowhere", empty, grave=True)
    yield from _remark(
        "link-script",
        "links that run or hold something instead of leading somewhere: mail programs take them out",
        (href for href in plain if _scheme(href) in _RUNS),
        grave=True,
    )
    yield from _remark(
        "link-relative",
        "relative links: an e-mail stands nowhere, so they need https:// and the whole address",
        (href for href in plain if not _scheme(href)),
        grave=True,
    )
    yield from _remark("link-http", "links that are not https", (href for href in plain if _scheme(href) == "http"))
    yield from _remark(
        "link-scheme",
        "links of a scheme that mail programs may not know",
        (href for href in plain if _scheme(href) and _scheme(href) not in _LEADS | _RUNS),
    )
    yield from _remark("link-elsewhere", "links that show one address and lead to another", _posing(links), grave=True)
    yield from _remark("link-unnamed", "links with neither text nor a picture that has one", _unnamed(links))
    yield from _remark("link-tracking", "addresses that are linked with different tracking parameters", _astray(plain))


def _posing(links: Iterable[_Link]) -> Iterator[str]:
    """Links whose text is an address of another host than they lead to."""
    for link in links:
        shown = _ADDRESS.fullmatch(link.text.strip())
        host = _host(link.href or "")
        if shown and host and not _akin(shown["host"].lower(), host):
            yield f"{link.text.strip()} → {link.href}"


def _akin(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _unnamed(links: Iterable[_Link]) -> Iterator[str]:
    return (link.href for link in links if link.href and not link.text.strip())


def _astray(hrefs: Iterable[str]) -> Iterator[str]:
    """Addresses that are linked more than once, with tracking parameters that differ by more than where they stand."""
    tracked: dict[str, set[tuple[tuple[str, str], ...]]] = {}
    for href in hrefs:
        bare, tracking = _untracked(href)
        tracked.setdefault(bare, set()).add(tracking)
    return (bare for bare, found in tracked.items() if len(found) > 1)


def _untracked(href: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """An address without its tracking parameters, and those, but for the one that names the place within a message."""
    try:
        parts = urlsplit(href)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return href, ()
    tracking = tuple(sorted(pair for pair in pairs if _TRACKING.match(pair[0]) and pair[0] not in _PLACED))
    rest = "&".join(f"{name}={value}" for name, value in pairs if not _TRACKING.match(name))
    return urlunsplit(parts._replace(query=rest)), tracking


_PLACED = frozenset({"utm_content", "utm_term"})
"""Tracking parameters that are meant to tell apart links of one message."""


def _images(images: Sequence[_Image]) -> Iterator[Remark]:
    def those(rule: str, summary: str, wrong: Callable[[_Image], bool], *, grave: bool = False) -> Iterator[Remark]:
        return _remark(rule, summary, (image.src for image in images if wrong(image)), grave=grave)

    fixed = [image for image in images if not _MERGED.match(image.src)]
    yield from those(
        "image-alt",
        "images without alt text, which is all that many recipients see of them",
        lambda image: image.alt is None,
    )
    yield from those("image-http", "images that are not https", lambda image: _scheme(image.src) == "http")
    yield from those(
        "image-data", "images within the html itself (data:), which several mail programs do not show", _is("data")
    )
    yield from _remark(
        "image-relative",
        "relative images: an e-mail stands nowhere, so they will not be seen",
        (image.src for image in fixed if image.src and not _scheme(image.src)),
        grave=True,
    )
    yield from those("image-empty", "images without an address", lambda image: not image.src, grave=True)
    yield from those(
        "image-width", "images without a width, which Outlook shows in their full size", lambda image: not image.sized
    )


def _is(scheme: str) -> Callable[[_Image], bool]:
    return lambda image: _scheme(image.src) == scheme


def _rest(page: _Page, html: str, *, leaves: bool) -> Iterator[Remark]:
    size = len(html.encode("utf-8", "replace"))
    if size > CLIPPED:
        kilobytes = f"{number(-(-size // 1024))} KB"
        yield Remark("size", f"{kilobytes} of html: Gmail shows the first 102 KB, and hides the rest", grave=True)
    if not html.strip():
        yield Remark("empty", "there is nothing in it", grave=True)
    yield from _remark("taken-out", "elements that mail programs take out", page.taken_out)
    told = any(_LEAVING.search(f"{link.text} {link.href or ''}") for link in page.links)
    if not (leaves or told):
        yield Remark("unsubscribe", "nothing in it tells recipients how to leave", grave=True)


def _remark(rule: str, summary: str, found: Iterable[str], *, grave: bool = False) -> Iterator[Remark]:
    """A remark on all of `found`, if there are any: how many, and the first few that differ."""
    every = list(found)
    if every:
        samples = tuple(each for each in dict.fromkeys(every) if each)[:_SAMPLES]
        yield Remark(rule, summary, len(every), samples, grave)
