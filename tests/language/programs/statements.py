"""with, match, imports, f-strings, comprehensions, evaluation order."""

import contextlib
import dataclasses
import sys

from common import hot, outcome, runs, show, trace_hot


class CM:
    def __init__(self, log, name="cm", swallow=False, fail=None):
        self.log, self.name, self.swallow, self.fail = log, name, swallow, fail

    def __enter__(self):
        self.log.append(self.name + " enter")
        if self.fail == "enter":
            raise OSError("enter")
        return self.name

    def __exit__(self, t, v, tb):
        self.log.append((self.name + " exit", t and t.__name__, str(v), tb is not None))
        if self.fail == "exit":
            raise OSError("exit")
        return self.swallow


def use(kind):
    log = []
    for i in range(4):
        with CM(log, "a", kind == "swallow") as a, CM(log, "b", fail=kind) as b:
            log.append((a, b))
            if kind in ("raise", "swallow"): raise ValueError(kind)
            if kind == "return": return log
            if kind == "break": break
            if kind == "continue": continue
            log.append("body")
    return log


KINDS = [(k,) for k in ("", "raise", "swallow", "return", "break", "continue", "enter", "exit")]
hot("with", use, *KINDS, repeat=20)
for (k,) in KINDS:
    trace_hot(f"with {k}", use, k, repeat=6)


def with_loop(n):
    t = 0
    log = []
    for i in range(n):
        with CM(log, swallow=True):
            t += i
            if i % 5 == 0:
                1 / 0
            t += 0.5
    return t, len(log), log[-1]


hot("with loop", with_loop, (250,), repeat=10)


class NoEnter:
    def __exit__(self, *a): pass


class NoExit:
    def __enter__(self): pass


class BoolRaises:
    def __enter__(self): return self
    def __exit__(self, *a): return self
    def __bool__(self): raise RuntimeError("truth of exit")


def with_any(x):
    with x as y:
        raise KeyError("inside")


for x in (5, NoEnter(), NoExit(), BoolRaises(), contextlib.suppress(KeyError), contextlib.nullcontext(3)):
    trace_hot(f"with {type(x).__name__}", with_any, x, repeat=6)


@contextlib.contextmanager
def managed(log):
    log.append("in")
    try:
        yield len(log)
    except KeyError as e:
        log.append(repr(e))
    finally:
        log.append("out")


def use_managed(exc):
    log = []
    for i in range(3):
        with managed(log) as n:
            log.append(n)
            if exc:
                raise exc
    return log


hot("managed", use_managed, (None,), (KeyError("k"),), (ValueError("v"),), repeat=20)


def return_in_with(n):
    for i in range(n):
        with CM([], swallow=True):
            with CM([]):
                if i == n - 1:
                    return i
    return "none"


hot("return in with", return_in_with, (1,), (100,), repeat=10)


class Pt:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y


@dataclasses.dataclass
class Seg:
    a: object
    b: object


class BadMatchArgs:
    __match_args__ = 5


class Prop:
    @property
    def x(self): raise AttributeError("x")


class PropRaises:
    @property
    def x(self): raise ValueError("raised in match")


def match(v):
    match v:
        case None: return "None"
        case True | False: return "bool"
        case 0: return "zero"
        case 1 | 2 | 3 as n: return "small", n
        case int(n) if n > 10**6: return "huge"
        case int(): return "int"
        case float(f): return "float", f
        case -1.5: return "never"
        case "": return "empty str"
        case "a" | "b": return "ab"
        case str() as s: return "str", s
        case []: return "empty seq"
        case [x]: return "one", x
        case [Pt(x=0), *rest]: return "pt first", len(rest)
        case [1, *mid, 9]: return "1..9", mid
        case [[a, b], {"k": c}]: return "nested", a, b, c
        case [_, _, *_]: return "many"
        case {"type": "circle", "r": r}: return "circle", r
        case {"type": str(t), **rest}: return "type", t, rest
        case {}: return "mapping"
        case Pt(0, 0): return "origin"
        case Pt(x, y) if x == y: return "diagonal", x
        case Pt(x=x, y=Pt(y=inner)): return "nested pt", x, inner
        case Pt(): return "point"
        case Seg(Pt(a, b), Pt(c, d)): return "segment", a, b, c, d
        case Prop(x=_): return "prop"
        case PropRaises(x=_): return "never"
        case bytes(b): return "bytes", b
        case sys.maxsize: return "never"
        case complex(real=r, imag=i): return r, i
        case _: return "other"


