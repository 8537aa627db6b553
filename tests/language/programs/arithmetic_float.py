"""Floats: signed zeros, infinities, NaN, mixing with integers."""

import math

from common import hot, show

INF = float("inf")
NAN = float("nan")
VALUES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, 3.0, 1e308, -1e308, 5e-324, 1e16, 2.0**53, 2.0**63,
          -(2.0**63), INF, -INF, NAN, 0, 1, -1, 3, 2**53, 2**53 + 1, 2**63, 2**64, 10**400, True, False, 1e22]


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def div(a, b):
    return a / b


def floordiv(a, b):
    return a // b


def mod(a, b):
    return a % b


def power(a, b):
    return a**b


def compare(a, b):
    return a < b, a <= b, a == b, a != b, a > b, a >= b


def branches(a, b):
    r = 0
    if a < b:
        r |= 1
    if a <= b:
        r |= 2
    if a == b:
        r |= 4
    if a != b:
        r |= 8
    if a > b:
        r |= 16
    if a >= b:
        r |= 32
    if not a < b:
        r |= 64
    if not a == b:
        r |= 128
    while a < b:
        r |= 256
        break
    return r


FEW = [(1.5, 2.5), (0.0, -0.0), (1.0, 0.0), (INF, -INF), (NAN, 1.0), (2, 0.5), (0.5, 2), (True, 0.5),
       (10**400, 1.0), (1.0, 10**400), (-7.5, 2.0), (7.5, -2.0), (-0.0, 5.0), (1e308, 10.0), (5.0, INF),
       (-5.0, INF), (2.0, 0.5), (-8.0, 1 / 3), (0.0, -1.0), (3.0, 0), (2**53 + 1, 2.0**53)]
for f in (add, sub, mul, div, floordiv, mod, power, compare, branches):
    hot(f.__name__, f, *FEW, repeat=20)
    table = []
    for a in VALUES:
        for b in VALUES:
            if f is power and (abs(a) > 1e20 or abs(b) > 1e3) and isinstance(a, int) and isinstance(b, int):
                continue
            try:
                table.append(repr(f(a, b)))
            except (ZeroDivisionError, OverflowError) as e:
                table.append(f"{type(e).__name__} {e}")
    show(f.__name__ + " table", *table)


def unary(x):
    return -x, +x, not x, abs(x), bool(x), math.copysign(1.0, -x)


hot("unary", unary, (0.0,), (-0.0,), (INF,), (NAN,), (1.5,), (3,))


def horner(x, n):
    r = 0.0
    for i in range(n):
        r = r * x + i
    return r


hot("horner", horner, (0.5, 250), (2.0, 250), (-1.0, 250), (NAN, 250), (2, 250), (True, 250))


def mandel(cr, ci, n):
    zr = zi = 0.0
    for i in range(n):
        zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        if zr * zr + zi * zi > 4.0:
            return i
    return n


hot("mandel", mandel, (0.0, 0.0, 200), (0.3, 0.5, 200), (-2.1, 0.1, 200), (-0.75, 0.1, 200), (0, 1, 200))


def accumulate(items):
    t = 0
    for x in items:
        t += x
    return t


MIX = [1] * 100 + [0.5] * 100 + [2**70] + [0.25] * 100 + [True] * 20
hot("mixed", accumulate, ([1.0] * 250,), ([1] * 250,), (MIX,), ([0.1] * 300,), ([1, 0.5] * 150,))
hot("mixed ends", accumulate, ([1.0] * 200 + ["x"],), ([1.0] * 200 + [1j],), ([1.0] * 200 + [None] + [1.0] * 10,))


class F(float):
    def __mul__(self, other):
        return ("mul", other)

    def __rmul__(self, other):
        return ("rmul", other)


hot("subclass", mul, (F(2.0), 3.0), (3.0, F(2.0)), (2, F(2.0)), (F(1), F(2)), (2.0, 3.0))
hot("subclass add", add, (F(2.0), 3.0), (3.0, F(2.0)))


def constants(x):
    return x + 1, x + 1.5, 1.5 - x, x * 2, x * 2.0, x / 2, x // 2, x % 2, x**2, x**0.5, 2**x, x == 1, 1 < x


hot("constants", constants, (2.0,), (0.25,), (-0.0,), (NAN,), (3,), (INF,))


def math_functions(x):
    return (math.sqrt(x), math.sin(x), math.cos(x), math.exp(-x), math.floor(x), math.ceil(x), math.trunc(x),
            math.fabs(x), round(x), round(x, 2), int(x), float(x), math.hypot(x, 1), math.atan2(x, 2), divmod(x, 3),
            x.is_integer(), math.isnan(x), math.log(x), max(x, 1), min(x, 1.0), pow(x, 2), sum([x, x]))


hot("math", math_functions, (2.0,), (0.5,), (1e10,), (3,), (-1.0,), (NAN,), (INF,), ("a",), (0.0,))


def leibniz(n):
    s, sign = 0.0, 1.0
    k = 0
    while k < n:
        s += sign / (2 * k + 1)
        sign = -sign
        k += 1
    return 4 * s


hot("leibniz", leibniz, (10,), (500,))


def nbody(steps):
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    for _ in range(steps):
        r3 = (x * x + y * y) ** 1.5
        vx -= 0.01 * x / r3
        vy -= 0.01 * y / r3
        x += 0.01 * vx
        y += 0.01 * vy
    return x, y


hot("nbody", nbody, (300,))


def zero_division(items):
    t = 0.0
    for i, x in enumerate(items):
        try:
            t += 1.0 / x
        except ZeroDivisionError as e:
            t += 1000
            last = (i, str(e))
    return t, last


hot("zero", zero_division, ([1.0, 2.0, 0.0, 4.0] * 30,), ([1, 0, 2] * 40,), ([1.0] * 99 + [0] + [-0.0],))


def cplx(z, n):
    c = z
    for _ in range(n):
        z = z * z + c
        if abs(z) > 2:
            break
    return z, z.real, z.imag, z.conjugate(), -z


hot("complex", cplx, (0.3 + 0.5j, 50), (1 + 1j, 50), (1j, 200))
