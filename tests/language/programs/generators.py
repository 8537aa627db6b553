"""Generators: resumed, thrown into, closed, delegated to, left behind."""

import gc
import inspect
import itertools
import sys
import types

from common import hot, outcome, runs, show, trace_hot


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1
    return "done"


def evens(it):
    for x in it:
        if x % 2 == 0:
            yield x


def squares(it):
    for x in it:
        yield x * x


hot("list", lambda n: list(count(n)), (0,), (1,), (5,))
hot("sum", lambda n: sum(count(n)), (300,), (0,))
hot("pipeline", lambda n: sum(squares(evens(count(n)))), (10,), (300,))


def loop(g):
    t = 0
    for x in g:
        t += x
    return t


hot("for", lambda n: loop(count(n)), (0,), (1,), (250,))


def for_break(n, stop):
    g = count(n)
    for x in g:
        if x == stop:
            break
    rest = list(g)
    return x, len(rest), list(g)


hot("break", for_break, (200, 100), (10, 50), (1, 0))


def mixed():
    for i in range(100):
        yield i
    for i in range(50):
        yield i / 2
    yield "s"
    yield None
    yield 2**70
    for i in range(50):
        yield True


def consume_mixed():
    out = []
    for x in mixed():
        out.append(x + 1 if isinstance(x, (int, float)) else x)
    return len(out), sum(x for x in out if isinstance(x, (int, float))), out[150:154]


hot("mixed", consume_mixed, repeat=20)


def echo():
    got = []
    while True:
        try:
            x = yield len(got)
        except ValueError as e:
            got.append("V" + str(e))
        except GeneratorExit:
            got.append("closed")
            raise
        else:
            if x == "stop":
                return got
            got.append(x)


def send_loop(n):
    g = echo()
    out = [next(g)]
    for i in range(n):
        out.append(g.send(i))
        if i % 10 == 5:
            out.append(g.throw(ValueError(i)))
        if i % 10 == 7:
            out.append(g.throw(ValueError, "two"))
    try:
        g.send("stop")
    except StopIteration as e:
        return out[-1], len(e.value), e.value[-3:]


hot("send", send_loop, (0,), (1,), (100,), repeat=20)


def close_states():
    out = []
    g = echo()
    g.close()
    out.append(outcome(next, g))
    g = echo()
    next(g)
    g.close()
    g.close()
    out.append(outcome(next, g))
    out.append(outcome(g.throw, KeyError("after")))
    g = echo()
    out.append(outcome(g.throw, KeyError("before")))
    out.append(outcome(g.send, None))
    g = echo()
    out.append(outcome(g.send, 5))
    return out


hot("close", close_states)


def ignores_exit():
    try:
        yield 1
    except GeneratorExit:
        yield 2


def raises_on_exit():
    try:
        yield 1
    finally:
        raise KeyError("on exit")


def returns_on_exit():
    try:
        yield 1
    except GeneratorExit:
        return 5


def exits(f):
    g = f()
    next(g)
    return g.close()


for f in (ignores_exit, raises_on_exit, returns_on_exit):
    trace_hot(f.__name__, exits, f, repeat=10)


def inner(log):
    try:
        r = 0
        while True:
            x = yield r
            log.append(x)
            if x is None:
                return "inner result"
            r += x
    except KeyError as e:
        log.append(repr(e))
        yield "handled"
        return "from handler"
    finally:
        log.append("inner finally")


def outer(log):
    result = yield from inner(log)
    log.append(result)
    result = yield from [1, 2]
    log.append(result)
    result = yield from (x for x in "ab")
    return result


def delegate(script):
    log = []
    g = outer(log)
    for what in script:
        try:
            if isinstance(what, Exception):
                log.append(g.throw(what))
            elif what == "close":
                g.close()
            else:
                log.append(g.send(what))
        except StopIteration as e:
            log.append(("stop", e.value))
        except Exception as e:
            log.append(repr(e))
    return log


hot("delegate", delegate, ([None, 1, 2, None, None, None, None, None],), ([None, KeyError("k"), None, None, None],), ([None, ValueError("v"), None],), ([None, 5, "close", None],),
    ([5],), ([None, None, 7],), (["close", None],))


def deep_delegate(n):
    if n == 0:
        for i in range(3):
            x = yield i
            if x:
                yield x
        return "bottom"
    r = yield from deep_delegate(n - 1)
    return r + "."