VALUES = [None, True, 0, 2, 5, 10**7, 1.5, "", "a", "zz", [], (1,), [Pt(0, 1), 2], [1, 2, 3, 9], [[1, 2], {"k": 3}], ("x", "y", "z"), range(3), {"type": "circle", "r": 2},
          {"type": "sq", "w": 1}, {"q": 1}, Pt(0, 0), Pt(4, 4), Pt(1, Pt(2, 3)), Pt(1, 2), Seg(Pt(1, 2), Pt(3, 4)), Seg(1, 2), Prop(), b"x", 1 + 2j, {1}, object, iter([])]
for v in VALUES:
    hot(f"match {type(v).__name__}", lambda: match(v), repeat=30)
show("match all", [repr(match(VALUES[i % len(VALUES)])) for i in range(300)][-len(VALUES):])
trace_hot("match raises", match, PropRaises(), repeat=5)


def match_bad(v):
    match v:
        case BadMatchArgs(1): return 1


def match_too_many(v):
    match v:
        case Pt(1, 2, 3): return 1


def match_not_class(v):
    pattern = type("M", (), {"c": 5})
    match v:
        case pattern.c(): return 1


def match_duplicate(v):
    match v:
        case Pt(1, x=1): return 1


def match_int(v):
    match v:
        case int(a, b): return 1


for f, v in ((match_bad, BadMatchArgs()), (match_too_many, Pt(1, 2)), (match_not_class, 1), (match_duplicate, Pt(1, 1)), (match_int, 1)):
    trace_hot(f.__name__, f, v, repeat=5)


def tokens(items):
    stack = []
    for t in items:
        match t:
            case ("push", x): stack.append(x)
            case ("add",): stack.append(stack.pop() + stack.pop())
            case ("mul",): stack.append(stack.pop() * stack.pop())
            case ("dup",): stack.append(stack[-1])
            case {"op": "neg"}: stack.append(-stack.pop())
            case _: raise ValueError(f"bad {t!r}")
    return stack


hot("tokens", tokens, ([("push", 1)] + [("dup",), ("add",), {"op": "neg"}] * 70,), ([("push", 0.5)] + [("dup",), ("add",)] * 70,), ([("push", 1), ("what",)],), repeat=15)

# Imports


def imports(n):
    for i in range(n):
        import math
        import os.path
        import os.path as p
        import xml.dom.minidom as dom
        from math import floor, ceil as up
        from os import path as q
        from collections import abc, OrderedDict
    return math.pi, p is q is os.path, floor(1.5), up(1.5), dom.__name__, abc.Sized.__name__, OrderedDict.__name__


hot("imports", imports, (1,), (20,), repeat=10)


def import_failures(n):
    out = []
    for i in range(n):
        try:
            import no_such_module_here
        except ModuleNotFoundError as e:
            out.append((str(e), e.name))
        try:
            from math import no_such_name
        except ImportError as e:
            out.append(str(e).split(" (")[0])
        try:
            import math.nothing
        except ModuleNotFoundError as e:
            out.append(str(e))
        try:
            exec("from . import x", {"__name__": "top", "__package__": ""})
        except ImportError as e:
            out.append(str(e))
    return out[-4:]


hot("import failures", import_failures, (10,), repeat=5)


def import_hooked(n):
    import builtins
    seen = []
    original = builtins.__import__
    def hook(name, *a, **k):
        seen.append((name, a[2] if len(a) > 2 else None))
        return original(name, *a, **k)
    for i in range(n):
        if i == n // 2:
            builtins.__import__ = hook
        from math import pi
        import string
    builtins.__import__ = original
    return len(seen), seen[-2:]


hot("import hooked", import_hooked, (20,), repeat=5)

# f-strings


class Fmt:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "R\u00e9"
    def __str__(self): return "S\u00e9"


class BadFormat:
    def __format__(self, spec): return 5


class BadStr:
    def __str__(self): return 5


