"""The command: ``PYTHONPATH=tests python -m fuzz --python PY --pyjit DIR --minutes 5``.

Exit status 0 only if nothing differed.  The last line is ``N passed, N failed``, as of all test stages.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import subprocess
import sys
from collections.abc import Callable

from fuzz import coverage
from fuzz.campaign import Campaign, Failure, State
from fuzz.library import library, mutate
from fuzz.program import generate
from fuzz.runner import Side, Workers
from fuzz.triage import shrink_failure

SAVED = 50  # the state is saved every so many programs
LIBRARY = 8  # of both sources, every so manieth program is of the library


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--python", type=pathlib.Path, default=pathlib.Path(sys.executable),
                        help="the interpreter under test")  # fmt: skip
    parser.add_argument("--pyjit", type=pathlib.Path, metavar="DIR",
                        help="directory that holds the package pyjit, if it is not installed")  # fmt: skip
    parser.add_argument("--variable", metavar="NAME=VALUE", action="append", default=[],
                        help="environment variable for programs under pyjit")  # fmt: skip
    parser.add_argument("--seed", type=int, help="of the first program; at random if not given")
    parser.add_argument("--source", choices=("grammar", "library", "both"), default="both",
                        help="of programs: the grammar, or CPython's own test files")  # fmt: skip
    parser.add_argument("--count", type=int, help="programs to run")
    parser.add_argument("--minutes", type=float, help="time to go on for")
    parser.add_argument(
        "--resume", type=pathlib.Path, metavar="FILE", help="go on from this state, keep it there"
    )
    parser.add_argument("--batches", action="store_true",
                        help="run programs in one process a side, several at a time: faster")  # fmt: skip
    parser.add_argument("--findings", type=pathlib.Path, default=pathlib.Path("fuzz-findings"), metavar="DIR",
                        help="where programs that differ are put")  # fmt: skip
    parser.add_argument("--coverage", type=pathlib.Path, metavar="FILE",
                        help="add what is reached to this file and print what never was "
                        "(needs a build with -Dcoverage=true)")  # fmt: skip
    parser.add_argument("--shrink", type=float, default=60, metavar="SECONDS",
                        help="how long to reduce a program that differs; 0: not at all")  # fmt: skip
    parser.add_argument("--most", type=int, default=20, help="end after so many that differ")
    parser.add_argument("--show", action="store_true", help="print the program of the seed and end")
    return parser.parse_args()


def installed(python: pathlib.Path) -> pathlib.Path:
    """Return the directory of the pyjit that is installed in an interpreter."""
    code = "import os, pyjit; print(os.path.dirname(pyjit.__path__[0]))"
    run = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True)
    return pathlib.Path(run.stdout.strip())


def source_of(name: str, python: pathlib.Path) -> Callable[[int], str]:
    """Return where programs come from: a function of their seeds."""
    if name == "grammar" or not library(python):
        return generate
    if name == "library":
        return lambda seed: mutate(python, seed)
    return lambda seed: mutate(python, seed) if seed % LIBRARY == 0 else generate(seed)


def keep(failure: Failure, directory: pathlib.Path) -> pathlib.Path:
    """Write the programs of a failure to files, and return the first of them."""
    directory.mkdir(parents=True, exist_ok=True)
    stem = f"{failure.seeds[0]}-{failure.side.name}" + ("-fresh" if failure.fresh else "")
    paths = []
    for number, program in enumerate(failure.programs):
        paths.append(directory / f"{stem}{f'-{number}' if len(failure.programs) > 1 else ''}.py")
        paths[-1].write_text(program)
    return paths[0]


def main() -> int:
    """Run a campaign."""
    arguments = parse()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**32)
    if arguments.show:
        print(source_of(arguments.source, arguments.python)(seed), end="")
        return 0
    state = State(seed)
    if arguments.resume and arguments.resume.exists():
        state = State.load(arguments.resume)
    print(f"seed {state.seed + state.done}", flush=True)
    if arguments.pyjit is None:
        arguments.pyjit = installed(arguments.python)
    source = source_of(arguments.source, arguments.python)
    before, saved = len(state.failures), state.done

    def found(failure: Failure) -> None:
        path = keep(failure, arguments.findings)
        print(f"differs: seed {failure.seeds[0]}, {failure.side.name}: {path}\n{failure.first_difference()}",
              flush=True)  # fmt: skip
        if arguments.shrink and failure.reducible and len(failure.programs) == 1:
            small = shrink_failure(
                workers, campaign.plain, failure.side, failure.programs[0], arguments.shrink
            )
            path.with_suffix(".small.py").write_text(small)
            print(f"reduced to {len(small.splitlines())} lines: {path.with_suffix('.small.py')}", flush=True)
        if len(state.failures) - before >= arguments.most:
            raise KeyboardInterrupt

    def progress() -> None:
        nonlocal saved
        if arguments.resume and state.done - saved >= SAVED:
            saved = state.done
            state.save(arguments.resume)

    with Workers() as workers:
        variables = tuple((name, value) for name, _, value in (v.partition("=") for v in arguments.variable))
        base = Side(arguments.python, arguments.pyjit, settings=variables)
        campaign = Campaign(source, state, base, workers)
        limit = arguments.minutes * 60 if arguments.minutes is not None else None
        try:
            campaign.run(
                arguments.count if limit is None or arguments.count else None, limit, found, progress,
                batches=arguments.batches,
            )  # fmt: skip
        except KeyboardInterrupt:
            print("stopped")
        if arguments.coverage:
            coverage.save(arguments.coverage, workers.coverage())
            operations = coverage.find_operations(arguments.pyjit)
            print(coverage.report(operations, coverage.load(arguments.coverage)), end="")
    if arguments.resume:
        state.save(arguments.resume)
    failed = len(state.failures) - before
    print(f"seed {state.seed}: {state.done} programs, {state.runs} runs under pyjit, "
          f"{state.skipped} skipped, "
          f"{state.done / max(state.seconds, 0.001):.1f} programs a second")  # fmt: skip
    too_slow = state.skipped > state.done / 2
    if too_slow:
        print("most programs took too long")
    print(f"{max(state.done - state.skipped - failed, 0)} passed, {failed} failed")
    return 1 if failed or too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
