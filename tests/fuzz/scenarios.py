"""Caches and what makes them stale: loops that do one thing over and over, and change what it relies on.

A scenario is a class of uses, each an expression of `i` (the turn), `o` (an object), `x` (a number); and of
changes, statements that change what the uses mean.  Everything is of the scenario's own, so that nothing of
the program gets in the way.  A change may also come within an expression, between two of the same use.
"""

from __future__ import annotations

import dataclasses
import random

from fuzz.grammar import Expander, Scope, indented


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Uses and changes that belong together, and definitions for them; NAME is the scenario's number."""

    uses: list[str]
    changes: list[str]
    before: str = ""
    start: str = "[1, 2]"  # what `o` is in the beginning


CLASS = """\
class BaseNAME:
    __repr__ = lambda self: 'K'
    inherited = <lit:any>

    def far(self, v):
        return v, self.n


class KNAME(BaseNAME):
    shared = <lit:any>

    def __init__(self, n=<lit:int>, f=<lit:float>):
        self.n, self.f = n, f

    def near(self, v=<lit:any>):
        return self.n, v

    @property
    def prop(self):
        return self.f

    @staticmethod
    def fixed(v=<lit:any>):
        return v

    @classmethod
    def made(cls, v=<lit:any>):
        return cls.shared, v


class LNAME(KNAME):
    def near(self, v=0):
        return super().near(v)


class EndNAME(KNAME):
    def __del__(self):
        LOG.append('end')


class DropNAME:
    def __init__(self, o):
        self.o = o

    def __del__(self):
        self.o.more = None
        LOG.append('dropped')


class SNAME:
    __repr__ = lambda self: 'S'
    __slots__ = ('n', 'f', 'more', 'next')
    shared = inherited = 1

    def __init__(self, n=<lit:int>, f=<lit:float>):
        self.n, self.f = n, f

    def near(self, v=<lit:any>):
        return self.f, v

    far = made = fixed = near
    prop = property(lambda self: self.n)


class PNAME(KNAME):
    __class__ = property(lambda self: LNAME)


def dNAME(n):
    made = KNAME(n)
    made.__dict__
    if n == 5:
        del made.n
    if n in (6, 8):
        made.__dict__ = {'z': n, 'f': Last()}
    return made"""
ARRAYS = """\
aHNAME, ahNAME = array('H', [1, 65535, 3]), array('h', [5, -32768, 7])
aINAME, aqNAME = array('I', [1, 2**32 - 1, 3]), array('q', [2**62, -2**63, 7])
abNAME, afNAME = array('b', [1, -128, 127]), array('f', [0.5, -0.0, 1e30])"""
ITERATOR = """\
def stepNAME(it, v):
    it.n -= 1
    if it.n < 0:
        raise StopIteration
    return v


class BaseNAME:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration
        if tick(7):
            sys.settrace(tracer)
        return self.n


class OneNAME(BaseNAME):
    def __iter__(self):
        return iter((self.n, 2))


class LastNAME(BaseNAME):
    def __del__(self):
        if tick(3):
            sys.settrace(tracer)


def rNAME(v):
    return zip(v, (1, 2, 3))"""
NUMBERS = """\
def divNAME(a, b):
    q, r = divmod(a, b)
    return q, r, r is a, a // 4, a % 4, a // 16, a % 2**29


def sameNAME(n):
    z, w = n * 1000, n * 0.5
    kept = [z, w]
    for k in range(3):
        z2 = z + k
        if k == n:
            kept.append(z)
        if tick(13):
            kept.append(w)
        kept.append(z2)
        if kept[-1] is not z2:
            emit('another')
    return kept[0] is z, kept[1] is w, [v is z or v is w for v in kept[2:]]


def lastNAME(x, kept):
    kept.append(x)
    s, k = x - x, 0
    while k < 3:
        s += x
        k += 1
    if tick(5):
        y = s
    else:
        y, x2 = x, x
        s = x2
    a = b = kept
    c = a, b, y
    return x


def laterNAME(n):
    kept = []
    y, z = lastNAME(n * 1000 + 1, kept), lastNAME(n * 0.5, kept)
    w = n * 1000 + 2
    kept.append(w)
    for k in range(3):
        w = w if k != n else z
    return y is kept[0], z is kept[1], w is kept[2] or w is z, lastNAME(kept[0], []) is kept[0]


def ofNAME(a, between, b):
    return a is b


def sidesNAME(n, c):
    x, y = n + 1.5, n * 3 + 1000
    s = ofNAME(x, (x := 2.5) if c else 1, x), ofNAME(y, c or (y := 3000), y), ofNAME(y, c and (y := n), y)
    z = x * 2
    match z:
        case None:
            pass
        case w:
            s += (w is z,)
    return s


def chosenNAME(a, b):
    t, u = a + 1, b + 1
    v, w, best = max(t, u), min(t, u), t
    for k in range(3):
        best = max(best, u - k)
    return v is t, v is u, w is t, w is u, abs(t) is t, best is t, max(best, 300) is best


def leftNAME(a, b):
    x = a * 5
    y, z = x % b, a % b
    return y is x, z is a, y, z


def largeNAME(n):
    x, kept = (n | 2**31) * (2**31 - 1), []
    for k in range(3):
        kept.append(x)
        y = x + k
    return [v is kept[0] for v in kept]
"""

COROUTINES = """\
async def innerNAME(n):
    if n & 1:
        n = await Await(n)
    return n


async def longNAME(n):
    return await Await(n, 3), n


async def outerNAME(one):
    return await one


async def twiceNAME(one):
    return await outerNAME(one), await one


def begunNAME(n):
    c = longNAME(n)
    for k in range(n & 3):
        c.send(None)
    return c


def endedNAME(n):
    c = innerNAME(n & ~1)
    try:
        c.send(None)
    except StopIteration:
        return c


def driveNAME(one, outer=outerNAME):
    c, seen = outer(one), []
    try:
        while True:
            seen.append(c.send(None))
    except StopIteration as e:
        seen.append(e.value)
    except (RuntimeError, TypeError) as e:
        seen.append(str(e))
    c.close()
    return seen
"""

STALE = """\
gNAME, hNAME = 0, 5000


class SetsNAME:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        global gNAME
        gNAME = self.n


class HasNAME:
    other, number, text, kinds = 7, 3000, 'some', (int, str)


def byNAME(kept, o, l):
    x = kept.pop()
    a = gNAME
    x = None
    b = gNAME
    o.x = kept.pop()
    c = gNAME
    o.x = 5
    d = gNAME
    l[0] = kept.pop()
    e = gNAME
    l[0] = 6
    return a, b, c, d, e, gNAME


def endsNAME(kept):
    a = kept.pop()
    b = kept.pop()
    return kept


def ofNAME(c, n):
    return n + (c.number if n & 1 else c.other), n < c.number, (c.text or 5) == 'some'


def oneNAME(kept):
    x = kept.pop()
    gNAME
    x = None
    return gNAME


def againNAME(c, name, value):
    old, made = id(getattr(c, name)), []
    delattr(c, name)
    for k in range(50):  # always as many, which a profile function sees
        made.append(value())
    there = [v for v in made if id(v) == old]
    setattr(c, name, (there or made)[-1])


def roundNAME(l):
    n = 0
    for a in l:
        for b in range(3):
            for c in (a, b):
                n += c
        for b, c in zip(l, (1, 2)):
            n += b * c
    return n
"""

