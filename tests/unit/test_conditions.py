"""Under conditions that programs do not choose: little address space, memory that may not be executed, code
far from the interpreter, signals all the time, processes and threads of all kinds, the end of the
interpreter, interpreters inside other programs.
"""

from __future__ import annotations

import os
import pathlib
import resource
import shutil
import subprocess
from collections.abc import Callable

import pytest
from sample import PROGRAM
from support import Interpreter, Run, environment

LONG = bool(os.environ.get("PYJIT_TEST_LONG"))
MEGABYTE = 1 << 20

# Runs PROGRAM, here a string, in a namespace of its own.
RUN = f"exec(compile({PROGRAM!r}, 'program', 'exec'), {{'__name__': 'program'}})\n"

# No memory is made executable from here on: EPERM for mmap and mprotect with PROT_EXEC. A filter of seccomp
# in the kernel's BPF, for x86-64.
DENY_EXECUTABLE = """
import ctypes, errno, struct

def deny_executable_memory():
    LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06
    allow, deny = 0x7FFF0000, 0x00050000 | errno.EPERM
    rules = [
        (LOAD, 0, 0, 0),       # the number of the system call
        (EQUAL, 1, 0, 9),      # mmap
        (EQUAL, 0, 3, 10),     # mprotect
        (LOAD, 0, 0, 32),      # the third argument
        (SET, 0, 1, 4),        # PROT_EXEC
        (RETURN, 0, 0, deny),
        (RETURN, 0, 0, allow),
    ]
    code = b"".join(struct.pack("HBBI", *rule) for rule in rules)
    kept = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, program, 0, 0) == 0, ctypes.get_errno()
"""

# Leaves no room for code memory within four gigabytes of a low interpreter.
CROWD = """
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
step = 4 << 20
for address in range(step, 5 << 30, step):
    libc.mmap(address, step, 0, 0x104022, -1, 0)  # nothing, nowhere but there, reserving nothing
"""


def lines_of(run: Run) -> list[str]:
    """What the program wrote to stderr, without what pyjit says of itself."""
    return [line for line in run.err.splitlines() if not line.startswith("pyjit: ")]


@pytest.fixture(scope="module")
def expected(jit: Interpreter) -> str:
    """What PROGRAM prints without pyjit."""
    run = jit.run_code(RUN)
    assert run.status == 0, run.report()
    return run.out


def check(run: Run, expected: str) -> None:
    """Compare with what was expected."""
    assert run.status == 0, run.report()
    assert run.out == expected
    assert lines_of(run) == [], run.report()


@pytest.mark.parametrize("megabytes", [60, 100, 200, 1000])
def test_little_address_space(jit: Interpreter, expected: str, megabytes: int) -> None:
    """`ulimit -v`, below and above what the reservation for code memory takes."""
    if jit.is_sanitized:
        pytest.skip("not under sanitizers")
    done = subprocess.run(
        [str(jit.path), "-c", RUN],
        check=False,
        env=environment(**dict(jit.variables), PYJIT="1", PYJIT_THRESHOLD="1"),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE,) * 2),
    )
    check(Run(done.returncode, done.stdout, done.stderr), expected)


def test_memory_that_may_not_be_executed(jit: Interpreter, expected: str) -> None:
    code = DENY_EXECUTABLE + "deny_executable_memory()\nimport pyjit\nassert pyjit.enable() is False\n" + RUN
    run = jit.run_code(code, PYJIT_THRESHOLD="1")
    check(run, expected)
    assert run.err.count("pyjit: ") == 1, run.err


# Files of the process may not be as large as code memory: the signal that says so would end it.
SMALL_FILES = """
import os, resource, _signal as signal  # which no code in Python runs for

signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
"""


# A loop that is found hot: only then is there code memory.
LOOP = """
def total(n):
    t = 0
    for i in range(n):
        t += i
    return t

print(total(3_000_000))
"""

# More is compiled in a child than is written before it gets code memory of its own.
CHILD = """
if os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
for n in range(400):
    space = {}
    exec(f"def f(x): return x + {n}", space)
    assert [space["f"](1) for _ in range(5)] == [n + 1] * 5
print("done")
"""


def test_files_that_may_not_be_large(jit: Interpreter) -> None:
    run = jit.run_code(SMALL_FILES + LOOP, PYJIT="1")
    assert (run.status, run.out) == (0, "4499998500000\n"), run.err


