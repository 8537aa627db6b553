"""Interpreters with pyjit for the tests: an installed one, or a throwaway environment around a
build directory.

The tests start programs in subprocesses of one interpreter, with and without ``PYJIT=1``.  Which
interpreter: ``--python`` (default: the one running the tests, which has pyjit installed), or with
``--pyjit DIR`` a virtual environment made on the spot that finds the package pyjit in DIR.
``--variable NAME=VALUE`` sets an environment variable for all these programs.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import subprocess
from collections.abc import Mapping

SETTING_PREFIXES = ("PYJIT", "PYTHON")


def make_environment(python: pathlib.Path, pyjit: pathlib.Path, where: pathlib.Path) -> pathlib.Path:
    """Make a virtual environment that starts the pyjit of a build directory as its wheel would.

    Returns the environment's interpreter.
    """
    subprocess.run([str(python), "-m", "venv", "--without-pip", "--clear", str(where)], check=True)
    inside = where / "bin" / "python"
    site = subprocess.run(
        [str(inside), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    start = (pathlib.Path(__file__).parents[1] / "runtime" / "pyjit.pth").read_text()
    (pathlib.Path(site) / "pyjit-tree.pth").write_text(f"{pyjit.resolve()}\n{start}")
    return inside


def environment(**settings: str) -> dict[str, str]:
    """The process environment with only the given settings of Python and pyjit."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(SETTING_PREFIXES)}
    return kept | {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"} | settings


@dataclasses.dataclass(frozen=True)
class Run:
    """What a program did."""

    status: int  # exit status, negative when a signal ended it
    out: str
    err: str

    def report(self) -> str:
        """All of it, as text to compare."""
        return f"{self.out}--- stderr\n{self.err}--- exit status {self.status}\n"


@dataclasses.dataclass(frozen=True)
class Interpreter:
    """A Python in which pyjit can be started, with environment variables that all its programs get."""

    path: pathlib.Path
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def is_sanitized(self) -> bool:
        """Is it run under sanitizers? They take terabytes of address space, and keep what is freed."""
        return "LD_PRELOAD" in dict(self.variables)

    @functools.cached_property
    def freezes_site(self) -> bool:
        """Is the module site frozen? By that pyjit knows it; debug builds have it as a file."""
        return "frozen" in self.run_code("import site; print(site.main.__code__.co_filename)").out

    def run(
        self,
        *arguments: str | pathlib.Path,
        settings: Mapping[str, str] | None = None,
        cwd: pathlib.Path | None = None,
        timeout: float = 60,
        stdin: str = "",
        **more: str,
    ) -> Run:
        """Run with these arguments and settings (environment variables, also as keyword arguments).

        The timeout is in seconds.

        Raises subprocess.TimeoutExpired.
        """
        done = subprocess.run(
            [str(self.path), *map(str, arguments)],
            check=False,
            env=environment(**{**dict(self.variables), **(settings or {}), **more}),
            cwd=cwd,
            input=stdin,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=timeout,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def run_code(self, code: str, settings: Mapping[str, str] | None = None, **more: str) -> Run:
        """Run a program given as text."""
        return self.run("-c", code, settings={**(settings or {}), **more})
