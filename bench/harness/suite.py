"""Measures the benchmarks of the pyperformance package as it gives them, on two sides in turns.

pyperformance's own runner measures all benchmarks on one interpreter and then all on another; on
a machine whose speed drifts the difference of the hours ends up in the ratio. Here every
benchmark's script is run for A, B, A, B… through pyperf with one worker process at a time.

Each set of pinned requirements gets an environment of its own under a cache directory, made once.
The environments read the site directories of the interpreter under measurement too, so pyjit is
installed in one place only.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.harness import stats
from bench.harness.report import Metric, Pair, Progress, Report, Row
from bench.harness.sides import Side, run, turns

METRICS = [Metric("steady", "time", "s"), Metric("memory", "peak memory", "KiB")]

LINK = "zz_measured_environment.pth"


@dataclass(frozen=True)
class Benchmark:
    """An entry of pyperformance's manifest."""

    name: str
    script: Path
    options: tuple[str, ...]
    requirements: Path | None
    python: str


@dataclass(frozen=True)
class Effort:
    """How much to run and where.

    Turns for each side; values and warm-ups of a process; least seconds of a value; seconds for a
    run; the directory that keeps the environments.
    """

    turns: int
    values: int
    warmups: int
    min_time: float
    timeout: float | None
    cache: Path


@dataclass
class Measured:
    """All values in seconds and peaks in KiB of one benchmark on one side, a list for each turn."""

    values: list[list[float]]
    memory: list[float]
    loops: int


def manifest() -> list[Benchmark]:
    """The benchmarks of the installed pyperformance, by name."""
    # The package has no public interface to its manifest.
    from pyperformance import _manifest

    found = []
    for entry in _manifest.load_manifest(None).benchmarks:
        lock = entry.requirements_lockfile
        found.append(
            Benchmark(
                name=entry.name,
                script=Path(entry.runscript),
                options=tuple(entry.extra_opts),
                requirements=Path(lock) if lock and Path(lock).is_file() else None,
                python=str(entry.python),
            )
        )
    return sorted(found, key=lambda benchmark: benchmark.name)


def choose(names: str | None) -> list[Benchmark]:
    """The benchmarks of a comma-separated list, all for None. Raises ValueError."""
    benchmarks = {benchmark.name: benchmark for benchmark in manifest()}
    if names is None:
        return list(benchmarks.values())
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in benchmarks]
    if unknown:
        raise ValueError(f"pyperformance has no benchmark {', '.join(unknown)}")
    return [benchmarks[name] for name in wanted]


def base_requirements() -> Path:
    """What every benchmark needs (pyperf), as pyperformance pins it."""
    import pyperformance

    return Path(pyperformance.__file__).parent / "requirements" / "requirements.txt"


class Environments:
    """Makes and keeps the virtual environments under a cache directory.

    A failure is kept too, in a file `failed` beside the environment; delete it to try again.
    """

    def __init__(self, cache: Path, python: str) -> None:
        """Ask the interpreter what it is. Raises ValueError when it does not answer."""
        self.cache = cache
        self.plain = Side("setup", python)
        script = "import json, site, sys; print(json.dumps([sys.version, site.getsitepackages()]))"
        finished = run([python, "-c", script], self.plain)
        if finished.problem:
            raise ValueError(f"{python}: {finished.problem}")
        self.version, self.site_directories = json.loads(finished.output)

    def python_for(self, benchmark: Benchmark) -> str:
        """The interpreter of an environment with what a benchmark needs.

        Raises ValueError with the reason when it cannot be made.
        """
        pins = base_requirements().read_text(encoding="utf-8")
        if benchmark.requirements:
            pins += benchmark.requirements.read_text(encoding="utf-8")
        key = sha256(f"{self.plain.python}\n{self.version}\n{pins}".encode()).hexdigest()[:12]
        stem = benchmark.script.parent.name if benchmark.requirements else "plain"
        place = self.cache / f"{stem}-{key}"
        python = place / "bin" / "python"
        if (place / "failed").exists():
            raise ValueError((place / "failed").read_text(encoding="utf-8").strip())
        if (place / "ready").exists():
            return str(python)
        place.mkdir(parents=True, exist_ok=True)
        try:
            self.create(place, python, benchmark)
        except ValueError as error:
            (place / "failed").write_text(f"{error}\n", encoding="utf-8")
            raise
        (place / "ready").touch()
        return str(python)

    def create(self, place: Path, python: Path, benchmark: Benchmark) -> None:
        """Make an environment and install into it. Raises ValueError."""
        files = [base_requirements()]
        if benchmark.requirements:
            files.append(benchmark.requirements)
        commands = [[self.plain.python, "-m", "venv", "--clear", str(place)]]
        for file in files:
            install = [str(python), "-m", "pip", "install", "--quiet", "--no-input"]
            commands.append([*install, "--disable-pip-version-check", "-r", str(file)])
        for command in commands:
            finished = run(command, self.plain, timeout=1800)
            if finished.problem:
                errors = [line for line in finished.errors.splitlines() if "error" in line.lower()]
                detail = errors[0].strip()[:200] if errors else finished.problem
                raise ValueError(f"requirements cannot be installed: {detail}")
        directories = "; ".join(f"site.addsitedir({path!r})" for path in self.site_directories)
        finished = run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            self.plain,
        )
        link = Path(finished.output.strip()) / LINK
        link.write_text(f"import site; {directories}\n", encoding="utf-8")