def test_files_that_may_not_be_large_after_a_fork(jit: Interpreter) -> None:
    code = "import pyjit\nassert pyjit.enable()\nlen([n for n in range(9)])\n" + SMALL_FILES + CHILD
    run = jit.run_code(code, PYJIT_THRESHOLD="1")
    assert (run.status, run.out) == (0, "done\n"), run.err


# Functions compiled into others end after no memory may be made executable any more, in a child that shares
# code memory with its parent, or in a process that has one view of it.
SHUT_IN = """
import os, pathlib, resource, sys
import pyjit

def make(n):
    space = {}
    exec(f"def small(x): return x + {n}\\ndef user(f, x): return f(x) * 2", space)
    return space["small"], space["user"]

if sys.argv[1] == "one-view":
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    assert pyjit.enable()
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "memfd:pyjit" not in pathlib.Path("/proc/self/maps").read_text()
else:
    assert pyjit.enable()
    assert "memfd:pyjit" in pathlib.Path("/proc/self/maps").read_text()
pairs = [make(n) for n in range(20)]
expected = [2 * n + 2 for n in range(20) for _ in range(5)]
assert [user(small, 1) for small, user in pairs for _ in range(5)] == expected
process = os.fork() if sys.argv[1] == "child" else 0
if process == 0:
    deny_executable_memory()
    users = [user for _, user in pairs]
    pairs.clear()
    assert [user(len, "abc") for user in users for _ in range(5)] == [6] * 100
    renewed = [user(make(n + 50)[0], 1) for n, user in enumerate(users) for _ in range(5)]
    assert renewed == [n + 100 for n in expected]
elif os.waitpid(process, 0)[1]:
    sys.exit("the child has failed")
"""


