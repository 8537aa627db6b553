"""The fuzzer itself: its programs, its shrinker, and how it compares."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
from collections import Counter

import pytest
from fuzz import coverage, library, planted, program, scenarios
from fuzz.campaign import BATCH, Campaign, Failure, State
from fuzz.runner import Outcome, Program, Side, Worker, Workers
from fuzz.shrink import shrink
from fuzz.triage import signature

SEEDS = range(30)
pytestmark = pytest.mark.filterwarnings("ignore::SyntaxWarning")


def test_same_seed_gives_same_program() -> None:
    assert program.generate(7) == program.generate(7)
    assert program.generate(7) != program.generate(8)


def test_program_does_not_depend_on_the_process() -> None:
    code = "import sys; from fuzz.program import generate; sys.stdout.write(generate(11))"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, encoding="utf-8",
            env={"PYTHONPATH": str(pathlib.Path(__file__).parents[1]), "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert run.stdout == program.generate(11)


@pytest.mark.parametrize("seed", SEEDS)
def test_programs_compile(seed: int) -> None:
    compile(program.generate(seed), "program", "exec")


@pytest.mark.parametrize("scenario", scenarios.SCENARIOS)
def test_scenarios_compile(scenario: scenarios.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them: a program that does not compile is thrown away and another one made."""
    monkeypatch.setattr(scenarios, "SCENARIOS", [scenario])
    texts = [program.ProgramWriter(seed, 0).text() for seed in range(20)]
    assert all(program.compiles(text) for text in texts)


def test_programs_end_and_repeat_themselves() -> None:
    plain = Side(pathlib.Path(sys.executable))
    with Workers() as workers:
        for seed in SEEDS:
            text = program.generate(seed)
            first = workers.run(plain, [text])
            assert first.status == 0, first.err
            assert first.comparable() == workers.run(plain, [text]).comparable()


@pytest.mark.parametrize("seed", range(8))
def test_mutated_tests_compile_and_repeat(seed: int) -> None:
    python = pathlib.Path(sys.executable)
    if not library.library(python):
        pytest.skip("this interpreter has no package test")
    text = library.mutate(python, seed)
    compile(text, "program", "exec")
    assert text == library.mutate(python, seed)


def test_worker_survives_crashes_and_loops() -> None:
    plain = Side(pathlib.Path(sys.executable))
    with Workers() as workers:
        assert workers.run(plain, ["import os; os.abort()"]).status == -6
        assert workers.run(plain, ["while True: pass"], timeout=0.2).timed_out
        assert workers.run(plain, ["print(1)", "print(2)"]).out.count("next program") == 2


PROGRAMS = {
    3: "import os; print(os.environ.get('ODD'))",
    4: "print('RecursionError')",
    BATCH + 1: "import os, signal; os.kill(os.getpid(), signal.SIGALRM)",  # as if it took too long
    BATCH + 2: "import os; print(os.environ.get('ODD'))",
}


def test_batches_find_the_programs_that_differ() -> None:
    """Also where one of a batch is not to be compared, or does not end."""
    python, found = pathlib.Path(sys.executable), list[Failure]()
    with Workers() as workers:
        base = Side(python, settings=(("ODD", "1"),))
        campaign = Campaign(lambda seed: PROGRAMS.get(seed, "print(1)"), State(0), base, workers)
        campaign.run(2 * BATCH, None, found.append, lambda: None, batches=True)
    assert [failure.seeds for failure in found] == [(3,), (BATCH + 2,)]
    assert (campaign.state.done, campaign.state.skipped) == (2 * BATCH, 2)


MAPS = """\
import mmap, os
kept = mmap.mmap(-1, 600 << 20) if "ODD" in os.environ else None
try:
    mmap.mmap(-1, 600 << 20)
    print("fits")
except OSError:
    print("MemoryError")
"""


def test_programs_that_run_out_of_memory_are_given_more() -> None:
    """What pyjit takes of it is no difference; an error that stays is one."""
    python = pathlib.Path(sys.executable)
    odd = "import os; print(os.environ.get('ODD') and 'MemoryError')"
    with Workers() as workers:
        side = Side(python, settings=(("ODD", "1"),))
        campaign = Campaign(str, State(0), side, workers)
        assert "MemoryError" in workers.run(side, [MAPS]).out
        failures = campaign.compare_each([1, 2, 3], [MAPS, odd, "print(1)"], side)
    assert [failure.seeds for failure in failures] == [(2,)]
    assert campaign.state.skipped == 0


