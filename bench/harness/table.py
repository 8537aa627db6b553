"""A report as a table on the terminal or as plain text."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.harness.report import Metric, Pair, Report


def quantity(value: float, unit: str) -> str:
    """A value with a fitting unit: seconds, KiB, bytes or instructions."""
    if unit == "s":
        for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
            if value >= factor:
                return f"{value / factor:.3g} {name}"
        return f"{value * 1e9:.3g} ns"
    if unit == "KiB":
        return f"{value / 1024:.1f} MiB"
    if unit == "bytes":
        return f"{value:.1f}"
    for factor, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:.4g} {name}"
    return f"{value:.0f}"


def ratio_text(ratio: float | None) -> Text:
    """A ratio A / B: green when B is clearly better, red when it is clearly worse."""
    if ratio is None:
        return Text("-")
    style = "green" if ratio > 1.03 else "red" if ratio < 0.97 else ""
    return Text(f"{ratio:.2f}x", style=style)


def cells(pair: Pair | None, metric: Metric, brief: bool) -> list[Text]:
    """The cells of a metric: A, B and ratio, or the ratio only, or B only."""
    unit = metric.unit
    if metric.only_b:
        return [Text(quantity(pair.b, unit) if pair else "-")]
    if brief:
        return [ratio_text(pair.ratio if pair else None)]
    if pair is None:
        return [Text("-")] * 3
    return [
        Text(quantity(pair.a, unit), style="dim"),
        Text(quantity(pair.b, unit), style="dim"),
        ratio_text(pair.ratio),
    ]


def build(report: Report) -> RenderableType:
    """The table of a report, with its means, problems and skips."""
    table = Table(title=f"{report.kind}: A plain, B with pyjit, ratio A / B")
    table.add_column("name", no_wrap=True)
    compared = [metric for metric in report.metrics if not metric.only_b]
    brief = {metric.key: len(compared) > 2 for metric in compared[1:]}
    for metric in report.metrics:
        if metric.only_b or brief.get(metric.key):
            what = "B" if metric.only_b else "A / B"
            table.add_column(f"{metric.title}\n{what}", justify="right", no_wrap=True)
            continue
        table.add_column(f"{metric.title}\nA", justify="right", no_wrap=True)
        table.add_column("\nB", justify="right", no_wrap=True)
        table.add_column("\nA / B", justify="right", no_wrap=True)
    table.add_column("spread", justify="right", no_wrap=True)
    for row in report.rows:
        if row.problem and not row.pairs:
            continue
        line = [Text(row.name, style="red" if row.problem else "")]
        for metric in report.metrics:
            pair = row.pairs.get(metric.key)
            line.extend(cells(pair, metric, brief.get(metric.key, False)))
        line.append(Text("-" if row.spread is None else f"{row.spread:.2f}", style="dim"))
        table.add_row(*line)
    table.add_section()
    counting = sum(1 for row in report.rows if not row.problem)
    line = [Text(f"geometric mean of {counting}", style="bold")]
    for metric in report.metrics:
        empty = [] if metric.only_b or brief.get(metric.key) else [Text(""), Text("")]
        line.extend([*empty, ratio_text(report.mean(metric.key))])
    line.append(Text(""))
    table.add_row(*line)
    parts: list[RenderableType] = [table]
    for row in report.rows:
        if row.problem:
            parts.append(Text(f"FAILED {row.name}: {row.problem}", style="red"))
    for name, reason in report.skipped.items():
        parts.append(Text(f"skipped {name}: {reason}", style="yellow"))
    for note in report.context.get("notes", []):
        parts.append(Text(f"note: {note}", style="yellow"))
    return Group(*parts)


def show(report: Report, console: Console | None = None) -> None:
    """Print the report."""
    console = console or Console()
    if not console.is_terminal:
        console.width = max(console.width, 120)
    console.print(build(report))


def to_text(report: Report, width: int = 200) -> str:
    """The same without colours."""
    console = Console(width=width, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(build(report))
    return capture.get()
