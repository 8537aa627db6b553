"""What a failure looks like, and reducing it without sliding into another one."""

from __future__ import annotations

import difflib
import re

from fuzz.runner import Outcome, Side, Workers
from fuzz.shrink import shrink

TIMEOUT = 2.0  # seconds a program may take while it is being reduced
# Counts of references are of a class of the program's own; counts of small ints would differ anyway.
COUNTED = "if type(s) is Sentinel"


def difference(plain: Outcome, jit: Outcome) -> list[str]:
    """Return the lines that differ, as `diff` shows them."""
    one, other = ("\n".join(str(part) for part in side.comparable()).split("\n") for side in (plain, jit))
    return [
        line for line in difflib.unified_diff(one, other, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]  # fmt: skip


def signature(plain: Outcome, jit: Outcome) -> str:
    """Return what a failure is called: the exit status, or the first word that differs, without numbers."""
    if jit.status != plain.status:
        return f"status {jit.status}"
    lines = difference(plain, jit)
    return re.sub(r"\d+", "", lines[0][:12]) if lines else ""


def shrink_failure(workers: Workers, plain: Side, jit: Side, program: str, seconds: float) -> str:
    """Return a smaller program that fails in the same way, found in so many seconds."""
    wanted = signature(workers.run(plain, [program]), workers.run(jit, [program]))
    counts = "references" in wanted

    def fails(candidate: str) -> bool:
        if counts and COUNTED not in candidate:
            return False
        one = workers.run(plain, [candidate], TIMEOUT)
        if one.timed_out or one.status != 0 or "uncaught" in one.out:
            return False
        other = workers.run(jit, [candidate], TIMEOUT)
        return not other.timed_out and not other.agrees(one, jit) and signature(one, other) == wanted

    return shrink(program, fails, seconds)
