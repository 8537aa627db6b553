"""Programs on real libraries do the same with pyjit as without."""

from __future__ import annotations

import difflib
import functools
import itertools
import pathlib

import pytest
from support import Interpreter, Run

PROGRAMS = pathlib.Path(__file__).parent / "programs"
LIBRARIES = {
    "algebra": ["sympy"],
    "django_shop": ["django"],
    "formatter": ["black", "lark", "rich"],
    "graphs": ["networkx"],
    "greenlets": ["greenlet"],
    "templates": ["jinja2"],
    "testrun": ["pytest"],
    "web": ["flask", "sqlalchemy"],
}
SETTINGS = {
    "first-call": {"PYJIT_THRESHOLD": "1"},
    "default": {},
    "taken": {"PYJIT_THRESHOLD": "50", "PYJIT_TICK": "1"},
}


@functools.cache
def plain_run(interpreter: Interpreter, name: str) -> Run:
    """What the program does without pyjit."""
    return interpreter.run(f"{name}.py", cwd=PROGRAMS)


@functools.cache
def has(interpreter: Interpreter, library: str) -> bool:
    """Is the library there, to the interpreter under test?"""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec('{library}') is None)"
    return interpreter.run_code(code).status == 0


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", LIBRARIES)
def test_app_does_the_same_with_pyjit(jit: Interpreter, name: str, setting: str) -> None:
    for library in LIBRARIES[name]:
        if not has(jit, library):
            pytest.skip(f"{library} is not installed: pip install -r tests/apps/requirements.txt")
    if name == "greenlets" and jit.is_sanitized:
        pytest.skip("greenlet copies stacks as a whole, and the sanitizer has marked places in them")
    plain = plain_run(jit, name)
    assert plain.status == 0, plain.report()[-3000:]
    assert len(plain.out) > 100
    run = jit.run(f"{name}.py", cwd=PROGRAMS, PYJIT="1", settings=SETTINGS[setting])
    if run != plain:
        difference = difflib.unified_diff(
            plain.report().splitlines(), run.report().splitlines(), "plain", "pyjit", lineterm="", n=1
        )
        shown = "\n".join(line[:400] for line in itertools.islice(difference, 80))
        pytest.fail(f"{name} under {setting} differs:\n{shown}", pytrace=False)
