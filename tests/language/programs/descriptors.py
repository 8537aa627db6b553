"""Attributes by methods written in Python: __get__ and __set__ of descriptors, properties, __getattr__, read, called and set."""

import enum
import sys

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot

# ---- descriptors ----------------------------------------------------------------------------------


class Early:
    """Comes before the instance's own attributes."""

    def __set_name__(self, owner, name): self.name = "_" + name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return instance.__dict__.get(self.name, 0) + 1

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * 2


class Small:
    """Small enough to be compiled in the place of the instruction."""

    def __get__(self, instance, owner): return instance.n
    def __set__(self, instance, value): instance.n = value


class Late:
    """Comes after them."""

    def __init__(self, value): self.value = value
    def __get__(self, instance, owner=None): return self, self.value, owner


class Cached:
    def __init__(self, function): self.function, self.name = function, function.__name__

    def __get__(self, instance, owner):
        value = instance.__dict__[self.name] = self.function(instance)
        return value


class Owner:
    early = Early()
    small = Small()
    late = Late("late")

    def __init__(self, n): self.n = n

    @Cached
    def cached(self): return [self.n]

    @property
    def squared(self): return self.n * self.n

    @property
    def function(self): return lambda *a: (self.n, a)


class Slots:
    __slots__ = ("n",)
    small = Small()
    late = Late("slots")

    def __init__(self, n): self.n = n


class Child(Owner):
    late = Late("child")


def read_early(x): return x.early, x.early
def read_small(x): return x.small + x.small * 10
def read_late(x): return x.late[1:]
def read_cached(x): return x.cached, x.cached is x.cached
def read_squared(x): return x.squared


def write(x, value):
    x.early = value
    x.small = value
    return x.early, x.small, x.n, sorted(vars(x).items(), key=str) if hasattr(x, "__dict__") else "slots"


for make in (Owner, Child):
    hot(f"early {make.__name__}", lambda make=make: read_early(make(3)))
    hot(f"cached {make.__name__}", lambda make=make: read_cached(make(3)))
for make in (Owner, Child, Slots):
    hot(f"small {make.__name__}", lambda make=make: read_small(make(3)))
    hot(f"late {make.__name__}", lambda make=make: read_late(make(3)))
hot("small in turn", lambda i: read_small((Owner, Slots, Child)[i % 3](i + 0.5)), *((i,) for i in range(3)))
hot("late in turn", lambda i: read_late((Owner, Slots, Child)[i % 3](i)), *((i,) for i in range(3)))
hot("write", lambda v: write(Owner(1), v), (3,), (2.5,), ("a",))
hot("write fails", lambda v: write(Slots(1), v), (3,))
hot("through the class", lambda: (Owner.early is Owner.__dict__["early"], Owner.late[1:], outcome(lambda: Owner.small)))


def shadowed(n):
    x = Owner(n)
    out = [read_late(x), read_squared(x)]
    x.__dict__["late"] = "xyz"
    x.__dict__["squared"] = x.__dict__["early"] = "never seen"
    out += [read_late(x), read_squared(x), read_early(x)]
    del x.__dict__["late"]
    return out + [read_late(x)]


hot("shadowed", shadowed, (4,))

# ---- as methods ------------------------------------------------------------------------------------


class Bound:
    """Gives something that is called."""

    def __init__(self, function): self.function = function
    def __get__(self, instance, owner): return Partial(self.function, instance, owner)


class Partial:
    def __init__(self, function, *first): self.function, self.first = function, first
    def __call__(self, *rest): return self.function(*self.first, *rest)


class Simple:
    def __get__(self, instance, owner): return instance.call


class Methods:
    bound = Bound(lambda instance, owner, a: (instance.n, owner.__name__, a))
    simple = Simple()

    def __init__(self, n): self.n, self.call = n, lambda a: (n, a)

    @property
    def function(self): return self.call

    @property
    def itself(self): return self

    def __call__(self, a): return "called", a

    @property
    def number(self): return self.n


def call_bound(x): return x.bound(1), x.bound("b")
def call_simple(x): return x.simple(2), x.function(3)
def call_itself(x): return x.itself(4), x.itself.itself(5)
def call_number(x): return x.number(6)


