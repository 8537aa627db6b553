"""Calls in every shape, and what wrong calls say."""

import functools
import operator

from common import hot, outcome, runs, show, trace_hot


def zero(): return "zero"
def one(a): return a
def two(a, b): return a, b
def default(a, b=2, c=3): return a, b, c
def kwonly(a, *, k, m=5): return a, k, m
def posonly(a, b, /, c=1): return a, b, c
def star(*args): return args
def kws(**kw): return kw
def everything(a, b=2, /, c=3, *args, d, e=5, **kw): return a, b, c, args, d, e, kw
def mutable(a, acc=[]):
    acc.append(a)
    if len(acc) > 3:
        acc.clear()
    return len(acc)


SHAPES = [
    lambda f: f(), lambda f: f(1), lambda f: f(1, 2), lambda f: f(1, 2, 3), lambda f: f(1, 2, 3, 4), lambda f: f(a=1), lambda f: f(1, b=2), lambda f: f(1, k=2),
    lambda f: f(1, c=2), lambda f: f(k=1, a=2), lambda f: f(1, 2, d=4), lambda f: f(1, d=4, zz=5), lambda f: f(1, 2, 3, 4, 5, d=6, e=7, g=8), lambda f: f(*[1, 2]),
    lambda f: f(*(), **{}), lambda f: f(1, *(2, 3)), lambda f: f(**{"a": 1}), lambda f: f(1, **{"k": 2}), lambda f: f(1, a=2), lambda f: f(b=1), lambda f: f(*range(2), **{"c": 3}),
    lambda f: f(*5), lambda f: f(**5), lambda f: f(1, **{1: 2}), lambda f: f(k=1, **{"k": 2}), lambda f: f(*[1], *[2], **{"k": 3}, **{"m": 4}), lambda f: f(a=1, b=2, c=3),
    lambda f: f(1, 2, 3, d=4, **{"x": 1}), lambda f: f(*iter([1])), lambda f: f(*"ab"), lambda f: f(kk=1, kl=2),
]
FUNCTIONS = [zero, one, two, default, kwonly, posonly, star, kws, everything]


class Method:
    def __init__(self, *args, **kw): self.init = (args, kw)
    def zero(self): return "m0"
    def one(self, a): return "m1", a
    def default(self, a=1, *, k=2): return "md", a, k
    @classmethod
    def cls(cls, *a, **k): return cls.__name__, a, k
    @staticmethod
    def static(a, b=9): return "static", a, b
    def __call__(self, *a, **k): return "called", a, k


class NoInit: pass
class InitReturns:
    def __init__(self): return 5
class InitRaises:
    def __init__(self, a): raise ValueError(f"init {a}")
class New:
    def __new__(cls, *a):
        return object.__new__(cls) if not a else ("other", a)
    def __init__(self, *a): self.got = a
    def __repr__(self): return f"New{self.got}"
class Simple:
    def __init__(self, a, b=2):
        self.a = a
        self.b = b
    def __repr__(self): return f"Simple({self.a}, {self.b})"
class SlottedInit:
    __slots__ = "a",
    def __init__(self, a): self.a = a
    def __repr__(self): return f"Slotted({self.a})"
class Meta(type):
    def __call__(cls, *a, **k): return "meta call", a, k
class HasMeta(metaclass=Meta): pass


m = Method()
TARGETS = FUNCTIONS + [m.zero, m.one, m.default, Method.zero, m.cls, Method.cls, m.static, Method.static, m, NoInit, Simple, New, SlottedInit, InitReturns, InitRaises, HasMeta,
                       functools.partial(two, 1), functools.partial(kwonly, k=9), lambda *a: a, operator.itemgetter(0), len, max, print.__call__, None, 5, "s"]
for i, shape in enumerate(SHAPES):
    for t in TARGETS:
        name = getattr(t, "__qualname__", None) or type(t).__name__
        if t in (NoInit, Method) or name.startswith("print") or t is print:
            continue
        print(i, name, "; ".join(runs([outcome(shape, t) for _ in range(30)])))
    turns = [outcome(shape, t) for _ in range(3) for t in TARGETS if t is not NoInit]
    print(i, "turns", len(set(turns)), turns[-1])
for i in (0, 3, 5, 14, 18, 21, 22, 24):
    for t in (zero, one, default, kwonly, posonly, m.one, Simple, len):
        trace_hot(f"shape {i} {t.__name__}", SHAPES[i], t, repeat=5)

hot("mutable default", mutable, (1,), ("x",))


def call_args(f, args, kw):
    return f(*args, **kw)


hot("ex", call_args, (two, (1, 2), {}), (two, [1, 2], {}), (two, (1,), {"b": 3}), (kws, (), {"x": 1}), (two, (1, 2, 3), {}), (len, ("abc",), {}), (dict, (), {"a": 1}))


