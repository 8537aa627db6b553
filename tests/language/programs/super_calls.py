"""super() in methods: where the method is found, classes of many shapes, and what changes in between."""

import sys

from common import hot, outcome, runs, show


class A:
    def m(self, x=0):
        return ("A", x)

    def n(self):
        return "A.n"

    @classmethod
    def c(cls):
        return ("A.c", cls.__name__)

    @staticmethod
    def s():
        return "A.s"

    @property
    def p(self):
        return "A.p"

    value = 7

    def __len__(self):
        return 3

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)


class B(A):
    def m(self, x=0):
        return ("B", super().m(x + 1))

    def n(self):
        return super().n() + " B.n"

    @classmethod
    def c(cls):
        return ("B.c", super().c())

    @staticmethod
    def s():
        return "B.s"

    @property
    def p(self):
        return super().p + " B.p"

    def v(self):
        return super().value, super().s(), super().c()

    def __len__(self):
        return super().__len__() + 1

    def __repr__(self):
        return "B:" + type(super().__repr__()).__name__

    def missing(self):
        return super().nothing()

    def its_class(self):
        return super().__class__.__name__


class C(B):
    def m(self, x=0):
        return ("C", super().m(x + 1))


class Other(A):
    def m(self, x=0):
        return ("Other", super().m(x * 2))


class Diamond(C, Other):
    def m(self, x=0):
        return ("Diamond", super().m(x))


def call_m(o):
    return o.m(1)


def call_all(o):
    return o.m(), o.n(), o.c(), o.s(), o.p, o.v(), len(o), repr(o), o.its_class()


hot("m", call_m, (A(),), (B(),), (C(),), (Other(),), (Diamond(),))
hot("all", call_all, (B(),), (C(),), (Diamond(),))
hot("missing", lambda o: o.missing(), (B(),), (Diamond(),))


class Init:
    def __init__(self, a, b=2, *rest, **more):
        super().__init__()
        self.a = a
        self.rest = rest, more
        self.b = b


class InitMore(Init):
    def __init__(self, a):
        super().__init__(a, 5, 6, k=7)
        self.c = a


hot("init", lambda: vars(InitMore(1)))


class Built(dict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 2)

    def get(self, key, default=None):
        return super().get(key, default)

    def update_all(self):
        super().update(a=1)
        return sorted(super().items())


def built():
    b = Built()
    b["x"] = 4
    return b["x"], b.get("x"), b.get("y", 1), b.update_all()


hot("built", built)


class Number(int):
    def __add__(self, other):
        return Number(super().__add__(other))

    def __repr__(self):
        return "N" + super().__repr__()


hot("number", lambda: Number(3) + 4)


class Captured(A):
    def m(self, x=0):
        def inner():
            return self

        return inner() is self, super().m(x)

    def changed(self, x):
        self = B()
        return super().m(x)

    def deleted(self, x):
        del self
        return super().m(x)

    def explicit(self, x):
        return super(Captured, self).m(x), super(A, self).__repr__()[:5]

    def shadowed(self, x):
        super = lambda: B()  # noqa: A001, E731
        return super().m(x)

    def nested(self, x):
        return [super(Captured, self).m(i) for i in range(x)]

    def rebound(self, x):
        __class__ = None  # noqa: F841
        return x

    def no_arguments():
        return super().m()

    def alone(self):
        s = super()
        return s.m(1), type(s).__name__


hot("captured", lambda o: o.m(2), (Captured(),))
hot("changed", lambda o: o.changed(2), (Captured(),))
hot("deleted", lambda o: o.deleted(2), (Captured(),))
hot("explicit", lambda o: o.explicit(2), (Captured(),))
hot("shadowed", lambda o: o.shadowed(2), (Captured(),))
hot("nested", lambda o: o.nested(2), (Captured(),))
hot("alone", lambda o: o.alone(), (Captured(),))
hot("no arguments", lambda: Captured.no_arguments())
hot("not an instance", lambda: [outcome(B.m, 3), outcome(B.m, "x", 4), outcome(B.m, A())])
hot("unbound", lambda o: B.m(o, 3), (B(),), (C(),), (Diamond(),))


class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args)

    def mro(cls):
        return super().mro()


class Made(metaclass=Meta):
    def __init__(self, x):
        super().__init__()
        self.x = x


hot("made", lambda: Made(4).x)


