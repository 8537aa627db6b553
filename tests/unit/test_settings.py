"""PYJIT and the PYJIT_* settings, right and wrong, and where pyjit starts."""

from __future__ import annotations

import pathlib

import pytest
from support import Interpreter

SUM = "print(sum(i * i for i in range(1000)))"


@pytest.mark.parametrize("value", ["", "0"])
def test_off_costs_no_import(jit: Interpreter, value: str) -> None:
    code = "import sys; print(sorted(m for m in sys.modules if 'pyjit' in m))"
    settings = {"PYJIT": value} if value else {}
    assert jit.run_code(code, settings).report() == "[]\n--- stderr\n--- exit status 0\n"


def test_on_imports_nothing_but_pyjit(jit: Interpreter) -> None:
    """In debug builds CPython looks for the encoding of the name of any extension module."""
    code = "import sys; print(sorted(m for m in sys.modules if 'pyjit' not in m and m != 'encodings.ascii'))"
    assert jit.run_code(code, PYJIT="1").report() == jit.run_code(code).report()


def test_startup_file_is_one_line(jit: Interpreter) -> None:
    code = "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('platlib'))"
    sites = {pathlib.Path(line) for line in jit.run_code(code).out.split()}
    files = [file for site in sites for file in site.glob("pyjit.pth")]
    if not files:
        pytest.skip("pyjit is run from a build directory, not installed")
    assert len(files) == 1
    lines = [line for line in files[0].read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) == 1
    assert lines[0].startswith("import ")


@pytest.mark.parametrize("flag", ["-E", "-I"])
def test_ignored_environment_is_ignored(jit: Interpreter, flag: str) -> None:
    code = "import sys; print('pyjit' in sys.modules and sys.modules['pyjit'].is_enabled())"
    run = jit.run(flag, "-c", code, PYJIT="1", PYJIT_THRESHOLD="nonsense")
    if "pyjit-tree" in run.err:
        pytest.skip("the startup file of a build directory is not the real one")
    assert run.out == "False\n", run.report()
    assert run.err == ""


def test_no_site_no_jit(jit: Interpreter) -> None:
    run = jit.run("-S", "-c", "import sys; print('pyjit' in sys.modules)", PYJIT="1")
    assert run.report() == "False\n--- stderr\n--- exit status 0\n"


def test_wrong_pyjit_is_named_and_off(jit: Interpreter) -> None:
    run = jit.run_code("import pyjit; print(pyjit.is_enabled())", PYJIT="yes")
    assert run.out == "False\n"
    lines = run.err.splitlines()
    assert len(lines) == 1, run.report()
    assert lines[0].startswith("pyjit: PYJIT ")
    assert "yes" in lines[0]


WRONG = {
    "PYJIT_THRESHOLD": ["0", "-1", "x", "1.5", "1 ", " 1", "99999999999999999999", "0x10"],
    "PYJIT_CODE_LIMIT": ["0", "-1", "x", "1G", "1KB", "K", "1.5M", "99999999999999999999999", "2048M"],
    "PYJIT_TICK": ["-1", "x", "0.5", "1000001", "1ms"],
    "PYJIT_STATS": ["2", "yes", "-1", "01"],
    "PYJIT_FAULT": ["0", "x", "-1", "+", "1-", "1++"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in WRONG.items() for value in values]
)
def test_wrong_setting_costs_one_line_and_gives_the_default(jit: Interpreter, name: str, value: str) -> None:
    run = jit.run_code(SUM + "\nimport pyjit\nassert pyjit.is_enabled()", PYJIT="1", settings={name: value})
    assert run.out == "332833500\n", run.report()
    assert run.status == 0
    lines = run.err.splitlines()
    assert len(lines) == 1, run.report()
    assert name in lines[0]
    assert value in lines[0]


RIGHT = {
    "PYJIT_THRESHOLD": ["1", "2147483647", "3"],
    "PYJIT_CODE_LIMIT": ["1", "1K", "1k", "16M", "16m", "1024M", "65536"],
    "PYJIT_STATS": ["0"],
    "PYJIT_FAULT": ["1000000000", "1000000000+"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values]
)
def test_right_setting_is_silent(jit: Interpreter, name: str, value: str) -> None:
    run = jit.run_code(SUM, PYJIT="1", settings={name: value})
    if name == "PYJIT_CODE_LIMIT" and value in ("1", "1K", "1k"):
        # Too little for anything: may say so in one line, must run.
        assert run.out == "332833500\n", run.report()
        assert len(run.err.splitlines()) <= 1
    else:
        assert run.report() == "332833500\n--- stderr\n--- exit status 0\n"


