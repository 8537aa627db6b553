"""The ends of loops over ranges, lists and tuples: what goes with them, and what stays."""

import sys

from common import hot, show


class Last:
    def __init__(self, number):
        self.number = number

    def __del__(self):
        ended.append((self.number, sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno))


ended = []


def nested(n):
    total, floats = 0, 0.0
    for i in range(n):
        inner = 0.0
        for j in range(i % 3):
            inner += 1.5
            total += j
        for x in (1, 2.5):
            inner += x
        for x in [i, 3]:
            total += x
        else:
            total += 1000
        floats += inner
    return total, floats


hot("nested", nested, (10,), (0,))


def with_its_list(n):
    for i in range(n):
        for x in [Last(i), Last(i + 100)]:
            x = None
        seen = len(ended)
    return seen


def with_its_tuple(n):
    for i in range(n):
        for x in (Last(i), Last(i + 100)):
            x = None
        seen = len(ended)
    return seen


for function in (with_its_list, with_its_tuple):
    for _ in range(5):
        ended.clear()
        show(function.__name__, function(8), ended)


def exhausted(items):
    before = sys.getrefcount(items)
    iterator = iter(items)
    for x in iterator:
        pass
    if isinstance(items, list):
        items.append(5)
    more = [y for y in iterator]
    again = [y for y in iterator]
    references = sys.getrefcount(items) - before
    return more, again, references, next(iterator, "none")


for _ in range(20):
    results = exhausted([1, 2]), exhausted((1, 2)), exhausted([]), exhausted(range(3))
show("exhausted", results)


def shared(n):
    iterator = iter(range(n))
    found = []
    for x in iterator:
        for y in iterator:
            found.append((x, y))
            if y % 3 == 2:
                break
        else:
            found.append("else")
    return found, next(iterator, "none")


hot("shared", shared, (10,), (3,), (0,))


def changed(items):
    found = []
    for x in items:
        found.append(x)
        if len(items) < 6:
            items.append(x * 2)
    for x in items:
        items.pop()
    return found, items


hot("changed", lambda: changed([1, 2.5]))


class Loud:
    def __del__(self):
        raise ValueError("not seen")


def raising(n):
    unraised = []
    hook, sys.unraisablehook = sys.unraisablehook, lambda args: unraised.append(str(args.exc_value))
    for _ in range(n):
        for _ in [Loud()]:
            pass
        _ = None
    sys.unraisablehook = hook
    return unraised


show("raising", [raising(3) for _ in range(20)][-1])


def mixed(kinds):
    found = []
    for kind in kinds:
        count = 0
        for _ in kind:
            count += 1
        found.append(count)
    return found


hot("mixed", mixed, ([range(3), [1, 2], (5,), "abc", {1: 2}, [], (), range(0), range(5, 0, -2), {1, 2}],))


def zipped(a, b):
    found = []
    for x, y in zip(a, b):
        found.append((x, y))
    left, right = iter(a), iter(b)
    for x, y in zip(left, right):
        found.append(x)
    return found, [*left], [*right]


def zipped_with_itself(items):
    iterator = iter(items)
    found = []
    for x, y in zip(iterator, iterator):
        found.append((x, y))
    return found, [*iterator]


def zipped_and_changed(items, others):
    found = []
    for x, y in zip(items, others):
        found.append((x, y))
        if len(found) == 2:
            items.clear()
    return found, items


PAIRS = ([1, 2, 3], (4.5, 5.5)), ((1, 2), [3, 4, 5]), ([1, 2], [3, 4]), ((1, 2), (3, 4)), ([], (1,)), ((1,), [])
hot("zipped", zipped, *PAIRS)
hot("zipped with itself", zipped_with_itself, ([1, 2, 3],), ((1, 2, 3, 4),), ([],))
hot("zipped and changed", lambda: (zipped_and_changed([1, 2, 3], (4, 5, 6)), zipped_and_changed([1, 2, 3], [4, 5, 6])))
hot("summed", lambda a, b: (sum(x * y for x, y in zip(a, b)), [x + y for x, y in zip(a, b)]), *PAIRS)


def numbered(items):
    found = []
    for i, x in enumerate(items, 5):
        found.append((i, x))
        if isinstance(items, list) and len(items) < 4:
            items.append(x)
    return found


hot("numbered", lambda: (numbered([1, 2.5]), numbered((1, 2)), numbered("ab"), numbered([])))
