"""Loops that CPython's interpreter runs and pyjit takes over: nothing is lost, and nobody notices."""

from __future__ import annotations

import textwrap

import pytest
from support import Interpreter, Run

# No function is compiled for being called often; loops are, as soon as they have been seen running.
TAKE = {"PYJIT": "1", "PYJIT_THRESHOLD": "1000000", "PYJIT_TICK": "1"}

COUNT = """
import pyjit, time
def taken():
    return pyjit.stats()["frames_taken"]
def until_taken(function, *arguments):
    # Calls it until a frame has been taken meanwhile.
    end = time.monotonic() + 50
    before = taken()
    result = function(*arguments)
    while taken() == before and time.monotonic() < end:
        result = function(*arguments)
    assert taken() > before, pyjit.stats()
    return result
"""


def run(jit: Interpreter, code: str, **settings: str) -> Run:
    """Run statements; all must go well and silently."""
    done = jit.run_code(COUNT + textwrap.dedent(code), {**TAKE, **settings})
    assert (done.status, done.err) == (0, ""), done.report()
    return done


# A loop of each kind, `n` times round: its body is to do `step`, and its result is `result`.
LOOPS = {
    "for over a range": ("for i in range(n):\n    total += i", "n * (n - 1) // 2"),
    "for over a list": ("for i in [1] * n:\n    total += i", "n"),
    "while with an int comparison": ("i = 0\nwhile i < n:\n    i += 1\n    total += 2", "2 * n"),
    "while with a float comparison": ("x = 0.0\nwhile x < n:\n    x += 1.0\n    total += 2", "2 * n"),
    "while with a comparison of strings": (
        's = ""\nwhile s != "x" * 50:\n    s = "x" * (total * 50 // n)\n    total += 1',
        "n + 1",
    ),
    "while with the truth of a list": ("todo = [1] * n\nwhile todo:\n    total += todo.pop()", "n"),
    "while with the truth of an object": ("i = Countdown(n)\nwhile i:\n    total += 1", "n"),
    "while not": ("i = n\nwhile not i == 0:\n    i -= 1\n    total += 1", "n"),
    "while with None": ("i = n\nwhile i is not None:\n    i = i - 1 or None\n    total += 1", "n"),
    "while until None": (
        "i = None\nwhile i is None:\n    total += 1\n    i = n if total == n else None",
        "n",
    ),
    "while with break": ("while True:\n    total += 1\n    if total >= n:\n        break", "n"),
    "with values on the stack": ("total = sum([1, 2, *(i for i in range(n)), 3])", "n * (n - 1) // 2 + 6"),
    "comprehension": ("total = sum([i for i in range(n)])", "n * (n - 1) // 2"),
    "inside another": (
        "for a in (1, 2):\n    for i in range(n):\n        total += a",
        "3 * n",
    ),
    "with an else": ("for i in range(n):\n    total += 1\nelse:\n    total += 5", "n + 5"),
    "inside try": (
        "try:\n    for i in range(n):\n        total += 1\n    total / 0\n"
        "except ZeroDivisionError:\n    total += 1",
        "n + 1",
    ),
    "inside finally": ("try:\n    pass\nfinally:\n    for i in range(n):\n        total += 1", "n"),
    "inside a handler": (
        "try:\n    [][0]\nexcept IndexError as e:\n    for i in range(n):\n        total += 1\n"
        "    assert sys.exc_info()[1] is e, sys.exc_info()\n    assert e.__context__ is None",
        "n",
    ),
    "inside with": (
        "with Manager() as m:\n    for i in range(n):\n        total += 1\nassert m.left == 1",
        "n",
    ),
    "with many jumps ahead": (
        "for i in range(n):\n    if i < 0:\n" + "        total += total * 3 + 1\n" * 100 + "    total += 1",
        "n",
    ),
    "that calls": ("for i in range(n):\n    total += one()", "n"),
    "that looks at its frame": ("for i in range(n):\n    total = sys._getframe().f_locals['total'] + 1", "n"),
    "that handles exceptions": (
        "for i in range(n):\n    try:\n        [][i]\n    except IndexError:\n        total += 1",
        "n",
    ),
    "that deletes": ("for i in range(n):\n    x = i\n    del x\n    total += 1", "n"),
}  # fmt: skip

