"""Small functions that between them contain every opcode of CPython 3.11, and what each is called with.

Each is short, so that all that goes on while it is compiled can be made to fail, one thing at a time.
"""

# ruff: noqa: B018, F821, PLC3002, PLR0911, PLW0603, RUF012

import contextlib
import sys


class Thing:
    slot = 5

    def __init__(self, x):
        self.x = x

    def method(self, a, b=2):
        return self.x + a * b

    @property
    def prop(self):
        return self.x + 1

    @prop.setter
    def prop(self, value):
        self.x = value

    def __add__(self, other):
        return Thing(self.x + 1)

    def __lt__(self, other):
        return self.x < 3

    def __getitem__(self, i):
        return self.x

    def __setitem__(self, i, value):
        self.x = value

    def __delitem__(self, i):
        self.x = 0

    def __contains__(self, value):
        return value == self.x

    def __repr__(self):
        return f"Thing({self.x})"

    def __matmul__(self, other):
        return NotImplemented


counter = 0


def arithmetic(x, y):
    return x + y, x - y, x * y, x // y, x % y, x / y, -x, +x, not x, x == y, x < y, x >= y


def bits(x, y):
    return x & y, x | y, x ^ y, x << 3, x >> 1, ~x, x**2


def in_place(x, y):
    x += y
    x -= 1
    x *= y
    return x


def summed(n):
    total = 0
    for i in range(n):
        total += i
        if total % 3 == 0:
            continue
        if total > 1000:
            break
    else:
        total = -total
    return total


def floats(n):
    x = 0.5
    while n > 0:
        x = x * 1.5 - 0.25
        n -= 1
    return x


def attributes(t):
    t.x = t.x + t.slot
    t.fresh = t.x
    result = t.method(1), t.method(1, b=3), t.prop, t.fresh
    del t.fresh
    t.prop = 4
    return result, t.x


def operators(t):
    t[0] = 7
    result = t + 1, t < 2, t[1], 7 in t, 8 not in t, t.x
    del t[0]
    return repr(result), t.x


def refused(t):
    return t @ 3


def subscripts(items, d):
    items[0] = items[1]
    d["k"] = items[-1]
    d["n"] = d.get("n", 0) + 1
    del items[0]
    return items[1:], items[0], d, items[0:2], "k" in d, "z" not in d


def slices(items):
    items[1:2] = [8, 9]
    return items[::2], items[slice(0, 1)]


def building(a, b):
    return [a, b], (b, a), {a, b}, {a: b}, [*range(3), a], {**{"x": 1}, "y": a}, (*[a], b), {*[a]}, [1, 2, 3]


def maps(k):
    return {k: 1, "b": 2, "c": 3}, {
        "p": k,
        "q": 2,
        "r": 3,
        "s": 4,
        "t": 5,
        "u": 6,
        "v": 7,
        "w": 8,
        "x": 9,
        "y": 0,
    }


def unpacking(pair, longer):
    a, b = pair
    first, *middle, last = longer
    c, d, e = a, b, first
    return a, b, first, middle, last, c, d, e


def strings(a, b):
    return f"{a}{b!r:>10}{a:{b}}" if isinstance(b, int) else f"{a!s}-{b!a}"


def star(*args, **kwargs):
    return args, kwargs


def keyword_only(a, /, b, *, c=3):
    return a, b, c


def calls(a):
    return (
        star(1, a, k=a), star(*[a], **{"z": 1}), keyword_only(a, b=2), keyword_only(1, a, c=4),
        len([a]), max(a, 3), "x".join(["a", str(a)]), sorted([3, a, 1], key=lambda v: -v), isinstance(a, int),
        (lambda: a)(),
    )  # fmt: skip


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def closures(n):
    total = 0

    def add(x):
        nonlocal total
        total += x + n
        return total

    def get():
        return total

    add(1)
    del n
    n = 5
    return add(2), get()


def cell_class(n):
    class Local:
        value = n
        own = [i for i in range(2)]

        def method(self):
            return __class__.__name__, n

    return Local().method(), Local.value


def globals_used(n):
    global counter, made_here
    counter = counter + n
    made_here = n
    result = counter - n, made_here, len("abc")
    counter = 0
    del made_here
    return result


def boolean(a, b):
    return (
        (a and b) or (not a and "neither"),
        a if b else 0,
        a is b,
        a is not None,
        a is None,
        1 < a < 10 if a else 0,
    )


def while_loops(a):
    while a is not None:
        a = None
    while a is None:
        a = 3
    while not a:
        a = 1
    n = 0
    while True:
        n += 1
        if n > a:
            return n


def exceptions(n):
    trail = []
    for i in range(n):
        try:
            if i == 1:
                raise ValueError(i)
            if i == 2:
                raise KeyError(i) from None
            if i == 3:
                [][i]
        except ValueError as error:
            trail.append(str(error))
        except (KeyError, IndexError):
            trail.append("other")
        else:
            trail.append("none")
        finally:
            trail.append(i)
    return trail


def nested_exceptions():
    try:
        try:
            1 / 0
        finally:
            undefined_name
    except NameError as error:
        return type(error.__context__).__name__


