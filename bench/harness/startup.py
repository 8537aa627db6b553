"""Measures what starting costs: an empty program, a small tool, importing much.

Time and memory come from separate runs: the time is that of the bare command, and a process can
tell its peak memory only from inside, which takes a few statements more.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.harness import inside, stats
from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Side, run, turns

METRICS = [Metric("whole", "whole process", "s"), Metric("memory", "peak memory", "KiB")]

MANY_MODULES = (
    "import argparse, asyncio, concurrent.futures, csv, ctypes, dataclasses, datetime, decimal, "
    "email.mime.multipart, fractions, http.server, inspect, json, logging.config, multiprocessing, "
    "pathlib, pickle, pydoc, sqlite3, statistics, tarfile, tempfile, typing, unittest.mock, "
    "urllib.request, uuid, xml.etree.ElementTree, xmlrpc.client, zipfile"
)


@dataclass(frozen=True)
class Case:
    """A command by its interpreter arguments, and a script that does the same from inside."""

    name: str
    arguments: list[str]
    inside: str

    @classmethod
    def code(cls, name: str, code: str) -> Case:
        """A case of `python -c code`."""
        return cls(name, ["-c", code], code)


def cases(packages: list[str]) -> list[Case]:
    """The cases: always the same three, and one for each package to import."""
    return [
        Case.code("-c pass", "pass"),
        Case("pip --version", ["-m", "pip", "--version"], inside.run_module("pip", "--version")),
        Case.code("import 30 modules", MANY_MODULES),
        *(Case.code(f"import {package}", f"import {package}") for package in packages),
    ]


def peak(case: Case, side: Side) -> float | None:
    """Peak resident memory of a case in KiB, None where the system does not tell."""
    return inside.peak(run([side.python, "-c", case.inside + inside.TELL_PEAK], side).output)


def measure(case: Case, pair: tuple[Side, Side], count: int) -> Row:
    """Run one case in turns, after one unmeasured run on each side (files come into the cache)."""
    row = Row(case.name)
    times: dict[str, list[float]] = {side.name: [] for side in pair}
    for side in pair:
        finished = run([side.python, *case.arguments], side)
        if finished.problem:
            row.problem = f"side {side.name}: {finished.problem}"
            return row
    for _, side in turns(pair, count):
        finished = run([side.python, *case.arguments], side)
        if finished.problem:
            row.problem = f"side {side.name}: {finished.problem}"
            return row
        times[side.name].append(finished.seconds)
    row.pairs["whole"] = Pair(min(times["A"]), min(times["B"]))
    row.spread = stats.largest_spread(times["A"], times["B"])
    row.raw = {"a": times["A"], "b": times["B"]}
    a, b = (peak(case, side) for side in pair)
    if a is not None and b is not None:
        row.pairs["memory"] = Pair(a, b)
    return row


def measure_all(
    report: Report,
    progress: Progress,
    packages: list[str],
    pair: tuple[Side, Side],
    count: int,
) -> None:
    """Add rows for all cases."""
    report.context["settings"] = {"turns": count}
    for case in cases(packages):
        report.rows.append(measure(case, pair, count))
        progress(report)
