"""Measures the own programs: fresh processes on two sides in turns, several iterations in each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.harness import stats
from bench.harness.catalogue import Program
from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Finished, Side, run, turns
from bench.harness.stats import Turn

WORKER = Path(__file__).with_name("worker.py")
MARK = "bench-worker: "

METRICS = [
    Metric("steady", "steady", "s"),
    Metric("processor", "processor", "s"),
    Metric("first", "first iteration", "s"),
    Metric("whole", "whole process", "s"),
    Metric("memory", "peak memory", "KiB"),
]


@dataclass(frozen=True)
class Effort:
    """How much to run: processes for each side, iterations in each, size, seconds for a process."""

    turns: int = 3
    iterations: int = 5
    size: str = "full"
    timeout: float | None = None


def worker_command(side: Side, program: Program, size: str, iterations: int) -> list[str]:
    """The command that runs a program in the side's interpreter."""
    return [side.python, str(WORKER), str(program.path), size, str(iterations)]


def read_turn(finished: Finished) -> Turn:
    """The turn a worker printed. Raises ValueError with the reason when it failed."""
    if finished.problem:
        raise ValueError(finished.problem)
    for line in reversed(finished.output.splitlines()):
        if line.startswith(MARK):
            data = json.loads(line[len(MARK) :])
            if data["distinct"] != 1:
                raise ValueError(f"the iterations disagree: {data['result']}")
            return Turn(
                times=data["times"],
                processor=data["processor"],
                whole=finished.seconds,
                memory=data["memory"],
                digest=data["digest"],
                result=data["result"],
                jit=data["jit"],
            )
    raise ValueError("the worker printed no result")


def summarize(name: str, a: list[Turn], b: list[Turn]) -> Row:
    """The row of a program from the turns of both sides, each with at least one."""
    row = Row(
        name=name,
        pairs={
            "steady": Pair(stats.steady(a), stats.steady(b)),
            "processor": Pair(stats.processor(a), stats.processor(b)),
            "first": Pair(stats.first(a), stats.first(b)),
            "whole": Pair(stats.whole(a), stats.whole(b)),
            "memory": Pair(stats.memory(a), stats.memory(b)),
        },
        spread=stats.largest_spread(*([stats.steady([turn]) for turn in side] for side in (a, b))),
        raw={"a": [asdict(turn) for turn in a], "b": [asdict(turn) for turn in b]},
    )
    if not stats.agree(a, b):
        row.problem = f"the sides disagree: A {a[0].result[:80]}, B {b[0].result[:80]}"
    return row


def measure(program: Program, pair: tuple[Side, Side], effort: Effort) -> Row:
    """Run one program in turns."""
    done: dict[str, list[Turn]] = {side.name: [] for side in pair}
    for _, side in turns(pair, effort.turns):
        command = worker_command(side, program, effort.size, effort.iterations)
        finished = run(command, side, effort.timeout)
        try:
            done[side.name].append(read_turn(finished))
        except ValueError as error:
            return Row(program.name, problem=f"side {side.name}: {error}")
    return summarize(program.name, done["A"], done["B"])


def measure_all(
    report: Report,
    progress: Progress,
    programs: list[Program],
    pair: tuple[Side, Side],
    effort: Effort,
) -> None:
    """Add rows for programs, run one after the other; a failing one does not stop the others."""
    report.context["settings"] = asdict(effort)
    for program in programs:
        report.rows.append(measure(program, pair, effort))
        progress(report)
    loaded = [turn["jit"] for row in report.rows for turn in row.raw.get("b", [])]
    if loaded and not all(loaded) and pair[1].variables:
        report.context.setdefault("notes", []).append(
            "pyjit was not loaded on side B: both sides are the interpreter"
        )
