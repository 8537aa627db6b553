"""Dicts changed and asked by keys of all kinds: old values that die, globals, dicts of instances, tracking by the collector."""

import gc


def sets(d, ks, vs):
    for k, v in zip(ks, vs):
        d[k] = v
    return d


class T:
    n = 0

    def __init__(s):
        T.n += 1

    def __del__(s):
        T.n -= 1


class S(str):
    pass


def glob(n):
    global gg
    G = globals()
    out = []
    for i in range(n):
        gg = i
        G["gg"] = i * 2
        out.append(gg)
        G["fresh%d" % (i % 3)] = i
    return out


def f():
    return 1


def g2():
    return 2


def refn(n):
    G = globals()
    out = []
    for i in range(n):
        G["f"] = g2 if i > 20 else f0
        out.append(f())
    return out


f0 = f


def get(d, k, x=None):
    return d.get(k), d.get(k, x), d.get(k, [])


for i in range(60):
    d = {}
    sets(
        d,
        ["a", "b", "a", 1, 1.0, True, (1, 2), None, S("a"), 2**70, -1],
        [1, 2, 3, "x", "y", "z", [], {}, T(), 5, 6],
    )
    r = list(d.items())[:7]
    d2 = {"t": T()}
    sets(d2, ["t", "t"], [T(), 1])
    assert T.n <= 1, T.n
    d = None
print(r[1:], T.n)
print(glob(60)[-3:], refn(60)[18:25])
d = {}
gc.collect()  # after which tuples of numbers are not tracked
print(
    gc.is_tracked(d),
    gc.is_tracked(sets({"a": 1}, ["a"], [2])),
    gc.is_tracked(sets({"a": 1}, ["a"], [[]])),
    gc.is_tracked(sets({"a": 1}, ["a"], [(1,)])),
)


class O:
    pass


def inst(n):
    o = O()
    o.x = 1
    o.y = 2
    dd = o.__dict__
    out = []
    for i in range(n):
        dd["x"] = i
        out.append(o.x)
        dd["z%d" % (i % 4)] = i
    return out, sorted(o.__dict__)


print(inst(50)[0][-2:], inst(50)[1])
for k in ("a", 1, 2.5, None, (1,), S("a"), "zz"):
    for i in range(30):
        r = get({"a": 1, 1: 2, (1,): 3, None: 4}, k, "d")
    print(r)


def bad(k):
    try:
        return {}.get(k)
    except TypeError as e:
        return str(e)


for i in range(30):
    r = bad([])
print(r)
try:
    for i in range(30):
        sets({}, [[]], [1])
except TypeError as e:
    print(e)


class H:
    def __hash__(s):
        return 1

    def __eq__(s, o):
        raise KeyError("eq")


def eqs(d, k):
    try:
        d[k] = 1
        return d.get(k)
    except KeyError as e:
        return str(e)


for i in range(30):
    r = eqs({H(): 1}, 1), eqs({1: 1}, H()), eqs({H(): 1}, "a")
print(r)
