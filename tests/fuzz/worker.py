"""Runs programs in the interpreter under test.  Started by runner.py as a script, with or without pyjit.

As a server it reads requests from stdin, one JSON object a line, runs the programs of each in a forked child,
and answers by one line: the status the child ended with, and what it wrote.  A fork costs a millisecond, and
a crash ends the child only.  With ``--once FILE`` it runs one program in the process itself.

A program is its text, or what ``compile`` makes of it, marshalled: asked for by one side, run by all.

Asked for a balance, a child runs one program so many times in a row and writes by how many blocks of memory
each run has made the process grow.

What it imports beforehand, programs need not: that would take longer than running them.
"""

import base64
import builtins
import contextlib
import gc
import importlib
import json
import marshal
import os
import resource
import signal
import sys
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    import types
    import typing

PRELOADED = (
    "unittest",
    "test.support",
    "collections",
    "random",
    "re",
    "warnings",
    "threading",
    "signal",
    "tracemalloc",
)  # what many programs import
LIMIT = 400  # of recursion, where nothing else is said
MEMORY = int(os.environ.get("FUZZ_MEMORY") or 1 << 30)  # bytes of address space
MOST = 1 << 24  # bytes of output that are looked at
SEPARATOR = "\n=== next program\n"


def compiled(program: str) -> "types.CodeType":
    """Return the code of a program; may raise whatever `compile` does."""
    return compile(program, "program.py", "exec", dont_inherit=True)


def marshalled(program: str) -> "str | None":
    """Return the code of a program as text that `run` takes, None if there is none."""
    try:
        return base64.b64encode(marshal.dumps(compiled(program))).decode()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def run(program: str, is_code: bool) -> None:
    """Run one program, or its code, as the main module."""
    space = {"__name__": "__main__", "__builtins__": builtins}
    try:
        exec(marshal.loads(base64.b64decode(program)) if is_code else compiled(program), space)
    except BaseException as error:
        sys.stdout.write(f"uncaught {type(error).__name__}\n")
    space.clear()


def displace(count: int) -> "list[object]":
    """Return objects of all kinds, such that others lie at other addresses, by which sets are ordered."""
    return [(lambda: 0, object(), [count], {count}, {count: 0}, bytes(count)) for _ in range(count)]


def child(request: "dict[str, typing.Any]", out: int, err: int) -> None:
    """Run programs one after another, as the request says; does not return."""
    displacing = displace(request["displaced"])
    setitimer, real = signal.setitimer, signal.ITIMER_REAL
    sys.setrecursionlimit(request["limit"])
    os.chdir(tempfile.gettempdir())
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout = open(1, "w", 1 << 16, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    for program, is_code in zip(request["programs"], request["are_code"], strict=True):
        setitimer(real, request["timeout"])  # nobody handles the signal: it ends the process
        run(program, is_code)
        sys.stdout.write(SEPARATOR)
        sys.stdout.flush()
    sys.stderr.flush()
    displacing.clear()


def balance(request: "dict[str, typing.Any]", out: int) -> None:
    """Run a program many times in a row, and write by how many blocks each run made the process grow."""
    signal.setitimer(signal.ITIMER_REAL, request["timeout"])
    os.chdir(tempfile.gettempdir())
    null = os.open(os.devnull, os.O_RDWR)
    for file in range(3):
        os.dup2(null, file)
    sys.stdout = sys.stderr = open(1, "w", closefd=False)  # noqa: SIM115
    collect, allocated, growths = gc.collect, sys.getallocatedblocks, []
    before = 0
    for _ in range(request["balance"]):
        run(request["programs"][0], request["are_code"][0])
        collect()
        now = allocated()
        growths.append(now - before)
        before = now
    os.write(out, json.dumps(growths).encode())


def reset(file: int) -> None:
    """Empty a file."""
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)


def content(file: int) -> str:
    """Return what is in a file, as far as anyone wants to know."""
    return os.pread(file, MOST, 0).decode("utf-8", "backslashreplace")


def coverage() -> "dict[str, dict[str, int]]":
    """Return what a build for coverage has counted in this process."""
    extension = getattr(sys.modules.get("pyjit"), "_pyjit", None)
    count = getattr(extension, "coverage", dict)
    return count()


def serve() -> None:
    """Answer requests until there are no more."""
    out, err, counts = (os.memfd_create(name) for name in ("out", "err", "counts"))
    gc.freeze()  # what a collection in a child writes to, the kernel has to copy
    for line in sys.stdin:
        request = json.loads(line)
        if "compile" in request:
            sys.stdout.write(json.dumps(marshalled(request["compile"])) + "\n")
            sys.stdout.flush()
            continue
        for file in (out, err, counts):
            reset(file)
        process = os.fork()
        if process == 0:
            if request["balance"]:
                balance(request, out)
                os._exit(0)
            child(request, out, err)
            if counted := coverage():
                os.write(counts, marshal.dumps(counted))  # which runs no code that a program may have changed
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        answer = {"status": status, "out": content(out), "err": content(err)}
        if os.fstat(counts).st_size:
            answer["coverage"] = marshal.loads(os.pread(counts, MOST, 0))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def main() -> None:
    """Turn pyjit on if told so, then do what is asked."""
    sys.setrecursionlimit(LIMIT)
    if "LD_PRELOAD" not in os.environ:  # sanitizers take terabytes of address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "--jit" in sys.argv and not importlib.import_module("pyjit").enable():
        sys.exit("pyjit cannot be turned on")
    with contextlib.suppress(ImportError):  # not where code memory would be full afterwards
        for name in PRELOADED if "PYJIT_CODE_LIMIT" not in os.environ else ():
            importlib.import_module(name)
    if "--once" in sys.argv:
        with open(sys.argv[-1], encoding="utf-8") as file:
            run(file.read(), is_code=False)
    else:
        serve()


if __name__ == "__main__":
    main()
