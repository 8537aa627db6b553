"""The classes of a program: a kind of class, and members picked from a pool."""

from __future__ import annotations

import dataclasses
import random

from fuzz.grammar import Expander, Scope, indented

# Heads: what makes instances have the attributes n, f, s, items, next.
PLAIN = """\
def __init__(self, n=<lit:int>, f=<lit:float>):
    self.n = n
    self.f = f
    self.s = <str>
    self.items = [n, f]
    self.next = self"""
SHUFFLED = """\
def __init__(self, n=<lit:int>, f=<lit:float>):
    if tick(3):
        self.x = n
    self.next = O_NONE
    self.f, self.n = f, n
    self.s = <str>
    self.items = (1, n)"""
SLOTS = """\
__slots__ = ('n', 'f', 's', 'items', 'next', 'x')
def __init__(self, n=<lit:int>, f=<lit:float>):
    self.n = n
    self.f = f
    self.s = <str>
    self.items, self.next = [<any>], self"""
STATIC = """\
n = <lit:int>
f = <lit:float>
s = <lit:str>
items = [1, 2]
next = None"""
DELETED = """\
def __init__(self, n=<lit:int>, f=<lit:float>):
    self.n, self.f, self.s, self.items = n, f, <str>, []
    self.next = self
def __del__(self):
    emit('del ' + text(self.n) + seen())"""
HEADS = [
    (PLAIN, ""),
    (PLAIN, ""),
    (PLAIN, ""),
    (SHUFFLED, ""),
    (SLOTS, ""),
    (STATIC, ""),
    (DELETED, ""),
    (DELETED, ""),
]
BUILTINS = ["int", "float", "str", "list", "dict", "tuple", "Exception"]

# Every class has these, one of each line.
USUAL = [
    [
        "def method(self, v=None):\n    return self.n",
        "def method(self, v=0):\n    return v",
        "def method(self, *a):\n    return self.n + <int>",
        "@staticmethod\ndef method(v=1):\n    return v",
        "@classmethod\ndef method(cls, v=1):\n    return cls",
    ],
    [
        "def add(self, v):\n    return self.n + v",
        "def add(self, v, w=<lit:int>):\n    self.n += v\n    return self.n * w",
        "def add(self, v, *, k=2):\n    return v + k",
    ],
    [
        "def scale(self, v):\n    return self.f * v",
        "def scale(self, v):\n    self.f += v\n    return self.f",
    ],
    ["def bump(self):\n    self.n += 1\n    self.f *= <float>", "def bump(self):\n    <effect>"],
    [
        "@property\ndef prop(self):\n    return self.n",
        "@property\ndef prop(self):\n    <effect>\n    return self.f",
    ],
    ["def __repr__(self):\n    return 'C'"],
    ["cached = Descriptor(<lit:int>)", "cached = DataDescriptor(<lit:int>)", "cached = <lit:int>"],
    [
        "def __add__(self, other):\n    return self.n + 1",
        "def __add__(self, other):\n    self.n += 1\n    return self",
        "def __add__(self, other):\n    <effect>\n    return other",
        "def __add__(self, other):\n    return NotImplemented",
    ],
    [
        "def __radd__(self, other):\n    return other",
        "def __mul__(self, other):\n    return self.f * 2.0",
        "def __sub__(self, other):\n    return self.n - 1",
        "def __iadd__(self, other):\n    self.n += 1\n    return self",
    ],
    [
        "def __getitem__(self, k):\n    if k == 3:\n        raise IndexError(k)\n    return self.n",
        "def __iter__(self):\n    yield self.n\n    <effect>\n    yield self.f",
        "def __iter__(self):\n    return iter((self.n, 2, 3))",
    ],
    ["def __setitem__(self, k, v):\n    self.n = v", "def __setitem__(self, k, v):\n    <effect>"],
    [
        "def __lt__(self, other):\n    return self.n < 5",
        "def __lt__(self, other):\n    <effect>\n    return NotImplemented",
    ],
    [
        "def __eq__(self, other):\n    return self is other",
        "def __neg__(self):\n    return self.n",
        "def __bool__(self):\n    return self.n > 1",
    ],
    [
        "@staticmethod\ndef fixed(v=1):\n    return v",
        "@classmethod\ndef fixed(cls, v=1):\n    return cls.shared",
        "def fixed(v=2):\n    return v",
    ],
    ["shared = <lit:int>", "shared = <lit:float>", "shared = [1]"],
    ["def twin(self):\n    return type(self)()", "def twin(self):\n    return self"],
]

