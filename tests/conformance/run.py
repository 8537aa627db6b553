#!/usr/bin/env python3
"""Run CPython's own test suite with and without pyjit and compare test by test.

Every module of ``python -m test`` runs in a process of its own, once plainly and once with
``PYJIT=1 PYJIT_THRESHOLD=1``, two at a time, in the same virtual environment.  A test whose outcome
(pass, fail, error, skip) is not the same on both sides is run again on both; what still differs is a
difference.  Results are kept module by module, so an interrupted run continues where it stopped,
and a new build of pyjit repeats only its own side.

    run.py --python /usr/bin/python3.11 --pyjit build          # a build directory
    run.py --python .venv/bin/python                           # pyjit installed in that environment
    run.py --python /usr/bin/python3.11 --baseline             # durations and outcomes without pyjit
    run.py ... --cut                                           # the short list (about ten minutes)
    run.py ... test_generators test_descr                      # only these modules

Exit status: 0 no difference, 1 differences, 2 the run itself could not be done.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from xml.etree import ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from support import make_environment  # noqa: E402 (beside this directory)

# Modules that say nothing about the interpreter and need a screen, a network or many gigabytes.
NEVER_RUN = frozenset(
    {"test_tkinter", "test_ttk", "test_ttk_guionly", "test_ttk_textonly", "test_tk", "test_idle",
     "test_turtle", "test_bigmem", "test_winreg", "test_winsound", "test_winconsoleio",
     "test_msilib", "test_startfile", "test_kqueue"}
)  # fmt: skip

# Worse outcomes win when subtests give one test several.
SEVERITY = ("pass", "skip", "fail", "error")

WHOLE_MODULE = "(whole module)"
NAMELESS = "(tests failed by their subtests)"


@dataclasses.dataclass
class ModuleResult:
    """What one run of one test module gave."""

    status: str  # "ran", "crash -11", "exit 1", "timeout"
    seconds: float
    tests: dict[str, str]  # test id -> outcome
    log: str  # last output, only when something went wrong

    @property
    def broken(self) -> bool:
        """The process did not come to its regular end."""
        return self.status != "ran"


@dataclasses.dataclass
class Settings:
    """How modules are run."""

    python: pathlib.Path
    results: pathlib.Path
    timeout: float  # seconds for a module
    use: str
    threshold: str
    build: str  # fingerprint of the pyjit under test
    tick: str = ""  # PYJIT_TICK, the same
    verify: bool = False  # PYJIT_VERIFY, the same


@dataclasses.dataclass
class Difference:
    """A test whose outcome depends on pyjit."""

    module: str
    test: str
    plain: str
    jit: str
    known: str = ""  # the reason, for those in known_differences.txt

    def line(self) -> str:
        """One line for people."""
        reason = f"  [known: {self.known}]" if self.known else ""
        return f"{self.module} {self.test}: {self.plain} -> {self.jit}{reason}"


_print_lock = threading.Lock()


def say(text: str) -> None:
    """Print a whole line at once, from any thread."""
    with _print_lock:
        print(text, flush=True)


def read_list(path: pathlib.Path) -> list[str]:
    """Lines of a text file without comments and blank lines."""
    lines = (line.split("#", 1)[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def read_known(path: pathlib.Path) -> dict[str, str]:
    """Known differences: test id -> reason.  A line is ``<module> <test id>  # reason``."""
    known: dict[str, str] = {}
    if not path.exists():
        return known
    for line in path.read_text().splitlines():
        name, _, reason = line.partition("#")
        if name.strip():
            module, _, test = name.strip().partition(" ")
            known[f"{module} {test.strip()}"] = reason.strip()
    return known