CORNERS = """\
class TNAME(tuple):
    pass


class ONAME:
    def __hash__(self):
        return hash('k')

    def __eq__(self, other):
        return tick(2)


def tNAME(n):
    return n, Last(n)


def lateNAME(n):
    made = Last(n)
    made.__dict__ = {'n': n}
    return made


def lNAME(n):
    return [n, Last(n)]


class SNAME:
    __slots__ = ('n',)

    def __init__(self, n):
        self.n = n

    def __del__(self):
        COUNTS[2] += 1


def recNAME(n):
    def inner(v):
        return v if v <= 0 else inner(v - 1)
    if n == 5:
        kept, inner = inner, lambda v: 'other'
        return kept(n)
    return inner(n)


def setNAME(v):
    global gNAME
    gNAME = v


def addNAME(d, k):
    d[k] = 1
    yield k


def takeNAME(*a, **k):
    return a, sorted(k)


def makeNAME(n):
    kept = Last(n)
    return lambda: kept


def cellNAME(n):
    def inner():
        nonlocal n
        n = n + 1
        return n
    return inner() + n


jNAME, newNAME, kNAME, gNAME, mNAME, qNAME = '-'.join, tuple.__new__, {'k': 1, 'l': 2.5}, 1, {1, 'a', (2,)}, {}
codeNAME = compile('for k in range(3):\\n    a = k\\n    b = a\\nc = b\\na = c = d = a\\nb = 1.5\\n', 'code', 'exec')
spaceNAME = [{}, {'a': Last(), 'c': Last()}, {'b': 1}]"""

PATTERNS = """\
class KNAME:
    __match_args__ = ('n', 'f')
    __repr__ = lambda self: 'K'

    def __init__(self, n, f):
        self.n, self.f = n, f


class LNAME(KNAME):
    pass


class SNAME:
    __slots__ = ('n', 'f')
    __match_args__ = ('f', 'n')
    __repr__ = KNAME.__repr__
    __init__ = KNAME.__init__


class FNAME:
    __repr__ = KNAME.__repr__

    def __init__(self, n, f):
        object.__setattr__(self, 'n', n)
        object.__setattr__(self, 'f', f)

    def __setattr__(self, name, v):
        raise AttributeError(name)


def setNAME(o, v):
    object.__setattr__(o, 'n', v)
    return o.n


def namedNAME(**k):
    return k


def kindNAME(o):
    match o:
        case KNAME(0 | 1 as a, b):
            return 'first', a, b
        case SNAME(a, n=b):
            return 'slots', a, b
        case LNAME(f=a) if a:
            return 'sub', a
        case KNAME(n=a):
            return 'any', a
        case int(a) | str(a):
            return 'itself', a
        case [a, *b]:
            return 'list', a, len(b)
        case {'n': a, **b}:
            return 'dict', a, len(b)
        case FNAME():
            return 'frozen'
    return 'none'


def pairNAME(a, b):
    match a, b:
        case KNAME(c, d), KNAME(e) | SNAME(e):
            return c, d, e
        case (KNAME(c), e) | (e, KNAME(c)):
            return c, e
        case int(c), _:
            return c
    return a is b


def madeNAME(a, b):
    match KNAME(a, b), SNAME(b, Last()):
        case KNAME(c, float(d)), SNAME(e):
            return c, d, e is None
        case KNAME(_, d), SNAME(_, e):
            return d, e"""

