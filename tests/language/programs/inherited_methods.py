"""Methods of builtin types called on instances of classes that inherit from them."""

import collections
import random

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot


class List(list):
    def append(self, x):
        super().append(x)
        return self

    def total(self): return sum(self) + self.count(1) + len(self.copy())


class Plain(list): pass


class Dict(dict):
    def __missing__(self, key): return key, self.setdefault("m", 0)


class Text(str):
    def upper(self): return Text(str.upper(self).lower())


class Set(set): pass
class Error(Exception):
    def __init__(self, *args): super().__init__(*args); self.n = len(args)


class Own(random.Random):
    def random(self): return super().random() * 2


def lists(c):
    x = c([3, 1, 2])
    x.append(1)
    x.extend([5, 6])
    x.insert(0, 9)
    x.sort()
    y = x.pop(), x.pop(0), x.index(3), x.count(1)
    x.reverse()
    x.remove(1)
    return list(x), y, outcome(lambda: x.index(77)), outcome(lambda: x.pop("a")), outcome(lambda: x.pop(1, 2))


def dicts(c):
    d = c(a=1)
    d.update(b=2)
    d.setdefault("c", 3)
    return sorted(d.items()), d.get("a"), d.get("x", 5), d.pop("b"), list(d.keys()), list(d.values()), d.copy(), outcome(lambda: d["zz"])


def texts(s): return s.upper(), s.lower(), s.replace("b", "c"), s.split("b"), s.startswith("a"), s.join(["1", "2"]), s.format(1), s.encode()
def sets(c):
    s = c([1, 2])
    s.add(3)
    s.discard(1)
    return sorted(s), sorted(s.union([9])), s.issubset([2, 3, 4]), outcome(lambda: s.remove(7))


def randoms(c):
    r = c(5)
    return r.random(), r.getrandbits(10), r.randint(1, 6), r.choice("abc"), r.gauss(0, 1), r.sample(range(9), 3)


hot("lists", lists, (list,), (Plain,), (collections.UserList,))
hot("own append", lambda: (List([1]).append(2).append(3).total(), List().append(Token())[0].alive > 0))
hot("dicts", dicts, (dict,), (Dict,), (collections.OrderedDict,), (lambda **k: collections.defaultdict(int, **k),), (collections.Counter,))
hot("texts", texts, ("abcb",), (Text("abcb"),), (Text(""),))
hot("sets", sets, (set,), (Set,))
hot("randoms", randoms, (random.Random,), (Own,))
hot("errors", lambda: (Error(1, 2).n, Error("x").with_traceback(None).args, outcome(lambda: (_ for _ in ()).throw(Error("y")))))
hot("deque", lambda: [(d.append(3), d.popleft(), d.rotate(1), list(d)) for d in [collections.deque([1, 2]), type("D", (collections.deque,), {})([1, 2])]])


def polymorphic(things): return [x.pop() for x in things]


hot("polymorphic", lambda: polymorphic([Plain([1]), [2], Set([3]), List([4]), collections.deque([5]), bytearray(b"6"), type("P", (), {"pop": lambda self: 7})()]))


def changing(step):
    class L(list): pass

    x, out = L(), []
    for i in range(HOT * 2):
        if i == HOT:
            step(L, x)
        out.append(outcome(lambda: (x.append(i), len(x) > 0)))
    return runs(out)


def own_append(L, x): L.append = lambda self, y: "own"
def instance_append(L, x): x.append = lambda y: "instance"
def other_class(L, x): x.__class__ = type("M", (list,), {"append": lambda self, y: "other"})
def other_method(L, x): L.append = list.remove


for step in (own_append, instance_append, other_class, other_method):
    show(step.__name__, *fresh(changing)(step))


class Foreign:
    append, count = list.append, list.count


def chosen(x, c): return x.count(1 if c else 2), x.append(c or 5)


for kinds in ((Plain,), (Plain, List), (Plain, list), (list,), (Foreign,)):
    function = fresh(chosen)
    hot(f"chosen {len(kinds)}", lambda kinds=kinds, function=function: [outcome(function, kind(), c) for kind in kinds for c in (0, 1)])
    show("then", outcome(function, Foreign(), 1), outcome(function, Plain([1]), 1), outcome(function, [1], 0), outcome(function, List([2]), 0))
hot("called on others", lambda f, x: f(x, 1), (list.append, Plain()), (list.append, []), (list.append, {1}), (dict.get, Dict()), (dict.get, {}), (dict.get, []), (str.count, Text("a")))
show("alive", Token.alive)
