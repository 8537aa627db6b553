"""Python functions that C calls: keys, map, callbacks, slots; with defaults, too few and too many arguments,
keywords; while tracing, observed, changed, failing, recursive."""

import functools
import itertools
import sys

from common import Token, error_text, hot, outcome, runs, show


def one(x):
    return x


def two(x, y=10):
    return (x, y)


def three(x, y=1, z=(2,)):
    w = [x, y]
    return w + list(z)


def cells(x):
    def inner():
        return x

    return inner()


def star(*args, **kwargs):
    return args, sorted(kwargs)


def keyword(x, *, y=5):
    return x, y


def generator(x):
    yield x
    yield x + 1


async def coroutine(x):
    return x


def positional(x, y, /):
    return x - y


class Key:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value

    def __eq__(self, other):
        return self.value == other.value

    def __hash__(self):
        return hash(self.value)

    def __len__(self):
        return self.value

    def __bool__(self):
        return self.value > 2

    def __iter__(self):
        return iter([self.value])

    def __index__(self):
        return self.value

    def __repr__(self):
        return f"Key({self.value})"

    def __getattr__(self, name):
        return name, self.value

    def __call__(self, x, y=3):
        return x * self.value + y


FUNCTIONS = [one, two, three, cells, star, keyword, positional]


def through_map(function, *columns):
    return list(map(function, *columns))


def through_partial(function, *args):
    return functools.partial(function, args[0])(*args[1:])


def through_reduce(function, items):
    return functools.reduce(function, items)


for function in FUNCTIONS:
    hot(f"map {function.__name__}", through_map, (function, [1, 2]), (function, [1], [2]), (function, [1], [2], [3]), (function, [1], [2], [3], [4]), repeat=8)
    hot(f"partial {function.__name__}", through_partial, (function, 1), (function, 1, 2), (function, 1, 2, 3), repeat=8)
    hot(f"keywords {function.__name__}", lambda f=function: list(map(lambda x: f(x, y=7), [1, 2])), repeat=8)

hot("generators", lambda: [list(g) for g in map(generator, range(3))])


def run(c):
    try:
        c.send(None)
    except StopIteration as stop:
        return stop.value


hot("coroutines", lambda: [run(c) for c in map(coroutine, range(3))])
hot("sorted", lambda: sorted([3, 1, 2], key=one))
hot("sorted by item", lambda: sorted([(1, "b"), (0, "c")], key=lambda pair: pair[1]))
hot("max", lambda: max([3, 9, 4], key=lambda x: -x))
hot("filter", lambda: list(filter(lambda x: x % 2, range(9))))
hot("reduce", through_reduce, (lambda a, b: a + b, [1, 2, 3]), (positional, [9, 2, 1]))
hot("takewhile", lambda: list(itertools.takewhile(lambda x: x < 3, range(9))))
hot("keys", lambda: sorted([Key(3), Key(1), Key(2)]))
hot("slots", lambda: (len(Key(3)), bool(Key(3)), bool(Key(1)), list(Key(4)), [1, 2, 3, 4][Key(2)], {Key(1): 2}[Key(1)], Key(1).anything))
hot("instances", lambda: list(map(Key(2), [1, 2], [5, 6])))


def fails(x):
    y = x + 1
    if y > 3:
        raise ValueError(x)
    return y


def failing(n):
    try:
        return list(map(fails, range(n)))
    except ValueError:
        return error_text()


hot("failing", failing, (3,), (9,))


def keeps(token, other=None):
    kept = [token]
    local = Token()
    return Token.alive, len(kept), local is not None


hot("alive", lambda: list(map(keeps, [Token(), Token()])) + [Token.alive])


def looks(x):
    frame = sys._getframe()
    return frame.f_code.co_name, frame.f_back.f_code.co_name, sorted(frame.f_locals), x


def keeps_frame(x):
    frames.append(sys._getframe())
    return x


frames = []
hot("looks", lambda: list(map(looks, [1])))
hot("keeps frame", lambda: list(map(keeps_frame, [1, 2])))
show("frames", [(f.f_locals, f.f_lineno - f.f_code.co_firstlineno, f.f_back) for f in frames[:3]])


def changing():
    results = []
    for i in range(40):
        if i == 20:
            one_of.__code__ = two.__code__
            one_of.__defaults__ = (33,)
        if i == 30:
            one_of.__defaults__ = None
        results.append(outcome(through_map, one_of, [1]))
    return runs(results)


def one_of(x):
    return x


show("changing", changing())

events = []


def tracer(frame, event, arg):
    events.append((frame.f_code.co_name, event))
    return tracer


def turns_on(x):
    sys.settrace(tracer)
    return x


def under_trace():
    events.clear()
    list(map(turns_on, [1]))
    list(map(one, [1, 2]))
    sys.settrace(None)
    return list(events)


def profiled():
    events.clear()
    sys.setprofile(lambda frame, event, arg: events.append((frame.f_code.co_name, event)))
    list(map(one, [1, 2]))
    sys.setprofile(None)
    return list(events)


for _ in range(3):
    hot("before", lambda: list(map(one, [1])), repeat=20)
    show("traced", under_trace())
    show("profiled", profiled())


def down(n):
    return 0 if n == 0 else max([n - 1], key=down_key)


def down_key(n):
    return down(n)


def deep(n):
    try:
        return len(list(map(deep, [n + 1])))
    except RecursionError as error:
        return str(error)


hot("down", down, (3,), (50,))
hot("deep", deep, (0,), repeat=4)


class Meta(type):
    def __call__(cls, *args):
        return ("made", super().__call__(*args).value)


class Made(metaclass=Meta):
    def __init__(self, value):
        self.value = value


hot("made", lambda: list(map(Made, [1, 2])))
hot("wrong", lambda: [outcome(f, *a) for f in (one, two, positional) for a in ((), (1, 2, 3), (1,))])
