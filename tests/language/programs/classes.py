"""Making classes: metaclasses, hooks, names in bodies, operator methods."""

import abc
import collections
import dataclasses
import enum
import typing

from common import hot, outcome, runs, show, trace_hot


class Meta(type):
    log = []
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        Meta.log.append(("prepare", name, sorted(kw)))
        return collections.OrderedDict(injected="injected")
    def __new__(mcs, name, bases, ns, **kw): return super().__new__(mcs, name, bases, dict(ns))
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns); Meta.log.append(("init", list(ns)))
    def __call__(cls, *a):
        o = super().__call__(*a)
        o.made = True
        return o
    def __instancecheck__(cls, o): return o == "instance"
    def __iter__(cls): return iter([cls.__name__])
    def __len__(cls): return 42
    def __getitem__(cls, k): return (cls.__name__, k)
    def __contains__(cls, k): return k == 1


def make(n):
    class C(metaclass=Meta, option=n):
        x = n
        y = injected
        def f(self): return self.x
    return C.x, C.y, C().made, C().f(), isinstance("instance", C), isinstance(C(), C), list(C), len(C), C[n], 1 in C


hot("metaclass", make, (1,), (2.5,))
show("log", Meta.log[-2:], len(Meta.log))


class Base:
    registry = []
    def __init_subclass__(cls, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))


class Named:
    def __set_name__(self, owner, name): self.name = (owner.__name__, name)
    def __get__(self, o, c): return self.name


def subclass(n):
    class S(Base, tag=n):
        a = Named()
        b = Named()
    return S.a, S().b, Base.registry[-1]


hot("init_subclass", subclass, (1,), ("t",))


class BadName:
    def __set_name__(self, o, n): raise ValueError("set_name")


def bad_name():
    class X:
        a = BadName()


def bad_base():
    class X(5): pass


def bad_mro():
    class A: pass
    class B(A): pass
    class C(A, B): pass


def bad_meta():
    class M1(type): pass
    class M2(type): pass
    class A(metaclass=M1): pass
    class B(metaclass=M2): pass
    class C(A, B): pass


def bad_keyword():
    class C(x=1): pass


def bad_final():
    class C(bool): pass


for f in (bad_base, bad_mro, bad_meta, bad_keyword, bad_final):
    trace_hot(f.__name__, f, repeat=6)
hot("bad name", bad_name)


