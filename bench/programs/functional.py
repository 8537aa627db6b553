"""functools and itertools: map, filter, reduce, partial, accumulate, groupby, product, chain."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial, reduce, singledispatch
from itertools import (
    accumulate,
    chain,
    combinations,
    compress,
    count,
    cycle,
    groupby,
    islice,
    product,
    starmap,
    takewhile,
    zip_longest,
)
from operator import add, mul

SIZE = 4000
SIZE_CHECK = 2


@singledispatch
def describe(value: object) -> int:
    return 0


@describe.register
def _(value: int) -> int:
    return value % 10


@describe.register
def _(value: str) -> int:
    return len(value)


@describe.register
def _(value: tuple) -> int:  # type: ignore[type-arg]
    return sum(map(describe, value))


def scale(factor: int, value: int) -> int:
    return factor * value


def is_odd(value: int) -> bool:
    return value % 2 == 1


def dice(sides: int, throws: int) -> dict[int, int]:
    return Counter(sum(roll) for roll in product(range(1, sides + 1), repeat=throws))


def run(size: int) -> object:
    """One round of everything, `size` times."""
    check = 0
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for turn in range(size):
        numbers = list(islice(count(turn), 120))
        check += reduce(add, map(partial(scale, 3), filter(is_odd, numbers)))
        check += sum(accumulate(numbers, lambda a, b: (a * 2 + b) % 1009))
        for key, members in groupby(numbers, key=lambda n: n // 8):
            groups[key % 5].append(sum(members))
        check += sum(starmap(mul, zip(numbers, cycle([1, 2, 3]))))
        check += sum(a * b % 7 for a, b in combinations(numbers[:24], 2))
        check += len(list(takewhile(lambda n: n < turn + 50, numbers)))
        check += sum(compress(numbers, cycle([True, False, False])))
        check += max(dice(6, 3).values())
        mixed = chain(numbers[:20], ["ab", "cde"], [(1, "x"), (2, "yz")])
        check += sum(describe(item) for item in mixed)
        check += sum(a - (b or 0) for a, b in zip_longest(numbers, numbers[:60]))
    return check, {key: sum(values) % 9973 for key, values in sorted(groups.items())}