def groups():
    caught = []
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), KeyError(3)])
    except* ValueError as group:
        caught.append(repr(group))
    except* (TypeError, KeyError) as group:
        caught.append(repr(group))
    return caught


def with_blocks(n):
    trail = []

    @contextlib.contextmanager
    def manager(name):
        trail.append(name)
        try:
            yield name
        except KeyError:
            trail.append("caught")

    with manager("a") as a, manager("b"):
        trail.append(a)
        if n:
            raise KeyError
    return trail


def unbound(n):
    try:
        if n:
            x = 1
        del x
        return x
    except UnboundLocalError as error:
        return str(error)


def generator(n):
    received = []
    for i in range(n):
        received.append((yield i))
    return received


def delegating(n):
    result = yield from generator(n)
    yield result
    yield from [1, 2]


def generators(n):
    it = delegating(n)
    first = next(it)
    sent = [it.send(i * 10) for i in range(n)]
    return first, sent, list(it), list(x * 2 for x in range(n)), [y for x in range(n) if x for y in range(x)]


def comprehensions(n):
    return (
        {x: str(x) for x in range(n)},
        {x % 2 for x in range(n)},
        [(a, b) for a, b in zip("ab", range(n), strict=False)],
    )


def drive(coroutine):
    seen = []
    try:
        while True:
            seen.append(coroutine.send(None))
    except StopIteration as stop:
        return seen, stop.value


class Awaits:
    def __await__(self):
        yield "wait"
        return 6


class Asynchronous:
    def __init__(self):
        self.left = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.left == 0:
            raise StopAsyncIteration
        self.left -= 1
        return self.left

    async def __aenter__(self):
        return "entered"

    async def __aexit__(self, *exc):
        return True


async def numbers(n):
    for i in range(n):
        yield i
        await Awaits()


async def main(n):
    result = [await Awaits()]
    async for x in Asynchronous():
        result.append(x)
    async with Asynchronous() as entered:
        result.append(entered)
        raise ValueError
    result += [x async for x in numbers(n)]
    return result


def coroutines(n):
    return drive(main(n))


def patterns(value):
    match value:
        case 0 | 1:
            return "small"
        case [a, b]:
            return a, b
        case [first, *rest]:
            return first, rest
        case {"k": v, **others}:
            return v, others
        case Thing(x=3):
            return "thing"
        case str() as s if s:
            return s
        case None:
            return "none"
    return "nothing"


def match_many():
    values = [0, [1, 2], (1, 2, 3), {"k": 1, "z": 2}, Thing(3), Thing(4), "text", "", None]
    return [patterns(value) for value in values]


def imports():
    from math import floor, pi
    from os import path

    return path.basename("a/b"), floor(pi)


def import_star():
    space = {}
    exec("from string import *\nimport os.path\nresult = digits, os.path.sep", space)
    return space["result"]


def asserting(n):
    assert n < 5, "too much"
    return n


def annotated():
    space = {}
    exec("x: int = 3\ny: str\nclass A:\n    z: int = x\n    del z\n", space)
    return space["__annotations__"], space["A"].__annotations__


def printed():
    shown = []
    hook, sys.displayhook = sys.displayhook, shown.append
    try:
        exec(compile("1 + 1; [2]\n", "<shown>", "single"), {})
    finally:
        sys.displayhook = hook
    return shown


def wide(n):
    a = [n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n]
    return len(a) + a[31]


def chained(a, b):
    x = y = a
    x, y = y, b
    return x, y, a < b < 9, [a, b, a][1]


SNIPPETS = [
    (arithmetic, (7, 3), (7.5, 2), (2**40, 3), (2**70, 5)),
    (bits, (6, 3), (2**40, 1), (True, 2)),
    (in_place, (5, 3), (1.5, 2), (2**62, 4)),
    (summed, (3,), (40,), (200,)),
    (floats, (0,), (30,)),
    (attributes, lambda: (Thing(2),), lambda: (Thing(2.5),)),
    (operators, lambda: (Thing(2),)),
    (refused, lambda: (Thing(2),)),
    (subscripts, lambda: ([1, 2, 3], {}), lambda: (["a", "b"], {"n": 4})),
    (slices, lambda: ([1, 2, 3],)),
    (building, (1, 2), ("a", 1.5)),
    (maps, ("a",)),
    (unpacking, ((1, 2), [1, 2, 3, 4]), ([1, 2], (1, 2))),
    (strings, (1, 5), ("a", "b")),
    (calls, (2,), (True,)),
    (fibonacci, (8,)),
    (closures, (4,)),
    (cell_class, (4,)),
    (globals_used, (4,)),
    (boolean, (1, 2), (None, 2), (0, 0)),
    (while_loops, (3,), (None,)),
    (exceptions, (5,)),
    (nested_exceptions, ()),
    (groups, ()),
    (with_blocks, (0,), (1,)),
    (unbound, (0,), (1,)),
    (generators, (3,)),
    (comprehensions, (4,)),
    (coroutines, (2,)),
    (match_many, ()),
    (imports, ()),
    (import_star, ()),
    (asserting, (1,), (9,)),
    (annotated, ()),
    (printed, ()),
    (wide, (1,)),
    (chained, (1, 2), ("a", "b")),
]
