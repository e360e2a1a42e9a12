"""Which files decide what an account declares, so that it can be told whether a change of files may concern it.

Rather once too often than not: what cannot be told, such as what a file that is wrong refers to, concerns the account.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from reconciler.config.files import WORKSPACE_FILE, Folder, hidden, way
from reconciler.config.gathering import Gathered
from reconciler.config.people import nobody
from reconciler.engine.roll import Roll

_OF_GIT: Final = frozenset({".gitattributes", ".gitmodules"})
"""What may change the content of any file that git writes out (line ends, filters, other repositories)."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The names of an account's files, links and folders on the way to them included, and the globs that mean others.

    Of an account that is `unsure` any file of the workspace may be one.
    """

    names: frozenset[str]
    globs: tuple[re.Pattern[str], ...]
    unsure: bool

    @classmethod
    def of(
        cls, folder: Folder, globs: tuple[re.Pattern[str], ...], listed: Sequence[str], *, unsure: bool
    ) -> Footprint:
        """That of an account whose campaign files are `listed`, and for which `folder` was asked all that it was."""
        wanted = {WORKSPACE_FILE, *listed, *folder.asked}
        steps = {step for name in wanted for step in way(folder.root, name)}
        folders = {str(parent) for step in steps for parent in PurePosixPath(step).parents}
        return cls(frozenset(steps | folders), globs, unsure)

    def concerned(self, changed: Iterable[str]) -> bool:
        """Whether any of the `changed` names, of files or of whatever git keeps in their place, may be one of its."""
        return any(self._concerned(name) for name in changed)

    def _concerned(self, name: str) -> bool:
        if self.unsure or name in self.names or PurePosixPath(name).name in _OF_GIT:
            return True
        return not any(map(hidden, name.split("/")[:-1])) and any(glob.match(name) for glob in self.globs)


def named_tables(gathered: Gathered, folder: Folder) -> Roll:
    """Asks for every file of contacts that is named, and reads none."""
    for spot in gathered.tables:
        name = spot.node.get("arquivo")
        if isinstance(name, str):
            folder.asked.add(name)
    return nobody()
