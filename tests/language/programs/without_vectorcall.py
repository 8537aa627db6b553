"""C functions that have no vectorcall: min and max of several, slot wrappers such as object.__setattr__."""

import builtins
import dataclasses
import sys

from common import Odd, hot, outcome, runs


# ---- min and max ---------------------------------------------------------------------------------


def least(a, b, c):
    return min(a, b, c), max(a, b, c), min(a, c), max(b, c, a, a)


class Loud:
    """Says what it is compared with."""

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        print("lt", self.value, getattr(other, "value", other))
        return self.value < other.value

    def __gt__(self, other):
        print("gt", self.value, getattr(other, "value", other))
        return Odd(self.value > other.value)

    def __repr__(self):
        return f"<{self.value}>"


class Neither(Loud):
    def __gt__(self, other):
        return Odd(None)


hot(
    "least",
    least,
    (1, 2, 3),
    (3, 2, 1),
    (2.5, 1, True),
    ("b", "a", "c"),
    ((1, 2), (1, 1), (0,)),
    (2**70, 1, 2.5),
    (float("nan"), 1.0, 2.0),
    (1.0, float("nan"), 2.0),
    ([1], [0], [2]),
    repeat=6,
)
hot("loud", least, (Loud(1), Loud(3), Loud(2)), repeat=4)
hot(
    "fails",
    least,
    (1, "a", 2),
    (None, 1, 2),
    (Neither(1), Neither(2), Neither(3)),
    (1, 2, 3j),
    repeat=4,
)


def identical(x, y, z):
    return min(x, y, z) is x, max(x, y, z) is x, max(z, y, x) is z


hot(
    "identical",
    identical,
    (1.5, float("1.5"), 1.5),
    (1000, int("1000"), 10**3),
    ([], [], []),
    (1, 1.0, True),
    repeat=5,
)


def counts(x, y, z):
    before = sys.getrefcount(x), sys.getrefcount(y)
    min(x, y, z), max(x, y, z)
    return before == (sys.getrefcount(x), sys.getrefcount(y))


hot("counts", counts, ([1], [2], [3]), ("x1", "y1", "z1"), repeat=6)


def with_key(a, b, c):
    return (
        max(a, b, c, key=lambda x: -x),
        min([a, b, c]),
        max((), default=a),
        outcome(lambda: min(a)),
    )


hot("with key", with_key, (1, 2, 3), (3.5, 1, 2), repeat=5)


def rebound(n):
    real, seen = min, []
    for i in range(n):
        seen.append(min(i, 3, 5))
        if i == n - 2:
            builtins.min = lambda *a: "mine"
    builtins.min = real
    return seen[-3:]


hot("rebound", rebound, (5,), (40,), repeat=3)


def deep(n):
    """The recursion limit is reached within a comparison."""

    class Deep:
        def __lt__(self, other):
            return min(Deep(), other, other) is other

    return type(outcome(lambda: min(Deep(), Deep(), Deep()))).__name__


hot("deep", deep, (1,), repeat=2)


# ---- slot wrappers -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int
    y: float = 2.5

    def moved(self, by):
        return dataclasses.replace(self, x=self.x + by)


def frozen(n):
    p = Frozen(0)
    for i in range(n):
        p = p.moved(i)
    try:
        p.x = 5
    except dataclasses.FrozenInstanceError as error:
        return p, hash(p), str(error)


hot("frozen", frozen, (3,), (50,), repeat=4)