SETTING = """
import sys
class Countdown:
    def __init__(self, n):
        self.n = n
    def __bool__(self):
        self.n -= 1
        return self.n >= 0
class Manager:
    left = 0
    def __enter__(self):
        return self
    def __exit__(self, *rest):
        self.left += 1
def one():
    return 1
"""

# Where the loop stands: what runs it once and leaves its result in `got`.
PLACES = {
    "function": """
def f(n):
    total = 0
    LOOP
    return total
got = f(n)
""",
    "module": """
total = 0
LOOP
got = total
""",
    "class body": """
class C:
    total = 0
    LOOP
got = C.total
""",
    "generator": """
def f(n):
    total = 0
    LOOP
    yield total
[got] = f(n)
""",
    "coroutine": """
async def f(n):
    total = 0
    LOOP
    return total
try:
    f(n).send(None)
except StopIteration as stop:
    got = stop.value
""",
    "cell": """
def f(n):
    total = 0
    def g():
        nonlocal total
        LOOP
        return total
    return g()
got = f(n)
""",
}


def put(place: str, loop: str) -> str:
    """The program of a place with the loop in it."""
    lines = []
    for line in place.splitlines():
        before, found, _ = line.partition("LOOP")
        lines.append(textwrap.indent(loop, before) if found else line)
    return "\n".join(lines)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_is_taken_over(jit: Interpreter, loop: str, place: str) -> None:
    body, result = LOOPS[loop]
    run(
        jit,
        SETTING
        + f"""
n = 20_000
until_taken(exec, compile({put(PLACES[place], body)!r}, "program", "exec"), globals())
assert got == {result}, got
""",
    )


def test_no_loop_is_taken_over_without_ticks(jit: Interpreter) -> None:
    run(
        jit,
        """
        for i in range(100_000):
            pass
        stats = pyjit.stats()
        assert stats["frames_taken"] == 0 and stats["cold_runs"] > 0, stats
        """,
        PYJIT_TICK="0",
    )


def test_loops_are_soon_compiled_by_default(jit: Interpreter) -> None:
    done = jit.run_code(
        COUNT
        + """
end = time.monotonic() + 50
while not taken() and time.monotonic() < end:
    pass
assert taken() == 1, pyjit.stats()
""",
        PYJIT="1",
    )
    assert (done.status, done.err) == (0, ""), done.report()


def test_a_traced_loop_is_left_alone(jit: Interpreter) -> None:
    run(
        jit,
        """
        import sys
        seen = []
        def trace(frame, event, argument):
            seen.append(event)
            return trace
        def loop():
            for i in range(100_000):
                pass
        before = taken()
        sys.settrace(trace)
        loop()
        sys.settrace(None)
        assert seen.count("line") == 200_001, len(seen)
        assert taken() == before, pyjit.stats()
        """,
    )


def test_a_loop_is_traced_after_it_has_been_taken_over(jit: Interpreter) -> None:
    run(
        jit,
        """
        import sys
        seen = []
        def trace(frame, event, argument):
            seen.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
            return trace
        def loop():
            del seen[:]
            i = 0
            while i < 50_000:
                i += 1
                if i == 49_998:
                    sys._getframe().f_trace = trace
                    sys.settrace(trace)
            sys.settrace(None)
            return i
        assert until_taken(loop) == 50_000
        assert seen == [("line", line) for line in (3, 4, 5, 3, 4, 5, 3, 8)], seen
        """,
    )


def test_traced_calls_do_not_wait_for_ticks(jit: Interpreter) -> None:
    """A traced call begins when the eval breaker is no longer set. The GIL is handed on meanwhile."""
    run(
        jit,
        """
        import os, sys
        def call():
            pass
        def trace(frame, event, argument):
            return trace
        def burst():
            sys.settrace(trace)
            for _ in range(100):
                os.stat("/")
                call()
            sys.settrace(None)
            for _ in range(100):
                os.stat("/")
        end = time.monotonic() + 4
        while time.monotonic() < end:
            burst()
        """,
    )


