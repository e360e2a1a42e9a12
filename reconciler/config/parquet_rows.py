"""A Parquet file of contacts → rows of values, batch by batch. The library (pyarrow) is an extra."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from reconciler.config.files import Folder
from reconciler.config.syntax import Problem

_BATCH: Final = 4096


@dataclass(frozen=True, slots=True)
class ParquetRecords:
    """The rows of one file of the workspace."""

    folder: Folder
    name: str

    @contextmanager
    def opened(self) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
        """The columns' names, and the rows in turn. Raises Problem."""
        try:
            from pyarrow import ArrowException  # noqa: PLC0415  (an extra, and a large one)
            from pyarrow.parquet import ParquetFile  # noqa: PLC0415
        except ImportError:
            reason = "the library that reads Parquet is not installed (it comes with the extra `parquet`)"
            remedy = "install it: pip install 'campaign-reconciler[parquet]'; or export the file as CSV"
            raise Problem("missing-extra", 0, reason, remedy) from None
        try:
            with self.folder.open(self.name) as file, ParquetFile(file) as table:
                yield list(table.schema_arrow.names), _rows(table)
        except (ArrowException, OSError, ValueError) as error:
            reason = f"{self.name} cannot be read as Parquet: {_first_line(error)}"
            raise Problem("bad-parquet", 0, reason, "write the file once more, or export it as CSV") from None


def _rows(table: Any) -> Iterator[Sequence[Any]]:
    for batch in table.iter_batches(_BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
