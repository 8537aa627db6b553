"""What runs no code of the program's: lookups by keys of all kinds, membership, steps of builtin iterators, ranges,
ends of objects; and where it would run some after all."""

import gc

from common import Token, often, outcome, show


# ---- keys -----------------------------------------------------------------------------------------


class Same:
    """Equal to a number, and hashed like it."""

    asked = 0

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return hash(self.n)

    def __eq__(self, other):
        Same.asked += 1
        return self.n == other


class Name(str):
    def __eq__(self, other):
        Same.asked += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def get(d, k):
    return d[k]


def has(c, k):
    return k in c, k not in c, "yes" if k in c else "no", "no" if k not in c else "yes"


def sums(d, n):
    total = 0
    for i in range(n):
        total += d[i % 5]
    return total


KEYS = [
    "a",
    "ab",
    "\u20ac",
    "\xe9",
    "",
    0,
    1,
    -1,
    -2,
    5,
    2**40,
    -(2**40),
    2**70,
    1.0,
    2.5,
    True,
    None,
    b"a",
    (1, "a"),
    (),
    ((1,),),
]
DICTS = [
    {k: n for n, k in enumerate(KEYS)},
    dict.fromkeys(["a", "ab", "c"], "v"),
    {Same(1): "same", Same(5): "five"},
    {Name("a"): "name", "b": 1},
    {},
    {i: -i for i in range(300)},
    {str(i): i for i in range(70000)},
]
removed = {i: i for i in range(20)} | {"x": 1}
for gone in (3, 1, 19, "x"):
    del removed[gone]
DICTS.append(removed)
for d in DICTS:
    show(
        "get",
        [
            outcome(lambda k=k: often(get, d, k))
            for k in [*KEYS, Same(1), Same(9), Name("a"), [], 3, 19, 299, "69999"]
        ],
    )
show("sums", [outcome(lambda d=d: sums(d, 40)) for d in DICTS])
CONTAINERS = [
    *DICTS,
    [1, "a", None, 2.5],
    (1.0, "ab", (1,)),
    {1, "a", None, -1, 2**40},
    frozenset([1, "\xe9", (1, "a")]),
    set(),
    [Same(1), 7],
    {Same(5), Same(-1)},
    "abc\xe9",
    "abc\u20ac",
    "",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    b"abc",
    range(5),
]
for c in CONTAINERS:
    show(
        "has",
        [
            outcome(lambda k=k: often(has, c, k))
            for k in [*KEYS, Same(1), Name("a"), [], "z", "9", "bc"]
        ],
    )
show("asked", Same.asked)


def removed_from(s):
    out = []
    for i in range(40):
        s.discard(i * 3)
        s.add(-i)
        out.append((i in s, -i in s, i * 3 in s))
    return out


show("set", removed_from(set(range(100)))[::7])

# ---- characters -----------------------------------------------------------------------------------


def char(s, i):
    return s[i]


for s in ["abc", "\xe9\xff", "\u20acx", "\U0001f600y", "", "a"]:
    show(
        "char",
        [
            outcome(lambda i=i: often(char, s, i))
            for i in [0, 1, -1, 2, -3, 2**40, True]
        ],
    )
show("one", [char("aab", 0) is char("xa", 1), char("ab", 0) is chr(97)])


def equals(a, b):
    return a == b, a != b, 1 if a == b else 2, 3 if a != b else 4


for a in [
    "a",
    "b",
    "ab",
    "ba",
    "\xe9",
    "\u20ac",
    "",
    "a" * 30,
    "a" * 29 + "b",
    "".join(["a"]),
]:
    show(
        "equals",
        [
            often(equals, a, b)
            for b in ["a", "ab", "\xe9", "\u20ac", "", "a" * 30, Name("a"), 1]
        ],
    )


def codes(s):
    return [ord(c) for c in s], [chr(ord(c) + 1) for c in s]


for s in ["abc\xfe", "\u20ac", "\U0001f600"]:
    show("codes", often(codes, s))
show("codes", [outcome(lambda x=x: often(ord, x)) for x in ["ab", "", b"a", 1]])
show(
    "codes",
    [
        outcome(lambda x=x: often(lambda y: chr(y), x))
        for x in [-1, 0, 255, 256, 0x10FFFF, 0x110000, "a", 2**70]
    ],
)

# ---- loops ----------------------------------------------------------------------------------------


def each(things):
    out = []
    for x in things:
        out.append(x)
    return out


class Iterates:
    def __iter__(self):
        return iter([1, 2, 3])


def all_kinds():
    return [
        [1, 2],
        (3, 4),
        {5: 6},
        {7, "a"}.intersection({7}),
        "ab",
        "\xe9\u20ac",
        range(3),
        {1: 2}.items(),
        {1: 2}.values(),
        {1: 2}.keys(),
        Iterates(),
        iter([9]),
        (q for q in range(3)),
        enumerate("xy"),
        zip([1], [2]),
        frozenset([3]),
        b"ab",
        map(str, [1]),
        reversed([1, 2]),
        reversed({1: 2}),
        range(2**70, 2**70 + 2),
        [],
        (),
        {},
        "",
        set(),
    ]


for things in range(40):
    kinds = [each(x) for x in all_kinds()]
show("each", kinds)


