"""A query's rows, as the database sends them; it is asked to write nothing. The library (SQLAlchemy) is an extra."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reconciler.config.sources import Consulta
from reconciler.config.syntax import Problem

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_BATCH: Final = 1000
_READ_ONLY: Final = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
"""How each database is told that nothing may be written; with others it is for the user whose password is used."""

_DRIVER: Final = "install the database's driver (such as psycopg for PostgreSQL)"


@dataclass(frozen=True, slots=True)
class QueryRecords:
    """The rows that one query gives. `environment` is where the database's address is found."""

    query: Consulta
    name: str
    environment: Mapping[str, str] = field(repr=False)

    @contextmanager
    def opened(self) -> Iterator[tuple[list[str], Iterator[Sequence[Any]]]]:
        """The columns' names, and the rows in turn. Raises Problem, in which neither address nor password stands."""
        try:
            from sqlalchemy import create_engine, text  # noqa: PLC0415  (an extra: most workspaces do without)
            from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
            from sqlalchemy.pool import NullPool  # noqa: PLC0415
        except ImportError:
            reason = "the library that asks databases is not installed (it comes with the extra `sql`)"
            remedy = "install it: pip install 'campaign-reconciler[sql]'"
            raise Problem("missing-extra", 0, reason, remedy) from None
        url = self._url()
        try:
            with create_engine(url, poolclass=NullPool).connect() as connection:
                _forbid_writing(connection)
                streaming = connection.execution_options(stream_results=True, yield_per=_BATCH)
                result = streaming.execute(text(self.query.sql.replace(":", r"\:")))
                yield list(result.keys()), map(tuple, result)
        except ImportError as error:
            raise Problem("missing-driver", 0, f"the database's driver is missing: {error.name}", _DRIVER) from None
        except SQLAlchemyError as error:
            reason = f"the query failed: {_told(error, url)}"
            raise Problem("query-failed", 0, reason, "try it with the database's own client") from None

    def _url(self) -> URL:
        from sqlalchemy.engine import make_url  # noqa: PLC0415
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        variable = self.query.conexao.env
        address = self.environment.get(variable, "").strip()
        if not address:
            remedy = "put the database's address there, such as postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
            raise Problem("unset-variable", 0, f"the variable {variable} is not set", remedy)
        try:
            url = make_url(address)
            url.get_dialect()
        except (ArgumentError, ImportError):
            reason = f"the variable {variable} holds no address of a database that SQLAlchemy knows"
            raise Problem(
                "bad-address", 0, reason, "write it as DIALECT+DRIVER://USER:PASSWORD@HOST/DATABASE"
            ) from None
        file = (url.database or ":") if url.get_backend_name() == "sqlite" else ":"
        if not file.startswith((":", "file:")) and not Path(file).is_file():  # it would be made, and be empty
            raise Problem("missing-file", 0, f"the variable {variable} names no file that is there", "correct it")
        return url


def _forbid_writing(connection: Connection) -> None:
    told = _READ_ONLY.get(connection.dialect.name)
    if told is not None:
        connection.exec_driver_sql(told)


def _told(error: Exception, url: URL) -> str:
    """The database's own words, in one line, without what the address says of user, password and host."""
    words = str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__]
    named = [part for part in (url.username, url.host) if part and len(part) > 2]  # a letter is no name
    secrets = [*([str(url.password)] if url.password else []), *named]
    hidden = re.compile("|".join(map(re.escape, sorted(secrets, key=len, reverse=True))) or r"(?!)")
    return hidden.sub("•", words[0])[:200]
