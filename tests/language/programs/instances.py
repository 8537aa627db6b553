"""Classes called: __init__ in the place of the call and not, what it raises and returns, classes that change,
depth of recursion, frames seen from within."""

import gc
import sys
import traceback
import weakref

from common import Token, often, outcome, show


class Point:
    def __init__(self, x, y=3):
        self.x = x
        self.y = y
        self.l = []
        self.z = x + y


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


class Empty:
    pass


class Returns:
    def __init__(self, x):
        self.x = x
        return x


class Raises:
    def __init__(self, x):
        self.x = 1 / x


class Dies:
    ended = 0

    def __init__(self, a):
        self.a = a

    def __del__(self):
        Dies.ended += self.a


class Named:
    kind = "k"

    def __init__(self, name):
        self.name = name
        self.kind = self.kind + name
        self.pair = (name, self.kind)


def many(n):
    total = 0
    for i in range(n):
        p = Point(i)
        total += p.z + p.y + len(p.l)
        total += Point(i, y=2).z + Point(x=i, y=1).z
        total += Slotted(i).a
        e = Empty()
        e.k = i
        total += e.k
    return total


show("many", many(3000))


def unwanted(x):
    return [outcome(lambda i=i: Returns(None if i < 20 else x)) for i in range(30)]


show("unwanted", unwanted(5)[18:22])


def raising(n):
    try:
        Raises(n)
    except ZeroDivisionError:
        return traceback.format_exc().replace(__file__, "file")
    return None


show("raises", often(raising, 3), raising(0))


def dying(n):
    for i in range(n):
        Dies(i)
    return Dies.ended


show("dying", dying(50))
show("named", [Named(str(i)).pair for i in range(20)])


class Seen:
    def __init__(self, a):
        self.frame = sys._getframe()
        self.a = a


def look():
    for i in range(30):
        seen = Seen(i)
    frame = seen.frame
    return (
        frame.f_code.co_name,
        frame.f_lineno - Seen.__init__.__code__.co_firstlineno,
        sorted(frame.f_locals),
    )


show("seen", look(), look())


def replaced():
    out = []

    class Changing:
        def __init__(self, x, y=9):
            self.x = x

    def second(self, x, y=8):
        self.x = y
        self.w = 1

    for i in range(60):
        if i == 20:
            Changing.__init__ = second
        if i == 30:
            second.__defaults__ = (7,)
        if i == 40:
            second.__code__ = (lambda self, x, y=0: setattr(self, "x", -x)).__code__
        if i == 50:
            del Changing.__init__
        out.append(outcome(lambda i=i: Changing(i) if i < 50 else Changing()))
        if i < 50:
            out.append((Changing(i).x, getattr(Changing(i), "w", None)))
    return out


show("replaced", replaced())


class Meta(type):
    def __call__(cls, *args):
        return ("meta", args)


def metaclass():
    class C:
        def __init__(self, a):
            self.a = a

    class D(C, metaclass=Meta):
        pass

    return [D(i) if i % 2 else C(i).a for i in range(20)]


show("metaclass", metaclass()[-2:])


class Deep:
    def __init__(self, n):
        self.n = n
        self.inner = Deep(n - 1) if n else None


def deepest():
    low, high = 0, 400
    while high - low > 1:
        middle = (low + high) // 2
        try:
            Deep(middle)
            low = middle
        except RecursionError:
            high = middle
    return low > 50


sys.setrecursionlimit(300)
show("deep", often(deepest, 3), outcome(lambda: Deep(1000)))
sys.setrecursionlimit(1000)


def collected():
    class Node:
        def __init__(self, other):
            self.other = other

    class Watched(Node):
        pass

    alive = []
    for i in range(3000):
        a = Watched([])
        a.other.append(a)
        alive.append(weakref.ref(a))
    del a
    gc.collect()
    return sum(r() is not None for r in alive)


show("collected", collected())


def ends():
    for i in range(50):
        Point(Token(), Token2(i))
    return Token.alive


class Token2:
    def __init__(self, i):
        self.i = i

    def __radd__(self, other):
        return self.i


show("ends", ends())
