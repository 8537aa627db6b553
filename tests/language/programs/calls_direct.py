"""Calls that compiled code makes by itself: what they assume, and every way that can change."""

import gc
import sys
import weakref

from common import error_text, hot, outcome, runs, show, text, trace_hot

# ---- the callee changes under the loop ----------------------------------------------------------


def add(a, b=10): return a + b
def sub(a, b=10): return a - b
def wide(a, b, c): return a, b, c
def star(*a): return a
def local_rich(a, b=1):
    c = d = e = f = g = h = i = j = a
    return c + b


def change_code(n):
    out = []
    old = add.__code__
    for i in range(n):
        if i == n // 3:
            add.__code__ = sub.__code__
        if i == n // 2:
            add.__code__ = wide.__code__
        if i == 2 * n // 3:
            add.__code__ = star.__code__
        if i == 3 * n // 4:
            add.__code__ = local_rich.__code__
        out.append(outcome(add, i) if i % 5 == 0 else outcome(lambda: add(1)))
    add.__code__ = old
    return runs(out)


def change_defaults(n):
    out = []
    old = add.__defaults__
    for i in range(n):
        if i == n // 4:
            add.__defaults__ = (i,)
        if i == n // 2:
            add.__defaults__ = None
        if i == 2 * n // 3:
            add.__defaults__ = (100, 200)
        if i == 3 * n // 4:
            add.__defaults__ = ()
        out.append(outcome(lambda: add(1)))
    for i in range(n):
        add.__defaults__ = [(1,), None, (3, 4), ()][i * 4 // n]
        out.append(outcome(lambda: add()))
    add.__defaults__ = old
    return runs(out)


def rebind(n):
    global target
    out = []
    for i in range(n):
        target = (add, sub, str, int, len, Class, Class(1).method, star, [].append, print_nothing)[i * 10 // n]
        try:
            out.append(text(target(1)) if i * 10 // n != 5 else "object")
        except TypeError as error:
            out.append(str(error))
    return runs(out)


def print_nothing(*args): return None


class Class:
    def __init__(self, x, y=2): self.x, self.y = x, y
    def method(self, a=5): return self.x, a
    def other(self, a=6): return "other", a
    @classmethod
    def make(cls, a): return cls.__name__, a
    @staticmethod
    def free(a, b=3): return a, b


def replace_method(n):
    o, out = Class(7), []
    for i in range(n):
        if i == n // 4:
            Class.method = Class.other
        if i == n // 2:
            o.method = lambda a=8: ("own", a)
        if i == 3 * n // 4:
            del o.method
            Class.method = staticmethod(lambda a=9: ("static", a))
        out.append(text((o.method(), o.method(1), o.method(a=2))))
    Class.method = Class._method
    return runs(out)


Class._method = Class.method
hot("code", change_code, (120,), repeat=10)
hot("defaults", change_defaults, (120,), repeat=10)
hot("rebind", rebind, (200,), repeat=10)
hot("replaced", replace_method, (100,), repeat=10)

# ---- shapes --------------------------------------------------------------------------------------


def keyworded(a, b=2, c=3, *, d=4): return a, b, c, d
def positional(a, /, b, c=3): return a, b, c
def empty(): pass
def many(a, b, c, d, e, f, g, h=8, i=9): return a + b + c + d + e + f + g + h + i
def with_cell(a, b=2):
    return (lambda: a + b)()
def with_free(k):
    def inner(x, y=1): return x + y + k
    return inner
def generator(a):
    yield a
    yield a + 1
async def coroutine(a): return a


def shapes(x):
    inner, o = with_free(x), Class(x)
    return (keyworded(x), keyworded(x, c=5), keyworded(c=x, a=1), keyworded(1, d=x), positional(x, 1), positional(x, c=2, b=1),
            empty(), many(1, 2, 3, 4, 5, 6, x), many(x, b=2, c=3, d=4, e=5, f=6, g=7, i=0), with_cell(x), with_cell(x, b=x), inner(1), inner(y=2, x=1),
            list(generator(x)), o.method(), o.method(x), o.make(x), o.free(x), Class.free(x, x), Class.method(o, x), Class.make(a=x), add(x, add(x, add(x))), (lambda q: q)(x))


def wrong(kind):
    return [lambda: empty(1), lambda: add(), lambda: add(1, 2, 3), lambda: add(a=1, c=2), lambda: add(1, a=2), lambda: many(1), lambda: keyworded(1, 2, 3, 4),
            lambda: positional(a=1, b=2), lambda: Class(), lambda: Class(1).method(1, 2), lambda: Class.method(), lambda: len(), lambda: len(1), lambda: len([], []),
            lambda: isinstance(1), lambda: isinstance(1, 2), lambda: isinstance(1, int, 2), lambda: [].append(), lambda: [].append(1, 2), lambda: [].append(x=1),
            lambda: str(1, 2, 3, 4), lambda: int("x"), lambda: type(), lambda: type(1, 2), lambda: range(), lambda: abs(), lambda: abs("x"), lambda: abs(x=1), lambda: "a".upper(1),
            lambda: "a".startswith(), lambda: "a".split(None, -1, 3), lambda: "a".split(zz=1), lambda: None(), lambda: (1)(2), lambda: list.append(1, 2), lambda: list.append(),
            lambda: str.upper(1)][kind]()


hot("shapes", shapes, (1,), (2.5,), (2**65,), (True,))
hot("wrong", wrong, *((kind,) for kind in range(36)), repeat=10)

log = []

# ---- classes --------------------------------------------------------------------------------------


class Base:
    made = 0
    def __init__(self, a, b=2, c=3):
        self.values = a, b, c
        Base.made += 1


class Derived(Base): pass


class Slots:
    __slots__ = "x", "y"
    def __init__(self, x, y=None): self.x, self.y = x, y


class Returns:
    def __init__(self, x): return x


class Raises:
    def __init__(self, x): raise KeyError(x)
    def __del__(self): log.append("never made")


class New:
    def __new__(cls, *args): return args
    def __init__(self, *args): log.append("not called")


class Yields:
    def __init__(self): yield 1


class List(list):
    def __init__(self, *items): super().__init__(items)


class Nothing: pass


class MetaCall(type):
    def __call__(cls, *args): return "meta", args


class ByMeta(metaclass=MetaCall):
    def __init__(self, x): pass


def make(cls, *args):
    local = cls
    return local(*args), cls is local


def instances_made(x):
    cls = Derived
    a, b, c = Base(x), cls(x, c=5), Derived(b=x, a=1)
    s = Slots(x)
    return a.values, b.values, type(b), c.values, s.x, s.y, Slots(1, y=x).y, cls is Derived, New(x), List(x, 1), type(Nothing()), ByMeta(x), type(a) is Base


def init_wrong(kind):
    log.clear()
    cls = [Base, Slots, Returns, Raises, Yields, Nothing, Derived, Returns][kind]
    args = [(), (1, 2, 3), (5,), ("k",), (), (1,), (1, 2, 3, 4), (None,)][kind]
    try:
        if kind == 0: return Base()
        if kind == 1: return Slots(1, 2, 3)
        if kind == 2: return Returns(5)
        if kind == 3: return Raises("k")
        if kind == 4: return Yields()
        if kind == 5: return Nothing(1)
        if kind == 6: return Derived(1, 2, 3, 4)
        return type(Returns(None))
    except (TypeError, KeyError) as error:
        return str(error), list(log)


def change_class(n):
    class C:
        def __init__(self, x, y=1): self.r = x, y
    def second(self, x, y=2): self.r = "second", x, y
    def third(self, x): self.r = "third", x
    out = []
    for i in range(n):
        if i == 10: C.__init__.__defaults__ = (7,)
        if i == 20: C.__init__ = second
        if i == 30: C.__init__.__code__ = third.__code__
        if i == 40: C.__new__ = lambda cls, x: object.__new__(cls)
        if i == 50: del C.__new__
        if i == 60: del C.__init__
        try:
            out.append(str(C(5).r))
        except Exception as error:
            out.append(type(error).__name__)
    return runs(out)


def deep_init(n):
    class Chain:
        def __init__(self, n):
            global depth
            depth += 1
            self.next = Chain(n + 1)
    return limit_of(200, Chain, 0)


hot("classes", instances_made, (1,), (2.5,))
hot("init wrong", init_wrong, *((kind,) for kind in range(8)))
hot("changed class", change_class, (80,), repeat=5)
trace_hot("init raises", lambda: [Raises(i) for i in range(3)])

# ---- C functions -----------------------------------------------------------------------------------


class Sized:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n


class Sub(list): pass
class Str(str): pass


class Liar:
    @property
    def __class__(self): return dict


class Meta(type):
    def __instancecheck__(cls, x): return x == 1


class Checked(metaclass=Meta): pass


def lengths(x): return len(x), len(x) + 1, -len(x), len(x) == 2, [len(x)] * 2
def instances(x): return isinstance(x, int), isinstance(x, str), isinstance(x, (int, str)), isinstance(x, dict), isinstance(x, Checked), isinstance(x, object), isinstance(x, type)
def branches(x): return ("a" if isinstance(x, int) else "b"), ("c" if not isinstance(x, dict) else "d"), ("e" if isinstance(x, Checked) and isinstance(x, int) else "f")
def types(x): return type(x), str(x), list((x,)), tuple([x]), bool(x), repr(x), type(type(x)), dict(a=x), set([1]), type(x) is int
def methods(x): return "a,b".split(","), "ab".startswith("a"), "a".join(["x", str(x)]), "ab".upper(), "{} {k}".format(x, k=1), [3, 1].index(1), {1: 2}.get(1), {1: 2}.get(x, x), (1, 1).count(1), b"ab".hex(), sorted([3, x], key=lambda v: -v), max(1, x), min([x, 2]), sum([x, 1]), abs(x), divmod(x, 2), round(2.5), pow(2, 3), ord("a"), chr(97), int("7", base=8), "a b".split(maxsplit=1)


def appends(n, kind):
    out = kind()
    for i in range(n):
        out.append(i)
        out.append(i + 0.5)
        out.append(out.append(None))
    return len(out), out[-3:], sys.getrefcount(None) > 10


def use_append(l):
    r = l.append(1)
    return r, l


class Other:
    def __init__(self): self.l = []
    def __len__(self): return len(self.l)
    def __getitem__(self, i): return self.l[i]
    def append(self, x): self.l.append((x,))


hot("len", lengths, ([1, 2],), ((),), ("ab\u1234",), ({1: 2},), ({1, 2},), (b"x",), (Sized(4),), (Sub([1]),), (Str("abc"),), (range(5),), (1,), (Sized(-1),), (Sized("x"),), repeat=20)
hot("isinstance", instances, (1,), (2,), ("s",), (Liar(),), (True,), (None,), (int,), repeat=20)
hot("isinstance branch", branches, (1,), (2,), ("s",), (Liar(),), (True,), repeat=20)
hot("types", types, (1,), (2.5,), ("s",), (None,), repeat=20)
hot("methods", methods, (1,), (2.5,), ("s",), repeat=20)
hot("append", appends, (50, list), (50, Sub), (50, Other), repeat=20)
hot("append used", lambda: use_append([]))


def replace_builtins(n):
    import builtins
    out, length = [], builtins.len
    for i in range(n):
        if i == n // 2:
            builtins.len = lambda x: "patched"
        out.append(text(len([1])))
    builtins.len = length
    return runs(out)


hot("patched len", replace_builtins, (60,), repeat=5)

# ---- the end of frames -----------------------------------------------------------------------------

log = []


class D:
    def __init__(self, name): self.name = name
    def __del__(self):
        f = sys._getframe(1)
        log.append((self.name, f.f_code.co_name))
        if self.name == "deep":
            log.append(shapes(1)[0])


class Bad:
    def __del__(self): raise ValueError("in a finalizer")


def locals_die(a):
    b = D("b")
    c = D("c")
    d = [D("in list")]
    del b
    e = D("deep")
    return a


def arguments_die(x): return 1
def self_dies(): return (lambda q: D("q2"))(D("q"))


def call_them(n):
    for i in range(n):
        log.clear()
        locals_die(D("a"))
        arguments_die(D("x"))
        self_dies()
        locals_die(i)
    return list(log)


def bad_finalizers():
    def f():
        a, b = Bad(), Bad()
        return 5
    seen = []
    old, sys.unraisablehook = sys.unraisablehook, lambda u: seen.append(str(u.exc_value))
    try:
        return f() + f(), seen
    finally:
        sys.unraisablehook = old


def last_function():
    f = eval("lambda x: x + 1")
    r = weakref.ref(f.__code__)
    out = [f(1) for _ in range(20)]
    del f
    gc.collect()
    return out[-1], r() is None


def dies_while_running():
    space = {}
    exec("def f(n):\n    global f\n    if n == 0:\n        del f\n        return 7\n    return f(n - 1) + 1\ndef g(n):\n    global g\n    g = None\n    return n", space)
    return space["f"](5), space["g"](3)


def many_locals(x):
    if x > 1000:
        a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = a8 = a9 = b0 = b1 = b2 = b3 = b4 = b5 = b6 = b7 = b8 = b9 = x
        c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = d8 = d9 = x
    e0 = e1 = e2 = D("many") if x == 3 else x
    return e1 is e2


hot("die", call_them, (3,), repeat=20)
hot("bad finalizers", bad_finalizers, repeat=20)
hot("last function", last_function, repeat=20)
hot("dies while running", dies_while_running, repeat=10)
hot("many locals", lambda: [many_locals(x) for x in (1, 2, 3, 2000)])

# ---- frames that are held, tracebacks ----------------------------------------------------------------


def held(a, keep):
    b = a * 2
    if keep:
        return sys._getframe()
    return b


def hold(n):
    out = []
    for i in range(n):
        f = held(i, i % 7 == 0)
        out.append((f.f_locals["b"], f.f_lineno - f.f_code.co_firstlineno, f.f_back is sys._getframe()) if i % 7 == 0 else f)
    return out


def caller_line():
    f = sys._getframe(1)
    return f.f_lineno - f.f_code.co_firstlineno


def lines():
    a = caller_line()
    b = (caller_line(),
         caller_line())
    c = add(caller_line(),
            caller_line())
    return a, b, c, len([caller_line()])


def use_locals(a):
    b = a + 1
    d = locals()
    b += 1
    return d, b


def deep(n, x):
    if n == 0:
        return x[0]
    return deep(n - 1, x) + 0


def caught(n):
    try:
        return deep(n, ())
    except IndexError as error:
        count, tb = 0, error.__traceback__
        while tb is not None:
            count, tb = count + 1, tb.tb_next
        return count


def finally_chain(n):
    try:
        if n == 0:
            raise KeyError("bottom")
        finally_chain(n - 1)
    finally:
        log.append(n)


def run_finally():
    log.clear()
    try:
        finally_chain(5)
    except KeyError as error:
        return str(error), list(log)


hot("held", hold, (30,), repeat=10)
hot("lines", lines)
hot("locals()", use_locals, (1,), (1.5,))
hot("caught", caught, (3,), (50,))
hot("finally", run_finally)
trace_hot("deep", deep, 3, ())
trace_hot("in list", lambda: [add(i, "x" if i == 30 else 1) for i in range(40)])

# ---- depth -----------------------------------------------------------------------------------------


def count_down(n):
    global depth
    depth += 1
    return count_down(n + 1)


def by_keyword(n=0, *, step=1): return by_keyword(n=n + step)


class Deep:
    def method(self, n):
        global depth
        depth += 1
        return self.method(n + 1)
    def __len__(self): return len([self.__len__()])


def limit_of(limit, f, *args):
    global depth
    depth = 0
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        f(*args)
    except RecursionError as error:
        return depth, str(error)
    finally:
        sys.setrecursionlimit(old)


def to_depth(n): return 0 if n == 0 else 1 + to_depth(n - 1)


for limit in (100, 150, 300):
    results = [(limit_of(limit, count_down, 0), limit_of(limit, Deep().method, 0), limit_of(limit, by_keyword)) for _ in range(20)]
    show(f"limit {limit}", results[-1])
sys.setrecursionlimit(200_000)
show("deep", [to_depth(150_000) for _ in range(3)])
show("after", outcome(to_depth, 1000), limit_of(1000, to_depth, 5000))
show("limit of classes", [deep_init(0) for _ in range(20)][-1])
