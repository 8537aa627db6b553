"""Code memory: bounded, freed, never writable and executable at once; and what failure does."""

from __future__ import annotations

import os

import pytest
from sample import PROGRAM
from support import Interpreter


@pytest.fixture(scope="module")
def expected(jit: Interpreter) -> str:
    """What the program prints without pyjit."""
    run = jit.run_code(PROGRAM)
    assert run.status == 0, run.report()
    return run.report()


@pytest.mark.parametrize("limit", ["1", "4K", "8K", "16K", "32K", "64K", "100K", "128K", "1M"])
@pytest.mark.parametrize("threshold", ["1", "4"])
def test_any_code_limit_gives_the_same(jit: Interpreter, expected: str, limit: str, threshold: str) -> None:
    run = jit.run_code(PROGRAM, PYJIT="1", PYJIT_THRESHOLD=threshold, PYJIT_CODE_LIMIT=limit)
    lines = [line for line in run.err.splitlines() if not line.startswith("pyjit: ")]
    assert len(run.err.splitlines()) - len(lines) <= 1, run.report()
    assert f"{run.out}--- stderr\n--- exit status {run.status}\n" == expected
    assert lines == []


@pytest.mark.parametrize("limit", [64 << 10, 256 << 10, 1 << 20])
def test_code_limit_is_kept(jit: Interpreter, limit: int) -> None:
    code = f"""
import pyjit
most = 0
kept = []
for i in range(3000):
    space = {{}}
    exec(f"def f(n):\\n    t = {{i}}\\n    for k in range(n):\\n        t += k\\n    return t", space)
    kept.append(space["f"])
    assert space["f"](5) == i + 10
    most = max(most, pyjit.stats()["code_memory_used"])
assert most <= {limit}, most
assert pyjit.stats()["code_memory_committed"] <= {limit}
assert most > 0
assert sum(f(5) for f in kept) == sum(range(3000)) + 30000
"""
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1", PYJIT_CODE_LIMIT=str(limit))
    assert run.status == 0, run.report()


FUNCTIONS = 1_000_000 if os.environ.get("PYJIT_TEST_LONG") else 10_000
PATIENCE = 60 + FUNCTIONS / 500  # seconds
RSS = """
def rss():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096
"""