def fingerprint(python: pathlib.Path) -> str:
    """A hash of the pyjit installed for this interpreter.

    Raises RuntimeError when pyjit does not import or does not start there.
    """
    code = (
        "import pyjit, glob, os, hashlib\n"
        "assert pyjit.is_enabled(), 'PYJIT=1 does not start pyjit'\n"
        "h = hashlib.sha256()\n"
        "root = os.path.dirname(pyjit.__file__)\n"
        "for f in sorted(glob.glob(root + '/*.py') + glob.glob(root + '/*.so')):\n"
        "    h.update(open(f, 'rb').read())\n"
        "print(h.hexdigest()[:16])\n"
    )
    run = subprocess.run(
        [str(python), "-c", code],
        env={**plain_environment(), "PYJIT": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip() or f"exit status {run.returncode}")
    return run.stdout.split()[-1]


def list_modules(python: pathlib.Path) -> list[str]:
    """All modules of the interpreter's own suite."""
    run = subprocess.run(
        [str(python), "-m", "test", "--list-tests"],
        capture_output=True, text=True, env=plain_environment(), check=False,
    )  # fmt: skip
    if run.returncode != 0:
        raise RuntimeError(f"{python} -m test does not run: {run.stderr.strip()[-500:]}")
    return [name for name in run.stdout.split() if name not in NEVER_RUN]


def plain_environment() -> dict[str, str]:
    """The environment without any setting of pyjit, the same for every run."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYJIT", "PYTHON"))}
    return kept | {"LC_ALL": "C.UTF-8"}


def read_outcomes(path: pathlib.Path) -> dict[str, str]:
    """Outcome of every test in a JUnit file written by regrtest."""
    outcomes: dict[str, str] = {}
    if not path.exists() or path.stat().st_size == 0:
        return outcomes
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        # regrtest leaves a test nameless when only its subtests failed.
        name = case.get("name", NAMELESS)
        if case.find("error") is not None:
            outcome = "error"
        elif case.find("failure") is not None or name == NAMELESS:
            outcome = "fail"
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            outcome = "skip"
        else:
            outcome = "pass"
        before = outcomes.get(name, "pass")
        outcomes[name] = max(before, outcome, key=SEVERITY.index)
    return outcomes


def run_module(settings: Settings, module: str, jit: bool) -> ModuleResult:
    """Run one module once."""
    environment = plain_environment()
    if jit:
        environment |= {"PYJIT": "1", "PYJIT_THRESHOLD": settings.threshold}
        environment |= {"PYJIT_TICK": settings.tick} if settings.tick else {}
        environment |= {"PYJIT_VERIFY": "1"} if settings.verify else {}
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="conformance-"))
    report = scratch / "report.xml"
    command = [
        str(settings.python), "-m", "test", "--timeout", str(settings.timeout),
        "--tempdir", str(scratch), "--junit-xml", str(report),
        *(["-u", settings.use] if settings.use else []), module,
    ]  # fmt: skip
    began = time.monotonic()
    timed_out = False
    with open(scratch / "log", "wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            cwd=scratch, env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(settings.timeout + 20)
        except subprocess.TimeoutExpired:
            timed_out = True
        end_group(process)
    seconds = time.monotonic() - began
    output = (scratch / "log").read_bytes().decode(errors="replace")
    tests: dict[str, str] = {}
    code = process.returncode
    if timed_out or (code == 1 and "Timeout (" in output):
        status = "timeout"
    elif code < 0:
        status = f"crash {code}"
    elif code in (0, 2, 3, 4):  # all well, failures, environment changed, no tests
        status = "ran"
        tests = read_outcomes(report)
        if "\nSKIPPED" in output or f"{module} skipped" in output:
            tests[WHOLE_MODULE] = "skip"
    else:
        status = f"exit {code}"
    shutil.rmtree(scratch, ignore_errors=True)
    wrong = status != "ran" or code == 2
    return ModuleResult(status, round(seconds, 2), tests, output[-20000:] if wrong else "")


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Make sure that nothing of a module's session is left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def result_path(settings: Settings, module: str, jit: bool, attempt: int) -> pathlib.Path:
    """Where the result of one run is kept."""
    key = f"{settings.python}|{settings.use}"
    if jit:
        key += f"|{settings.build}|{settings.threshold}|{settings.tick}"
        key += "|verify" if settings.verify else ""
    side = ("jit-" if jit else "plain-") + hashlib.sha256(key.encode()).hexdigest()[:10]
    return settings.results / side / f"{module}.{attempt}.json"


def obtain(settings: Settings, module: str, jit: bool, attempt: int) -> ModuleResult:
    """The kept result of a run, or a new one."""
    path = result_path(settings, module, jit, attempt)
    if path.exists():
        kept: dict[str, object] = json.loads(path.read_text())
        return ModuleResult(**kept)  # type: ignore[arg-type]
    result = run_module(settings, module, jit)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(dataclasses.asdict(result), indent=0))
    partial.rename(path)
    return result


def outcomes_of(result: ModuleResult, test: str) -> str:
    """The outcome of one test in a run, the run's own fate when it did not end."""
    if result.broken:
        return result.status
    return result.tests.get(test, "ran" if test == WHOLE_MODULE else "absent")


def differing(plain: list[ModuleResult], jit: list[ModuleResult]) -> dict[str, tuple[str, str]]:
    """Tests for which no run on one side gave what some run on the other gave."""
    names = {name for result in plain + jit for name in result.tests} or {WHOLE_MODULE}
    if all(result.broken for result in jit) or all(result.broken for result in plain):
        names = {WHOLE_MODULE}
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(names):
        left = {outcomes_of(result, name) for result in plain}
        right = {outcomes_of(result, name) for result in jit}
        if left.isdisjoint(right):
            found[name] = ("/".join(sorted(left)), "/".join(sorted(right)))
    return found


@dataclasses.dataclass
class Comparison:
    """Both sides of one module."""

    module: str
    plain: ModuleResult
    jit: ModuleResult | None
    differences: list[Difference]
    unstable: list[str]  # differed once, agreed when repeated


def compare_module(settings: Settings, module: str, retries: int) -> Comparison:
    """Run a module on both sides, repeating it when they do not agree."""
    plain = [obtain(settings, module, False, 0)]
    jit = [obtain(settings, module, True, 0)]
    first = found = differing(plain, jit)
    for attempt in range(1, retries + 1):
        if not found:
            break
        jit.append(obtain(settings, module, True, attempt))
        found = differing(plain, jit)
        if found:
            plain.append(obtain(settings, module, False, attempt))
            found = differing(plain, jit)
    differences = [Difference(module, test, *sides) for test, sides in found.items()]
    unstable = [f"{module} {test}" for test in first if test not in found]
    return Comparison(module, plain[0], jit[0], differences, unstable)


def count(results: list[ModuleResult]) -> dict[str, int]:
    """How many tests had each outcome."""
    totals: dict[str, int] = {}
    for result in results:
        if result.broken:
            totals["broken modules"] = totals.get("broken modules", 0) + 1
        for outcome in result.tests.values():
            totals[outcome] = totals.get(outcome, 0) + 1
    return totals


def run_baseline(settings: Settings, modules: list[str], jobs: int) -> int:
    """Only the plain side: outcomes and durations."""
    results: dict[str, ModuleResult] = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = {pool.submit(obtain, settings, m, False, 0): m for m in modules}
        for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
            module = futures[future]
            result = results[module] = future.result()
            say(f"[{number}/{len(modules)}] {module} {result.status} {result.seconds:.1f} s")
    slow = sorted(results, key=lambda m: -results[m].seconds)
    report = {
        "totals": count(list(results.values())),
        "seconds": {m: results[m].seconds for m in slow},
        "broken": {m: r.status for m, r in results.items() if r.broken},
        "not passing": {
            m: bad
            for m, r in sorted(results.items())
            if (bad := {t: o for t, o in r.tests.items() if o in ("fail", "error")})
        },
    }
    (settings.results / "baseline.json").write_text(json.dumps(report, indent=1))
    say(f"baseline: {report['totals']}, {sum(r.seconds for r in results.values()):.0f} s in all")
    say("slowest: " + ", ".join(f"{m} {results[m].seconds:.0f}" for m in slow[:25]))
    return 0


def run_comparison(settings: Settings, modules: list[str], jobs: int, retries: int) -> int:
    """Both sides of all modules; returns the exit status."""
    known = read_known(HERE / "known_differences.txt")
    began = time.monotonic()
    done: list[Comparison] = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(compare_module, settings, m, retries) for m in modules]
        for number, future in enumerate(concurrent.futures.as_completed(futures), 1):
            one = future.result()
            done.append(one)
            for difference in one.differences:
                difference.known = known.get(f"{difference.module} {difference.test}", "")
            assert one.jit is not None
            verdict = f"{len(one.differences)} DIFFER" if one.differences else "same"
            say(
                f"[{number}/{len(modules)}] {one.module}: {len(one.jit.tests)} tests, {verdict}"
                f" ({one.plain.seconds:.1f} s plain, {one.jit.seconds:.1f} s pyjit)"
            )
            for difference in one.differences[:10]:
                say("    " + difference.line())
    done.sort(key=lambda one: one.module)
    differences = [d for one in done for d in one.differences]
    new = [d for d in differences if not d.known]
    plain = count([one.plain for one in done])
    jit = count([one.jit for one in done if one.jit is not None])
    report = {
        "build": settings.build,
        "modules": len(done),
        "plain": plain,
        "pyjit": jit,
        "differences": [dataclasses.asdict(d) for d in differences],
        "unstable": [name for one in done for name in one.unstable],
        "seconds": {one.module: [one.plain.seconds, one.jit.seconds if one.jit else 0] for one in done},
        "logs": {one.module: one.jit.log[-6000:] for one in done if one.differences and one.jit},
    }
    (settings.results / "report.json").write_text(json.dumps(report, indent=1))
    say("")
    for difference in differences:
        say(difference.line())
    unstable = [name for one in done for name in one.unstable]
    if unstable:
        say("differed once and agreed when repeated: " + ", ".join(unstable))
    say(f"plain: {plain}")
    say(f"pyjit: {jit}")
    say(f"details: {settings.results / 'report.json'}")
    same = sum(len(one.plain.tests) for one in done) - len(differences)
    say(f"{len(done)} modules in {time.monotonic() - began:.0f} s")
    if len(new) < len(differences):
        say(f"{len(differences) - len(new)} known differences, counted neither way")
    say(f"{max(same, 0)} passed, {len(new)} failed")
    return 1 if new else 0


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter to test")
    parser.add_argument("--pyjit", metavar="DIR", help="build directory holding the package pyjit")
    parser.add_argument("--baseline", action="store_true", help="run without pyjit only")
    parser.add_argument("--cut", action="store_true", help="the modules of cut.txt")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--timeout", type=float, default=900, help="seconds for a module")
    parser.add_argument("--retries", type=int, default=2, help="repetitions of what differs")
    parser.add_argument("--use", default="", help="resources, as regrtest's -u")
    parser.add_argument("--threshold", default="1", help="PYJIT_THRESHOLD of the pyjit side")
    parser.add_argument("--tick", default="", help="PYJIT_TICK of the pyjit side")
    parser.add_argument("--verify", action="store_true", help="PYJIT_VERIFY=1, for a debug build")
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path("build-conformance"))
    parser.add_argument("--fresh", action="store_true", help="forget all kept results")
    parser.add_argument("modules", nargs="*", help="test modules (default: all)")
    return parser.parse_args()


