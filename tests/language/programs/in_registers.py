"""Calls of functions with numbers as arguments, which are passed without objects until somebody wants to see them."""

import sys

from common import error_text, fresh, hot, outcome, show

# ---- what comes of them ----------------------------------------------------------------------------


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def tak(x, y, z):
    return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


hot("fib", fib, (12,), (12.5,), (True,))
hot("tak", tak, (8, 4, 2), (8.5, 4, 2.25))


def poly(a, b, c, d, e, f, g, h):
    total = 0
    for i in range(2):
        total += a * i + b - c + d - e + f - g + h
    return total, a, h


def many(n):
    x, y, out = n * 2, n * 0.5, None
    for i in range(20):
        out = poly(x + i, y + i, x - i, y - i, x * i, y * i, i - x, i - y)
    return out


hot("eight arguments", many, (3,), (2.5,), (2**61,), (-(2**62),), (10**30,))


def limits(x):
    for _ in range(2):
        x = x + 0
    return x, x + 1, -x


def beyond(n):
    return [limits(n + i) for i in range(-2, 3)]


hot("limits", beyond, (0,), (256,), (-5,), (2**30,), (-(2**30),), (2**60,), (2**62,), (2**63,), (-(2**63),), (1e308,))


def swapped(a, b, deep):
    return (a, b) if deep == 0 else swapped(b, a, deep - 1)


hot("swapped", lambda n: swapped(n + 1, n + 2, 7), (1000,), (0.5,))
hot("turned", lambda n: (swapped(n * 2, n * 0.5, 4), swapped(n * 0.5, n * 2, 5)), (7,), (7.5,))

# ---- who sees them -----------------------------------------------------------------------------------


def looked_at(a, b, c=3):
    for _ in range(2):
        pass
    return sorted(sys._getframe().f_locals.items()), sorted(locals().items())


hot("looked at", lambda n: looked_at(n + 1, n * 0.5), (10,), (300,), (2**40,))


def above(a, b):
    def show_it():
        return sorted(sys._getframe(1).f_locals.items())

    return show_it(), a + b


hot("from below", lambda n: above(n + 1, n * 0.5), (10,), (1000,))


def raises(a, b):
    for _ in range(2):
        a += 0
    return a // b


def caught(n):
    try:
        return raises(n + 1, n - n)
    except ZeroDivisionError as e:
        frame = e.__traceback__.tb_next.tb_frame
        return sorted(frame.f_locals.items()), error_text()


hot("caught", caught, (1000,), (2.5,))


def deleted(a, b):
    for i in range(3):
        if i == 1:
            del a
    return b + a


hot("deleted", lambda n: deleted(n + 1, n + 2), (1000,))


def assigned(a, b):
    for i in range(3):
        a, b = b, a + i
    a = str(a)
    return a, b


hot("assigned", lambda n: assigned(n + 1, n + 2), (1000,), (0.25,))


def same(a, b):
    for _ in range(2):
        pass
    return a is b, id(a) == id(b), a == b


def identities(n):
    x = n * 3
    y = n * 0.5
    return same(x, x), same(y, y), same(x, y), same(n + 1000, n + 1001)


hot("identities", identities, (1000,), (-0.0,), (float("nan"),))


def kept(a, items):
    for _ in range(2):
        items.append(a)
    return items[0] is items[1], items


hot("kept", lambda n: kept(n + 1, []), (1000,), (1,), (0.5,))

# ---- other callees ---------------------------------------------------------------------------------


def generator(a, b):
    for i in range(2):
        yield a + i, b


def inner(a):
    def f():
        nonlocal a
        a += 1
        return a

    return f() + f()


def packed(a, *rest, k=1, **named):
    return a, rest, k, named


def others(n):
    x, y = n + 1000, n * 0.5
    return list(generator(x, y)), inner(x), inner(y), packed(x, y, x), packed(y, k=x), packed(x, z=y)


hot("others", others, (1,), (2.5,))


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, dx, dy):
        for _ in range(2):
            dx += 0
        return Point(self.x + dx, self.y + dy)

    def __call__(self, f, n):
        return self.x * f, n


def points(n):
    p = Point(n * 2, n * 0.5)
    for i in range(3):
        p = p.moved(i + 1, i * 0.5)
    return p.x, p.y, p(n + 1, n * 0.25)


hot("methods", points, (1000,), (0.5,))


def changes(n):
    """The function is another one, then has other code, then other defaults."""
    global callee

    def callee(a, b=2.5):
        for _ in range(2):
            a += 0
        return a, b

    out = [callee(n + i) for i in range(30)][-1:]
    old = callee
    callee = lambda a, b=1: ("lambda", a, b)  # noqa: E731
    out += [callee(n + i) for i in range(3)]
    callee = old
    callee.__defaults__ = (7,)
    out += [callee(n + i) for i in range(3)]
    callee.__code__ = (lambda a, b=1: ("code", a, b)).__code__
    return out + [callee(n + i) for i in range(3)]


hot("changes", changes, (1000,), repeat=20)


def endless(n):
    return endless(n + 1)


show("endless", *{outcome(endless, 0) for _ in range(3)})


def mixed(x):
    for _ in range(2):
        pass
    return x, type(x).__name__


def kinds(n):
    out = []
    for i in range(60):
        x = n + i
        out.append(mixed(x if i % 4 else x * 0.5 if i % 8 else str(x)))
    return out[-5:]


hot("kinds", kinds, (1000,), repeat=8)
hot("anew", lambda: fresh(kinds)(5), repeat=8)


def threads_of_calls(a, b, n):
    return a - b if n == 0 else threads_of_calls(b * 2 - a, a, n - 1)


hot("a spiral", lambda n: threads_of_calls(n + 0.5, n - 1, 30), (3,), (3.25,))