class ExKeys:
    def keys(self): return ["b"]
    def __getitem__(self, k): return 5


hot("ex mapping", lambda: two(1, **ExKeys()))


def change_callee(n):
    f = one
    out = []
    for i in range(n):
        if i == 50: f = lambda a: ("lambda", a)
        if i == 100: f = str
        if i == 150: f = Simple
        if i == 200: f = m.one
        if i == 220: f = functools.partial(one)
        out.append(f(1))
    return runs(map(repr, out))


hot("change callee", change_callee, (250,), repeat=15)


def change_code(n):
    def f(a, b=1): return "old", a, b
    def g(a, b=1, *c): return "new", a, b, c
    out = []
    for i in range(n):
        if i == 50: f.__code__ = g.__code__
        if i == 100: f.__defaults__ = (7,)
        if i == 150: f.__defaults__ = None
        if i == 200: f.__kwdefaults__ = {"x": 1}
        try:
            out.append(f(1))
        except TypeError as e:
            out.append(str(e))
    return runs(map(repr, out))


hot("change code", change_code, (250,), repeat=15)


def change_kwdefaults(n):
    def f(*, k=1): return k
    out = []
    for i in range(n):
        if i == 50: f.__kwdefaults__["k"] = 2
        if i == 100: f.__kwdefaults__ = None
        try:
            out.append(f())
        except TypeError as e:
            out.append(str(e))
    return runs(map(repr, out))


hot("change kwdefaults", change_kwdefaults, (150,), repeat=15)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


hot("fib", fib, (0,), (1,), (12,), (5.5,), (True,), repeat=5)


def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)


hot("mutual", even, (10,), (51,), (200,))


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


hot("ackermann", ackermann, (2, 3), repeat=10)


def hanoi(n, a, b, c, moves):
    if n:
        hanoi(n - 1, a, c, b, moves)
        moves.append((a, c))
        hanoi(n - 1, b, a, c, moves)
    return len(moves)


hot("hanoi", lambda n: hanoi(n, "a", "b", "c", []), (3,), (7,), repeat=10)


def redefine(n):
    global target
    out = []
    for i in range(n):
        if i % 40 == 0:
            exec(f"def target(x): return x + {i}", globals())
        out.append(target(i))
    return sum(out)


hot("redefine", redefine, (200,), repeat=10)

# Builtins of every calling convention.
BUILTINS = [
    lambda: len("abc"), lambda: len([1]), lambda: len(5), lambda: len(), lambda: len(1, 2), lambda: abs(-5), lambda: abs(-5.5), lambda: abs("x"), lambda: isinstance(1, int),
    lambda: isinstance(1, (str, int)), lambda: isinstance(1, 5), lambda: isinstance(True, int), lambda: issubclass(bool, int), lambda: min(1, 2), lambda: max([1, 3, 2], key=lambda x: -x),
    lambda: max([]), lambda: max([], default=0), lambda: sum([1, 2]), lambda: sum([1.5, 2]), lambda: sum([[1], [2]], []), lambda: sum(["a"]), lambda: sorted([3, 1, 2], reverse=True),
    lambda: sorted([1, "a"]), lambda: range(5)[2], lambda: list(range(3)), lambda: tuple("ab"), lambda: dict(a=1), lambda: set([1]), lambda: str(5), lambda: str(), lambda: str(b"a", "ascii"),
    lambda: int("12"), lambda: int("x"), lambda: int("ff", 16), lambda: int(1.9), lambda: int(), lambda: float("1.5"), lambda: float("x"), lambda: bool([]), lambda: type(5), lambda: type(5)(),
    lambda: type("T", (), {"a": 1}).a, lambda: chr(97), lambda: ord("a"), lambda: ord("ab"), lambda: chr(-1), lambda: hex(255), lambda: divmod(7, -2), lambda: pow(2, 10, 7), lambda: round(2.5),
    lambda: round(2.567, 2), lambda: getattr(5, "real"), lambda: getattr(5, "nope", "default"), lambda: getattr(5, "nope"), lambda: hasattr(5, "real"), lambda: callable(len), lambda: hash("a") == hash("a"),
    lambda: next(iter([1])), lambda: next(iter([])), lambda: next(iter([]), 5), lambda: iter(5), lambda: all([1, 0]), lambda: any([0, 1]), lambda: list(zip([1], [2])), lambda: list(zip([1], [], strict=True)),
    lambda: list(map(lambda x: x + 1, [1, 2])), lambda: list(filter(lambda x: x > 1, [1, 2])), lambda: list(enumerate("a", 5)), lambda: "a,b".split(","), lambda: "x".join(["a", "b"]), lambda: ",".join([1]),
    lambda: "abc".replace("b", "x"), lambda: "abc".find("c"), lambda: "abc".index("z"), lambda: "{} {a}".format(1, a=2), lambda: "%s %d" % ("a", 5), lambda: "%d" % "x", lambda: [1, 2].index(5), lambda: [].pop(),
    lambda: [1].append(1, 2), lambda: {}.pop("x"), lambda: {}.get("x", 1), lambda: {"a": 1}.get("a"), lambda: "a".upper(), lambda: str.upper("a"), lambda: str.upper(5), lambda: list.append([], 1), lambda: list.append(1, 1),
    lambda: "abc".startswith(("a", "b")), lambda: b"abc".decode(), lambda: int.from_bytes(b"ab", "big"), lambda: (5).to_bytes(2, "little"), lambda: float.fromhex("0x1p3"), lambda: dict.fromkeys("ab", 1), lambda: object(),
    lambda: len(*["ab"]), lambda: print(sep=5), lambda: print(1, nope=2), lambda: open("/nonexistent/x"), lambda: functools.reduce(lambda a, b: a + b, [1, 2, 3]), lambda: super(), lambda: vars(5), lambda: slice(1, 2).indices(5),
]
for i, b in enumerate(BUILTINS):
    if i != BUILTINS.index(b):
        continue
    r = [outcome(b) for _ in range(30)]
    print("builtin", i, "; ".join(runs(x if " object at 0x" not in x else "object" for x in r)))
    if i % 4 == 0:
        trace_hot(f"builtin {i}", lambda: (b(), None)[1], repeat=3)


