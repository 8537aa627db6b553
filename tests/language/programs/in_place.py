"""Small functions that may be compiled in the place of their calls: what lies beyond the frame, nesting."""

import sys

from common import error_text, hot, show


def deep(n):
    padding = [n] * 3
    return padding and n and deep(n - 1)


class Dies:
    """Its end runs Python code, which needs frames."""

    def __init__(self, x):
        self.x = x

    def __del__(self):
        deep(5)

    def __add__(self, other):
        return self.x

    def __getitem__(self, i):
        a = b = c = d = e = None
        e = self.x
        return (a, b, c, d, e)[4] if i else e

    @property
    def p(self):
        a = b = c = d = None
        d = self.x
        return a or b or c or d

    @p.setter
    def p(self, value):
        a = b = c = d = value
        self.x = [a, b, c, d]


def pick(a):
    c = d = e = f = None
    f = a.x
    return c or d or e or f


def pick_second(a, b):
    c = b
    d = c
    a = None
    return d if a is None else c


def through_pick(items):
    return pick(items.pop())


def through_second(items):
    return pick_second(items.pop(), [items])


def through_add(items):
    return items.pop() + 1


def through_item(items):
    return items.pop()[0]


def through_property(items):
    return items.pop().p


def through_setter(items):
    items.pop().p = [7]


def dying(function):
    t = Dies([1, 2])
    items = [t]
    del t
    return function(items)


for function in (through_pick, through_second, through_add, through_item, through_property, through_setter):
    hot(function.__name__, dying, (function,))

# ---- one in the other --------------------------------------------------------------------------------


def join(name, schema):
    if schema is None:
        return name
    return schema + "." + name


class Table:
    def __init__(self, name, schema):
        self.name = name
        self.schema = schema

    @property
    def key(self):
        return join(self.name, self.schema)

    def get_key(self):
        return join(self.name, self.schema)

    def __eq__(self, other):
        return self.key == other.get_key()

    __hash__ = None


def keys(table, n):
    result = None
    for _ in range(n):
        result = table.key
    return result, table.get_key(), join(table.name, table.schema), table == table


plain, qualified = Table("a", None), Table("a", "b")
hot("keys", keys, (plain, 1), (qualified, 1), (plain, 50), (qualified, 50), (Table(3, 4), 2), (Table("x", 4), 2))


def level_3(x):
    return x.value + 1


def level_2(x):
    return level_3(x) + 1


def level_1(x):
    return level_2(x) + 1


class Value:
    def __init__(self, value):
        self.value = value


def total(values):
    result = 0
    for value in values:
        result += level_1(value)
    return result


def failing(values):
    try:
        return total(values)
    except (TypeError, AttributeError):
        return error_text()


ints = [Value(i) for i in range(30)]
hot("total", total, (ints,), ([Value(2.5)] * 3,), (ints + [Value(2**62), Value(2**63 - 2)],))
hot("failing", failing, (ints,), (ints + [Value("x")],), (ints + [None],), (ints + [Value([])],))


def either(x, y):
    if x is None:
        return 0
    return x + y


def later(items):
    """At first what is compiled in place needs no frame, then always."""
    count = 0
    for item in items:
        count += len(str(either(item, item)))
    return count


hot("later", later, ([None] * 100,), (["x"] * 200,), ([None] * 90 + [[1]] * 120 + [2] * 10,), repeat=4)


class Looks:
    """Reading it shows who asks."""

    @property
    def value(self):
        frame, names = sys._getframe(1), []
        while len(names) < 4:
            names.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
            frame = frame.f_back
        seen.append(names)
        return 1


seen = []
hot("looks", total, ([Looks()],), (ints + [Looks()],))
show("seen", seen[0], all(names == seen[0] for names in seen))