SCENARIOS = [
    Scenario(
        ["kindNAME(o)", "kindNAME(KNAME(i, x))", "kindNAME(SNAME(i, y))", "pairNAME(o, i)", "pairNAME(KNAME(y, 1), o)", "madeNAME(i, x)",
         "(KNAME(i, x).n, KNAME(y, i).f)", "FNAME(i, y).n", "FNAME(y, i).f + y", "setNAME(o, y)", "setNAME(o, i)",
         "f'{x}-{i}'", "f'{i}{y!r}{o}'", "{'n': i, 'f': y}", "{'n': o, 'k': x, 'f': i}['n']", "namedNAME(n=i, f=y)",
         "namedNAME(n=Last(), f=o, k=x)", "kindNAME(Last())", "kindNAME((i, x))", "kindNAME(i)", "len({'n': Last(), 'f': [y]})"],
        ["KNAME.__match_args__ = ('f', 'n')", "KNAME.__match_args__ = ('n',)", "KNAME.__match_args__ = ['n', 'f']",
         "del KNAME.__match_args__", "KNAME.__match_args__ = (1, 2)", "KNAME.n = property(lambda self: i)", "KNAME.n = 5",
         "o = KNAME(i, <any>)", "o = LNAME(<any>, x)", "o = SNAME(1, Last())", "o = FNAME(2, y)", "o = [i, x]", "o = (1, Last())",
         "o = {'n': x, 'f': 2}", "o = {'n': 3}", "o = 'text'", "o = True", "o = None", "o = array('b', [1, 2])", "del o.n", "del o.f",
         "o.n = <any>", "o.__dict__ = {'n': 1, 'f': <any>}", "o.__class__ = LNAME", "o.__dict__", "global KNAME; KNAME = SNAME",
         "global KNAME; KNAME = 5", "SNAME.n = 1", "FNAME.__setattr__ = lambda self, name, v: None", "del FNAME.__setattr__",
         "FNAME.n = property(lambda self: 1, lambda self, v: show(v))", "FNAME.__init__ = KNAME.__init__", "x = <any>", "x = Last()",
         "namedNAME.__code__ = (lambda **k: sorted(k)).__code__", "global setNAME; setNAME = setattr", "x = 'x'", "x = 2.5"],
        PATTERNS,
        "KNAME(1, 2.5)|KNAME(1, 2)|LNAME('a', 0)|SNAME(1.5, 1)|FNAME(1, 2)|[1, 2]|{'n': 1}",
    ),
    Scenario(
        ["o(x)", "callNAME(o, x)", "callNAME(o, y)", "[o(v) for v in (x, y)]", "callNAME(o, i) + y", "o(y) * 0.5",
         "sum(callNAME(o, v) for v in (y, 2.5))"],
        ["o = freshNAME('sqrt')", "o = freshNAME('floor')", "o = freshNAME('exp')", "o = math.floor", "o = abs",
         "o = [].append", "o = [[].append for k in range(50)][i]", "o = {}.get", "o = 'ab'.join", "o = float", "o = LEN",
         "o = None; collect(); o = [[].append for k in range(50)][i]", "x = <any>"],
        "def callNAME(f, v):\n    return f(v)\n\n\ndef freshNAME(name):\n    kept = sys.modules.pop('math')\n"
        "    made = __import__('math')\n    sys.modules['math'] = kept\n    return getattr(made, name)",
        "math.sqrt|freshNAME('sqrt')|freshNAME('fabs')|math.floor",
    ),
    Scenario(
        ["o.n = Last(); o.n = i", "o.f = Last(); o.f = y", "o.n = Last(); o.n = x", "o.more = Last(); o.more = y",
         "z = Last(); o.n = z; z = i; o.n = z", "o.next = o; o.next = i; o.next = y",
         "o.f = y; o.f += 1.5; o.n = i; o.n += 1", "o.more = EndNAME(); o.more.f = DropNAME(o); o.more.f = y; show(len(LOG))",
         "o.more = [EndNAME(), DropNAME(o)]; o.more[1] = i; show(len(LOG))", "o.__class__", "o.__class__.__name__",
         "o.n", "o.n = i", "o.n = y", "o.f = y", "o.f = x", "o.n += 1", "o.f *= 0.5", "o.n = o", "o.n = Last()",
         "o.more = i", "o.n + i", "o.f * 2.0", "o.shared", "o.near(i)", "o.near()", "o.far(i)", "o.prop",
         "o.fixed(i)",
         "o.made(i)", "KNAME.shared", "KNAME.fixed(i)", "KNAME.made(i)", "KNAME.inherited", "LNAME.near(o, i)",
         "SNAME(i).n", "SNAME(i, x).f", "dNAME(i).n", "dNAME(i).f", "(KNAME(i).near if i & 1 else o.near)(i)",
         "o.n = Last(); o.n = i + 1", "o.f = Last(); o.f = y + 0.5", "o.f = y * 0.5", "o.n = i * 2", "KNAME(i).n",
         "KNAME(i, x).near(i)", "KNAME().f", "LNAME(i).near()", "(o.n, o.f, o.shared)",
         "isinstance(o, KNAME)", "isinstance(o, LNAME)", "isinstance(o, (int, LNAME))", "isinstance(o, PNAME)",
         "o.__class__ is LNAME",
         "type(o) is KNAME", "o.inherited", "hasattr(o, 'more')", "getattr(o, 'n', None)"],
        ["o.n = <any>", "del o.n", "o.f = <any>", "o.n = Last()", "o.more = <any>", "o.shared = <any>",
         "o.near = lambda *a: <any>", "o.prop = <any>", "o.__class__ = LNAME", "o.__class__ = KNAME",
         "o.__dict__", "o.__dict__ = {'n': <any>, 'f': 0.5}", "o.__dict__['n'] = <any>", "o.__dict__['far'] = len",
         "vars(o).clear()", "v = o.n; del o.n; o.n = v", "[(setattr(o, 'z', k), delattr(o, 'z')) for k in range(40)]",
         "v = o.n; del o.n; o.n = v; [(setattr(o, 'z', k), delattr(o, 'z')) for k in range(40)]",
         "KNAME.shared = <any>", "del KNAME.shared", "KNAME.n = property(lambda self: <any>)",
         "KNAME.near = lambda self, v=1: <any>", "KNAME.near.__code__ = (lambda self, v=1: 7).__code__",
         "KNAME.near.__defaults__ = (<any>,)", "KNAME.near.__defaults__ = None", "del LNAME.near",
         "LNAME.near.__closure__[0].cell_contents = BaseNAME", "LNAME.near.__closure__[0].cell_contents = <any>",
         "BaseNAME.inherited = <any>", "BaseNAME.near = 1", "del BaseNAME.inherited", "KNAME.far = <any>",
         "KNAME.__getattr__ = lambda self, name: name", "KNAME.__getattribute__ = lambda self, name: name",
         "KNAME.__init__ = lambda self, *a: None", "KNAME.__init__ = lambda self, *a: 5",
            "KNAME.__init__ = lambda self, n=1, f=2: 5",
            "KNAME.__init__ = lambda self, n=1, f=2: n if i & 1 else None",
         "KNAME.__init__.__code__ = (lambda self, n=1, f=2: None).__code__", "KNAME.__init__.__defaults__ = (1.5, 2)",
         "KNAME.__new__ = lambda cls, *a: object.__new__(LNAME)", "KNAME.__setattr__ = lambda self, name, v: None",
         "KNAME.prop = <any>",
            "KNAME.prop = property(lambda self: self.n)",
            "KNAME.prop = property(lambda self: i, lambda self, v: None)",
            "KNAME.fixed = staticmethod(lambda v=0: <any>)", "KNAME.made = <any>",
         "KNAME.__bases__ = (BaseNAME, Custom)", "LNAME.__bases__ = (KNAME,)", "global KNAME; KNAME = LNAME",
         "o = KNAME(2.5, 3)", "o = PNAME(3)", "o = dNAME(i)", "o = LNAME()", "o = SNAME()", "o = SNAME('n', <any>)",
         "o = Last()", "x = <any>",
         "vars(KNAME)['prop'].__init__(lambda self: <any>)", "vars(KNAME)['fixed'].__init__(lambda v=0: <any>)",
         "vars(KNAME)['made'].__init__(lambda cls, v=0: <any>)", "KNAME.n = 7", "KNAME.f = Descriptor(3)",
         "SNAME.n = <any>", "KNAME.__slots__ = ()", "collect()"],
        CLASS,
        "KNAME()|KNAME()|LNAME()|SNAME()|SNAME()|dNAME(1)|PNAME()",
    ),
    Scenario(
        ["fNAME(i)", "fall()", "qNAME(i * 13)", "qNAME(i * 7 + 1)", "fNAME(i, x)", "fNAME(i, b=x)", "gNAME(i)",
         "fNAME(*[i])", "hNAME()", "(fNAME(i), gNAME(x))",
         "(lambda: fNAME(i))()", "VNAME", "VNAME + i", "WNAME * 0.5", "WNAME", "(VNAME, WNAME, i)", "wNAME(y)",
         "(wNAME(i), WNAME)"],
        ["fNAME.__code__ = (lambda a, b=1: (b, a)).__code__", "fNAME.__code__ = gNAME.__code__",
         "fNAME.__defaults__ = (<any>,)", "fNAME.__defaults__ = (1, <any>)", "fNAME.__defaults__ = None",
         "fNAME.__kwdefaults__ = {'k': <any>}", "global fNAME; fNAME = gNAME", "global fNAME; fNAME = len",
         "global fNAME; fNAME = KeyError", "global fNAME; del fNAME", "gNAME.__defaults__ = (4,)", "gNAME.x = 1",
         "global gNAME; gNAME = fNAME", "global VNAME; VNAME = <any>", "global VNAME; VNAME = Last()",
         "global WNAME; WNAME = <any>", "global VNAME; del VNAME", "globals()['VNAME'] = <any>",
         "exec('v = VNAME; del VNAME; VNAME = v\\nfor k in range(99): z = k; del z', globals())",
         "exec('w = WNAME; del WNAME; WNAME = w\\nfor k in range(99): z = k; del z', globals())",
         "globals()['more%d' % i] = i", "hNAME(<any>)", "exec('VNAME = 5', globals())", "builtins.VNAME = <any>",
         "x = <any>", "x = Last()"],
        "def fNAME(a, b=<lit:any>):\n    return a, b\n\n\ndef gNAME(a=<lit:int>):\n    return VNAME, a\n\n\n"
        "def hNAME(v=None):\n    global WNAME\n    WNAME = v if v is not None else WNAME\n    return WNAME\n\n\n"
        "def wNAME(v):\n    global WNAME\n    WNAME = v * 0.5\n    return WNAME > 2\n\n\n"
        "def qNAME(n):\n    return (fNAME(n), qNAME(n - 1) if n > 0 else 0)[0]\n\n\n"
        "VNAME, WNAME = <lit:int>, <lit:float>",
    ),
    Scenario(
        ["len(o)", "abs(x)", "isinstance(x, int)", "min(i, x)", "[*range(i & 3)]", "str(i)", "int(x)", "math.pi * i",
         "math.sqrt(abs(x))", "type(x)", "len('abc')", "o.append(i)", "o.copy()", "o.index(1)", "o.count(i)",
         "o.pop()", "x.conjugate()", "x.as_integer_ratio()", "x.__str__()", "o.__len__()", "math.floor(x)",
         "sorted(o)", "list(o)", "print is print"],
        ["builtins.len = lambda v: <lit:any>", "builtins.len = LEN", "global len; len = lambda v: <lit:any>",
         "globals().pop('len', None)", "builtins.abs = <callable>", "builtins.abs = ABS", "math.pi = <any>",
         "builtins.isinstance = lambda *a: <lit:any>", "builtins.isinstance = ISINSTANCE", "math.more = i",
         "builtins.range = lambda *a: (1, 2)", "builtins.range = RANGE", "x = <any>", "o = <any>", "o = [1]",
         "builtins.more = 1", "o = (1, 2)", "o = bytearray(b'ab')", "o = {1: 2}", "x = 0.5", "x = 's'",
         "o = type('LL', (list,), {})([1])", "global abs; abs = min", "globals().pop('abs', None)"],
    ),
    Scenario(
        ["o + i", "i + o", "o - x", "o += i", "o < i", "o == x", "o != o", "-o", "o[i]", "o(i)", "i in o",
            "i not in o",
            "0 if i not in o else 1",
            "o <= i and i",
            "(o + i) + (o - i)",
            "o.prop",
            "o.prop = i", "len(o)",
         "bool(o)", "not o", "o or i", "o and i", "[*o]", "o @ i", "hash(o) & 0", "o[i] = x", "o.__add__(i)",
         "f'{o}'",
         "int(o)", "[1, 2, 3][o]", "range(o)", "o < o", "1 if o else 2", "o is o", "o // 2", "2.0 ** o", "~o",
         "del o[i]", "[*zip(o, o)]", "max(o, i)", "{o: 1}", "o in {1: 2}", "x + o"],
        ["DNAME.__METHOD__ = lambda ARGS: <any>", "DNAME.__METHOD__ = lambda ARGS: NotImplemented",
         "DNAME.__METHOD__ = lambda self, *a: self.change(*a)", "del DNAME.__METHOD__", "DNAME.__METHOD__ = None",
         "DNAME.__METHOD__ = lambda ARGS: sys.settrace(tracer)",
         "DNAME.__METHOD__ = lambda ARGS: (sys.settrace(tracer), i)[1]",
         "DNAME.__METHOD__ = raising",
         "DNAME.__bool__ = lambda self: sys.settrace(tracer) is None",
         "DNAME.__eq__ = lambda self, a: sys.settrace(tracer)",
         "DNAME.__bool__ = lambda self: i & 1 == 0", "DNAME.__len__ = lambda self: i & 1",
         "ENAME.__METHOD__ = lambda ARGS: <any>", "o = ENAME()", "o = DNAME()",
         "o = <lit:int>", "o = <lit:float>", "o = [5, 6]", "o = DNAME(<lit:int>)", "o.__class__ = ENAME",
         "DNAME.__METHOD__ = lambda ARGS: DNAME.bad", "DNAME.__METHOD__ = Last", "x = o", "x = <any>"],
        "def raising(*a):\n    raise Custom(LEN(a))\n\n\n"
        "class DNAME(BASE):\n    n = 3\n\n    def __METHOD__(ARGS):\n        return <any>\n\n"
        "    def __METHOD__(ARGS):\n        return self.n\n\n"
        "    def __METHOD__(ARGS):\n        y = self.n + 1.5\n        return y > 2\n\n"
        "    def __METHOD__(ARGS):\n        return i\n\n"
        "    def __METHOD__(self, a=0, b=0):\n        return self.n + a\n\n"
        "    def __METHOD__(self, a=0, b=0):\n        y = self.n * 2.0\n        return [y, 2][a]\n\n"
        "    def __METHOD__(ARGS):\n        self.n = self.n + 1.5\n        return self\n\n"
        "    def __METHOD__(ARGS):\n        <effect>\n        return 1\n\n"
        "    def __repr__(self):\n        return 'D'\n\n"
        "    def __iter__(self):\n        return iter([1, 2.5])\n\n"
        "    def change(self, *a):\n        DNAME.__METHOD__ = lambda ARGS: <any>\n        return NotImplemented\n\n\n"
        "class ENAME(DNAME):\n    pass",
        "DNAME()",
    ),
    Scenario(
        ["[v for v in o]", "[(v, o.append(v))[0] for v in o if LEN(o) < 9]", "[*zip(o, o)]", "o[i & 1]", "o[-1]",
         "o[x]", "o[i & 1] = x", "o.append(i)", "o.pop()", "i in o", "sum(o)", "o[:2]", "(lambda a, *b: (a, b))(*o)",
         "[v for k, v in enumerate(o)]", "o.index(1)", "o.sort()", "o += [i]", "LEN(o)", "o == [1, 2]", "a, b = o",
         "(o[-1], o.pop())", "[o[0], o.pop(0)]", "o[-1] is o.pop()", "(o[-1], o.append([i]), o.pop())",
         "o[0] is o.clear()", "o[:1] = Last()", "[Last(), x][:i & 1] = Last()", "o[-1] = Last()",
         "o[i & 1] is x", "o[-1] is None", "o[-2] == 'a'", "o[i & 3] in (1, x)", "o[-3] is o[1]"],
        ["o.append(<any>)", "o.clear()", "o = (1, 2)", "o = [1, <any>]", "o = {1: 2, 'a': 3}", "o = 'abc'",
         "o = range(3)", "o = 5", "o[0] = <any>", "o = [Last(), Last()]", "o[:] = [Last(), 2]", "x = 0", "x = -1",
         "x = <any>", "x = Last()", "o = type('LL', (list,), {})([1, 2])", "del o[0]", "o = {1, 2}", "o = ('a', x)", "o = (x,)",
         "o = iter([1, 2])",
         "o = (i for i in (1, 2))", "o = list(o)", "o.append(o)", "o = {}", "o = bytearray(b'ab')",
         "o = [[i], [x], Last()]", "sys.setprofile(profiler)", "sys.setprofile(None)"],
        "",
    ),
    Scenario(
        ["aHNAME[i & 1]", "ahNAME[i & 1]", "aINAME[i % 3]", "aqNAME[i & 1]", "abNAME[i]", "afNAME[i & 1]",
         "aqNAME[1] - i",
         "aHNAME[i & 1] = i", "ahNAME[i & 1] = i - 3", "aINAME[i & 1] = i", "aqNAME[i & 1] = i * 2",
         "abNAME[i & 1] = i * 30",
         "afNAME[i & 1] = y", "afNAME[i % 3] = x", "aHNAME[i & 1] += 1", "aHNAME[i]", "ahNAME[i - 4]", "aINAME[i]",
         "aqNAME[i]", "aqNAME[0] += i", "sum(aqNAME)", "[v for v in aHNAME]"],
        ["global aHNAME; aHNAME = ahNAME", "global aINAME; aINAME = aqNAME", "aHNAME.append(i)", "aqNAME.pop()",
         "aqNAME[0] = -2**63", "aqNAME[1] = 2**63 - 1", "aINAME[0] = 2**32 - 1", "global aqNAME; aqNAME = [1, <any>]",
         "x = <any>", "global ahNAME; ahNAME = array('L', [2**64 - 1, 1])", "del abNAME[1:]", "x = 2.5",
         "global afNAME; afNAME = array('d', [1.5, 2])", "global abNAME; abNAME = array('B', [200, 1])",
         "global aqNAME; aqNAME = type('A', (array,), {})('q', [5, 6])", "aINAME.extend([1] * 100)"],
        ARRAYS,
    ),
    Scenario(
        ["[(a, b) for a, b in rNAME(o)]", "[b for a, b in rNAME((1, x))]", "[v for v in BaseNAME(i & 3)]",
         "[v for v in OneNAME(i)]", "[*BaseNAME(2)]", "sum(v for v in BaseNAME(3))",
         "[(a, b) for a, b in zip(BaseNAME(2), o)]",
         "[(a, b) for a, b in enumerate(BaseNAME(2))]", "[(k, v) for k, v in {'a': i, 'b': x}.items()]",
         "(*OneNAME(1),)",
         "[v for v in (OneNAME(i) if i & 1 else BaseNAME(2))]", "[v for v in reversed(o)]", "i in BaseNAME(3)",
         "set(v for v in (Last(), []))", "min(v for v in (Last(), i))",
         "sum(v for v in (Last(), i))", "max(v for v in (i, Last()))", "sorted(v for v in (Last(), Last()))",
         "[v for v in LastNAME(i & 3)]", "[(v, w) for v in LastNAME(2) for w in LastNAME(1)]",
         "[*zip((1, x), o)]", "[(a, b) for a, b in zip((i, x), [2, y])]"],
        ["BaseNAME.__iter__ = lambda self: 5", "OneNAME.__iter__ = lambda self: [i, x]",
         "OneNAME.__iter__ = lambda self: <any>",
         "BaseNAME.__next__ = lambda self: stepNAME(self, <any>)", "BaseNAME.__next__ = lambda self: 1 // 0",
         "del OneNAME.__iter__",
         "OneNAME.__iter__ = lambda self: BaseNAME(2)", "BaseNAME.__iter__ = None", "sys.settrace(None)",
         "global rNAME; rNAME = lambda v: zip(v, v, v)", "global rNAME; rNAME = lambda v: zip('ab', v)",
         "global rNAME; rNAME = lambda v: zip(v, v)", "global rNAME; rNAME = lambda v: enumerate(v)", "o = (3, x)",
         "global rNAME; rNAME = lambda v: {1: v, 2: x}.items()", "o = 'abc'", "o = OneNAME(3)",
         "sys.settrace(tracer)",
         "BaseNAME.__next__ = lambda self: stepNAME(self, o)", "o = [(1, 2), (3, 4)]",
         "global rNAME; rNAME = lambda v: [v, v]"],
        ITERATOR,
    ),
    Scenario(
        ["sameNAME(i)", "sameNAME(x)", "laterNAME(i)", "laterNAME(x)", "lastNAME(x, []) is x", "sidesNAME(i, i & 1)",
         "sidesNAME(x, 0)", "chosenNAME(i, 3)", "chosenNAME(x, i)", "chosenNAME(i * 2**40, x)", "leftNAME(i, 2**31)",
         "leftNAME(i << 33, 2**50)", "divNAME(i - 5, 3)", "divNAME(x, i - 2)", "divNAME(i << 33, -7)", "divNAME(i - 2, i << 31)",
         "(i - 6) // 4 + (i - 6) % 8", "leftNAME(x, i)", "largeNAME(i)", "max(x, i) is x", "abs(x) is x", "+x is x",
         "x % 2**70 is x"],
        ["x = <any>", "x = <int>", "x = <float>", "x = i * 2**33", "x = Last()", "x = y", "o = x",
         "global sidesNAME; sidesNAME = chosenNAME", "ofNAME.__code__ = (lambda a, b, c: a == c).__code__",
         "sys.setprofile(profiler)", "sys.setprofile(None)", "builtins.max = lambda *v: v", "builtins.abs = int"],
        NUMBERS,
    ),
    Scenario(
        ["driveNAME(innerNAME(i))", "driveNAME(longNAME(x))", "driveNAME(begunNAME(i))", "driveNAME(endedNAME(i))",
         "driveNAME(Await(x, i & 3))", "driveNAME(innerNAME(i), twiceNAME)", "driveNAME(longNAME(i), twiceNAME)",
         "driveNAME(Await(i), twiceNAME)", "driveNAME(begunNAME(i) if tick(3) else longNAME(i))",
         "driveNAME(endedNAME(i) if tick(3) else innerNAME(i), twiceNAME)", "driveNAME(x)",
         "driveNAME(outerNAME(outerNAME(innerNAME(i))))"],
        ["innerNAME.__code__ = longNAME.__code__", "global innerNAME; innerNAME = longNAME", "x = <any>", "x = Await(2)",
         "Await.__await__ = lambda self: iter((1, 2))", "Await.__await__ = lambda self: 3",
         "global begunNAME; begunNAME = Await", "sys.settrace(tracer)", "sys.settrace(None)",
         "sys.setprofile(profiler)", "sys.setprofile(None)", "x = 1"],
        COROUTINES,
    ),
    Scenario(
        ["byNAME([SetsNAME(i), SetsNAME(2), SetsNAME(x)], HasNAME(), [0])", "endsNAME([1, Last(1), Last('s')])",
         "endsNAME([Last(3), SetsNAME(1), SetsNAME(2)])", "gNAME", "oneNAME([SetsNAME(i)])",
         "oneNAME([SetsNAME('s')])", "ofNAME(HasNAME, i)", "ofNAME(HasNAME(), i)",
         "isinstance(x, HasNAME.kinds)", "hNAME + i", "roundNAME([i, 2, 3])", "roundNAME((i, x))",
         "[hNAME for v in (i, SetsNAME(1), x)]", "len(HasNAME.text) + hNAME", "len(HasNAME.kinds)"],
        ["againNAME(HasNAME, 'number', lambda: int(str(i * 1000)))", "againNAME(HasNAME, 'other', lambda: int('9000'))",
         "againNAME(HasNAME, 'kinds', lambda: tuple([list, int] if i & 1 else [type(x)]))", "x = <any>",
         "againNAME(HasNAME, 'text', lambda: ''.join(['so', 'me' if i & 2 else 'be']))", "global hNAME; hNAME = i * 700",
         "global gNAME; gNAME = <any>", "endsNAME.__code__ = byNAME.__code__", "SetsNAME.__del__ = lambda self: fall()",
         "del HasNAME.number", "HasNAME.number = <any>", "sys.setprofile(profiler)", "sys.setprofile(None)"],
        STALE,
    ),
    Scenario(
        ["jNAME(str(v) for v in range(i & 3))", "jNAME(v for v in ('a', 'b', x))", "newNAME(TNAME, (i, x))",
         "newNAME(TNAME, [i])[0]", "TNAME((i, x))", "chr(i + 60)", "chr(i * 30)", "chr(i * 300000)",
         "ord(chr(i + 200))",
         "max(y, y * 0.5)", "min(y, y - 1.5)", "max(i, i - 3)", "min(i + 1, 3)", "max(x, y)", "min(y * 2, y + 1.0)",
         "max(i + 1, 3)", "max(y * 2, y + 1.0)", "max(tNAME(i)[0], i)", "min(tNAME(i)[0], i)",
         "lateNAME(i).n", "[c for c in 'abca' if c == 'a' or c == 'b']",
         "(i - 2**62) - (i + 2**62) - (i + 2**62)", "abs((i * 0 - 2**59) * 16)", "(i * 0 - 2**59) * 16 - i",
         "abs(i - 3)", "tNAME(i)[0]", "tNAME(i)[-1]",
         "lNAME(i)[0]", "lNAME(i)[1]", "a, b = tNAME(i)", "a, b = lNAME(i)", "(a, b), c = tNAME(i), x",
         "SNAME(i).n", "SNAME(x).n", "recNAME(i)", "cellNAME(i)", "makeNAME(i) is x", "text(makeNAME(i))",
         "a = makeNAME(i); a = i", "takeNAME(*addNAME(qNAME, 'z'), **qNAME)",
         "takeNAME(*addNAME(qNAME, f'q{i & 3}'), **qNAME)", "takeNAME(**qNAME)",
         "sum(v * 2**61 for v in (i, 3, 2, i))", "sum(2**62 - v for v in range(i & 7))",
         "sum(v for v in (True, i, 2.5, o, x))",
         "sum((y for v in range(3)), i)", "all(v < 9 for v in (i, x))", "any(v > i for v in (1, 2))",
         "max(v & 3 for v in (i, 5))",
         "list(v * y for v in range(3))", "makeNAME(i)().n",
         "[tick(3) and kNAME.update({i: k}) for k in kNAME]", "[tick(4) and kNAME.pop(k) for k in kNAME]",
         "[tick(3) and (kNAME.pop(k), kNAME.update({(k, i): 1})) for k in kNAME]",
         "[tick(5) and kNAME.clear() for v in kNAME.values()]",
         "[tick(3) and kNAME.update({i: k}) for k, v in kNAME.items()]",
         "[tick(3) and mNAME.add((i, k)) for k in mNAME]",
         "[tick(4) and mNAME.discard(k) for k in mNAME]", "[k for k in kNAME]",
         "[(k, v) for k, v in kNAME.items()]", "setNAME(i)", "setNAME(x)", "setNAME(Last())", "setNAME(o)", "gNAME",
         "kNAME.get('k', i)", "kNAME.get(o, x)", "kNAME.get('m', y)",
         "kNAME['k'] = i", "kNAME['k'] = y", "kNAME['l'] = Last()", "kNAME.get('k')", "'k' in kNAME", "kNAME['k']",
         "exec(codeNAME, spaceNAME[i % 3])", "[k for k in spaceNAME[i % 3] if k[0] != '_']",
         "isinstance(tNAME(i), tuple)"],
        ["global jNAME; jNAME = '+'.join", "global jNAME; jNAME = list", "global jNAME; jNAME = len", "x = 'c'",
         "x = <any>",
         "global newNAME; newNAME = lambda *a: a", "TNAME.__new__ = lambda *a: <any>", "o = 'k'", "o = 'l'",
         "o = ONAME()",
         "kNAME[ONAME()] = 3", "kNAME.clear()", "kNAME['k'] = Last()",
         "global kNAME; kNAME = type('D', (dict,), {})(k=4)",
         "global kNAME; kNAME = {ONAME(): 1}", "global kNAME; kNAME = {'l': 1, 'k': <any>}",
         "global tNAME; tNAME = lNAME",
         "global lNAME; lNAME = tNAME", "global gNAME; del gNAME", "globals()['new%d' % COUNTS[1]] = 1",
         "tNAME.__code__ = lNAME.__code__", "spaceNAME[0]['c'] = Last()", "spaceNAME[0].clear()",
         "spaceNAME[1]['z'] = 1", "spaceNAME[2] = {'a': 1, 'b': Last(), 'c': x}", "builtins.chr = lambda v: <any>",
         "sys.setprofile(profiler)", "sys.setprofile(None)", "mNAME.add(i)", "qNAME.clear()",
         "kNAME.update(n=i, m=2)",
         "builtins.max = lambda *v: v", "fall()", "tracemalloc.start()", "tracemalloc.stop()",
         "recNAME.__code__ = cellNAME.__code__"],
        CORNERS,
    ),
    Scenario(
        ["next(tNAME, 'end')", "tNAME.send(i)", "[*uNAME(i & 3)]", "[*vNAME(i)]", "[*wNAME(vNAME(i))]",
         "[*wNAME(wNAME(o))]", "[v for v in vNAME(x)]", "sum(vNAME(i))", "sum(uNAME(3))",
         "(lambda: (yield i))().send(None)",
         "sum(v for v in o)", "[*wNAME(o)]", "next(uNAME(2))", "dict(k=i, **{'a': x})"],
        ["global tNAME; tNAME = uNAME(5)", "tNAME.close()", "tNAME.throw(Custom)", "uNAME.__code__ = wNAME.__code__",
         "global uNAME; uNAME = lambda v: [v]", "o = [3, 4]", "o = uNAME(2)", "o = Last()", "o = wNAME([1])",
         "global tNAME; tNAME = wNAME(uNAME(3))", "x = <any>", "sys.settrace(tracer)", "sys.settrace(None)",
         "sys.setprofile(profiler)", "sys.setprofile(None)", "tNAME.gi_frame and tNAME.gi_frame.f_locals"],
        "def vNAME(n):\n    yield n\n    if tick(5):\n        sys.settrace(tracer)\n\n\n"
        "def uNAME(n):\n    while n:\n        got = yield n\n        n = n - 1 if got is None else got & 3\n"
        "    return 'done'\n\n\ndef wNAME(o):\n    try:\n        got = yield from o\n        yield got\n"
        "    finally:\n        emit('finally')\n\n\ntNAME = uNAME(4)",
    ),
    Scenario(
        ["PNAME[i & 1](i)", "PNAME[i % 4](x)", "PNAME[0](i)", "PNAME[3](x)", "QNAME[i & 1](i)", "QNAME[0](x)",
         "(QNAME[0](i), QNAME[1](x))", "[f(i) for f in PNAME]", "[f(x) for f in QNAME]"],
        ["global VNAME; VNAME = <any>", "PNAME[1].__globals__['VNAME'] = <any>", "PNAME.reverse()", "QNAME.reverse()",
         "PNAME[2].__globals__['__builtins__'] = {'len': abs}", "PNAME[1].__globals__['len'] = <callable>",
         "PNAME[1].__globals__.clear()", "del QNAME[0].__closure__[0].cell_contents", "QNAME[0] = cNAME(<any>)",
         "QNAME[0].__closure__[0].cell_contents = <any>", "PNAME[0].__code__ = QNAME[0].__code__", "x = <any>",
         "PNAME[0].__code__ = dNAME.__code__", "QNAME[0].__code__ = QNAME[1].__code__", "x = Last()",
         "builtins.len = <callable>", "builtins.len = LEN", "PNAME[3].__globals__['VNAME'] = Last()"],
        "def bNAME(v):\n    return VNAME, len([v]), v\n\n\ndef dNAME(v):\n    return v, 'd'\n\n\n"
        "def cNAME(c):\n    def inner(v):\n        nonlocal c\n        c = v\n        return c, v\n    return inner\n\n\n"
        "VNAME = <lit:int>\nPNAME = [bNAME]\n"
        "for space in ({'VNAME': <lit:any>, 'len': abs}, {'VNAME': 3, '__builtins__': {'len': LEN}}, dict(globals())):\n"
        "    PNAME.append(type(bNAME)(bNAME.__code__, space))\nQNAME = [cNAME(<lit:any>), cNAME(<lit:any>)]",
    ),
    Scenario(
        ["eNAME(i, o)", "eNAME(i & 3, x)", "eNAME(1, o)", "kNAME(o, i)", "kNAME(o, x)", "mNAME(o)", "mNAME(x)",
         "mNAME([i, x])", "mNAME({'k0': i})", "mNAME((i, o))"],
        ["o = KeyError", "o = Custom", "o = Custom(<any>)", "o = ValueError(<any>)", "o = <any>", "o = StopIteration",
         "o = type('Ex', (Custom,), {'__init__': lambda self, n: 1 // 0})", "o = Manager(i)",
         "o = Manager(<any>, True)",
         "o = Last()", "o = Custom(1).with_traceback(None)", "x = <any>", "o = (KeyError, Custom)", "x = Manager(x)",
         "Manager.__exit__ = lambda self, *a: <any>", "Manager.__enter__ = lambda self: <any>", "o = BaseNAME(i)",
         "BaseNAME.__match_args__ = ('v',)", "BaseNAME.__match_args__ = <any>", "o = BaseNAME(<any>)", "x = o",
         "BaseNAME.v = property(lambda self: <any>)", "o = GeneratorExit", "o = type('D', (dict,), {})(k0=5)",
         "Custom.__str__ = lambda self: 5", "o = ExceptionGroup('g', [Custom(i), ValueError(x)])"],
        "class BaseNAME:\n    __match_args__ = ('v', 'n')\n    n = 1\n\n    def __init__(self, v=0):\n        self.v = v\n\n\n"
        "def eNAME(v, o):\n    z = 1.5\n    for k in range(4):\n        try:\n            try:\n                z = z * 2 + k\n"
        "                if k == v:\n                    raise o\n            except (KeyError, Custom) as e:\n"
        "                emit(trouble(e))\n                if k == 1:\n                    raise\n                if k == 2:\n"
        "                    raise ValueError(z) from e\n            else:\n                z -= 1\n            finally:\n"
        "                emit('finally ' + text(z))\n                if k == 2 and v == 2:\n                    continue\n"
        "        except* ValueError as e:\n            z = trouble(e)\n            z = len(z) * 0.5\n    return z, k\n\n\n"
        "def kNAME(o, v):\n    z = v\n    for k in range(3):\n        with o as got, Manager(k):\n            z = got\n"
        "            if k == 1:\n                raise Custom(z)\n            if k == v:\n                return z, k\n"
        "    return z\n\n\n"
        "def mNAME(o):\n    match o:\n        case BaseNAME(1, w):\n            return 'one', w\n"
        "        case BaseNAME(v=w, n=1) if w:\n            return 'two', w\n        case {'k0': w, **rest}:\n"
        "            return w, rest\n        case [w, *rest] | (w, rest):\n            return w, rest\n"
        "        case int() as w:\n            return w\n        case None | True:\n            return 'none'\n"
        "        case str():\n            return 'str'\n    return 'other'",
    ),
    Scenario(
        ["[*map(fNAME, [1, x])]", "sorted([3, 1, i], key=fNAME)", "max(i, x, key=fNAME)",
         "[*filter(fNAME, [0, 1, x])]",
         "functools.reduce(fNAME, [1, 2, x])", "functools.partial(fNAME, i)(b=x)", "fNAME.__call__(i, b=x)",
         "fNAME.__get__(i)()", "operator.call(fNAME, i, x)", "[*map(KNAME, [1, i])]", "[*map(gNAME, [i, x])]",
         "sum(map(fNAME, [1, 2]))", "[*map(fNAME, [1, 2], [x, i])]", "[*map(lambda v: fNAME(v), o)]", "{fNAME(1): 2}",
         "functools.partial(KNAME, 1)().n", "[*zip(map(fNAME, o), gNAME(i & 3))]", "[*map(len, map(gNAME, o))]",
         "max([KNAME(1), KNAME(2)]).n", "sorted([KNAME(2), KNAME(i)])[0].n", "KNAME(i) in [KNAME(2), KNAME(i)]",
         "{KNAME(1): i}[KNAME(1)]", "[*map(KNAME.near, [KNAME(i)])]", "[*map(KNAME(i).near, [1, x])]",
         "str(KNAME(i))", "'%s' % KNAME(x)", "fNAME(*[i], **{'b': x})", "dict(map(lambda v: (v, fNAME), o))[1](i)"],
        ["fNAME.__code__ = (lambda a, b=1: (b, a)).__code__", "fNAME.__code__ = gNAME.__code__", "x = <any>",
         "fNAME.__defaults__ = (<any>,)", "fNAME.__defaults__ = None", "fNAME.__kwdefaults__ = {'c': 1}",
         "global fNAME; fNAME = gNAME", "global fNAME; fNAME = KNAME", "global fNAME; fNAME = lambda *a, **k: <any>",
         "KNAME.__init__ = lambda self, n, f=1: None", "KNAME.__init__ = lambda self, n: 5", "KNAME.n = <any>",
         "KNAME.__init__.__code__ = (lambda self, n=1, f=2: None).__code__", "KNAME.__lt__ = lambda self, a: <any>",
         "KNAME.__eq__ = lambda self, a: <any>", "KNAME.__hash__ = lambda self: <any>", "KNAME.__str__ = fNAME",
         "KNAME.__str__ = lambda self: 's'", "o = (i for i in (1, 2))", "o = [1, <any>]", "sys.settrace(tracer)",
         "sys.settrace(None)", "sys.setprofile(profiler)", "sys.setprofile(None)", "fNAME.__code__ = gcd.__code__",
         "global fNAME; fNAME = functools.partial(fNAME, 1)", "x = Last()",
         "global fNAME; fNAME = staticmethod(fNAME)"],
        "def gcd(a, b=6):\n    n = 0\n    while b and n < 40:\n        a, b, n = b, a % b, n + 1\n    return a\n\n\n"
        "def fNAME(a, b=<lit:any>):\n    y = 0.5\n    for k in range(3):\n        y = y * 2 + k\n    return a, b, y\n\n\n"
        "def gNAME(a, b=2):\n    yield a\n    got = yield b\n    return got\n\n\n"
        "class KNAME:\n    f = 2.5\n\n    def __init__(self, n=1, f=0):\n        self.n = n\n\n"
        "    def __lt__(self, a):\n        return self.n < a.n\n\n    def __eq__(self, a):\n        return self.n == a.n\n\n"
        "    def __hash__(self):\n        return 7\n\n    def near(self, v=1):\n        return self.n, v\n\n"
        "    def __repr__(self):\n        return 'K'",
    ),
]  # fmt: skip
DUNDERS = [
    "add",
    "radd",
    "sub",
    "rsub",
    "iadd",
    "lt",
    "gt",
    "eq",
    "ne",
    "bool",
    "len",
    "neg",
    "getitem",
    "setitem",
    "delitem",
    "call",
    "contains",
    "iter",
    "hash",
    "int",
    "index",
    "matmul",
    "format",
    "invert",
    "floordiv",
    "rpow",
]
SIGNATURES = ["self, a=0, b=0", "self, a=0, b=0", "self, a", "self, a=0", "self, *a"]
BASES = ["object", "object", "object", "int", "float", "list"]


