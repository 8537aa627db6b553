"""Modules being imported run as without pyjit, until something in them computes."""

from __future__ import annotations

import pathlib
import textwrap

import pytest
from support import Interpreter, Run

# Ticks that do not come, and ticks that come at once. Being called often makes nothing hot where they do.
NEVER = {"PYJIT": "1", "PYJIT_TICK": "1000000"}
ALWAYS = {"PYJIT": "1", "PYJIT_TICK": "1", "PYJIT_THRESHOLD": "1000000"}


def run(jit: Interpreter, where: pathlib.Path, settings: dict[str, str], code: str, **modules: str) -> Run:
    """Run statements that can import modules of these texts; all must go well and silently."""
    if AFTERWARDS in code:
        code = BEFORE + code
    for name, text in modules.items():
        (where / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    done = jit.run("-c", textwrap.dedent(code), settings=settings, cwd=where)
    assert (done.status, done.err) == (0, ""), done.report()
    return done


OFTEN = """
import pyjit
def f(x):
    return x + 1
for i in range(2000):
    f(i)
assert not pyjit.is_compiled(f), "compiled while being imported"
"""

# After the import functions are counted and compiled as ever.
AFTERWARDS = """
import pyjit
def g(x):
    return x + 1
for i in range(2000):
    g(i)
assert pyjit.is_compiled(g)
print(pyjit.stats()["imports"] - before)
"""

BEFORE = """
import pyjit, threading
before = pyjit.stats()["imports"]
"""


def test_an_import_is_left_to_the_interpreter(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    done = run(jit, tmp_path, NEVER, "import often\nassert often.i == 1999\n" + AFTERWARDS, often=OFTEN)
    assert done.out == "1\n"


def test_imports_of_imports_are_one(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    done = run(
        jit, tmp_path, NEVER, "import outer\n" + AFTERWARDS, outer="import often\n" + OFTEN, often=OFTEN
    )
    assert done.out == "1\n"


def test_a_failed_import_is_over(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = "try:\n    import often\nexcept ZeroDivisionError:\n    pass\nelse:\n    assert False\n"
    done = run(jit, tmp_path, NEVER, code + AFTERWARDS, often=OFTEN + "1 / 0\n")
    assert done.out == "1\n"


def test_a_search_in_vain_is_one(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = "try:\n    import nowhere\nexcept ImportError:\n    pass\nelse:\n    assert False\n"
    for times in 1, 5:
        assert run(jit, tmp_path, NEVER, code * times + AFTERWARDS).out == f"{times}\n"


def test_a_program_that_does_little_has_no_thread(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    """There are loops, and imports, before it begins."""
    if not jit.freezes_site:
        pytest.skip("the module site is not known, and has loops")
    code = "import os\nprint(len(os.listdir('/proc/self/task')))\n"
    assert run(jit, tmp_path, {"PYJIT": "1"}, code).out == "1\n"
    assert run(jit, tmp_path, {"PYJIT": "1"}, "for i in range(3): pass\n" + code).out == "2\n"


def test_without_ticks_imports_are_watched_as_ever(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    settings = {"PYJIT": "1", "PYJIT_TICK": "0"}
    often = OFTEN.replace("not pyjit", "pyjit")
    done = run(jit, tmp_path, settings, "import often\n" + AFTERWARDS, often=often)
    assert done.out == "0\n"


def test_other_threads_are_not_disturbed(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = """
    import threading
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    import often
    stop.set()
    other.join()
    """
    often = OFTEN.replace("not pyjit", "pyjit")
    done = run(jit, tmp_path, NEVER, textwrap.dedent(code) + AFTERWARDS, often=often)
    assert done.out == "0\n"


def test_pyjit_can_be_turned_off_meanwhile(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = """
    import off, pyjit
    assert not pyjit.is_enabled()
    def f(x):
        return x + 1
    for i in range(2000):
        f(i)
    assert not pyjit.is_compiled(f)
    pyjit.enable()
    """
    off = "import pyjit\nassert pyjit.is_enabled()\npyjit.disable()\nassert not pyjit.is_enabled()\n"
    run(jit, tmp_path, NEVER, textwrap.dedent(code) + AFTERWARDS, off=off)


def test_pyjit_can_be_turned_off_and_on_meanwhile(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    off = "import pyjit\npyjit.disable()\npyjit.enable()\n" + OFTEN.replace("not pyjit", "pyjit")
    run(jit, tmp_path, NEVER, "import off\n" + AFTERWARDS, off=off)


def test_another_evaluator_stays(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    """A module sets a frame evaluator (CPython's own, but under another address it might be anybody's)."""
    code = """
    import sets, pyjit
    assert sets.get(sets.interp) == sets.other
    def f(x):
        return x + 1
    for i in range(2000):
        f(i)
    assert not pyjit.is_compiled(f)
    """
    sets = """
    import ctypes, mmap
    api = ctypes.pythonapi
    api.PyInterpreterState_Get.restype = ctypes.c_void_p
    interp = ctypes.c_void_p(api.PyInterpreterState_Get())
    get, set_to = api._PyInterpreterState_GetEvalFrameFunc, api._PyInterpreterState_SetEvalFrameFunc
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    set_to.restype, set_to.argtypes = None, [ctypes.c_void_p, ctypes.c_void_p]
    # mov rax, <_PyEval_EvalFrameDefault>; jmp rax
    target = ctypes.cast(api._PyEval_EvalFrameDefault, ctypes.c_void_p).value
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\\x48\\xb8" + target.to_bytes(8, "little") + b"\\xff\\xe0")
    other = ctypes.addressof(ctypes.c_char.from_buffer(page))
    set_to(interp, other)
    """
    run(jit, tmp_path, NEVER, code, sets=sets)


# ---- what computes -----------------------------------------------------------------------------

COUNT = """
import pyjit, time
before = pyjit.stats()["frames_taken"]
end = time.monotonic() + 50
def going_on(n):
    # Is the loop that asks still to be taken, or not long ago? Its sum tells whether a turn got lost.
    return (n == 0 or n % 1000 or pyjit.stats()["frames_taken"] == before) and time.monotonic() < end
def turns(n):
    return 0 < n and pyjit.stats()["frames_taken"] > before
"""

LOOP = """
n = total = 0
while going_on(n):
    n += 1
    total += n
assert turns(n) and total == n * (n + 1) // 2
"""


def in_function(head: str, end: str) -> str:
    """The loop as a function's body."""
    return head + textwrap.indent(LOOP + end, "    ") + "\n"


FUNCTION = in_function("def loop():", "return total")

WAYS = {
    "module": LOOP,
    "function": FUNCTION + "assert loop() > 0",
    "operand": FUNCTION + "assert [1, *[2, loop(), 3]][2] > 0",
    "two functions": FUNCTION
    + """
def outer(a, *, b):
    c = a + b
    d = [c, loop(), a]
    return d, c
result, c = outer(1, b=2)
assert c == 3 and result[0] == 3 and result[1] > 0 and result[2] == 1
""",
    "method": in_function("def method(self, x=5):", "return x, total")
    + """
class C:
    loop = method
assert C().loop()[0] == 5
""",
    "subscript": in_function("def getitem(self, i):\n    if i: return i", "return 'done'")
    + """
class C:
    __getitem__ = getitem
c = C()
def ask(i):
    return "x", c[i], i
for i in range(1, 100):
    ask(i)
assert ask(0) == ("x", "done", 0)
""",
    "handler": FUNCTION
    + """
def outer():
    try:
        1 / 0
    except ZeroDivisionError as error:
        loop()
        return str(error)
assert outer() == "division by zero"
""",
    "with": FUNCTION
    + """
import contextlib
def outer():
    with contextlib.suppress(KeyError):
        loop()
        {}[0]
    return "end"
assert outer() == "end"
""",
    "raises": in_function("def loop():", "raise KeyError(total)")
    + """
import traceback
def outer():
    a = 5
    try:
        return loop(), a
    except KeyError as error:
        return error, a
error, a = outer()
assert a == 5 and error.args[0] > 0
entries = traceback.extract_tb(error.__traceback__)
assert [e.name for e in entries] == ["outer", "loop"], entries
assert [e.line for e in entries] == ["return loop(), a", "raise KeyError(total)"], entries
""",
    "recursion": in_function(
        "def loop(depth):\n    if depth: return [depth, loop(depth - 1)]", "return total"
    )
    + """
got = loop(30)
for i in range(30, 0, -1):
    assert got[0] == i
    got = got[1]
assert got > 0
""",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_computes_is_taken_over(jit: Interpreter, tmp_path: pathlib.Path, way: str) -> None:
    code = """
    import hot, sys
    assert len(sys._current_frames()) == 1
    def depth():
        n, frame = 0, sys._getframe()
        while frame:
            n, frame = n + 1, frame.f_back
        return n
    assert depth() == 2
    sys.setrecursionlimit(60)
    def down(n):
        return n and down(n - 1)
    down(50)
    """
    run(jit, tmp_path, ALWAYS, code, hot=COUNT + WAYS[way] + "\n")


def test_what_is_hot_is_compiled(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    hot = """
    import pyjit, time
    def f(n):
        return sum([i * i for i in (1, 2, 3)]) + n
    def main():
        end = time.monotonic() + 50
        n = 0
        while not pyjit.is_compiled(f) and time.monotonic() < end:
            for i in range(1000):
                n += f(1) - f(0)
        return n
    assert main() % 1000 == 0
    assert pyjit.is_compiled(f)
    """
    run(jit, tmp_path, ALWAYS, "import hot", hot=hot)


def test_a_traced_import_is_traced(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    code = """
    import sys
    events = []
    def trace(frame, event, argument):
        if frame.f_code.co_filename.endswith("hot.py"):
            events.append((frame.f_code.co_name, event, frame.f_lineno))
        return trace
    import starts
    sys.settrace(None)
    print(events)
    """
    starts = "import sys\nimport __main__\nsys.settrace(__main__.trace)\nimport hot\n"
    hot = "def f(x):\n    for i in range(2):\n        x += i\n    return x\nf(3)\n"
    modules = {"starts": starts, "hot": hot}
    plain = run(jit, tmp_path, {"PYJIT": "0"}, code, **modules)
    assert run(jit, tmp_path, ALWAYS, code, **modules) == plain
    assert plain.out.count("line") > 5


def test_children_of_an_import(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    forks = """
    import os
    child = os.fork()
    """
    code = """
    import os, forks
    if forks.child:
        assert os.waitstatus_to_exitcode(os.waitpid(forks.child, 0)[1]) == 0
    """
    done = run(jit, tmp_path, NEVER, textwrap.dedent(code) + AFTERWARDS, forks=forks)
    assert done.out == "1\n1\n"