hot("bound", lambda: call_bound(Methods(1)))
hot("simple", lambda: call_simple(Methods(1)))
hot("itself", lambda: call_itself(Methods(1)))
hot("number", lambda: call_number(Methods(1)))

# ---- __getattr__ -------------------------------------------------------------------------------------


class Proxy:
    def __init__(self, target): self.target = target
    def __getattr__(self, name): return getattr(self.target, name)


class Answers:
    known = "known"

    def __init__(self): self.own = "own"
    def __getattr__(self, name): return name, self.own

    @property
    def fails(self): raise AttributeError("from the property")

    @property
    def deep(self): return self.__dict__["missing"].nothing


class SlotProxy:
    __slots__ = ("target",)

    def __init__(self, target): self.target = target
    def __getattr__(self, name): return getattr(self.target, name)


class Caches:
    made = 0

    def __getattr__(self, name):
        Caches.made += 1
        value = self.__dict__[name] = len(name)
        return value


def read_proxy(x): return x.n, x.squared, x.late[1], x.function(1), x.__class__.__name__
def read_answers(x): return x.known, x.own, x.unknown, x.other, outcome(lambda: x.fails), outcome(lambda: x.deep)
def call_proxy(x): return x.upper(), x.replace("a", "b"), x.join(["1", "2"])
def read_caches(x): return x.abc + x.abc + x.defg


for make in (Proxy, SlotProxy):
    hot(f"{make.__name__}", lambda make=make: read_proxy(make(Owner(3))))
    hot(f"{make.__name__} twice", lambda make=make: read_proxy(make(make(Owner(3)))))
    hot(f"{make.__name__} of a string", lambda make=make: call_proxy(make("abc")))
hot("proxies in turn", lambda i: read_proxy((Proxy, SlotProxy)[i % 2](Owner(i))), (0,), (1,))
hot("answers", lambda: read_answers(Answers()))
hot("caches", lambda: read_caches(Caches()))
show("caches made", Caches.made)


def late_known(n):
    """The class gets the attribute while it is being asked for."""
    class C:
        def __getattr__(self, name):
            if len(asked) == n:
                C.x = "from the class"
            asked.append(name)
            return "asked"

    asked, c, out = [], C(), []
    for _ in range(n + 5):
        out.append(c.x)
    return runs(out), len(asked)


hot("late known", late_known, (40,), repeat=3)

# ---- attributes of classes ------------------------------------------------------------------------------


class Meta(type):
    def __getattr__(cls, name):
        if name.startswith("no"):
            raise AttributeError("nothing called " + name)
        return cls.__name__, name

    @property
    def shown(cls): return "shown " + cls.__name__


class WithMeta(metaclass=Meta):
    plain = 5
    late = Late("with meta")
    early = Early()

    @staticmethod
    def static(x): return x, 1

    @classmethod
    def klass(cls): return cls.__name__


class Selfless:
    def __get__(self, instance, owner): return instance, owner.__name__


class Raises:
    def __get__(self, instance, owner): raise AttributeError("through the class")


class Below(WithMeta):
    plain = 6
    selfless = Selfless()
    raises = Raises()


class Flat:
    selfless = Selfless()
    raises = Raises()
    late = Late("flat")


class Whole(type):
    def __getattribute__(cls, name): return "whole", name
    def __getattr__(cls, name): return "never"


class ByWhole(metaclass=Whole): pass


class Colour(enum.Enum):
    RED = 1
    BLUE = "b"

    @property
    def lower(self): return self.name.lower()

    @classmethod
    def first(cls): return cls.RED


class Flags(enum.IntFlag):
    A = 1
    B = 2


def of_class(c): return c.late[1:], c.selfless, outcome(lambda: c.raises)
def of_meta(c): return c.plain, c.static(3), c.klass(), c.unknown, outcome(lambda: c.nothing), c.shown, c.late[1], c.__name__
def of_enum(c): return c.RED, c.BLUE.value, c.RED.name, c.RED is c.first(), c.BLUE.lower, c.RED != c.BLUE, outcome(lambda: c.GREEN), c["RED"], c(1)
def of_flags(f): return f.A | f.B, f.A & f.B, (f.A | f.B).value, f.B in f.A | f.B, list(f)


