"""Processes that begin by a fork run as without pyjit, until something in them computes."""

from __future__ import annotations

import pathlib
import textwrap

import pytest
from sample import IN_CHILD
from support import Interpreter, Run

# Ticks that do not come, and ticks that come at once. Being called often makes nothing hot where they do.
NEVER = {"PYJIT": "1", "PYJIT_TICK": "1000000"}
ALWAYS = {"PYJIT": "1", "PYJIT_TICK": "1", "PYJIT_THRESHOLD": "1000000"}

BEGIN = """
import threading, time
import pyjit

def often(f, times=2000):
    for i in range(times):
        f(i)

def inc(x):
    return x + 1

def until(done):
    end = time.monotonic() + 50
    while not done() and time.monotonic() < end:
        pass
    return done()

def compiled_when_called(f):
    def is_compiled():
        for i in range(1000):
            f(i)
        return pyjit.is_compiled(f)
    return until(is_compiled)
"""


def run(jit: Interpreter, settings: dict[str, str], code: str, cwd: pathlib.Path | None = None) -> Run:
    """Run statements; all must go well and silently."""
    done = jit.run("-c", IN_CHILD + BEGIN + textwrap.dedent(code), settings=settings, cwd=cwd)
    assert (done.status, done.err) == (0, ""), done.report()
    return done


def test_what_is_run_often_is_not_compiled(jit: Interpreter) -> None:
    code = """
    def work():
        often(inc)
        assert not pyjit.is_compiled(inc) and pyjit.stats()["young_frames"] > 0
    assert in_child(work)
    often(inc)
    assert pyjit.is_compiled(inc) and pyjit.stats()["young_frames"] == 0
    """
    run(jit, NEVER, code)


def test_what_is_compiled_stays_so(jit: Interpreter) -> None:
    code = """
    often(inc)
    assert pyjit.is_compiled(inc)
    def work():
        assert inc(41) == 42 and pyjit.is_compiled(inc)
        assert sorted(range(5), key=lambda x: inc(-x)) == [4, 3, 2, 1, 0]
    assert in_child(work) and in_child(lambda: in_child(work) or 1 / 0)
    assert inc(41) == 42
    """
    run(jit, NEVER, code)


def test_without_ticks_they_are_as_others(jit: Interpreter) -> None:
    code = """
    def work():
        often(inc)
        assert pyjit.is_compiled(inc) and pyjit.stats()["young_frames"] == 0
    assert in_child(work)
    """
    run(jit, {"PYJIT": "1", "PYJIT_TICK": "0"}, code)


def test_calls_that_compute_are_found(jit: Interpreter) -> None:
    code = """
    def work():
        assert compiled_when_called(inc)
        assert inc(41) == 42
    assert in_child(work)
    assert not pyjit.is_compiled(inc)
    """
    run(jit, ALWAYS, code)


@pytest.mark.parametrize("at", ["work", "operand", "below"])
def test_loops_that_compute_are_taken(jit: Interpreter, at: str) -> None:
    code = """
    def loop():
        before, end = pyjit.stats()["frames_taken"], time.monotonic() + 50
        n = total = 0
        while (n == 0 or n % 1000 or pyjit.stats()["frames_taken"] == before) and time.monotonic() < end:
            n += 1
            total += n
        assert pyjit.stats()["frames_taken"] > before and total == n * (n + 1) // 2
        return n
    def operand():
        assert [1, *(2, loop(), 3)][2] > 0
    def below():
        return [operand() for x in (1,)]
    work = loop
    """
    run(jit, ALWAYS, code + f"assert in_child({at})\n")


def test_threads_that_compute_are_found(jit: Interpreter) -> None:
    """The main thread waits; nobody can be asked but those that run."""
    code = """
    def work():
        found = []
        other = threading.Thread(target=lambda: found.append(compiled_when_called(inc)))
        other.start()
        other.join()
        assert found == [True]
    assert in_child(work)
    """
    run(jit, {"PYJIT": "1", "PYJIT_TICK": "1"}, code)


