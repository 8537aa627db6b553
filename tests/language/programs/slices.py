"""Slices read, set and deleted where they are written."""

import sys
import weakref

from common import Token, often, show

BOUNDS = [
    (0, 2),
    (1, None),
    (None, 3),
    (None, None),
    (-2, None),
    (None, -1),
    (5, 2),
    (-99, 99),
    (2**62, 2**63),
    (-(2**70), 2**70),
]
SEQUENCES = [
    [1, 2, 3, 4],
    (1, 2, 3, 4),
    "abcd",
    "a\xe9\u20acd",
    "\U0001f600bcd",
    b"abcd",
    bytearray(b"abcd"),
    range(4),
    [],
    (),
    "",
    b"",
]


def read(x, a, b):
    return x[a:b]


def parts(x, a, b):
    return x[a:], x[:b], x[:], x[1:-1], x[-3:-1], x[a : len(x)], x[a:b:1], x[::-1]


def backwards(x, a, b):
    return x[::-1], x[a::-1], x[:b:-1], x[b:a:-1], x[a:b:-1], x[::-2], x[a:b:2]


def write_backwards(x, a):
    x[: a + 1] = x[a::-1]
    x[::-1] = x[:]
    del x[::2]
    return x


def write(x, a, b, value):
    x[a:b] = value
    return x


def fixed(x, value):
    x[1:3] = value
    x[:1] = value
    x[len(x) :] = value
    return x


def delete(x, a, b):
    del x[a:b]
    return x


def delete_fixed(x):
    del x[:1], x[-1:], x[1:1]
    return x


for x in SEQUENCES:
    for a, b in BOUNDS:
        exec("def read_one(x, a, b):\n    return x[a:b]\n")
        show(
            "read",
            repr(x),
            a,
            b,
            often(read_one, x, a, b),
            often(read, x, a, b),
            often(parts, x, a, b),
            often(backwards, x, a, b),
        )  # noqa: F821
for a, b in BOUNDS:
    for value in ([], [9], (8, 7, 6), "xy", range(2), 5, None):
        show(
            "write",
            a,
            b,
            repr(value),
            often(lambda a=a, b=b, v=value: write([1, 2, 3, 4], a, b, v)),
        )
    show(
        "delete",
        a,
        b,
        often(lambda a=a, b=b: delete([1, 2, 3, 4], a, b)),
        often(lambda: delete_fixed([1, 2, 3])),
    )
show(
    "fixed",
    often(lambda: fixed([1, 2, 3, 4], "ab")),
    often(lambda: fixed([1, 2], [])),
    often(fixed, (1, 2), []),
)
show(
    "others",
    often(lambda: write(bytearray(b"abc"), 1, 2, b"xyz")),
    often(write, "abc", 0, 1, "x"),
    often(delete, (1, 2), 0, 1),
)

show(
    "backwards",
    [often(lambda a=a: write_backwards([1, 2, 3, 4], a)) for a in (0, 1, 3, 9, -1, -9)],
)

# The whole of what cannot change is the thing itself.
show(
    "same",
    often(lambda: [x[:] is x for x in ((1, 2), "abc", b"abc", (), "")]),
    often(lambda: [x[0:9] is x for x in ((1, 2), "ab")]),
)


# Bounds that are something else.
class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


for a in (True, Index(1), 1.0, "1", Index(None)):
    show(
        "bound",
        type(a).__name__,
        often(read, [1, 2, 3], a, None),
        often(read, "abc", None, a),
        often(lambda a=a: write([1, 2, 3], a, 3, [0])),
    )


# Types that look like these.
class MyList(list):
    def __getitem__(self, i):
        return ("mine", i)

    def __setitem__(self, i, x):
        self.append((i, x))


class Plain(list):
    pass


class Seen:
    def __getitem__(self, i):
        return i

    def __setitem__(self, i, x):
        self.last = i, x

    def __delitem__(self, i):
        self.last = i


for make in (MyList, Plain, Seen):
    show(
        "like",
        make.__name__,
        often(lambda m=make: read(m(), 0, 1)),
        often(lambda m=make: repr(type(write(m(), 0, 1, [2])))),
    )


# Values that change what they are put into, fail, end, or look at the frame.
class Changes:
    def __init__(self, target):
        self.target = target

    def __iter__(self):
        del self.target[:]
        self.target.append("changed")
        return iter([5, 6])


def changing():
    x = [1, 2, 3]
    x[1:2] = Changes(x)
    return x


def itself():
    x = [1, 2, 3]
    x[1:2] = x
    x[:0] = x[1:]
    return x


class Fails:
    def __iter__(self):
        yield 1
        raise LookupError(
            sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno
        )


def failing():
    x = [1, 2]
    try:
        x[0:1] = Fails()
    except LookupError as error:
        tb = error.__traceback__
        return (
            x,
            error.args,
            tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno,
            tb.tb_lasti > 0,
        )


class Last:
    def __init__(self, target):
        self.target = target

    def __del__(self):
        self.target.append(len(self.target))


def ending():
    x = []
    x.extend([Last(x), Last(x), 3])
    x[0:2] = [Last(x)]
    del x[0:1]
    return x


def tokens():
    x = [Token() for _ in range(6)]
    y = x[1:4]
    alive = weakref.ref(y[0])
    x[1:4] = []
    first = alive() is not None, Token.alive
    del y
    return first, alive() is None, Token.alive, len(x[:2] + x[2:])


for f in (changing, itself, failing, ending, tokens):
    show(f.__name__, often(f))


def columns():
    def position(f, *args):
        try:
            f(*args)
        except TypeError as error:
            tb = error.__traceback__.tb_next
            at = tb.tb_lasti // 2
            return list(tb.tb_frame.f_code.co_positions())[at][2:]

    def get(x):
        return x[1:2]

    def put(x):
        x[1:2] = 5

    def remove(x):
        del x[1:2]

    return [
        position(f, x) for f in (get, put, remove) for x in ([1, 2, 3], (1, 2), None, 5)
    ]


show("columns", often(columns))