def deep(n):
    g = deep_delegate(n)
    out = [next(g), g.send("sent"), next(g)]
    try:
        while True:
            out.append(next(g))
    except StopIteration as e:
        out.append(e.value)
    return out


hot("deep", deep, (0,), (1,), (20,))


def tree(n):
    if n:
        yield from tree(n - 1)
        yield n
        yield from tree(n - 1)


hot("tree", lambda n: list(tree(n))[-5:], (3,), (7,), repeat=15)


def permutations(items):
    if not items:
        yield ()
    for i, x in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield (x, *rest)


hot("permutations", lambda: list(permutations("abcd"))[-2:], repeat=10)


class CustomIter:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("custom value")
        return self.n
    def send(self, x): return ("sent", x)
    def throw(self, *a): return ("thrown", str(a[0]))
    def close(self): self.n = 99


def yf_custom():
    r = yield from CustomIter()
    yield ("result", r)


def run_custom():
    g = yf_custom()
    out = [next(g), g.send(None), g.send("v"), g.throw(ValueError("t"))]
    return out + list(g)


hot("custom", run_custom)


def throw_traceback():
    g = outer([])
    next(g)
    g.throw(TypeError("thrown in"))


trace_hot("throw traceback", throw_traceback)


def raising(n):
    for i in range(n):
        yield i
    raise ValueError("generator ends badly")


def consume(g):
    t = 0
    for x in g:
        t += x
    return t


trace_hot("raising", lambda: consume(raising(100)), repeat=10)
trace_hot("raising first", lambda: consume(raising(0)), repeat=10)
trace_hot("yield from raising", lambda: consume(x for x in (y for y in raising(3))), repeat=10)


def stop_inside():
    yield 1
    next(iter([]))


trace_hot("stop inside", lambda: list(stop_inside()), repeat=10)


def stop_thrown():
    g = count(5)
    next(g)
    g.throw(StopIteration("thrown"))


trace_hot("stop thrown", stop_thrown, repeat=10)


def state(g):
    return inspect.getgeneratorstate(g), g.gi_running, g.gi_frame is None, g.gi_suspended, g.gi_frame and g.gi_frame.f_lineno - count.__code__.co_firstlineno, (
        g.gi_frame and dict(g.gi_frame.f_locals)), g.gi_yieldfrom is None


def states():
    out = []
    g = count(3)
    out.append(state(g))
    for x in g:
        out.append(state(g))
    out.append(state(g))
    return out


hot("states", states)


def running_inside():
    def g():
        yield it.gi_running, inspect.getgeneratorstate(it)
        try:
            next(it)
        except ValueError as e:
            yield str(e)
        try:
            it.send(None)
        except ValueError as e:
            yield str(e)
        try:
            it.close()
        except ValueError as e:
            yield str(e)

    it = g()
    return list(it)


hot("running", running_inside)


def self_loop():
    def g():
        for i in range(3):
            for x in it:
                yield x
            yield i

    it = g()
    return list(it)


hot("self loop", self_loop)


def yield_from_frame():
    def sub():
        yield sys._getframe().f_back.f_code.co_name, sys._getframe().f_back.f_back.f_code.co_name
        yield 2

    def top():
        yield from sub()

    g = top()
    first = next(g)
    return first, g.gi_yieldfrom.gi_code.co_name, g.gi_frame.f_back


hot("frames", yield_from_frame)


def exc_info_swap():
    def g():
        out = [sys.exc_info()[0]]
        try:
            1 / 0
        except ZeroDivisionError:
            yield sys.exc_info()[0]
            out.append(sys.exc_info()[0])
            yield sys.exc_info()[0]
        yield out + [sys.exc_info()[0]]

    it = g()
    r = [next(it)]
    try:
        {}[1]
    except KeyError:
        r.append(next(it))
        r.append(sys.exc_info()[0])
        r.append(next(it))
    r.append(sys.exc_info()[0])
    return [x if isinstance(x, list) else getattr(x, "__name__", x) for x in r]


hot("exc_info", exc_info_swap)


def finalisation(kind):
    log = []

    def g(name):
        try:
            yield name
            yield name
        finally:
            log.append(("finally", name))

    a, b = g("a"), g("b")
    next(a)
    next(b)
    if kind == 0:
        del a, b
    elif kind == 1:
        a = b = None
    elif kind == 2:
        a.loop = None if False else a if hasattr(a, "loop") else None
    return log


