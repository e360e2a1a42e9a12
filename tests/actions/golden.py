"""Comments, summaries and issues as their readers get them, whole.

`REGENERATE=1 python -m pytest tests/actions` writes them anew. Read the difference as GitHub would show it before it is
committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from tests.actions.town import Town

GOLDEN: Final = Path(__file__).parent / "golden"
_CHANGING: Final = (
    (r"/[^\s`'\")]*/temp/(?:reconciler\.[A-Za-z0-9]+/)?", "…/"),
    (r"\b[0-9a-f]{64}\b", "<sha256>"),
    (r"\b[0-9a-f]{40}\b", "<commit>"),
    (r"\b[0-9a-f]{32}\b", "<lineage>"),
    (r"reconciler `[0-9.]+`", "reconciler `<version>`"),
)


def held(town: Town, name: str, text: str) -> None:
    """Compare with, or when asked write, the golden file; what differs from run to run stands there as a word."""
    text = text.replace(town.forge.url, "https://github.example")
    for account, sandbox in town.accounts.items():
        text = text.replace(sandbox.url, f"https://{account}.api.example/v1")
    for pattern, word in _CHANGING:
        text = re.sub(pattern, word, text)
    path = GOLDEN / f"{name}.md"
    if os.environ.get("REGENERATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
