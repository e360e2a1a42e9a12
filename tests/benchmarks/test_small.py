"""A small instance of every benchmark, so that none rots. Nothing is asserted about times."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.benchmarks.pace import over_http, simulated


def test_plan() -> None:
    """It runs, and the calls that it counts are those of the formula."""
    words = [sys.executable, "-m", "tests.benchmarks.plan", "--contacts", "100", "--runs", "1"]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=100)
    assert ran.returncode == 0, ran.stderr
    counted = [line.split() for line in ran.stdout.splitlines() if line.strip().startswith("calls")]
    assert counted
    assert all(words[1] == words[3] for words in counted)


def test_ledger() -> None:
    """It runs, every step of it."""
    words = [sys.executable, "-m", "tests.benchmarks.ledger", "--people", "300"]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=100)
    assert ran.returncode == 0, ran.stderr
    told = {line.split("  ")[1].split()[0] for line in ran.stdout.splitlines() if line.startswith("  ")}
    assert {"bind", "again", "read", "write", "look", "plain"} <= told


def test_scale() -> None:
    """It runs: one row per size with as many calls as pages (and four for lists and fields), and one per peer."""
    words = [
        sys.executable,
        "-m",
        "tests.benchmarks.scale",
        "--contacts",
        "250",
        "1000",
        "--runs",
        "1",
        "--peers",
        "30",
    ]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=100)
    assert ran.returncode == 0, ran.stderr
    rows = [line.split(" | ") for line in ran.stdout.splitlines() if " | " in line]
    assert [row[:2] for row in rows[1:]] == [["250", str(3 + 4)], ["1,000", str(10 + 4)]]
    assert "octoDNS, new records from YAML: " in ran.stdout
    assert "octoDNS, records that are there: " in ran.stdout
    assert "a script that asks for each contact: " in ran.stdout


def test_loading() -> None:
    """Every form of file gives as many contacts as were written into it."""
    words = [sys.executable, "-m", "tests.benchmarks.loading", "--contacts", "200", "--runs", "1"]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=100)
    assert ran.returncode == 0, ran.stderr
    forms = [line.split()[0] for line in ran.stdout.splitlines() if "µs" in line]
    assert forms == ["csv", "jsonl", "parquet", "sql", "yaml"]


def test_pace() -> None:
    """Nearly all that is allowed is used, in simulated time; over HTTP it runs."""
    _, full, _, half = simulated("token bucket, burst of 1 s", None, 0)
    assert min(full.used, half.used) > 0.95
    assert max(full.refused, half.refused) < 0.01
    assert len(list(over_http(2.0))) == 4
