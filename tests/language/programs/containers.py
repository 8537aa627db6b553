"""Building and unpacking."""

import collections

from common import hot, trace_hot


def build(a, b, c):
    return (a, b, c), [a, b, c], {a, b}, {a: b, b: c}, (), [], {}, (a,), [a], {a}, {a: a}, f"{a}{b}", slice(a, b, c)


hot("build", build, (1, 2, 3), (1, 1, 1), ("a", 1.5, None), ([], 1, 2), (1, [], 2), (True, 1, 1.0))


def constants():
    return [1, 2, 3, 4, 5], {1, 2, 3, 4}, {"a": 1, "b": 2}, (1, (2, 3)), {"x": [1, 2], "y": (3, 4)}


hot("constants", constants)


def starred(a, b):
    return [*a, *b], (*a, 1, *b), {*a, *b}, [0, *a], (*a,)


hot("starred", starred, ([1, 2], (3,)), ("ab", range(2)), ({1: 2}, {3}), ([], []), (5, []), ([], None), (iter([1]), iter([])))
trace_hot("starred", starred, 5, [])
trace_hot("starred gen", lambda: [*(1 / 0 for _ in [1])])


def merged(a, b):
    return {**a, **b}, {"z": 1, **a}, {**a, "z": 2, **b}


hot("merged", merged, ({"a": 1}, {"b": 2}), ({"a": 1}, {"a": 2}), ({}, {}), (5, {}), ({}, [1]), (collections.OrderedDict(q=1), {1: 2}))
trace_hot("merged", merged, 5, {})


class Keys:
    def keys(self): return ["k", "l"]
    def __getitem__(self, k): return k * 2


class BadKeys(Keys):
    def __getitem__(self, k): raise RuntimeError("bad key " + k)


hot("mapping", lambda: {**Keys()})
trace_hot("bad mapping", lambda: {**BadKeys()})


def unpack2(x):
    a, b = x
    return a, b


def unpack3(x):
    a, b, c = x
    return c, b, a


def unpack_list(x):
    [a, [b, c]] = x
    return a, b, c


def unpack_star(x):
    a, *b, c = x
    return a, b, c


def unpack_star_first(x):
    *a, b = x
    return a, b


def unpack_star_last(x):
    a, b, *c = x
    return a, b, c


class It:
    def __iter__(self):
        yield 1
        yield 2


class BadIt:
    def __iter__(self): raise OSError("bad iter")


class BadNext:
    def __iter__(self): return self
    def __next__(self): raise OSError("bad next")


class MyTuple(tuple):
    def __iter__(self): return iter("xy")


THINGS = [((1, 2),), ([1, 2],), ("ab",), ((1, 2, 3),), ([1, 2, 3],), ((1,),), ([],), (range(2),), ({1: 2, 3: 4},), (It(),), (BadIt(),),
          (BadNext(),), (5,), (None,), (iter([1, 2]),), (MyTuple((1, 2, 3)),), ((1, (2, 3)),), ([1.5, [2, "c"]],), (b"ab",), ((i for i in range(9)),)]
for f in (unpack2, unpack3, unpack_list, unpack_star, unpack_star_first, unpack_star_last):
    hot(f.__name__, f, *THINGS, repeat=15)
    for bad in ((1,), (1, 2, 3, 4), 5, BadNext()):
        trace_hot(f.__name__, f, bad, repeat=10)


def unpack_loop(pairs):
    s = t = 0
    for a, b in pairs:
        s += a
        t += b
    return s, t


hot("unpack loop", unpack_loop, ([(i, i + 1) for i in range(200)],), ([[i, 0.5] for i in range(200)],), ([(1, 2)] * 100 + [[3, 4]] * 100 + [It()],),
    ([(1, 2)] * 150 + [(1, 2, 3)],), (list(enumerate(range(150))),), (list(zip([1, 2] * 60, [0.5] * 120)),), ({(1, 2): 0, (3, 4): 0}.keys(),))


def nested_targets(items):
    out = []
    for (a, b), [c, *d] in items:
        out.append((a, b, c, d))
    return len(out), out[-1]


hot("nested", nested_targets, ([((1, 2), (3, 4, 5))] * 60,), ([("ab", "cde")] * 60,))


def targets():
    class O: pass

    o = O()
    d = {}
    l = [0, 0]
    for i in range(60):
        o.a, d["k"], l[0], (l[1], *o.rest) = i, i + 1, i + 2, (i + 3, i + 4, i + 5)
    return o.a, d, l, o.rest


hot("targets", targets)


def multiple():
    a = b = [0]
    a[0], b = 5, a
    i = 0
    i, x = 1, [10, 20]
    x[i], i = 99, 0
    return a, b is a, x, i


hot("multiple", multiple)


def list_ops(n):
    a = []
    for i in range(n):
        a.append(i)
        a += [i, i + 1]
        a.extend((i,))
        a.insert(0, i)
        a.pop()
        if len(a) > 50:
            a = a[:10] + a[-5:]
        a = a * 1
    return len(a), sum(a), a.count(3), a.index(a[2]), sorted(a)[:3], a[::-1][:3], list(reversed(a))[:2]


