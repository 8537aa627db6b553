"""Compile every opcode while one allocation or system call of pyjit after the other fails.

    PYJIT=1 PYJIT_THRESHOLD=1 python tests/faults/sweep.py [--step N] [--from-there-on] [NAME ...]

For each snippet and each number n a forked process runs the snippet as code nobody has seen before, the
n-th allocation (or, with --from-there-on, that and all later ones) being made to fail, until n is more
than there are. The results must be those without failures, and the process must end by itself.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable

import pyjit
import snippets
from pyjit import _pyjit
from running import outcomes, renew

REPEAT = 3  # calls in a row with the same arguments
REACHED = 10  # exit status of a process in which the failure came about


def attempt(
    function: Callable[..., object], cases: tuple[object, ...], number: int, on: bool
) -> tuple[int, str]:
    """One process: its exit status and what it had to say."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(writer, 2)
        try:
            renew()
            _pyjit.fail(number, on)
            results = outcomes(function, cases, REPEAT)
            count = _pyjit.fail(0, False)
            if results != expected[function]:
                print("expected", expected[function], "got", results, file=sys.stderr)
                os._exit(1)
            os._exit(REACHED if count >= number else 0)
        except BaseException as error:  # the fork must not go on with the loop
            print(repr(error), file=sys.stderr)
        os._exit(2)
    os.close(writer)
    with open(reader, errors="replace") as said:
        text = said.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def sweep(
    function: Callable[..., object], cases: tuple[object, ...], step: int, on: bool
) -> tuple[int, list[str]]:
    """How many processes were run for a snippet, and what went wrong in them."""
    wrong = []
    number, runs = 1, 0
    while True:
        status, text = attempt(function, cases, number, on)
        runs += 1
        lines = [line for line in text.splitlines() if not line.startswith("pyjit: ")]
        if status not in (0, REACHED) or lines:
            name = signal.Signals(-status).name if status < 0 else f"status {status}"
            wrong.append(f"{function.__name__}, failure {number}: {name} {' '.join(lines)[:300]}")
        if status == 0 or len(wrong) > 5:
            return runs, wrong
        number += 1 if number < 3 * step else step


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--step", type=int, default=1, help="look at every so-manieth failure only")
parser.add_argument("--from-there-on", action="store_true", help="all later ones fail as well")
parser.add_argument("names", nargs="*", metavar="NAME", help="only these snippets")
options = parser.parse_args()

_pyjit.disable()
chosen = [entry for entry in snippets.SNIPPETS if not options.names or entry[0].__name__ in options.names]
expected = {function: outcomes(function, cases, REPEAT) for function, *cases in chosen}
assert pyjit.enable()
total, failures = 0, []
for function, *cases in chosen:
    runs, wrong = sweep(function, cases, options.step, options.from_there_on)
    total += runs
    failures += wrong
    if os.isatty(1) or wrong:
        print(f"{function.__name__}: {runs} processes", *wrong, sep="\n  ", flush=True)
print(f"{len(chosen)} snippets, {total} processes, {len(failures)} failures")
sys.exit(bool(failures))
