"""Generators: walks over trees with yield from, permutations, subsets, two-way send."""

from __future__ import annotations

from collections.abc import Generator, Iterator

SIZE = 190
SIZE_CHECK = 1


class Tree:
    def __init__(self, value: int, left: Tree | None = None, right: Tree | None = None) -> None:
        self.value = value
        self.left = left
        self.right = right

    def __iter__(self) -> Iterator[int]:
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def balanced(low: int, high: int) -> Tree | None:
    if low >= high:
        return None
    middle = (low + high) // 2
    return Tree(middle, balanced(low, middle), balanced(middle + 1, high))


def permutations(items: list[int]) -> Iterator[list[int]]:
    if len(items) <= 1:
        yield items
        return
    for index, item in enumerate(items):
        for rest in permutations(items[:index] + items[index + 1 :]):
            yield [item, *rest]


def subsets(items: list[int], total: int) -> Iterator[tuple[int, ...]]:
    """Subsets of positive items with the given sum."""
    if total == 0:
        yield ()
    elif items and total > 0:
        first, rest = items[0], items[1:]
        for subset in subsets(rest, total - first):
            yield (first, *subset)
        yield from subsets(rest, total)


def smoother(weight: float) -> Generator[float, float, None]:
    """Send a value, get the exponentially weighted mean so far."""
    mean = 0.0
    while True:
        mean += weight * ((yield mean) - mean)


def zigzag(limit: int) -> Iterator[int]:
    number = 0
    step = 1
    while number < limit:
        yield number if step % 2 else -number
        number += step % 3
        step += 1


def run(size: int) -> object:
    """Walk and count, `size` rounds."""
    total = 0
    mean = smoother(0.1)
    next(mean)
    last = 0.0
    for turn in range(size):
        tree = balanced(0, 500 + turn)
        if tree is not None:
            for value in tree:
                total += value
        for order in permutations([1, 2, 3, 4, 5, 6]):
            if order[0] < order[-1]:
                total += order[2]
        total += sum(len(subset) for subset in subsets(list(range(1, 15)), 25 + turn % 5))
        for value in zigzag(1500):
            last = mean.send(float(value))
    return total, round(last, 9)
