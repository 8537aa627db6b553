"""Runs the examples with and without pyjit, taking turns, and shows the times side by side.

The interpreter is the one running this, which has pyjit installed.  Each example runs in a process
of its own; what both sides print must be the same.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = ("solar_system", "word_index", "little_lisp")


def run(program: pathlib.Path, jit: bool) -> tuple[float, str]:
    """Seconds from start to end of a process, and what it printed.

    Raises subprocess.CalledProcessError.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYJIT")}
    if jit:
        environment["PYJIT"] = "1"
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(program)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return time.perf_counter() - began, done.stdout


def compare(name: str, turns: int) -> bool:
    """Print a line of the table; returns whether both sides printed the same."""
    program = HERE / f"{name}.py"
    times: dict[bool, list[float]] = {False: [], True: []}
    outputs = set()
    for _ in range(turns):
        for jit in (False, True):
            seconds, output = run(program, jit)
            times[jit].append(seconds)
            outputs.add(output)
    plain, fast = statistics.median(times[False]), statistics.median(times[True])
    same = len(outputs) == 1
    verdict = "same output" if same else "OUTPUT DIFFERS"
    print(f"{name:<16}{plain:>10.2f} s{fast:>10.2f} s{plain / fast:>9.2f}x   {verdict}", flush=True)
    return same


def main() -> int:
    """Entry point; returns 1 if any output differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=3, help="processes on each side")
    parser.add_argument("examples", nargs="*", default=EXAMPLES, help=f"of: {', '.join(EXAMPLES)}")
    arguments = parser.parse_args()
    print(f"Whole processes of CPython {sys.version.split()[0]}, median of {arguments.turns}, in turns")
    print(f"{'program':<16}{'plain':>12}{'PYJIT=1':>12}{'faster':>10}", flush=True)
    same = [compare(name, arguments.turns) for name in arguments.examples]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