def test_a_thread_that_is_started_ends_it(jit: Interpreter) -> None:
    code = """
    import _thread
    assert _thread.start_new_thread is threading._start_new_thread
    assert repr(_thread.start_new_thread) == "<built-in function start_new_thread>"
    def with_threading(work):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    def with_lock(start):
        def run(work):
            def locked():
                work()
                lock.release()
            lock = _thread.allocate_lock()
            lock.acquire()
            start(locked, ())
            lock.acquire()
        return run
    for start in with_threading, with_lock(_thread.start_new_thread), with_lock(_thread.start_new):
        def work():
            often(inc)
            assert not pyjit.is_compiled(inc) and pyjit.stats()["young_frames"] > 0
            start(lambda: often(inc))
            assert pyjit.is_compiled(inc)
        assert in_child(work)
    for wrong in (), (1, 2), (len, 5), (len, (), 5):
        try:
            _thread.start_new_thread(*wrong)
        except TypeError:
            pass
        else:
            assert False
    """
    run(jit, NEVER, code)


@pytest.mark.parametrize("how", ["pyjit.compile(inc)", "pyjit.enable()"])
def test_asking_for_pyjit_ends_it(jit: Interpreter, how: str) -> None:
    code = f"""
    def work():
        often(inc)
        assert not pyjit.is_compiled(inc)
        {how}
        often(inc)
        assert pyjit.is_compiled(inc)
    assert in_child(work)
    """
    run(jit, NEVER, code)


def test_low_thresholds_count_from_the_beginning(jit: Interpreter) -> None:
    code = """
    def work():
        often(inc, 100)
        assert pyjit.is_compiled(inc) and pyjit.stats()["young_frames"] == 0
    assert in_child(work)
    """
    run(jit, {**NEVER, "PYJIT_THRESHOLD": "100"}, code)


def test_threads_of_an_import_that_compute_are_found(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    module = """
    import threading
    from __main__ import compiled_when_called, inc
    found = []
    other = threading.Thread(target=lambda: found.append(compiled_when_called(inc)))
    other.start()
    other.join()
    assert found == [True]
    """
    (tmp_path / "computes.py").write_text(textwrap.dedent(module), encoding="utf-8")
    run(jit, {"PYJIT": "1", "PYJIT_TICK": "1"}, "import computes\n", tmp_path)


def test_generators_and_exceptions(jit: Interpreter) -> None:
    code = """
    def numbers(n):
        try:
            for i in range(n):
                yield i
        finally:
            seen.append(n)
    def fails(i):
        if i > 5:
            raise KeyError(i)
        return i
    seen = []
    def work():
        assert sum(numbers(100)) == 4950
        g = numbers(3)
        next(g)
        g.close()
        assert seen == [100, 3]
        try:
            list(map(fails, range(10)))
        except KeyError as error:
            assert error.args == (6,)
        else:
            assert False
    assert in_child(work) and in_child(work)
    """
    run(jit, NEVER, code)
    run(jit, ALWAYS, code)


def test_pools(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = """
    import multiprocessing
    def square(x):
        return sum(x for i in range(x))
    if __name__ == "__main__":
        context = multiprocessing.get_context("fork")
        for _ in range(3):
            with context.Pool(2) as pool:
                assert pool.map(square, range(200)) == [x * x for x in range(200)]
    """
    for settings in NEVER, ALWAYS, {"PYJIT": "1"}:
        run(jit, settings, code, tmp_path)


def test_pyjit_can_be_turned_off_and_on(jit: Interpreter) -> None:
    code = """
    def off():
        pyjit.disable()
        often(inc)
        assert not pyjit.is_compiled(inc)
    def off_and_on():
        pyjit.disable()
        pyjit.enable()
        often(inc)
        assert pyjit.is_compiled(inc)
    assert in_child(off) and in_child(off_and_on)
    pyjit.disable()
    assert in_child(lambda: often(inc))
    pyjit.enable()
    often(inc)
    assert pyjit.is_compiled(inc)
    """
    run(jit, NEVER, code)


def test_traced(jit: Interpreter) -> None:
    code = """
    def work():
        lines = []
        def trace(frame, event, argument):
            if frame.f_code is inc.__code__:
                lines.append((event, frame.f_lineno - inc.__code__.co_firstlineno))
            return trace
        sys.settrace(trace)
        inc(1)
        sys.settrace(None)
        assert lines == [("call", 0), ("line", 1), ("return", 1)]
    assert in_child(work)
    """
    run(jit, NEVER, code)


def test_a_process_that_mostly_waits_grows_up(jit: Interpreter) -> None:
    """Ticks come only after a while that is longer than what it computes each time."""
    code = """
    def serve():
        end = time.monotonic() + 50
        while not pyjit.is_compiled(inc) and time.monotonic() < end:
            often(inc, 1000)
            time.sleep(0.02)
        return pyjit.is_compiled(inc)
    def work():
        assert serve()
    assert in_child(work)
    """
    run(jit, {"PYJIT": "1"}, code)