hot("list ops", list_ops, (10,), (250,), repeat=15)


def extend_errors(x):
    a = [1]
    a += x
    return a


hot("extend", extend_errors, ([2],), ((3,),), ("ab",), (5,), ({1: 2},), (None,), (BadIt(),), (range(3),))
hot("list + tuple", lambda: [1] + (2,))
hot("list * float", lambda: [1] * 1.5)
hot("sequence repeat", lambda a, n: (a * n, n * a), ([1], 2), ((1,), 0), ("ab", -1), (b"x", True))


def set_ops(n):
    s = set()
    for i in range(n):
        s.add(i % 17)
        s |= {i % 5, 100}
        s.discard(i % 3)
        s -= {99}
    return s, s & {1, 2}, s ^ {1}, frozenset(s) <= s, 5 in s


hot("set ops", set_ops, (20,), (200,), repeat=15)


def dict_ops(n):
    d = dict(a=1)
    for i in range(n):
        d.setdefault(i % 10, []).append(i)
        d.update(b=i)
        d |= {"c": i}
        d.pop("zz", None)
        e = {**d, "i": i}
    return len(d), len(e), list(d)[:4], d.get("none", "default"), list(d.items())[0], d == e, dict(zip("ab", (1, 2)))


hot("dict ops", dict_ops, (5,), (200,), repeat=15)


def big_literals(x):
    return [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x][-1], {
        "a": x, "b": x, "c": x, "d": x, "e": x, "f": x, "g": x, "h": x, "i": x, "j": x, "k": x, "l": x, "m": x, "n": x, "o": x, "p": x, "q": x, "r": x}


hot("big", big_literals, (1,), (0.5,))


def const_keys(x):
    return {"a": x, "b": x + 1, "c": [x]}


hot("const keys", const_keys, (1,), (1.5,))


class Hash:
    def __init__(self, v): self.v = v
    def __hash__(self): raise ValueError(f"hash {self.v}")
    def __repr__(self): return "Hash"


hot("set unhashable", lambda x: {1, x, 2}, (1,), ([],), (Hash(3),), ({},))
hot("map unhashable", lambda x: {1: 2, x: 3}, (1,), ([],), (Hash(3),))
trace_hot("map unhashable", lambda x: {1: 2, x: 3}, Hash(1))
trace_hot("set unhashable", lambda x: {x}, [])


def iteration(x):
    n = 0
    last = None
    for v in x:
        n += 1
        last = v
    else:
        n += 1000
    return n, last


Named = collections.namedtuple("Named", "a b")
for v in ([1, 2] * 60, (1,) * 100, "abc" * 40, range(150), range(10, 0, -3), range(0), range(2**63, 2**63 + 50), range(2**62, 2**62 + 50), {1: 2}, {5}, b"ab" * 50,
          Named(1, 2), It(), collections.deque([1, 2, 3]), [], 5, None, BadNext(), MyTuple((1, 2, 3)), {"a": 1}.items(), range(-5, 2**40, 2**39)):
    hot(f"for {type(v).__name__}", lambda: iteration(v), repeat=15)
for name, it in {"map": lambda: map(str, range(60)), "filter": lambda: filter(None, [0, 1] * 50), "zip": lambda: zip("ab", "cd"), "enumerate": lambda: enumerate("abc"),
                 "reversed": lambda: reversed([1, 2, 3]), "gen": lambda: (i for i in range(100)), "iter": lambda: iter([1, 2].pop, 5), "file": lambda: iter(["l\n"])}.items():
    hot(f"for {name}", lambda: iteration(it()), repeat=15)


def nested_break(n):
    found = []
    for i in range(n):
        for j in range(i):
            if j * j == i:
                found.append((i, j))
                break
            if j > 10:
                continue
        else:
            found.append(i)
        if len(found) > 100:
            break
    else:
        found.append("end")
    return len(found), found[-1]


hot("break", nested_break, (20,), (300,), repeat=15)


def range_reuse(n):
    r = range(n)
    t = 0
    for i in r:
        for j in r:
            t += i * j
            if j > i:
                break
    it = iter(r)
    for k in it:
        if k == 3:
            break
    return t, list(it)[:3], r[2] if n > 2 else None, len(r), 3 in r, r.index(1)


hot("range", range_reuse, (5,), (40,), repeat=15)


def range_errors(a, b=None, c=None):
    t = 0
    for i in range(*(x for x in (a, b, c) if x is not None)):
        t += i
    return t


hot("range errors", range_errors, (5,), (1.5,), ("a",), (1, 5, 0), (5, 1, -1), (2**70 - 2**70,), (True,), (-1,), (1, 2, 0.5))


def modify_loop_variable(n):
    t = 0
    for i in range(n):
        i *= 2
        t += i
        i = "x"
    return t, i


hot("loop variable", modify_loop_variable, (250,))
