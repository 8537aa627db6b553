"""Subscripts: reading, storing, deleting, slicing, on builtin types, subclasses and anything else."""

import array
import collections

from common import hot, outcome, show, trace_hot


def get(c, i): return c[i]


def put(c, i, v):
    c[i] = v
    return c


def delete(c, i):
    del c[i]
    return c


SEQUENCES = [[10, 20, 30], (10, 20, 30), "abc", "aéz\u4e2d\U0001F600", b"xyz", bytearray(b"xyz"), range(5, 50, 5), array.array("i", [1, 2, 3])]
INDICES = [0, 1, 2, -1, -3, -4, 3, True, False, 2**31, 2**63, -(2**63), 2**64, 1.0, None, "x", slice(1, None), slice(None, None, -1),
           slice(0, 0), slice(None, None, 0), slice("a")]
for s in SEQUENCES:
    hot(f"get {type(s).__name__}", get, *[(s, i) for i in INDICES], repeat=12)


class Index:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v


hot("__index__", lambda c, k: c[Index(k)], ([1, 2], 1), ([1, 2], -1), ((1, 2), 5), ("ab", 0), ([1], "bad"))


class MyList(list):
    def __getitem__(self, i): return ("my", i)
    def __setitem__(self, i, v): list.append(self, (i, v))
    def __delitem__(self, i): list.append(self, ("del", i))


class PlainList(list):
    pass


class MyDict(dict):
    def __getitem__(self, k): return ("my", k)


class Missing(dict):
    def __missing__(self, k): return ("missing", k)


class MyTuple(tuple):
    def __getitem__(self, i): return ("tuple", i)


class MyStr(str):
    def __getitem__(self, i): return "str" + str(i)


class KeyInt(int):
    def __hash__(self): return int.__hash__(self)
    def __eq__(self, o): return int.__eq__(self, o)


class BadHash:
    def __hash__(self): raise RuntimeError("no hash")


class BadEq:
    def __hash__(self): return hash("k")
    def __eq__(self, o): raise RuntimeError("no eq")


hot("subclasses", get, (MyList([1, 2]), 0), (PlainList([1, 2]), 0), (MyDict(a=1), "a"), (Missing(a=1), "a"), (Missing(a=1), "b"),
    (MyTuple((1, 2)), 1), (MyStr("abc"), 1), ([1, 2], KeyInt(1)), ({1: "one"}, KeyInt(1)), ([1, 2], 0))
hot("dict", get, ({"a": 1}, "a"), ({"a": 1}, "b"), ({1: 2}, 1), ({1: 2}, 1.0), ({1: 2}, True), ({}, []), ({(1, 2): 3}, (1, 2)),
    ({None: 1}, None), ({"k": 1}, "k"), (collections.defaultdict(list), "x"), (collections.OrderedDict(a=1), "a"), ({2**70: 1}, 2**70),
    ({float("nan"): 1}, 0.0), (collections.Counter("aab"), "z"))
hot("bad keys", lambda: {"a": 1}[BadHash()])
hot("bad eq", lambda: {"k": 1}[BadEq()])
hot("not subscriptable", get, (1, 0), (None, 0), (1.5, 0), ({1}, 0), (len, 0), (object, 0))
hot("class getitem", lambda: (list[int], dict[str, int], collections.deque[int]))

hot("put", lambda i, v: put([1, 2, 3], i, v), (0, "a"), (-1, "b"), (3, "c"), (-4, "d"), (True, 1), (1.0, 1), (slice(0, 2), [9]),
    (slice(0, 0), "xy"), (slice(None, None, 2), [7, 8]), (slice(None, None, 2), [7]), (2**63, 1), (slice(0, 1), 5))