# A body of a dunder that gives a value of some kind, or something odd.
ODD = [
    "return NotImplemented",
    "return other",
    "return self",
    "return <any>",
    "raise <exception>",
    "<effect>\n    return <any>",
    "self.n = <any>\n    return NotImplemented",
    "emit('odd')\n    return <int>",
]
BINARY = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
    "matmul",
    "pow",
]
COMPARE = ["eq", "ne", "lt", "le", "gt", "ge"]
POOL = [
    "def __bool__(self):\n    <effect>\n    return <bool>",
    "def __bool__(self):\n    return <any>",
    "def __len__(self):\n    return <small>",
    "def __iter__(self):\n    <effect>\n    return iter([<any>, <any>, self.n])",
    "def __iter__(self):\n    yield self.n\n    <effect>\n    yield <any>",
    "def __iter__(self):\n    self.i = 0\n    return self\n"
    "def __next__(self):\n    self.i += 1\n    <effect>\n    if self.i > 3:\n        raise StopIteration\n"
    "    return self.i",
    "def __getitem__(self, k):\n    if k == 3:\n        raise IndexError(k)\n    return <any>",
    "def __setitem__(self, k, v):\n    <effect>\n    self.n = v",
    "def __delitem__(self, k):\n    <effect>",
    "def __contains__(self, v):\n    return <any>",
    "def __call__(self, *a, **k):\n    return a, self.n",
    "def __call__(self, v):\n    <effect>\n    return v",
    "def __index__(self):\n    return <small>",
    "def __int__(self):\n    return <int>",
    "def __float__(self):\n    return <float>",
    "def __hash__(self):\n    return <small>",
    "def __neg__(self):\n    <effect>\n    return <any>",
    "def __invert__(self):\n    return <any>",
    "def __abs__(self):\n    return <any>",
    "def __repr__(self):\n    return 'repr'",
    "def __str__(self):\n    return <any>",
    "def __format__(self, how):\n    return 'format' + how",
    "def __getattr__(self, name):\n    if name == 'missing':\n        return <any>\n"
    "    raise AttributeError(name)",
    "def __getattribute__(self, name):\n    <effect>\n    return object.__getattribute__(self, name)",
    "def __setattr__(self, name, v):\n    <effect>\n    object.__setattr__(self, name, v)",
    "def __delattr__(self, name):\n    emit('delattr ' + name)",
    "def __enter__(self):\n    return <any>\ndef __exit__(self, *a):\n    <effect>\n    return <bool>",
    "def __iadd__(self, other):\n    self.n = other\n    return self",
    "def __iadd__(self, other):\n    return NotImplemented",
    "@property\ndef prop(self):\n    <effect>\n    return self.n",
    "@property\ndef prop(self):\n    return <any>\n@prop.setter\ndef prop(self, v):\n    self.f = v",
    "cached = Descriptor(<lit:int>)",
    "cached = DataDescriptor(<lit:int>)",
    "sticky = Descriptor(<lit:any>)",
    "__match_args__ = ('n', 'f')",
    "def __instancecheck__(self, v):\n    return <bool>",
    "x = <lit:any>",
    "n = <lit:int>",
    "def __new__(cls, *a):\n    <effect>\n    return super().__new__(cls, *a[:<zero>])",
    "def __init_subclass__(cls):\n    emit('subclass ' + cls.__name__)",
    "__class_getitem__ = lambda *a: 7",
]
DESCRIPTORS = """\
class Descriptor:
    def __init__(self, value):
        self.value = value

    def __get__(self, instance, owner):
        <effect>
        self.value = <any>
        return instance is None or self.value


class DataDescriptor(Descriptor):
    def __set__(self, instance, value):
        <effect>
        self.value = value


class Meta(type):
    def __call__(cls, *a, **k):
        <effect>
        return super().__call__(*a, **k)

    def __instancecheck__(cls, v):
        <effect>
        return <bool>

    def __getattr__(cls, name):
        return <any>


O_NONE = None
"""


@dataclasses.dataclass(frozen=True)
class Class:
    """A class of the program."""

    name: str
    arguments: int  # it takes at most so many


def _member(rng: random.Random) -> str:
    """Return one member's template."""
    if rng.random() < 0.5:
        return rng.choice(POOL)
    name = rng.choice(BINARY if rng.random() < 0.65 else COMPARE)
    if name in BINARY:
        name = rng.choice(("", "r", "i", "")) + name
    body = rng.choice(ODD) if rng.random() < 0.5 else "return self.n + <int>"
    return f"def __{name}__(self, other):\n    {body}"


def class_lines(writer: Expander, number: int, earlier: list[Class]) -> tuple[Class, list[str]]:
    """Return a class and its lines.  `writer` makes the expressions in methods."""
    rng = writer.rng
    head, bases = rng.choice(HEADS)
    arguments = 2
    if number > 0 and rng.random() < 0.25:
        bases = rng.choice(earlier).name
    elif number > 0 and rng.random() < 0.3:
        bases, head = rng.choice(BUILTINS), STATIC
    if head is STATIC:
        arguments = 1 if bases else 0
    if rng.random() < 0.12:
        bases = f"{bases}, metaclass=Meta" if bases else "metaclass=Meta"
    scope = Scope(frozenset(), {"self": "obj"})
    members = ["SHOWN = ('n',)", head, *(rng.choice(usual) for usual in USUAL)]
    members += [_member(rng) for _ in range(rng.randint(0, 7))]
    lines: list[str] = []
    for member in members:
        lines += writer.lines(member, scope.inner(), 1)
    name = f"C{number}"
    # A class that cannot be made is replaced by a plain one: layouts may conflict.
    made = [f"class {name}({bases}):" if bases else f"class {name}:", *indented(lines)]
    fallback = [f"class {name}:", *indented(writer.lines(PLAIN, scope.inner(), 1)), "    bump = add = print"]
    return Class(name, arguments), ["try:", *indented(made), "except (TypeError, ValueError) as e:",
                                    "    emit(trouble(e))", *indented(fallback)]  # fmt: skip
