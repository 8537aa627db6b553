"""Methods of builtin types that run no code, and those that look as if they did not: subclasses, odd arguments, errors."""

import gc
import sys

from common import Token, hot, outcome, show

LOG = []
TEXTS = ["", "a", "abc abc", "  x y  ", "Straße ǅ", "ΑΣ", "12", "²", "1e5", "_id", "a\tb\nc", "\x7f", "😀 x", "ﬁ", "if"]
TRUTHS = "isdigit isalpha isalnum isspace isupper islower isdecimal isnumeric isidentifier isprintable isascii istitle".split()
OTHERS = "lower upper title capitalize casefold swapcase strip lstrip rstrip split".split()
OF_ONE = "startswith endswith find rfind count strip lstrip rstrip split partition index join".split()


def made(expression, *names):
    space = {}
    exec(f"def made({', '.join(names)}):\n    return {expression}\n", space)
    return space["made"]


for name in TRUTHS:
    hot(name, made(f"[x for x in (s.{name}(), 'branch' if s.{name}() else 'other', s.{name}() and 1)]", "s"), *[(s,) for s in TEXTS], repeat=4)
for name in OTHERS:
    hot(name, made(f"s.{name}()", "s"), *[(s,) for s in TEXTS], repeat=4)
ARGUMENTS = ["", "a", "abc", " ", "x", "ß", "😀", None, 1, ("a", "b"), ["a", "b"], ("a", 1), [], b"a"]
for name in OF_ONE:
    hot(name, made(f"s.{name}(x)", "s", "x"), *[(s, x) for s in TEXTS for x in ARGUMENTS], repeat=3)
hot("replace", made("s.replace(x, y)", "s", "x", "y"), *[(s, x, "-") for s in TEXTS for x in ARGUMENTS], repeat=3)


class Text(str):
    def lower(self):
        return "lower"

    def startswith(self, other):
        return "starts"

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def several(s, t):
    return s.lower(), s.upper(), s.startswith(t), s.find(t), s.replace(t, "."), "".join([s, t]), s.split(t), s.strip(t)


hot("several", several, ("abc", "b"), (Text("ABC"), "b"), ("abc", Text("b")), (Text("a"), Text("a")), repeat=6)
hot("identity", lambda s: (s.strip() is s, s.replace("zz", "y") is s, "".join([s]) is s, s.lower() is s), ("abc",), repeat=8)


class Odd:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        LOG.append("hash")
        return hash(self.value)

    def __eq__(self, other):
        LOG.append("eq")
        return self.value == other

    def __repr__(self):
        return f"Odd {self.value}"


def collect(values):
    seen = set()
    for v in values:
        seen.add(v)
        seen.add(v)
    return len(seen), sorted(map(repr, seen))


hot("add", collect, ([1, 2, 1.0, True, "a", None, 2**70],), ([Odd(1), 1, Odd(2), "a"],), ([(1, 2), (1, 2), frozenset()],), repeat=6)
show("logged", len(LOG))
hot("add unhashable", outcome, (collect, [1, []]), repeat=8)


def extended(items, more):
    out = list(items)
    out.extend(more)
    out.extend(out)
    return out, out.extend(())


class Items(list):
    def __iter__(self):
        LOG.append("iter")
        return iter([7, 8])


def produced(n):
    yield from range(n)


hot("extend", extended, ([1], [2, 3]), ([], ()), ([1], "ab"), ([1], Items([1])), ([1], produced(3)), ([1], {"k": 1}), repeat=6)
show("logged", len(LOG))
hot("extend by nothing", outcome, (extended, [1], 5), repeat=8)


def views(d):
    total = 0
    for k, v in d.items():
        total += k * v
    for v in d.values():
        total += v
    return total, len(d.keys()), [k for k in d.keys()], d.items() == d.items()


class Dict(dict):
    def items(self):
        return [(1, 100)]


hot("views", views, ({},), ({1: 2, 3: 4},), (Dict({1: 2}),), repeat=8)


def registers(s, n):
    """Numbers stay where they are while the methods are called, and are what they were afterwards."""
    total, real = 0, 0.5
    for i in range(n):
        total += i * 3
        real *= 1.25
        if s.startswith("a") and not s.isdigit():
            total += s.find("c") + s.count("b")
        real += len(s.strip()) + len("-".join(("x", s)))
    return total, real


hot("registers", registers, ("abc", 5), ("12", 5), ("", 3), repeat=8)


def at_the_limit(n):
    if n == 0:
        return ["abc".upper(), "a-b".split("-"), "abc".find("c"), "abc".isdigit(), {1}.add(2)]
    return at_the_limit(n - 1)


limit = sys.getrecursionlimit()
sys.setrecursionlimit(120)
for depth in range(90, 122, 3):
    hot("limit", outcome, (at_the_limit, depth), repeat=3)
sys.setrecursionlimit(limit)


class Cycle:
    def __init__(self):
        self.me = self
        self.token = Token()


def collected(n):
    out = []
    for i in range(n):
        Cycle()
        out.append("a b c".split())
        out.append({i: 1}.items())
    return len(out)


thresholds = gc.get_threshold()
gc.set_threshold(3)
hot("collected", collected, (40,), repeat=6)
gc.set_threshold(*thresholds)
gc.collect()
show("tokens", Token.alive)


def plugged(s):
    return s.isdigit(), s.lower()


hot("plugged", plugged, ("a1",), repeat=20)
hot("unbound", lambda s: (str.lower(s), str.startswith(s, "a"), str.isdigit(s)), ("Abc",), (Text("Abc"),), repeat=10)
hot("bytes", outcome, (plugged, b"A1"), (plugged, bytearray(b"a")), (plugged, 5), repeat=6)