@pytest.mark.parametrize("how", ["child", "one-view", "two-views"])
def test_code_ends_when_no_more_memory_may_be_executed(
    jit: Interpreter, expected: str, how: str, tmp_path: pathlib.Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(DENY_EXECUTABLE + SHUT_IN + RUN)
    check(jit.run(program, how, PYJIT_THRESHOLD="1"), expected * (2 if how == "child" else 1))


def test_no_more_memory_may_be_executed(jit: Interpreter, expected: str) -> None:
    """What has been got by then is used up, and then nothing more is compiled."""
    code = DENY_EXECUTABLE + "import pyjit\nassert pyjit.enable()\ndeny_executable_memory()\n" + RUN
    check(jit.run_code(code, PYJIT_THRESHOLD="1"), expected)


@pytest.mark.parametrize("threshold", ["1", "3"])
def test_code_far_from_the_interpreter(jit: Interpreter, expected: str, threshold: str) -> None:
    code = CROWD + "import pyjit\nassert pyjit.enable()\n" + RUN + (
        "stats = pyjit.stats()\nassert stats['code_memory_used'] > 0\n"
        "def f(n):\n    t = 0\n    for i in range(n): t += i\n    return t\n"
        "assert f(1000) == 499500 and f(1000) == 499500 and f(1000) == 499500\n"
        "from pyjit import _pyjit\n"
        "address = _pyjit.describe(f)[0]['address']\n"
        "assert id(int) > 1 << 32 or abs(address - id(int)) > 1 << 31, address\n"
    )  # fmt: skip
    check(jit.run_code(code, PYJIT_THRESHOLD=threshold), expected)


def test_signals_every_millisecond(jit: Interpreter, expected: str) -> None:
    code = (
        "import signal\ncount = 0\n"
        "def handle(number, frame):\n    global count\n"
        "    count += frame.f_lineno is None or frame.f_lineno > 0  # None: a jump without a line\n"
        "signal.signal(signal.SIGALRM, handle)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        + RUN
        + "import time\nend = time.monotonic() + 1\nn = 0\nwhile time.monotonic() < end: n += 1\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\nassert count > 20, count\n"
    )
    check(jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1"), expected)


PROCESSES = """
import multiprocessing, os, sys, threading

def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total

def compile_more(stop):
    k = 0
    while not stop.is_set():
        k += 1
        space = {}
        exec(f"def f(n):\\n t = {k}\\n for i in range(n): t += i\\n return t", space)
        assert space["f"](20) == k + 190
        assert space["f"](20) == k + 190

if __name__ == "__main__":
    stop = threading.Event()
    threads = [threading.Thread(target=compile_more, args=(stop,)) for _ in range(3)]
    for thread in threads: thread.start()
    try:
        context = multiprocessing.get_context(sys.argv[1])
        with context.Pool(2) as pool:
            print(pool.map(work, range(0, 400, 7)))
        command = [sys.executable, "-c", "print(sum(i for i in range(1000)), flush=True)"]
        child = os.posix_spawn(sys.executable, command, os.environ)
        print(os.waitpid(child, 0)[1])
    finally:
        stop.set()
        for thread in threads: thread.join()
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_while_threads_compile(jit: Interpreter, tmp_path: pathlib.Path, method: str) -> None:
    script = tmp_path / "processes.py"
    script.write_text(PROCESSES)
    plain = jit.run(script, method, timeout=120)
    assert plain.status == 0, plain.report()
    run = jit.run(script, method, PYJIT="1", PYJIT_THRESHOLD="1", timeout=120)
    assert run.status == 0, run.report()
    assert sorted(run.out) == sorted(plain.out)
    assert lines_of(run) == [], run.report()


END = """
import asyncio, sys, threading

def numbers(n):
    try:
        for i in range(n):
            yield i
    finally:
        print("numbers end")

async def sleeper(n):
    try:
        for i in range(n):
            await asyncio.sleep(0)
    finally:
        sys.stdout.write("sleeper ends\\n")

async def stream():
    try:
        yield 1
        yield 2
    finally:
        print("stream ends")

class Last:
    def __init__(self):
        self.me = self
        self.numbers = numbers(5)
        next(self.numbers)
    def __del__(self):
        print("last", sum(i for i in range(50)))

for turn in range(4):
    kept = [numbers(9) for _ in range(3)]
    for one in kept:
        next(one), next(one)
    pending = sleeper(5)
    pending.send(None)
    last = Last()
loop = asyncio.new_event_loop()
flow = stream()
loop.run_until_complete(flow.__anext__())
def forever():
    n = 0
    while True:
        n += 1
threading.Thread(target=forever, daemon=True).start()
print("main ends")
"""


def test_end_with_everything_alive(jit: Interpreter) -> None:
    """Generators, coroutines, cycles and a daemon thread in compiled code when the interpreter ends."""
    plain = jit.run_code(END)
    run = jit.run_code(END, PYJIT="1", PYJIT_THRESHOLD="1")
    assert (run.status, run.out, run.err) == (plain.status, plain.out, plain.err)


# Runs the statements of its argument in four interpreters, one after the other, which know their number.
EMBEDDER = """
#include <Python.h>
#include <stdio.h>
int main(int count, char **arguments)
{
    for (int turn = 0; turn < 4; turn++) {
        char begin[] = "turn = 0";
        begin[strlen(begin) - 1] += turn;
        Py_Initialize();
        if (PyRun_SimpleString(begin) < 0 || PyRun_SimpleString(arguments[count - 1]) < 0 ||
            Py_FinalizeEx() < 0) {
            return 1;
        }
    }
    return 0;
}
"""

EMBEDDED = """
import pyjit, sys
print(pyjit.enable(), pyjit.is_enabled())
def f(n):
    t = 0
    for i in range(n):
        t += i * 2 if i % 3 else i / 2
    return t
print(f(100), f(1000), [f(k) for k in range(5)])
class C:
    def __init__(self): self.me = self
    def __del__(self): f(10)
c = C()
sys.stdout.flush()
"""

# The first interpreter has nothing to compile.
EMBEDDED_WAITING = """
import pyjit, sys
pyjit._start()
def f(n):
    for i in range(n): pass
if turn > 0:
    f(10**7)
    print(pyjit.is_enabled(), pyjit.is_compiled(f))
sys.stdout.flush()
"""


# What it takes to build a program with the interpreter in it, a line each.
BUILD = """
import os, sys, sysconfig
value = sysconfig.get_config_var
path = sysconfig.get_path
for line in (path("include"), path("platinclude"), value("LIBDIR"), value("LDVERSION"),
             f"{value('LIBS')} {value('SYSLIBS')} {value('LINKFORSHARED')}", sys.base_prefix,
             os.pathsep.join(path for path in sys.path if path)):
    print(line)
"""


Embed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def embed(jit: Interpreter, tmp_path: pathlib.Path) -> Embed:
    """Run statements in several interpreters of one process, as programs do that have Python built in."""
    if jit.is_sanitized:
        pytest.skip("not under sanitizers")
    compiler = shutil.which("cc") or shutil.which("gcc") or "cc"
    include, platform_include, libdir, version, flags, home, path = jit.run_code(BUILD).out.splitlines()
    source, program = tmp_path / "embed.c", tmp_path / "embed"
    source.write_text(EMBEDDER)
    command = [compiler, f"-I{include}", f"-I{platform_include}", str(source), "-o", str(program)]
    command += [f"-L{libdir}", f"-lpython{version}", *flags.split()]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no compiler, or no library of this Python to link with")
    settings = {"PYTHONPATH": path, "LD_LIBRARY_PATH": libdir, "PYTHONHOME": home}

    def run(code: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(program), code], check=False, capture_output=True, text=True, timeout=60,
                              env=environment(**settings, **more))  # fmt: skip

    return run


AGAIN = "pyjit: off: the interpreter has been started again in this process\n"


def test_an_interpreter_started_again_and_again(embed: Embed) -> None:
    outs = []
    for threshold in ("1", "1000"):
        done = embed(EMBEDDED, PYJIT_THRESHOLD=threshold)
        assert (done.returncode, done.stderr) == (0, AGAIN)
        outs.append(done.stdout)
    assert outs[0] == outs[1]
    assert outs[0].splitlines()[::2] == ["True True"] + ["False False"] * 3
    assert len(set(outs[0].splitlines()[1::2])) == 1


def test_an_interpreter_started_again_while_waiting(embed: Embed) -> None:
    done = embed(EMBEDDED_WAITING, PYJIT="1")
    assert (done.returncode, done.stderr) == (0, AGAIN)
    assert done.stdout == "True True\nFalse False\nFalse False\n"


MANY_THREADS = """
import random, sys, threading, time
sys.setswitchinterval(0.00001)

class Account:
    def __init__(self, n): self.n = n
    def add(self, k):
        self.n += k
        return self

def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)

def squares(n):
    for i in range(n): yield i * i

def work(seed, end, results):
    rng = random.Random(seed)
    turns = 0
    while time.monotonic() < end or turns < 3:
        turns += 1
        kind = rng.randrange(7)
        if kind == 0: assert fib(8) == 21
        elif kind == 1: assert sum(squares(20)) == 2470
        elif kind == 2:
            account = Account(0)
            for i in range(30): account.add(i)
            assert account.n == 435
        elif kind == 3:
            try: [][3]
            except IndexError as error: assert "range" in str(error)
        elif kind == 4:
            space = {}
            exec(f"def f(n):\\n t = {seed}\\n for i in range(n): t += i\\n return t", space)
            assert space["f"](30) == seed + 435
        elif kind == 5:
            words = {}
            for word in "a b c a b a".split(): words[word] = words.get(word, 0) + 1
            assert words == {"a": 3, "b": 2, "c": 1}
        else:
            Account.add = Account.add
            assert [x / 2 for x in range(5)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    results[seed] = turns

results = {}
end = time.monotonic() + float(sys.argv[1])
threads = [threading.Thread(target=work, args=(seed, end, results)) for seed in range(64)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert len(results) == 64 and min(results.values()) >= 3, results
print("done")
"""


def test_many_threads(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    """Sixty-four of them that take turns all the time: a few seconds, ten minutes with PYJIT_TEST_LONG."""
    script = tmp_path / "threads.py"
    script.write_text(MANY_THREADS)
    seconds = 600 if LONG else 4
    run = jit.run(script, str(seconds), PYJIT="1", PYJIT_THRESHOLD="1", timeout=seconds + 300)
    assert (run.status, run.out, lines_of(run)) == (0, "done\n", []), run.report()


HUGE = """
import resource, sys
lines = int(sys.argv[1])
pairs = (f" x = x + {i}\\n if x == {i}: x = g(x, [x, {i}.5])\\n" for i in range(lines // 2))
source = "def f(x):\\n" + "".join(pairs)
names = {}
exec(compile(source + " return x\\ndef g(x, y): return x + len(y)\\n", "huge", "exec"), names)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print([names["f"](k) for k in (0, 1, 2.5, 0, 1, 2.5)])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)
"""


def test_one_huge_function(jit: Interpreter, tmp_path: pathlib.Path) -> None:
    """What it takes is in proportion to its length: less than 2 KB a line."""
    script = tmp_path / "huge.py"
    script.write_text(HUGE)
    lines = 100_000 if LONG else 20_000
    plain = jit.run(script, str(lines), timeout=120)
    run = jit.run(script, str(lines), PYJIT="1", PYJIT_THRESHOLD="1", timeout=240)
    assert (run.status, run.out) == (0, plain.out), run.report()
    assert int(run.err) < 2 * lines, run.err
