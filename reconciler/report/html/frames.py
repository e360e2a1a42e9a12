"""An e-mail as a mail program would show it, in a frame that can do nothing: no script, no request, no way out. Pure.

Sources, in the HTML standard (https://html.spec.whatwg.org/multipage/): a sandbox without any allowance runs no script,
sends no form, opens no window, follows no `<meta http-equiv=refresh>` and leads nobody else away (7.1.5); a document
given as `srcdoc` is never in quirks mode, takes over the page's own policy, and keeps the first of several policies
(13.2.6.4.1, 7.1.7, 4.2.5.3). What a policy does not rule
is taken out: `<link rel=preconnect>` and a frame within (Chromium 156) open a connection before they are refused, and
`<base>` would win over what stands before it. Elements without content become `<basefont>`, which has none either, may
stand wherever they may (13.2.6.4.4), and does nothing; those with content become `<span>`. The document is `inert`
(6.3.3): it can be scrolled, and no link in it be followed, by hand or by key.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.report.html.element import Markup, el, whole

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
"""Of every frame, beside the page's own, which it takes over as well."""

_HEAD: Final = (
    "<!doctype html><html inert><head>"
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    '<meta http-equiv="x-dns-prefetch-control" content="off">'
    # Where a browser does not know `inert`: a link asks for a new window, which a sandbox does not open. One that names
    # its own window is refused by the page's policy, which lets no frame load anything.
    '<base target="_blank">'
    "<style>a,area{cursor:default}"
    "img:not([src^='data:']){background:#eee;outline:1px dashed #bbb;outline-offset:-1px}</style>"
)
_EMPTY: Final = re.compile(r"<(?:link|base|meta|embed|frame)(?=[\t\n\f\r />]|\Z)", re.IGNORECASE)
_NESTED: Final = re.compile(r"<(/?)(?:iframe|object|portal|fencedframe)(?=[\t\n\f\r />]|\Z)", re.IGNORECASE)


def document(html: str) -> str:
    """The document of a frame that shows an e-mail's html."""
    return _HEAD + _NESTED.sub(r"<\1span", _EMPTY.sub("<basefont", html))


def frame(html: str, title: str) -> Markup:
    """The frame; `title` says what it shows to those who do not see it."""
    return el(
        "iframe", sandbox="", srcdoc=whole(document(html)), title=title, loading="lazy", referrerpolicy="no-referrer"
    )
