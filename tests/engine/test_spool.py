"""A long list that is put by."""

from __future__ import annotations

import tracemalloc
from hashlib import sha256

import pytest

from reconciler.engine.spool import Spool


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_what_is_put_by_is_taken_out(count: int) -> None:
    """Values come out as they went in, in their order, as often as they are asked for, and each by its number."""
    values = [(f"é{number}", bytes([number % 256]), {"a": [number, None, True]}) for number in range(count)]
    spool = Spool()
    for value in values:
        spool.append(value)
    assert len(spool) == count
    assert list(spool) == list(spool) == values
    for number in {0, count // 2, count - 1} if count else ():
        assert spool[number] == values[number]


def test_rows_take_little_room() -> None:
    """Twenty thousand rows that have little in common take less than a fifth of what they do as objects."""

    def row(number: int) -> dict[str, str]:
        return {"id": sha256(b"%d" % number).hexdigest()[:10], "nome": f"Pessoa {number}", "sexo": "f"}

    tracemalloc.start()
    try:
        held = [row(number) for number in range(20_000)]
        as_objects, _ = tracemalloc.get_traced_memory()
        del held
        before, _ = tracemalloc.get_traced_memory()
        spool = Spool()
        for number in range(20_000):
            spool.append(row(number))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) * 5 < as_objects
