"""Attributes that stay where they were found for a while, and then no longer do."""

import gc
import math
import sys
import types
import weakref

from common import hot, outcome, runs, show

TURNS = 60


def seen(function, owner, change=None, turns=TURNS):
    """What a function gives for the owner, many times over; midway something changes."""
    results = []
    for i in range(turns):
        if i == turns // 2 and change is not None:
            change()
        results.append(outcome(function, owner))
    return runs(results)


def get_x(owner):
    return owner.x


def get_xy(owner):
    return owner.x, owner.y


def chain(owner):
    return owner.x.x.x


def call_f(owner):
    return owner.f(1)


def put_x(owner):
    owner.x = 7
    return owner.x


def put_both(owner):
    owner.x = 1.5
    owner.y = owner.x
    owner.x = "again"
    return owner.x, owner.y


def add_up(owner):
    return owner.x * 2 + owner.x - owner.x / 4


def compare(owner):
    return owner.x < 3, 3 < owner.x, -owner.x, owner.x == owner.x


def fresh(**members):
    """A class of its own for each test, and an instance with x and y."""

    def __init__(self, x=1, y=2):
        self.x = x
        self.y = y

    def f(self, a):
        return ("method", self.x, a)

    return type("Fresh", (), {"__init__": __init__, "f": f, **members})


# ---- where attributes are -----------------------------------------------------------------------

c = fresh()
show("values", seen(get_xy, c()))
show("default", seen(get_x, type("D", (), {"x": "in class"})()))
s = type("S", (), {"__slots__": ("x", "y")})()
show("slots unset", seen(get_x, s))
s.x = 5
show("slots set", seen(get_x, s), seen(put_x, s))
del s.x
show("slots deleted", seen(get_x, s), seen(put_x, s))
show("module", seen(lambda m: m.pi, math), seen(lambda m: m.not_there, math))
show("class", seen(get_x, type("D", (), {"x": "in class"})), seen(get_x, type("D", (), {})))
show("function", seen(lambda f: (f.__name__, f.__defaults__), get_x))
get_x.x = "of a function"
show("function dict", seen(get_x, get_x))
del get_x.x
show("int", seen(lambda n: (n.real, n.bit_length(), n.imag), 10), seen(lambda n: n.x, 10))
show("str", seen(lambda t: (t.upper(), t.join("xy"), "-".join(t)), "ab"))
show("exception", seen(lambda e: (e.args, e.__cause__), ValueError(1)))
error = KeyError(1)
error.x = 1
show("exception dict", seen(get_x, error), seen(put_x, error))


class Meta(type):
    shown = "meta"

    @property
    def x(cls):
        return cls.__name__, "from the metaclass"

    def f(cls, a):
        return cls.__name__, a


class WithMeta(metaclass=Meta):
    x = "hidden"
    y = "own"


show("metaclass", seen(get_x, WithMeta), seen(lambda k: (k.y, k.shown), WithMeta), seen(call_f, WithMeta))


class Kinds:
    x = property(lambda self: "property")

    @staticmethod
    def f(a):
        return "static", a

    @classmethod
    def g(cls, a):
        return cls.__name__, a


show("static", seen(call_f, Kinds()), seen(call_f, Kinds), seen(lambda k: k.f is Kinds.f, Kinds))
show("class method", seen(lambda k: k.g(2), Kinds()), seen(lambda k: k.g(2), Kinds))
show("property", seen(get_x, Kinds()), seen(put_x, Kinds()))
show("class method added", seen(lambda k: k.g(2), Kinds, lambda: setattr(Kinds, "g", lambda a: a)))
Kinds.g = classmethod(lambda cls, a: (cls.__name__, "again", a))
show("class method of a subclass", seen(lambda k: k.g(2), type("Sub", (Kinds,), {})))
wrapped = Kinds.__dict__["g"]
show("class method changed", seen(lambda k: k.g(2), Kinds, lambda: wrapped.__init__(lambda c, a: a)))
Kinds.g = classmethod(len)
show("class method of C", seen(lambda k: k.g(), Kinds), seen(lambda k: k.g is k.g, Kinds))
static = Kinds.__dict__["f"]
show("static changed", seen(call_f, Kinds(), lambda: static.__init__(lambda a: ("another", a))))

# ---- classes that change -------------------------------------------------------------------------

c = fresh()
show("method replaced", seen(call_f, c(), lambda: setattr(c, "f", lambda self, a: ("new", a))))
show("method deleted", seen(call_f, c(), lambda: delattr(c, "f")))
c = fresh()
show("property added", seen(get_x, c(), lambda: setattr(c, "x", property(lambda self: "shadows"))))
show("property removed", seen(get_x, c(3), lambda: delattr(c, "x")) if "x" not in vars(c) else "still there")
c = fresh(z="class")
show("class value", seen(lambda o: o.z, c(), lambda: setattr(c, "z", "changed")))
show("class value of a class", seen(lambda o: o.z, c, lambda: setattr(c, "z", "again")))
c = fresh()
show("getattr added", seen(lambda o: o.z, c(), lambda: setattr(c, "__getattr__", lambda self, n: n)))
show(
    "getattribute added",
    seen(get_x, c(), lambda: setattr(c, "__getattribute__", lambda self, n: n + "!")),
)
c = fresh()
log = []
show(
    "setattr added",
    seen(put_x, c(), lambda: setattr(c, "__setattr__", lambda self, n, v: log.append((n, v)))),
    runs(log),
)


