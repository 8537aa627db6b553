"""Measures what speed is paid with: time to compile, machine code, memory, of large programs.

A program runs from inside a script that tells at the end what pyjit has counted and how much memory
the process has had at its peak. What is not installed in the measured environment is skipped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bench.harness import inside
from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Side, run, turns

METRICS = [
    Metric("memory", "peak memory", "KiB"),
    Metric("compiling", "compiling a bytecode", "s", only_b=True),
    Metric("code", "code for a byte of bytecode", "bytes", only_b=True),
]

TELL_STATS = """
import json, sys
print("stats", json.dumps(sys.modules["pyjit"].stats() if "pyjit" in sys.modules else {}))
"""

SYMPY = """
from sympy import Matrix, exp, integrate, series, simplify, sin, solve, symbols
x, y = symbols("x y")
integrate(x**2 * sin(x), x)
integrate(exp(x) * sin(3 * x), x)
solve(x**4 - 5 * x**2 + 4, x)
simplify((sin(x) ** 2 + sin(2 * x)) / (x**2 - 1))
Matrix(5, 5, lambda i, j: x + i * j * y).det()
series(exp(sin(x)), x, 0, 9)
"""
TESTS = [
    "test_json",
    "test_dataclasses",
    "test_enum",
    "test_argparse",
    "test_statistics",
    "test_configparser",
]


@dataclass(frozen=True)
class Case:
    """A program by its code, and the module without which it cannot run."""

    name: str
    code: str
    needs: str

    @classmethod
    def of_module(cls, name: str, module: str, *arguments: str) -> Case:
        """A case of `python -m module arguments`."""
        return cls(name, inside.run_module(module, *arguments), module)


CASES = [
    Case("sympy", SYMPY, "sympy"),
    Case.of_module("black", "black", "--quiet", "--diff", __file__),
    Case.of_module("the library's tests", "test", "-q", *TESTS),
    Case.of_module("pip list", "pip", "list", "--disable-pip-version-check"),
]


@dataclass(frozen=True)
class Told:
    """What a process tells of itself."""

    memory: float  # KiB
    compiling: float  # seconds for a bytecode
    code: float  # bytes of machine code for a byte of bytecode


def read(output: str) -> Told:
    """What a process has told, 0 for what it cannot know. Raises ValueError if that is nothing."""
    text = inside.told(output, "stats")
    if text is None:
        raise ValueError("the program has ended without telling what it took")
    counted: dict[str, Any] = json.loads(text)
    bytecodes, size = counted.get("bytecodes_compiled", 0), counted.get("bytes_bytecode", 0)
    return Told(
        inside.peak(output) or 0,
        counted["compile_ns"] / 1e9 / bytecodes if bytecodes else 0,
        (counted["bytes_hot"] + counted["bytes_cold"]) / size if size else 0,
    )


def is_there(case: Case, side: Side) -> bool:
    """Can the module be imported that the case needs?"""
    find = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({case.needs!r}) is None)"
    return run([side.python, "-c", find], side).code == 0


def measure(case: Case, pair: tuple[Side, Side], count: int, timeout: float) -> Row:
    """Run a program in turns. The best of each side's processes counts."""
    row = Row(case.name)
    told: dict[str, list[Told]] = {side.name: [] for side in pair}
    for _, side in turns(pair, count):
        code = case.code + inside.TELL_PEAK + TELL_STATS
        finished = run([side.python, "-c", code], side, timeout)
        if finished.problem:
            row.problem = f"side {side.name}: {finished.problem}"
            return row
        try:
            told[side.name].append(read(finished.output))
        except ValueError as error:
            row.problem = f"side {side.name}: {error}"
            return row
    for key in (metric.key for metric in METRICS):
        a, b = (min(getattr(one, key) for one in told[side.name]) for side in pair)
        if b:
            row.pairs[key] = Pair(a, b)
    return row


def measure_all(
    report: Report, progress: Progress, pair: tuple[Side, Side], count: int, timeout: float
) -> None:
    """Add rows for all programs that are installed."""
    report.context["settings"] = {"turns": count}
    for case in CASES:
        if is_there(case, pair[1]):
            report.rows.append(measure(case, pair, count, timeout))
        else:
            report.skipped[case.name] = f"{case.needs} is not installed"
        progress(report)
