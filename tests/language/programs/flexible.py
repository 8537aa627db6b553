"""Calls of functions with keyword-only parameters, *args and **kwargs; bound methods and instances that are called."""

import functools


def f1(a, *args):
    return a, args


def f2(a, b=2, *args, c=3, **kw):
    return a, b, args, c, kw


def f3(*, x, y=5):
    return x, y


def f4(*args, **kw):
    return args, kw


def f5(a, /, b, *, c=1):
    return a, b, c


def deco(f):
    @functools.wraps(f)
    def w(*a, **k):
        return f(*a, **k)

    return w


@deco
def g(a, b=1, *, c=2):
    return a + b + c


class C:
    def m(self, *a, **k):
        return a, k

    def n(self, *, z=1):
        return z

    @classmethod
    def c(cls, *a, q=2):
        return cls.__name__, a, q

    @staticmethod
    def s(*a, **k):
        return a, k

    def __call__(self, x, *r, k=3):
        return x, r, k


def run(o, i):
    out = [
        f1(i),
        f1(i, o),
        f1(i, o, i),
        f2(i),
        f2(i, 1),
        f2(i, 1, 2, 3),
        f2(i, c=o),
        f2(i, b=o),
        f2(i, 1, 2, c=4),
        f2(a=i),
        f2(i, 1, q=o, r=i),
        f2(i, 1, 2, 3, q=o),
        f3(x=o),
        f3(x=i, y=o),
        f4(),
        f4(i),
        f4(i, o),
        f4(k=o),
        f4(i, o, k=i, l=o),
        f5(i, o),
        f5(i, b=o),
        f5(i, o, c=o),
        g(i),
        g(i, 2),
        g(i, b=3),
        g(i, c=4),
        g(a=i),
    ]
    c = C()
    out += [
        c.m(),
        c.m(i, o),
        c.m(i, k=o),
        c.n(),
        c.n(z=o),
        C.c(i),
        C.c(i, o, q=i),
        c.c(),
        c.s(i, k=o),
        C.s(),
        c(i),
        c(i, o),
        c(i, o, k=i),
        c(x=o),
    ]
    m = c.m
    n = c.n
    out += [m(i), m(o, z=i), n(z=i), n()]
    return out


for i in range(60):
    r = run("o", i)
print(r)


def bad(k):
    for a in ((), (1,), (1, 2)):
        for kw in ({}, {"x": 1}, {"z": 3}):
            pass
    tests = [
        lambda: f3(),
        lambda: f3(1),
        lambda: f3(x=1, q=2),
        lambda: f5(a=1, b=2),
        lambda: f2(),
        lambda: f2(1, a=2),
        lambda: f1(),
        lambda: C()(),
        lambda: C().n(1),
        lambda: f5(1, 2, 3),
    ]
    try:
        return tests[k]()
    except TypeError as e:
        return str(e)


for i in range(30):
    r = [bad(k) for k in range(10)]
print(r)
out = []
for i in range(60):
    if i == 20:
        f2.__kwdefaults__["c"] = 99
    if i == 30:
        f2.__kwdefaults__ = {"c": 100}
    if i == 40:
        f2.__defaults__ = (77,)
    if i == 50:
        f3.__kwdefaults__ = None
    out.append(f2(i))
    try:
        out.append(f3(x=1))
    except TypeError as e:
        out.append(str(e))
print(out[38:42], out[58:62], out[78:82], out[98:103])


class K:
    def __init__(self, *a, k=2, **kw):
        self.v = (a, k, kw)


print([K(i, j=i).v for i in range(20)][-1])


class Cm:
    def __call__(self):
        return 1


c = Cm()
res = []
for i in range(40):
    if i == 20:
        Cm.__call__ = lambda self: 2
    if i == 30:
        del Cm.__call__
    try:
        res.append(c())
    except TypeError as e:
        res.append(str(e))
print(res[19:22], res[29:32])
import sys

sys.setrecursionlimit(200)


class Rc:
    def __call__(self, n):
        global d
        d = n
        return self(n + 1)


for i in range(5):
    try:
        Rc()(0)
    except RecursionError as e:
        print(d, e)


def bm():
    class B:
        def __init__(s):
            s.n = 0

        def inc(s, k=1):
            s.n += k
            return s.n

    b = B()
    f = b.inc
    t = 0
    for i in range(200):
        t += f() + f(2)
    fs = [B().inc for i in range(30)]
    for q in fs:
        t += q()
    t += sum(B().inc() for i in range(9))
    g = B().inc
    return t, sys.getrefcount(b), sys.getrefcount(f)


for i in range(20):
    r = bm()
print(r)
