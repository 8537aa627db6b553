"""What ``pyjit.pth`` imports when an interpreter starts with ``PYJIT`` set.

In a virtual environment an interpreter goes through its ``.pth`` files twice; importing does
something only the first time.
"""

from __future__ import annotations

import os
import sys


def _say(line: str) -> None:
    """Write a line to stderr, where there is one."""
    if sys.stderr is not None:
        print(f"pyjit: {line}", file=sys.stderr)


def _run() -> None:
    """Turn the JIT on if ``PYJIT`` asks for it; never let a program fail to start."""
    setting = os.environ.get("PYJIT", "")
    if sys.flags.ignore_environment or setting in ("", "0"):
        return
    if setting != "1":
        _say(f"PYJIT takes 0 or 1, not '{setting:.100}'; off")
        return
    try:
        import pyjit
    except ImportError as error:
        _say(f"off: {error}")
        return
    pyjit.enable()


_run()
