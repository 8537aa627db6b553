"""Generators and coroutines that compiled code resumes by itself, and every way that can end."""

import gc
import sys
import types

from common import error_text, hot, outcome, runs, show, text, trace_hot

# ---- loops over generators ------------------------------------------------------------------------


def count(n):
    for i in range(n):
        yield i


def floats(n):
    x = 0.5
    while n:
        n -= 1
        x += 1
        yield x


def returns(n):
    yield n
    return "ignored"


def empty():
    return
    yield


def mixed(n):
    try:
        yield n
        yield str(n)
        yield n * 1.5
    finally:
        log.append("finally")


log = []


def total(make, n):
    out = 0
    for x in make(n):
        out += x
    return out


def collect(make, *args):
    out = []
    for x in make(*args):
        out.append(x)
    else:
        out.append("end")
    return out


def leave_early(make, n, stop):
    for x in make(n):
        if x == stop:
            break
        if x == stop - 1:
            continue
    return x, len(log)


def polymorphic(n):
    out = []
    for source in (count(3), floats(3), [1, 2], range(2), "ab", returns(1), (y for y in (7, 8)), count(2), map(str, count(2)), empty(), {3: 4}):
        for x in source:
            out.append(x)
    return out


def nested(n):
    return [(a, b, c) for a in count(n) for b in floats(2) for c in returns(a)]


hot("total", total, (count, 10), (floats, 4), (returns, 5), (count, 300))
hot("collect", collect, (count, 3), (floats, 2), (returns, 2), (empty,), (mixed, 2))
hot("early", leave_early, (count, 10, 5), (count, 10, 50))
hot("polymorphic", polymorphic, (1,))
hot("nested", nested, (3,))
hot("generator expressions", lambda n: (sum(x * x for x in range(n)), max(x for x in count(n)), any(x > 2 for x in count(n)), sorted(-x for x in count(n)), dict((x, 1) for x in count(n))), (5,), (1,))

# ---- delegation -----------------------------------------------------------------------------------


class Tree:
    def __init__(self, depth): self.left, self.value, self.right = (Tree(depth - 1), depth, Tree(depth - 1)) if depth else (None, 0, None)
    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def inner(n):
    got = yield n
    while got is not None:
        got = yield got * 2
    return ("inner", n)


def outer(n):
    first = yield from inner(n)
    second = yield from inner(n + 1)
    third = yield from [first, second]
    return first, second, third


def drive(n):
    g, out = outer(n), []
    try:
        out.append(next(g))
        out.append(g.send(5))
        out.append(g.send(2.5))
        out.append(g.send(None))
        out.append(next(g))
        out.append(g.send(None))
        out.append(next(g))
        next(g)
    except StopIteration as stop:
        out.append(stop.value)
    return out


def delegate_deep(n):
    if n == 0:
        yield "bottom"
        return 0
    return 1 + (yield from delegate_deep(n - 1))


def deep_value(n):
    g = delegate_deep(n)
    out = [next(g)]
    try:
        next(g)
    except StopIteration as stop:
        out.append(stop.value)
    return out


hot("tree", lambda n: (list(Tree(n)), sum(Tree(n))), (0,), (3,), (5,))
hot("drive", drive, (1,), (2.5,), ("s",))
hot("deep", deep_value, (0,), (1,), (30,))

# ---- coroutines ------------------------------------------------------------------------------------


async def leaf(n):
    return n + 1


async def middle(n):
    a = await leaf(n)
    b = await leaf(a)
    await pause()
    return a + b


@types.coroutine
def pause():
    got = yield "paused"
    return got


async def top(n):
    out = 0
    for i in range(n):
        out += await middle(i)
    async for x in ticks(2):
        out += x
    async with Manager() as m:
        out += m
    return out


async def ticks(n):
    for i in range(n):
        await pause()
        yield i


class Manager:
    async def __aenter__(self): return await leaf(1)
    async def __aexit__(self, *args): await pause()


def run(coroutine):
    pauses = 0
    try:
        while True:
            coroutine.send(None)
            pauses += 1
    except StopIteration as stop:
        return pauses, stop.value


async def failing(n):
    await pause()
    if n % 2:
        raise KeyError(n)
    raise StopIteration(n)


async def handles(n):
    try:
        await failing(n)
    except KeyError as error:
        return str(error)
    except RuntimeError as error:
        return str(error), type(error.__cause__).__name__


hot("coroutines", lambda n: run(top(n)), (1,), (5,))
hot("failing", lambda n: run(handles(n)), (1,), (2,))

