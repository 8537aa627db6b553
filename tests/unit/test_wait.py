"""Processes in which pyjit waits for something to compile: what ends that, and that nothing shows it."""

from __future__ import annotations

import pathlib
import shutil
import textwrap

import pytest
from support import Interpreter, Run

ON = {"PYJIT": "1"}


@pytest.fixture(autouse=True)
def _waiting(jit: Interpreter) -> None:
    """Skip the tests where nothing waits, or not for long."""
    if any(name.startswith("PYJIT_") for name, _ in jit.variables):
        pytest.skip("there are settings for all programs")
    if not jit.freezes_site:
        pytest.skip("the module site is not known, and has loops")


# No loop, nor a class, and few calls.
BEGIN = """
import sys
from _io import open
def loaded():
    with open("/proc/self/maps") as maps:
        return "/_pyjit." in maps.read()
def one():
    return 1
def recurse(n):
    return n and recurse(n - 1)
def loop(n):
    total = 0
    for i in range(n):
        total += i
    return total
"""


def run(jit: Interpreter, code: str, settings: dict[str, str] | None = None) -> Run:
    """Run statements; all must go well and silently."""
    done = jit.run("-c", BEGIN + textwrap.dedent(code), settings=ON | (settings or {}))
    assert (done.status, done.err) == (0, ""), done.report()
    return done


def same(jit: Interpreter, code: str, begin: str = BEGIN) -> None:
    """Run statements, which must go well and print the same with and without pyjit."""
    plain, with_pyjit = (
        jit.run("-c", begin + textwrap.dedent(code), settings=s) for s in ({"PYJIT": "0"}, ON)
    )
    assert plain.status == 0, plain.report()
    assert plain.report() == with_pyjit.report()


def test_nothing_is_loaded_for_nothing(jit: Interpreter) -> None:
    run(jit, "one(); recurse(100); assert 'pyjit' in sys.modules; assert not loaded()")


THREAD = """
import _thread
def work():
    loop(3)
    done.release()
done = _thread.allocate_lock()
done.acquire()
_thread.start_new_thread(work, ())
assert done.acquire(True, 50)
"""

ENDS = {
    "a loop": "loop(3)",
    "a loop in a generator": "def g():\n    while True: yield 1\nnext(g())",
    "a comprehension": "[i for i in ()]",
    "many calls": "recurse(400), recurse(100)",
    "a loop in another thread": THREAD,
    "a question": "import pyjit; assert pyjit.is_enabled()",
    "a request": "import pyjit; pyjit.compile(one)",
    "counters": "import pyjit; assert pyjit.stats()['entries'] == 0",
    "an order": "import pyjit; assert pyjit.enable()",
}


@pytest.mark.parametrize("what", ENDS)
def test_what_ends_it(jit: Interpreter, what: str) -> None:
    run(
        jit,
        "assert not loaded()\n" + ENDS[what] + "\nassert loaded()\nimport pyjit; assert pyjit.is_enabled()",
    )


@pytest.mark.parametrize("name", ["PYJIT_THRESHOLD", "PYJIT_TICK"])
def test_with_a_setting_it_does_not_wait(jit: Interpreter, name: str) -> None:
    run(jit, "assert loaded()", {name: "1000"})


@pytest.mark.parametrize("name", ["PYJIT_THRESHOLD", "PYJIT_LOG"])
def test_with_an_empty_setting_it_waits(jit: Interpreter, name: str) -> None:
    run(jit, "assert not loaded()", {name: ""})


def test_counting_goes_on_from_there(jit: Interpreter) -> None:
    code = """
    import pyjit
    recurse(490)
    assert not loaded()
    list(map(recurse, [9] * 60))
    assert pyjit.is_compiled(recurse)
    loop(10**7)
    assert pyjit.is_compiled(loop)
    """
    run(jit, code)


def test_turning_it_off(jit: Interpreter) -> None:
    code = """
    import pyjit
    pyjit.disable()
    assert not pyjit.is_enabled()
    loop(10**7)
    recurse(900)
    assert not pyjit.is_enabled() and not pyjit.is_compiled(loop)
    assert pyjit.enable()
    loop(10**7)
    assert pyjit.is_compiled(loop)
    """
    run(jit, code)


def test_what_the_program_does_to_the_environment_is_for_its_children(jit: Interpreter) -> None:
    code = """
    import os
    os.environ["PYJIT_THRESHOLD"], os.environ["PYJIT_STATS"], os.environ["PYJIT_LOG"] = "x", "1", "stderr"
    assert not loaded()
    loop(10**7)
    assert loaded()
    import pyjit
    assert pyjit.is_compiled(loop)
    """
    run(jit, code)


