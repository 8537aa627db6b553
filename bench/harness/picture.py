"""A report as a bar chart."""

from __future__ import annotations

from pathlib import Path

from bench.harness.report import Report


def draw(report: Report, path: Path, metric_key: str | None = None) -> None:
    """Write a bar chart of the ratios A / B of a metric, best first; PNG or SVG by the suffix.

    The axis is logarithmic, so that twice as fast and twice as slow are equally long bars.
    Raises ValueError when the report has nothing to draw or does not know the metric.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter, NullLocator

    metrics = {metric.key: metric for metric in report.metrics}
    metric = metrics.get(metric_key) if metric_key else report.metrics[0]
    if metric is None:
        raise ValueError(f"no metric {metric_key}; there are {', '.join(metrics)}")
    bars: list[tuple[float, str]] = []
    for row in report.rows:
        pair = row.pairs.get(metric.key)
        if pair is not None and pair.ratio is not None and not row.problem:
            bars.append((pair.ratio, row.name))
    if not bars:
        raise ValueError("no row to draw")
    bars.sort()
    ratios = [ratio for ratio, _ in bars]
    colours = ["#2a7f62" if ratio >= 1 else "#b5443c" for ratio in ratios]
    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.22 * len(bars)), layout="constrained")
    axes.barh([name for _, name in bars], [r - 1 for r in ratios], left=1, color=colours)
    axes.set_xscale("log")
    low, high = min(*ratios, 0.9), max(*ratios, 1.1)
    axes.set_xlim(low / 1.12, high * 1.12)
    fine = (0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3)
    wide = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 10, 20, 50, 100)
    steps = fine if high / low < 1.6 else wide
    axes.set_xticks([step for step in steps if low / 1.12 <= step <= high * 1.12])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}x"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.axvline(1.0, color="black", linewidth=0.8)
    for ratio, name in bars:
        inside = ratio >= 1
        axes.annotate(
            f"{ratio:.2f}",
            (ratio, name),
            xytext=(3 if inside else -3, 0),
            textcoords="offset points",
            va="center",
            ha="left" if inside else "right",
            fontsize=7,
        )
    mean = report.mean(metric.key)
    if mean is not None:
        axes.axvline(mean, color="#444", linewidth=0.8, linestyle="--")
    python = report.context.get("b", {}).get("version", "")
    title = f"{report.kind}, {metric.title}: ratio plain / pyjit, CPython {python}"
    axes.set_title(f"{title}\ngeometric mean {mean:.2f}x" if mean else title, fontsize=10)
    axes.tick_params(axis="y", labelsize=8)
    axes.margins(y=0.01)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
