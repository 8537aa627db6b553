"""Runs programs on both sides and compares what they did.

A *side* is the plain interpreter, or pyjit with some threshold.  Programs run in forked children of one
long-lived worker a side (worker.py), several of them in one child if that is asked for, or each in a fresh
interpreter.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import tempfile
from collections import Counter
from types import TracebackType

LIMIT = 400  # of recursion, usually
WORKER = pathlib.Path(__file__).resolve().with_name("worker.py")
ADDRESS = re.compile(
    r"0[xX][0-9a-fA-F]{6,}"
    r"|\b1[34][0-9]{13}\b"  # as id() gives them
    r"|(?:0[xX][0-9a-fA-F]*)?\[\d+ chars\][0-9a-fA-F]*"  # where unittest leaves out the middle of a text
)
TEMPORARY = re.compile(r"/tmp/tmp[a-z0-9_]{8}")  # names by chance
# What finalizers print. An argument that is nowhere else lives until an interpreted call returns when there
# is a frame evaluator (docs/status.md), so that when they run is compared only where nothing is interpreted.
FINALIZERS = re.compile(r"^(?:last|del) .*\n", re.MULTILINE)
# Finalizers of what one collection finds run in an order that depends on what frames the collector sees. What
# is reported of them on stderr may be of objects that an earlier program in the same process has left.
COLLECTION = re.compile(r"^collecting\n(.*?)^collected\n", re.MULTILINE | re.DOTALL)
REPORT = "Exception ignored in"  # begins what is said of an exception in a finalizer
SEPARATOR = "\n=== next program\n"  # as worker.py writes it
PATIENCE = 60.0  # seconds a worker may take besides, to start for example
TIMEOUT = 4.0  # seconds a program may take
ENDED = "the worker itself has ended"
REMEMBERED = 100  # programs whose code is kept


@dataclasses.dataclass(frozen=True)
class Side:
    """How programs are run: an interpreter, and pyjit with these settings, or without."""

    python: pathlib.Path
    pyjit: pathlib.Path | None = None  # build directory; None: the plain interpreter
    threshold: int = 1  # 0: the default one
    settings: tuple[tuple[str, str], ...] = ()  # more environment variables

    @property
    def name(self) -> str:
        """What to call it."""
        if not self.pyjit:
            return "plain"
        threshold = f"threshold-{self.threshold}" if self.threshold else "default"
        settings = [(name[6:].lower(), value) for name, value in self.settings if name.startswith("PYJIT_")]
        return "-".join([threshold, *(f"{name}-{value}" for name, value in settings)])

    def environment(self) -> dict[str, str]:
        """Return the environment variables of its processes."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYJIT"))}
        more = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        if self.pyjit:
            more["PYTHONPATH"] = str(self.pyjit.absolute())
        if self.pyjit and self.threshold:
            more["PYJIT_THRESHOLD"] = str(self.threshold)
        return kept | more | dict(self.settings)

    def command(self, *arguments: str) -> list[str]:
        """Return the command that starts a worker."""
        command = [str(self.python.absolute()), "-W", "ignore", "-X", "faulthandler", str(WORKER)]
        return [*command, *(["--jit"] if self.pyjit else []), *arguments]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What programs did."""

    status: int  # negative: the signal that ended the process
    out: str
    err: str

    @property
    def timed_out(self) -> bool:
        """Did it take too long?"""
        return self.status == -signal.SIGALRM

    def comparable(self) -> tuple[int, str, str]:
        """Return what must be equal on both sides: all but addresses, and how a crash was reported."""
        out, err = (TEMPORARY.sub("/tmp/tmp", ADDRESS.sub("0x", text)) for text in (self.out, self.err))
        out = COLLECTION.sub(lambda found: "".join(sorted(found[1].splitlines(keepends=True))), out)
        begin, *reports = err.split(REPORT)
        err = REPORT.join([begin, *sorted(reports)])
        return self.status, out, "" if self.status < 0 else err

    def parts(self) -> list[str]:
        """Return what each of several programs that have ended wrote to stdout."""
        return self.out.split(SEPARATOR)[:-1]

    def promised(self, side: Side) -> tuple[int, str, str]:
        """Return what must be equal if one of the two sides is this one."""
        status, out, err = self.comparable()
        return status, out if side.threshold == 1 else FINALIZERS.sub("", out), err

    def agrees(self, plain: Outcome, side: Side) -> bool:
        """Is it what the programs do without pyjit, as far as that is promised on this side?"""
        return self.promised(side) == plain.promised(side)


@dataclasses.dataclass(frozen=True)
class Program:
    """A program as a worker takes it: source, or code as `worker.marshalled` gives it."""

    text: str
    is_code: bool = False


class Worker:
    """A long-lived process that runs programs on one side, in a directory of its own."""

    def __init__(self, side: Side) -> None:
        """Start it."""
        self.side = side
        self.coverage: dict[str, Counter[str]] = {}
        self.scratch = tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True)
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.side.command(), env=self.side.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, encoding="utf-8", errors="backslashreplace", cwd=self.scratch.name,
            start_new_session=True,
        )  # fmt: skip

    def _kill(self) -> None:
        """End it and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _ask(self, request: str, patience: float) -> str:
        """Return the answer to a request, nothing if the process has ended or hangs for so many seconds."""
        assert self.process.stdin and self.process.stdout
        rest, pipe = request.encode(), self.process.stdin.fileno()
        os.set_blocking(pipe, False)
        while rest and select.select([], [pipe], [], patience)[1]:
            try:
                rest = rest[os.write(pipe, rest) :]
            except BrokenPipeError:
                return ""
        if rest or not select.select([self.process.stdout], [], [], patience)[0]:
            self._kill()
        return self.process.stdout.readline()

    def _restart(self) -> int:
        """Start it again, and return the status with which it had ended."""
        status = self.process.wait()
        self.process = self._start()
        return status

    def compiled(self, program: str) -> Program:
        """Return the program as code, if it can be compiled."""
        line = self._ask(json.dumps({"compile": program}) + "\n", PATIENCE)
        if not line:
            self._kill()
            self._restart()
        code = json.loads(line) if line else None
        return Program(code, is_code=True) if code else Program(program)

    def run(
        self,
        programs: list[Program],
        timeout: float = TIMEOUT,
        limit: int = LIMIT,
        displaced: int = 0,
        balance: int = 0,
    ) -> Outcome:
        """Run the programs one after another in one process, `displaced` times some objects being there.

        With `balance` the first one is run so many times, and what is written is how many blocks of memory
        more there were after each.
        """
        asked = {
            "programs": [program.text for program in programs],
            "are_code": [program.is_code for program in programs],
            "timeout": timeout, "limit": limit, "displaced": displaced, "balance": balance,
        }  # fmt: skip
        line = self._ask(json.dumps(asked) + "\n", timeout * len(programs) + PATIENCE)
        if not line:
            status = self._restart()
            if not self.side.pyjit:
                raise RuntimeError(f"a worker without pyjit has ended with status {status}")
            return Outcome(status, "", ENDED)
        answer = json.loads(line)
        for name, counts in answer.get("coverage", {}).items():
            self.coverage.setdefault(name, Counter()).update(counts)
        return Outcome(answer["status"], answer["out"], answer["err"])

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self.process.communicate(timeout=10)
        self._kill()
        self.scratch.cleanup()


