"""What ``pyjit.pth`` imports when an interpreter starts with ``PYJIT`` set.

In a virtual environment an interpreter goes through its ``.pth`` files twice; importing does
something only the first time.
"""

import os
import sys

import pyjit


def _run() -> None:
    """Turn the JIT on if ``PYJIT`` asks for it."""
    setting = os.environ.get("PYJIT", "")
    if sys.flags.ignore_environment or setting in ("", "0"):
        return
    if setting == "1":
        pyjit.enable()
    elif sys.stderr is not None:
        print(f"pyjit: PYJIT takes 0 or 1, not '{setting:.100}'; off", file=sys.stderr)


_run()
