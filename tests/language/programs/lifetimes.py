"""When objects die, and how many references they have meanwhile."""

import gc
import sys
import weakref

from common import hot, outcome, runs, show

gc.collect()
log = []


class D:
    """Tells when it dies."""

    def __init__(self, name="d"): self.name = name
    def __del__(self): log.append(self.name)
    def __add__(self, o): return D(f"{self.name}+")
    def __lt__(self, o): return True
    def __getitem__(self, k): return D("item")
    def __call__(self, *a): return len(a)
    def __enter__(self): return D("entered")
    def __exit__(self, *a): pass
    def __iter__(self): return iter([D("i1"), D("i2")])
    def method(self): return self.name


def note(x):
    log.append(f"<{x}>")
    return x


def expressions():
    note(1); D("temp")
    note(2); D("a") + D("b")
    note(3); D("a") < D("b")
    note(4); D("a")[D("k")]
    note(5); D("a")(D("arg"), D("arg2"))
    note(6); D("a").method()
    note(7); x = D("x1")
    note(8); x = D("x2")
    note(9); x = None
    note(10); a = b = D("ab")
    note(11); a = 1
    note(12); b = 2
    note(13); [D("l1"), D("l2")]
    note(14); t = (D("t1"), D("t2"))
    note(15); del t
    note(16); d = {D("k"): D("v")}
    note(17); d.clear()
    note(18); p, q = D("p"), D("q")
    note(19); p, q = q, p
    note(20); p = q = None
    note(21)
    for y in D("iter"): note("body")
    note(22)
    with D("cm") as z: note("with")
    note(23); z = None
    note(24); w = [D("w")] * 2
    note(25); w[0] = 0
    note(26); w[1] = 0
    note(27); (lambda: D("returned"))()
    note(28); v = (lambda k: k)(D("through"))
    note(29); del v
    note(30); f"{D('f').name}"
    note(31); D("and") and note("x")
    note(32); u = D("u") or 1
    note(33); u = u and D("u2")
    note(34); D("chain") < D("chain2") < D("chain3")
    note(35); not D("not")
    note(36); D("is") is None
    note(37); D("attr").extra = D("value")
    note(38); len([D("len")])
    note(39); y = None; u = None
    note(40); m = D("m").method
    note(41); m = None
    note(42); x = D("loop")
    for x in range(2): note(f"x{x}")
    note(43); [D("comp") and None for _ in range(2)]
    note(44); g = (D("gen") for _ in range(2)); next(g); note("after next"); g = None
    note(45); e = D("e"); e += D("f")
    note(46)
    return D("result")


def run(f, *args):
    log.clear()
    r = outcome(f, *args)
    del r
    log.append("end")
    return list(log)


def masked(f, *args):
    log.clear()
    r = f(*args)
    log.append("have")
    del r
    return list(log)


hot("expressions", masked, (expressions,), repeat=60)


def errors():
    out = D("local")
    try:
        note(1); D("left") + 1 / 0
    except ZeroDivisionError:
        note("handler")
    try:
        note(2); [D("a"), D("b"), 1 / 0]
    except ZeroDivisionError:
        note("handler")
    try:
        note(3); note(D("arg"), 1 / 0)
    except ZeroDivisionError as e:
        note("handler")
    try:
        note(4)
        x = D("x")
        raise ValueError(D("in exception"))
    except ValueError as e:
        note("handler")
        x = 1
    note("out")
    try:
        note(5)
        for i in D("iterating"):
            raise KeyError
    except KeyError:
        note("handler")
    i = None
    note("end")
    raise OSError("final")


def run_errors():
    log.clear()
    try:
        errors()
    except OSError as e:
        log.append("caught")
    log.append("gone")
    return list(log)


hot("errors", run_errors)


def frame_release(n):
    def inner(a, b):
        c = D("c")
        d = (a, b, c)
        note("returning")
        return len(d)
    for i in range(n):
        inner(D("a"), D("b"))
        note("returned")


def typed_loop(n):
    x = D("first")
    t = 0
    for i in range(n):
        t += i
        if i == n // 2:
            x = i
        elif i > n // 2:
            x += 1
    return t, x


hot("frame", masked, (frame_release, 3))
hot("typed", masked, (typed_loop, 100))


def refcounts(n):
    o = object()
    base = sys.getrefcount(o)
    out = []
    for i in range(n):
        a = o
        b = a
        l = [a, b, o]
        t = (l[0], o)
        d = {"k": o}
        c = d["k"]
        x, y = o, a
        z = (lambda q: q)(o)
        w = o if i % 2 else a
        f = lambda: o
        s = o is a and b
        out.append(sys.getrefcount(o) - base)
        del a, b, l, t, d, c, x, y, z, w, f, s
        out.append(sys.getrefcount(o) - base)
    return runs(map(str, out))


