"""Attributes in every place they may live, and classes that change under hot code."""

import math
import types

from common import fresh, hot, outcome, runs, show, trace_hot


class Point:
    kind = "point"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def norm(self):
        return self.x * self.x + self.y * self.y

    def move(self, d):
        self.x += d
        self.y -= d
        return self


class Slotted:
    __slots__ = ("x", "y")
    kind = "slotted"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    norm = Point.norm
    move = Point.move


class Prop:
    kind = property(lambda self: "prop")

    def __init__(self, x, y):
        self._x = x
        self.y = y

    @property
    def x(self):
        return self._x

    @x.setter
    def x(self, v):
        if v == "bad":
            raise ValueError("bad value")
        self._x = v

    norm = Point.norm
    move = Point.move


class Dynamic:
    kind = "dynamic"

    def __getattr__(self, name):
        if name in ("x", "y"):
            return 7
        raise AttributeError(f"dynamic has no {name}")

    norm = Point.norm
    move = Point.move


class All:
    def __getattribute__(self, name):
        if name == "norm":
            return lambda: "all norm"
        if name == "move":
            return lambda d: "all move"
        if name == "kind":
            return object.__getattribute__(self, "missing")
        return ("all", name)


class Setter:
    kind = "setter"

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __setattr__(self, name, v):
        object.__setattr__(self, name, v)
        object.__setattr__(self, "last", name)

    def __delattr__(self, name):
        raise AttributeError("cannot delete " + name)

    norm = Point.norm
    move = Point.move


def read(o):
    return o.x, o.y, o.kind


def norm(o):
    return o.norm()


def move(o):
    r = o.move(1)
    return (r.x, r.y) if not isinstance(r, str) else r


MAKERS = [lambda: Point(1, 2), lambda: Point(1.5, 2), lambda: Slotted(1, 2), lambda: Prop(3, 4), Dynamic, All,
          lambda: Setter(5, 6), lambda: Point("a", 3), lambda: types.SimpleNamespace(x=1, y=2, kind="ns")]
for make in MAKERS:
    o = make()
    name = type(o).__name__
    hot(f"read {name}", lambda: read(o))
    hot(f"norm {name}", lambda: norm(o))
    hot(f"move {name}", lambda: move(make()))
show("all", [outcome(f, m()) for _ in range(40) for m in MAKERS for f in (read, norm, move)][-3 * len(MAKERS):])


def total(objects):
    t = 0
    for o in objects:
        t += o.x
        o.y = t
    return t


POINTS = [Point(i, 0) for i in range(150)]
hot("total", lambda: total(POINTS))
MIXED = POINTS + [Slotted(1, 2)] * 5 + [Prop(1.5, 2)] * 5 + [Dynamic()] * 5 + POINTS
hot("total mixed", lambda: total(MIXED))


def class_change_in_loop(n):
    o = Point(1, 2)
    out = []

    class Other:
        kind = "other"
        x = "class x"

        def norm(self):
            return "other norm"

    for i in range(n):
        if i == n // 3:
            o.__class__ = Other
        if i == n // 2:
            del o.x
        if i == n * 2 // 3:
            o.__class__ = Point
            o.x = 3
        out.append((o.kind, o.x, o.norm()))
    return runs(map(repr, out))


hot("__class__", class_change_in_loop, (200,))


def class_change_inside_method(n):
    class A:
        def f(self):
            return "A"

        def flip(self, i):
            if i == 100:
                self.__class__ = B
            return self.f()

    class B(A):
        def f(self):
            return "B"

    a = A()
    return runs([a.flip(i) for i in range(n)])


hot("flip", class_change_inside_method, (200,), repeat=10)


