"""Classes whose instances are made by a __new__ written in Python: named tuples, strings and numbers, and what it may return."""

import collections
import enum
import sys
import time
import typing

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot

Pair = collections.namedtuple("Pair", "x y")
Three = collections.namedtuple("Three", "a b c", defaults=(2, 3))


class Typed(typing.NamedTuple):
    name: str
    size: int = 5

    def total(self): return self.size * 2


class Point(Pair):
    __slots__ = ()

    def __add__(self, other): return Point(self.x + other.x, self.y + other.y)


hot("pair", lambda a, b: Pair(a, b), (1, 2), (0.5, "b"), ([], None))
hot("pair by name", lambda a, b: (Pair(y=a, x=b), Pair(a, y=b)), (1, 2))
hot("pair wrong", lambda a: Pair(a), (1,))
hot("pair wrong name", lambda a: Pair(a, z=a), (1,))
hot("pair of too many", lambda a: Pair(a, a, a), (1,))
hot("star", lambda a: (Pair(*a), Three(*a), Three(**dict(zip("abc", a)))), ((1, 2),))
hot("three", lambda a: (Three(a), Three(a, a), Three(a, c=a), Three(a, a, a)), (7,))
hot("typed", lambda a: (Typed(a), Typed(a, 7).total(), Typed(size=a, name="n"), Typed("x")._replace(size=a)), (1,), (2.5,))
hot("point", lambda a: Point(a, a) + Point(1, 2) + Point(a, 0), (1,), (0.25,))
hot("unpacked", lambda a: [x + y for x, y in [Pair(a, 1), Pair(2, a)]], (3,))
hot("type of", lambda a: (type(Pair(a, a)).__name__, type(Point(a, a)).__name__, Pair(a, a) == (a, a), sys.getsizeof(Pair(a, a))), (3,))

# ---- own __new__ ---------------------------------------------------------------------------------------


class Text(str):
    def __new__(cls, value, upper=False):
        return super().__new__(cls, value.upper() if upper else value)


class Number(int):
    def __new__(cls, value, *more, **named): return int.__new__(cls, value + len(more) + len(named))


class Same:
    instances = {}

    def __new__(cls, key):
        if key not in cls.instances:
            cls.instances[key] = super().__new__(cls)
            cls.instances[key].key = key
        return cls.instances[key]


class Other:
    def __new__(cls, what): return what


class Factory:
    def __new__(cls, kind, *args, **named):
        return object.__new__({"with": With, "without": Without, "self": cls}[kind])


class Without(Factory):
    pass


class With(Factory):
    def __init__(self, kind, *args, **named): self.got = kind, args, named


class Refusing(Factory):
    def __init__(self, kind): raise ValueError(kind)


class ReturnsSelf(Other):
    def __init__(self, what): self.what = what


class Meta(type):
    def __call__(cls, *args): return "meta", super().__call__(*args)


class WithMeta(metaclass=Meta):
    def __new__(cls, n): return object.__new__(cls), n


class Both:
    def __new__(cls, n):
        self = object.__new__(cls)
        self.new = n
        return self

    def __init__(self, n): self.init = n + 1


def kinds(kind):
    made = Factory(kind, 1, two=2)
    return type(made).__name__, getattr(made, "got", None)


hot("text", lambda a: (Text(a), Text(a, True), Text(upper=1, value=a), type(Text(a)).__name__), ("abc",))
hot("number", lambda a: (Number(a), Number(a, 1, 2), Number(a, x=1), Number(a) + Number(a, 5)), (3,))
hot("same", lambda a: (Same(a) is Same(a), Same(a).key, Same(a) is Same(a + 1)), (3,))
hot("other", lambda a: (Other(a), Other([a]), Other(None)), (3,), ("x",))
hot("factory", kinds, ("with",), ("without",), ("self",), ("neither",))
hot("refusing", lambda: outcome(lambda: Refusing("with")), ())
hot("returns", lambda: (ReturnsSelf(5), ReturnsSelf(Without("self")).__class__.__name__), ())
hot("with meta", lambda n: (WithMeta(n)[0], WithMeta(n)[1][1]), (3,))
hot("both", lambda n: sorted(vars(Both(n)).items()), (3,))
hot("wrong", lambda: (outcome(lambda: tuple.__new__(int, ())), outcome(lambda: tuple.__new__(5, ())), outcome(lambda: tuple.__new__(Pair, 5)), outcome(lambda: tuple.__new__(Pair)), tuple.__new__(Pair, "ab"), tuple.__new__(tuple, (1, 2)), tuple.__new__(Pair, [1])), ())
new_tuple = tuple.__new__
hot("new tuple", lambda c, i: new_tuple(c, i), (Pair, (1, 2)), (tuple, (1, 2)), (Point, [3]), (list, ()), (Pair, 5), (Typed, ()))


