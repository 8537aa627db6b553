"""Expressions with many values below them on the stack: contexts describe forty, so that what comes up to there and
beyond is compiled otherwise."""

import math
import sys

from common import show


class Names(list):
    more = 5


class Owner:
    items = Names()

    def __init__(self, number=1):
        self.number = number
        self.real = 2.5

    @property
    def double(self):
        return self.number * 2

    def method(self, a, b=1):
        return a, b

    def __eq__(self, other):
        return self is other

    def __getitem__(self, i):
        return i


class Slots:
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


def two(a, b):
    return a


def swapped(a, b, c=7):
    return c + b, a


def count(n):
    yield n
    yield n + 1


OWNER = Owner()
EXPRESSIONS = """
OWNER.method(k)
OWNER.method
OWNER.items
OWNER.double
OWNER.number + k
(7).bit_length()
"known".upper()
abs(k).bit_length()
(r * 2).is_integer()
o.method(k)
o.method(k, r)
o.items.append(o)
o.number
o.real
o.double
o[k]
o == k
o is k
o.number + o.real
-k
not k
k + 1
k * r
k < j
k < r < j
r ** 2
k // 3
l[0]
l[-1]
l[k & 1]
l[k & 1] is o
l[:1]
l.append(k)
l.pop()
l.copy()
d["a"]
d.get("b")
d.get("b", k)
"a" in d
[*d.items()]
s[0]
s[-1]
s.startswith("a")
s.upper()
s.strip()
s.find("b")
"".join(c for c in s)
s == "ab"
"b" in s
f"{k} {r} {o.number}"
len(s)
len(l)
abs(k)
max(k, j)
min(r, 1.5)
math.sqrt(r)
math.floor(r)
isinstance(o, Owner)
type(o) is Owner
getattr(o, "number")
two(k, r)
two(b=k, a=r)
two(*l)
swapped(k, j)
Owner(k).number
Owner().double
Slots(k).number
(lambda a: a)(k)
[v for v in l if v is o]
{v: k for v in s}
sum(count(k))
any(v for v in count(k))
[*count(k)]
sorted(count(k))
(o, k)[0]
(k if o else r)
(k and o)
(k or o)
(a := k)
"""


def nested(expression, below):
    """Return a function that computes the expression with so many values below it, of changing kinds."""
    kinds = ("o", "k", "r", "'c'", "k + 1", "r * 2")
    opened = "".join(f"({kinds[i % len(kinds)]}, " for i in range(below))
    space = dict(globals())
    exec(f"def f(o, k, j, r, l, s, d):\n    return {opened}({expression}, k, r, o){')' * below}\n", space)
    return space["f"]


def innermost(value, below):
    for _ in range(below):
        value = value[1]
    return value


def described(value):
    if isinstance(value, (int, float, str)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return [described(part) for part in value]
    return type(value).__name__


for expression in EXPRESSIONS.split("\n")[1:-1]:
    for below in (0, *range(35, 43), 64):
        f = nested(expression, below)
        o = Owner()
        counts = []
        for _ in range(9):
            items = [o, 2]
            got = innermost(f(o, 3, 70_000, 2.5, items, "ab", {"a": 4}), below)
            told = described(got)
            del got
            items.clear()
            Owner.items.clear()
            counts.append(sys.getrefcount(o))
        show(expression, below, told, counts)