def mutate_class(n):
    class C:
        v = 1

        def m(self):
            return "m"

    c = C()
    out = []
    for i in range(n):
        if i == 20:
            C.v = 2
        if i == 40:
            C.m = lambda self: "patched"
        if i == 60:
            c.v = "instance"
        if i == 80:
            c.m = lambda: "instance m"
        if i == 100:
            C.v = property(lambda self: "property")
        if i == 120:
            del C.v
        if i == 140:
            del c.m
            C.m = 5
        if i == 160:
            C.m = staticmethod(lambda: "static")
        if i == 180:
            C.m = classmethod(lambda cls: cls.__name__)
        if i == 200:
            C.__getattr__ = lambda self, name: "getattr " + name
            del C.m
        if i == 220:
            C.__getattribute__ = lambda self, name: "getattribute " + name
        try:
            r = c.m() if callable(c.m) else c.m
        except Exception as e:
            r = str(e)
        out.append((str(c.v), r))
    return runs(map(repr, out))


hot("mutate", mutate_class, (250,), repeat=5)


def base_mutation(n):
    class Base:
        pass

    class Mid(Base):
        pass

    class Leaf(Mid):
        pass

    o = Leaf()
    out = []
    for i in range(n):
        if i == 30:
            Base.attr = "base"
        if i == 60:
            Mid.attr = "mid"
        if i == 90:
            Leaf.attr = "leaf"
        if i == 120:
            del Leaf.attr
        if i == 150:
            Leaf.__bases__ = (Base,)
        if i == 180:
            o.attr = "own"
        out.append(getattr(o, "attr", None) if i < 30 else o.attr)
    return runs(map(repr, out))


hot("bases", base_mutation, (210,), repeat=5)


def through_dict(n):
    o = Point(0, 0)
    out = []
    for i in range(n):
        if i == 50:
            d = o.__dict__
        if i >= 50:
            d["x"] = i // 50
        if i == 100:
            o.__dict__ = {"x": "new dict", "y": 1}
        if i == 150:
            d = o.__dict__
            d["y"] = 9
            d.pop("x")
            o.x = 5
        out.append(o.x)
    return runs(map(repr, out)), list(o.__dict__)


hot("__dict__", through_dict, (200,))


def key_sharing(n):
    objects = []
    for i in range(n):
        o = Point.__new__(Point)
        if i % 3:
            o.x = i
            o.y = 1
        else:
            o.y = 1
            o.x = i
        if i % 7 == 0:
            setattr(o, f"extra{i}", i)
        if i % 11 == 0:
            del o.y
            o.y = 2
        objects.append(o)
    return sum(o.x + o.y for o in objects)


hot("key sharing", key_sharing, (150,))


def many_attributes(n):
    class Many:
        pass

    o = Many()
    for i in range(n):
        setattr(o, f"a{i}", i)
    o.target = 0
    for i in range(200):
        o.target += o.a0 + o.a5
        if i == 100:
            for k in range(10, n):
                delattr(o, f"a{k}")
    return o.target, len(vars(o))


hot("many", many_attributes, (20,), (40,), (100,), repeat=10)


def store_grow(n):
    out = []
    for i in range(n):
        o = Point(i, i)
        o.z = i
        o.w = o.z + 1
        o.x = str(i)
        out.append(o.w)
        del o.z
        if i % 2:
            o.z = 1.0
    return sum(out)


hot("grow", store_grow, (150,))


def delete_missing(o):
    del o.x
    del o.x


trace_hot("delete missing", lambda: delete_missing(Point(1, 2)))
trace_hot("delete slot", lambda: delete_missing(Slotted(1, 2)))
trace_hot("delete refused", lambda: delete_missing(Setter(1, 2)))
hot("missing", lambda o: o.nothing, (1,), ("s",), (None,), ([],), (3.5,), (len,), (int,))
trace_hot("missing", lambda: Point(1, 2).nothing)
trace_hot("missing method", lambda: Point(1, 2).nothing(3))
trace_hot("empty slot", lambda: Slotted.__new__(Slotted).x)


def set_on(o):
    o.attribute = 1


