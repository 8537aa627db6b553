"""A run of the fuzzer: program after program, until time or count is up, and what it remembers.

The state, which can be saved to a file and resumed, is the first seed, how many programs were done, totals,
and the failures.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import random
import tempfile
import time
from collections.abc import Callable, Sequence

from fuzz.runner import ENDED, LIMIT, Outcome, Side, Workers, run_fresh

BATCH = 12  # programs that run one after another in one process
FRESH = 40  # one program in so many runs in a fresh interpreter as well
BALANCED = 240  # and one in so many is run many times, to see whether memory is left behind
FEW_RUNS, MANY_RUNS = 30, (400, 1600, 6400)  # how many times, and if some seems to be
# What is known to differ (docs/status.md): where exactly the recursion limit is reached; in a traceback,
# where an unbound local was read. And how soon memory is at its limit.
UNSURE = ("RecursionError", "UnboundLocalError: ", "MemoryError")
# Limits of recursion with which programs that differ must do the same without pyjit, their objects being
# elsewhere.
AGAIN = (LIMIT, LIMIT, LIMIT, LIMIT, LIMIT - 1, LIMIT + 1, LIMIT + 2)
LITTLE = "96K"  # code memory that fills up
LEGAL_ENDS = ("no memory for a number", "pyjit cannot be turned on")  # when a fault is injected
ROOM = ("FUZZ_MEMORY", str(1 << 32))  # for programs that run out of memory under pyjit
THRESHOLDS = (0, 3, 4, 5, 8)  # besides 1 and 2
TICKS = ("0", "1", "1", "50")  # microseconds; 0: loops are not taken over from the interpreter but run cold


@dataclasses.dataclass
class State:
    """What a campaign has done."""

    seed: int
    done: int = 0  # programs; the next one's seed is seed + done
    runs: int = 0  # of programs, under pyjit
    skipped: int = 0  # programs that took too long
    seconds: float = 0.0
    failures: list[dict[str, object]] = dataclasses.field(default_factory=list)

    def save(self, path: pathlib.Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: pathlib.Path) -> State:
        """Read it from a file."""
        return State(**json.loads(path.read_text()))


@dataclasses.dataclass(frozen=True)
class Failure:
    """Programs that did something else under pyjit."""

    seeds: tuple[int, ...]
    side: Side
    fresh: bool
    programs: tuple[str, ...]
    plain: Outcome
    jit: Outcome
    reducible: bool = True  # by running programs once on both sides

    def first_difference(self) -> str:
        """Return the first lines that differ."""
        if self.plain.status != self.jit.status:
            return f"exit status {self.plain.status}, under pyjit {self.jit.status}"
        (_, *ours), (_, *theirs) = self.plain.promised(self.side), self.jit.promised(self.side)
        for one, other in zip("\n".join(ours).split("\n"), "\n".join(theirs).split("\n"), strict=False):
            if one != other:
                return f"  plain: {one[:300]}\n  pyjit: {other[:300]}"
        return "one is longer than the other"


class Campaign:
    """Runs programs of a source on both sides."""

    def __init__(self, source: Callable[[int], str], state: State, base: Side, workers: Workers) -> None:
        """Take where programs come from, what has been done, and pyjit with the settings common to all."""
        self.source = source
        self.state = state
        self.base = base
        self.plain = Side(base.python)
        self.workers = workers
        self.batch: list[tuple[int, str]] = []
        self.skipped: set[int] = set()  # seeds

    def jit(self, threshold: int, **settings: str) -> Side:
        """Return the side of pyjit with a threshold and more settings, their names without PYJIT_."""
        more = tuple((f"PYJIT_{name.upper()}", value) for name, value in settings.items())
        return dataclasses.replace(self.base, threshold=threshold, settings=self.base.settings + more)

    def sides(self, seed: int) -> list[Side]:
        """Return the sides on which a program is run by workers."""
        rng = random.Random(seed)
        some = [self.jit(1), self.jit(2, tick=rng.choice(TICKS))]
        if rng.random() < 0.5:
            some.append(self.jit(rng.choice(THRESHOLDS), tick=rng.choice(TICKS)))
        if rng.random() < 0.1:
            some.append(self.jit(1, code_limit=LITTLE))
        return some

    def fresh_sides(self, seed: int) -> list[Side]:
        """Return the sides on which a program is run in a fresh interpreter."""
        fault = int(2 ** random.Random(seed).uniform(1, 13))
        return [self.jit(seed // FRESH % 3), self.jit(1, fault=f"{fault}{'+' * (fault % 2)}")]

    def compare(self, seeds: list[int], programs: list[str], side: Side, plain: Outcome) -> list[Failure]:
        """Run programs under pyjit and compare."""
        jit = self.workers.run(side, programs)
        self.state.runs += len(programs)
        crowded = "MemoryError" in jit.out  # pyjit takes some of the space that all have
        if (jit.timed_out or crowded) and len(programs) > 1:
            return self.compare_each(seeds, programs, side)
        if jit.timed_out:
            self.skip(seeds[0])
        elif not jit.agrees(plain, side) and self.repeats(programs, plain):
            differs = self.differs_with_room(programs, side) if crowded else True
            if differs:
                return [Failure(tuple(seeds), side, False, tuple(programs), plain, jit)]
            if differs is None:
                self.skip(seeds[0])
        return []

    def differs_with_room(self, programs: list[str], side: Side) -> bool | None:
        """Do the programs differ with more memory as well?  None if they take too long then."""
        plain, jit = (dataclasses.replace(it, settings=(*it.settings, ROOM)) for it in (self.plain, side))
        return self.workers.differs(plain, jit, programs)

    def compare_each(self, seeds: Sequence[int], programs: Sequence[str], side: Side) -> list[Failure]:
        """Run each of the programs in a process of its own and compare."""
        failures = []
        for seed, program in zip(seeds, programs, strict=True):
            plain = self.workers.run(self.plain, [program])
            failures += self.compare([seed], [program], side, plain)
        return failures

    def skip(self, seed: int) -> None:
        """Note that a program has not been compared on all sides."""
        self.state.skipped += seed not in self.skipped
        self.skipped.add(seed)

    def repeats(self, programs: list[str], plain: Outcome) -> bool:
        """Do the programs do the same again without pyjit?"""
        for number, limit in enumerate(AGAIN):
            with Workers() as others:
                again = others.run(self.plain, programs, limit=limit, displaced=number)
                if again.comparable() != plain.comparable():
                    return False
        return True

    def compare_fresh(self, seed: int, program: str, sides: list[Side]) -> list[Failure]:
        """Run a program in fresh interpreters and compare."""
        failures = []
        with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
            file.write(program)
            file.flush()
            path = pathlib.Path(file.name)
            plain = run_fresh(self.plain, path)
            for side in sides:
                jit = run_fresh(side, path)
                self.state.runs += 1
                odd = plain.timed_out or jit.timed_out or any(end in jit.err for end in LEGAL_ENDS)
                if odd or jit.agrees(plain, side):
                    continue
                if run_fresh(self.plain, path).comparable() == plain.comparable():
                    failures.append(Failure((seed,), side, True, (program,), plain, jit))
        return failures

    def compare_balance(self, seed: int, program: str) -> list[Failure]:
        """Run a program many times and see whether pyjit leaves more memory behind than the interpreter.

        pyjit keeps memory that it will use again, up to a limit, which takes some runs to be reached. What
        comes and goes, as in garbage that is collected now and then, must not matter: hence a look at many
        more runs, on both sides, and at more still. A program that leaves code behind without pyjit as well
        leaves more with it: what belongs to that code.
        """
        side = self.jit(1, tick="0")
        self.state.runs += FEW_RUNS
        jit = self.workers.run_often(side, program, FEW_RUNS)
        if jit.timed_out or (jit.status == 0 and min(json.loads(jit.out)[-8:]) <= 0):
            return []
        usual = grown = 0
        for runs in MANY_RUNS:
            self.state.runs += runs
            plain = self.workers.run_often(self.plain, program, runs)
            if plain.status != 0:
                return []
            if jit.status == 0:
                jit = self.workers.run_often(side, program, runs)
            if jit.timed_out:
                return []
            if jit.status != 0:
                return [Failure((seed,), side, False, (program,), plain, jit, reducible=False)]
            usual, grown = (sum(json.loads(done.out)[runs // 2 :]) for done in (plain, jit))
            if usual >= runs // 4 or grown - usual < runs // 4:
                return []
        plain, jit = Outcome(0, f"{usual} blocks left", ""), Outcome(0, f"{grown} blocks left", "")
        return [Failure((seed,), side, False, (program,), plain, jit, reducible=False)]

    def next_programs(self, count: int) -> tuple[list[int], list[str]]:
        """Return the next seeds and their programs."""
        seeds = [self.state.seed + self.state.done + number for number in range(count)]
        self.state.done += count
        return seeds, [self.source(seed) for seed in seeds]

    def step(self) -> list[Failure]:
        """Run the next program every way, and return where it failed."""
        (seed,), (program,) = self.next_programs(1)
        return self.run_alone(seed, program)

    def run_alone(self, seed: int, program: str) -> list[Failure]:
        """Run a program every way, and return where it failed."""
        plain = self.workers.run(self.plain, [program])
        if plain.timed_out or plain.status != 0 or any(word in plain.out for word in UNSURE):
            self.skip(seed)
            return []
        failures: list[Failure] = []
        for side in self.sides(seed):
            if not failures:
                failures += self.compare([seed], [program], side, plain)
        if not failures and seed % FRESH == 0:
            failures += self.compare_fresh(seed, program, self.fresh_sides(seed))
        if not failures and seed % BALANCED == 0:
            failures += self.compare_balance(seed, program)
        if not failures:
            self.batch.append((seed, program))
        if len(self.batch) == BATCH:
            failures += self.run_batch()
        return failures

    def step_batch(self) -> list[Failure]:
        """Run the next programs one after another in one process a side, and return where they failed."""
        seeds, programs = self.next_programs(BATCH)
        plain = self.workers.run(self.plain, programs)
        while plain.timed_out and programs:
            endless = min(len(plain.parts()), len(programs) - 1)
            self.skip(seeds.pop(endless))
            del programs[endless]
            plain = self.workers.run(self.plain, programs)
        if plain.status != 0:
            return [
                failure
                for seed, program in zip(seeds, programs, strict=True)
                for failure in self.run_alone(seed, program)
            ]
        unsure = [number for number, part in enumerate(plain.parts()) if any(word in part for word in UNSURE)]
        for number in reversed(unsure):
            self.skip(seeds.pop(number))
            del programs[number]
        if not programs:
            return []
        if unsure:
            plain = self.workers.run(self.plain, programs)
        failures: list[Failure] = []
        first, *_, last = self.sides(seeds[0])  # not all, for more programs
        for side in (first, last):
            if not failures:
                for failure in self.compare(seeds, programs, side, plain):
                    failures += self.narrow(failure) or [failure]
        for seed, program in zip(seeds, programs, strict=True):
            if not failures and seed % BALANCED == 0:
                failures += self.compare_balance(seed, program)
        return failures

    def narrow(self, failure: Failure) -> list[Failure]:
        """Return the failures of the programs of a failure when each runs in a process of its own.

        If the worker itself has ended nothing is run: every program would end it, and take its time.
        """
        if failure.jit.err == ENDED:
            return []
        return self.compare_each(failure.seeds, failure.programs, failure.side)

    def run_batch(self) -> list[Failure]:
        """Run the programs collected one after another in one process."""
        seeds, programs = [seed for seed, _ in self.batch], [program for _, program in self.batch]
        self.batch = []
        plain = self.workers.run(self.plain, programs)
        if plain.timed_out or plain.status != 0:
            return []
        return self.compare(seeds, programs, self.jit(1), plain)

    def run(
        self,
        count: int | None,
        seconds: float | None,
        found: Callable[[Failure], None],
        progress: Callable[[], None],
        *,
        batches: bool = False,
    ) -> None:
        """Go on for so many programs, or until so many seconds are over; `progress` is called after each.

        With `batches` several run in one process at a time, always.
        """
        began, before = time.monotonic(), self.state.seconds
        end = None if count is None else self.state.done + count
        while (end is None or self.state.done < end) and (
            seconds is None or time.monotonic() - began < seconds
        ):
            for failure in self.step_batch() if batches else self.step():
                self.state.failures.append(
                    {"seeds": list(failure.seeds), "side": failure.side.name, "fresh": failure.fresh}
                )
                found(failure)
            self.state.seconds = before + time.monotonic() - began
            progress()
