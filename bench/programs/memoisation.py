"""Memoised recursion: dicts as caches, lru_cache, cached_property, a cache class."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property, lru_cache

SIZE = 510
SIZE_CHECK = 2


def edit_distance(left: str, right: str) -> int:
    known: dict[tuple[int, int], int] = {}

    def distance(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        if (i, j) in known:
            return known[i, j]
        if left[i - 1] == right[j - 1]:
            result = distance(i - 1, j - 1)
        else:
            result = 1 + min(distance(i - 1, j), distance(i, j - 1), distance(i - 1, j - 1))
        known[i, j] = result
        return result

    return distance(len(left), len(right))


@lru_cache(maxsize=None)
def best_value(items: tuple[tuple[int, int], ...], capacity: int) -> int:
    """The knapsack problem; items are (weight, value)."""
    if not items:
        return 0
    (weight, value), rest = items[0], items[1:]
    best = best_value(rest, capacity)
    if weight <= capacity:
        best = max(best, value + best_value(rest, capacity - weight))
    return best


@lru_cache(maxsize=64)
def steps(number: int) -> int:
    """Fewest operations (-1, /2, /3) to reach 1."""
    if number <= 1:
        return 0
    return 1 + min(number % 2 + steps(number // 2), number % 3 + steps(number // 3))


class RecentCache:
    """Keeps the most recently used entries."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.entries: OrderedDict[int, int] = OrderedDict()
        self.hits = 0

    def get(self, key: int) -> int:
        if key in self.entries:
            self.hits += 1
            self.entries.move_to_end(key)
            return self.entries[key]
        value = key * key % 1009
        self.entries[key] = value
        if len(self.entries) > self.capacity:
            self.entries.popitem(last=False)
        return value


class Report:
    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers

    @cached_property
    def total(self) -> int:
        return sum(self.numbers)

    @cached_property
    def spread(self) -> int:
        return max(self.numbers) - min(self.numbers) + self.total


def run(size: int) -> object:
    """Everything `size` times, from empty caches."""
    words = ["saturday afternoon", "sunday mornings", "sundry afterthoughts", "some days turn"]
    check = 0
    cache = RecentCache(40)
    for turn in range(size):
        best_value.cache_clear()
        check += edit_distance(words[turn % 4], words[(turn + 1) % 4])
        items = tuple((3 + n * 5 % 11, 10 + n * 7 % 23) for n in range(14))
        check += best_value(items, 45 + turn % 7)
        check += sum(steps(number) for number in range(turn * 50, turn * 50 + 200))
        check += sum(cache.get(number * number % 61) for number in range(300))
        reports = [Report(list(range(n, n + 8))) for n in range(30)]
        check += sum(report.spread + report.total + report.spread for report in reports)
    return check, cache.hits
