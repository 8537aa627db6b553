"""Powers, floor division and remainders of floats, functions of math: values to the last bit, errors, what they are given."""

import itertools
import math
import struct
import zlib
from math import atan2, ceil, cos, exp, floor, fmod, log, sin, sqrt

from common import hot, outcome, show

NAN, INF = float("nan"), float("inf")
ODD = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e308, -1e308, 5e-324, -5e-324, 1e-310, NAN, INF, -INF, 710.0]
ODD += [-746.0, 1e18, 9.3e18, -9.3e18, 1023.0, 1024.0, -1074.0, -1075.0, 0.1, 3.7, 1e16 + 2, 3, -3, 0, 2, 7, 2**53 + 1]
ODD += [2**63, 2**70, 10**400, True, "s", None, 1j]


def exact(value):
    if type(value) is float:
        return struct.pack(">d", value).hex()
    return f"{type(value).__name__} {value}"


def called(function, *args):
    try:
        return exact(function(*args))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


ONE = "sqrt fabs floor ceil sin cos tan asin acos atan exp log log2 log10 sinh cosh tanh".split()
TWO = "pow atan2 fmod copysign".split()
OPERATORS = {"power": "x ** y", "floored": "x // y", "rest": "x % y"}
FIXED = {"square": "x ** 2", "cube": "x ** 3", "root": "x ** 0.5", "falling": "x ** -1.5", "of_two": "2.0 ** x"}


def made(parameters, expression):
    space = {"math": math}
    exec(f"def made({parameters}):\n    return {expression}\n", space)
    return space["made"]


def over(name, function, cases):
    """Twice, so that guards that have failed are met by what they were made for again."""
    seen = [called(function, *case) for case in cases * 2]
    show(name, zlib.crc32(repr(seen).encode()), *seen[:40])


for name in ONE:
    over(name, made("x", f"math.{name}(x)"), [(x,) for x in ODD])
for name, expression in FIXED.items():
    over(name, made("x", expression), [(x,) for x in ODD if x != 10**400 and type(x) is not complex])
PAIRS = [pair for pair in itertools.product(ODD, ODD) if 10**400 not in pair and 2**70 not in pair]
for name in TWO:
    over(name, made("x, y", f"math.{name}(x, y)"), PAIRS)
WITH_FLOAT = [pair for pair in PAIRS if not all(isinstance(x, int) for x in pair)]
for name, expression in OPERATORS.items():
    over(name, made("x, y", expression), WITH_FLOAT)


def spiral(n):
    x = y = 0.0
    total, steps = 0.0, 0
    for i in range(1, n):
        r = sqrt(i) * 0.5 + i**0.25
        x, y = r * cos(i * 0.1), r * sin(i * 0.1)
        total += atan2(y, x) ** 2 + log(r) - exp(-r) + fmod(x, 0.7) + x % 0.3 - y // 0.2
        steps += floor(x) - ceil(y) + i**2
    return exact(total), steps


hot("spiral", spiral, (3,), (200,), repeat=6)


def leaves(values):
    out = []
    for v in values:
        try:
            out.append(sqrt(v))
        except ValueError as error:
            out.append(str(error))
    return out


hot("leaves", leaves, ([1.0, 4.0, -1.0, 9.0, -0.0, 2],), repeat=8)
hot("lines", outcome, (leaves, [1.0, "x"]), repeat=8)


class Real(float):
    def __pow__(self, other):
        return "power"

    def __rpow__(self, other):
        return "reflected"

    def __floor__(self):
        return "floor"

    def __mod__(self, other):
        return "rest"


class Like:
    def __float__(self):
        return 2.25

    def __ceil__(self):
        return "ceiling"


def mixed(x, y):
    return [called(f, x, y) for f in (lambda x, y: x**y, lambda x, y: x % y, lambda x, y: sqrt(x) + floor(y))]


hot("mixed", mixed, (2.0, 3.0), (Real(2.0), 3.0), (2.0, Real(3.0)), (4.0, -1.5), (Real(4.0), Real(1.5)), repeat=6)
hot("like", lambda x: (sqrt(x), ceil(x)), (2.5,), (Like(),), (6.25,), repeat=6)


def rebound(x):
    return math.sqrt(x) + math.floor(x)


hot("rebound", rebound, (2.25,), repeat=8)
math.sqrt, kept = (lambda x: x * 100), math.sqrt
hot("rebound", rebound, (2.25,), repeat=8)
math.sqrt = kept
hot("rebound", rebound, (2.25,), repeat=8)


def powers(n, k):
    return [i**2 for i in range(-n, n)] + [k**2, (k + 1) ** 2]


hot("powers", powers, (4, 2**31), (4, 2**32), (4, -(2**40)), (4, True), (4, 1.5), repeat=6)
