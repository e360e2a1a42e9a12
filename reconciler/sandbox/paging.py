"""Which rows a page is, and what an API may do about one past the end. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """The page that is asked for, from 1, and how many rows a page holds."""

    page: int
    size: int

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return (self.page - 1) * self.size

    def pages(self, rows: int) -> int:
        """How many pages so many rows fill; an empty listing has one."""
        return max(1, -(-rows // self.size))

    def of(self, rows: int, *, past: str, ignored: bool) -> Window | None:
        """The page that is shown of so many rows: the first if `page` is ignored; past the end as `past` has it.

        `vazia` is that page, which is empty; `ultima` the last one; `recusa` None.
        """
        if ignored:
            return Window(1, self.size)
        if self.page <= self.pages(rows) or past == "vazia":
            return self
        return Window(self.pages(rows), self.size) if past == "ultima" else None