@pytest.mark.parametrize("name", ["PYJIT", *WRONG, "PYJIT_LOG"])
def test_empty_setting_is_no_setting(jit: Interpreter, name: str) -> None:
    settings = {"PYJIT": "1", name: ""}
    assert jit.run_code(SUM, settings).report() == "332833500\n--- stderr\n--- exit status 0\n"


def test_several_wrong_settings_are_all_named(jit: Interpreter) -> None:
    run = jit.run_code(SUM, PYJIT="1", PYJIT_THRESHOLD="a", PYJIT_STATS="b", PYJIT_CODE_LIMIT="c")
    assert run.out == "332833500\n"
    assert len(run.err.splitlines()) == 3, run.report()


def test_wrong_settings_are_not_read_when_off(jit: Interpreter) -> None:
    assert jit.run_code(SUM, PYJIT_THRESHOLD="x").err == ""


def test_stats_table_at_exit(jit: Interpreter) -> None:
    run = jit.run_code(SUM, PYJIT="1", PYJIT_STATS="1")
    assert run.out == "332833500\n"
    assert run.status == 0
    assert "blocks" in run.err or "block versions compiled" in run.err, run.err
    assert any(line.split()[:1] and line.split()[0].isdigit() for line in run.err.splitlines())


def test_stats_table_comes_after_an_uncaught_exception(jit: Interpreter) -> None:
    run = jit.run_code("def f():\n    for i in range(100): 1 // (50 - i)\nf()", PYJIT="1", PYJIT_STATS="1")
    assert run.status == 1
    assert run.err.index("ZeroDivisionError") < run.err.index("pyjit: statistics")


def test_log_goes_to_a_file(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log"
    run = jit.run_code(SUM, PYJIT="1", PYJIT_LOG=str(log))
    assert run.report() == "332833500\n--- stderr\n--- exit status 0\n"
    assert log.read_text() != ""


def test_log_that_cannot_be_written_costs_one_line(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    run = jit.run_code(SUM, PYJIT="1", PYJIT_LOG=str(tmp_path / "no" / "such" / "file"))
    assert run.out == "332833500\n"
    assert run.status == 0
    assert len(run.err.splitlines()) == 1
    assert "PYJIT_LOG" in run.err


def test_child_programs_start_it_too(jit: Interpreter) -> None:
    code = (
        "import subprocess, sys\n"
        "child = 'import pyjit; print(pyjit.is_enabled())'\n"
        "print(subprocess.run([sys.executable, '-c', child], capture_output=True, text=True).stdout)"
    )
    assert jit.run_code(code, PYJIT="1").out.strip() == "True"


def test_a_script_a_module_and_stdin_are_programs(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    source = (
        "import pyjit\ndef f(n):\n    return sum(range(n))\n"
        "print([f(9) for _ in range(99)][-1], pyjit.is_enabled())\n"
    )
    (tmp_path / "program.py").write_text(source)
    expected = "36 True\n--- stderr\n--- exit status 0\n"
    assert jit.run("program.py", cwd=tmp_path, PYJIT="1").report() == expected
    assert jit.run("-m", "program", cwd=tmp_path, PYJIT="1").report() == expected
    assert jit.run("-", stdin=source, PYJIT="1").report() == expected


def test_another_frame_evaluator_keeps_its_place(jit: Interpreter) -> None:
    code = """
import pyjit
try:
    import _testinternalcapi as capi
    capi.set_eval_frame_record
except (ImportError, AttributeError):
    print("absent")
else:
    seen = []
    capi.set_eval_frame_record(seen)
    print(pyjit.enable(), pyjit.is_enabled())
    def f(): return 1
    f()
    print("f" in seen)
"""
    run = jit.run_code(code)
    if run.out == "absent\n":
        pytest.skip("this Python has no _testinternalcapi")
    assert run.out == "False False\nTrue\n", run.report()
    assert len(run.err.splitlines()) == 1
