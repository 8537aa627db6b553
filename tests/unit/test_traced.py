"""While a trace or profile function is set everything runs as without pyjit; afterwards nothing does."""

from __future__ import annotations

import textwrap

from support import Interpreter

NEVER = {"PYJIT": "1", "PYJIT_TICK": "1000000"}
ALWAYS = {"PYJIT": "1", "PYJIT_TICK": "1", "PYJIT_THRESHOLD": "1000000"}

BEGIN = """
import cProfile, sys, threading, time
import pyjit

def inc(x):
    return x + 1

def often(f, times=2000):
    for i in range(times):
        f(i)

def trace(frame, event, argument):
    return trace

def compiled_when_called(f):
    end = time.monotonic() + 50
    while not pyjit.is_compiled(f) and time.monotonic() < end:
        often(f, 1000)
    return pyjit.is_compiled(f)

def away():
    return pyjit.stats()["traced_frames"]
"""


def run(jit: Interpreter, settings: dict[str, str], code: str) -> None:
    """Run statements; all must go well and silently."""
    done = jit.run("-c", BEGIN + textwrap.dedent(code), settings=settings)
    assert (done.status, done.err) == (0, ""), done.report()


def test_a_trace_function(jit: Interpreter) -> None:
    code = """
    sys.settrace(trace)
    often(inc)
    sys.settrace(None)
    assert away() > 0 and not pyjit.is_compiled(inc)
    often(inc)
    assert pyjit.is_compiled(inc)
    """
    run(jit, NEVER, code)


def test_a_profile_function(jit: Interpreter) -> None:
    code = """
    profile = cProfile.Profile()
    profile.runcall(often, inc)
    assert away() > 0 and not pyjit.is_compiled(inc)
    functions = [entry for entry in profile.getstats() if not isinstance(entry.code, str)]
    calls = {entry.code.co_name: entry.callcount for entry in functions}
    assert calls["inc"] == 2000 and calls["often"] == 1, calls
    often(inc)
    assert pyjit.is_compiled(inc)
    """
    run(jit, NEVER, code)


def test_what_goes_on_untraced_is_found(jit: Interpreter) -> None:
    code = """
    def traced():
        sys.settrace(None)
        return compiled_when_called(inc)
    sys.settrace(trace)
    assert traced() and away() > 0
    """
    run(jit, ALWAYS, code)


def test_compiled_code_goes_on_in_the_interpreter(jit: Interpreter) -> None:
    code = """
    def turn_on(i):
        if i == 5000:
            sys.settrace(trace)
        if i == 7000:
            sys.settrace(None)
    def loop(n):
        total = 0
        for i in range(n):
            turn_on(i)
            total += inc(i)
        return total
    often(inc)
    assert loop(4000) == sum(range(1, 4001)) and loop(9000) == sum(range(1, 9001))
    assert pyjit.is_compiled(inc)
    """
    run(jit, {"PYJIT": "1", "PYJIT_TICK": "1"}, code)


def test_processes_with_threads_are_as_ever(jit: Interpreter) -> None:
    code = """
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    sys.settrace(trace)
    often(inc)
    sys.settrace(None)
    assert away() == 0
    often(inc)
    assert pyjit.is_compiled(inc)
    stop.set()
    other.join()
    """
    run(jit, NEVER, code)