hot("put others", put, ((1, 2), 0, 1), ("ab", 0, "c"), (b"ab", 0, 1), (range(3), 0, 1), (5, 0, 1), (None, 0, 1))
hot("put bytearray", lambda i, v: put(bytearray(b"abc"), i, v), (0, 65), (0, 256), (5, 1), (-1, 0), (0, "x"))
hot("put dict", lambda k, v: put({"a": 1}, k, v), ("a", 2), ("b", 3), ([], 1), (None, None), (1.0, 1))
hot("put subclass", lambda: (list(put(MyList([1]), 0, 5)), list(put(PlainList([1]), 0, 5))) if False else list.__len__(put(MyList([1]), 0, 5)))
hot("delete", lambda i: delete([1, 2, 3], i), (0,), (-1,), (3,), (-4,), (slice(0, 2),), (1.0,), (slice(None, None, 2),))
hot("delete dict", lambda k: delete({"a": 1}, k), ("a",), ("b",), ([],))
hot("delete others", delete, ((1, 2), 0), ("ab", 0), (5, 0))
for name, f in {"get": lambda: [1][5], "tuple": lambda: (1,)[5], "str": lambda: "a"[5], "dict": lambda: {}["k"], "set": lambda: put([1], 5, 0),
                "del": lambda: delete([], 0)}.items():
    trace_hot(name, f)


def slices(s, a, b, c):
    return s[a:b], s[:b], s[a:], s[:], s[a:b:c], s[::c], s[::-1]


for s in ([1, 2, 3, 4, 5], (1, 2, 3, 4, 5), "abcdé", b"abcde", range(5)):
    hot(f"slices {type(s).__name__}", slices, (s, 1, 3, 2), (s, -2, None, -1), (s, None, 100, 1), (s, 5, 1, -2), (s, 1.0, 2, 1), (s, 0, 1, 0), repeat=15)


def slice_assign(n):
    a = list(range(10))
    for i in range(n):
        a[2:4] = [i, i, i]
        a[::3] = a[::3][::-1]
        del a[5:6]
        a[len(a):] = (i,)
        del a[-1:]
        a[1:1] = "z"
        del a[1]
    return a


hot("slice assign", slice_assign, (1,), (50,), repeat=20)


def slice_augmented(n):
    a = [1, 2, 3]
    d = {"k": 0}
    m = [[0] * 4 for _ in range(4)]
    for i in range(n):
        a[i % 3] += i
        a[-1] *= 1
        d["k"] += 0.5 if i > n // 2 else 1
        m[i % 4][(i + 1) % 4] -= i
        a[0:1] += []
    return a, d, m


hot("augmented", slice_augmented, (10,), (200,))


def matrix(n):
    a = [[i * n + j for j in range(n)] for i in range(n)]
    b = [[(i + j) / 2 for j in range(n)] for i in range(n)]
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                c[i][j] += a[i][k] * b[k][j]
    return c[0], c[-1][-1]


hot("matrix", matrix, (3,), (8,), repeat=20)


def sieve(n):
    flags = [True] * n
    flags[0] = flags[1] = False
    i = 2
    while i * i < n:
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
        i += 1
    return sum(flags), flags[-3:]


hot("sieve", sieve, (500,), (30,), repeat=20)


def sieve_bytes(n):
    flags = bytearray(b"\1") * n
    for i in range(2, n):
        if flags[i]:
            flags[i * i :: i] = bytes(len(range(i * i, n, i)))
    return sum(flags)


hot("sieve bytes", sieve_bytes, (500,), repeat=20)


def type_change(items):
    out = 0
    for c in items:
        try:
            v = c[1]
            out += v if isinstance(v, int) else len(v)
        except (LookupError, TypeError) as e:
            out += len(str(e))
    return out


hot("type change", type_change, ([[1, 2]] * 200,), ([(1, 2)] * 100 + [[1, 2]] * 100,), ([[1, 2]] * 100 + ["ab", {1: 5}, (3,), None, MyList([1])] + [[4, 5]] * 50,),
    ([{1: 1}, [1, 2], (3, 4), b"ab"] * 40,), repeat=15)


def out_of_range(a, n):
    t = 0
    i = 0
    try:
        while i < n:
            t += a[i]
            i += 1
    except IndexError as e:
        return t, i, str(e)
    return t, i


hot("out of range", out_of_range, (list(range(200)), 250), (list(range(200)), 100), (tuple(range(150)), 200), ([0.5] * 100, 101), ([], 5))


def negative_walk(a):
    t = 0
    for i in range(-1, -len(a) - 1, -1):
        t = t * 3 + a[i]
        t %= 1000003
    return t