def changing(change, back):
    results = []
    o = C()
    for i in range(60):
        if i == 20:
            change(o)
        if i == 40:
            back(o)
        results.append(outcome(call_m, o))
    return runs(results)


original, original_b = A.m, B.m


def new_bases(o):
    B.__bases__ = (Plain,)


def old_bases(o):
    B.__bases__ = (A,)


class Plain(A):
    def m(self, x=0):
        return ("Plain", x)


class Third(A):
    def m(self, x=0):
        return ("Third", x)


show("new method", changing(lambda o: setattr(A, "m", lambda self, x: ("new", x)), lambda o: setattr(A, "m", original)))
show("no method", changing(lambda o: delattr(A, "m"), lambda o: setattr(A, "m", original)))
show("new bases", changing(new_bases, old_bases))
show("other class", changing(lambda o: setattr(o, "__class__", Third), lambda o: setattr(o, "__class__", C)))
show("in between", changing(lambda o: setattr(B, "m", staticmethod(lambda x: ("static", x))), lambda o: setattr(B, "m", original_b)))
show("not a function", changing(lambda o: setattr(A, "m", print), lambda o: setattr(A, "m", original)))
show("instance", changing(lambda o: setattr(o, "m", lambda x: "own"), lambda o: delattr(o, "m")))


def factory(base):
    class Local(base):
        def m(self, x=0):
            return (base.__name__, super().m(x))

    return Local


locals_made = [factory(base)() for base in (A, B, Other, Plain)]
hot("one code, many cells", lambda: [o.m(1) for o in locals_made])


def swapped_cell():
    class Swapped(A):
        def m(self, x=0):
            return super().m(x)

        def set(self, value):
            nonlocal_cell(self).cell_contents = value

    def nonlocal_cell(o):
        return type(o).m.__closure__[0]

    results = []
    o = Swapped()
    for i in range(60):
        if i == 20:
            o.set(A)
        if i == 40:
            o.set(Swapped)
        if i == 50:
            del nonlocal_cell(o).cell_contents
        results.append(outcome(call_m, o))
    return runs(results)


show("swapped cell", swapped_cell())


# With arguments: the class by its name, which may come to mean another; self, or something else.
class Named(C):
    def __init__(self, x=0):
        super(Named, self).__init__()
        self.x = x

    def m(self, x=0):
        return ("Named", super(Named, self).m(x), super(C, self).m(x), super(A, self).__repr__()[:9])

    def wrong(self, x):
        return super(Third, self).m(x)

    def other(self, x):
        return super(Named, x).m(3)

    def replaced(self, x):
        if x:
            self = x
        return super(Named, self).m(4)

    def attribute(self, x):
        return super(Named, self).__class__.__name__, super(Named, self).value

    def unbound(self, x):
        return repr(super(Named))[:20], super(Named, type(self)).m(self, x)

    def many(self, x):
        return super(Named, self, x).m(1)

    def keywords(self, x):
        return super(Named, self=self).m(1)

    @classmethod
    def of_class(cls, x):
        return super(Named, cls).__name__, super(Named, cls).m(cls(), 2)


class Below(Named):
    def m(self, x=0):
        return ("Below", super(Below, self).m(x))


OriginalNamed = Named


def by_name(o, method, x):
    return outcome(getattr(o, method), x)


for method in ("m", "wrong", "other", "replaced", "attribute", "unbound", "many", "keywords", "of_class"):
    for o in (Named(), Below()):
        show("named", method, runs([by_name(o, method, x) for x in [0, 0, 0, Named(), Below(), A(), None, Below()] * 3]))


def renamed():
    global Named
    results = []
    for i in range(60):
        if i == 20:
            Named = A
        if i == 30:
            Named = Third
        if i == 40:
            Named = None
        if i == 50:
            Named = OriginalNamed
        results.append(outcome(call_m, Below.__new__(Below)))
    return runs(results)


show("renamed", renamed())


class Deep(A):
    def m(self, x=0):
        return super().n() if x == 0 else self.m(x - 1)

    def down(self, x):
        global reached
        reached += 1
        return super().__getattribute__("down")(x + 1)


reached = 0


def deep():
    global reached
    reached = 0
    try:
        Deep().down(0)
    except RecursionError as error:
        return reached, str(error)


hot("deep", lambda: Deep().m(50))
sys.setrecursionlimit(300)
show("too deep", runs([outcome(deep) for _ in range(30)][-10:]))
sys.setrecursionlimit(1000)
