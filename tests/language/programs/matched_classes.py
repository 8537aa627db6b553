"""Class patterns: what instances give, and everything that may change what they give."""

import collections.abc
import gc
import sys

from common import HOT, Token, fresh, hot, outcome, show


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Deep(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z


class Slots:
    __slots__ = ("x", "y")
    __match_args__ = ("y", "x")

    def __init__(self, x, y):
        self.x = x
        self.y = y


class Computed:
    __match_args__ = ("x", "double")

    def __init__(self, x):
        self.x = x

    @property
    def double(self):
        return self.x * 2


class Number(int):
    pass


class Other:
    pass


class Odd(type):
    def __instancecheck__(cls, instance):
        return instance == 7


class Sevens(metaclass=Odd):
    pass


class Claims:
    @property
    def __class__(self):
        return Point

    x, y = 1, 2


def kind(v):
    match v:
        case Point(0, 0):
            return "origin"
        case Point(x, y=0):
            return "on x", x
        case Slots(y, x):
            return "slots", x, y
        case Deep(x, y, z=z) if z:
            return "deep", x, y, z
        case Point(Point(a, b), Point(c)):
            return "nested", a, b, c
        case Point(x=x):
            return "point", x
        case bool(b):
            return "bool", b
        case int(n):
            return "int", n
        case float(r) | str(r):
            return "real or text", r
        case Computed(x, d):
            return "computed", x, d
        case Sevens():
            return "seven"
        case list(l):
            return "list", l
        case Other():
            return "other"
        case _:
            return "nothing"


def made(x, y):
    match Point(x, y):
        case Point(1, second):
            return "one", second
        case Point(first, second) if first == second:
            return "same", first
        case Point(first, second):
            return first, second


def pair(a, b):
    match a, b:
        case Point(x), Point(_, y):
            return x, y
        case Point(x, y), other:
            return x, y, other
        case other, Point(x, y):
            return other, y, x
        case (int(n), str(s)) | (str(s), int(n)):
            return n, s
        case _:
            return None


def weight(v):
    match v:
        case Point(left, right):
            return weight(left) + weight(right) + 1
        case _:
            return 1


VALUES = [
    Point(0, 0), Point(1, 0), Point(1, 2), Slots(1, 2), Deep(1, 2, 3), Deep(1, 2, 0), Point(Point(1, 2), Point(3, 4)),
    Point(Point(1, 2), 3), True, 5, Number(6), 1.5, "s", Computed(4), [1], Other(), None, Claims(), 7, (1,), Point(0, None),
]  # fmt: skip
for value in VALUES:
    calling = fresh(kind)
    show(type(value).__name__, {outcome(calling, value) for _ in range(HOT)})
show("all", *(outcome(kind, value) for _ in range(3) for value in VALUES))
hot("made", made, (1, 2), (3, 3), (4, 5), ("a", None))
for first in (Point(1, 2), 3, "s"):
    for second in (Point(3, 4), 5, "t"):
        show("pair", {outcome(pair, first, second) for _ in range(HOT)})
tree = 1
for _ in range(9):
    tree = Point(tree, tree)
show("weight", weight(tree))

# ---- what is not there, and what is asked for twice ---------------------------------------------------------------


def attributes(v):
    match v:
        case Point(x, y):
            return x, y
        case Other(x=x, y=y):
            return "other", x, y
    return "none"


def twice(v):
    match v:
        case Point(a, x=b):
            return a, b
    return "none"


def too_many(v):
    match v:
        case Point(a, b, c):
            return a, b, c
    return "none"


def no_class(v, kind=5):
    match v:
        case kind():
            return 1
    return "none"


half = Point(1, 2)
for _ in range(HOT):
    attributes(half), attributes(Other())
del half.y
show("half", {attributes(half) for _ in range(HOT)})
half.y = 3
show("whole", {attributes(half) for _ in range(HOT)})
del half.x
show("no x", {attributes(half) for _ in range(HOT)})
other = Other()
for name in ("x", "y"):
    show("other", {attributes(other) for _ in range(HOT)})
    setattr(other, name, name)
show("other", {attributes(other) for _ in range(HOT)})
other.__dict__ = {"x": 1, "y": 2}
show("dict", {attributes(other) for _ in range(HOT)})
slots = Slots(1, 2)
for _ in range(HOT):
    kind(slots)
del slots.x
show("slots", {kind(slots) for _ in range(HOT)})
for function in (twice, too_many, no_class):
    show(function.__name__, {outcome(function, Point(1, 2)) for _ in range(HOT)})

# ---- what changes --------------------------------------------------------------------------------------------------


def change(label, action):
    show(label, {outcome(attributes, Point(1, 2)) for _ in range(HOT)})
    action()
    show(label, {outcome(attributes, Point(1, 2)) for _ in range(HOT)})


def set_args(value):
    Point.__match_args__ = value


change("swapped", lambda: set_args(("y", "x")))
change("one", lambda: set_args(("x",)))
change("a list", lambda: set_args(["x", "y"]))
change("not strings", lambda: set_args((1, 2)))
change("back", lambda: set_args(("x", "y")))
change("class attribute", lambda: setattr(Point, "z", 1))
change("property", lambda: setattr(Point, "x", property(lambda self: 10, lambda self, v: None)))
change("no property", lambda: delattr(Point, "x"))
change("no args", lambda: delattr(Point, "__match_args__"))
set_args(("x", "y"))
change("back again", lambda: None)
kept = Point


def replace_class():
    global Point
    Point = Other


change("another class", lambda: None)
instance = kept(1, 2)
show("before", {attributes(instance) for _ in range(HOT)})
replace_class()
show("after", {attributes(instance) for _ in range(HOT)})
Point = kept
moving = Other()
moving.x = moving.y = 5
for _ in range(HOT):
    attributes(moving)
moving.__class__ = Point
show("moved", {attributes(moving) for _ in range(HOT)})

# ---- references, ends ------------------------------------------------------------------------------------------------


class Ends(Point):
    def __del__(self):
        events.append(("end", self.x))


def ends(n):
    match Ends(n, Token()):
        case Point(x, Token() as token):
            events.append("matched")
            return x, sys.getrefcount(token)


def ends_nested(n):
    match (Ends(n, 1), Ends(n + 1, 2)):
        case Point(x), Point(y, 3):
            return x, y
        case Point(x, 1), Point(y, z):
            events.append("second")
            return x, y, z


events = []
for function in (ends, ends_nested):
    for _ in range(HOT):
        events.clear()
        got = function(5)
    show(function.__name__, got, events, Token.alive)
changes = []
for _ in range(5):  # the interpreter itself lets go of some references to None now and then
    before = sys.getrefcount(kept), sys.getrefcount(None)
    for n in range(5000):
        attributes(instance)
        made(n, None)
        pair(instance, None)
    changes.append([abs(a - b) for a, b in zip(before, (sys.getrefcount(kept), sys.getrefcount(None)))])
show("references", sys.getrefcount(instance), [min(change) < 9 for change in zip(*changes)])

# ---- sequences and mappings --------------------------------------------------------------------------------------------


class Sequence(collections.abc.Sequence):
    def __getitem__(self, i):
        return (4, 5)[i]

    def __len__(self):
        return 2


class Later:
    def __getitem__(self, i):
        return (6, 7)[i]

    def __len__(self):
        return 2


def shape(v):
    match v:
        case []:
            return "empty"
        case [a]:
            return "one", a
        case [a, b]:
            return "two", a, b
        case [a, *rest, b]:
            return "more", a, rest, b
        case {"k": v, **rest}:
            return "key", v, rest
        case {}:
            return "mapping"
        case str() | bytes() | bytearray():
            return "text"
    return "none"


SHAPES = [[], [1], (1, 2), [1, 2, 3], (1, 2, 3, 4), {"k": 1, "l": 2}, {}, "ab", b"ab", bytearray(b"ab"), range(2), Sequence(),
          5, None, {1, 2}, memoryview(b"ab"), collections.deque([1])] if hasattr(collections, "deque") else []
for value in SHAPES:
    calling = fresh(shape)
    show("shape", {str(outcome(calling, value)) for _ in range(HOT)})
show("shapes", *(outcome(shape, value) for _ in range(3) for value in SHAPES))
later = Later()
show("later", {shape(later) for _ in range(HOT)})
collections.abc.Sequence.register(Later)
show("registered", {shape(later) for _ in range(HOT)})
gc.collect()
show("alive", Token.alive)

# ---- class attributes that become data descriptors ----------------------------------------------------------------


class Thing:
    pass


class Holds:
    __match_args__ = ("x",)
    x = Thing()

    def __init__(self):
        self.x = 1
        self.y = 2


def held(v):
    match v:
        case Holds(x, y=y):
            return x, y
    return "none"


holds = Holds()
show("held", {held(holds) for _ in range(HOT)})
Thing.__get__ = lambda self, instance, owner: "get"
show("held", {held(holds) for _ in range(HOT)})
Thing.__set__ = lambda self, instance, value: None
show("held", {held(holds) for _ in range(HOT)})