hot("negative", negative_walk, (list(range(200)),), (tuple(range(200)),), (bytes(range(200)),))


def mutate_while_iterating(n):
    a = list(range(n))
    seen = 0
    for x in a:
        seen += 1
        if x % 3 == 0 and len(a) > 5:
            a.pop()
        if seen == 20:
            a.extend([1, 2])
    b = [1, 2, 3]
    for x in b:
        if len(b) < 300:
            b.append(x)
    c = [1, 2, 3, 4]
    for x in c:
        c.clear()
    return seen, len(a), len(b), c


hot("mutate list", mutate_while_iterating, (200,))


def mutate_dict(n, how):
    d = {i: i for i in range(n)}
    seen = 0
    for k in d:
        seen += 1
        if seen == n // 2:
            if how == "add":
                d["new"] = 1
            elif how == "del":
                del d[k]
            elif how == "set":
                d[k] = "same size"
            elif how == "swap":
                del d[k]
                d["x"] = 1
    return seen


hot("mutate dict", mutate_dict, (100, "add"), (100, "del"), (100, "set"), (100, "swap"), (100, ""))


def mutate_set(n):
    s = set(range(n))
    for x in s:
        s.add(x + n)
    return len(s)


hot("mutate set", mutate_set, (100,))


class Grows:
    """Indexing that changes the list being indexed."""

    def __init__(self, target): self.target = target

    def __index__(self):
        self.target.clear()
        return 1


def index_clears():
    a = [1, 2, 3]
    return a[Grows(a)]


def store_clears():
    a = [1, 2, 3]
    a[Grows(a)] = 5
    return a


hot("index clears", index_clears)
hot("store clears", store_clears)


def dict_loop(n):
    d = {}
    for i in range(n):
        d[i] = i
        d[str(i)] = d[i] + 1
        d[i * 0.5] = i
        if i % 3 == 0:
            del d[str(i)]
    t = 0
    for k in d:
        v = d[k]
        t += v
    return len(d), t


hot("dict loop", dict_loop, (200,), repeat=20)


def count_words(words):
    d = {}
    for w in words:
        if w in d:
            d[w] += 1
        else:
            d[w] = 1
    return d


hot("count", count_words, ("a b c a b a".split() * 20,), ([1, 2.0, 1.0, True, "x", (1,), None] * 20,), (["a"] * 50 + [[]],))


def defaultdict_loop(n):
    d = collections.defaultdict(int)
    e = collections.defaultdict(list)
    c = collections.Counter()
    for i in range(n):
        d[i % 7] += i
        e[i % 3].append(i)
        c[i % 5] += 1
    return dict(d), {k: len(v) for k, v in e.items()}, dict(c)


hot("defaultdict", defaultdict_loop, (200,), repeat=20)


def multi_key(d, a, b):
    d[a, b] = a
    return d[a, b], d.get((b, a)), (a, b) in d


hot("multi", lambda a, b: multi_key({}, a, b), (1, 2), ("a", 2.5), (1, 1))


def string_walk(s):
    r = ""
    n = 0
    for i in range(len(s)):
        ch = s[i]
        if ch == "a":
            n += 1
        r = ch + r
    return n, r[:5], len(r)


hot("string", string_walk, ("banana" * 30,), ("été a" * 30,), ("\U0001F600a" * 60,), ("",))


class GetSet:
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k] if not isinstance(k, slice) else (k.start, k.stop, k.step)
    def __setitem__(self, k, v): self.d[str(k)] = v
    def __delitem__(self, k): raise KeyError("kept " + str(k))


def custom(n):
    o = GetSet()
    for i in range(n):
        o[i] = i
        o[1:2] = i
        o[1:2, ::3] = "both"
    try:
        del o[3]
    except KeyError as e:
        err = str(e)
    return len(o.d), o["5"], o[1:2], o[::3], err, o["slice(1, 2, None)"]


hot("custom", custom, (60,))
show("patched", outcome(lambda: setattr(GetSet, "__getitem__", lambda self, k: "patched")), GetSet()[0])
hot("patched", lambda: GetSet()[1])
