"""Frames whose rest compiled code runs while CPython's interpreter waits with them, whoever called them."""

from __future__ import annotations

import pathlib
import textwrap

import pytest
from sample import IN_CHILD
from support import Interpreter, Run

# Being called often makes nothing hot; being found running does at once.
ALWAYS = {"PYJIT": "1", "PYJIT_TICK": "1", "PYJIT_THRESHOLD": "1000000"}

BEGIN = """
import gc, sys, threading, time, traceback, types
import pyjit

def taken():
    return pyjit.stats()["frames_taken"]

class Turns:
    # Says how long a loop goes on: until a frame has been taken, if its code is not compiled, and a bit more.
    def __init__(self, function=None):
        self.before, self.end, self.left = taken(), time.monotonic() + 50, 1000
        self.compiled = function is not None and pyjit.is_compiled(function)
    def __call__(self):
        if self.left == 1000 and not self.compiled and taken() == self.before and time.monotonic() < self.end:
            return True
        assert self.compiled or taken() > self.before, pyjit.stats()
        self.left -= 1
        return self.left > 0

def fresh(function):
    # The same, of code that has not run yet.
    return types.FunctionType(function.__code__.replace(), globals())

def loop(turns):
    n = total = 0
    while turns():
        n += 1
        total += n
    assert total == n * (n + 1) // 2
    return n
"""


def run(jit: Interpreter, code: str, **settings: str) -> Run:
    """Run statements; all must go well and silently."""
    done = jit.run("-c", BEGIN + IN_CHILD + textwrap.dedent(code), settings={**ALWAYS, **settings})
    assert (done.status, done.err) == (0, ""), done.report()
    return done


