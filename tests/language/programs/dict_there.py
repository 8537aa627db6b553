"""Items of dicts by strings that are constants: where they are in other dicts, and where they are not."""

import collections
import types

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot


def read(d): return d["a"], d["b"]
def summed(d): return d["a"] + d["b"] * d["c"]
def got(d): return d.get("a"), d.get("b", 5), d.get("missing", d)
def nested(d): return d["a"]["b"]["c"]
def stored(d):
    d["a"] = d["a"] + 1
    d["b"] += d["a"]
    return d["a"], d["b"]


class Missing(dict):
    def __missing__(self, key): return "missing " + key


class Own(dict):
    def __getitem__(self, key): return "own", dict.get(self, key)
    def get(self, key, default=None): return "own get", key, default


class Equal(str):
    """Equal to its text, and counts how often it is asked."""

    asked = 0

    def __eq__(self, other):
        Equal.asked += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


class Instance:
    def __init__(self, **values): self.__dict__.update(values)


class Plain:
    def __init__(self): self.a, self.b, self.c = 1, 2, 3


def emptied(**values):
    d = dict.fromkeys("xyzuvw", 0)
    d.update(values)
    for key in "xyzuvw":
        del d[key]
    return d


def dynamic(text): return "".join(text)


DICTS = {
    "display": lambda: {"a": 1, "b": 2, "c": 3},
    "other order": lambda: {"c": 3, "b": 2, "a": 1},
    "large": lambda: {"x": 0, **{f"k{i}": i for i in range(300)}, "a": 1, "b": 2, "c": 3},
    "by dict": lambda: dict(a=1, b=2, c=3),
    "floats": lambda: {"a": 0.5, "b": 2.5, "c": 3.5},
    "strings": lambda: {"a": "x", "b": "y", "c": 2},
    "removed before": lambda: emptied(a=1, b=2, c=3),
    "without b": lambda: {"a": 1, "c": 3},
    "empty": dict,
    "other keys": lambda: {1: "x", "a": 1, "b": 2, "c": 3},
    "keys that are made": lambda: {dynamic("a"): 1, dynamic(["b"]): 2, dynamic("c"): 3},
    "own keys": lambda: {Equal("a"): 1, Equal("b"): 2, Equal("c"): 3},
    "of an instance": lambda: vars(Plain()),
    "of a changed instance": lambda: vars(Instance(a=1, b=2, c=3)),
    "missing": lambda: Missing(a=1),
    "own": lambda: Own(a=1, b=2, c=3),
    "default": lambda: collections.defaultdict(int, a=1),
    "ordered": lambda: collections.OrderedDict(a=1, b=2, c=3),
    "proxy": lambda: types.MappingProxyType({"a": 1, "b": 2, "c": 3}),
    "chain": lambda: collections.ChainMap({"a": 1}, {"b": 2, "c": 3}),
    "list": lambda: [1, 2],
}

for function in (read, summed, got, stored):
    for name, make in DICTS.items():
        def call(function=function, make=make): return function(make())
        hot(f"{function.__name__} {name}", call)
    makes = list(DICTS.values())
    show(f"{function.__name__} in turn", *[outcome(function, makes[i % len(makes)]()) for i in range(HOT * 3)][-len(makes):])
show("asked", Equal.asked > 0)
hot("nested", nested, ({"a": {"b": {"c": 1}}},), ({"a": {"b": {}}},), ({"a": {"b": {"c": [2]}}, "x": 1},))


def changes(step):
    """One dict that changes under the instruction."""
    d, out, summed_here = {"a": 1, "b": 2, "c": 3}, [], fresh(summed)
    for i in range(HOT * 2):
        if i == HOT:
            step(d)
        out.append(outcome(summed_here, d))
        out.append(outcome(lambda: d.get("b", "none")))
    return runs(out[1::2])[-3:], runs(out[::2])[-3:]


def grow(d): d.update((f"k{i}", i) for i in range(100))
def clear(d): d.clear()
def remove(d): del d["b"]
def put_back(d): d["b"] = d.pop("b") + 10
def other_kind(d): d[5] = 5
def popped(d): d.popitem()
def objects(d): d["b"] = [1]


for step in (grow, clear, remove, put_back, other_kind, popped, objects):
    show(step.__name__, *fresh(changes)(step))


class Clears:
    def __init__(self, d): self.d = d
    def __add__(self, other):
        self.d.clear()
        return "cleared", other
    __radd__ = __mul__ = __add__


def lent(d): return d["a"] + d["b"]
def lent_token(d): return d["a"] == d["b"], d["a"] is d["b"]


def clearing():
    d = {"a": Token(), "b": 0.25}
    d["a"] = Clears(d)
    one = lent(d)
    d.update(a=[Token()], b=Clears(d))
    two = outcome(lent, d)
    d.update(a=Token(), b=Token())
    return one, two, lent_token(d), len(d)


hot("clearing", clearing)
show("alive", Token.alive)


def fails(d):
    x = 5
    return [x, d["a"], d["nothing"]]


trace_hot("fails", fails, {"a": 1})


def in_loop(rows):
    total = 0
    for row in rows:
        total += row["n"] * row.get("m", 1)
        row["n"] = int(total) & 7
    return total


hot("in loop", lambda: in_loop([{"n": i, "m": 2} if i % 3 else {"m": 0.5, "x": None, "n": i} for i in range(20)]))
