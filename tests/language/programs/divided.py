"""divmod() whose result is unpacked, and divisions by powers of two: results, identity, errors and their places."""

import builtins
import sys

from common import HOT, hot, outcome, show


def both(a, b):
    quotient, remainder = divmod(a, b)
    return quotient, remainder


def same(a, b):
    quotient, remainder = divmod(a, b)
    return remainder is a, quotient is a


def powers(a):
    return a // 2, a % 2, a // 1024, a % 1024, a // 1, a % 1, a // 2**29, a % 2**29, a // 2**30, a % 2**30


def powers_same(a):
    return a % 2**30 is a, a // 1 is a, a % 2**29 is a


def in_place(a):
    b = a
    a //= 8
    b %= 8
    return a, b


def clock(n):
    total = 0
    for i in range(n):
        hours, rest = divmod(i * 37, 3600)
        minutes, seconds = divmod(rest, 60)
        total += hours * minutes + seconds + i // 4 - i % 8 + (-i) // 16 + (-i) % 32
    return total


def digits(n, base):
    found = []
    while n:
        n, digit = divmod(n, base)
        found.append(digit)
    return found


def starred(a, b):
    first, *rest = divmod(a, b)
    return first, rest


def kept(a, b):
    pair = divmod(a, b)
    x, y = pair
    return pair, x, y


def three(a, b):
    x, y, z = divmod(a, b)
    return x


class Odd(int):
    def __divmod__(self, other):
        return "odd", other

    def __floordiv__(self, other):
        return "floor"

    def __mod__(self, other):
        return "mod"


VALUES = [
    0, 1, -1, 2, -2, 7, -7, 255, -256, 2**30 - 1, 2**30, -(2**30), 2**40 + 1, -(2**40), 2**60 - 1, -(2**60), 2**62, 2**63 - 1, -(2**63),
    2**63, 2**70, True, False, 2.5, -2.5, float("inf"), "s", None, Odd(9),
]  # fmt: skip
for a in VALUES:
    show("powers", a, outcome(powers, a), outcome(powers_same, a), outcome(in_place, a))
    for b in VALUES:
        show("both", a, b, outcome(both, a, b), outcome(same, a, b))
for function in (both, same, starred, kept, three):
    hot(function.__name__, function, (7, 2), (-7, 2), (7, -2), (2**40, 3), (2**40, 2**50), (7, 0), (2.5, 2), (7, -1), (-(2**63), -1))
hot("powers", powers, (7,), (-7,), (2**50 + 5,), (-(2**63),), (2**64,), (2.5,))
hot("clock", clock, (200,), repeat=3)
show("digits", digits(12345678901234567890, 7), digits(987654321, 10))


def where(a, b):
    try:
        x, y = divmod(
            a,
            b,
        )
    except ZeroDivisionError as e:
        line = e.__traceback__.tb_lineno - where.__code__.co_firstlineno
        position = list(e.__traceback__.tb_frame.f_code.co_positions())[e.__traceback__.tb_lasti // 2]
        return line, str(e), position[2:]
    return x, y


show("where", {where(5, 0) for _ in range(HOT)}, {where(5, 2) for _ in range(HOT)})
kept_divmod = builtins.divmod
for other in (lambda a, b: (b, a), lambda a, b: [a], kept_divmod, max):
    builtins.divmod = other
    show("builtins", outcome(both, 9, 4))
builtins.divmod = kept_divmod
show("builtins", both(9, 4))


def classes(v):
    return v.__class__, v.__class__.__name__, v.__class__ is type(v)


class Lies:
    @property
    def __class__(self):
        return int


class Plain:
    def again(self):
        return self.__class__()


for value in (1, 2.5, "s", None, [], Plain(), Lies(), Plain, Odd(3), sys, len, classes, True):
    show("class", {outcome(classes, value) for _ in range(HOT)})
show("classes", [outcome(classes, value) for _ in range(3) for value in (1, "s", Plain(), Lies(), Plain, Odd(2))])
show("again", {type(Plain().again()).__name__ for _ in range(HOT)})
plain = Plain()
for _ in range(HOT):
    classes(plain)
plain.__class__ = type("Other", (Plain,), {})
show("changed", classes(plain)[1:], type(plain.again()).__name__)