hot("refcounts", refcounts, (100,))


class Holder:
    __slots__ = ("v",)
    cls = None


class Plain:
    pass


def leaks(n):
    """Counts of shared objects do not drift."""
    sentinel = object()
    h, p = Holder(), Plain()
    Holder.cls = sentinel
    before = sys.getrefcount(sentinel)
    things = [sentinel] * 10
    it_error = 0
    for i in range(n):
        h.v = sentinel
        p.v = sentinel
        q = h.v is p.v is Holder.cls
        things[i % 10] = sentinel
        things[-1], things[0] = things[0], things[-1]
        d = {sentinel: sentinel}
        d[sentinel] = d.get(sentinel)
        s = {sentinel} | {sentinel}
        try:
            raise KeyError(sentinel)
        except KeyError as e:
            e.args
        try:
            sentinel + 1
        except TypeError:
            it_error += 1
        try:
            sentinel.missing
        except AttributeError:
            it_error += 1
        try:
            [sentinel][5]
        except IndexError:
            it_error += 1
        try:
            {}[sentinel]
        except KeyError:
            it_error += 1
        try:
            a, b, c = sentinel, sentinel
        except ValueError:
            it_error += 1
        a, *b = sentinel, sentinel, sentinel
        def g():
            got = yield sentinel
            yield got
            return sentinel
        x = g()
        next(x)
        x.send(sentinel)
        def f(a, *r, k=sentinel, **kw):
            return a, r, k, kw
        f(sentinel, sentinel, z=sentinel)
        f(*[sentinel], **{"k": sentinel})
        try:
            f()
        except TypeError:
            it_error += 1
        [y for y in [sentinel] if y is sentinel]
        for y in things:
            if y is not sentinel:
                break
        f"{sentinel is None}"
        isinstance(sentinel, object)
        match sentinel:
            case int(): pass
            case object() as m: pass
        def closure(): return sentinel
        closure()
    del things, d, s, q, x, f, y, m, closure, g, a, b
    del h.v, p.v
    e = None
    Holder.cls = None
    gc.collect()
    return sys.getrefcount(sentinel) - before, it_error


hot("leaks", leaks, (1,), (100,), repeat=8)


def singletons(n):
    """None, True, small integers, the empty tuple: stable counts in the long run."""
    def work():
        t = 0
        for i in range(200):
            a = None
            b = True
            c = ()
            d = i < 5
            e = not d
            t += 1 if a is None else 0
            f = (a, b, c, d, e)
            g = f[0]
            h = (i & 3) + 1
        return t
    for _ in range(20):
        work()
    before = [sys.getrefcount(x) for x in (None, True, False, (), 1, 2, 3, 4, int, object, "")]
    for _ in range(n):
        work()
    after = [sys.getrefcount(x) for x in (None, True, False, (), 1, 2, 3, 4, int, object, "")]
    return [abs(a - b) < 50 for a, b in zip(before, after)]


hot("singletons", singletons, (100,), repeat=3)


def function_counts(n):
    def callee(x): return x
    class C:
        def m(self): return 1
    o = C()
    for _ in range(n):
        callee(1); o.m(); C(); o.m
    return sys.getrefcount(callee), sys.getrefcount(o), sys.getrefcount(C.m)


hot("function counts", function_counts, (100,))


class Node:
    pass


def weak(n):
    out = []
    for i in range(n):
        a = Node()
        r = weakref.ref(a, lambda ref: out.append("dead"))
        out.append(r() is a)
        b = a
        del a
        out.append(r() is None)
        b = i
        out.append(r() is None)
    return runs(map(str, out))[:4], len(out)


hot("weak", weak, (60,), repeat=15)


def cycles(n):
    for i in range(n):
        a, b = Node(), Node()
        a.other, b.other = b, a
        a.fn = lambda: a
    del a, b
    return gc.collect() >= n


gc.disable()
hot("cycles", cycles, (50,), repeat=10)
gc.enable()


def collect_exact(n):
    gc.collect()
    gc.disable()
    for i in range(n):
        a = Node()
        a.me = a
    a = None
    found = gc.collect()
    gc.enable()
    return found


hot("collect", collect_exact, (1,), (20,), repeat=10)


def closure_cycle(n):
    gc.collect()
    gc.disable()
    for i in range(n):
        def f(k): return f(k - 1) if k else 0
        f(3)
    f = None
    found = gc.collect()
    gc.enable()
    return found


hot("closure cycle", closure_cycle, (1,), (20,), repeat=10)