def test_memory_left_behind_is_found() -> None:
    """By a program that keeps one more list every time, on the side that is taken for pyjit."""
    leak = "import os\nif 'ODD' in os.environ: os.environ.kept = [getattr(os.environ, 'kept', None)]"
    python = pathlib.Path(sys.executable)
    with Workers() as workers:
        campaign = Campaign(str, State(0), Side(python, settings=(("ODD", "1"),)), workers)
        (failure,) = campaign.compare_balance(0, leak)
        assert "blocks left" in failure.first_difference()
        assert campaign.compare_balance(0, "[[] for _ in range(1000)]") == []


def test_hanging_worker_is_ended() -> None:
    worker = Worker(Side(pathlib.Path(sys.executable)))
    assert worker.run([Program("print(1)")]).status == 0
    worker.process.send_signal(signal.SIGSTOP)
    assert worker._ask("\n", 0.2) == ""
    worker.close()


def test_worker_that_does_not_read_is_ended() -> None:
    """The request is more than fits into a pipe."""
    worker = Worker(Side(pathlib.Path(sys.executable)))
    worker.process.send_signal(signal.SIGSTOP)
    assert worker._ask(f"{'x' * 10_000_000}\n", 0.2) == ""
    worker.close()


def test_programs_run_as_code_or_as_text() -> None:
    worker = Worker(Side(pathlib.Path(sys.executable)))
    code, text = worker.compiled("print(__name__)"), worker.compiled("print(1")
    assert code.is_code
    assert text == Program("print(1")
    assert worker.run([code]).parts() == ["__main__\n"]
    assert worker.run([text]).parts() == ["uncaught SyntaxError\n"]
    worker.close()


def test_shrinker_keeps_what_matters() -> None:
    text = """
import sys
def unused():
    return 1
def used(x):
    for i in range(3):
        if x > 2:
            print(i + 1, [x * 7 for _ in range(2)])
    return x
used(5)
print('end')
"""
    small = shrink(text, lambda candidate: "x * 7" in candidate, seconds=20)
    assert "x * 7" in small
    assert len(small.splitlines()) <= 2


def test_shrinker_returns_what_it_cannot_reduce() -> None:
    assert shrink("print(1)\n", lambda candidate: "print(1)" in candidate, seconds=5).strip() == "print(1)"


def test_signature_tells_crashes_from_differences() -> None:
    good, bad = Outcome(0, "a 1\nb 2\n", ""), Outcome(0, "a 1\nb 3\n", "")
    assert signature(good, Outcome(-11, "", "")) == "status -11"
    assert signature(good, bad) == signature(Outcome(0, "b 7\n", ""), Outcome(0, "b 9\n", ""))


def test_addresses_are_not_compared() -> None:
    one, other = (Outcome(0, f"<f at 0x7f{n}11223344>", "") for n in (10, 20))
    assert one.comparable() == other.comparable()


def test_names_of_temporary_files_are_not_compared() -> None:
    one, other = (Outcome(0, f"no /tmp/tmp{name}/x", "") for name in ("abcd_fgh", "01234567"))
    assert one.comparable() == other.comparable()


@pytest.mark.parametrize("threshold, agree", [(1, False), (2, True)])
def test_when_finalizers_run_matters_where_nothing_is_interpreted(threshold: int, agree: bool) -> None:
    side = Side(pathlib.Path("python"), pathlib.Path("build"), threshold)
    early, late = Outcome(0, "last int 3\nx\n", ""), Outcome(0, "x\nlast int 4\n", "")
    assert late.agrees(early, side) is agree
    assert not Outcome(0, "y\nlast int 3\n", "").agrees(early, side)


def test_state_can_be_saved_and_loaded(tmp_path: pathlib.Path) -> None:
    state = State(seed=5, done=3, failures=[{"seeds": [6]}])
    state.save(tmp_path / "state.json")
    assert State.load(tmp_path / "state.json") == state


def test_coverage_reads_operations_and_names_what_is_missing() -> None:
    header = (
        "enum {\n    OP_add, /* IREG(a) < 8, IREG(b) < 8, EXIT(overflow) */\n"
        "    OP_jump, /* EXIT(target) */\n    OP_nothing,\n};\n"
    )
    operations = coverage.read_operations(header)
    assert [(op.name, op.variants, op.exits) for op in operations] == [
        ("add", 64, {2: "overflow"}), ("jump", 1, {0: "target"}), ("nothing", 1, {}),
    ]  # fmt: skip
    report = coverage.report(operations, {"stencils": Counter({"add 3": 2, "jump 0": 1}),
                                          "exits": Counter({"jump 0": 1})})  # fmt: skip
    assert "operations placed: 2 of 3" in report
    assert "  nothing" in report
    assert "  add overflow" in report


@pytest.mark.parametrize("bug", planted.BUGS, ids=lambda bug: bug.name)
def test_planted_bugs_fit_the_source(bug: planted.Bug) -> None:
    assert (planted.ROOT / bug.file).read_text().count(bug.old) >= 1
    assert bug.new != bug.old