class Base:
    z = "base"


class Other:
    z = "other base"


derived = type("Derived", (Base,), {})
show("base changed", seen(lambda o: o.z, derived(), lambda: setattr(Base, "z", "base again")))
show("bases assigned", seen(lambda o: o.z, derived(), lambda: setattr(derived, "__bases__", (Other,))))

a, b = fresh(), fresh(f=lambda self, a: ("other class", a))
o = a()
show("class assigned", seen(call_f, o, lambda: setattr(o, "__class__", b)))
o = a()
show("class assigned, values", seen(get_xy, o, lambda: setattr(o, "__class__", b)), seen(put_both, o))


class Plain:
    pass


class Descriptor(Plain):
    def __get__(self, instance, owner):
        return "got"


class Data(Descriptor):
    def __set__(self, instance, value):
        pass


value = Plain()
c = fresh(z=value)
show("becomes a descriptor", seen(lambda o: type(o.z).__name__, c(), lambda: setattr(value, "__class__", Descriptor)))
value = Plain()
c = fresh()
o = c()
c.x = value
show("becomes a data descriptor", seen(get_x, o, lambda: setattr(value, "__class__", Data)))
show("stores to it", seen(put_x, o))
value = Plain()
c = fresh(z=value)
show("its class gets __get__", seen(lambda o: o.z is value, c(), lambda: setattr(Plain, "__get__", lambda *a: "plain got")))
del Plain.__get__

# ---- instances that change -----------------------------------------------------------------------

c = fresh()
o = c()
show("dict made", seen(get_xy, o, lambda: o.__dict__), seen(put_both, o), seen(get_xy, o))
o = c()
show("vars made", seen(put_both, o, lambda: vars(o)), list(vars(o)))
o = c()
show("dict replaced", seen(get_x, o, lambda: setattr(o, "__dict__", {"x": "in a new dict"})))
show("dict replaced, stores", seen(put_x, o), vars(o))
o.__dict__ = {("no", "string"): 1, "x": "odd"}
show("odd dict", seen(get_x, o), seen(put_x, o))
o = c()
show("deleted", seen(get_x, o, lambda: delattr(o, "x")), seen(put_x, o), list(vars(o)))
o = c()
show("shadowed method", seen(call_f, o, lambda: setattr(o, "f", lambda a: ("instance", a))))
show("not others", seen(call_f, c()))
del o.f
show("shadow gone", seen(call_f, o))
o = c()
o.__dict__["f"] = lambda a: ("by dict", a)
show("shadowed by dict", seen(call_f, o), seen(call_f, c()))
o = c()
vars(o)
show("method with dict", seen(call_f, o, lambda: vars(o).update(f=lambda a: ("late", a))))
show(
    "class value shadowed",
    seen(lambda o: o.z, (z := fresh(z="class")()), lambda: setattr(z, "z", "instance")),
)

many = [c() for _ in range(40)]
for i, o in enumerate(many):
    setattr(o, f"name{i}", i)


def sum_up(owners):
    total = 0
    for owner in owners:
        total += owner.x + owner.y
    return total


show("keys no longer shared", seen(sum_up, many), [len(vars(o)) for o in many[::8]])
show("order of names", [list(vars(o)) for o in many[:3]])


class Ordered:
    def __init__(self, backwards):
        if backwards:
            self.b = 1
            self.a = 2
        else:
            self.a = 1
            self.b = 2
        self.a = self.a


show("order of stores", [list(vars(Ordered(i % 3 == 0))) for i in range(12)])


class Grows:
    def set_all(self):
        self.a = 1
        self.b = 2
        self.c = 3
        return list(self.__dict__)


show("first stores", [Grows().set_all() for _ in range(5)])

# ---- values ----------------------------------------------------------------------------------------

c = fresh()
for x in (1, 2.5, 2**40, 2**100, True, float("nan"), "text", None, -7):
    show(f"add up {x!r}", seen(add_up, c(x)), seen(compare, c(x)))
mixed = [c(1), c(2.5), c(2**70), c(-3), c(0.0)]
hot("mixed", lambda: [outcome(add_up, o) for o in mixed])
show("not a number", runs([outcome(add_up, o) for o in (*mixed, c("t"), c(), c(None), *mixed)]))


def count(owner, n):
    for _ in range(n):
        owner.x += 1
        owner.y = owner.y + 0.5
    return owner.x, owner.y


hot("count", lambda n: count(c(0, 0.0), n), (10,), (300,))
hot("count big", lambda: count(c(2**30 - 5, 1), 10))
hot("count bigger", lambda: count(c(2**60 - 5, 1e300), 10))
hot("count slots", lambda: count(s, 3) if setattr(s, "x", 250) is None and setattr(s, "y", 0.5) is None else 0)