class Watched:
    def __setattr__(self, name, value):
        if name != "quiet":
            print("set", name, value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        print("del", name)
        object.__delattr__(self, name)

    @property
    def double(self):
        return self.x * 2

    @double.setter
    def double(self, value):
        object.__setattr__(self, "x", value / 2)


class Slotted(Watched):
    __slots__ = ("s",)


class Refusing(dict):
    """A base written in C sets attributes as object does."""

    def __setattr__(self, name, value):
        object.__setattr__(self, name, [value])


class Meta(type):
    """Classes set attributes in another way, which object.__setattr__ must not get around."""

    def __setattr__(cls, name, value):
        object.__setattr__(cls, name, value)


class Made(metaclass=Meta):
    pass


def set_all(x, value):
    x.a = value
    x.quiet = value
    x.double = 10
    del x.a
    return x.x, x.quiet, x.__dict__


hot("watched", set_all, (Watched(), 1), (Slotted(), 2.5), repeat=5)


def plainly(x, name, value):
    return object.__setattr__(x, name, value), getattr(x, name)


def attribute(x, name, value):
    return outcome(lambda: plainly(x, name, value))


hot(
    "plainly",
    attribute,
    (Watched(), "a", 1),
    (Slotted(), "s", 2),
    (Refusing(), "a", 3),
    (Watched(), 5, 1),
    (Watched(), None, 1),
    (object(), "a", 1),
    (5, "a", 1),
    (Made, "a", 1),
    (Made(), "a", 1),
    (print, "a", 1),
    (sys, "an_attribute", 1),
    repeat=5,
)


def wrong_arguments(x):
    return (
        outcome(lambda: object.__setattr__(x, "a")),
        outcome(lambda: object.__setattr__(x)),
        outcome(lambda: object.__setattr__()),
        outcome(lambda: object.__setattr__(x, "a", 1, 2)),
        outcome(lambda: object.__setattr__(x, "a", value=1)),
        outcome(lambda: dict.__setitem__(x, 1, 2)),
        outcome(lambda: dict.__len__(x)),
        outcome(lambda: object.__init__(x, 1)),
        outcome(lambda: object.__repr__(x, 1)),
    )


hot("wrong arguments", wrong_arguments, (Refusing(),), (Watched(),), (5,), repeat=4)


class Base:
    def __init__(self, *args):
        super().__init__()
        self.args = args


class Error(Exception):
    def __init__(self, code, text):
        Exception.__init__(self, text, code)
        self.code = code


class Other(ValueError):
    def __init__(self, code):
        super().__init__("other", code)


class Listed(list):
    def __init__(self, *items):
        super().__init__(items)
        list.__setitem__(self, 0, "first")

    def __getitem__(self, i):
        return list.__getitem__(self, i), list.__len__(self), list.__contains__(self, i)

    def __eq__(self, other):
        return list.__eq__(self, other)

    __hash__ = None


class Keyed(dict):
    def __init__(self, **named):
        dict.__init__(self, named, extra=1)

    def __setitem__(self, key, value):
        dict.__setitem__(self, key, (key, value))

    def __delitem__(self, key):
        dict.__delitem__(self, key)


class Whole(int):
    def __add__(self, other):
        return Whole(int.__add__(self, other))

    def __lt__(self, other):
        return int.__lt__(self, other)

    def __bool__(self):
        return not int.__bool__(self)


def made(n):
    k = Keyed(a=n)
    k["b"] = n
    del k["a"]
    w = Whole(n) + 1
    return (
        Base(n).args,
        (Error(n, "text").args, Error(n, "text").code),
        Other(n).args,
        (Listed(n, 2)[0], Listed(n, 2) == ["first", 2]),
        k,
        (w, type(w).__name__, w < 3, bool(w), outcome(lambda: int.__add__(w, "x"))),
        (
            str.__len__("abc"),
            str.__add__("a", "b"),
            type.__call__(int, "5"),
            object.__str__(5),
            object.__eq__(1, 1),
        ),
    )


hot("made", made, (0,), (5,), repeat=5)


def alternately(x, wrappers):
    return [outcome(lambda: w(x)) for w in wrappers]


hot(
    "alternately",
    alternately,
    (
        5,
        [
            int.__repr__,
            int.__neg__,
            int.__bool__,
            float.__neg__,
            object.__str__,
            int.__neg__,
        ],
    ),
    (2.5, [float.__neg__, float.__bool__, int.__neg__, object.__repr__.__class__]),
    repeat=5,
)


def leaves_no_references(x):
    before = sys.getrefcount(x)
    w = Watched()
    object.__setattr__(w, "quiet", x)
    during = sys.getrefcount(x)
    object.__delattr__(w, "quiet")
    Base(x)
    return during - before, sys.getrefcount(x) - before


hot("references", leaves_no_references, ([1],), ("some text",), repeat=6)


# ---- classes ---------------------------------------------------------------------------------------


class Plain(Exception):
    pass


class Converted(int):
    pass


class Made2(tuple):
    def __new__(cls, *items):
        return super().__new__(cls, items)


class Refuses:
    def __init__(self, x):
        raise ValueError(x)



def call_one(cls, x):
    result = cls(x)
    return type(result).__name__, getattr(result, "args", result)


def call_none(cls):
    return cls()


KINDS = [Plain, KeyError, Converted, Made2, list, bytearray, Refuses, Base, str, SystemExit, complex, frozenset]
hot("call one", call_one, (Plain, 1), repeat=8)
hot("call one of several", call_one, *[(kind, (1, 2)) for kind in KINDS], repeat=4)
hot("call one of several again", call_one, *[(kind, 7) for kind in KINDS], repeat=4)
hot("call none", lambda cls: type(call_none(cls)).__name__, *[(kind,) for kind in (Plain, OSError, object, dict)])


def dropped_classes(n):
    """Classes that end, whose memory others get."""
    seen = []
    for i in range(n):
        kind = type("Kind", (ValueError,), {"number": i}) if i % 3 else (lambda x, i=i: i)
        seen.append(getattr(kind(i), "number", i) == i)
    return runs(seen)


hot("dropped classes", dropped_classes, (60,), repeat=3)


def raising(cls):
    try:
        raise cls("text")
    except Exception as error:
        return type(error).__name__, error.args, error.__traceback__.tb_lineno > 0


hot("raising", raising, (Plain,), (KeyError,), (OSError,), (Refuses,), repeat=6)