def growing(n):
    out = []
    d, s, x = {i: i for i in range(n)}, set(range(n)), list(range(n))
    for what in (d, d.values(), d.items(), s):

        def walk(what=what):
            for i, _ in enumerate(what):
                out.append(i)
                if i == 2:
                    d[n + len(out)] = 1
                    s.add(-len(out))

        out.append(outcome(walk))
    for i in x:
        if i < 3 and len(x) < 30:
            x.append(i)
        if i == 5:
            x.pop()
    for i in reversed(x):
        if len(x) > 3:
            x.pop()
    return out, x


show("growing", often(growing, 8))


def swapped(n):
    d = {i: i for i in range(n)}
    out = []
    try:
        for k in d:
            out.append(k)
            if k < n - 1 and k % 2:
                del d[k]
                d[k + 100] = 1
    except RuntimeError as e:
        out.append(str(e))
    return out


show("swapped", often(swapped, 10))


def ranges(a, b, c):
    out = []
    for i in range(a % 50):
        out.append(i)
    for i in range(a, b):
        out.append(i)
    for i in range(b, a, -1):
        out.append(i)
    for i in range(a, b, 3):
        out.append(i)
    for i in range(b, a, -7):
        out.append(i)
    for i in range(a, b, c):
        out.append(i)
    return out


for a in (-5, 0, 7, 2**40, True):
    for b in (-9, 0, 9, 2**40 + 5):
        if abs(b - a) < 100:
            show("range", often(ranges, a, b, 2))
show(
    "range",
    [
        outcome(lambda x=x: ranges(*x))
        for x in [(1, 2, 0), ("a", 1, 1), (1, 2.0, 1), (1, 2, None)]
    ],
)


def large():
    out = []
    for start in (2**70, 2**59, 2**60 - 2, 2**62, -(2**63), 2**63 - 2):
        for i in range(start, start + 3):
            out.append(i)
        for i in range(start, start + 9, 2**62):
            out.append(i)
    return out


show("large", often(large))


def ends_with_token():
    out = []
    for i in [Token(), 1]:
        out.append(Token.alive)
    del i
    for i in iter([Token()]):
        out.append(Token.alive)
    del i
    for a, b in zip([Token()], [1, 2]):
        del a
        out.append((Token.alive, b))
    for a, b in enumerate([Token()]):
        del b
        out.append((Token.alive, a))
    for k in {Token(): 1}:
        out.append(Token.alive)
    del k
    out.append(Token.alive)
    return out


show("ends", often(ends_with_token))

# ---- ends of objects ---------------------------------------------------------------------------------


class Cell:
    def __init__(self, *values):
        self.values = values


class Small:
    __slots__ = ("a", "b", "__weakref__")

    def __init__(self, a, b):
        self.a, self.b = a, b


def nested(token):
    a = [1, "a", (2.5, [None, Cell(1, (2, "b"))]), {"k": Cell(token)}]
    a = Small(a, [token, token])
    b = [a, a]
    a = None
    count = Token.alive
    b = (lambda: token, Small(1, Small(token, 2)).b)
    b = None
    return count


show("nested", often(nested, 5), [nested(Token()) for _ in range(20)][-1], Token.alive)


def shared():
    x = Token()
    y = [x, x]
    x = None
    before = Token.alive
    y = None
    z = [Small(Token(), 1)] * 2
    z.pop()
    middle = Token.alive
    z = 1
    return before, middle, Token.alive, y, z


show("shared", often(shared))


def pops(n):
    x = [[i] for i in range(n)]
    out = []
    while x:
        out.append(x.pop()[0])
    try:
        x.pop()
    except IndexError as e:
        out.append(str(e))
    for i in range(n):
        x.append(i)
        x.append(i + 1)
        x.append(x.pop() + x.pop())
        x.append(0)
    x.pop()
    return out, x, x.__sizeof__() < 400


show("pops", often(pops, 12))


class Stack(list):
    def pop(self):
        return "own"


show(
    "pops",
    [s.pop() for i in range(10) for s in [[i], Stack([1]), [2, i], Stack()]][-4:],
)

# ---- isinstance -----------------------------------------------------------------------------------


class Base:
    pass


class Derived(Base):
    pass


class Liar:
    @property
    def __class__(self):
        return Derived


class AllMeta(type):
    def __instancecheck__(cls, x):
        return "all"


class All(metaclass=AllMeta):
    pass


def kinds_of(x):
    out = [
        isinstance(x, int),
        isinstance(x, Base),
        isinstance(x, str),
        isinstance(x, Derived),
        isinstance(x, All),
    ]
    if isinstance(x, Base) and not isinstance(x, Derived):
        out.append("base only")
    if not isinstance(x, (int, str)):
        out.append("neither")
    return out


THINGS = [1, True, "a", 2.5, None, Base(), Derived(), Liar(), All(), int, [], Name("a")]
for _ in range(30):
    answers = [kinds_of(x) for x in THINGS]
show("isinstance", answers)


def changes_class():
    x, out = Base(), []
    for i in range(40):
        if i == 20:
            x.__class__ = Derived
        if i == 30:
            Derived.__bases__ = (Other,)
        out.append((isinstance(x, Base), isinstance(x, Derived)))
    Derived.__bases__ = (Base,)
    return out[::5]


class Other:
    pass


show("isinstance", changes_class())
show(
    "isinstance",
    [
        outcome(lambda c=c: often(lambda: isinstance(1, c)))
        for c in [1, (int, 2), int | str, None]
    ],
)
gc.collect()
show("alive", Token.alive)
