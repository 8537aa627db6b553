"""Calls with * and ** arguments: any iterable and mapping, errors, recursion, tracebacks, frames, tracing."""

import functools, sys, traceback


def f(a, b=2, *r, c=3, **k):
    return a, b, r, c, k


def w(fn):
    @functools.wraps(fn)
    def inner(*a, **k):
        return fn(*a, **k)

    return inner


@w
@w
def g(a, b=1):
    return a + b


class S(str):
    pass


class M(dict):
    pass


class L:
    def __init__(s, n):
        s.n = n

    def __del__(s):
        log.append(s.n)


log = []


def lf(*a, **k):
    log.append("in")
    return None


def run(i):
    t = (i, i + 1)
    l = [i]
    d = {"c": i}
    out = [
        f(*t),
        f(*l),
        f(i, *t, *l),
        f(*t, **d),
        f(i, **d),
        f(*t, q=1, **{"z": i}),
        g(*t),
        g(i, b=3),
        g(a=i),
        f(*range(3)),
        f(*(x for x in t)),
        f(i, **M(x=1)),
        max(*t),
        len(*[l]),
        dict(**d),
        f(*t, **{S("c"): 5}),
    ]
    log.clear()
    lf(*[L("a"), L("b")], **{"k": L("c")})
    log.append("|")
    out.append(list(log))
    return out


for i in range(50):
    r = run(i)
print(r)


def errs(k):
    tests = [
        lambda: f(*1),
        lambda: f(**1),
        lambda: f(**{1: 2}),
        lambda: f(*(), **{}),
        lambda: f(*(1,), a=2),
        lambda: f(1, **{"a": 2}),
        lambda: 3(*()),
        lambda: g(*(1, 2, 3)),
        lambda: f(*(1,), **{"c": 1}, **{"c": 2}),
        lambda: f(1, **None),
    ]
    try:
        return tests[k]()
    except TypeError as e:
        return str(e)


for i in range(30):
    r = [errs(k) for k in range(10)]
print(r)


def rec(*a, **k):
    global n
    n = a[0]
    return rec(a[0] + 1, *a[1:], **k)


sys.setrecursionlimit(300)
for i in range(4):
    try:
        rec(0, 1, x=2)
    except RecursionError as e:
        print(n, e)


def boom(*a, **k):
    raise ValueError(a, k)


def tb():
    try:
        boom(*(1, 2), **{"a": 3})
    except ValueError:
        return traceback.format_exc()


for i in range(30):
    r = tb()
print(r.replace(__file__, "file"))


def gen(*a):
    for x in a:
        yield x


async def co(*a):
    return a


def gg():
    c = co(*(1, 2))
    try:
        c.send(None)
    except StopIteration as e:
        return list(gen(*(1, 2, 3))), e.value


for i in range(30):
    r = gg()
print(r)


def frames(*a, **k):
    f = sys._getframe().f_back
    return f.f_lasti, f.f_lineno, sorted(f.f_locals)


def ff(q):
    return frames(*(q,), **{"z": q})


for i in range(30):
    r = ff(i)
print(r)
events = []


def tracer(fr, ev, arg):
    events.append((fr.f_code.co_name, ev, fr.f_lineno))
    return tracer


def tr(n):
    if n == 3:
        sys.settrace(tracer)
    return n


def tt():
    for i in range(6):
        tr(*(i,))
    sys.settrace(None)


for i in range(20):
    tt()
print(len(events), events[:8])
