"""The two sides of a comparison and running a command on one of them.

Side A is the plain interpreter, side B the same one with PYJIT=1 (or what the options say).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter

#: Set to the same value on both sides, so that sets of strings iterate alike.
FIXED = {"PYTHONHASHSEED": "0"}


#: Not handed down. With the second, files nobody has compiled yet would be compiled at each start.
LEFT_OUT = ("PYJIT", "PYTHONDONTWRITEBYTECODE")


#: Prints what the interpreter is that executes it.
WHO = """
import json, platform, sys, sysconfig
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
try:
    pyjit = version("pyjit")
except PackageNotFoundError:
    pyjit = "unknown version" if find_spec("pyjit") else None
print(json.dumps({
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "compiler": platform.python_compiler(),
    "shared": bool(sysconfig.get_config_var("Py_ENABLE_SHARED")),
    "pyjit": pyjit,
    "loaded": any(name.split(".")[0].lstrip("_") == "pyjit" for name in sys.modules),
}))
"""


@dataclass(frozen=True)
class Side:
    """An interpreter and the environment variables that make it this side."""

    name: str
    python: str
    variables: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The caller's environment without what changes starting, then this side's variables."""
        environment = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
        environment.update(FIXED)
        environment.update(self.variables)
        return environment


@dataclass(frozen=True)
class Finished:
    """A command that ran to its end."""

    code: int
    output: str
    errors: str
    seconds: float

    @property
    def problem(self) -> str | None:
        """Why the run is of no use, None when it succeeded."""
        if self.code == 0:
            return None
        if self.code < 0:
            try:
                how = f"killed by {signal.Signals(-self.code).name}"
            except ValueError:
                how = f"killed by signal {-self.code}"
        else:
            how = f"exit status {self.code}"
        lines = [line for line in self.errors.splitlines() if line.strip()]
        return f"{how}: {lines[-1].strip()[:200]}" if lines else how


def sides(python: str, base: str | None, settings: Sequence[str], same: bool) -> tuple[Side, Side]:
    """Sides A and B.

    `base` is side A's interpreter when it is another one; `settings` are KEY=VALUE for side B;
    `same` makes both sides A, which shows how much the machine's noise alone moves a ratio.
    Raises ValueError for a setting without "=".
    """
    a = Side("A", base or python)
    if same:
        return a, Side("B", base or python)
    variables = {"PYJIT": "1"}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise ValueError(f"{setting!r} is not KEY=VALUE")
        variables[key] = value
    return a, Side("B", python, variables)


def turns(pair: tuple[Side, Side], count: int) -> Iterator[tuple[int, Side]]:
    """ABAB…: `count` turns for each side, with the turn's number."""
    for turn in range(count):
        for side in pair:
            yield turn, side


def run(
    command: Sequence[str],
    side: Side,
    timeout: float | None = None,
    extra: Mapping[str, str] | None = None,
) -> Finished:
    """Run a command with a side's environment; time is wall time in seconds incl. start-up.

    A command still running after `timeout` seconds is ended and counts as failed.
    """
    environment = side.environment() | dict(extra or {})
    start = perf_counter()
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        return Finished(1, "", str(error), perf_counter() - start)
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        end(process)
        return Finished(1, "", f"no end after {timeout} s", perf_counter() - start)
    except BaseException:
        end(process)
        raise
    return Finished(process.returncode, output, errors, perf_counter() - start)


def end(process: subprocess.Popen[str]) -> None:
    """Kill a process of `run` together with the processes it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def describe(side: Side) -> dict[str, object]:
    """What the side's interpreter is, which build, and the version of pyjit if it has one.

    Raises ValueError when the interpreter does not answer.
    """
    done = run([side.python, "-c", WHO], side, timeout=60)
    if done.problem:
        raise ValueError(f"{side.python}: {done.problem}")
    found: dict[str, object] = json.loads(done.output.splitlines()[-1])
    return found | {"variables": dict(side.variables)}
