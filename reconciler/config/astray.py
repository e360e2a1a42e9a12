"""Campaign files that belong to no account: they would be silently left out, so it is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.config.campaign import SECTIONS
from reconciler.config.files import WORKSPACE_FILE, Folder, matcher
from reconciler.config.source import Source
from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding, Severity

_LOOKED_AT: Final = 64 * 1024
_SECTION: Final = re.compile(rf"^({'|'.join(SECTIONS)})[ \t]*:", re.MULTILINE)


def astray(folder: Folder, names: Iterable[str], patterns: Iterable[str]) -> Iterator[Finding]:
    """A warning for each YAML file that no glob matches, though a section of campaigns stands in its first 64 KiB."""
    globs = [matcher(pattern) for pattern in patterns]
    for name in names:
        if name.endswith((".yaml", ".yml")) and name != WORKSPACE_FILE and not any(glob.match(name) for glob in globs):
            try:
                with folder.open(name) as file:
                    source = Source.of_bytes(name, file.read(_LOOKED_AT))
            except Problem:
                continue
            if (found := _SECTION.search(source.text)) is not None:
                yield source.finding(
                    "no-account",
                    found.start(),
                    f"{name} belongs to no account, and is not read",
                    severity=Severity.WARNING,
                    reason=f"it looks like a campaign file, and no glob of {WORKSPACE_FILE} (arquivos) matches it",
                    remedy="move it, or add it to the arquivos of an account",
                    width=len(found[1]),
                )