def run_fresh(side: Side, program: pathlib.Path, timeout: float = TIMEOUT) -> Outcome:
    """Run a program file in an interpreter of its own."""
    try:
        done = subprocess.run(
            side.command("--once", str(program)), env=side.environment(), capture_output=True, text=True,
            encoding="utf-8", errors="backslashreplace", timeout=timeout, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome(-signal.SIGALRM, "", "")
    return Outcome(done.returncode, done.stdout, done.stderr)


class Workers:
    """Workers by side, started when they are first needed."""

    def __init__(self) -> None:
        """Begin with none."""
        self.workers: dict[Side, Worker] = {}
        self.programs: dict[str, Program] = {}  # the last ones, which are run on several sides

    def __enter__(self) -> Workers:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End all workers."""
        for worker in self.workers.values():
            worker.close()

    def run(
        self,
        side: Side,
        programs: list[str],
        timeout: float = TIMEOUT,
        *,
        limit: int = LIMIT,
        displaced: int = 0,
    ) -> Outcome:
        """Run the programs one after another in one process on a side, as Worker.run does."""
        ready = [self.compiled(Side(side.python), program) for program in programs]
        return self.worker(side).run(ready, timeout, limit, displaced)

    def worker(self, side: Side) -> Worker:
        """Return the worker of a side."""
        if side not in self.workers:
            self.workers[side] = Worker(side)
        return self.workers[side]

    def compiled(self, plain: Side, program: str) -> Program:
        """Return a program as code, compiled by the plain interpreter once for all sides."""
        if program not in self.programs:
            if len(self.programs) >= REMEMBERED:
                self.programs.clear()
            self.programs[program] = self.worker(plain).compiled(program)
        return self.programs[program]

    def run_often(self, side: Side, program: str, runs: int) -> Outcome:
        """Run a program many times in one process. If that ends well, what it "writes" is numbers in JSON.

        They say how many blocks of memory each run leaves behind.
        """
        ready = [self.compiled(Side(side.python), program)]
        return self.worker(side).run(ready, TIMEOUT * runs, balance=runs)

    def coverage(self) -> dict[str, Counter[str]]:
        """Return what was covered on all sides, by kind and name."""
        total: dict[str, Counter[str]] = {}
        for worker in self.workers.values():
            for name, counts in worker.coverage.items():
                total.setdefault(name, Counter()).update(counts)
        return total

    def differs(self, plain: Side, jit: Side, programs: list[str]) -> bool | None:
        """Do the programs do something else on the two sides?  None if either takes too long."""
        one = self.run(plain, programs)
        if one.timed_out:
            return None
        other = self.run(jit, programs)
        return None if other.timed_out else not other.agrees(one, jit)
