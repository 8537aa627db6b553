"""The benchmark programs give stable results, and the harness computes and shows what it should."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

pytest.importorskip("rich")

from bench.harness import catalogue, cli, costs, instructions, programs, stats, suite, table, web  # noqa: E402
from bench.harness.catalogue import Program  # noqa: E402
from bench.harness.report import Metric, Pair, Report, Row, from_json, to_json  # noqa: E402
from bench.harness.sides import Finished, Side, run, sides, turns  # noqa: E402
from bench.harness.stats import Turn  # noqa: E402

PROGRAMS = catalogue.all_programs()
PLAIN = Side("A", sys.executable)


def load(program: Program) -> ModuleType:
    """Import a program under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"bench_{program.name}", program.path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def turn(*times: float, digest: str = "x", memory: int = 1000, whole: float = 9.0) -> Turn:
    """A turn with chosen numbers."""
    half = [time / 2 for time in times]
    return Turn(times, whole, memory, processor=half, digest=digest, result=digest)


def sample() -> Report:
    """A report with a good row, a failed one and a skip."""
    report = Report("programs", [Metric("steady", "steady", "s"), Metric("memory", "peak", "KiB")])
    report.rows.append(Row("fast", {"steady": Pair(0.4, 0.1), "memory": Pair(2048, 4096)}))
    report.rows.append(Row("level", {"steady": Pair(0.2, 0.2)}, spread=1.25))
    report.rows.append(Row("broken", problem="side B: killed by SIGSEGV"))
    report.skipped["old"] = "needs Python >=3.12"
    report.context = {"notes": ["a note"], "b": {"version": "3.11.2"}}
    return report


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_program_returns_the_same_result_twice(program: Program) -> None:
    module = load(program)
    first = repr(module.run(module.SIZE_CHECK))
    assert repr(module.run(module.SIZE_CHECK)) == first
    assert " object at 0x" not in first


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_program_result_depends_on_its_size(program: Program) -> None:
    module = load(program)
    assert module.SIZE > module.SIZE_CHECK > 0
    assert repr(module.run(module.SIZE_CHECK + 1)) != repr(module.run(module.SIZE_CHECK))


def test_there_are_enough_programs_and_each_says_what_it_does() -> None:
    assert len(PROGRAMS) >= 28
    assert all(program.summary for program in PROGRAMS)


def test_unknown_program_is_an_error() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        catalogue.choose("recursion,nonsense")


def test_steady_ignores_the_first_half_of_a_turn() -> None:
    assert stats.steady([turn(0.1, 0.9, 0.5, 0.6), turn(0.2, 0.8, 0.7, 0.4)]) == 0.4


def test_steady_of_a_single_iteration_is_that_iteration() -> None:
    assert stats.steady([turn(0.3)]) == 0.3


def test_first_whole_and_memory_are_minima_over_turns() -> None:
    pair = [turn(0.5, 0.1, memory=900, whole=2.0), turn(0.4, 0.2, memory=950, whole=1.5)]
    assert stats.first(pair) == 0.4
    assert stats.whole(pair) == 1.5
    assert stats.memory(pair) == 900.0
    assert stats.processor(pair) == 0.05


def test_spread_is_that_of_the_worse_side() -> None:
    assert stats.largest_spread([1.0, 1.5], [2.0, 2.0]) == 1.5
    assert stats.largest_spread([1.0], [2.0]) is None


def test_geometric_mean() -> None:
    assert stats.geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert stats.geometric_mean([0.5, 2.0]) == pytest.approx(1.0)
    assert stats.geometric_mean([]) is None


def test_row_of_sides_that_disagree_does_not_count() -> None:
    good = programs.summarize("p", [turn(0.4)], [turn(0.2)])
    bad = programs.summarize("p", [turn(0.4)], [turn(0.1, digest="y")])
    assert good.problem is None and good.pairs["steady"].ratio == pytest.approx(2.0)
    assert bad.problem is not None and "disagree" in bad.problem
    report = Report("programs", programs.METRICS, [good, bad])
    assert report.failed and report.mean("steady") == pytest.approx(2.0)


def test_sides_take_turns() -> None:
    pair = sides("python", None, ["PYJIT_X=3"], same=False)
    assert [side.name for _, side in turns(pair, 2)] == ["A", "B", "A", "B"]
    assert pair[1].variables == {"PYJIT": "1", "PYJIT_X": "3"}