def kept(owner, n):
    """The old number must not change when a new one takes its place."""
    before = []
    for _ in range(n):
        before.append(owner.x)
        before.append(owner.y)
        owner.x = owner.x + 1000
        owner.y = owner.y + 0.5
    return before[:4], before[-2:], owner.x, owner.y


hot("kept", lambda: kept(c(1000, 0.5), 20))
o = c(1.25)
show("same object", seen(lambda o: o.x is o.x, o), seen(lambda o: (o.x is o.x) + (o.x is not o.y), o))
hundred = 100
show("small ints", seen(lambda o: setattr(o, "x", 0) or count(o, 100)[0] is hundred, c()))
references = sys.getrefcount(o.x)
get_xy(o)
add_up(o)
show("references", sys.getrefcount(o.x) - references)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


def replace(owner, n):
    for i in range(n):
        owner.x = Noisy(i)
        log.append("stored")
    owner.x = None
    return owner.x


log.clear()
replace(c(), 5)
show("old value freed", log)


def temporary(n):
    out = []
    for i in range(n):
        out.append(Noisy(i).name)
    return out


log.clear()
show("owner freed", temporary(5), log)


class Meddler:
    """Changes the class of the owner while its attribute is replaced."""

    def __init__(self, owner):
        self.owner = weakref.ref(owner)

    def __del__(self):
        owner = self.owner()
        if owner is not None:
            owner.y = "meddled"
            owner.__dict__["x"] = "by the dict"


def meddled(n):
    out = []
    owner = c()
    for i in range(n):
        if i == n // 2:
            owner.x = Meddler(owner)
        owner.x = i
        out.append((owner.x, owner.y))
    return runs(map(repr, out))


show("meddled", meddled(6), meddled(6))

show("chain", seen(chain, c(c(c(3)))), seen(chain, c(c(s))))

# ---- modules and dead types --------------------------------------------------------------------------

module = types.ModuleType("module")
module.x = 1
module.f = lambda a: ("module function", a)
show("module rebound", seen(get_x, module, lambda: setattr(module, "x", 2)))
show("module deleted", seen(get_x, module, lambda: delattr(module, "x")))
show("module method", seen(call_f, module, lambda: setattr(module, "f", lambda a: ("new", a))))
module.__getattr__ = lambda name: ("asked for", name)
show("module getattr", seen(get_x, module), seen(lambda m: m.unknown, module))
for i in range(200):
    setattr(module, f"name{i}", i)
module.x = "after growth"
show("module grown", seen(get_x, module))


def writes(m, n):
    out = []
    for i in range(n):
        m.x = i
        out.append(m.x)
    return runs(map(str, out)), m.x


hot("module written", lambda: writes(module, 20))


def generations(n):
    """Classes that die, the next likely where the last was."""
    out = []
    for i in range(n):
        k = fresh(z=i) if i % 2 else type("Short", (), {"z": i, "f": lambda self, a, i=i: (i, a)})
        o = k()
        out.append((get_z(o), get_z(k), call_f(o)))
        del k, o
        if i % 7 == 0:
            gc.collect()
    return out


def get_z(owner):
    return owner.z


show("generations", generations(40))


# ---- attributes of classes that their metaclass has as well ------------------------------------------


class SameNames(type):
    def method(cls):
        return "of the metaclass", cls.__name__

    @property
    def data(cls):
        return "data of the metaclass"

    value = "of the metaclass"


class HasThem(metaclass=SameNames):
    def method(self=None):
        return "of the class"

    data = "data of the class"
    value = "of the class"


class HasNone(metaclass=SameNames):
    pass


def of_class(cls):
    return cls.method(), cls.data, cls.value


hot("metaclass", of_class, (HasThem,), (HasNone,), repeat=8)


def metaclass_changes(n):
    class Descriptor:
        def __get__(self, owner, kind=None):
            return "described"

    class Meta(type):
        value = Descriptor()

    class Made(metaclass=Meta):
        value = "of the class"

    seen = []
    for i in range(n):
        seen.append(Made.value)
        if i == n // 3:
            Descriptor.__set__ = lambda self, owner, value: None
        if i == n // 2:
            Meta.value = 5
        if i == n * 2 // 3:
            Meta.value = property(lambda cls: "property")
    return runs(seen)


hot("metaclass changes", metaclass_changes, (12,), (60,), repeat=4)


def of_builtin_classes():
    return (
        object.__setattr__ is object.__dict__["__setattr__"],
        outcome(lambda: int.__add__(1, 2)),
        outcome(lambda: type.__call__(int, 3)),
        object.__init__.__name__,
        dict.__repr__({1: 2}),
        outcome(lambda: type.__repr__(int)),
        outcome(lambda: int.__repr__(5)),
        int.__doc__[:6],
        object.__class__.__name__,
        int.__class__.__name__,
    )


hot("builtin classes", of_builtin_classes)