def fstrings(x, w=10):
    return [f"{x}", f"{x!r}", f"{x!s}", f"{x!a}", f"{x:>{w}}", f"{x!r:^{w}}|", f"a{x}b{x}c", f"{x=}", f"{x = !s}", f"{{{x}}}", f"{'nested ' + f'{x}'}", f"" f"{w}" "plain", f"{x}" * 2]


hot("fstrings", fstrings, (1,), ("s",), (1.5,), (None,), (Fmt(),), ([1],), (True,), (BadStr(),), (BadFormat(),), repeat=20)
hot("specs", lambda v, s: f"{v:{s}}", (5, "05d"), (1.5, ".3f"), (5, "x"), (1.5, "d"), ("a", ">5"), (True, "d"), (True, ""), (None, ">5"), (2**70, ","), (5, "zz"), (1e300 * 1e10, "f"))


def join_loop(n):
    s = ""
    t = "x"
    for i in range(n):
        s += f"{i},"
        t = t + str(i) + t[:1]
        if i == n - 5:
            keep = s
    return len(s), s[-10:], len(t), keep[-5:]


hot("strings grow", join_loop, (10,), (250,), repeat=10)


def percent(n):
    return ["%d %s %r %5.2f %%" % (i, i, i, i / 3) for i in range(n)][-1], "%(a)s" % {"a": n}, "%s" % (n,), "%s" % n, "%x" % n


hot("percent", percent, (5,), (100,), repeat=10)

# Comprehensions


def comps(n):
    k = 2
    a = [i * k for i in range(n) if i % 3]
    b = {i: [j for j in range(i % 4)] for i in range(n) if i}
    c = {i % 7 for i in range(n)}
    d = [(i, j) for i in range(n) if i % 10 == 0 for j in range(i) if j % 9 == 0]
    e = [[i * j for j in range(3)] for i in range(3)]
    f = [x if x > 2 else -x for x in range(n)]
    g = [y := 1, y + 1, [y := z for z in range(3)], y]
    h = [lambda: i for i in range(3)]
    return len(a), sum(a), len(b), c, d[-1:], e, sum(f), g, [q() for q in h]


