"""Compiled code keeps no reference and loses none: counts before and after many executions agree."""

# ruff: noqa: E501 (one line for each function)

from __future__ import annotations

import pathlib
import textwrap

import pytest
from support import Interpreter

# Bodies of functions of the arguments o (an object), n (an int), x (a float), s (a list), t (a tuple),
# d (a dict), w (a string), big (an int of many digits), f (a function of its arguments) and c (an
# instance of a class). Each is executed many times, with exceptions allowed.
FAMILIES = {
    "locals": "a = o; b = a; a = b; del b; a = n; a = x; a = None; b = a; return o",
    "unbound": "if n < 0: a = o\nreturn a",
    "delete": "a = o; del a; return a",
    "int": "a = n + 1; b = a * n; a -= b; b = a // 7; a = b % 5; return (a << 3) ^ (b >> 2) | a & b",
    "int overflow": "a = n * 10**18; b = a * a; a = b - b + big; return a * n - (-a) + ~a",
    "int zero": "return n // (n - n)",
    "float": "a = x + n; b = a * x; a -= b / 2; b = -a; return a < b, a == b, b / x, x ** 2",
    "float zero": "return x / (n - n)",
    "mixed types": "return o + n",
    "float loop": "a = x\nfor i in range(30):\n    a = a * 0.5 + i\n    b = a\nreturn a, b",
    "while": "a = 0\nwhile a < 30:\n    a += 1\n    b = a\n    if a == 20: b = o\nreturn b",
    "string": "a = ''\nfor i in range(10):\n    a += w\n    b = a\nreturn a == b, a != w, w + a, f'{w}{n!r:>5}{x}'",
    "string itself": "a = w\na += a\na += a\nreturn a",
    "string error": "a = w\na += n\nreturn a",
    "truth": "return [1 for a in (o, n, x, s, t, d, w, big, None, True) if a], not s, n and o or x",
    "none": "if x + x is None: return o\nwhile n - 1 is None: pass\nif (n * 3) is not None: return x - 1 is None",
    "identity": "a = [o]; return o is a[0], a[0] is not o, (x + 1) is None, n is n, [] is []",
    "compare": "a = n < x <= big; return a, o == n, w < w, s > s, t == t, (n, o) != (n, x), o in s, o not in d",
    "compare error": "return o < n",
    "index": "return s[0], t[-1], [o, n][1], (o, x)[0], w[0], d[n], s[1:], t[:1]",
    "index error": "return s[100]",
    "index owned": "return [o, x, n][n - n], (o, object())[0]",
    "store index": "a = [None, None]; a[0] = o; a[1] = a[0]; a[0] = x * 2; a[-1] = object(); d[n] = o; s[0] = s[0]; del a[0]",
    "store index error": "a = [o]; a[7] = object()",
    "unpack": "a, b = t[0], o; b, a = a, b; (a, b), *k = [(o, n), x, w]; a, b, = [object(), o]; return a, k",
    "unpack error": "a, b, e = o, n",
    "unpack many": "for a, (b, e) in [(o, (n, x)), (w, [s, t])]: pass\nreturn a, b, e",
    "build": "return [o, *s], (o, *t), {o, n}, {w: o, **d}, {a: o for a in t}, {a for a in t}, [a for a in s]",
    "generator": "def g(a):\n    b = yield a\n    yield from (b, o)\n    return o\ng = g(o); next(g); return g.send(x), list(g)",
    "generator dropped": "def g():\n    try:\n        yield o\n    finally:\n        n\nfor a in g(): break\nreturn [a for a in g()]",
    "generator thrown": "def g():\n    try:\n        yield o\n    except KeyError as e:\n        yield e\ng = g(); next(g); g.throw(KeyError(w)); g.throw(ValueError(o))",
    "iterate": "for a in s: b = a\nfor a in t: b = a\nfor a in d: b = a\nfor a in w: b = a\nfor a in {o}: b = a\nfor a in range(n): b = a\nfor a, b in enumerate(s): pass\nfor a, b in zip(s, t): pass\nreturn b",
    "views": "a = dict(d); a[o] = x\nfor b in a.items(): pass\nfor b in a.keys(): pass\nfor b in a.values(): pass\nfor b, e in a.items(): pass\nfor b in {o, n}: pass\nfor b in reversed([o, x]): pass\nfor b in frozenset(t): pass\nfor b in range(n, n + 3): pass\nfor b in range(n, n - 9, -2): pass\nreturn [b for b in a.values()]",
    "iterate to the end": "for a in [[o], [object()]]: pass\nfor a in {object(): o}: pass\nfor a, b in zip([o, object()], [object()]): pass\nfor a, b in enumerate([object(), o]): pass\nfor a, b in enumerate(w): pass\nfor a, b in zip(range(3), t): pass\nreturn a, b",
    "keys": "a = {w: o, n: x, o: 1, (n, w): 2, 2.5: 3}; return a[w], a[n], a[o], a[n, w], a[2.5], a[n + 0], w in a, n in a, o in a, n in {n, x}, w in 'wxyz', w[0] in 'wx', n in [1, n], x in t",
    "key error": "return {w: o, n: x}[n + 1]",
    "characters": "a = w[0] + w[-1]; b = [e == 'x' for e in w]; return a == w, ord(w[1]), chr(n % 128), w[n - n] != 'q'",
    "pop": "a = [o, object(), x]; a.pop(); b = a.pop(); a.append(b); [o, object()].pop(); return a.pop(), a.pop()",
    "instances": "class A:\n    def __init__(self, a, b=o): self.a = a; self.b = b; self.e = [a, b]\nclass B: pass\nclass S:\n    __slots__ = 'a',\n    def __init__(self, a): self.a = a\nfor e in s:\n    a = A(e); A(o, x); B(); S(e); A(b=e, a=B()).e[0]\nreturn a, S(B())",
    "instance error": "class A:\n    def __init__(self, a): self.a = a; self.b = a + o\nreturn A(n)",
    "instance result": "class A:\n    def __init__(self, a): return a\nA(None)\nreturn A(o)",
    "iterate error": "for a in n: pass",
    "iterate ends early": "for a in s:\n    for b in t:\n        return a, b",
    "closure": "def g():\n    nonlocal n\n    n += 1\n    return o, n\ndel x\ng(); g()\ntry:\n    x\nexcept NameError: pass\nreturn (lambda: x)()",
    "global": "global GLOBAL\nGLOBAL = o; a = GLOBAL; GLOBAL = None; len, abs; return a, UNKNOWN",
    "call": "def g(a, b=o, *k, e=x, **m): return a, b, k, e, m\ng(o); g(o, n); g(o, n, x, e=s, z=o); g(b=n, a=o); return g(*t, **{w: o})",
    "call simple": "def g(a, b=o): return a\ndef h(a): return g(a)\nh(o); g(o, n); g(b=o, a=x); return g(h(o)), h(g(object()))",
    "call error": "def g(a): pass\nreturn g(o, x)",
    "call error keyword": "def g(a): pass\nreturn g(o, zz=object())",
    "call raises": "def g(a, b): raise KeyError(a)\nreturn g(o, object())",
    "call builtin": "len(s); abs(n); isinstance(o, int); max(n, x); sorted(s, key=id); str(n); int(w, 36); type(o); repr(x); print(end=''); min(t, key=lambda a: id(a)); return divmod(n, 3), pow(n, 2, 5), getattr(o, 'zz', x)",
    "call builtin error": "return len(n)",
    "method": "a = []; a.append(o); a.append(object()); w.upper(); d.get(n, o); d.items(); a.pop(); a.pop(); return a.pop()",
    "attribute": "c.a = o; c.b = x; c.a = c.b; c.p; c.m(o); a = c.m; a(n); c.k(o); c.s(o); c.slot = o; c.slot; del c.a; del c.slot; return c.a",
    "attribute class": "class B:\n    y = o\n    def __init__(self, a): self.a = a\n    def m(self): return self.a\na = B(o); a.m(); B.m(a); a.y; B.y = n; a.m = lambda: x; return a.m(), a.y",
    "operators": "return c + o, o + c, c[o], c(o), -c, c == o, c < o, o in c, len(c), bool(c), list(c)",
    "super": "class B(type(c)):\n    def m(self, a): return super().m(a)\nreturn B().m(o)",
    "exception": "try:\n    raise KeyError(o)\nexcept (ValueError, KeyError) as e:\n    a = e.args\nelse:\n    a = 0\nfinally:\n    b = a\nreturn a, b",
    "exception nested": "try:\n    try:\n        raise KeyError(o)\n    except KeyError as e:\n        raise ValueError(x) from e\nexcept ValueError as e:\n    return e.__cause__.args",
    "exception again": "try:\n    n / 0\nexcept ZeroDivisionError:\n    a = object()\n    raise",
    "exception group": "try:\n    raise ExceptionGroup(w, [KeyError(o), ValueError(x)])\nexcept* KeyError as e:\n    a = e.exceptions",
    "assert": "assert n < 0, object()",
    "finally": "for a in s:\n    try:\n        continue\n    finally:\n        b = object()\nfor a in s:\n    try:\n        return a\n    finally:\n        b = object()",
    "with": "with c as a, c as b:\n    with c: raise KeyError(o)\n",
    "with return": "with c as a:\n    return a, o",
    "match": "r = []\nfor a in (o, n, x, s, t, d, w, c, None, {'k': 1, 'l': o}, (1, o)):\n    match a:\n        case None: r.append(1)\n        case int(b) | float(b): r.append(b)\n        case {'k': b, **k}: r.append(k)\n        case (1, b): r.append(b)\n        case [b, *k]: r.append(k)\n        case str(): r.append(a)\n        case _: r.append(o)\nreturn r",
    "slices": "a = list(range(10)); a[2:4] = [o]; del a[:2]; return a[::2], w[1:], t[n - n:]",
    "format": "return f'{o!r}{n}{x:.3f}{w:>10}', '%s %r' % (n, o), '{}'.format(o)",
    "coroutine": "async def g(a): return a\nasync def h():\n    b = await g(o)\n    async with c as k: b = k\n    async for k in c: b = k\n    return [k async for k in c], b\ntry:\n    h().send(None)\nexcept StopIteration as e:\n    return e.value",
    "async generator": "async def g():\n    yield o\n    yield object()\nasync def h():\n    return [k async for k in g()]\ntry:\n    h().send(None)\nexcept StopIteration as e:\n    return e.value",
    "import": "import math; from math import pi, sqrt; import os.path as p; return math.pi, sqrt(n), p.join(w, w)",
    "import error": "from math import nothing",
    "exec": "k = {'o': o}; exec('a = o; b = [a]; del a', k); return eval('b + [o]', k)",
    "frames": "import sys; a = sys._getframe(); b = a.f_locals; a = None; return b['o']",
    "many locals": "; ".join(f"v{i} = o; u{i} = v{i}" for i in range(50))
    + "; del v45; v46 = x * 2; return v49, u3, v46",
    "deep stack": "return [" + ", ".join(["o", "n", "x", "n + 1", "x * 2", "object()"] * 10) + "]",
    "deep stack error": "return f(" + ", ".join(["o", "n + 1", "x * 2", "object()"] * 12) + ", UNKNOWN)",
    "deep call": "return f(" + ", ".join(["o", "n + 1", "x * 2", "object()"] * 12) + ")",
    "finalizers": "class F:\n    def __del__(self): a = o\na = F(); a = F(); del a; F(); b = [F(), F()]; b[0] = None; a, b = F(), n\n[F()][0]; F() is None; (F(), o)[1]\nreturn F() == o",
    "chained": "a = b = e = object(); a = [b for b in (e, o) if b is not e]; return (k := a) and k",
    "lambda": "return (lambda a, *b, **k: (a, b, k))(o, x, z=n), sorted(s, key=lambda a: -id(a))",
    "star": "a = [*s, *t]; b = {**d, 'z': o}; return f(*a, **{'q': o}), f(*s, *t, o), f(**d2 if (d2 := {'q': o}) else d)",
}

