"""Counts instructions instead of seconds, for machines whose clock is not to be trusted.

A program runs once with few and once with more iterations. The difference, divided by the number
of additional iterations, is what an iteration costs when warm; the short run tells what start-up,
warm-up and compiling cost.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.harness.catalogue import Program
from bench.harness.programs import read_turn, worker_command
from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Side, run

METRICS = [
    Metric("steady", "warm iteration", "instructions"),
    Metric("whole", "short process", "instructions"),
]


@dataclass(frozen=True)
class Effort:
    """The size of the program and the iterations of the short and of the long process."""

    size: str
    few: int
    many: int


PERF = ["perf", "stat", "-x", ",", "-e", "instructions:u"]
# Code memory is a file that is mapped twice: without the option valgrind would not see it change.
VALGRIND = ["valgrind", "--tool=callgrind", "--smc-check=all", "--callgrind-out-file=/dev/null"]


def parse_count(errors: str) -> int | None:
    """The number of instructions in what perf stat or callgrind wrote to standard error."""
    for pattern in (r"^(\d+),[^,]*,instructions", r"Collected : (\d+)"):
        found = re.search(pattern, errors, re.MULTILINE)
        if found:
            return int(found.group(1))
    return None


def find_counter() -> list[str]:
    """The command prefix that counts here. Raises ValueError when there is none."""
    here = Side("here", sys.executable)
    if shutil.which("perf"):
        trial = run([*PERF, "true"], here, timeout=20)
        if trial.code == 0 and parse_count(trial.errors) is not None:
            return PERF
    if shutil.which("valgrind"):
        return VALGRIND
    raise ValueError("neither perf with a working instruction counter nor valgrind is here")


def count(counter: Sequence[str], side: Side, command: list[str]) -> tuple[int, str]:
    """Instructions of a worker's command and the digest of its result. Raises ValueError."""
    finished = run([*counter, *command], side)
    turn = read_turn(finished)
    instructions = parse_count(finished.errors)
    if instructions is None:
        raise ValueError("no count in the output of " + counter[0])
    return instructions, turn.digest


def measure(
    program: Program,
    pair: tuple[Side, Side],
    counter: Sequence[str],
    effort: Effort,
) -> Row:
    """Count a program on both sides with few and with many iterations."""
    row = Row(program.name)
    warm: list[float] = []
    short: list[float] = []
    digests = set()
    for side in pair:
        try:
            low, digest = count(
                counter, side, worker_command(side, program, effort.size, effort.few)
            )
            high, _ = count(counter, side, worker_command(side, program, effort.size, effort.many))
        except ValueError as error:
            row.problem = f"side {side.name}: {error}"
            return row
        short.append(low)
        warm.append((high - low) / (effort.many - effort.few))
        digests.add(digest)
    row.pairs = {"steady": Pair(warm[0], warm[1]), "whole": Pair(short[0], short[1])}
    if len(digests) != 1:
        row.problem = "the sides disagree about the result"
    return row


def measure_all(
    report: Report,
    progress: Progress,
    programs: list[Program],
    pair: tuple[Side, Side],
    effort: Effort,
) -> None:
    """Add rows for programs. Raises ValueError when nothing here can count."""
    counter = find_counter()
    report.context["settings"] = {"counter": counter[0]} | asdict(effort)
    for program in programs:
        report.rows.append(measure(program, pair, counter, effort))
        progress(report)