def kept():
    pair = Pair(Token(), Token())
    other = Other(Token())
    try:
        Pair(Token())
    except TypeError:
        pass
    made = Factory("with", Token(), more=Token())
    return len(pair), len(made.got[1]), type(other).__name__


hot("kept", kept)
show("alive", Token.alive)

# ---- what changes ------------------------------------------------------------------------------------------


def changing(step):
    class C:
        def __new__(cls, n): return "old", n

    out, old = [], C.__new__  # which lives on, so that nothing new has its address
    for i in range(HOT * 2):
        if i == HOT:
            step(C)
        out.append(outcome(lambda: C(i % 2)))
    return old(C, 5), runs(out)[-4:]


def new_new(C): C.__new__ = lambda cls, n: ("new", n)
def new_code(C): C.__new__.__code__ = (lambda cls, n: ("code", n)).__code__
def new_init(C): C.__init__ = lambda self, n: None
def static(C): C.__new__ = staticmethod(lambda cls, n: ("static", n, cls.__name__))
def klass(C): C.__new__ = classmethod(lambda cls, n, m=0: ("class", n))
def none(C): C.__new__ = object.__new__
def gone(C): del C.__new__
def reset(C): C.__dict__["__new__"].__init__(lambda cls, n: ("reset", n))
def defaults(C): C.__new__.__defaults__ = (5,)
def generator(C): C.__new__ = lambda cls, n: (yield)


for step in (new_new, new_code, new_init, static, klass, none, reset, defaults):
    show(step.__name__, fresh(changing)(step))
show("gone", len(fresh(changing)(gone)), "generator", len(fresh(changing)(generator)) > 0)

# ---- who is looking ------------------------------------------------------------------------------------------


class Looks:
    def __new__(cls, n):
        frame = sys._getframe(1)
        return cls.__name__, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, n


def looked_at(n):
    first = Looks(
        n
    )
    return first, Looks(n + 1)


hot("looks", looked_at, (1,))


class Fails:
    def __new__(cls, n): return n / 0


def fails(n):
    x = [n, Fails(n)]
    return x


trace_hot("fails", fails, 1)


class Deep:
    def __new__(cls, n): return n and 1 + Deep(n - 1)


hot("deep", lambda n: Deep(n), (30,))
show("too deep", outcome(lambda: Deep(10**6))[:21])


class Color(enum.Enum):
    RED = 1
    BLUE = 2


hot("enum", lambda n: (Color(n).name, Color["RED"].value, Color.BLUE.value), (1,), (2,), (3,))


def gets_init(last):
    """The class gets an __init__ while its __new__ runs."""
    class Z:
        def __new__(cls, n):
            if n == last:
                Z.__init__ = lambda self, n: setattr(self, "n", n)
            return object.__new__(cls)

    return [vars(Z(i)) for i in range(last + 3)][-5:]


show("gets init", gets_init(HOT), gets_init(3))


def tuple_of(c, items): return tuple.__new__(c, items)


hot("tuple of", tuple_of, (Pair, (1, 2)), (time.struct_time, tuple(range(9))), (type(sys.version_info), tuple(range(5))), (type("T", (tuple,), {}), (1,)), (type("U", (Pair,), {}), (1, 2)))
try:
    Pair(1)
except TypeError:
    print(error_text())
