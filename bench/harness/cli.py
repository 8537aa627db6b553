"""The commands of `python -m bench`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.harness import catalogue, costs, instructions, programs, startup, suite, table, web
from bench.harness.picture import draw
from bench.harness.report import Metric, Progress, Report, from_json, machine, to_json
from bench.harness.sides import Side, describe, sides


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    main_parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    commands = main_parser.add_subparsers(dest="command", required=True)

    measured = argparse.ArgumentParser(add_help=False)
    measured.add_argument(
        "--python",
        default=sys.executable,
        metavar="PATH",
        help="interpreter of the environment in which pyjit is installed (default: this one)",
    )
    measured.add_argument("--base", metavar="PATH", help="another interpreter for side A")
    measured.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="environment variable for side B besides PYJIT=1; may be repeated",
    )
    measured.add_argument(
        "--same", action="store_true", help="run A against A: shows the noise of the machine"
    )
    measured.add_argument("--json", type=Path, metavar="FILE", help="write the result here")

    shown = argparse.ArgumentParser(add_help=False)
    shown.add_argument("--picture", type=Path, metavar="FILE", help="bar chart, .png or .svg")
    shown.add_argument("--metric", help="what the picture shows (default: the first metric)")
    shown.add_argument(
        "--floor", type=float, metavar="RATIO", help="fail if a row's first ratio is below this"
    )

    commands.add_parser("list", help="the own programs")

    command = commands.add_parser("run", parents=[measured, shown], help="measure own programs")
    command.add_argument("--programs", metavar="A,B", help="only these")
    command.add_argument("--turns", type=int, default=3, help="processes for each side")
    command.add_argument("--iterations", type=int, default=5, help="runs in each process")
    command.add_argument("--size", default="full", help="full, check or a number")
    command.add_argument("--timeout", type=float, default=300.0, help="seconds for a process")

    command = commands.add_parser(
        "pyperformance", parents=[measured, shown], help="measure pyperformance's benchmarks"
    )
    command.add_argument("--benchmarks", metavar="A,B", help="only these")
    command.add_argument("--fast", action="store_true", help="few values: rough and quick")
    command.add_argument(
        "--prepare", action="store_true", help="only make the environments, measure nothing"
    )
    command.add_argument("--turns", type=int, help="runs for each side (3, with --fast 2)")
    command.add_argument("--values", type=int, help="values of a run (5, with --fast 3)")
    command.add_argument("--timeout", type=float, default=900.0, help="seconds for a run")
    command.add_argument(
        "--cache",
        type=Path,
        default=Path.home() / ".cache" / "pyjit-bench",
        metavar="DIR",
        help="where the environments with the benchmarks' requirements are kept",
    )

    command = commands.add_parser("startup", parents=[measured, shown], help="measure starting")
    command.add_argument("--turns", type=int, default=15, help="processes for each side")
    command.add_argument(
        "--import",
        dest="packages",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="also measure importing this installed package; may be repeated",
    )

    command = commands.add_parser("web", parents=[measured, shown], help="measure web applications")
    command.add_argument("--turns", type=int, default=3, help="processes for each side")
    command.add_argument("--requests", type=int, default=6000, help="requests in each process")
    command.add_argument("--timeout", type=float, default=300.0, help="seconds for a process")

    command = commands.add_parser(
        "costs", parents=[measured, shown], help="measure compiling, machine code and memory"
    )
    command.add_argument("--turns", type=int, default=3, help="processes for each side")
    command.add_argument("--timeout", type=float, default=600.0, help="seconds for a process")

    command = commands.add_parser(
        "instructions", parents=[measured, shown], help="count instructions instead of seconds"
    )
    command.add_argument("--program", "--programs", dest="programs", metavar="A,B", required=True)
    command.add_argument("--size", default="check", help="full, check or a number")
    command.add_argument("--few", type=int, default=2, help="iterations of the short process")
    command.add_argument("--many", type=int, default=12, help="iterations of the long process")

    command = commands.add_parser("report", parents=[shown], help="show results from files")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return main_parser


def new_report(
    kind: str, metrics: list[Metric], pair: tuple[Side, Side], options: argparse.Namespace
) -> Report:
    """An empty report that says what is measured where. Raises ValueError."""
    a, b = describe(pair[0]), describe(pair[1])
    notes = []
    if options.same:
        notes.append("both sides are the same: the ratios show noise")
    elif b["pyjit"] is None:
        notes.append("pyjit is not installed for side B: both sides are the interpreter")
    context = {"machine": machine(), "a": a, "b": b, "notes": notes}
    return Report(kind, metrics, context=context)


def saver(path: Path | None) -> Progress:
    """A progress function that tells of the new rows and keeps the file up to date."""
    told = passed = 0

    def progress(report: Report) -> None:
        nonlocal told, passed
        for number, row in enumerate(report.rows[told:], told + 1):
            key = report.metrics[0].key
            ratio = row.pairs[key].ratio if key in row.pairs else None
            text = row.problem or (f"{ratio:.3f}x" if ratio else "no ratio")
            print(f"{number:3} {row.name:32} {text}", file=sys.stderr, flush=True)
        told = len(report.rows)
        for name in list(report.skipped)[passed:]:
            print(f"    {name:32} skipped: {report.skipped[name]}", file=sys.stderr, flush=True)
        passed = len(report.skipped)
        if path:
            path.write_text(to_json(report), encoding="utf-8")

    return progress


def finish(report: Report, options: argparse.Namespace) -> int:
    """Show a report; the exit status is 1 when a row failed or is below the floor."""
    table.show(report)
    if options.picture:
        draw(report, options.picture, options.metric)
    below = []
    if options.floor is not None:
        key = report.metrics[0].key
        for row in report.rows:
            ratio = row.pairs[key].ratio if key in row.pairs else None
            if ratio is not None and ratio < options.floor:
                below.append(f"{row.name} {ratio:.3f}x")
        if below:
            print(f"below {options.floor}: {', '.join(below)}", file=sys.stderr)
    return 1 if report.failed or below else 0


def measure(options: argparse.Namespace) -> Report:
    """Do what a measuring command says. Raises ValueError."""
    pair = sides(options.python, options.base, options.set, options.same)
    progress = saver(options.json)
    if options.command == "run":
        chosen = catalogue.choose(options.programs)
        report = new_report("programs", programs.METRICS, pair, options)
        amount = programs.Effort(options.turns, options.iterations, options.size, options.timeout)
        programs.measure_all(report, progress, chosen, pair, amount)
    elif options.command == "startup":
        report = new_report("startup", startup.METRICS, pair, options)
        startup.measure_all(report, progress, options.packages, pair, options.turns)
    elif options.command == "web":
        report = new_report("web", web.METRICS, pair, options)
        served = web.Effort(options.turns, options.requests, options.timeout)
        web.measure_all(report, progress, pair, served)
    elif options.command == "costs":
        report = new_report("costs", costs.METRICS, pair, options)
        costs.measure_all(report, progress, pair, options.turns, options.timeout)
    elif options.command == "instructions":
        chosen = catalogue.choose(options.programs)
        report = new_report("instructions", instructions.METRICS, pair, options)
        if not 0 < options.few < options.many:
            raise ValueError("--few must be at least 1 and less than --many")
        counted = instructions.Effort(options.size, options.few, options.many)
        instructions.measure_all(report, progress, chosen, pair, counted)
    else:
        if options.base:
            raise ValueError("pyperformance needs one interpreter for both sides, not --base")
        benchmarks = suite.choose(options.benchmarks)
        report = new_report("pyperformance", suite.METRICS, pair, options)
        effort = suite.Effort(
            turns=options.turns or (2 if options.fast else 3),
            values=options.values or (3 if options.fast else 5),
            warmups=1 if options.fast else 2,
            min_time=0.05 if options.fast else 0.1,
            timeout=options.timeout,
            cache=options.cache,
        )
        suite.measure_all(report, progress, benchmarks, pair, effort)
    if options.json:
        options.json.write_text(to_json(report), encoding="utf-8")
    return report


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "list":
            for program in catalogue.all_programs():
                print(f"{program.name:18} {program.summary}")
            return 0
        if options.command == "report":
            reports = [from_json(path.read_text(encoding="utf-8")) for path in options.files]
            return max(finish(report, options) for report in reports)
        if options.command == "pyperformance" and options.prepare:
            chosen = suite.choose(options.benchmarks)
            missing = suite.prepare(chosen, options.python, options.cache)
            for name, reason in missing.items():
                print(f"skipped {name}: {reason}")
            print(f"{len(chosen) - len(missing)} of {len(chosen)} benchmarks are ready")
            return 0
        return finish(measure(options), options)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
