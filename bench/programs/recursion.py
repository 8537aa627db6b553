"""Recursion of several shapes: self, mutual, nested and over structures."""

SIZE = 120
SIZE_CHECK = 1


def hofstadter_g(n: int) -> int:
    """Nested recursion: G(n) = n - G(G(n - 1))."""
    if n == 0:
        return 0
    return n - hofstadter_g(hofstadter_g(n - 1))


def female(n: int) -> int:
    return 1 if n == 0 else n - male(female(n - 1))


def male(n: int) -> int:
    return 0 if n == 0 else n - female(male(n - 1))


def partitions(total: int, largest: int) -> int:
    """Ways to write total as a sum of parts no larger than largest."""
    if total == 0:
        return 1
    if total < 0 or largest == 0:
        return 0
    return partitions(total - largest, largest) + partitions(total, largest - 1)


def ackermann(m: int, n: int) -> int:
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def fibonacci(n: int) -> int:
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def gray_codes(bits: int) -> list[int]:
    if bits == 0:
        return [0]
    half = gray_codes(bits - 1)
    return half + [code + (1 << (bits - 1)) for code in reversed(half)]


def depth_sum(nested: list[object], depth: int = 1) -> int:
    """Sum of integers of a nested list, each weighted with its depth."""
    total = 0
    for item in nested:
        if isinstance(item, list):
            total += depth_sum(item, depth + 1)
        elif isinstance(item, int):
            total += item * depth
    return total


def nest(depth: int, width: int) -> list[object]:
    if depth == 0:
        return list(range(width))
    return [depth, nest(depth - 1, width), nest(depth - 1, width)]


def run(size: int) -> object:
    """Do the whole set `size` times with slowly changing arguments."""
    total = 0
    for turn in range(size):
        total += hofstadter_g(34 + turn % 3) + female(26) + male(27)
        total += partitions(26 + turn % 2, 26)
        total += ackermann(2, 40 + turn % 20)
        total += fibonacci(18 + turn % 2)
        total += sum(gray_codes(10)) + depth_sum(nest(7, 5))
    return total