SETUP = """
import gc
import sys

GLOBAL = None


class Thing:
    __slots__ = ("slot", "__dict__", "__weakref__")
    p = property(lambda self: self.__class__)

    def m(self, a):
        return a

    @classmethod
    def k(cls, a):
        return a

    @staticmethod
    def s(a):
        return a

    def __add__(self, a): return a
    __radd__ = __getitem__ = __call__ = __lt__ = __contains__ = __add__
    def __eq__(self, a): return self is a
    __hash__ = object.__hash__
    def __neg__(self): return self
    def __len__(self): return 3
    def __iter__(self): return iter((self, 1))
    def __enter__(self): return self
    def __exit__(self, *a): return True
    async def __aenter__(self): return self
    async def __aexit__(self, *a): return True
    def __aiter__(self): return self._items()
    async def _items(self):
        yield self
        yield 1


def f(*args, **kwargs):
    return args, kwargs


o, n, x, w, big = object(), 1009, 2.25, "wxyz", 10**30
s, t, d, c = [o, n], (o, x), {1009: o}, Thing()
watched = [o, n, x, w, big, s, t, d, c, Thing, f, None, True, False, 0, 1, 7, "", (), int, float, str, list, tuple, KeyError]


def once(function):
    try:
        function(o, n, x, s, t, d, w, big, f, c)
    except Exception:
        pass


def plain(item):
    return repr(item).partition(" at 0x")[0][:25]


def counts():
    gc.collect()
    return [sys.getrefcount(item) for item in watched]


def measure(function, times):
    for _ in range(times):
        once(function)


total_references = getattr(sys, "gettotalrefcount", int)  # debug builds of CPython have one

measure(function, 60)
before, blocks, total = counts(), sys.getallocatedblocks(), total_references()
measure(function, TIMES)
after, more, total = counts(), sys.getallocatedblocks() - blocks, total_references() - total
for item, old, new in zip(watched, before, after):
    print(f"{new - old} references to {plain(item)}")
print(f"{more} blocks")
print(f"{total} references in all")
"""

