"""Loops over pairs: items of dicts, enumerate, zip; dicts that change, iterators that fail, targets of all kinds."""

import itertools
import sys

from common import Token, error_text, hot, outcome, runs, show


def items(d):
    out = []
    for k, v in d.items():
        out.append((v, k))
    return out


def numbered(things, start=0):
    total = []
    for i, x in enumerate(things, start):
        total.append((i + 1, x))
    return total


def both(a, b):
    out = []
    for x, y in zip(a, b):
        out += [y, x]
    return out


def strict(a, b):
    return [(y, x) for x, y in zip(a, b, strict=True)]


def three(a):
    out = []
    for x, y, z in zip(a, a, a):
        out.append((z, y, x))
    return out


def any_pairs(pairs):
    out = []
    for a, b in pairs:
        out.append((b, a))
    return out


def broken(pairs):
    for a, b in pairs:
        if a == 3:
            break
    else:
        return "all"
    return a, b


class Plain:
    def __init__(self):
        self.a = 1
        self.b = [2]


class Str(str):
    pass


mixed = {1: "one", "two": 2, (3,): None}
holes = {i: str(i) for i in range(20)}
for i in range(0, 20, 3):
    del holes[i]
shared = Plain()
fewer = Plain()
del fewer.a
hot("items", items, ({},), ({"a": 1},), (mixed,), (holes,), (vars(shared),), (vars(fewer),), ({Str("x"): 1, "y": 2},))
hot("numbered", numbered, ([],), ("abc",), ((1.5, None), 10), ("ab", sys.maxsize - 1), (range(3), -5), (iter("xy"),), ("ab", 2**70))
hot("both", both, ([1, 2], "abc"), ("abc", [1, 2]), ((), [1]), ([1], ()), (range(3), itertools.count()))
hot("strict", strict, ([1, 2], "ab"), ([1, 2], "abc"), ("abc", [1]))
hot("three", three, ([1, 2, 3],))
PAIRS = [
    lambda: {"k": 1, "l": 2}.items(), lambda: enumerate("ab"), lambda: zip("ab", "cd"), lambda: zip("ab"), lambda: zip("ab", "cd", "ef"), lambda: zip(),
    lambda: [(1, 2), [3, 4], "xy"], lambda: ["ab", "c"], lambda: iter([(5, 6)]), lambda: [1], lambda: reversed({"a": 1}.items()),
    lambda: ((i, i) for i in range(3)), lambda: {"ab": 1}.keys(), lambda: map(divmod, (7, 8), (2, 3)), lambda: itertools.zip_longest("a", "bc"), lambda: None,
]  # fmt: skip
for make in PAIRS:
    hot("any", lambda make=make: any_pairs(make()), repeat=12)
show("any in turn", runs([outcome(any_pairs, PAIRS[i % len(PAIRS)]()) for i in range(200)][-len(PAIRS) :]))
hot("broken", broken, ([(1, 2), (3, 4)],), (enumerate("abcdef"),), (zip([1, 2], [3, 4]),), ({3: 1}.items(),), ({4: 4}.items(),))


def changing(d, how):
    out = []
    try:
        for k, v in d.items():
            out.append((k, v))
            how(d, k)
    except RuntimeError as error:
        return out, str(error), error_text().splitlines()[1:]
    return out


def grow(d, k):
    if len(d) < 5:
        d[f"{k}'"] = 0


def shrink(d, k):
    d.popitem()


def swap(d, k):
    del d[k]
    d[f"{k}*"] = 1


def replace(d, k):
    d[k] = "new"


def clear_and_fill(d, k):
    d.clear()
    d.update({"p": 1, "q": 2, "r": 3})


for how in (grow, shrink, swap, replace, clear_and_fill):
    for d in ({"a": 1, "b": 2, "c": 3}, {1: 1, 2: 2, 3: 3}, {"a": 1}):
        hot(how.__name__, lambda d=d, how=how: changing(dict(d), how), repeat=10)


class Failing:
    def __init__(self, n, error):
        self.n = n
        self.error = error

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise self.error
        return self.n


def failing(make):
    out = []
    try:
        for a, b in make():
            out.append((a, b))
    except Exception:
        return out, error_text()
    return out


MAKERS = [
    lambda: enumerate(Failing(3, ValueError("three"))),
    lambda: enumerate(Failing(3, StopIteration)),
    lambda: zip(Failing(3, KeyError("k")), range(9)),
    lambda: zip(range(9), Failing(3, KeyError("k"))),
    lambda: zip(range(9), Failing(3, StopIteration("end"))),
    lambda: zip(range(2), Failing(3, KeyError("k"))),
]
for make in MAKERS:
    hot("failing", failing, (make,), repeat=10)


def tokens():
    counts = []
    for i, t in enumerate([Token(), Token(), Token()]):
        counts.append(Token.alive)
    for t, u in zip([Token(), Token()], [Token(), Token(), Token()]):
        counts.append(Token.alive)
    for k, t in {1: Token(), 2: Token()}.items():
        counts.append(Token.alive)
    i = t = u = None
    return counts, Token.alive


hot("tokens", tokens)


def targets(d):
    box, space, out = [0, 0], Plain(), []
    for box[0], space.a in d.items():
        out.append((box[0], space.a))
    for k, (x, *y) in d.items():
        out.append((k, x, y))
    for (k, v), w in zip(d.items(), "xy"):
        out.append((k, v, w))
    for i, (k, v) in enumerate(d.items()):
        out.append((i, k, v))
    return out, {v: k for k, v in enumerate(d)}, [k + str(v) for k, v in zip("ab", d)]


hot("targets", targets, ({"a": (1, 2), "b": [3]},), ({},))


def generator(d):
    for k, v in d.items():
        received = yield k
        if received:
            yield v, received


def drive(d):
    g = generator(d)
    return [next(g), g.send("x"), *g]


hot("generator", drive, ({"a": 1, "b": 2},))


def traced(d):
    lines = []

    def trace(frame, event, arg):
        lines.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace

    results = []
    for i in range(20):
        if i == 15:
            sys.settrace(trace)
        results = items(d)
    sys.settrace(None)
    return results, len(lines), lines[:12]


show("traced", traced({"a": 1, "b": 2}))