hot("of class", of_class, (Flat,), (Below,))
hot("of meta", of_meta, (WithMeta,), (Below,))
hot("of whole", lambda: (ByWhole.x, ByWhole.__name__, ByWhole.y))
hot("of enum", of_enum, (Colour,))
hot("of flags", of_flags, (Flags,))
hot("early of meta", lambda: (WithMeta.early is WithMeta.__dict__["early"], Below.raises if False else 1))


def class_changes(step):
    class M(type):
        def __getattr__(cls, name): return "hook", name

    class C(metaclass=M):
        x = 1

    class D(C):
        d = Selfless()

    out = []
    for i in range(HOT * 2):
        if i == HOT:
            step(M, C, D)
        out.append((outcome(lambda: C.x), outcome(lambda: D.x), outcome(lambda: D.d), outcome(lambda: C.y)))
    return runs(out)


def sets_x(M, C, D): C.x = 2
def del_x(M, C, D): del C.x
def meta_x(M, C, D): M.x = property(lambda cls: "meta " + cls.__name__)
def no_hook_any_more(M, C, D): del M.__getattr__
def other_meta_hook(M, C, D): M.__getattr__ = lambda cls, name: "other"
def get_changes(M, C, D): D.d = Late("changed")
def found_later(M, C, D): C.y = Selfless()
def no_get(M, C, D): D.__dict__["d"].__class__ = type("Nothing", (), {})


for step in (sets_x, del_x, meta_x, no_hook_any_more, other_meta_hook, get_changes, found_later, no_get):
    show(step.__name__, *fresh(class_changes)(step))

# ---- errors ------------------------------------------------------------------------------------------


class Fails:
    def __get__(self, instance, owner): raise AttributeError("no get")
    def __set__(self, instance, value): raise AttributeError("no set")


class FailsLate:
    def __get__(self, instance, owner): return instance.missing


class Named:
    def __get__(self, instance, owner): raise AttributeError("named", name="other", obj=5)


class Failing:
    fails = Fails()
    late = FailsLate()
    named = Named()

    @property
    def prop(self): raise AttributeError("no property")

    @property
    def key(self): return {}["key"]


class FailingProxy:
    def __getattr__(self, name):
        if name == "key":
            raise KeyError(name)
        raise AttributeError(name.upper())


def context(function, *args):
    try:
        return function(*args)
    except AttributeError as error:
        return str(error), error.name, type(error.obj).__name__
    except KeyError as error:
        return error


READERS = {
    name: eval(f"lambda x: x.{name}") for name in ("fails", "late", "named", "prop", "key", "nothing")
} | {name + "()": eval(f"lambda x: x.{name}()") for name in ("fails", "late", "named", "prop", "key", "nothing")}


def store_fails(x): x.fails = 1
def store_prop(x): x.prop = 1


for name, read in READERS.items():
    for make in (Failing, FailingProxy):
        show(f"{name} of {make.__name__}", *sorted({text(context(read, make())) for _ in range(HOT)}))
show("store", *sorted({text(context(store_fails, Failing())) for _ in range(HOT)}))
show("store property", *sorted({text(context(store_prop, Failing())) for _ in range(HOT)}))
for name in ("fails", "prop", "key", "nothing()"):
    trace_hot(name, READERS[name], Failing())
    trace_hot(name + " by proxy", READERS[name], FailingProxy())

# ---- what changes --------------------------------------------------------------------------------------


def changing(step):
    class D:
        def __get__(self, instance, owner): return "get"

    class C:
        d = D()
        def __getattr__(self, name): return "hook " + name

    class P:
        d = D()

    c, p = C(), P()
    p.__dict__["d"] = "own"
    out = []
    for i in range(HOT * 2):
        if i == HOT:
            step(C, P, D)
        out.append((outcome(lambda: c.d), outcome(lambda: p.d), outcome(lambda: c.e), outcome(lambda: setattr(p, "f", 1))))
        try:
            p.d = "set"
        except AttributeError as error:
            out.append(str(error))
    return runs(out)