hot("finalisation", finalisation, (0,), (1,), (2,))


def cyclic(n):
    log = []

    def g():
        me = yield
        try:
            yield
        finally:
            log.append("collected")

    for i in range(n):
        it = g()
        next(it)
        it.send(it)
        del it
    gc.collect()
    return len(log)


hot("cyclic", cyclic, (5,), repeat=10)


def with_in_generator():
    log = []

    class C:
        def __enter__(self): log.append("enter"); return 5
        def __exit__(self, t, v, tb): log.append(t and t.__name__); return t is KeyError

    def g():
        with C() as c:
            yield c
            yield c + 1
        yield "after"

    a = g()
    next(a)
    out = [a.throw(KeyError("swallowed"))]
    b = g()
    next(b)
    b.close()
    c = g()
    return out, list(c), log


hot("with", with_in_generator)


def genexprs(n):
    k = 3
    a = sum(i * k for i in range(n))
    b = max((i % 7 for i in range(n)), default=None)
    c = any(i > n for i in range(n))
    d = ",".join(str(i) for i in range(3))
    e = dict((i, i * 2) for i in range(3))
    f = [x for x in (y * 0.5 for y in range(n)) if x > 1]
    g = list(zip((i for i in "ab"), (i for i in "cd")))
    h = tuple(i for i in range(4) for j in range(i) if j % 2)
    return a, b, c, d, e, len(f), g, h


hot("genexprs", genexprs, (0,), (200,))


def genexpr_error():
    return list(1 // (2 - i) for i in range(5))


trace_hot("genexpr error", genexpr_error)
trace_hot("genexpr not iterable", lambda: (x for x in 5))


def late_genexpr():
    a = [1, 2, 3]
    g = (x + k for x in a)
    k = 10
    a.append(4)
    return list(g)


hot("late genexpr", late_genexpr)


def interleave(n):
    gs = [count(n), squares(count(n)), mixed(), (x / 2 for x in range(n))]
    out = []
    for row in itertools.zip_longest(*gs):
        out.append(row)
        if len(out) > n:
            break
    return len(out), out[-1], out[n // 2]


hot("interleave", interleave, (10,), (120,), repeat=10)


def many_live(n):
    gs = [count(i + 1) for i in range(n)]
    t = 0
    while gs:
        alive = []
        for g in gs:
            try:
                t += next(g)
                alive.append(g)
            except StopIteration as e:
                t += len(e.value)
        gs = alive
    return t


hot("many live", many_live, (30,), repeat=10)


def keep_frame():
    g = count(10)
    next(g)
    f = g.gi_frame
    next(g)
    a = f.f_locals["i"]
    del g
    return a, f.f_lineno > 0, f.f_back


hot("keep frame", keep_frame)


def kwargs_gen(a, b=2, *args, k, **kw):
    yield a
    yield b
    yield args
    yield k
    yield kw


hot("arguments", lambda: list(kwargs_gen(1, 2, 3, k=4, z=5)))
hot("bad arguments", lambda: list(kwargs_gen()))


@types.coroutine
def gen_coroutine():
    x = yield "from coroutine"
    return x


async def awaits(): return await gen_coroutine()


def drive():
    c = awaits()
    out = [c.send(None)]
    try:
        c.send("value")
    except StopIteration as e:
        out.append(e.value)
    return out


hot("types.coroutine", drive)


def lambda_generator():
    f = lambda: (yield 1)
    g = f()
    return next(g), outcome(g.send, 7)


hot("lambda", lambda_generator)


def recursion_in_generator(n):
    def g(k):
        if k:
            for x in g(k - 1):
                yield x + 1
        else:
            yield 0
    return list(g(n))


hot("recursive", recursion_in_generator, (50,), repeat=10)


def exhaust_then_next():
    g = count(2)
    out = [next(g), next(g)]
    for _ in range(3):
        try:
            next(g)
        except StopIteration as e:
            out.append(e.value)
    return out, next(g, "default"), list(g)


hot("exhausted", exhaust_then_next)
show("types", type(count(1)).__name__, runs(["a"]))


def loop_exit_values(n):
    out = []
    for i in range(n):
        g = count(i % 4)
        for x in g:
            pass
        else:
            out.append(x if i % 4 else None)
    return out[:6]


hot("else", loop_exit_values, (60,))
