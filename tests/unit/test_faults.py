"""Whatever allocation or system call fails while an opcode is compiled, programs do the same."""

from __future__ import annotations

import dis
import importlib.util
import opcode
import pathlib
import types

import pytest
from support import Interpreter

FAULTS = pathlib.Path(__file__).parents[1] / "faults"


@pytest.mark.parametrize("options", [["--step", "13"], ["--step", "17", "--from-there-on"]])
def test_one_failure_after_the_other(jit: Interpreter, options: list[str]) -> None:
    run = jit.run("sweep.py", *options, cwd=FAULTS, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()[-3000:]
    assert run.out.endswith(", 0 failures\n")


def opcodes(code: types.CodeType) -> set[str]:
    """The names of all opcodes in a code object and those in it."""
    names = {instruction.opname for instruction in dis.get_instructions(code)}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= opcodes(constant)
        elif isinstance(constant, str) and "\n" in constant:
            names |= opcodes(compile(constant, "<text>", "single" if ";" in constant else "exec"))
    return names


def test_the_snippets_contain_every_opcode() -> None:
    spec = importlib.util.spec_from_file_location("snippets", FAULTS / "snippets.py")
    assert spec is not None and spec.origin is not None
    source = pathlib.Path(spec.origin).read_text()
    body = compile(source, "snippets", "exec", dont_inherit=True)
    in_functions = set().union(*[opcodes(c) for c in body.co_consts if isinstance(c, types.CodeType)])
    assert set(opcode.opmap) - in_functions <= {"CACHE", "EXTENDED_ARG"}


def test_a_start_that_failed_can_be_repeated(jit: Interpreter) -> None:
    """Whichever allocation or system call the first one failed at."""
    code = """
import sys
import pyjit
from pyjit import _pyjit
_pyjit.fail(int(sys.argv[1]), False)
started = pyjit.enable()
_pyjit.fail(0, False)
assert pyjit.enable()
def total(n):
    t = 0
    for i in range(n):
        t += i
    return t
assert [total(100) for _ in range(9)] == [4950] * 9 and pyjit.is_compiled(total)
print(started)
"""
    runs = [jit.run("-c", code, number, PYJIT_THRESHOLD="1") for number in map(str, range(1, 13))]
    for run in runs:
        assert run.status == 0, run.report()
    assert sum(run.out == "False\n" for run in runs) >= 10


def test_a_failure_keeps_code_from_being_compiled(jit: Interpreter) -> None:
    code = (
        "from pyjit import _pyjit\n"
        "def f(x): return x + 1\n"
        "_pyjit.fail(1, True)\n"
        "assert [f(i) for i in range(9)] == [*range(1, 10)] and not _pyjit.is_compiled(f)\n"
        "assert _pyjit.fail(0, False) > 0\n"
        "assert [f(i) for i in range(9)] == [*range(1, 10)] and _pyjit.is_compiled(f)\n"
    )
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()