def becomes_early(C, P, D): D.__set__ = lambda self, instance, value: instance.__dict__.update(d=value + "!")
def loses_get(C, P, D): del D.__get__
def gets_other(C, P, D): D.__get__ = lambda self, instance, owner: ("other", owner.__name__)
def other_code(C, P, D): D.__get__.__code__ = (lambda self, instance, owner: "code").__code__
def other_hook(C, P, D): C.__getattr__ = lambda self, name: "other " + name
def no_hook(C, P, D): del C.__getattr__
def whole_hook(C, P, D): C.__getattribute__ = lambda self, name: "whole " + name
def known_now(C, P, D): C.e = 5
def not_there(C, P, D): del C.d
def other_class(C, P, D): C.__dict__["d"].__class__ = type("E", (), {"__get__": lambda *a: "E"})
def get_from_c(C, P, D): D.__get__ = property().__get__
def defaults(C, P, D): D.__get__ = lambda self, instance, owner, more=7: more
def keywords(C, P, D): D.__get__ = lambda self, *rest, **more: (len(rest), more)
def generator(C, P, D):
    def get(self, instance, owner):
        yield owner.__name__
    D.__get__ = get


for step in (becomes_early, loses_get, gets_other, other_code, other_hook, no_hook, whole_hook, known_now, not_there, other_class, get_from_c, defaults, keywords):
    for line in fresh(changing)(step):
        print(step.__name__, text(line))
show("generator", len(fresh(changing)(generator)) > HOT)

# ---- who is looking --------------------------------------------------------------------------------------


class Looks:
    def __get__(self, instance, owner):
        frame = sys._getframe(1)
        return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals)

    def __set__(self, instance, value):
        seen.append((sys._getframe(1).f_code.co_name, value))


class Looked:
    looks = Looks()
    def __getattr__(self, name): return name, sys._getframe(1).f_code.co_name, sys._getframe(1).f_lineno


def looked_at(x):
    y = 5
    first = (
        x
        .looks
    )
    x.looks = y
    return first, x.hooked[:2], x.hooked[2] - sys._getframe().f_lineno


seen = []
hot("looked at", lambda: looked_at(Looked()))
show("seen", *runs(seen))


class Traces:
    def __get__(self, instance, owner):
        if instance.n == 3:
            sys.settrace(trace)
        return instance.n


class Traced:
    traces = Traces()
    def __init__(self, n): self.n = n


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event))
    return trace


def traced(n):
    x = Traced(n)
    y = x.traces
    return other(y)


def other(y): return y + 1


events = []
for n in [1] * HOT + [3]:
    result = traced(n)
    sys.settrace(None)
show("traced", result, *events)


class Deep:
    def __get__(self, instance, owner): return instance.n and Owned(instance.n - 1).deep + 1


class Owned:
    deep = Deep()
    def __init__(self, n): self.n = n
    def __getattr__(self, name): return self.n and getattr(Owned(self.n - 1), name) + 1


hot("deep", lambda n: (Owned(n).deep, Owned(n).deeper), (30,))
show("too deep", outcome(lambda: Owned(10**6).deep)[:21], outcome(lambda: Owned(10**6).deeper)[:21])


class Makes:
    def __get__(self, instance, owner): return Token(), instance
    def __set__(self, instance, value): instance.kept = value


class Kept:
    makes = Makes()
    def __getattr__(self, name): return Token()


def keep():
    x = Kept()
    x.makes = Token(), x.makes[0], x.other
    return Kept().makes[1].another is not None, len(x.kept)


hot("keep", keep)
show("alive", Token.alive)


async def awaits(x): return x.late[1], await x.coroutine


class Later:
    late = Late("later")

    @property
    def coroutine(self): return self.run()

    async def run(self): return "ran"


def drive():
    try:
        awaits(Later()).send(None)
    except StopIteration as stop:
        return stop.value


hot("awaits", drive)


def far_names(n):
    """Reads an attribute whose name comes after many others."""
    lines = "\n".join(f"    if x is None: x.n{i}" for i in range(n))
    names = {}
    exec(f"def read(x):\n{lines}\n    return x.prop, x.own()\n", names)
    return names["read"]


class Far:
    def __init__(self, ok): self.ok = ok

    @property
    def prop(self): return 1 if self.ok else object.__setattr__(5, "a", 1)

    @property
    def own(self): return (lambda: 2) if self.ok else 5 .nothing


class FarProxy(Far):
    def __getattr__(self, name): return object.__setattr__(5, name, 1)


read_far = far_names(300)
for make in (Far, FarProxy):
    for i in range(HOT * 4):
        read_far(make(1))
    show("far", *sorted({text(context(read_far, make(0))) for _ in range(HOT)}))
try:
    Failing().fails
except AttributeError:
    print(error_text())
