"""Measures applications on web frameworks, served in process: how long requests take."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Side, run, turns

SERVE = Path(__file__).resolve().parents[1] / "web" / "serve.py"
METRICS = [
    Metric("mean", "mean request", "s"),
    Metric("p99", "99th percentile", "s"),
    Metric("start", "mean of the first second", "s"),
]
#: Applications, and the module each needs.
APPLICATIONS = {"flask_shop": "flask", "django_shop": "django"}


@dataclass(frozen=True)
class Effort:
    """How much is measured: processes for each side, requests in each, seconds for a process."""

    turns: int
    requests: int
    timeout: float


@dataclass(frozen=True)
class Latency:
    """What the requests of one process took, in seconds."""

    mean: float  # of the second half
    p99: float  # of the second half
    start: float  # of those within the first second


def latency(times: list[float]) -> Latency:
    """Sum up the times of a process's requests, of which there is at least one."""
    late = sorted(times[len(times) // 2 :])
    first: list[float] = []
    while len(first) < len(times) and sum(first) < 1:
        first.append(times[len(first)])
    return Latency(
        sum(late) / len(late),
        late[min(len(late) - 1, len(late) * 99 // 100)],
        sum(first) / len(first),
    )


def measure(name: str, pair: tuple[Side, Side], effort: Effort) -> Row:
    """Serve the same requests on both sides in turns; the best process of each side counts."""
    row = Row(name)
    measured: dict[str, list[Latency]] = {side.name: [] for side in pair}
    digests = set()
    for _, side in turns(pair, effort.turns):
        finished = run([side.python, str(SERVE), name, str(effort.requests)], side, effort.timeout)
        if finished.problem:
            row.problem = f"side {side.name}: {finished.problem}"
            return row
        answer = json.loads(finished.output)
        digests.add(answer["digest"])
        measured[side.name].append(latency(answer["times"]))
    for metric in METRICS:
        a, b = (min(getattr(one, metric.key) for one in measured[side.name]) for side in pair)
        row.pairs[metric.key] = Pair(a, b)
    row.raw = {side.name.lower(): [asdict(one) for one in measured[side.name]] for side in pair}
    if len(digests) != 1:
        row.problem = "the sides disagree about the answers"
    return row


def measure_all(
    report: Report, progress: Progress, pair: tuple[Side, Side], effort: Effort
) -> None:
    """Add rows for the applications whose framework is installed on both sides."""
    report.context["settings"] = asdict(effort)
    for name, module in APPLICATIONS.items():
        if any(run([side.python, "-c", f"import {module}"], side).problem for side in pair):
            report.skipped[name] = f"{module} is not installed"
        else:
            report.rows.append(measure(name, pair, effort))
        progress(report)
