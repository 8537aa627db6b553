"""Instances made where others have been freed: classes of many shapes in turn, and what must not shine through."""

import gc
import sys
import weakref

from common import Token, hot, often, show


class Empty:
    pass


class One:
    def __init__(self, a):
        self.a = a


class Three:
    def __init__(self, a, b, c):
        self.a = a
        self.b = b
        self.c = c


class Below(Three):
    def __init__(self, a, b, c, d):
        self.d = d
        self.c = c


class Slots:
    __slots__ = ("a", "__weakref__")

    def __init__(self, a):
        self.a = a


class Both(Slots):
    def __init__(self, a, b):
        self.a = a
        self.b = b


class Last:
    def __init__(self, a):
        self.a = a

    def __del__(self):
        gone.append(self.a)


gone = []


def in_turn(n):
    seen = []
    for i in range(n):
        x = Three(i, str(i), Token())
        seen.append(sorted(vars(x)))
        x = One(x)
        y = Below(i, 2, 3, 4)
        seen.append((hasattr(y, "a"), hasattr(y, "b"), y.c, y.d))
        x = Empty()
        seen.append((vars(x), hasattr(x, "a")))
        x.late = i
        x = Slots(5)
        y = Both(1, Token())
        x = Last(i)
        y = One(y)
    del x, y
    return seen[-3:], Token.alive, len(gone)


show("in turn", often(lambda: (gone.clear(), in_turn(30))[1]))


# What is added to a class's instances later, and what its first instances have not.
def growing():
    class Grows:
        def __init__(self, n):
            self.first = n

        def more(self, n):
            self.second = n
            self.third = [n]
            return self

    seen = []
    for i in range(90):
        x = Grows(i)
        if i > 30:
            x.more(i)
        if i > 60:
            x.fourth = x.fifth = i
        seen.append(len(vars(x)) if i % 7 == 0 else list(x.__dict__) == [])
        y = Grows(-i).more(1)
        y = Grows(i)
        seen.append((hasattr(y, "second"), hasattr(y, "fourth")))
    return seen[::11]


show("growing", often(growing))


class Narrow:
    def __init__(self, a):
        self.a = a


class Wide:
    def __init__(self, *args):
        self.a, self.b, self.c, self.d, self.e, self.f, self.g, self.h = args or range(
            8
        )


def other_class(n):
    seen = []
    for i in range(n):
        x = Narrow(i)
        x.__class__ = Wide
        seen.append(vars(x))
        y = Wide()
        y.__class__ = Narrow
        x = Wide()
        seen.append((x.h, y.h, len(vars(y))))
        y = Narrow(i)
        seen.append(vars(y))
    return seen[-3:]


show("other class", often(other_class, 40))


# Weak references, dicts that outlive their instances, garbage that is collected.
def outlive(n):
    kept, weak = [], []
    gc.disable()  # when it comes by itself is not what this is about
    for i in range(n):
        x = Three(i, i + 1, i + 2)
        if i % 3 == 0:
            kept.append(x.__dict__)
        if i % 4 == 0:
            weak.append(weakref.ref(x))
        x = One(x)
        x.itself = x if i % 5 == 0 else None
        x = Three(x, None, None)
    alive = sum(r() is not None for r in weak)
    del x
    gc.enable()
    gc.collect()
    return (
        [sorted(k.items()) for k in kept[-2:]],
        alive,
        sum(r() is not None for r in weak),
        gc.get_count()[0] < 700,
    )


show("outlive", often(outlive, 40))


def tracked(n):
    gc.collect()
    x = None
    for i in range(n):
        x = Three(x, i, One(i)) if i % 9 else None
    return (
        gc.is_tracked(x),
        sorted(type(o).__name__ for o in gc.get_referents(x)),
        sys.getrefcount(x),
        len(gc.get_objects()) > 100,
    )


show("tracked", often(tracked, 50))


def chain(n):
    head = None
    for i in range(n):
        head = Three(head, i, One(head))
    length = 0
    while head is not None:
        head = head.a
        length += 1
    return length


show("chain", often(chain, 300), chain(20000))


# Iterators: used up and held by somebody else, left early, of sequences that grow or end with the loop.
def iterators(n):
    seen, held = [], []
    for i in range(n):
        for x in [i, i + 1]:
            for y in (x, x):
                seen.append(y)
        it = iter([1, 2])
        for _ in it:
            held.append(it)
        seen.append((next(it, "end"), len(list(it))))
        it = iter((3, 4))
        for x in it:
            break
        for x in it:
            seen.append(x)
        grown = [0]
        for x in grown:
            if x < 3:
                grown.append(x + 1)
        for x in [Token(), Token()]:
            pass
        for x in Three([Token()], 0, 0).a:
            seen.append(Token.alive)
        del x
    return (
        seen[-9:],
        len(held),
        grown,
        Token.alive,
        sum(sum(1 for _ in h) for h in held),
        gc.is_tracked(iter([1])),
    )


show("iterators", often(iterators, 60))


# Classes that go away while memory of their instances is kept, and come back.
def class_of(n):
    class Local:
        def __init__(self):
            for i in range(n):
                setattr(self, f"x{i}", i)

    return Local


def classes_go():
    weak = []
    for n in range(12):
        local = class_of(n)
        weak.append(weakref.ref(local))
        for _ in range(40):
            assert len(vars(local())) == n
            x = local()
            x.y = 5
    del local, x
    gc.collect()
    return sum(r() is not None for r in weak)


show("classes go", [classes_go() for _ in range(4)])


# ---- lists and tuples --------------------------------------------------------------------------------


def sequences(n):
    """Made and dropped again and again, then looked at."""
    for i in range(n):
        a = (i, 2)
        b = [i, 0.5, "x"]
        c = (a, b)
        d = [i, None, True, 2**70, b"y"]
        b.append(i)
        e = b[1:3]
        d.pop()
    return a, b, c, d, e, sys.getsizeof(a), sys.getsizeof(b), sys.getsizeof([n, n]), sys.getsizeof(d)


def tracked(n):
    out = []
    for i in range(n):
        x = (i, i)
        y = [i, i]
        out = [gc.is_tracked(x), gc.is_tracked(y), x == (i, i), y == [i, i], len(x), len(y)]
    return out


def collected(n):
    for i in range(n):
        x, y = (i, 2, 3), [1, i]
        if i % 10 == 0:
            gc.collect()
        z = (x, y, i)
    gc.collect()
    return x, y, z, gc.is_tracked(x), gc.is_tracked((i, [])), gc.is_tracked(y)


def cycles(n):
    for i in range(n):
        x = [i, None]
        x[1] = x
        y = (i, x)
        x = y = None
    return gc.collect() >= 0


def tokens(n):
    for i in range(n):
        x = (i, Token())
        y = [Token(), x]
        x = (1, 2)
        y = [3]
    return Token.alive


def grown(n):
    out = []
    for i in range(n):
        x = [i, i, i]
        for j in range(i % 12):
            x.append(j)
        while len(x) > 2:
            x.pop()
        out.append(sum(x))
        x = [1, 2, 3]
        x.extend(x)
        x.clear()
        x += (i,)
    return out[-3:], x, sys.getsizeof([1, 2])


hot("sequences", sequences, (5,), (50,))
hot("tracked", tracked, (20,))
hot("collected", collected, (30,), repeat=5)
hot("cycles", cycles, (20,), repeat=5)
hot("tokens of sequences", tokens, (20,))
hot("grown", grown, (30,))
show("at the end", Token.alive)
