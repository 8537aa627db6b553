"""f-strings: what values become, how the pieces are joined, and what is asked of objects on the way."""

import sys

from common import HOT, Token, fresh, hot, outcome, show


class Text(str):
    def __format__(self, spec):
        return "formatted " + spec

    def __str__(self):
        return "str"


class Number(int):
    def __str__(self):
        return "number"


class Gives:
    def __init__(self, result):
        self.result = result

    def __format__(self, spec):
        return self.result


class Fails:
    def __format__(self, spec):
        raise ValueError("no " + spec)

    def __str__(self):
        raise KeyError("str")

    __repr__ = __str__


def one(v):
    return f"{v}"


def two(v, w):
    return f"{v}{w}"


def mixed(v, w):
    return f"<{v}> and [{w}]: {v!r}, {w!s}"


def converted(v):
    return f"{v!s}", f"{v!r}", f"{v!a}"


def specified(v):
    return f"{v:}", f"{v!s:>5}|", f"{v:{'>' + '4'}}"


def computed(a, b):
    return f"{a + b},{a - b},{a * b},{a // b},{a < b},{-a},{a * 0.5}"


def joined(v):
    return f"{v}" + f"-{v}" + f"{v}-" + f"-{v}-{v}-"


def many(v):
    return f"{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}{v}"


def walrus(v):
    return f"{v}{(v := 'changed')}{v}", v


VALUES = [
    "", "a", "ab", "\xe9", "\u0416x", "\U0001f600", "\ud800", 0, 7, -7, 255, 2**30 - 1, -(2**30), 2**30, 2**59, -(2**60) + 1, 2**60,
    -(2**60), 2**63, -(2**63), 2**64, 10**30, True, False, None, 1.5, -0.0, float("nan"), 1e300, (1, "a"), [2], {3: 4}, b"b", Text("t"),
    Number(5), Gives("given"), Gives(Text("text")), Gives(5), Fails(), int, len,
]  # fmt: skip
for value in VALUES:
    for function in (one, converted, specified, joined, many):
        calling = fresh(function)
        show(function.__name__, ascii(sorted({str(outcome(calling, value)) for _ in range(HOT)})))
for first in VALUES[:32:3]:
    for second in VALUES[::4]:
        for function in (two, mixed):
            show(function.__name__, ascii(sorted({str(outcome(function, first, second)) for _ in range(9)})))
hot("computed", computed, (3, 2), (-(2**40), 3), (2.5, 2), (True, 7), (2**61, 5))
show("walrus", {walrus("v") for _ in range(HOT)}, {walrus(7) for _ in range(HOT)})
for value in VALUES[:31]:
    one(value)
show("turns", ascii([outcome(mixed, a, b) for _ in range(3) for a in VALUES[:31:2] for b in (1, "z", None)]))

# ---- identity and references -------------------------------------------------------------------------------


def same(s):
    return f"{s}" is s, f"{s!s}" is s, f"{s}{''}" is s


def references(s):
    made = f"{s}"
    kept = [f"{s}{s}", f"{s}-", made]
    return sys.getrefcount(s), len(kept)


def counted():
    return references(text)


text = "some text" * 3
show("same", {same(text) for _ in range(HOT)})
before = sys.getrefcount(text)
show("references", [counted() for _ in range(HOT * 20)][-1][0] - before, sys.getrefcount(text) - before)


def ends(v):
    return f"{Holder(v)}{Holder(v)!r}|{Holder('last')}"


class Holder:
    def __init__(self, v):
        self.v = v

    def __str__(self):
        events.append(f"str {self.v}")
        return str(self.v)

    def __del__(self):
        events.append(f"del {self.v}")

    __repr__ = __str__


events = []
for value in (1, "two", Token()):
    for _ in range(HOT):
        events.clear()
        made = ends(value)
    show("ends", made if not isinstance(value, Token) else "", events if not isinstance(value, Token) else len(events))


def numbers(n):
    total = 0
    words = []
    for k in range(n):
        total += k * 1000
        words.append(f"{k}:{total}")
    return "".join(words)


show("numbers", numbers(300))