hot("set on", set_on, (1,), ("s",), (None,), (Slotted(1, 2),), (len,))
hot("set bad", lambda: setattr(Prop(1, 2), "x", "bad"))
hot("set readonly", lambda: setattr(Prop(1, 2), "kind", "bad"))


class Descriptor:
    def __init__(self): self.log = 0
    def __set_name__(self, owner, name): self.name = name

    def __get__(self, o, cls):
        self.log += 1
        return (self.name, None if o is None else "instance", cls.__name__)

    def __set__(self, o, v):
        if v == 13:
            raise ValueError("unlucky")
        o.__dict__["stored"] = v

    def __delete__(self, o): o.__dict__.pop("stored")


class NonData:
    def __get__(self, o, cls): return "nondata"


class HasDescriptors:
    d = Descriptor()
    n = NonData()

    def __init__(self): self.base = 1


def descriptors(n):
    o = HasDescriptors()
    out = []
    for i in range(n):
        out.append((o.d, o.n, HasDescriptors.d, HasDescriptors.n))
        if i == 50:
            o.n = "instance wins"
        if i == 100:
            o.__dict__["d"] = "data descriptor wins"
        if i == 120:
            NonData.__set__ = lambda self, ob, v: None
        try:
            o.d = i
        except ValueError as e:
            out.append(str(e))
    del NonData.__set__
    del o.d
    return runs(map(repr, out)), o.__dict__


hot("descriptors", descriptors, (150,), repeat=10)


def module_attributes(n):
    m = types.ModuleType("m")
    m.v = 1
    out = []
    for i in range(n):
        if i == 50:
            m.v = "two"
        if i == 100:
            del m.v
            m.__getattr__ = lambda name: "module getattr " + name
        if i == 150:
            m.v = 3
        out.append(m.v)
    return runs(map(repr, out))


hot("module", module_attributes, (200,), repeat=10)
trace_hot("module missing", lambda: math.nothing)


def patched_math(n):
    original = math.sqrt
    out = []
    for i in range(n):
        if i == 50:
            math.sqrt = lambda x: "patched"
        if i == 100:
            math.sqrt = original
        out.append(math.sqrt(16.0))
    return runs(map(repr, out))


hot("math patched", patched_math, (150,), repeat=10)


def class_attributes(n):
    class A:
        count = 0

    for i in range(n):
        A.count += 1
        if i == n // 2:
            A.count = 0.5
    return A.count, Point.kind, int.__name__, str.upper("x")


hot("class attributes", class_attributes, (200,))


class Meta(type):
    shared = "meta"

    @property
    def prop(cls): return "meta prop " + cls.__name__

    def method(cls): return "meta method " + cls.__name__

    def __getattr__(cls, name):
        if name.startswith("dyn"):
            return name
        raise AttributeError(name)


class WithMeta(metaclass=Meta):
    own = "own"


def metaclass_attributes(n):
    out = []
    for i in range(n):
        if i == 50:
            WithMeta.shared = "class"
        if i == 100:
            del WithMeta.shared
        out.append((WithMeta.shared, WithMeta.prop, WithMeta.method(), WithMeta.own, WithMeta.dynamic))
    try:
        WithMeta.other
    except AttributeError as e:
        out.append(str(e))
    return runs(map(repr, out))


hot("metaclass", metaclass_attributes, (150,), repeat=10)


class Base:
    tag = "base"

    def __init__(self, v): self.v = v

    def f(self, k=0): return ("base", self.v, k)

    @classmethod
    def c(cls): return cls.__name__

    @property
    def p(self): return "base p"


class Derived(Base):
    tag = "derived"

    def __init__(self, v):
        super().__init__(v)
        super(Derived, self).__init__(v)

    def f(self, k=0):
        return super().f(k) + (super().tag, super().c(), super().p)

    @classmethod
    def c(cls): return "D" + super().c()

    @property
    def p(self): return super().p + "!"

    def bad(self): return super().nothing