def fits(benchmark: Benchmark, version: str) -> bool:
    """Whether a benchmark is meant for a version of Python such as 3.11.9."""
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(benchmark.python).contains(version.split(maxsplit=1)[0].rstrip("+"))


def once(
    benchmark: Benchmark, python: str, side: Side, effort: Effort, loops: int
) -> dict[str, Measured]:
    """Run a benchmark's script once; loops 0 lets pyperf calibrate. Raises ValueError."""
    import pyperf

    inherited = sorted({*side.variables, "PYTHONHASHSEED", "PYPERFORMANCE_RUNID"})
    inherited += [name for name in side.environment() if name.startswith("PYJIT_")]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "values.json"
        command = [python, "-u", str(benchmark.script), *benchmark.options]
        command += ["--quiet", "-p", "1", "-n", str(effort.values), "-w", str(effort.warmups)]
        command += ["--min-time", str(effort.min_time), "-l", str(loops)]
        command += ["--inherit-environ", ",".join(inherited), "-o", str(output)]
        finished = run(command, side, effort.timeout, {"PYPERFORMANCE_RUNID": "bench"})
        if finished.problem or not output.exists():
            raise ValueError(finished.problem or "no values written")
        suite = pyperf.BenchmarkSuite.load(str(output))
    measured = {}
    for bench in suite.get_benchmarks():
        peaks = [r.get_metadata().get("mem_max_rss") for r in bench.get_runs() if r.values]
        measured[bench.get_name()] = Measured(
            values=[list(bench.get_values())],
            memory=[peak / 1024 for peak in peaks if peak],
            loops=int(bench.get_loops()),
        )
    return measured


def combine(name: str, a: Measured, b: Measured) -> Row:
    """The row of one benchmark."""
    best_a = [min(values) for values in a.values]
    best_b = [min(values) for values in b.values]
    row = Row(
        name,
        pairs={"steady": Pair(min(best_a), min(best_b))},
        spread=stats.largest_spread(best_a, best_b),
        raw={"a": a.values, "b": b.values, "loops": a.loops},
    )
    if a.memory and b.memory:
        row.pairs["memory"] = Pair(min(a.memory), min(b.memory))
    return row


def measure(
    benchmark: Benchmark, python: str, pair: tuple[Side, Side], effort: Effort
) -> list[Row]:
    """The rows of a script, which may hold several benchmarks.

    Raises ValueError when it does not run on side A: then it cannot be compared at all. A failure
    of side B alone is a row with a problem.
    """
    done: dict[str, dict[str, Measured]] = {side.name: {} for side in pair}
    loops = 0
    for _, side in turns(pair, effort.turns):
        try:
            measured = once(benchmark, python, side, effort, loops)
        except ValueError as error:
            if side is pair[0]:
                raise ValueError(f"does not run without pyjit: {error}") from error
            return [Row(benchmark.name, problem=f"side {side.name}: {error}")]
        for name, found in measured.items():
            known = done[side.name].get(name)
            if known is None:
                done[side.name][name] = found
            else:
                known.values += found.values
                known.memory += found.memory
        if len(measured) == 1 and not loops:
            loops = next(iter(measured.values())).loops
    a, b = done["A"], done["B"]
    return [combine(name, a[name], b[name]) for name in a if name in b]


def prepare(benchmarks: list[Benchmark], python: str, cache: Path) -> dict[str, str]:
    """Make the environments of benchmarks without running any; reasons for those without one."""
    environments = Environments(cache.resolve(), python)
    missing = {}
    for benchmark in benchmarks:
        if not fits(benchmark, environments.version):
            missing[benchmark.name] = f"needs Python {benchmark.python}"
            continue
        try:
            environments.python_for(benchmark)
        except ValueError as error:
            missing[benchmark.name] = str(error)
    return missing


def measure_all(
    report: Report,
    progress: Progress,
    benchmarks: list[Benchmark],
    pair: tuple[Side, Side],
    effort: Effort,
) -> None:
    """Add rows for benchmarks; those that cannot run are named in `skipped` with the reason."""
    settings: dict[str, Any] = {"turns": effort.turns, "values": effort.values}
    settings |= {"warmups": effort.warmups, "min_time": effort.min_time}
    report.context["settings"] = settings
    environments = Environments(effort.cache.resolve(), pair[1].python)
    for benchmark in benchmarks:
        if not fits(benchmark, environments.version):
            report.skipped[benchmark.name] = f"needs Python {benchmark.python}"
            continue
        try:
            python = environments.python_for(benchmark)
            report.rows.extend(measure(benchmark, python, pair, effort))
        except ValueError as error:
            report.skipped[benchmark.name] = str(error)
        progress(report)
