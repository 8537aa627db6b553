"""Comparisons, identity, membership, truth."""

from common import hot, show


def lt(a, b): return a < b
def le(a, b): return a <= b
def eq(a, b): return a == b
def ne(a, b): return a != b
def gt(a, b): return a > b
def ge(a, b): return a >= b
def is_(a, b): return a is b
def is_not(a, b): return a is not b
def in_(a, b): return a in b
def not_in(a, b): return a not in b


class Odd:
    """Comparisons that return things other than bool."""

    def __init__(self, v): self.v = v
    def __lt__(self, o): return ["lt", self.v]
    def __gt__(self, o): return ["gt", self.v]
    def __eq__(self, o): return []
    def __ne__(self, o): return 0
    def __le__(self, o): return NotImplemented
    def __ge__(self, o): return NotImplemented
    def __repr__(self): return f"Odd({self.v})"
    __hash__ = None


class Sub(Odd):
    def __gt__(self, o): return "sub gt"


class NoBool:
    def __bool__(self): raise ValueError("no truth")
    def __repr__(self): return "NoBool()"
    def __lt__(self, o): return self
    def __contains__(self, x): return self


class Len:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __repr__(self): return f"Len({self.n})"


class Broken:
    def __eq__(self, o): raise KeyError("broken eq")
    def __hash__(self): return 1
    def __repr__(self): return "Broken()"


PAIRS = [(1, 2), (2, 1), (2, 2), (True, 1), (1.0, 1), (1, 1.5), (2**64, 2**64 + 1), ("a", "b"), ("a", "a"), ("é", "z"),
         ("", "x"), (None, None), (None, 1), ([1], [1, 2]), ((1, 2), (1, 2.0)), ({1}, {1, 2}), (Odd(1), Odd(2)),
         (Odd(1), Sub(2)), (1, Odd(3)), (b"a", b"b"), (1, "a"), ({}, {}), (1j, 1j), (1j, 2j), (NoBool(), 1),
         (float("nan"), float("nan")), (-1, 2**63), (-(2**63), 2**63 - 1), (Broken(), 1), (len, len), (int, float)]
for f in (lt, le, eq, ne, gt, ge):
    hot(f.__name__, f, *PAIRS, repeat=25)
X = object.__new__(Odd)
X.v = 9
hot("is", is_, (None, None), (X, X), (1, True), ("a", "a"), (int, int), (X, None), ((), ()))
hot("is not", is_not, (None, None), (X, X), (1, True), (X, None))


class Contains:
    def __contains__(self, x): return x


class Iter:
    def __iter__(self): return iter([1, 2, 3])


class GetItem:
    def __getitem__(self, i):
        if i > 5:
            raise IndexError
        return i * 2


MEMBERS = [(1, [1, 2]), (3, [1, 2]), ("a", "abc"), ("", ""), (1, "abc"), (1, {1: 2}), ([], {1: 2}), (1, {1, 2}), (2, (1, 2)),
           (2.0, (1, 2)), (4, range(10)), (11, range(10)), ([], Contains()), ("yes", Contains()), (2, Iter()), (9, Iter()),
           (4, GetItem()), (5, GetItem()), (1, 5), (b"a", b"abc"), (97, b"abc"), (1, NoBool()), (1, [Broken()]), (1, None)]
for f in (in_, not_in):
    hot(f.__name__, f, *MEMBERS, repeat=25)


def chain(a, b, c):
    return a < b < c, a < b <= c != a, not a < b < c, a == b == c, a is b is c


hot("chain", chain, (1, 2, 3), (1, 1, 1), (3, 2, 1), (1.0, 2, 3.5), ("a", "b", "c"), (1, 2, "x"), (Odd(1), Odd(2), Odd(3)))


def chain_effects(log, a, b, c):
    def note(x):
        log.append(x)
        return x

    return note(a) < note(b) < note(c), list(log)


hot("chain effects", lambda a, b, c: chain_effects([], a, b, c), (1, 2, 3), (2, 1, 3), (1, 3, 2), (1.5, 2, 2.5))


def truth(x):
    r = []
    if x:
        r.append("if")
    if not x:
        r.append("not")
    r.append(x and 1)
    r.append(x or 2)
    r.append(bool(x))
    r.append(not x)
    r.append(1 if x else 0)
    while x:
        r.append("while")
        break
    while not x:
        r.append("while not")
        break
    r.append(x is None)
    return r


TRUTHS = [(0,), (1,), (True,), (False,), (None,), (0.0,), (-0.0,), (0.5,), ("",), ("x",), ([],), ([0],), ((),), ((0,),), ({},),
          (2**70,), (0j,), (Len(0),), (Len(3),), (Len(-1),), (Len("x"),), (NoBool(),), (range(0),), (b"",), (Ellipsis,), (int,)]
hot("truth", truth, *TRUTHS, repeat=25)


def none_checks(items):
    a = b = 0
    for x in items:
        if x is None:
            a += 1
        if x is not None:
            b += 1
        if None is x:
            a += 10
        if x is True:
            a += 100
    return a, b


hot("none", none_checks, ([None, 1, 2.0, True] * 60,), ([1] * 200 + [None],), ([None] * 200 + ["x"],))


def loop_compare(items, limit):
    n = 0
    for x in items:
        if x < limit:
            n += 1
        elif x == limit:
            n += 1000
    return n


MIX = [1, 2, 3] * 50 + [1.5, 2.5] * 50 + [2**65, -(2**65), True]
hot("loop", loop_compare, (list(range(250)), 100), (MIX, 2), (MIX, 2.5), (MIX, 2**64), (list("abcdef" * 40), "c"),
    (MIX + ["x"], 2), ([Odd(1)] * 100, 1), ([(1, 2), (3, 4)] * 60, (2, 2)))


def bool_results(n):
    out = []
    for i in range(n):
        a = i < 5
        b = i == 7
        out.append(a + b)
        c = a is True
        d = (i > 3) == (i < 6)
        out.append(c + d + (a and b) + (a or b) + (not a))
    return sum(out), out[:10]


hot("bools", bool_results, (10,), (250,))


class Flip:
    """Changes its mind after a while: comparisons get another type in a running loop."""

    def __init__(self): self.n = 0

    def __eq__(self, o):
        self.n += 1
        return self.n % 2 if self.n < 100 else (self.n % 2 == 0 if self.n < 150 else [])

    def __hash__(self): return 0


def flip(n):
    f = Flip()
    hits = 0
    for i in range(n):
        if f == i:
            hits += 1
    return hits


hot("flip", flip, (250,), (50,))


def reflected(a, b):
    try:
        return a < b
    except TypeError as e:
        return str(e)


hot("unordered", reflected, (1, "a"), ("a", 1), (None, None), ([], ()), ({}, {}), (int, str), (1j, 1), (object, 3))