def test_only_side_b_has_pyjit_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYJIT", "1")
    a, b = sides("python", None, [], same=False)
    assert "PYJIT" not in a.environment()
    assert b.environment()["PYJIT"] == "1"
    a, b = sides("python", None, [], same=True)
    assert "PYJIT" not in b.environment()


def test_setting_without_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="KEY=VALUE"):
        sides("python", None, ["PYJIT_X"], same=False)


def test_command_past_its_time_is_ended_and_failed() -> None:
    finished = run([sys.executable, "-c", "import time; time.sleep(60)"], PLAIN, timeout=0.5)
    assert finished.problem is not None and "no end" in finished.problem
    assert finished.seconds < 20


def test_signal_and_last_line_of_errors_are_named() -> None:
    assert Finished(-11, "", "", 1.0).problem == "killed by SIGSEGV"
    assert Finished(1, "", "Traceback\nKeyError: 3\n\n", 1.0).problem == "exit status 1: KeyError: 3"
    assert Finished(0, "", "warning", 1.0).problem is None


def test_worker_without_result_is_an_error() -> None:
    with pytest.raises(ValueError, match="no result"):
        programs.read_turn(Finished(0, "hello\n", "", 1.0))
    with pytest.raises(ValueError, match="SIGABRT"):
        programs.read_turn(Finished(-6, "", "", 1.0))


def test_worker_reports_each_iteration() -> None:
    (program,) = catalogue.choose("module_loop")
    command = programs.worker_command(PLAIN, program, "check", 3)
    measured = programs.read_turn(run(command, PLAIN, timeout=60))
    assert len(measured.times) == len(measured.processor) == 3
    assert min(measured.times) > 0 and min(measured.processor) > 0
    assert measured.whole > sum(measured.times)
    assert 1_000 < measured.memory < 1_000_000


def test_program_that_changes_its_result_is_found(tmp_path: Path) -> None:
    path = tmp_path / "moody.py"
    path.write_text("SIZE = SIZE_CHECK = 1\nseen = []\ndef run(n):\n    seen.append(n)\n"
                    "    return len(seen)\n")  # fmt: skip
    row = programs.measure(Program("moody", path), (PLAIN, PLAIN), programs.Effort(1, 2, "check", 60))
    assert row.problem is not None and "iterations disagree" in row.problem


def test_crash_of_a_program_is_a_row_and_not_an_end(tmp_path: Path) -> None:
    path = tmp_path / "crash.py"
    path.write_text("import os\nSIZE = 1\ndef run(n):\n    os.abort()\n")
    row = programs.measure(Program("crash", path), (PLAIN, PLAIN), programs.Effort(1, 1, "full", 60))
    assert row.problem is not None and row.problem.startswith("side A: killed by SIGABRT")


def test_report_survives_json() -> None:
    report = sample()
    again = from_json(to_json(report))
    assert again == report
    assert again.mean("steady") == pytest.approx(2.0)


def test_other_json_is_refused() -> None:
    with pytest.raises(ValueError, match="not a result"):
        from_json("[]")


def test_table_shows_ratios_problems_skips_and_mean() -> None:
    text = table.to_text(sample())
    for part in ("4.00x", "400 ms", "geometric mean of 2", "2.00x", "0.50x", "1.25"):
        assert part in text
    for part in ("FAILED broken: side B", "skipped old: needs Python", "note: a note"):
        assert part in text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.5, "s", "1.5 s"),
        (0.0123, "s", "12.3 ms"),
        (2e-8, "s", "20 ns"),
        (2048.0, "KiB", "2.0 MiB"),
        (38.1e6, "instructions", "38.1 M"),
    ],
)
def test_quantities_have_fitting_units(value: float, unit: str, text: str) -> None:
    assert table.quantity(value, unit) == text


@pytest.mark.parametrize("name", ["chart.png", "chart.svg"])
def test_picture_is_drawn(tmp_path: Path, name: str) -> None:
    pytest.importorskip("matplotlib")
    from bench.harness.picture import draw

    draw(sample(), tmp_path / name)
    assert (tmp_path / name).stat().st_size > 1000
    with pytest.raises(ValueError, match="no metric"):
        draw(sample(), tmp_path / name, "nonsense")