def test_code_is_freed_with_its_functions(jit: Interpreter) -> None:
    code = f"""{RSS}
import gc, pyjit
SOURCE = "def f(n):\\n    t = 0\\n    for i in range(n):\\n        t += i\\n    return t"
compiled = compile(SOURCE, "<made>", "exec")
def make(n):
    for i in range(n):
        space = {{}}
        exec(compile(SOURCE, "<made>", "exec") if i % 10 == 0 else compiled.replace(), space)
        f = space["f"]
        f.__code__ = f.__code__.replace(co_name="f%d" % (i % 50))
        assert f(4) == f(4) == 6
make({FUNCTIONS // 10})
gc.collect()
used, size, made = pyjit.stats()["code_memory_used"], rss(), pyjit.stats()["codes_compiled"]
make({FUNCTIONS})
gc.collect()
assert pyjit.stats()["codes_compiled"] - made >= {FUNCTIONS}, pyjit.stats()
assert pyjit.stats()["code_memory_used"] <= used + (64 << 10), (used, pyjit.stats())
grown = rss() - size
assert grown < (4 << 20), grown
"""
    run = jit.run("-c", code, timeout=PATIENCE, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()


CROWD = f"""{RSS}
import types
def model(n):
    t = 0
    for i in range(n):
        t += i
    return t
def make(i):
    f = types.FunctionType(model.__code__.replace(co_name="f%d" % (i % 50)), {{}})
    assert f(4) == f(4) == 6
    return f
make(0)
size = rss()
kept = [make(i) for i in range({FUNCTIONS})]
print((rss() - size) // {FUNCTIONS})
"""


def test_functions_that_find_code_memory_full_take_little(jit: Interpreter) -> None:
    """What is remembered of each is bounded, however many there are."""
    if jit.is_sanitized:
        pytest.skip("not under sanitizers")
    with_pyjit = {"PYJIT": "1", "PYJIT_THRESHOLD": "1", "PYJIT_CODE_LIMIT": "1M"}
    plain, compiled = (jit.run("-c", CROWD, timeout=PATIENCE, settings=more) for more in ({}, with_pyjit))
    assert (plain.status, compiled.status) == (0, 0), compiled.report()
    assert int(compiled.out) - int(plain.out) < 700  # bytes


def test_callers_leave_nothing_with_what_they_have_called(jit: Interpreter) -> None:
    """Code that comes and goes, and calls with numbers in registers what stays."""
    code = f"""{RSS}
import gc

def stays(x):
    for _ in ():
        pass
    return x

def come_and_go(turns):
    for _ in range(turns):
        space = {{"stays": stays}}
        exec("def caller(x):\\n" + " stays(x + 1)\\n" * 300, space)
        for _ in range(3):
            space["caller"](5)
        space.clear()
        gc.collect()

come_and_go(60)
before = rss()
come_and_go(240)
grown = rss() - before
assert grown < (2 << 20), grown
"""
    if jit.is_sanitized:
        pytest.skip("not under sanitizers")
    run = jit.run("-c", code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert (run.status, run.err) == (0, ""), run.report()


def test_callers_share_the_ways_into_what_they_call(jit: Interpreter) -> None:
    """What goes from a caller's registers to an entry that knows less is made once for all callers."""
    code = """
import gc, pyjit

def stays(a, b, c):
    for _ in ():
        pass
    return a

def come_and_go(turns, arguments):
    for _ in range(turns):
        space = {"stays": stays}
        exec("def caller(x, y):\\n" + f" stays({arguments})\\n" * 20, space)
        for _ in range(3):
            space["caller"](5, 2.5)
        space.clear()
        gc.collect()

for arguments in "xyx", "yxy", "xxy", "yyx", "xyy", "yxx", "yyy":
    come_and_go(3, ", ".join(name + " + 1" for name in arguments))
used = pyjit.stats()["code_memory_used"]
come_and_go(30, "y + 1, y + 2, y + 3")
assert pyjit.stats()["code_memory_used"] < used + (64 << 10), (used, pyjit.stats())
"""
    run = jit.run("-c", code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert (run.status, run.err) == (0, ""), run.report()


def test_what_is_kept_of_bytecode_is_freed(jit: Interpreter) -> None:
    if jit.is_sanitized:
        pytest.skip("not under sanitizers")
    code = (
        RSS
        + """
import gc
space = {}
exec("def f(n):\\n    if n:\\n" + "        n += n * n\\n" * 1000 + "    return n", space)
f = space["f"]
original = f.__code__
assert len(original.co_code) > 8000
def make(n):
    for i in range(n):
        f.__code__ = original.replace()
        assert f(0) == f(0) == f(0) == 0
make(200)
gc.collect()
size = rss()
make(2000)
gc.collect()
grown = rss() - size
assert grown < (4 << 20), grown
import pyjit
assert pyjit.stats()["codes_compiled"] >= 2000, pyjit.stats()
"""
    )
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()


def test_all_functions_alive_then_dropped(jit: Interpreter) -> None:
    code = """
import gc, pyjit
def make(i):
    space = {}
    exec(f"def f(n):\\n    t = {i}\\n    for k in range(n):\\n        t += k\\n    return t", space)
    space["f"](5)
    return space["f"]
make(0)
gc.collect()
before = pyjit.stats()["code_memory_used"]
for turn in range(3):
    kept = [make(i) for i in range(1000)]
    peak = pyjit.stats()["code_memory_used"]
    assert peak > before
    del kept
    gc.collect()
    after = pyjit.stats()["code_memory_used"]
    assert after - before < (peak - before) // 10, (before, peak, after)
"""
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()


def test_code_that_frees_itself_while_it_runs(jit: Interpreter) -> None:
    code = """
import gc
def make():
    space = {}
    exec(textwrap, space)
    return space["f"]
textwrap = '''
def f(n):
    global f
    t = 0
    for i in range(n):
        t += i
        if i == n // 2:
            f = None
            del f
            import gc
            gc.collect()
            g()
    return t
def g():
    global g
    g = None
    return [1 for _ in range(3)]
'''
for _ in range(50):
    assert make()(100) == 4950
def replace(n):
    t = 0
    for i in range(n):
        t += i
        if i == 50:
            replace.__code__ = (lambda n: "new").__code__
            gc.collect()
    return t
assert replace(100) == 4950 and replace(100) == "new"
"""
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()


# Looks at the process's mappings while code is compiled and run; prints how many can be executed that hold
# machine code, and how many can be written through which that changes.
LOOKS_AT_MAPPINGS = """
import pyjit
def mappings(flag):
    with open("/proc/self/maps") as maps:
        fields = [line.split() for line in maps]
    return [f for f in fields if flag in f[1]]
class Looks:
    def __add__(self, other):
        assert not [f for f in mappings("x") if "w" in f[1]]
        return 1
def f(n, x):
    t = 0
    for i in range(n):
        t = x + t
    return t
for i in range(40):
    assert f(3, 1) == 3 and f(3, 1.5) == 4.5
    f(3, Looks())
assert not pyjit.is_enabled() or pyjit.is_compiled(f)
executable = [f for f in mappings("x") if len(f) == 5 or "memfd:pyjit" in f[5]]
print(len(executable), len([f for f in mappings("w") if "memfd:pyjit" in f[-2]]))
"""


def test_no_page_is_writable_and_executable(jit: Interpreter) -> None:
    run = jit.run_code(LOOKS_AT_MAPPINGS, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.out == "1 1\n", run.report()


def test_without_a_second_view_no_page_is_both_either(jit: Interpreter) -> None:
    runs = [
        jit.run_code(LOOKS_AT_MAPPINGS, PYJIT="1", PYJIT_THRESHOLD="1", PYJIT_FAULT=str(n))
        for n in range(1, 8)
    ]
    assert all(run.status == 0 for run in runs), [run.report() for run in runs]
    assert "1 0\n" in [run.out for run in runs]


AFTER_A_FORK = """
import os, resource, sys

def make(name, constant):
    space = {}
    exec(f"def {name}(n):\\n t = 0\\n for i in range(n):\\n  t += i * {constant}\\n return t", space)
    return space[name]

def use(constants):
    for constant in constants:
        f = make(f"f{constant}", constant)
        for n in (0, 3, 50, 4):
            assert f(n) == constant * n * (n - 1) // 2
        functions.append((f, constant))
    for f, constant in functions:
        assert f(60) == constant * 1770

functions = []
use(range(100))
def forks(depth, constants):
    children = []
    for number in range(3):
        child = os.fork()
        if child == 0:
            if number == 1:
                limit()
            use(constants)
            if depth:
                forks(depth - 1, range(900, 930))
            use(range(1000, 1030))
            os._exit(7)
        children.append(child)
        use(range(300 + 20 * number, 320 + 20 * number))
    for child in children:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

def limit():
    LIMIT

forks(1, range(200, 240))
use(range(500, 520))
print("done")
"""


@pytest.mark.parametrize("limit", ["pass", "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))"])
def test_parents_and_children_go_on_compiling(jit: Interpreter, limit: str) -> None:
    run = jit.run_code(AFTER_A_FORK.replace("LIMIT", limit), PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.out == "done\n", run.report()


FEW_WRITES_AND_MANY = (
    AFTER_A_FORK.partition("def forks")[0]
    + """
def file():
    maps = [line.split() for line in open("/proc/self/maps")]
    return {fields[4] for fields in maps if len(fields) > 5 and fields[5] == "/memfd:pyjit"}

before = file()
assert before
if os.fork() == 0:
    use(range(200, 203))
    assert file() == before
    use(range(203, 400))
    assert not file() & before
    os._exit(7)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 7
use(range(400, 403))
assert file() == before
print("done")
"""
)


def test_who_compiles_little_after_a_fork_copies_pages_only(jit: Interpreter) -> None:
    """And who compiles much gets a file of his own."""
    run = jit.run_code(FEW_WRITES_AND_MANY, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.out == "done\n", run.report()


AFTER_A_DEBUGGER = (
    AFTER_A_FORK.partition("def forks")[0]
    + """
def touch():
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "r+b", 0) as memory:
        for line in maps:
            fields = line.split()
            if fields[1][:3] == "r-x" and fields[-2:] == ["/memfd:pyjit", "(deleted)"]:
                first, end = (int(number, 16) for number in fields[0].split("-"))
                for page in range(first, end, 4096):
                    memory.seek(page)
                    byte = memory.read(1)
                    memory.seek(page)
                    memory.write(byte)
                    touched.append(page)

touched = []
for round in range(3):
    touch()
    use(range(200 + 20 * round, 220 + 20 * round))
assert touched
print("done")
"""
)


def test_code_memory_that_a_debugger_has_written_to_is_used_further(jit: Interpreter) -> None:
    run = jit.run_code(AFTER_A_DEBUGGER, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.out == "done\n", run.report()


# -- Failing allocations --------------------------------------------------------------------------


def faulty(jit: Interpreter, setting: str) -> tuple[str, int]:
    """The program's report without pyjit's own warning, and how many such lines there were."""
    run = jit.run_code(PROGRAM, PYJIT="1", PYJIT_THRESHOLD="1", PYJIT_FAULT=setting)
    lines = run.err.splitlines(keepends=True)
    own = [line for line in lines if line.startswith("pyjit: ")]
    others = "".join(line for line in lines if not line.startswith("pyjit: "))
    return f"{run.out}--- stderr\n{others}--- exit status {run.status}\n", len(own)


STEPS = [*range(1, 41), *range(45, 200, 9), *range(200, 2000, 97), 3000, 5000, 10000]


AGAIN = """
import pyjit
on, again = pyjit.is_enabled(), pyjit.enable()
def f(x):
    return x + 1
def g(n):
    return sum([f(i) for i in range(n)])
results = {g(50) for _ in range(200)} | {sum(map(f, range(50)))}
print(results, again, pyjit.is_compiled(g))
"""


@pytest.mark.parametrize("number", range(1, 41))
def test_a_start_that_has_failed_can_be_repeated(jit: Interpreter, number: int) -> None:
    run = jit.run_code(AGAIN, PYJIT="1", PYJIT_THRESHOLD="1", PYJIT_FAULT=str(number))
    assert run.out == "{1275} True True\n", run.report()


@pytest.mark.parametrize("number", STEPS)
def test_one_failed_allocation_changes_nothing(jit: Interpreter, expected: str, number: int) -> None:
    report, warnings = faulty(jit, str(number))
    assert report == expected
    assert warnings <= 1


@pytest.mark.parametrize("number", [*range(1, 13), *range(15, 100, 11), *range(100, 1500, 173)])
def test_all_allocations_failing_from_some_point_on_changes_nothing(
    jit: Interpreter, expected: str, number: int
) -> None:
    report, warnings = faulty(jit, f"{number}+")
    assert report == expected
    assert warnings <= 1