WAYS = {
    "arguments unpacked": "forward = lambda *args: loop(*args)\nforward(turns)",
    "keywords unpacked": "(lambda **names: loop(**names))(turns=turns)",
    "an instance": "type('C', (), {'__call__': lambda self: loop(turns)})()()",
    "its making": "type('C', (), {'__init__': lambda self: self.__dict__.update(n=loop(turns))})()",
    "a property": "type('C', (), {'p': property(lambda self: loop(turns))})().p",
    "an operator": "type('C', (), {'__add__': lambda self, other: loop(turns)})() + 1",
    "map": "list(map(loop, [turns]))",
    "a key": "sorted([turns], key=loop)",
    "partial": "__import__('functools').partial(loop, turns)()",
    "exec": "exec('n = 0\\nwhile turns(): n += 1', {'turns': turns})",
    "eval": "eval('[0 for n in iter(turns, False)]', {'turns': turns})",
    "a class body": "class C:\n        n = 0\n        while turns(): n += 1",
    "a generator": "next(loop(turns) for _ in (1,))",
    "a context": "__import__('contextvars').copy_context().run(loop, turns)",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", ["child", "here"])
def test_whoever_calls(jit: Interpreter, way: str, where: str) -> None:
    code = f"""
def work():
    turns = Turns()
    {WAYS[way].replace(chr(10), chr(10) + "    ")}
    assert turns.left == 0, turns.left
"""
    run(jit, code + ("assert in_child(work)" if where == "child" else "work()"))


def test_turning_pyjit_on_in_a_running_program(interpreter: Interpreter) -> None:
    """Nothing that runs has been given to the interpreter by pyjit."""
    code = """
    def main():
        n = total = 0
        turns = None
        while turns is None or turns():
            n += 1
            total += n
            if n == 10:
                assert pyjit.enable()
                turns = Turns()
        assert total == n * (n + 1) // 2 and n > 10
    def calls_nothing_in_python():
        assert pyjit.enable()
        n, before, end = 0, stats()["frames_taken"], time.monotonic() + 50
        while stats()["frames_taken"] == before and time.monotonic() < end:
            n += 1
        assert stats()["frames_taken"] > before
    from pyjit import _pyjit
    stats = _pyjit.stats
    assert not pyjit.is_enabled()
    calls_nothing_in_python()
    pyjit.disable()
    (lambda *args: main(*args))()
    pyjit.disable()
    main = fresh(main)
    main()
    """
    settings = {**ALWAYS, "PYJIT": "0"}
    done = interpreter.run("-c", BEGIN + textwrap.dedent(code), settings=settings)
    assert (done.status, done.err) == (0, ""), done.report()


def test_processes(jit: Interpreter) -> None:
    """What a process of multiprocessing is to do is called with arguments unpacked."""
    code = """
    import multiprocessing
    context = multiprocessing.get_context("fork")
    def work():
        loop(Turns())
    process = context.Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == 0
    """
    run(jit, code)


# ---- generators and coroutines -----------------------------------------------------------------


def test_generators_yield_from_compiled_code(jit: Interpreter) -> None:
    code = """
    def numbers():
        for k in range(5):
            turns = Turns(numbers)
            n = 0
            while turns():
                n += 1
            got = yield k, n > 0
            assert got is None or got == "sent"
        return "end"
    def outer():
        result = yield from numbers()
        assert result == "end"
    assert list(numbers()) == [(k, True) for k in range(5)]
    assert list(outer()) == [(k, True) for k in range(5)]
    g = numbers()
    assert next(g) == (0, True) and g.send("sent") == (1, True)
    assert g.gi_frame.f_lineno == numbers.__code__.co_firstlineno + 6, g.gi_frame.f_lineno
    g.close()
    assert g.gi_frame is None
    g = numbers()
    next(g)
    try:
        g.throw(KeyError(5))
    except KeyError as error:
        line = traceback.extract_tb(error.__traceback__)[1].lineno
        assert line - numbers.__code__.co_firstlineno == 6, line
    else:
        assert False
    """
    run(jit, code)


def test_coroutines(jit: Interpreter) -> None:
    code = """
    import asyncio
    async def inner():
        n = 0
        turns = Turns(inner)
        while turns():
            n += 1
        return n
    async def numbers():
        for k in range(3):
            yield k, await inner() > 0
    async def main():
        total = 0
        turns = Turns(main)
        while turns():
            total += 1
        await asyncio.sleep(0)
        assert await inner() > 0 and total > 0
        assert [pair async for pair in numbers()] == [(0, True), (1, True), (2, True)]
        return total
    def work():
        assert asyncio.run(main()) > 0
    work()
    assert in_child(work)
    """
    run(jit, code)


# ---- how it ends -------------------------------------------------------------------------------


def test_exceptions(jit: Interpreter) -> None:
    code = """
    def fails(turns):
        n = 0
        try:
            while turns():
                n += 1
            {}["k"]
        except IndexError:
            assert False
        finally:
            seen.append(n)
    def call(*args):
        return fails(*args)
    seen = []
    for f in fails, call:
        fails = fresh(fails)
        try:
            (call if f is call else fails)(Turns())
        except KeyError as error:
            entries = traceback.extract_tb(error.__traceback__)
            frame = error.__traceback__
            while frame.tb_next:
                frame = frame.tb_next
            assert error.args == ("k",) and seen[-1] > 0
            first = fails.__code__.co_firstlineno
            assert [e.name for e in entries] == ["<module>", "call", "fails"][:: 1 if f is call else 2]
            assert entries[-1].lineno == first + 5, (entries, first)
            assert frame.tb_frame.f_code is fails.__code__ and frame.tb_frame.f_locals["n"] == seen[-1]
            assert frame.tb_frame.f_lineno == first + 9, frame.tb_frame.f_lineno - first
        else:
            assert False
    assert len(seen) == 2
    """
    run(jit, code)


def test_handlers_of_callers(jit: Interpreter) -> None:
    """Also where the interpreter has called the frame without C."""
    code = """
    def fails(turns):
        fresh(loop)(turns)
        raise ValueError("x")
    def loops_and_fails(turns):
        while turns():
            pass
        raise ValueError("y")
    def catches(f):
        try:
            return f(Turns())
        except ValueError as error:
            return error.args[0]
    def work():
        assert [catches(fails), catches(fresh(loops_and_fails))] == ["x", "y"]
        assert sys.exc_info() == (None, None, None)
    work()
    assert in_child(work)
    """
    run(jit, code)


def test_a_frame_that_someone_holds(jit: Interpreter) -> None:
    code = """
    held = []
    def f(turns):
        held.append(sys._getframe())
        n = 0
        while turns():
            n += 1
        assert held[-1] is sys._getframe() and held[-1].f_locals["n"] == n
        return n
    def g(turns):
        n = 0
        while turns():
            n += 1
        held.append(sys._getframe())
        return n
    for function, line in (f, 6), (g, 5):
        n = function(Turns())
        frame = held.pop()
        assert frame.f_lineno - function.__code__.co_firstlineno == line, frame.f_lineno
        assert frame.f_locals["n"] == n and frame.f_trace is None
        assert frame.f_trace_lines and not frame.f_trace_opcodes
        assert frame.f_back is sys._getframe()
    """
    run(jit, code)


def test_a_frame_whose_locals_have_been_looked_at(jit: Interpreter) -> None:
    """Its frame object remembers that, though nobody holds it: events show the locals as they are then."""
    run(
        jit,
        """
        kept, shown = [], []

        def look():
            kept.append(sys._getframe(1).f_locals)

        def profile(frame, event, argument):
            if frame.f_code is body.__code__:
                shown.append(kept[0]["n"])

        def body(turns):
            n = 0
            look()
            while turns():
                n += 1
            sys.setprofile(profile)
            abs(n)
            sys.setprofile(None)
            return n

        n = body(Turns())
        assert shown and set(shown) == {n}, (n, shown)
        """,
    )


def test_nothing_is_left_behind(jit: Interpreter) -> None:
    code = """
    class Thing: pass
    alive = []
    def f(turns):
        import weakref
        thing = Thing()
        alive.append(weakref.ref(thing))
        n = 0
        while turns():
            n += 1
        return n
    for i in range(20):
        fresh(f)(Turns())
        assert alive[-1]() is None
        assert sys.gettrace() is None and sys.getprofile() is None
        assert sys.getrefcount(f) == 2 and not [x for x in gc.get_objects() if isinstance(x, Thing)]
    def blocks():
        before = sys.getallocatedblocks()
        for i in range(30):
            fresh(f)(Turns())
            alive.clear()
        return sys.getallocatedblocks() - before
    blocks()
    assert min(blocks() for _ in range(5)) < 20
    """
    run(jit, code)


def test_levels_of_calls_are_counted_as_ever(jit: Interpreter) -> None:
    code = """
    def depth():
        try:
            return depth() + 1
        except RecursionError:
            return 1
    def f(turns):
        while turns():
            pass
        return depth()
    sys.setrecursionlimit(400)
    levels = {fresh(f)(Turns()) for _ in range(10)}
    assert max(levels) - min(levels) <= 1, levels
    """
    run(jit, code)


def test_recursion_through_loops(jit: Interpreter) -> None:
    code = """
    def f(depth):
        turns = Turns(f)
        n = 0
        while turns():
            n += 1
        if depth:
            for k in (0, 1):
                inner = f(depth - 1) if k else 0
            return inner + 1
        return 0
    for _ in range(2):
        assert f(60) == 60
    """
    run(jit, code)


# ---- what happens meanwhile ---------------------------------------------------------------------


def test_tracing_is_turned_on_meanwhile(jit: Interpreter) -> None:
    code = """
    def trace(frame, event, argument):
        if frame.f_code.co_name in ("traced", "f"):
            events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace
    def traced():
        return 5
    def f(turns):
        while turns():
            pass
        sys.settrace(trace)
        traced()
        sys.settrace(None)
        return 1
    def g(turns):
        while turns():
            pass
        sys.settrace(trace)
        return 1
    for _ in range(2):
        events = []
        assert fresh(f)(Turns()) == 1
        assert events == [("traced", "call", 0), ("traced", "line", 1), ("traced", "return", 1)], events
    events = []
    assert g(Turns()) == 1
    traced()
    sys.settrace(None)
    assert events == [("traced", "call", 0), ("traced", "line", 1), ("traced", "return", 1)], events
    """
    run(jit, code)


EVENTS = """
    events = []
    def note(frame, event, argument):
        if not event.startswith("c_"):
            events.append((frame.f_code.co_name, event))
        return note
    def leaf():
        pass
    def returns(turns):
        while turns():
            pass
        turn_on()
        leaf()
        return 1
    def fails(turns):
        while turns():
            pass
        turn_on()
        raise KeyError
    def yields(turns):
        while turns():
            pass
        turn_on()
        yield 1
        yield 2
    def run(function):
        events.clear()
        try:
            result = fresh(function)(Turns())
            if function is yields:
                assert list(result) == [1, 2]
        except KeyError:
            pass
        leaf()
        turn_off()
        return list(events)
"""


@pytest.mark.parametrize("which", ["trace", "profile"])
def test_events_come_once(jit: Interpreter, which: str) -> None:
    """Where a function is taken that has tracing turned on: a frame's end is reported by whoever ends it."""
    expected = {
        "trace": {
            "returns": [*[("leaf", event) for event in ("call", "line", "return")] * 2],
            "fails": [("leaf", event) for event in ("call", "line", "return")],
            "yields": [("yields", event) for event in ("call", "line", "return", "call", "return")]
            + [("leaf", event) for event in ("call", "line", "return")],
        },
        "profile": {
            "returns": [
                ("leaf", "call"),
                ("leaf", "return"),
                ("returns", "return"),
                ("leaf", "call"),
                ("leaf", "return"),
            ],
            "fails": [("fails", "return"), ("leaf", "call"), ("leaf", "return")],
            "yields": [("yields", event) for event in ("return", "call", "return", "call", "return")]
            + [("leaf", "call"), ("leaf", "return")],
        },
    }[which]
    setter = {"trace": "sys.settrace", "profile": "sys.setprofile"}[which]
    code = f"""
    turn_on, turn_off = lambda: {setter}(note), lambda: {setter}(None)
    for _ in range(2):
        for function in returns, fails, yields:
            others = ("<lambda>", "run", "__call__")
            got = [pair for pair in run(function) if pair[0] not in others]
            assert got == {expected!r}[function.__name__], (function.__name__, got)
    assert sys.gettrace() is None and sys.getprofile() is None
    """
    run(jit, textwrap.dedent(EVENTS) + textwrap.dedent(code))


def test_the_debugger_is_started_meanwhile(jit: Interpreter) -> None:
    code = """
    import io, pdb
    out = io.StringIO()
    def f(turns):
        while turns():
            pass
        pdb.Pdb(stdin=io.StringIO("r\\nn\\nc\\n"), stdout=out).set_trace()
        return 5
    def main():
        assert f(Turns()) == 5
        return 6
    assert main() == 6
    assert out.getvalue().count("--Return--") == 1, out.getvalue()
    """
    run(jit, code)


@pytest.mark.parametrize("alone", [True, False])
def test_loops_of_trace_functions(jit: Interpreter, alone: bool) -> None:
    """CPython calls no trace function while one runs, so that nothing can be taken there."""
    code = f"""
    stop = threading.Event()
    if not {alone}:
        threading.Thread(target=stop.wait).start()
    def heavy():
        total = 0
        for i in range(20000):
            total += i
        frame = sys._getframe()
        line = frame.f_lineno - frame.f_code.co_firstlineno
        seen.append((total, frame.f_trace_opcodes, frame.f_trace_lines, line))
    def leaf(i):
        return i
    def work():
        for i in range(20):
            leaf(i)
    def trace(frame, event, argument):
        calls.append(event)
        if len(calls) == 5:
            sys.settrace(None)
            for _ in range(20):
                heavy()
            return None
        return trace
    def profile(frame, event, argument):
        calls.append(event)
        if len(calls) < 6:
            for _ in range(5):
                heavy()
    for set_to, function in (sys.settrace, trace), (sys.setprofile, profile):
        for _ in range(3):
            seen, calls, heavy = [], [], fresh(heavy)
            set_to(function)
            work()
            set_to(None)
            work()
            assert len(calls) >= 5 and len(seen) >= 20
            assert set(seen) == {{(199990000, False, True, 5)}}, set(seen)
    stop.set()
    loop(Turns())
    """
    run(jit, code)


def test_a_trace_function_is_replaced_at_a_bad_moment(jit: Interpreter) -> None:
    """Letting go of the old one calls a compiled finalizer, which returns to a frame that is wanted."""
    code = """
    class Old:
        def __call__(self, *event):
            return None
        def __del__(self):
            total = 0
            for i in range(300):
                total += i
    def f():
        for i in range(300):
            sys.settrace(Old())
            sys.settrace(None)
        frame = sys._getframe()
        return frame.f_trace_opcodes, frame.f_trace_lines
    pyjit.compile(Old.__del__)
    for _ in range(30):
        assert fresh(f)() == (False, True)
    loop(Turns())
    """
    run(jit, code)


def test_keywords_of_a_call_are_not_lost(jit: Interpreter) -> None:
    """A compiled function is called back when the interpreter has the names and drops the bound method."""
    code = """
    import weakref
    def called_back(reference):
        total = 0
        for i in range(3000):
            total += i
    class C:
        def method(self, a, *, k):
            return a + k
    def f(methods):
        total = 0
        while methods:
            total += methods.pop()(1, k=2)
        return total
    pyjit.compile(called_back)
    c = C()
    for _ in range(20):
        methods = [c.method for i in range(100)]
        references = [weakref.ref(method, called_back) for method in methods]
        assert fresh(f)(methods) == 300
    """
    run(jit, code)


def test_moving_in_a_frame_that_is_not_traced(jit: Interpreter) -> None:
    code = """
    def f(turns):
        while turns():
            pass
        try:
            sys._getframe().f_lineno = 1
        except ValueError as error:
            return str(error)
    said = fresh(f)(lambda: False)
    assert f(Turns()) == said, said
    """
    run(jit, code)


@pytest.mark.parametrize("where", ["a young process", "an import"])
def test_children_of_what_runs_without_the_evaluator(
    jit: Interpreter, where: str, tmp_path: pathlib.Path
) -> None:
    """They fork before anything is found hot, and never return to pyjit."""
    if where == "an import":
        (tmp_path / "forks.py").write_text(
            "import os\nfrom __main__ import loop, Turns\n"
            "child = os.fork()\n"
            "if child == 0:\n    loop(Turns())\n    os._exit(0)\n"
            "assert os.waitpid(child, 0)[1] == 0\n",
            encoding="utf-8",
        )
        code = "import forks\n"
    else:
        code = """
        def work():
            assert in_child(lambda: loop(Turns()))
            loop(Turns())
        assert in_child(work)
        """
    done = jit.run("-c", BEGIN + IN_CHILD + textwrap.dedent(code), settings=ALWAYS, cwd=tmp_path)
    assert (done.status, done.err) == (0, ""), done.report()


def test_frames_with_settings_for_tracing_are_left_alone(jit: Interpreter) -> None:
    code = """
    def f():
        sys._getframe().f_trace_opcodes = True
        end = time.monotonic() + 0.2
        n = 0
        while time.monotonic() < end:
            n += 1
        assert sys._getframe().f_trace_opcodes and n > 0
    f()
    """
    run(jit, code)


@pytest.mark.parametrize("what", ["signal", "asynchronous exception", "collection"])
def test_what_comes_between(jit: Interpreter, what: str) -> None:
    """Between the tick and the next instruction there are signals, exceptions set by others, finalizers."""
    causes = {
        "signal": """
            import signal
            def handler(number, frame):
                hits.append(frame.f_lineno)
                if len(hits) % 50 == 0:
                    raise KeyError(len(hits))
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            def stop():
                signal.setitimer(signal.ITIMER_REAL, 0)
        """,
        "asynchronous exception": """
            import ctypes
            main, set_to = threading.main_thread().ident, ctypes.pythonapi.PyThreadState_SetAsyncExc
            def disturb():
                while len(hits) < 100:
                    time.sleep(0.002)
                    if inside:
                        hits.append(0)
                        set_to(ctypes.c_ulong(main), ctypes.py_object(KeyError))
            thread = threading.Thread(target=disturb)
            thread.start()
            def stop():
                thread.join()
        """,
        "collection": """
            class Cycle:
                def __init__(self):
                    self.me = self
                def __del__(self):
                    hits.append(sys._getframe().f_lineno)
            gc.set_threshold(5)
            def stop():
                gc.set_threshold(700)
        """,
    }
    code = """
    def work():
        total = n = 0
        for n in range(3000):
            total += n
            make()
        return total
    make = Cycle if "Cycle" in globals() else int
    good, end = 0, time.monotonic() + 50
    while (good < 20 or len(hits) < 100) and time.monotonic() < end:
        try:
            inside = True
            assert work() == 4498500
            inside = False
            for i in range(100):
                pass  # what has been sent arrives
            good += 1
        except KeyError:
            inside = False
    stop()
    assert good >= 20 and len(hits) >= 100
    """
    begin = "hits, inside = [], False\n" + textwrap.dedent(causes[what])
    run(jit, begin + textwrap.dedent(code), PYJIT_TICK="50")


def test_many_at_once(jit: Interpreter) -> None:
    """More than there is room for: what is beyond is interpreted to its end."""
    code = """
    def deep(n):
        before, end, turns = taken(), time.monotonic() + 0.05, 0
        while not turns or taken() == before and time.monotonic() < end:
            turns += 1
        return [(n, turns > 0)] + (forward(n - 1) if n else [])
    def forward(*args):
        return fresh(deep)(*args)
    sys.setrecursionlimit(3000)
    before = taken()
    assert forward(330) == [(n, True) for n in range(330, -1, -1)]
    assert taken() - before > 200, taken() - before
    """
    run(jit, code)