class Third(Derived):
    def f(self, k=0): return super().f(k + 1)


hot("super", lambda o: o.f(1), (Derived(1),), (Third(2.5),), (Base("x"),)) if False else None
for o in (Derived(1), Third(2.5), Base("x")):
    hot(f"super {type(o).__name__}", lambda: (o.f(1), o.c(), o.p))
trace_hot("super missing", lambda: Derived(1).bad())


def super_mutation(n):
    out = []
    d = Derived(1)
    for i in range(n):
        if i == 50:
            Base.f = lambda self, k=0: ("patched",)
        if i == 100:
            Base.f = original_f
        out.append(d.f())
    return runs(map(repr, out))


original_f = Base.f
hot("super mutation", super_mutation, (150,), repeat=5)


class A:
    def who(self): return "A"


class B(A):
    def who(self): return "B" + super().who()


class C(A):
    def who(self): return "C" + super().who()


class D(B, C):
    def who(self): return "D" + super().who()


hot("diamond", lambda: (D().who(), B().who(), C().who()))


def bound_methods(n):
    p = Point(3, 4)
    f = p.norm
    g = Point.norm
    out = []
    for i in range(n):
        if i == 50:
            p.x = 1.5
        if i == 100:
            p = Point(0, 1)
        out.append((f(), g(p), p.norm()))
    return runs(map(repr, out))


hot("bound", bound_methods, (150,))


def getattr_raises(n):
    class E:
        def __getattr__(self, name): raise AttributeError(f"no {name} at {self.i}")

    e = E()
    out = []
    for i in range(n):
        e.i = i // 50
        try:
            e.foo
        except AttributeError as x:
            out.append(f"{x} {x.name} {x.obj is e}")
    return runs(out)


hot("getattr raises", getattr_raises, (150,), repeat=5)


def str_methods(n):
    out = []
    for i in range(n):
        s = "Ab" if i < n // 2 else b"Ab"
        out.append((s.upper(), s.lower(), s.join([s, s]), s.startswith(s[:1])))
    return runs(map(repr, out))


hot("builtin methods", str_methods, (120,))


def augmented(o, n):
    for i in range(n):
        o.x += i
        o.y *= 1
        o.x -= 1
    return o.x, o.y


hot("augmented", lambda: augmented(Point(1, 2), 200))
hot("augmented slots", lambda: augmented(Slotted(1.5, 2), 200))
hot("augmented big", lambda: augmented(Point(2**63 - 100, 2.5), 200))
hot("augmented prop", lambda: augmented(Prop(1, 2), 200))


class Chain:
    def __init__(self, n): self.next = Chain(n - 1) if n else None


def walk(c):
    n = 0
    while c is not None:
        n += 1
        c = c.next
    return n


hot("chain", lambda: walk(Chain(100)))
hot("chain attribute error", lambda: walk(types.SimpleNamespace(next=types.SimpleNamespace(next=5))))


class Cached:
    def __init__(self): self.n = 0

    @property
    def v(self):
        self.n += 1
        if self.n == 100:
            type(self).v = "replaced"
        return self.n


def property_replaced(n):
    class Mine(Cached):
        v = Cached.v

    o = Mine()
    return [o.v for _ in range(n)][-1], o.n


hot("property replaced", property_replaced, (150,), repeat=3)


class Error(Exception):
    """An instance's dict comes with its first attribute. So it does, elsewhere in the object, for Number."""

    kind = "class"
    def method(self): return "class"


class Number(int):
    kind = "class"
    def method(self): return "class"


class Whole(Number):
    __slots__ = ()


def of_class_or_own(x): return x.kind, x.method()
def with_own(make):
    own = make(1)
    own.kind, own.method = "own", lambda: "own method"
    return own


for make in (Error, Number, Whole):
    hot(f"no dict yet {make.__name__}", fresh(of_class_or_own), (make(1),), (with_own(make),), (make(2),))
