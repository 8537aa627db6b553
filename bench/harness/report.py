"""What was measured, in one form for every kind of measurement, and its JSON.

A report has rows; a row has, for each metric, the value of side A and of side B. Times, memory
and instruction counts are all smaller-is-better, so a ratio A / B above 1 says that B is better.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.harness import stats

FORMAT = 1


@dataclass(frozen=True)
class Metric:
    """A measured quantity; unit is `s`, `KiB`, `bytes` or `instructions`.

    With `only_b` side A has none.
    """

    key: str
    title: str
    unit: str
    only_b: bool = False


@dataclass(frozen=True)
class Pair:
    """The values of one metric on both sides."""

    a: float
    b: float

    @property
    def ratio(self) -> float | None:
        """A / B, None when it cannot be formed."""
        return self.a / self.b if self.a > 0 and self.b > 0 else None


@dataclass
class Row:
    """One program, benchmark or command. `problem` says why it does not count."""

    name: str
    pairs: dict[str, Pair] = field(default_factory=dict)
    problem: str | None = None
    spread: float | None = None
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass
class Report:
    """A whole measurement. The first metric is the one the picture shows."""

    kind: str
    metrics: list[Metric]
    rows: list[Row] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)

    def mean(self, key: str) -> float | None:
        """The geometric mean of a metric's ratios over the rows that count."""
        pairs = [row.pairs[key] for row in self.rows if not row.problem and key in row.pairs]
        return stats.geometric_mean(r for r in (pair.ratio for pair in pairs) if r is not None)

    @property
    def failed(self) -> bool:
        """Whether a row has a problem."""
        return any(row.problem for row in self.rows)


#: Called after every row, to show and to save what there is.
Progress = Callable[[Report], None]


def machine() -> dict[str, Any]:
    """The machine as far as a reader of the numbers needs it; no host name."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    return {
        "processor": model,
        "architecture": platform.machine(),
        "processors": os.cpu_count(),
        "system": platform.system(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def to_json(report: Report) -> str:
    """The report as JSON, with the geometric means for readers that do not want to compute."""
    data = {"format": FORMAT} | asdict(report)
    data["means"] = {metric.key: report.mean(metric.key) for metric in report.metrics}
    return json.dumps(data, indent=1) + "\n"


def from_json(text: str) -> Report:
    """Read what to_json wrote. Raises ValueError for anything else."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError("not a result of this harness")
    rows = [
        Row(
            name=row["name"],
            pairs={key: Pair(**pair) for key, pair in row["pairs"].items()},
            problem=row["problem"],
            spread=row["spread"],
            raw=row["raw"],
        )
        for row in data["rows"]
    ]
    return Report(
        kind=data["kind"],
        metrics=[Metric(**metric) for metric in data["metrics"]],
        rows=rows,
        skipped=data["skipped"],
        context=data["context"],
    )