# ---- exceptions -----------------------------------------------------------------------------------


def raises(n, what):
    for i in range(n):
        yield i
    raise what


def in_loop(n, what):
    out = []
    try:
        for x in raises(n, what):
            out.append(x)
    except Exception as error:
        return out, type(error).__name__, str(error), type(error.__cause__).__name__, error.__context__ is error.__cause__
    return out


def context(n):
    out = []

    def g():
        try:
            yield 1
            raise KeyError("first")
        except KeyError:
            yield 2
            out.append(type(sys.exc_info()[1]).__name__)
            raise ValueError("second")

    try:
        raise OSError("outer")
    except OSError:
        try:
            for x in g():
                out.append((x, type(sys.exc_info()[1]).__name__))
        except ValueError as error:
            out.append((str(error), type(error.__context__).__name__, type(error.__context__.__context__).__name__))
        out.append(type(sys.exc_info()[1]).__name__)
    out.append(sys.exc_info()[1])
    return out


def throw_and_close(n):
    g, out = mixed(n), []
    for x in g:
        out.append(x)
        try:
            g.throw(ValueError("thrown"))
        except ValueError as error:
            out.append(str(error))
    h = mixed(n)
    for x in h:
        h.close()
    out.append(next(h, "closed"))
    return out


def reenter(n):
    def g():
        yield 1
        for x in me:
            yield x
    me = g()
    out = []
    try:
        for x in me:
            out.append(x)
    except ValueError as error:
        out.append(str(error))
    return out


def exhausted(n):
    g = count(n)
    return [x for x in g], [x for x in g], list(g), next(g, "none")


def traced(n):
    for x in raises(n, ZeroDivisionError("here")):
        total = x
    return total


hot("in loop", in_loop, (2, KeyError("k")), (0, ValueError("v")), (2, StopIteration("s")), (1, RuntimeError("r")), repeat=30)
hot("context", context, (1,))
hot("throw", throw_and_close, (1,))
hot("reenter", reenter, (1,))
hot("exhausted", exhausted, (3,))
trace_hot("traced", traced, 3)
trace_hot("delegated", lambda: list(delegating(3)))


def delegating(n):
    if n:
        yield from delegating(n - 1)
    raise IndexError(n)


trace_hot("delegated more", lambda: list(delegating(3)))

# ---- what can be seen -------------------------------------------------------------------------------


def looks(n):
    for i in range(n):
        f = sys._getframe()
        yield f.f_lineno - f.f_code.co_firstlineno, f.f_back.f_code.co_name, f.f_locals["i"]


def consumer(n):
    g = looks(n)
    out = []
    for x in g:
        out.append((x, g.gi_running, g.gi_frame.f_back, g.gi_frame.f_lineno - g.gi_frame.f_code.co_firstlineno))
    out.append(g.gi_frame)
    return out


def yielding_from(n):
    def o():
        yield from i
    i = count(n)
    g = o()
    return [(x, g.gi_yieldfrom is i, i.gi_suspended, g.gi_suspended) for x in g], g.gi_yieldfrom


class D:
    def __init__(self, name): self.name = name
    def __del__(self): log.append((self.name, sys._getframe(1).f_code.co_name))


def holds(n):
    d = D("local")
    yield n
    e = D("later")
    yield n + 1


def finalizers(n):
    log.clear()
    for x in holds(n):
        log.append(x)
    for x in holds(n):
        break
    for x in holds(D("argument")):
        break
    del x
    gc.collect()
    return list(log)


def replaced(n):
    out = []
    g = count(n)
    for x in g:
        out.append(x)
        if x == 2:
            g = floats(2)
    for x in g:
        out.append(x)
    return out


hot("consumer", consumer, (2,))
hot("yielding from", yielding_from, (2,))
hot("finalizers", finalizers, (1,))
hot("replaced", replaced, (5,))

# ---- depth -----------------------------------------------------------------------------------------


def levels(n):
    if n:
        for x in levels(n - 1):
            yield x + 1
    else:
        yield 0


def endless(n):
    global depth
    depth = n
    for x in endless(n + 1):
        yield x


def endless_from(n):
    global depth
    depth = n
    yield from endless_from(n + 1)


def depth_of(f):
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(200)
    try:
        for x in f(0):
            pass
    except RecursionError as error:
        return depth, str(error)
    finally:
        sys.setrecursionlimit(old)


hot("levels", lambda n: list(levels(n)), (3,), (100,))
show("depth", *[[depth_of(f) for _ in range(30)][-1] for f in (endless, endless_from)])