def exception_cycle():
    gc.collect()
    gc.disable()
    def f():
        try:
            1 / 0
        except ZeroDivisionError as e:
            kept = e
    f()
    found = gc.collect() > 0
    gc.enable()
    return found


hot("exception cycle", exception_cycle, repeat=20)


class Resurrect:
    kept = []
    def __del__(self): Resurrect.kept.append(self)


def resurrect(n):
    for i in range(n):
        r = Resurrect()
        r = None
    k = len(Resurrect.kept)
    Resurrect.kept.clear()
    return k, len(Resurrect.kept)


hot("resurrect", resurrect, (10,))


class DelMutates:
    """Its death changes what running code relies on."""

    def __init__(self, action): self.action = action
    def __del__(self): self.action()


class Target:
    v = 1
    def m(self): return "m"


def del_mutates(n):
    global gv
    gv = "before"
    t = Target()
    l = [1, 2, 3]
    out = []
    def change_class(): Target.v = 2
    def change_method(): Target.m = lambda self: "changed"
    def change_global():
        global gv
        gv = "after"
    def change_list(): l.clear()
    for i in range(n):
        x = i
        if i == 40: x = DelMutates(change_class)
        if i == 80: x = DelMutates(change_method)
        if i == 120: x = DelMutates(change_global)
        if i == 160: x = DelMutates(change_list)
        x = t.v
        out.append((t.v, t.m(), gv, len(l)))
    Target.v = 1
    del Target.m
    Target.m = lambda self: "m"
    return runs(map(repr, out))


hot("del mutates", del_mutates, (200,), repeat=5)


def list_item_del():
    """An item's finalizer empties the list being changed."""
    l = []
    class E:
        def __del__(self): l.clear()
    for i in range(60):
        l[:] = [E(), 1, 2]
        l[0] = "new"
    return l


hot("list item", list_item_del)


def dict_value_del():
    d = {}
    class E:
        def __del__(self): d["from del"] = len(d)
    for i in range(60):
        d["k"] = E()
        d["k"] = i
    return d


hot("dict value", dict_value_del)


def attr_value_del():
    p = Plain()
    class E:
        def __del__(self): p.__dict__.pop("x", None)
    for i in range(60):
        p.x = E()
        p.x = i
    return vars(p)


hot("attr value", attr_value_del)


def loop_variable_dies(n):
    log.clear()
    for x in (D(str(i)) for i in range(n)):
        log.append("body")
    log.append("after")
    x = None
    return log[:6], log[-4:], len(log)


hot("loop variable", loop_variable_dies, (3,), (100,), repeat=10)


def argument_temporaries():
    log.clear()
    def f(x):
        log.append("in")
        x = None
        log.append("dropped")
        return 1
    f(D("only reference"))
    y = D("kept")
    f(y)
    log.append("still")
    return list(log) if y else None


hot("arguments", argument_temporaries)


def generator_drops(n):
    log.clear()
    def g():
        a = D("a")
        yield 1
        b = D("b")
        yield 2
    for i in range(n):
        it = g()
        next(it)
        if i % 2:
            next(it)
        log.append("drop")
        del it
    return log[:8], len(log)


hot("generator", generator_drops, (60,), repeat=10)


def locals_at_return():
    log.clear()
    def f():
        a, b, c = D("a"), D("b"), D("c")
        b = b
        return c
    r = f()
    log.append("returned")
    r = None
    return list(log)


hot("locals", locals_at_return)


def cell_dies():
    log.clear()
    def outer():
        x = D("cell")
        def inner(): return x
        return inner
    f = outer()
    log.append("made")
    f()
    f = None
    log.append("dropped")
    return list(log)


hot("cell", cell_dies)


def traceback_keeps():
    log.clear()
    def f():
        a = D("in frame")
        raise ValueError
    try:
        f()
    except ValueError as e:
        log.append("caught")
        tb = e.__traceback__
    log.append("handler left")
    del tb
    log.append("tb dropped")
    return list(log)


hot("traceback", traceback_keeps)


# Stores release the value before what it is stored in.
class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)

    def __iter__(self):
        return iter([1])


class Keeps:
    pass


def keeping(name):
    keeps = Keeps()
    keeps.ends = Ends(name)
    vars(keeps)
    return keeps


def stores():
    log.clear()
    [Ends("item 1"), Ends("item 2")][0:1] = Ends("value")
    [Ends("old"), Ends("other")][0] = 5
    keeping("owner's").ends = Ends("value 3")
    del [Ends("item 3"), Ends("item 4")][0:1]
    return list(log)


hot("stores", stores)
show("allocated", abs(sys.getallocatedblocks()) > 0)
