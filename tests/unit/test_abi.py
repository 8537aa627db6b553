"""pyjit in interpreters it was not built for: one line says so, and the program runs."""

from __future__ import annotations

import pathlib
import shutil

import pytest
from support import Interpreter


@pytest.fixture
def foreign(jit: Interpreter, tmp_path: pathlib.Path) -> str:
    """A directory with the package pyjit as it is for an interpreter that finds no extension module."""
    package = jit.run_code("import pyjit; print(pyjit.__path__[0])").out.strip()
    (tmp_path / "pyjit").mkdir()
    for file in pathlib.Path(package).glob("*.py"):
        shutil.copy(file, tmp_path / "pyjit")
    return str(tmp_path)


def test_without_an_extension_module_it_is_off_with_one_line(jit: Interpreter, foreign: str) -> None:
    run = jit.run_code("import pyjit; print(pyjit.enable(), pyjit.__path__)", PYJIT="1", PYTHONPATH=foreign)
    assert run.status == 0
    assert run.out == f"False [{foreign + '/pyjit'!r}]\n"
    assert run.err.startswith("pyjit: off: not built for this interpreter")
    assert len(run.err.splitlines()) == 1, run.report()


def test_without_an_extension_module_everything_can_be_asked(jit: Interpreter, foreign: str) -> None:
    code = """
import pyjit
def f(): pass
pyjit.disable()
print(pyjit.is_enabled(), pyjit.is_compiled(f), pyjit.stats(), repr(pyjit.disassemble(f)))
try:
    pyjit.compile(f)
except RuntimeError as error:
    print(error)
"""
    run = jit.run_code(code, PYTHONPATH=foreign)
    assert run.err == ""
    assert run.out == "False False {} ''\npyjit is off: it was not built for this interpreter\n"