def _named(writer: Expander, text: str, number: int) -> str:
    """Return the text with the scenario's names and dunders of its own choice."""
    while "METHOD" in text:
        text = text.replace("METHOD", writer.rng.choice(DUNDERS), 1)
    while "ARGS" in text:
        text = text.replace("ARGS", writer.rng.choice(SIGNATURES), 1)
    return text.replace("NAME", f"_{number}").replace("BASE", writer.rng.choice(BASES))


def _is_statement(use: str) -> bool:
    return "= " in use.replace("== ", "").replace("!= ", "") or use.startswith("del ")


def _without_global(change: str) -> str:
    return change.partition("; ")[2] if change.startswith("global ") else change


def _deep(use: str, rng: random.Random) -> str:
    """Return the use with many values below it on the stack: about as many as contexts describe."""
    below = rng.randint(34, 43)
    kinds = ("o", "i", "x", "y + 1")
    opened = "".join(f"({kinds[n % len(kinds)]}, " for n in range(below))
    return f"{opened}{use}{')' * below}{'[1]' * below}"


def scenario_lines(writer: Expander, number: int) -> tuple[list[str], list[str]]:
    """Return the definitions of a scenario, and what runs it."""
    rng = writer.rng
    scenario = rng.choice(SCENARIOS)
    scope = Scope(frozenset(), {})

    def text(template: str) -> str:
        return writer.fill(_named(writer, template, number), scope, 3)

    uses = [text(use) for use in rng.sample(scenario.uses, min(len(scenario.uses), rng.randint(1, 4)))]
    changes = [text(change) for change in rng.sample(scenario.changes, rng.randint(1, 5))]
    declared = sorted({change.split("; ")[0] for change in changes if change.startswith("global ")})
    turns = rng.randint(4, 14)
    body = [*declared, "y = 0.5", f"for i in range({turns}):", "    y = y * 1.5 + i"]
    for change in changes:
        body += [f"    if i == {rng.randrange(turns)} and turn != {rng.randrange(3)}:"]
        body += [f"        {_without_global(change)}"]
    between = f"b_{number}(o, x, y, i, turn)"
    uses = [_deep(use, rng) if not _is_statement(use) and rng.random() < 0.05 else use for use in uses]
    for use in uses:
        shown = [use, "show(y)"] if _is_statement(use) else [f"show({use})"]
        if not _is_statement(use) and rng.random() < 0.3:
            shown = [f"show({use}, {between}, {use})"]
        if rng.random() < 0.6:
            caught = ["except Exception as e:", "    emit(trouble(e))"]
            body += indented(["try:", *indented(shown), *caught])
        else:
            body += indented(shown)
    body.append("return y, i")
    start = _named(writer, rng.choice(scenario.start.split("|")), number)
    lines = (
        _named(writer, writer.fill(scenario.before, scope, 3), number).split("\n") if scenario.before else []
    )
    name = f"Z{number}"
    definitions = [*lines, "", "", f"def {name}(o, x, turn):", *indented(body), "", ""]
    change = text(rng.choice(scenario.changes))
    definitions += [
        f"def {between}:",
        *indented([change.split("; ")[0]] if change.startswith("global ") else []),
    ]
    definitions += [
        f"    if tick({rng.choice((3, 7, 11))}):",
        f"        {_without_global(change)}",
        "    return 1",
        "",
        "",
    ]
    x = writer.fill("<int>" if rng.random() < 0.5 else "<float>", scope, 4)
    call = f"attempt('{name}', {name}, o, {x}, turn)"
    fresh = rng.random() < 0.5
    run = [f"o = {start}", f"for turn in range({rng.randint(2, 5)}):"]
    return definitions, [*run, *indented([f"o = {start}"] if fresh else []), f"    {call}"]