def test_what_the_program_does_to_builtins(jit: Interpreter) -> None:
    code = """
    import builtins
    def fail(*_): raise SystemError
    builtins.__build_class__ = builtins.type = builtins.next = builtins.__import__ = builtins.tuple = fail
    assert not loaded()
    loop(3)
    assert loaded()
    """
    run(jit, code)


def test_modules_are_the_same_before_and_after(jit: Interpreter) -> None:
    run(jit, "before = list(sys.modules); loop(3); assert loaded(); assert list(sys.modules) == before")


def test_forgotten_modules(jit: Interpreter) -> None:
    code = """
    del sys.modules["pyjit"]
    import gc, pyjit
    gc.collect()
    assert not loaded()
    loop(3)
    assert loaded() and pyjit.is_enabled()
    """
    run(jit, code)


def test_asked_in_a_second_copy_of_the_package(jit: Interpreter) -> None:
    run(jit, "del sys.modules['pyjit']; import pyjit; assert not loaded() and pyjit.is_enabled()")


def test_audit_hooks_see_nothing(jit: Interpreter) -> None:
    code = """
    seen = []
    sys.addaudithook(lambda *event: seen.append(event[0]))
    loop(3)
    recurse(900)
    print(seen)
    """
    same(jit, code)


def test_while_an_exception_is_handled(jit: Interpreter) -> None:
    code = """
    import pyjit
    try:
        1 / 0
    except ZeroDivisionError:
        assert not loaded()
        loop(3)
        assert loaded()
        print(sys.exc_info()[1].__context__)
    assert pyjit.is_enabled()
    """
    run(jit, code)


@pytest.mark.parametrize("tracer", ["settrace", "setprofile"])
def test_it_is_not_traced(jit: Interpreter, tracer: str) -> None:
    code = f"""
    import _thread
    seen = []
    def trace(frame, event, argument):
        seen.append((frame.f_code.co_name, event, frame.f_lineno))
        return trace
    def traced():
        sys.{tracer}(trace)
        loop(3), recurse(90)
        sys.{tracer}(None)
    traced()
    print(seen)
    """
    same(jit, code)
    run(jit, textwrap.dedent(code) + "assert loaded()")


@pytest.mark.parametrize("tracer", ["settrace", "setprofile"])
def test_deep_recursion_while_tracing(jit: Interpreter, tracer: str) -> None:
    """CPython calls traced functions without C, so that there is no end to it."""
    code = f"""
    sys.setrecursionlimit(10**6)
    def deep(n):
        return n if n == 50000 else deep(n + 1)
    sys.{tracer}(lambda *_: None)
    print(deep(0))
    """
    same(jit, code)


def test_deep_recursion(jit: Interpreter) -> None:
    code = """
    sys.setrecursionlimit(90)
    def deep(n):
        return n + 1 if n == 40 else deep(n + 1)
    def levels():
        try:
            return 1 + levels()
        except RecursionError:
            return loop(3) - 2
    print(deep(0), levels(), loop(3))
    """
    same(jit, code)


SIGNALS = """
import _signal, _thread
def handle(number, frame):
    raise KeyError(number)
_signal.signal(_signal.SIGINT, handle)
def function(first):
    for i in range(3): pass
    return first
def places(tb):
    return tb and ((tb.tb_frame.f_code.co_name, tb.tb_lineno), places(tb.tb_next))
noticed = map(_thread.interrupt_main, [_signal.SIGINT] * 9)
"""


def test_a_signal_that_is_to_be_noticed(jit: Interpreter) -> None:
    """It comes before the frame for which pyjit is turned on, which is to notice it."""
    code = """
    try:
        print(list(map(function, noticed)))
    except KeyError as error:
        print(error, error.__context__, places(error.__traceback__))
    """
    same(jit, code, BEGIN + SIGNALS)
    run(jit, SIGNALS + textwrap.dedent(code) + "assert loaded()")


def test_garbage(jit: Interpreter) -> None:
    code = """
    import gc
    gc.callbacks.append(lambda *_: events.append(sys._getframe(1).f_code.co_name))
    events = []
    print(gc.collect(), loop(3), gc.collect())
    gc.set_threshold(1)
    print(loop(3), recurse(400), events)
    gc.callbacks.clear()
    """
    same(jit, code)
    same(jit, "import gc; gc.set_threshold(1); print(loop(3), gc.collect())")