def sort_callback(n):
    calls = []
    def key(x):
        calls.append(x)
        return -x
    out = []
    for i in range(n):
        out = sorted([3, 1, 2], key=key)
    return out, len(calls)


hot("callback", sort_callback, (60,), repeat=10)


class Cmp:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v > o.v


hot("sort lt", lambda: [c.v for c in sorted([Cmp(3), Cmp(1), Cmp(2)])])


def decorated(fn):
    @functools.wraps(fn)
    def inner(*a, **k):
        return "dec", fn(*a, **k)
    return inner


@decorated
@decorated
def dec(a, b=1): return a, b


hot("decorated", dec, (1,), (1, 2), ())


@functools.lru_cache(maxsize=None)
def cached(n): return n if n < 2 else cached(n - 1) + cached(n - 2)


hot("lru", cached, (30,), (1.5,))
show("lru info", cached.cache_info().currsize)


@functools.singledispatch
def single(x): return "object"
@single.register
def _(x: int): return "int"
@single.register
def _(x: list): return "list"


hot("singledispatch", single, (1,), ([],), ("s",), (True,))


def keyword_order(n):
    out = []
    for i in range(n):
        out.append(list(kws(z=i, a=1, **{"m": 2}, b=3)))
    return out[-1]


hot("keyword order", keyword_order, (60,))


class CallChange:
    def __call__(self): return "first"


def call_change(n):
    class C(CallChange): pass
    c = C()
    out = []
    for i in range(n):
        if i == 50: C.__call__ = lambda self: "second"
        if i == 100: del C.__call__
        if i == 150: C.__call__ = 5
        try:
            out.append(c())
        except TypeError as e:
            out.append(str(e))
    return runs(out)


hot("call change", call_change, (200,), repeat=10)


def init_change(n):
    class C:
        def __init__(self, v): self.v = v
    out = []
    for i in range(n):
        if i == 50: C.__init__ = lambda self, v: setattr(self, "v", -v)
        if i == 100: C.__new__ = lambda cls, v: ("new", v)
        if i == 150: del C.__new__
        if i == 170: del C.__init__
        try:
            r = C(3)
            out.append(getattr(r, "v", r))
        except TypeError as e:
            out.append(str(e))
    return runs(map(repr, out)) if n < 170 else runs(map(repr, out))[:4]


hot("init change", init_change, (200,), repeat=10)


def many_args(n):
    def f(a, b, c, d, e, f_, g, h, i, j, k, l): return a + b + c + d + e + f_ + g + h + i + j + k + l
    t = 0
    for i in range(n):
        t += f(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0.5 if i > n - 10 else 1, l=i)
    return t


hot("many args", many_args, (5,), (250,), repeat=15)


def argument_types(n):
    def f(x): return x + x
    return [f(x) for x in [1] * n + [1.5] * n + ["a"] * n + [2**62] * n + [True, [1], (1,), None][: 3]][n - 1 :: n]


hot("argument types", argument_types, (60,))


def recursion_types(n, x):
    return x if n == 0 else recursion_types(n - 1, x + (0.5 if n == 20 else 1))


hot("recursion types", recursion_types, (5, 0), (50, 0), (50, 2**62))
