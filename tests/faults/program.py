"""A program that has pyjit do all it ever asks of the system.

It compiles every opcode, is interrupted by ticks, forks when code is compiled and compiles in child and
parent, so much that they have code memory of their own at last. It prints what must be the same whatever
fails.
"""

from __future__ import annotations

import os
import threading
import time

import snippets
from running import outcomes, renew

REPEAT = 4  # calls in a row with the same arguments


def run_snippets() -> None:
    """Print what all of them give."""
    for function, *cases in snippets.SNIPPETS:
        print(function.__name__, *outcomes(function, cases, REPEAT))


def spin(seconds: float) -> int:
    """Go round for a while, so that ticks come, and return a number that does not depend on how long."""
    end, n, even = time.monotonic() + seconds, 0, 0
    while n == 0 or time.monotonic() < end:
        for i in range(1000):
            even += i & 1
        n += 1
    return even // n


def run_child() -> None:
    """Do everything again in a child, and wait for it."""
    process = os.fork()
    if process == 0:
        renew()
        run_snippets()
        print("child", spin(0.01), flush=True)
        os._exit(0)
    print("ended", os.waitpid(process, 0)[1], flush=True)


def main() -> None:
    """Do everything."""
    run_snippets()
    print("spun", spin(0.03), flush=True)
    run_child()
    renew()
    run_snippets()
    print(flush=True)
    run_child()
    thread = threading.Thread(target=run_snippets)
    thread.start()
    thread.join()


main()
