"""Unpacking with a starred target: items, errors, and how much room the list has."""

import gc
import sys

from common import hot


class Sequence(list):
    def __iter__(self):
        return iter("zyx")


class Fails:
    def __iter__(self):
        yield 1
        raise KeyError("no more")


def first(t):
    a, *b = t
    return a, b, sys.getsizeof(b), gc.is_tracked(b)


def between(t):
    a, *b, c, d = t
    return a, b, c, d, sys.getsizeof(b)


def all_of(t):
    (*b,) = t
    return b, b is not t, sys.getsizeof(b)


def last(t):
    *b, x = t
    b.append(x)
    room = sys.getsizeof(b)
    b.append(7)
    return b, room, sys.getsizeof(b)


def nested(t):
    (a, *b), *c = t
    return a, b, c


def in_a_loop(ts):
    return [(head, tail) for head, *tail in ts]


SEQUENCES = ((), [], (1,), [1], (1, 2), [1, 2, 3], (1, 2, 3, 4), list(range(9)), tuple(range(17)), "abcd", {1: 2, 3: 4},
             range(5), Sequence([1, 2]), 7, None, Fails())  # fmt: skip

for function in (first, between, all_of, last):
    hot(function.__name__, function, *((t,) for t in SEQUENCES[:12]), repeat=8)
    for t in SEQUENCES[12:]:
        hot(function.__name__, lambda: function(t), repeat=8)
hot("nested", nested, (((1, 2), 3),), (([1, 2, 3], 4, 5),), ((7, 8),))
hot("in_a_loop", in_a_loop, ([(1, 2), [3, 4, 5], "ab"],), ([(1,), ()],))
