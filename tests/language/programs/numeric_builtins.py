"""abs, min, max, float and int of numbers: values, identity, types that change, builtins that change."""

import builtins
import math

from common import hot, outcome, runs, show


def loop(n):
    s, t = 0, 0.0
    for i in range(-n, n):
        s += abs(i) + min(i, 5) + max(i, 3) + max(i, s) - min(s, i)
        t += abs(i * 0.5) + float(i) + int(i * 1.7) + max(t, 1.0) - min(t, i * 0.25)
    return s, t


hot("loop", loop, (3,), (100,), repeat=6)


def texts(x):
    return str(x), f"{x}", f"{x!s}", f"{x!r}", f"{x:>5}", f"[{x}]{x}", str(x) is str(x), len(str(x)), str(x).isascii()


INTS = [0, 1, -1, 9, 10, -10, 99, 100, 256, 257, -1000, 2**30 - 1, 2**30, -(2**30), 2**31, 10**9, 10**17, 10**18 - 1]
INTS += [10**18, 2**60 - 1, -(2**60) + 1, 2**60, -(2**60), 2**63, -(2**63), 10**30, True, 2.5, "s", None]
for x in INTS:
    hot("text", texts, (x,), repeat=6)
hot("texts", texts, *[(x,) for x in INTS if x is not None], repeat=10)


class MyInt(int):
    def __abs__(self):
        return "abs"

    def __lt__(self, other):
        return True

    def __gt__(self, other):
        return True

    def __float__(self):
        return 99.5

    def __int__(self):
        return 98


class MyFloat(float):
    def __abs__(self):
        return "fabs"

    def __int__(self):
        return 97

    def __trunc__(self):
        return 96


class Number:
    def __abs__(self):
        return "own"

    def __float__(self):
        return 1.5

    def __int__(self):
        return 15


def abs_of(x):
    return abs(x)


def float_of(x):
    return float(x)


def int_of(x):
    return int(x)


def min_of(x, y):
    return min(x, y)


def max_of(x, y):
    return max(x, y)


def of_sums(x, y):
    """Nothing here has an object."""
    return abs(x - y), min(x + y, x - y), max(x + y, x - y), float(x + y), int(x * y)


inf, nan = math.inf, math.nan
ONE = [0, -3, 5, 2**30, -(2**30), 2**62, -(2**63), 2**63, 2**70, -(2**70), True, 2.5, -2.5, -0.0, 0.0, inf, -inf, nan]
ONE += [1e18, -1e18, 9.2e18, 9.3e18, -9.3e18, 1e300, MyInt(-4), MyFloat(-2.5), Number(), "12", "x", None, 1j]
for function in (abs_of, float_of, int_of):
    for x in ONE:
        hot(function.__name__, function, (x,), repeat=6)
    hot(function.__name__ + " all", function, *[(x,) for x in ONE], repeat=8)

TWO = [0, 3, -7, 300, 2**29, 2**31, 2**70, True, 2.5, -0.0, 0.0, nan, inf, MyInt(2), MyFloat(1.5), "a", None]
for function in (min_of, max_of, of_sums):
    for x in TWO:
        for y in TWO:
            show(f"{function.__name__}", runs([outcome(function, x, y) for _ in range(5)]))


def identities():
    a, b, c, d = int("1000"), int("1000"), float("2.5"), float("2.5")
    zero, minus = float("0.0"), float("-0.0")
    return (
        min(a, b) is a, max(a, b) is a, min(b, a) is b, max(c, d) is c, min(d, c) is d,
        str(max(zero, minus)), str(min(minus, zero)), str(min(zero, minus)), abs(a) is a, float(c) is c, int(a) is a,
    )  # fmt: skip


hot("identities", identities)


def of_locals(n):
    a = n * 1000
    b = a + 1
    kept = [a, b]
    return max(a, b) == kept[1], min(a, b) == kept[0], max(a, b) + min(a, b), max(a, 7), min(b, 7), max(-5, a)


hot("locals", of_locals, (1,), (0,), (-1,), (2**60,), (1.5,))


def shapes(x):
    return max(x, 2, 3), min([x, 2]), max(x, 1, key=lambda v: -v), min((x,), default=3), int(), float(), int("7", 8), max(*[x, 1])


hot("shapes", shapes, (1,), (4.5,))
hot("wrong", lambda: [outcome(f, *a) for f in (abs, min, max, float, int) for a in ((), (1, 2), (None,))])


def rebound(f):
    results = []
    for i in range(40):
        if i == 20:
            f()
        results.append((abs_of(-3), max_of(1, 2), int_of(2.5)))
    return runs([str(r) for r in results])


def change_builtins():
    builtins.abs = lambda x: "changed"


def change_globals():
    global max, int
    max = lambda x, y: "global max"  # noqa: E731
    int = lambda x: "global int"  # noqa: E731


show("builtins", rebound(change_builtins))
del builtins.abs
builtins.abs = type(max)  # whatever: restored below
import operator  # noqa: E402

builtins.abs = operator.abs
show("globals", rebound(change_globals))
