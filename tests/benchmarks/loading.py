"""What loading many contacts costs: CPU and memory. `python -m tests.benchmarks.loading --contacts 10000 1000000`.

Beside each form of file, in the same run and turn by turn, the bare library that reads it: `csv.reader`, `json.loads`,
the YAML parser's events, pyarrow's and sqlite3's rows. Every measured step runs in a process of its own; figures are
medians, in µs of CPU a contact, and ratios the median of those of each turn. Nothing is asserted about times.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.benchmarks.measured import memory, say, work
from tests.benchmarks.people import FIELDS, KEYS, LISTS, declared, person, values

_THIS = "tests.benchmarks.loading"
FORMS = ("csv", "jsonl", "parquet", "sql", "yaml")
MOST_YAML = 100_000
"""A campaign file may have 32 MiB."""

_COLUMNS = ("email", "nome", "sexo", "data_de_nascimento", "listas", *(f"campos.campo{n}" for n in range(FIELDS)))


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, nargs="+", default=[10_000])
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--runs", type=int, default=3, help="how many runs a median is taken of")
    parser.add_argument("--worker", nargs=3, metavar=("STEP", "FORM", "ROOT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        step, form, root = asked.worker
        say(json.dumps(_load(Path(root)) if step == "load" else _bare(form, Path(root))))
        return
    for contacts in asked.contacts:
        say(f"\n{contacts} contacts, {FIELDS} values and {LISTS} lists each\n")
        for form in asked.forms:
            if form != "yaml" or contacts <= MOST_YAML:
                with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
                    _measure(Path(folder), form, contacts, asked.runs)


def _measure(root: Path, form: str, contacts: int, runs: int) -> None:
    """One form, in so many turns."""
    WRITERS[form](root, contacts)
    loads, bares = [], []
    for _ in range(runs):
        loads.append(work(_THIS, "load", form, str(root)))
        bares.append(work(_THIS, "bare", form, str(root))["cpu"])
    assert {run["people"] for run in loads} == {contacts}
    load = statistics.median(run["cpu"] for run in loads) * 1e6 / contacts
    bare = statistics.median(bares) * 1e6 / contacts
    times = statistics.median(run["cpu"] / other for run, other in zip(loads, bares, strict=True))
    peak = statistics.median(run["peak"] for run in loads)
    say(f"  {form:8} {load:7.2f} µs, {times:5.2f} x the bare library ({bare:.2f} µs), {peak:5.1f} MiB more\n")


def _load(root: Path) -> dict[str, Any]:
    """The workspace, as every command loads it."""
    import pyarrow.parquet  # noqa: F401, PLC0415 - what is imported is not measured
    import sqlalchemy.dialects.sqlite  # noqa: F401, PLC0415

    from reconciler.config import load  # noqa: PLC0415

    gc.collect()
    idle, cpu = memory("VmRSS"), time.process_time()
    account = load(root, environment={"CRM_URL": f"sqlite:///{root}/c.sqlite"}).accounts["principal"]
    return {"cpu": time.process_time() - cpu, "peak": memory("VmHWM") - idle, "people": len(account.people)}


def _bare(form: str, root: Path) -> dict[str, Any]:
    """The same file by the plain library, and nothing made of it."""
    reader = BARE[form](root)
    cpu = time.process_time()
    count = sum(1 for _ in reader)
    return {"cpu": time.process_time() - cpu, "count": count}


def _csv(root: Path) -> Iterator[Any]:
    with (root / "c.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _jsonl(root: Path) -> Iterator[Any]:
    with (root / "c.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _parquet(root: Path) -> Iterator[Any]:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    with ParquetFile(root / "c.parquet") as table:
        for batch in table.iter_batches():
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _sql(root: Path) -> Iterator[Any]:
    with closing(sqlite3.connect(root / "c.sqlite")) as connection:
        yield from connection.execute("select * from c")


def _yaml(root: Path) -> Iterator[Any]:
    import yaml  # noqa: PLC0415

    yield from yaml.parse((root / "a.yaml").read_bytes(), Loader=yaml.CSafeLoader)


BARE: Mapping[str, Callable[[Path], Iterator[Any]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
    "sql": _sql,
    "yaml": _yaml,
}


def _rows(contacts: int) -> Iterator[tuple[str, ...]]:
    """Every contact as cells."""
    lists = " ".join(KEYS)
    return ((*person(number).values(), lists, *values(number)) for number in range(contacts))


def _mappings(contacts: int) -> Iterator[dict[str, Any]]:
    """Every contact as a mapping."""
    for number in range(contacts):
        texts = {f"campo{n}": text for n, text in enumerate(values(number))}
        yield {**person(number), "listas": list(KEYS), "campos": texts}


def _workspace(root: Path, section: Mapping[str, Any]) -> None:
    import yaml  # noqa: PLC0415

    campaign = {**declared(), **section}
    settings = {"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": {"principal": {}}}
    for name, content in (("reconciler.yaml", settings), ("a.yaml", campaign)):
        text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        (root / name).write_text(text, encoding="utf-8")


def _write_csv(root: Path, contacts: int) -> None:
    _workspace(root, {"contatos_de": [{"arquivo": "c.csv"}]})
    with (root / "c.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_COLUMNS, *_rows(contacts)])


def _write_jsonl(root: Path, contacts: int) -> None:
    _workspace(root, {"contatos_de": [{"arquivo": "c.jsonl"}]})
    with (root / "c.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in _mappings(contacts))


def _write_parquet(root: Path, contacts: int) -> None:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    _workspace(root, {"contatos_de": [{"arquivo": "c.parquet"}]})
    columns = zip(*_rows(contacts), strict=True)
    table = pa.table({name: list(column) for name, column in zip(_COLUMNS, columns, strict=True)})
    parquet.write_table(table, root / "c.parquet")


def _write_sql(root: Path, contacts: int) -> None:
    _workspace(root, {"contatos_de": [{"consulta": {"conexao": {"env": "CRM_URL"}, "sql": "select * from c"}}]})
    with closing(sqlite3.connect(root / "c.sqlite")) as connection, connection:
        names = ", ".join(f'"{name}" text' for name in _COLUMNS)
        connection.execute(f"create table c ({names})")
        marks = ", ".join("?" * len(_COLUMNS))
        connection.executemany(f"insert into c values ({marks})", _rows(contacts))  # noqa: S608 - marks alone


def _write_yaml(root: Path, contacts: int) -> None:
    _workspace(root, {"contatos": list(_mappings(contacts))})


WRITERS: Mapping[str, Callable[[Path, int], None]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
    "sql": _write_sql,
    "yaml": _write_yaml,
}

if __name__ == "__main__":
    main()