class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y) if isinstance(o, Vector) else NotImplemented
    def __radd__(self, o): return self if o == 0 else NotImplemented
    def __sub__(self, o): return Vector(self.x - o.x, self.y - o.y)
    def __mul__(self, k): return Vector(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __matmul__(self, o): return self.x * o.x + self.y * o.y
    def __neg__(self): return Vector(-self.x, -self.y)
    def __abs__(self): return (self.x**2 + self.y**2) ** 0.5
    def __eq__(self, o): return isinstance(o, Vector) and (self.x, self.y) == (o.x, o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __repr__(self): return f"V({self.x}, {self.y})"
    def __bool__(self): return bool(self.x or self.y)
    def __iadd__(self, o): self.x += o.x; self.y += o.y; return self
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __len__(self): return 2
    def __call__(self, k): return self * k
    def __divmod__(self, o): return "divmod"
    def __pow__(self, o, m=None): return ("pow", o, m)
    def __int__(self): return int(self.x)
    def __index__(self): return 1
    def __float__(self): return 2.5
    def __round__(self, n=None): return ("round", n)
    def __lt__(self, o): return abs(self) < abs(o)
    def __contains__(self, v): return v in (self.x, self.y)
    def __reversed__(self): return iter((self.y, self.x))


def vectors(n):
    a, b = Vector(1, 2), Vector(0.5, -1)
    t = Vector(0, 0)
    for i in range(n):
        t = t + a * i - b
        t += -a
        if t @ b > 1000:
            t = t * 0.5
        if not t:
            break
    x, y = t
    return t, abs(t) > 1, sum([a, b]), 2 * a, a == Vector(1, 2), {a: 1}[Vector(1, 2)], x == t[0], len(a), a(3), divmod(a, b), pow(a, 2, 3), a**2, int(a), [10, 20][a], float(a), round(a, 1), \
        sorted([a, b, t])[0], 1 in a, list(reversed(a)), max(a, b), bool(a)


hot("vectors", vectors, (5,), (200,), repeat=15)


class RightFirst(int):
    def __radd__(self, o): return "right first"
    def __rsub__(self, o): return NotImplemented


class Sub(RightFirst):
    pass


OPS = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a @ b, lambda a, b: a // b, lambda a, b: a << b, lambda a, b: a | b, lambda a, b: a**b, lambda a, b: divmod(a, b)]


class Left:
    def __add__(self, o): return NotImplemented
    def __sub__(self, o): return "left"
    def __or__(self, o): return "or"


class Right:
    def __radd__(self, o): return "radd"
    def __rsub__(self, o): return "rsub"
    def __rmatmul__(self, o): return "rmatmul"
    def __ror__(self, o): raise KeyError("ror")


OPERANDS = [1, RightFirst(2), Sub(3), Left(), Right(), 1.5, "s", [1], None, True]
for i, op in enumerate(OPS):
    print("op", i, [outcome(op, a, b) if not (i in (5, 7) and isinstance(b, str)) else "-" for _ in range(10) for a in OPERANDS for b in OPERANDS][-len(OPERANDS) ** 2:])


def inplace_ops(x, y):
    out = []
    for f in ("+=", "-=", "*=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=", "@="):
        space = {"x": x, "y": y}
        try:
            exec(f"x {f} y", space)
            out.append(space["x"])
        except Exception as e:
            out.append(f"{type(e).__name__} {e}")
    return out


class InPlace:
    def __repr__(self): return "InPlace"
    def __iadd__(self, o): return ("iadd", o)
    def __isub__(self, o): return NotImplemented
    def __sub__(self, o): return ("sub", o)
    def __imul__(self, o): raise ValueError("imul")
    def __imatmul__(self, o): return "imatmul"


hot("inplace", inplace_ops, (7, 2), (7.5, 2), ("a", 2), ([1], [2]), (InPlace(), 3), (True, False), ({1}, {2}), repeat=15)


class Abstract(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def p(self): ...


class Concrete(Abstract):
    def f(self): return "f"
    p = 5


hot("abstract", Abstract)
hot("concrete", lambda: (Concrete().f(), Concrete().p, isinstance(Concrete(), Abstract)))


class Color(enum.Enum):
    RED = 1
    GREEN = "g"
    CRIMSON = 1
    @property
    def lower(self): return self.name.lower()


class Flag(enum.Flag):
    A = enum.auto()
    B = enum.auto()


class Num(enum.IntEnum):
    ONE = 1
    TWO = 2


def enums(n):
    out = []
    for i in range(n):
        c = Color.RED if i % 2 else Color.GREEN
        out.append((c.lower, c is Color.CRIMSON, Color("g").name, Num.TWO + i, (Flag.A | Flag.B).value, Flag.A in (Flag.A | Flag.B), Color["RED"].value, [x.name for x in Color]))
    return out[-2:]


hot("enums", enums, (60,), repeat=10)
hot("enum bad", lambda: Color(99))


@dataclasses.dataclass(order=True, frozen=True)
class Data:
    a: int
    b: float = 2.5
    c: list = dataclasses.field(default_factory=list, compare=False)
    def __post_init__(self):
        if self.a < 0: raise ValueError("negative")


hot("dataclass", lambda: (Data(1), Data(1) < Data(2), Data(1) == Data(1), dataclasses.replace(Data(1), a=5), dataclasses.astuple(Data(3, 4.0)), hash(Data(1)) == hash(Data(1))))
hot("frozen", lambda: setattr(Data(1), "a", 2))
hot("post init", lambda: Data(-1))
hot("missing argument", lambda: Data())


class Pair(typing.NamedTuple):
    x: int
    y: str = "d"
    def both(self): return self.x, self.y


hot("namedtuple", lambda: (Pair(1), Pair(1).both(), Pair(1)._replace(x=2), Pair(1, "z")[1], Pair(1) == (1, "d"), [a for a in Pair(5)]))


class Slots:
    __slots__ = ("a", "__dict__")


class SlotsChild(Slots):
    __slots__ = ("b",)


def slots():
    o = SlotsChild()
    o.a, o.b, o.c = 1, 2, 3
    del o.a
    return o.b, o.c, vars(o), outcome(getattr, o, "a")


hot("slots", slots)


class Tracker:
    live = 0
    def __init__(self): Tracker.live += 1
    def __del__(self): Tracker.live -= 1


def churn(n):
    for i in range(n):
        t = Tracker()
        u = Tracker()
        t = u
    return Tracker.live


hot("churn", churn, (1,), (100,))
show("live", Tracker.live)


def dynamic_types(n):
    out = []
    for i in range(n):
        T = type(f"T{i % 3}", (list,) if i % 2 else (object,), {"v": i, "get": lambda self: self.v})
        out.append((T.__name__, T().get(), isinstance(T(), list), T.__mro__[1].__name__))
    return out[-3:]


hot("dynamic", dynamic_types, (60,), repeat=10)


class Builtin(list):
    def append(self, x): super().append(x * 2)
    def __len__(self): return 99
    def __iter__(self): return iter("iterated")


class BDict(dict):
    def __missing__(self, k): self[k] = r = k * 2; return r
    def __contains__(self, k): return True
    def get(self, k, d=None): return "get"


class BStr(str):
    def upper(self): return "UP"
    def __add__(self, o): return "added"
    def __eq__(self, o): return True
    __hash__ = str.__hash__


class BInt(int):
    def __bool__(self): return False
    def __eq__(self, o): return "eq"
    __hash__ = int.__hash__


def builtin_subclasses(n):
    out = []
    for i in range(n):
        l, d, s, k = Builtin(), BDict(), BStr("x"), BInt(5)
        l.append(i)
        out.append((l[0], len(l), "".join(l), d[i], i in d, d.get(1), s.upper(), s + "y", s == "no", "no" == s, 1 if k else 2, k == 5, k + 1, s[0], [*l][0], not l))
    return out[-1]


hot("subclasses", builtin_subclasses, (60,), repeat=10)


class Proxy:
    def __init__(self, o): object.__setattr__(self, "_o", o)
    def __getattr__(self, n): return getattr(self._o, n)
    def __setattr__(self, n, v): setattr(self._o, n, v)
    def __getitem__(self, k): return self._o[k]
    def __len__(self): return len(self._o)
    def __iter__(self): return iter(self._o)
    @property
    def __class__(self): return self._o.__class__


hot("proxy", lambda: (Proxy([1, 2]).count(1), len(Proxy([1])), isinstance(Proxy([]), list), type(Proxy([])).__name__, list(Proxy("ab")), Proxy({"a": 1})["a"]))
hot("class names", lambda: (Vector.__add__.__qualname__, Meta.__module__, runs(["x"])))
