"""What code is compiled for and does not stay so: globals, classes, modules and objects that others change meanwhile."""

import gc
import signal
import sys
import threading
import types

from common import hot, show


class Empty:
    pass


# -- globals that a signal handler, another thread or a finalizer sets ----------------------------

stop = False


def wait(turns):
    i = 0
    while i < turns:
        if stop:
            return "stopped"
        i += 1
    return "the end"


def wait_long():
    while not stop:
        pass
    return "stopped"


def handle(number, frame):
    global stop
    stop = True


def set_stop(started):
    global stop
    started.wait()
    stop = True


hot("not stopped", wait, (300,))
signal.signal(signal.SIGALRM, handle)
for _ in range(3):
    stop = False
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    show("by a signal", wait_long())
    stop, started = False, threading.Event()
    thread = threading.Thread(target=set_stop, args=(started,))
    thread.start()
    started.set()
    show("by a thread", wait_long())
    thread.join()
signal.signal(signal.SIGALRM, signal.SIG_DFL)


class Sets:
    def __init__(self, value):
        self.value = value

    def __del__(self):
        global seen
        if self.value is not None:
            seen = self.value


seen = 0


def by_local(kept):
    x = kept.pop()
    a = seen
    x = None
    return a, seen


def by_attribute(kept, owner):
    owner.x = kept.pop()
    a = seen
    owner.x = None
    return a, seen


def by_item(kept, items):
    items[0] = kept.pop()
    a = seen
    items[0] = 5
    return a, seen


owner, items = Empty(), [None]
for i in range(40):
    value = i if i % 7 == 0 else None
    show(by_local([Sets(value)]), by_attribute([Sets(value)], owner), by_item([Sets(value)], items))


def by_builtin(kept):
    x = kept.pop()
    a = len(kept)
    x = None
    return a, len(kept)


class Shadows:
    def __init__(self, number):
        self.number = number

    def __del__(self):
        if self.number == 20:
            globals()["len"] = lambda items: "shadowed"


for i in range(30):
    show("builtin", by_builtin([Shadows(i)]))
del globals()["len"]


# -- other objects at the same address ------------------------------------------------------------


class Holder:
    other = 7
    zero = 0.0
    none = (list, dict)


def added(holder, x, c):
    return x + (holder.value if c else holder.other)


def compared(holder, x, c):
    if x < (holder.value if c else holder.other):
        return 1
    return 0


def indexed(holder, x, c):
    return LONG[holder.value if c else holder.other]


def stepped(holder, x, c):
    return [*range(0, 30, holder.value if c else holder.other)]


def truth(holder, x, c):
    if holder.value if c else holder.zero:
        return 1
    return 0


def truth_kept(holder, x, c):
    value = holder.value
    if c:
        c = 0
    if value:
        c += 1
    return c


def is_one(holder, x, c):
    return isinstance(x, (holder.value if c else holder.none))


def equal(holder, x, c):
    if holder.text == (holder.value if c else "some"):
        return 1
    return 0


def another(make):
    """Set an attribute to another object at the address of the one before, if one can be had there."""
    old = id(Holder.value) if hasattr(Holder, "value") else None
    if old is not None:
        del Holder.value
    made = []
    for _ in range(50):
        made.append(make())
        if id(made[-1]) == old:
            break
    Holder.value = made[-1]


LONG = list(range(5000))
holder = Empty.__new__(Holder)
Holder.text = "".join(["bbb", "bb"])
INTS = [lambda: int("3000"), lambda: int("20"), lambda: int("4700"), lambda: int("1000")]
FLOATS = [lambda: float("0.5"), lambda: float("0.0"), lambda: float("1.5"), lambda: float("-0.0")]
TUPLES = [lambda: tuple([str, list]), lambda: tuple([int, list]), lambda: tuple([str, Empty])]
TEXTS = [lambda: "".join(["aaaa", "a"]), lambda: "".join(["bbb", "bb"]), lambda: "".join(["cc", "ccc"])]
for function, values in (
    (added, INTS), (compared, INTS), (indexed, INTS), (stepped, INTS), (truth, FLOATS), (truth_kept, FLOATS),
    (is_one, TUPLES), (equal, TEXTS),
):  # fmt: skip
    for turn in range(8):
        another(values[turn % len(values)])
        answers = [function(holder, 2500, i % 2) for i in range(20)]
        show(function.__name__, answers[-2:])
    del Holder.value


module = None


def of_module():
    return module.x


def new_module(x):
    made = types.ModuleType("made")
    made.x = x
    return made


module = new_module(1)
for unstable in range(60):
    of_module()
for x in range(2, 12):
    a, b = {}, {}
    module = None
    del a, b
    module = new_module(x)
    show("another module", x, module.x, of_module())


# -- modules that become descriptors, orders of classes that are not of their bases ----------------


class Descriptor(types.ModuleType):
    def __get__(self, owner, kind):
        return "got", owner is None


class WithModule:
    module = types.ModuleType("found")


def of_instance(owner):
    return owner.module


def of_class():
    return WithModule.module


for i in range(40):
    if i == 30:
        WithModule.module.__class__ = Descriptor
    show("module as attribute", str(of_instance(WithModule()))[:12], str(of_class())[:12])


class Behind:
    def f(self):
        return "Behind.f"


