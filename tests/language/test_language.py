"""Every program of programs/ does the same with pyjit as without, to the last byte."""

from __future__ import annotations

import difflib
import functools
import itertools
import pathlib

import pytest
from support import Interpreter, Run

PROGRAMS = pathlib.Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in PROGRAMS.glob("*.py") if path.stem != "common")

# Everything compiled when it first runs, after some executions, the default, loops taken out of the
# interpreter or run cold, and code memory that fills up on the way.
SETTINGS = {
    "first-call": {"PYJIT_THRESHOLD": "1"},
    "second-call": {"PYJIT_THRESHOLD": "2"},
    "fourth-call": {"PYJIT_THRESHOLD": "4"},
    "default": {},
    "taken": {"PYJIT_THRESHOLD": "400", "PYJIT_TICK": "1"},
    "cold": {"PYJIT_THRESHOLD": "64", "PYJIT_TICK": "0"},
    "little-memory": {"PYJIT_THRESHOLD": "1", "PYJIT_CODE_LIMIT": "64K"},
}

# With a frame evaluator set, CPython 3.11 calls Python functions from interpreted code through C, so
# that temporaries passed as arguments live until the call returns and the caller's f_lasti is that of
# the CALL. These programs show it in the executions before a function is compiled (docs/status.md).
SHOW_INTERPRETED_CALLS = {
    (name, setting)
    for name in ("frames", "lifetimes")
    for setting in ("second-call", "fourth-call", "default", "taken", "cold")
}

SHOWN = 80  # lines of a difference


@functools.cache
def plain_run(interpreter: Interpreter, name: str) -> Run:
    """What the program does without pyjit."""
    return interpreter.run("-X", "faulthandler", f"{name}.py", cwd=PROGRAMS)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", NAMES)
def test_program_does_the_same_with_pyjit(
    jit: Interpreter, name: str, setting: str, request: pytest.FixtureRequest
) -> None:
    """Output, traceback and exit status are those of the interpreter."""
    if (name, setting) in SHOW_INTERPRETED_CALLS:
        request.applymarker(pytest.mark.xfail(strict=True, reason="calls from interpreted code"))
    plain = plain_run(jit, name).report()
    run = jit.run("-X", "faulthandler", f"{name}.py", cwd=PROGRAMS, PYJIT="1", settings=SETTINGS[setting])
    if run.report() != plain:
        difference = difflib.unified_diff(
            plain.splitlines(), run.report().splitlines(), "plain", "pyjit", lineterm="", n=1
        )
        shown = "\n".join(line[:400] for line in itertools.islice(difference, SHOWN))
        pytest.fail(f"{name} under {setting} differs:\n{shown}", pytrace=False)


@pytest.mark.parametrize("name", NAMES)
def test_program_ends_well_without_pyjit(interpreter: Interpreter, name: str) -> None:
    """The program itself is sound: it ends and repeats itself exactly."""
    first = plain_run(interpreter, name)
    assert first.status == 0, first.report()[-3000:]
    assert interpreter.run("-X", "faulthandler", f"{name}.py", cwd=PROGRAMS) == first