def test_instruction_counts_are_read() -> None:
    assert instructions.parse_count("==9== Collected : 163300211\n") == 163300211
    assert instructions.parse_count("1234,,instructions:u,100,100.00,,\n") == 1234
    assert instructions.parse_count("<not supported>,,instructions:u,0,,,\n") is None


def test_report_command_fails_below_the_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = sample()
    del report.rows[2]
    file = tmp_path / "result.json"
    file.write_text(to_json(report), encoding="utf-8")
    assert cli.main(["report", str(file)]) == 0
    assert cli.main(["report", str(file), "--floor", "0.9"]) == 0
    assert cli.main(["report", str(file), "--floor", "1.5"]) == 1
    assert "level 1.000x" in capsys.readouterr().err
    assert cli.main(["report", str(tmp_path / "missing.json")]) == 2


def test_suite_knows_the_benchmarks_and_their_versions() -> None:
    pytest.importorskip("pyperformance")
    (nbody,) = suite.choose("nbody")
    assert nbody.script.is_file()
    with pytest.raises(ValueError, match="nonsense"):
        suite.choose("nonsense")
    newer = suite.Benchmark("x", Path("x"), (), None, ">=3.12")
    assert not suite.fits(newer, "3.11.9 (main)") and suite.fits(newer, "3.12.1")


def test_suite_compares_minima_over_turns() -> None:
    a = suite.Measured([[0.5, 0.4], [0.6, 0.45]], [2000.0, 1900.0], 3)
    b = suite.Measured([[0.2, 0.3], [0.25, 0.22]], [2100.0, 2200.0], 3)
    row = suite.combine("nbody", a, b)
    assert row.pairs == {"steady": Pair(0.4, 0.2), "memory": Pair(1900.0, 2100.0)}
    assert row.spread == pytest.approx(0.45 / 0.4)


def test_latency_is_that_of_the_second_half_and_of_the_first_second() -> None:
    found = web.latency([0.5, 0.3, 0.4] + [0.01] * 200 + [0.02] * 2)
    assert found.start == pytest.approx(0.4)  # the third request goes beyond the second
    assert found.mean == pytest.approx(0.0102, abs=1e-4)
    assert found.p99 == 0.02
    assert web.latency([0.1]) == web.Latency(0.1, 0.1, 0.1)


def test_web_applications_that_are_not_installed_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    side = Side("A", sys.executable)
    report = Report("web", web.METRICS)
    monkeypatch.setattr(web, "APPLICATIONS", {"nothing_shop": "nothing_that_is_installed"})
    web.measure_all(report, lambda _: None, (side, side), web.Effort(1, 1, 10.0))
    assert report.skipped == {"nothing_shop": "nothing_that_is_installed is not installed"}
    assert not report.rows


def test_costs_are_read_from_what_a_process_tells() -> None:
    counted = {
        "compile_ns": 3000,
        "bytecodes_compiled": 2,
        "bytes_bytecode": 8,
        "bytes_hot": 70,
        "bytes_cold": 10,
    }
    told = costs.read(f"a line\npeak 2048\nstats {json.dumps(counted)}\n")
    assert told.memory == 2048
    assert told.compiling == pytest.approx(1.5e-6)
    assert told.code == 10
    assert costs.read("peak 1\nstats {}\n") == costs.Told(1, 0, 0)
    with pytest.raises(ValueError, match="without telling"):
        costs.read("nothing\n")


def test_costs_of_programs_are_measured_or_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    side = Side("A", sys.executable)
    report = Report("costs", costs.METRICS)
    there = costs.Case.of_module("there", "json.tool", "--help")
    monkeypatch.setattr(costs, "CASES", [there, costs.Case("not there", "pass", "nothing_that_is_installed")])
    costs.measure_all(report, lambda _: None, (side, side), 1, 60.0)
    assert report.skipped == {"not there": "nothing_that_is_installed is not installed"}
    (row,) = report.rows
    assert row.problem is None
    if sys.platform == "linux":
        assert row.pairs["memory"].a > 1000


def test_table_shows_metrics_that_only_side_b_has() -> None:
    report = Report("costs", costs.METRICS)
    report.rows.append(
        Row("one", {"memory": Pair(2048, 4096), "compiling": Pair(0, 1e-6), "code": Pair(0, 33.3)})
    )
    text = table.to_text(report)
    for part in ("0.50x", "2.0 MiB", "4.0 MiB", "1 µs", "33.3"):
        assert part in text
