"""Integers around every width that a fast path may care about."""

from common import hot, show, text

EDGES = []
for bits in (0, 1, 7, 8, 15, 29, 30, 31, 32, 52, 53, 59, 60, 61, 62, 63, 64, 65, 90, 127):
    for delta in (-2, -1, 0, 1, 2):
        EDGES.append((1 << bits) + delta)
        EDGES.append(-(1 << bits) + delta)
EDGES = sorted(set(EDGES))


def add(a, b):
    return a + b


def sub(a, b):
    return a - b


def mul(a, b):
    return a * b


def floordiv(a, b):
    return a // b


def mod(a, b):
    return a % b


def truediv(a, b):
    return a / b


def and_(a, b):
    return a & b


def or_(a, b):
    return a | b


def xor(a, b):
    return a ^ b


def lshift(a, b):
    return a << b


def rshift(a, b):
    return a >> b


def power(a, b):
    return a**b


def neg(a):
    return -a


def pos(a):
    return +a


def inv(a):
    return ~a


def not_(a):
    return not a


def checksum(function, pairs):
    total = 0
    errors = 0
    for a, b in pairs:
        try:
            r = function(a, b)
        except (ZeroDivisionError, ValueError, OverflowError) as e:
            errors += 1
            total = (total * 31 + len(str(e))) % (1 << 61)
        else:
            total = (total * 31 + hash((type(r).__name__ == "int", r))) % (1 << 61)
    return total, errors


ALL = [(a, b) for a in EDGES for b in EDGES]
for f in (add, sub, mul, floordiv, mod, truediv, and_, or_, xor):
    show(f.__name__, checksum(f, ALL))
SMALL = [(a, b) for a in EDGES for b in (-1, 0, 1, 2, 3, 5, 29, 30, 31, 32, 61, 62, 63, 64, 65, 100)]
for f in (lshift, rshift, power):
    pairs = SMALL if f is not power else [(a, b) for a, b in SMALL if b < 6]
    show(f.__name__, checksum(f, pairs))
for f in (neg, pos, inv, not_):
    show(f.__name__, sum(hash(f(a)) * (i + 1) for i, a in enumerate(EDGES)) % (1 << 61))

for f in (add, sub, mul, floordiv, mod, truediv):
    hot(f.__name__, f, (7, 3), (-7, 3), (7, -3), (-7, -3), (0, 5), (5, 0), (True, 2), (2, True),
        (True, True), (2**62, 2**62), (-(2**63), -1), (2**63 - 1, 1), (1 << 100, 1 << 90))
for f in (and_, or_, xor):
    hot(f.__name__, f, (True, False), (True, 3), (3, True), (-1, 2**64), (6, 3))
hot("lshift", lshift, (1, 62), (1, 63), (1, 64), (-1, 63), (0, 1000), (3, -1), (True, True), (5, 0))
hot("rshift", rshift, (1, 62), (-1, 62), (-1, 1000), (2**70, 65), (3, -1), (True, True), (-5, 1))
hot("pow", power, (2, 10), (2, -1), (0, 0), (0, -1), (-2, 3), (2, 64), (True, 2), (10, 30))
hot("neg", neg, (0,), (True,), (-(2**63),), (2**63,), (-(2**31),), (5.0,), ("x",))
hot("inv", inv, (0,), (True,), (-(2**63),), (5.0,))


def sum_up(n, start, step):
    total = start
    for i in range(n):
        total += step
    return total


# Out of the machine word in the middle of a loop, and back in.
hot("into big", sum_up, (400, 2**63 - 200, 1), (400, -(2**63) + 200, -1), (400, 2**62 - 200, 1),
    (400, 2**30 - 200, 1), (300, 0, 2**62))


def there_and_back(n, big):
    x = 1
    seen = []
    for i in range(n):
        x = x * 3
        if x > big:
            seen.append(x)
            x = x // big
        x -= 1
        x += 1
    return x, len(seen), seen[-1] if seen else None


hot("there and back", there_and_back, (300, 2**40), (300, 2**63), (300, 2**64), (300, 2**200))


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


hot("collatz", collatz, (27,), (97,), (2**64 + 1,), (2**62 - 1,))


def factorial(n):
    r = 1
    for i in range(2, n + 1):
        r *= i
    return r


hot("factorial", factorial, (5,), (20,), (21,), (25,), (40,))


def fib(n):
    a, b = 0, 1
    while n:
        a, b = b, a + b
        n -= 1
    return a


hot("fib", fib, (10,), (90,), (91,), (92,), (93,), (94,), (150,))


def lcg(n, m):
    x = 12345
    for _ in range(n):
        x = (x * 6364136223846793005 + 1442695040888963407) & m
    return x


hot("lcg", lcg, (300, 2**64 - 1), (300, 2**32 - 1), (300, 2**63 - 1))


def xorshift(n):
    x = 88172645463325252
    for _ in range(n):
        x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    return x


hot("xorshift", xorshift, (10,), (250,))


def divmod_loop(n, d):
    out = []
    for i in range(-n, n):
        out.append((i // d, i % d))
    return sum(q * 7 + r for q, r in out), out[:3], out[-3:]


hot("floor", divmod_loop, (200, 7), (200, -7), (200, 2**31), (200, -(2**63)), (200, 1), (200, -1))
hot("floor by float", divmod_loop, (200, 2.5), (200, -2.5), (200, float("inf")))


def inplace(a, b):
    x = a
    x += b
    x -= 1
    x *= b
    x //= 3
    x %= 1000
    x <<= 2
    x >>= 1
    x |= 1
    x &= 0xFFFF
    x ^= 0x55
    x **= 2
    return x


hot("inplace", inplace, (10, 20), (2**63, 5), (True, 3), (10, 2.0), (-5, -7))


class Int(int):
    def __add__(self, other):
        return "add"

    def __radd__(self, other):
        return "radd"

    __lshift__ = __add__


hot("subclass", add, (Int(1), 2), (1, Int(2)), (Int(1), Int(2)), (1, 2), (1.5, Int(2)))
hot("subclass mul", mul, (Int(3), 2), (3, Int(2)))


def float_in_the_middle(n, at, value):
    t = 0
    for i in range(n):
        if i == at:
            t = t + value
        t = t + 1
    return t


hot("change", float_in_the_middle, (300, -1, 0), (300, 150, 0.5), (300, 150, 2**63), (300, 250, True),
    (300, 150, 1j), (300, 150, "x"), (300, 150, None))


def countdown(n):
    k = 0
    while n > 0:
        n -= 1
        k += n & 3
    return n, k


hot("countdown", countdown, (250,), (True,), (250.0,), (-3,))


def int_methods(n):
    return n.bit_length(), n.bit_count(), n.conjugate(), n.real, (n).__add__(1), int(n), abs(n), divmod(n, 7)


hot("methods", int_methods, (0,), (-1,), (2**64,), (True,), (-(2**63),))


def nested(n):
    c = 0
    for i in range(n):
        for j in range(i):
            if (i ^ j) & 5 == 0:
                c += i * j - (i - j)
    return c


hot("nested", nested, (10,), (40,))


def constants(x):
    return (x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x // 2, 7 // x, x % 3, 7 % x, x << 1, 1 << (x & 63),
            x & 1, x | 8, x ^ 0xFF, x * 0, x + 0, x - 0, x ** 2, 2 ** (x % 70))


hot("constants", constants, (5,), (-5,), (2**62,), (2**63 - 1,), (True,))
print(text([hash(x) for x in (2**61 - 1, 2**61, -1, -2, 2**63)]))
