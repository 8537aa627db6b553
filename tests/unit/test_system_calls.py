"""Whatever the C library refuses pyjit, programs do the same: calls of it fail in turn, for real.

`failing.c`, preloaded, makes them fail. That does not depend on what pyjit thinks may fail.
"""

from __future__ import annotations

import os
import pathlib
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest
from support import Interpreter, Run

FAULTS = pathlib.Path(__file__).parents[1] / "faults"
COMPILING = {"PYJIT_THRESHOLD": "1"}  # everything is compiled when it is first reached
WATCHING = {"PYJIT_TICK": "50"}  # much is interpreted, and looked at by a thread
# How often pyjit calls a function at least, when compiling and when watching; 0 where it never does.
CALLED = {
    "mmap64": (6, 3), "munmap": (1, 1), "mprotect": (100, 1), "madvise": (10, 1),
    "memfd_create": (2, 1), "ftruncate64": (2, 1), "pwrite64": (1, 0), "fopen64": (1, 1),
    "clock_gettime": (500, 5), "pthread_create": (0, 1), "pthread_attr_init": (0, 1),
    "pthread_condattr_init": (0, 1), "pthread_condattr_setclock": (0, 1), "pthread_cond_init": (0, 1),
    "pthread_setname_np": (0, 1), "__register_atfork": (1, 2), "malloc": (1000, 5), "calloc": (500, 2),
    "realloc": (100, 2),
}  # fmt: skip
# The default is a look at calls further and further apart; this at all of them.
THOROUGH = "PYJIT_TEST_LONG" in os.environ

Failing = Callable[[str, "dict[str, str]"], "tuple[Run, list[str]]"]


@pytest.fixture(scope="module")
def failing(jit: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Failing:
    """Run the program with calls failing: what it did, and what functions failed, call by call."""
    if jit.is_sanitized:
        pytest.skip("not under sanitizers, which have the functions in their hands")
    where = tmp_path_factory.mktemp("failing")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or platform.libc_ver()[0] != "glibc":
        pytest.skip("no compiler, or another C library")
    library, report = where / "failing.so", where / "failed"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(FAULTS / "failing.c"), "-ldl"]
    subprocess.run(command, check=True)

    def run(what: str, settings: dict[str, str]) -> tuple[Run, list[str]]:
        report.unlink(missing_ok=True)
        more = {"LD_PRELOAD": str(library), "FAILING": what, "FAILED": str(report)}
        more |= {"PYJIT": "1", "PYJIT_LOG": str(where / "log")}
        done = jit.run("program.py", cwd=FAULTS, settings=more | settings)
        return done, report.read_text().split()

    return run


@pytest.fixture(scope="module")
def expected(interpreter: Interpreter) -> str:
    """Return what the program prints without pyjit."""
    run = interpreter.run("program.py", cwd=FAULTS)
    assert (run.status, run.err) == (0, "")
    return run.out


def numbers() -> Iterator[int]:
    """Yield which calls fail: less and less of them, or of the first hundreds nearly all."""
    number = 1.0
    while True:
        yield int(number)
        number = max(number + 1, number * (1.01 if THOROUGH else 1.7))


def check(run: Run, expected: str) -> None:
    """See to it that nobody but the reader of a message has noticed."""
    assert run.status == 0, run.report()[-3000:]
    assert run.out == expected
    assert all(line.startswith("pyjit: ") for line in run.err.splitlines()), run.err


@pytest.mark.parametrize("function", CALLED)
@pytest.mark.parametrize("settings", [COMPILING, WATCHING], ids=["compiling", "watching"])
def test_one_call_fails(failing: Failing, expected: str, function: str, settings: dict[str, str]) -> None:
    reached = 0
    for number in numbers():
        run, failed = failing(f"{function}:{number}", settings)
        check(run, expected)
        if not failed:
            break
        reached = number
    assert reached >= CALLED[function][settings is WATCHING]


@pytest.mark.parametrize("function", CALLED)
@pytest.mark.parametrize("settings", [COMPILING, WATCHING], ids=["compiling", "watching"])
def test_all_later_calls_fail(
    failing: Failing, expected: str, function: str, settings: dict[str, str]
) -> None:
    for number in (1, 2, 3, 10, 30, 100, 300, 1000):
        run, failed = failing(f"{function}:{number}+", settings)
        check(run, expected)
        if not failed:
            break


@pytest.mark.parametrize("more", ["mremap:1", "mremap:1+", "mmap64:5"])
def test_children_without_a_file_of_their_own(failing: Failing, expected: str, more: str) -> None:
    """They copy code memory, which is moved to the place of the old."""
    run, failed = failing(f"memfd_create:2+,{more}", COMPILING)
    check(run, expected)
    assert {"memfd_create", more.partition(":")[0]} <= {*failed}


@pytest.mark.parametrize(
    "refused", ["mprotect:29", "mprotect:30", "mprotect:31", "mprotect:32", "mprotect:30,mprotect:30"]
)
def test_one_view_of_code_memory(failing: Failing, expected: str, refused: str) -> None:
    """Without files that have no name, code memory is made writable, and then executable again.

    That takes three calls, each of which is among four in a row. The 30th is one that makes pages writable;
    when it is refused the next one tries it with all of them.
    """
    run, failed = failing(f"memfd_create:1+,{refused}", COMPILING)
    check(run, expected)
    assert failed.count("mprotect") == refused.count("mprotect")
