"""Loops over instances of classes with __iter__ and __next__ written in Python."""

import sys

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot


class Count:
    def __init__(self, n): self.n = n
    def __iter__(self): return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        return self.n


class Items:
    def __init__(self, *items): self.items = items
    def __iter__(self): return iter(self.items)


class Yields(Items):
    def __iter__(self):
        for item in self.items:
            yield item
            yield -1


class Holds:
    def __init__(self, iterator): self.iterator = iterator
    def __iter__(self): return self.iterator


class Cycle:
    """Ends by another exception, or with a value."""

    def __init__(self, n, end): self.n, self.end = n, end
    def __iter__(self): return self

    def __next__(self):
        if self.n == 0:
            raise self.end
        self.n -= 1
        return self.n


class OwnStop(StopIteration): pass


class Old:
    def __getitem__(self, i):
        if i < 3:
            return i * 10
        raise IndexError


class NotIterable:
    __iter__ = None


class IteratesNothing:
    def __iter__(self): return 5


class NextOnly:
    def __next__(self): return 1


class NextIsNone:
    def __iter__(self): return self
    __next__ = None


class Lazy:
    """__next__ makes generators."""

    n = 0
    def __iter__(self): return self

    def __next__(self):
        Lazy.n += 1
        if Lazy.n % 4 == 0:
            raise StopIteration
        return self.more()

    def more(self): yield Lazy.n % 4


def total(items):
    out = 0
    for item in items:
        out += item
    return out


def collect(items):
    out = []
    for item in items:
        if item == 2:
            continue
        if item == 7:
            break
        out.append(item)
    else:
        out.append("end")
    return out


def comprehended(items): return [x for x in items], {x for x in items}, sum(x for x in items)
def unpacked(items):
    a, *rest = items
    return a, rest


MAKERS = {
    "count": lambda: Count(5),
    "items": lambda: Items(1, 2, 3),
    "floats": lambda: Items(0.5, 2, 7, 1),
    "yields": lambda: Yields(1, 2, 7),
    "holds a list's": lambda: Holds(iter([1, 2])),
    "holds a count": lambda: Holds(Count(3)),
    "holds a generator": lambda: Holds(x for x in (4, 5)),
    "holds a map": lambda: Holds(map(abs, (-4, 5))),
    "holds a list": lambda: Holds([1]),
    "holds None": lambda: Holds(None),
    "holds itself": lambda: Holds(Holds(Count(2))),
    "ends": lambda: Cycle(3, StopIteration),
    "ends with a value": lambda: Cycle(3, StopIteration(5)),
    "ends by its own": lambda: Cycle(3, OwnStop("x")),
    "fails": lambda: Cycle(3, KeyError("key")),
    "ends at once": lambda: Count(0),
    "old": Old,
    "not iterable": NotIterable,
    "iterates nothing": IteratesNothing,
    "next only": NextOnly,
    "next is None": NextIsNone,
    "list": lambda: [1, 2, 7],
    "int": lambda: 5,
}

for function in (total, collect, comprehended, unpacked):
    for name, make in MAKERS.items():
        def call(function=function, make=make): return function(make())
        hot(f"{function.__name__} {name}", call)
    makes = list(MAKERS.values())
    show(f"{function.__name__} in turn", *[outcome(function, makes[i % len(makes)]()) for i in range(HOT * 3)][-len(makes):])
hot("lazy", lambda: [list(g) for g in Lazy()])
hot("nested", lambda: [(a, b, c) for a in Count(3) for b in Items("x", "y") for c in Count(a)])
hot("long", lambda: total(Count(500)))


def yields_from(items):
    got = yield from items
    return got


hot("yield from", lambda: (list(yields_from(Count(3))), list(yields_from(Yields(1))), outcome(lambda: list(yields_from(Holds(5))))))

for name in ("fails", "holds a list", "iterates nothing", "not iterable", "next is None"):
    trace_hot(name, lambda name=name: total(MAKERS[name]()))


def changing(step):
    class It:
        def __init__(self): self.n = 0
        def __iter__(self): return self

        def __next__(self):
            self.n += 1
            if self.n > HOT * 3:
                raise StopIteration
            return "old"

    out = []
    for i, x in fresh(enumerate_by_hand)(It(), step):
        out.append(x)
    return runs(out)[-4:]


def enumerate_by_hand(it, step):
    i = 0
    for x in it:
        i += 1
        if i == HOT * 2:
            step(type(it), it)
        yield i, x


def other_next(C, it): C.__next__ = lambda self: self.stop() if self.n > 200 else self.step()
def more(C, it):
    C.stop = lambda self: next(iter(()))
    def step(self):
        self.n += 20
        return "new"
    C.step = step
    other_next(C, it)
def no_next(C, it): del C.__next__
def other_class(C, it): it.__class__ = Count
def code(C, it): C.__next__.__code__ = (lambda self: [].pop()).__code__
def ends(C, it): it.n = 10**6


for step in (more, no_next, other_class, code, ends):
    show(step.__name__, outcome(changing, step))


class Looks:
    def __init__(self): self.n = 0
    def __iter__(self):
        frames.append(sys._getframe(1).f_lineno)
        return self

    def __next__(self):
        self.n += 1
        frame = sys._getframe(1)
        frames.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals)))
        if self.n == 3:
            raise StopIteration


frames = []


def looked_at():
    x = 1
    for y in Looks():
        x += 1
    return x


hot("looks", looked_at)
show("frames", *runs(frames)[-4:])


class Traces(Count):
    def __next__(self):
        if self.n == 2:
            sys.settrace(trace)
        return Count.__next__(self)


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
    return trace


def traced(n):
    out = []
    for x in Traces(n):
        out.append(x)
    return other(out)


def other(x): return x


events = []
for n in [1] * HOT + [5]:
    events.clear()
    result = traced(n)
    sys.settrace(None)
show("traced", result, *events)


class TracesEnd:
    def __init__(self, n): self.n = n
    def __iter__(self): return self

    def __next__(self):
        self.n -= 1
        if self.n == 0:
            sys._getframe(1).f_trace = trace
            sys.settrace(trace)
            raise StopIteration
        if self.n < 0:
            raise StopIteration
        return self.n


def traced_end(n):
    out = []
    for x in TracesEnd(n):
        out.append(x)
    return other(out)


for n in [0] * HOT + [3]:
    events.clear()
    result = traced_end(n)
    sys.settrace(None)
show("traced end", result, *events)


class Tokens(Count):
    def __next__(self): return Count.__next__(self), Token()


def tokens():
    out = []
    for x, token in Tokens(3):
        out.append(token)
        if x == 1:
            break
    for x in Tokens(2):
        pass
    try:
        for x in Holds([Token()]):
            pass
    except TypeError:
        pass
    return len(out)


hot("tokens", tokens)
show("alive", Token.alive)


class Deep:
    def __init__(self, n): self.n = n
    def __iter__(self): return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        n, self.n = self.n, 0
        out = 0
        for x in Deep(n - 1):
            out += x
        return out + 1


hot("deep", lambda n: total(Deep(n)), (30,))
show("too deep", outcome(lambda: total(Deep(10**6)))[:21])
try:
    total(MAKERS["fails"]())
except KeyError:
    print(error_text())