hot("comprehensions", comps, (4,), (220,), repeat=10)
hot("comprehension types", lambda s: [x + x for x in s], ([1] * 100,), ([1] * 100 + [0.5] * 100 + ["s"] + [2**63] * 5,), ("abc" * 50,), ([1, None],), repeat=15)
trace_hot("comprehension error", lambda: [1 // (5 - i) for i in range(10)])
trace_hot("nested comprehension error", lambda: [[1 // (5 - i) for i in range(10)] for j in range(2)])

# Order of evaluation


def order(fail_at):
    log = []

    class O:
        def __init__(self, n): self.n = n
        def __getattr__(self, k): log.append(f"{self.n}.{k}"); return lambda *a, **kw: self
        def __getitem__(self, k): log.append(f"{self.n}[]"); return self
        def __setitem__(self, k, v): log.append(f"{self.n}[]=")
        def __add__(self, o): log.append(f"{self.n}+"); return self
        def __iadd__(self, o): log.append(f"{self.n}+="); return self
        def __lt__(self, o): log.append(f"{self.n}<"); return True
        def __call__(self, *a, **k): log.append(f"{self.n}()"); return self
        def __bool__(self): log.append(f"{self.n}?"); return True
        def __contains__(self, o): log.append(f"{self.n} in"); return True
        def __hash__(self): log.append(f"hash {self.n}"); return self.n
        def __eq__(self, o): log.append(f"{self.n}=="); return False
        def __iter__(self): log.append(f"iter {self.n}"); return iter([self])
        def keys(self): log.append(f"keys {self.n}"); return []

    def e(n):
        log.append(n)
        if n == fail_at:
            raise ValueError(n)
        return O(n)

    try:
        e(1) + e(2)
        e(3)[e(4)] = e(5)
        e(6)(e(7), *e(8), k=e(9), **{"m": e(10)})
        e(11).attr(e(12))
        x = {e(13): e(14), e(15): e(16)}
        e(17) < e(18) < e(19)
        x = e(20) and e(21) or e(22)
        x = e(23) if e(24) else e(25)
        a, b = e(26), e(27)
        x = e(28)
        x += e(29)
        y = [e(30)]
        y[e(31).__dict__["n"] - 31] += e(32)
        x = e(33) in e(34)
        def f(a=e(35), *, b=e(36)) -> e(37): pass
        (lambda: e(38))()
        x = f"{e(39).n}{e(40).n}"
        e(41)[e(42) : e(43)]
        del x
        assert e(44), e(45)
        e(46).__class__.z = e(47)
        x = [e(48), *e(49), e(50)]
        x = (y := e(51)) + e(52)
        for e(53).__class__.loop in [1]: pass
        not e(54)
        with contextlib.nullcontext(e(55)) as e(56).__class__.w, contextlib.nullcontext(e(57)): pass
    except ValueError as err:
        log.append(str(err))
    return log


first = order(0)
show("order", first)
for i in range(0, 58):
    results = [order(i) for _ in range(6)]
    print("order", i, len(results[0]), results[0][-3:], all(r == results[0] for r in results))


def side_effects_on_operands():
    x = 1
    out = []

    def change():
        nonlocal x
        x += 10
        return x

    for i in range(60):
        out.append(x + change() + x)
        out.append((x, change(), x))
        out.append(x * (x := 2) + x)
    return out[-3:], x


hot("operands", side_effects_on_operands, repeat=10)


def short_circuit(a, b, c):
    log = []
    def n(x):
        log.append(x)
        return x
    r = (n(a) and n(b) or n(c), n(a) or n(b) and n(c), not (n(a) and n(b)), n(a) if n(b) else n(c))
    return r, log


hot("short circuit", short_circuit, (1, 0, 2), (0, 1, 2), ("", [], None), (0.0, 1.5, -1), (True, False, None))


def while_else(n):
    i = 0
    while i < n:
        i += 1
        if i == 50:
            break
        if i % 2:
            continue
    else:
        return "else", i
    return "break", i


hot("while else", while_else, (0,), (10,), (100,), (49.5,))


def big_function(x):
    """Far jumps: EXTENDED_ARG."""
    t = 0
    for i in range(60):
        if x:
            t += 1; t += 2; t += 3; t += 4; t += 5; t += 6; t += 7; t += 8; t += 9; t += 10; t += 11; t += 12; t += 13; t += 14; t += 15; t += 16
            t += 1; t += 2; t += 3; t += 4; t += 5; t += 6; t += 7; t += 8; t += 9; t += 10; t += 11; t += 12; t += 13; t += 14; t += 15; t += 16
            t += 1; t += 2; t += 3; t += 4; t += 5; t += 6; t += 7; t += 8; t += 9; t += 10; t += 11; t += 12; t += 13; t += 14; t += 15; t += 16
            t += 1; t += 2; t += 3; t += 4; t += 5; t += 6; t += 7; t += 8; t += 9; t += 10; t += 11; t += 12; t += 13; t += 14; t += 15; t += 16
            t += 1; t += 2; t += 3; t += 4; t += 5; t += 6; t += 7; t += 8; t += 9; t += 10; t += 11; t += 12; t += 13; t += 14; t += 15; t += 16
        else:
            t -= i
        if i > 40:
            x = 0
    return t


hot("far", big_function, (1,), (0,))
space = {}
exec("def wide(v):\n" + "".join(f"    a{i} = v + {i}\n" for i in range(400)) + "    return " + " + ".join(f"a{i}" for i in range(400)) + "\n", space)
exec("def names(v):\n    global " + ", ".join(f"g{i}" for i in range(300)) + "\n" + "".join(f"    g{i} = v\n" for i in range(300)) + "    return g299 + g0\n", space)
exec("def consts(v):\n" + "".join(f"    v += {i}.5\n" for i in range(400)) + "    return v\n", space)
exec("def jump(v):\n    t = 0\n    while v:\n" + "".join(f"        t += {i} if v else 0\n" for i in range(600)) + "        v -= 1\n    return t\n", space)
for n in ("wide", "names", "consts", "jump"):
    hot(n, space[n], (1,), (5,), repeat=10)
hot("runs", lambda: runs(["a", "a", "b"]))
show("outcome", outcome(len, 5))
