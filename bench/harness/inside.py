"""What measured processes run besides: a module as a program, and code that tells of memory."""

from __future__ import annotations

RUN_MODULE = """
import runpy, sys
sys.argv = [{module!r}, *{arguments!r}]
try:
    runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
except SystemExit as end:
    if end.code not in (None, 0, False):
        raise
"""

#: Tells the peak of resident memory, where the system does (Linux).
TELL_PEAK = """
try:
    with open("/proc/self/status") as status:
        print("\\npeak", [line.split()[1] for line in status if line.startswith("VmHWM:")][0])
except OSError:
    pass
"""


def run_module(module: str, *arguments: str) -> str:
    """What `python -m module arguments` does, as code that goes on afterwards if that succeeds."""
    return RUN_MODULE.format(module=module, arguments=arguments)


def told(output: str, what: str) -> str | None:
    """The rest of the last line that begins with this word, None if there is none."""
    lines = [line for line in output.splitlines() if line.startswith(f"{what} ")]
    return lines[-1].removeprefix(f"{what} ") if lines else None


def peak(output: str) -> float | None:
    """The peak of resident memory in KiB that a process has told by TELL_PEAK."""
    text = told(output, "peak")
    return None if text is None else float(text)
