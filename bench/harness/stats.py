"""Numbers from runs: pure functions, no processes and no files.

Minima are compared, not means: what disturbs a run only ever makes it longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log


@dataclass(frozen=True)
class Turn:
    """One process: times of its iterations and its whole wall time in s, peak memory in KiB.

    `processor` are the iterations in processor time, which does not run while others have the
    processor.
    """

    times: Sequence[float]
    whole: float
    memory: int
    processor: Sequence[float] = ()
    digest: str = ""
    result: str = ""
    jit: bool = False


def steady(turns: Iterable[Turn]) -> float:
    """Seconds of the fastest iteration among the last half of every turn."""
    return min(min(turn.times[len(turn.times) // 2 :]) for turn in turns)


def processor(turns: Iterable[Turn]) -> float:
    """As `steady`, in seconds of processor time."""
    return min(min(turn.processor[len(turn.processor) // 2 :]) for turn in turns)


def first(turns: Iterable[Turn]) -> float:
    """Seconds of the fastest first iteration, which contains the warm-up."""
    return min(turn.times[0] for turn in turns)


def whole(turns: Iterable[Turn]) -> float:
    """Seconds of the fastest process from its start to its end."""
    return min(turn.whole for turn in turns)


def memory(turns: Iterable[Turn]) -> float:
    """KiB of the smallest peak of resident memory."""
    return float(min(turn.memory for turn in turns))


def largest_spread(*sides: Sequence[float]) -> float | None:
    """How far the turns of a side lie apart, for the side where it is most.

    Each side is the best time of every turn; the spread is slowest over fastest, 1 when all agree
    and None when no side has two turns.
    """
    return max((max(best) / min(best) for best in sides if len(best) > 1), default=None)


def agree(a: Iterable[Turn], b: Iterable[Turn]) -> bool:
    """Whether every turn of both sides computed the same."""
    return len({turn.digest for turn in (*a, *b)}) == 1


def geometric_mean(values: Iterable[float]) -> float | None:
    """The geometric mean of positive numbers, None for no numbers."""
    logarithms = [log(value) for value in values]
    if not logarithms:
        return None
    return exp(sum(logarithms) / len(logarithms))
