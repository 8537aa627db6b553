"""Options and fixtures common to all tests."""

from __future__ import annotations

import pathlib
import signal
import sys

import pytest
from support import Interpreter, make_environment


def pytest_addoption(parser: pytest.Parser) -> None:
    """The interpreter under test."""
    group = parser.getgroup("pyjit")
    group.addoption("--python", default=sys.executable, help="interpreter to start programs with")
    group.addoption("--pyjit", metavar="DIR", help="build directory holding the package pyjit")
    group.addoption("--variable", metavar="NAME=VALUE", action="append", default=[],
                    help="environment variable for the programs under test")  # fmt: skip


def pytest_configure() -> None:
    """Programs in the background of a shell ignore SIGINT; those under test must not inherit that."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def interpreter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    """The interpreter under test, with pyjit to be had."""
    python = pathlib.Path(str(request.config.getoption("--python")))
    build = request.config.getoption("--pyjit")
    pairs: list[str] = request.config.getoption("--variable")
    variables = tuple((name, value) for name, _, value in (pair.partition("=") for pair in pairs))
    if build:
        where = tmp_path_factory.mktemp("environment") / "venv"
        python = make_environment(python, pathlib.Path(str(build)), where)
    return Interpreter(python, variables)


@pytest.fixture(scope="session")
def jit(interpreter: Interpreter) -> Interpreter:
    """The same interpreter, after making sure that PYJIT=1 starts pyjit in it."""
    run = interpreter.run_code(
        "import sys; print('pyjit' in sys.modules and sys.modules['pyjit'].is_enabled())", PYJIT="1"
    )
    assert run.out.strip() == "True", "PYJIT=1 does not start pyjit:\n" + run.report()
    return interpreter