def main() -> int:
    """Entry point; returns the exit status."""
    arguments = parse_arguments()
    # A runner in the background of a shell ignores SIGINT, and tests would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    found = shutil.which(arguments.python)
    if found is None:
        say(f"run.py: no such interpreter: {arguments.python}")
        return 2
    python = pathlib.Path(os.path.abspath(found))
    version = subprocess.run(
        [str(python), "-c", "import platform; print(platform.python_version())"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    results: pathlib.Path = arguments.results.resolve() / version
    if arguments.fresh:
        shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True, exist_ok=True)
    build = ""
    try:
        if arguments.pyjit:
            python = make_environment(python, pathlib.Path(arguments.pyjit), results / "venv")
        if not arguments.baseline:
            build = fingerprint(python)
        available = list_modules(python)
    except (RuntimeError, subprocess.CalledProcessError) as error:
        say(f"run.py: {error}")
        return 2
    modules: list[str] = arguments.modules
    if not modules and arguments.cut:
        # From 3.11.4 on, packages of tests are listed by their modules.
        modules = [
            m
            for entry in read_list(HERE / "cut.txt")
            for m in available
            if m == entry or m.startswith(f"test.{entry}.")
        ]
    modules = modules or available
    settings = Settings(
        python, results, arguments.timeout, arguments.use, arguments.threshold, build, arguments.tick,
        arguments.verify,
    )  # fmt: skip
    say(f"CPython {version} ({python}), {len(modules)} modules, {arguments.jobs} at a time")
    if arguments.baseline:
        return run_baseline(settings, modules, arguments.jobs)
    return run_comparison(settings, modules, arguments.jobs, arguments.retries)


if __name__ == "__main__":
    sys.exit(main())