def test_when_nothing_can_be_imported_any_more(jit: Interpreter) -> None:
    code = """
    import pyjit
    sys.meta_path.clear()
    sys.path_hooks.clear()
    loop(3)
    assert loaded() and pyjit.is_enabled() and "entries" in pyjit.stats()
    """
    run(jit, code)


def test_a_c_function_in_the_place_of_a_builtin(interpreter: Interpreter) -> None:
    """It has the same name, and does something else."""
    code = """
    import builtins, ctypes, pyjit
    Function = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.py_object)
    class Definition(ctypes.Structure):
        _fields_ = [("name", ctypes.c_char_p), ("function", Function), ("flags", ctypes.c_int),
                    ("doc", ctypes.c_char_p)]
    fake = Function(lambda module, argument: 42)
    definition = Definition(b"len", fake, 8, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.argtypes = [ctypes.POINTER(Definition), ctypes.py_object, ctypes.py_object]
    make.restype = ctypes.py_object
    builtins.len = make(ctypes.byref(definition), 0, "made")
    assert pyjit.enable()
    def measure(n):
        total = 0
        for i in range(n): total += len(())
        return total // n
    assert [measure(n) for n in (3, 3 * 10**6, 3 * 10**6)] == [42] * 3
    assert pyjit.is_compiled(measure)
    """
    done = interpreter.run_code(textwrap.dedent(code))
    assert (done.status, done.err) == (0, ""), done.report()


EVALUATORS = """
import _ctypes
class Pointer(_ctypes._SimpleCData):
    _type_ = "P"
class Function(_ctypes.CFuncPtr):
    _flags_, _restype_ = 4 | 1, Pointer
def function(name):
    return Function(_ctypes.dlsym(_ctypes.dlopen(None, 2), name))
main = Pointer(function("PyInterpreterState_Main")())
get, set_ = function("_PyInterpreterState_GetEvalFrameFunc"), function("_PyInterpreterState_SetEvalFrameFunc")
default, ours = _ctypes.dlsym(_ctypes.dlopen(None, 2), "_PyEval_EvalFrameDefault"), get(main)
assert not loaded() and ours != default
"""


def test_another_evaluator_meanwhile(jit: Interpreter) -> None:
    """It puts ours back, and waiting goes on."""
    code = """
    set_(main, Pointer(default))
    loop(3)
    assert not loaded()
    set_(main, Pointer(ours))
    loop(3)
    assert loaded() and get(main) not in (ours, default)
    """
    run(jit, EVALUATORS + textwrap.dedent(code))


def test_an_evaluator_that_is_put_back_after_its_time(jit: Interpreter) -> None:
    code = """
    loop(3)
    assert loaded()
    engine = get(main)
    set_(main, Pointer(ours))
    loop(3)
    assert get(main) == engine
    """
    run(jit, EVALUATORS + textwrap.dedent(code))


def test_children(jit: Interpreter) -> None:
    """Forked while it waits."""
    code = """
    import posix, pyjit
    def work():
        assert not loaded()
        loop(10**7)
        assert loaded() and pyjit.is_enabled() and pyjit.is_compiled(loop)
        posix._exit(5)
    def in_child():
        child = posix.fork()
        child or work()
        return posix.waitpid(child, 0)[1] >> 8
    assert in_child() == 5
    assert in_child() == 5
    assert not loaded()
    """
    run(jit, code)


def test_at_exit(jit: Interpreter) -> None:
    """Loops in the last functions, in finalizers, and where nothing can be turned on any more."""
    code = """
    import atexit
    C = type("C", (), dict(__del__=lambda self, print=print, loop=loop: print(loop(9))))
    kept = C()
    sys.kept = C()
    atexit.register(lambda: print(loop(3)))
    """
    same(jit, code)


def test_without_the_other_extension_module(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    package = pathlib.Path(jit.run_code("import pyjit; print(pyjit.__path__[0])").out.strip())
    (tmp_path / "pyjit").mkdir()
    for file in [*package.glob("*.py"), *package.glob("_wait.*.so")]:
        shutil.copy(file, tmp_path / "pyjit")
    done = jit.run_code(BEGIN + "print(loop(9), recurse(900))", PYJIT="1", PYTHONPATH=str(tmp_path))
    assert (done.status, done.out) == (0, "36 0\n")
    assert done.err.startswith("pyjit: off: "), done.err
    assert "_pyjit." in done.err
    assert len(done.err.splitlines()) == 1