def test_an_exception_has_the_traceback_it_would_have(jit: Interpreter) -> None:
    run(
        jit,
        """
        def loop():
            for i in range(20_000):
                1 / (i - 19_999)
        def call():
            try:
                loop()
            except ZeroDivisionError as e:
                trace = e.__traceback__.tb_next
                assert trace.tb_lineno - loop.__code__.co_firstlineno == 2
                assert trace.tb_frame.f_locals == {"i": 19_999}
                assert trace.tb_next is None and e.__context__ is None and e.__cause__ is None
            else:
                assert False
        until_taken(call)
        """,
    )


def test_references_are_kept(jit: Interpreter) -> None:
    run(
        jit,
        """
        import sys, weakref
        class Thing:
            pass
        def loop(thing):
            held = [thing]
            for part in (held, thing, Thing()):  # the iterator is on the stack meanwhile
                for i in range(10_000):
                    pass
            return weakref.ref(part)
        thing = Thing()
        last = until_taken(loop, thing)
        assert last() is None
        assert sys.getrefcount(thing) == 2
        """,
    )


def test_children_take_frames_too(jit: Interpreter) -> None:
    run(
        jit,
        """
        import os
        loop = "for i in range(20_000): pass"
        until_taken(exec, loop)
        for _ in range(3):
            child = os.fork()
            if child == 0:
                until_taken(exec, loop)
                os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
        """,
    )


def test_children_of_other_threads(jit: Interpreter) -> None:
    run(
        jit,
        """
        import os, threading
        codes = []
        def fork():
            child = os.fork()
            if child == 0:
                until_taken(exec, "for i in range(20_000): pass")
                os._exit(1)
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        thread = threading.Thread(target=fork)
        thread.start()
        for i in range(1_000_000):
            pass
        thread.join()
        assert codes == [1], codes
        """,
    )


def test_other_threads_are_not_held_up(jit: Interpreter) -> None:
    run(
        jit,
        """
        import threading
        results = []
        def work():
            total = 0
            for i in range(300_000):
                total += i
            results.append(total)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for i in range(300_000):
            pass
        for thread in threads:
            thread.join()
        assert results == [300_000 * 299_999 // 2] * 4
        """,
    )


def test_loops_of_other_threads_are_compiled(jit: Interpreter) -> None:
    """Also if the code has begun in the main thread, where it was interpreted."""
    run(
        jit,
        """
        import threading
        def work(n):
            for i in range(n):
                pass
        for _ in range(3):
            work(1)
        assert not pyjit.is_compiled(work)
        thread = threading.Thread(target=work, args=(1000,))
        thread.start()
        thread.join()
        assert pyjit.is_compiled(work)
        """,
        PYJIT_TICK="1000000",
    )


def test_without_a_thread_loops_are_run_as_without_ticks(jit: Interpreter) -> None:
    """Whatever allocation of the first ones fails, the thread among them, the loop ends."""
    for number in range(1, 60):
        done = jit.run_code(
            "import pyjit\nfor i in range(20_000): pass\nprint(i)",
            {**TAKE, "PYJIT_FAULT": str(number)},
        )
        assert done.status == 0 and done.out == "19999\n", (number, done.report())


def test_the_thread_ends_with_the_interpreter(jit: Interpreter) -> None:
    run(
        jit,
        """
        import atexit
        class Late:
            def __del__(self):
                for i in range(200_000):
                    pass
        late = Late()
        late.itself = late
        @atexit.register
        def loop():
            for i in range(200_000):
                pass
        for i in range(200_000):
            pass
        """,
    )


def test_signals_are_not_for_the_thread(jit: Interpreter) -> None:
    run(
        jit,
        """
        import os, signal, threading
        until_taken(exec, "for i in range(20_000): pass")
        seen = []
        main = threading.main_thread()
        signal.signal(signal.SIGUSR1, lambda *_: seen.append(threading.current_thread() is main))
        for i in range(1000):
            os.kill(os.getpid(), signal.SIGUSR1)
        assert seen == [True] * len(seen) and seen
        """,
    )