TIMES = 400
SLACK = TIMES // 2  # caches come and go; what is lost at every execution is lost TIMES times


def program(body: str) -> str:
    """Text of a program that prints how much there is more of what after TIMES executions."""
    head = "def function(o, n, x, s, t, d, w, big, f, c):\n"
    return f"TIMES = {TIMES}\n{head}{textwrap.indent(body, '    ')}\n{SETUP}"


def growth(interpreter: Interpreter, path: pathlib.Path, settings: dict[str, str]) -> dict[str, int]:
    """What the program printed."""
    run = interpreter.run(path, settings=settings)
    assert run.status == 0 and run.err == "", run.report()
    return {what: int(number) for number, what in (line.split(" ", 1) for line in run.out.splitlines())}


@pytest.mark.parametrize("name", FAMILIES)
def test_counts_are_balanced(jit: Interpreter, name: str, tmp_path: pathlib.Path) -> None:
    """References and allocated blocks neither grow nor shrink with executions, unless they do so in
    the interpreter too (making classes and matching mappings, up to 3.11.2)."""
    path = tmp_path / "balance.py"
    path.write_text(program(FAMILIES[name]))
    plain = growth(jit, path, {})
    compiled = growth(jit, path, {"PYJIT": "1", "PYJIT_THRESHOLD": "1"})
    wrong = {
        what: (plain[what], n)
        for what, n in compiled.items()
        if not min(0, plain[what]) - SLACK <= n <= max(0, plain[what]) + SLACK
    }
    assert not wrong, f"more after {TIMES} executions (plain, compiled): {wrong}"