class OwnOrder(type):
    def mro(cls):
        return (cls, *type.mro(cls)[1:-1], Behind, object)


class Nothing:
    pass


class Front(Nothing, metaclass=OwnOrder):
    def f(self):
        return "Front>" + super().f()


for i in range(40):
    if i == 25:
        Behind.f = lambda self: "new"
    show("own order", Front().f())


# -- the garbage collector between a look at __init__ and its call --------------------------------


class Garbage:
    def __init__(self):
        self.me = self

    def __del__(self):
        Made.__init__.__defaults__ = None


class Made:
    def __init__(self, a, b=1, c=2):
        self.a = a
        for _ in range(2):
            self.b = b
        self.c = c


def make_some(n):
    made = []
    for i in range(n):
        x = Made(i)
        made.append((x.a, x.b, x.c))
    return made


gc.disable()
for _ in range(10):
    make_some(5)
gc.collect()
thresholds = gc.get_threshold()
gc.set_threshold(20, 1000, 1000)
Garbage()
gc.enable()
try:
    show("made", make_some(50)[-1])
except TypeError as error:
    show(error)
gc.set_threshold(*thresholds)


# -- the last reference to a function that is compiled in place ------------------------------------


def make_function():
    def function(self, x):
        if x > 5:
            return self.y + x
        return x + self.z

    return function


def call_popped(functions, value):
    return functions.pop()(value)


owner.y, owner.z = 1, 2
show("popped", [call_popped([types.MethodType(make_function(), owner)], i % 9) for i in range(60)])


# -- tracing that begins in the last step of a generator ---------------------------------------------

events = []


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def traced_at_the_end(on, result):
    yield 1
    if on:
        sys.settrace(trace)
        sys._getframe(1).f_trace = trace
    return result


def loop(on, result):
    for _ in traced_at_the_end(on, result):
        pass
    sys.settrace(None)


for _ in range(20):
    loop(0, 5)
for result in (5, None, (1, 2)):
    events.clear()
    loop(1, result)
    show("traced", result, events)


# -- bound methods and properties of something else at the address of the function they had ------------------------


class Slots:
    __slots__ = tuple(f"s{i:02}" for i in range(15))

    def __call__(self, x):
        return "called"


def make_method():
    def function(self):
        try:
            return "function"
        finally:
            len("")

    return function


MANY = "def call_or_many(method, many):\n    if many:\n"
for i in range(300):
    exec(f"def many{i}(): return 1")
    MANY += f"        many{i}()\n"
exec(MANY + "    return method()\n")  # knows as many objects as can be known
call_or_many(lambda: 1, 1), call_or_many(lambda: 1, 1)  # noqa: F821
made = make_method()
code, bound = made.__code__, types.MethodType(made, 1)
show("bound", [call_or_many(bound, 1) for _ in range(40)][-1])  # noqa: F821
address = id(made)
del made, bound
others = []
for _ in range(200):
    others.append(Slots())
    if id(others[-1]) == address:
        break
others[-1].s04 = code  # where the code of a function is
show("another bound", [call_or_many(types.MethodType(others[-1], 1), 1) for _ in range(3)])  # noqa: F821


class WithProperty:
    pass


def get_property(owner):
    return owner.changing


made = make_method()
WithProperty.changing = property(made)
address = id(made)
show("property", [get_property(WithProperty()) for _ in range(40)][-1])
WithProperty.__dict__["changing"].__init__(None)
del made
for _ in range(200):
    others.append(Slots())
    if id(others[-1]) == address:
        break
WithProperty.__dict__["changing"].__init__(others[-1])
show("another property", [get_property(WithProperty()) for _ in range(3)])


# A function of a module that is gone, and others that may come to its address.
def called(function, x):
    return function(x)


for name in ("sqrt", "floor", "exp"):
    kept = sys.modules.pop("math", None)
    fresh = __import__("math")
    del sys.modules["math"]
    if kept is not None:
        sys.modules["math"] = kept
    function = getattr(fresh, name)
    for _ in range(2000):
        called(function, 2.25)
    del function, fresh
    gc.collect()
    appends = [[].append for _ in range(5000)]
    show("function gone", name, {str(called(one, 2.25)) for one in appends})


# The same of a global that changes, and within a static method.
def call_global(x):
    try:
        return one_of_them(x)
    finally:
        pass


class Holds:
    function = staticmethod(abs)


def call_static(x):
    try:
        return Holds.function(x)
    finally:
        pass


def fresh_sqrt():
    kept = sys.modules.pop("math", None)
    function = __import__("math").sqrt
    del sys.modules["math"]
    if kept is not None:
        sys.modules["math"] = kept
    return function


def bound_at(address):
    kept = []
    while len(kept) < 5000 and (not kept or id(kept[-1]) != address):
        kept.append([0].append)
    return kept[-1]


one_of_them = fresh_sqrt()
for turn in range(2000):  # globals change
    call_global(4.0)
address, one_of_them = id(one_of_them), None
gc.collect()
one_of_them, turn = bound_at(address), -1
show("global gone", call_global(4.0), one_of_them.__self__)

holder = Holds.__dict__["function"]
holder.__init__(fresh_sqrt())
for turn in range(2000):
    call_static(4.0)
address = id(Holds.function)
holder.__init__(None)
gc.collect()
holder.__init__(bound_at(address))
show("static method gone", call_static(4.0), Holds.function.__self__)