# Calls whose results are used: an expression of i, and what it is for i = 7.
CALLS = {
    "a function": ("double(i)", "14"),
    "a function with a default": ("plus(i)", "8"),
    "a function with a keyword": ("plus(i, b=2)", "9"),
    "a method": ("thing.add(i)", "17"),
    "a bound method": ("bound(i)", "17"),
    "a method without arguments": ("thing.get()", "10"),
    "a static method": ("Thing.static(i)", "14"),
    "calls in a call": ("double(plus(double(i), plus(i)))", "44"),
    "values below it": ("(i, [i, double(i)], str(i))", "(7, [7, 14], '7')"),
    "by a context": ("context.run(double, i)", "14"),
    "by a bound method of C": ("double.__call__(i)", "14"),
    "by partial": ("functools.partial(plus, i)(3)", "10"),
    "by map": ("list(map(double, (i, i)))", "[14, 14]"),
    "by sorted": ("sorted([i, -i], key=double)", "[-7, 7]"),
    "by an operator": ("thing + i", "17"),
    "a class": ("Thing(i).get()", "7"),
    "of what dies": ("Dying(i).get()", "7"),
    "with what dies": ("thing.read(Dying(i))", "7"),
    "twice with what dies": (
        "(held.extend([Dying(i)] * 2), same(held.pop(), held.pop()))[1]",
        "True",
    ),
    "that raises": ("caught(i)", "'7'"),
    "a generator": ("sum(up_to(i))", "21"),
}

FUNCTIONS = """
import contextvars, functools
deaths = []
def double(x):
    return x + x
def plus(a, b=1):
    return a + b
class Thing:
    def __init__(self, n):
        self.n = n
    def get(self):
        return self.n
    def add(self, x):
        return self.n + x
    __add__ = add
    def read(self, other):
        return other.n
    @staticmethod
    def static(x):
        return x + x
class Dying(Thing):
    def __del__(self):
        deaths.append((self.n, sys._getframe(1).f_code.co_name, sys._getframe(1).f_lineno))
def same(a, b):
    return a is b
def fail(i):
    raise ValueError(str(i))
def caught(i):
    try:
        fail(i)
    except ValueError as e:
        return str(e)
def up_to(n):
    for k in range(n):
        yield k
thing = Thing(10)
bound = thing.add
held = []
context = contextvars.Context()
"""


@pytest.mark.parametrize("call", CALLS)
def test_a_frame_is_taken_when_a_call_returns(jit: Interpreter, call: str) -> None:
    expression, result = CALLS[call]
    run(
        jit,
        FUNCTIONS
        + f"""
import sys
def loop(before, end):
    i = 7
    while taken() == before and time.monotonic() < end:
        for _ in range(100):
            if {expression} != {result}:
                raise AssertionError({expression!r})
for number in range(4):  # code that has not run yet
    loop.__code__ = loop.__code__.replace(co_name=f"loop{{number}}")
    deaths.clear()
    before = taken()
    loop(before, time.monotonic() + 50)
    assert taken() > before, pyjit.stats()
    assert len(set(deaths)) <= 1 and {{name for _, name, _ in deaths}} <= {{f"loop{{number}}"}}, set(deaths)
""",
        PYJIT_THRESHOLD="100",
    )


def test_a_frame_that_is_gone_is_not_wanted_any_more(jit: Interpreter) -> None:
    """Another one may be where it has been, of code that pyjit does not know: CPython calls a __getitem__
    that it knows without C."""
    run(
        jit,
        """
        def f(n):
            t = 0
            for i in range(5000):
                t += i
            return t
        for i in range(510):
            f(i)
        class A:
            def __getitem__(self, i):
                return sum(map(f, range(40)))
        class B:
            def __getitem__(self, i):
                return f(i)
        def main():
            a, b = A(), B()
            for i in range(30):
                pass
            for k in range(30):
                a[k]
            return b[0]
        assert main() == 12497500
        """,
        PYJIT_THRESHOLD="500",
        PYJIT_TICK="4000",
    )


def test_the_first_frame_of_all_may_be_one_that_an_exception_is_thrown_into(interpreter: Interpreter) -> None:
    code = """
import pyjit
from pyjit import _pyjit
def generate():
    while True:
        try:
            yield 1
        except KeyError as error:
            yield error.args
generator = generate()
next(generator)
assert _pyjit.enable(pyjit._make_samples())
print(generator.throw(KeyError("thrown")), next(generator))
generator.close()
"""
    assert interpreter.run_code(code).report() == "('thrown',) 1\n--- stderr\n--- exit status 0\n"
