"""Comparisons whose truth is tested or kept: `or`, `and`, chains of them, strings against constants."""

import ctypes
import sys
import warnings

from common import Token, often, show

TEXTS = [
    "",
    "a",
    "b",
    "\xe9",
    "\u20ac",
    "\U0001f600",
    "ab",
    "ba",
    "abc",
    "x" * 300,
    "\0",
    "a\0",
    'é"',
    "\xff",
]
MADE = [
    "".join(["a"]),
    b"a".decode("latin-1"),
    "ab"[:1],
    "xa"[-1],
    str(b"\xe9", "latin-1"),
    "a\u20ac"[:1],
    "ABC".lower(),
    "%s" % "ab",
    "a".replace("a", "ab"),
]


def character(c):
    if c == "a":
        return 1
    if c != "b" and "\xe9" == c:
        return 2
    if "\u20ac" == c or c == "":
        return 3
    if not (c != "ab"):
        return 4
    while c != "abc":
        return 5
    return 6


def kept(c):
    return (
        c == "a" or c == "b" or c == "\xe9",
        c != "a" and c != "b" and "x" * 300 != c,
        c == "a" and c or "none",
        c == "a" or c,
        not (c == "" or c == "abc"),
        (c == "ab" or c == "ba") is True,
    )


for text in TEXTS + MADE:
    show("text", ascii(text)[:20], often(character, text), often(kept, text))


class Equal(str):
    def __eq__(self, other):
        return "equal to " + other

    def __ne__(self, other):
        return []

    __hash__ = str.__hash__


for other in (Equal("a"), Equal("zz"), None, 1, 1.5, b"a", ("a",), Token):
    show("other", type(other).__name__, often(character, other), often(kept, other))


warnings.simplefilter("ignore")


# A string that is not ready until it is asked for, as old extensions make them.
def make_old(text):
    make, memory = ctypes.pythonapi.PyUnicode_FromUnicode, ctypes.pythonapi.PyUnicode_AsUnicode
    make.restype, make.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_ssize_t]
    memory.restype, memory.argtypes = ctypes.c_void_p, [ctypes.py_object]
    made = make(None, len(text))
    ctypes.memmove(memory(made), ctypes.create_unicode_buffer(text), ctypes.sizeof(ctypes.c_wchar) * len(text))
    return made


def same(a, b):
    return a == b


def size(text):
    return len(text)


def truth(text):
    return "true" if text else "false"


def old():
    found = []
    for text in ("a", "ab", "abc", "b"):
        found.append((character(make_old(text)), kept(make_old(text))))
    for text in ("abc", "ab"):
        found.append((same(make_old(text), "abc"), same("", make_old(text)), size(make_old(text)), truth(make_old(text))))
    return found


if hasattr(ctypes.pythonapi, "PyUnicode_FromUnicode"):
    show("old", often(old))


# Numbers, identity, membership, isinstance: what is kept is True or False itself, or the last operand.
def numbers(a, b):
    return (
        a < b or a > b,
        a == b and a <= b,
        a < 5 or b < 5 or "neither",
        (a is b) or (a is not None and "other"),
        a in (1, 2, b) or a not in [3],
        isinstance(a, int) and isinstance(b, float) or a,
        a != a or b != b or None,
        [a < b or b, a > b and b][a == b],
        a < b < 9 or a,
        (a < b or a == b) + (b < a and b > 1),
    )


NAN = float("nan")
for a, b in (
    (1, 2),
    (2, 1),
    (1.5, 1.5),
    (NAN, 1.0),
    (NAN, NAN),
    (2**70, 1),
    (1, 2.5),
    (True, 1),
    (7, 8),
):
    show("numbers", repr((a, b)), often(numbers, a, b))


def identity(a, b):
    kept = a is b or a
    return (
        kept is a,
        (a is not b and b) is b,
        (a is None or b is None) + 0,
        [a is b or 5][0] == 5,
    )


show(
    "identity",
    often(identity, None, 1),
    often(identity, [], []),
    often(lambda: identity(Token(), Token())),
    Token.alive,
)


# In loops, where what is kept comes together with what is not; and where it is used up at once.
def loop(values):
    kept = []
    for v in values:
        w = v == "a" or v == 1 or v
        kept.append(w)
        if (v == "b" or v == 2) == w:
            kept.append("same")
        kept.append(not (v == "a" and w is True))
    return kept


show(
    "loop",
    often(loop, ["a", "b", "c", 1, 2, 3, None, "a"]),
    often(loop, [1.0, True, "b"]),
)


def counted(n):
    count = 0
    for i in range(n):
        count += i % 3 == 0 or i % 5 == 0
        count += (i > 10 and i < 20) or (i == 3 and "text") == "text"
    return count


show("counted", often(counted, 50))


# Operands that are temporaries, and comparisons that raise or look at the frame.
class Raises:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        if self.n == other:
            raise ValueError(self.n)
        return sys._getframe(1).f_lineno > 0

    def __lt__(self, other):
        return [] if self.n else [0]


def raising(x):
    try:
        return x == 1 or x == 2 or x == 3, x < 1 or x < 2, x < 1 and x < 2
    except ValueError as error:
        return (
            error.args,
            error.__traceback__.tb_lineno
            - error.__traceback__.tb_frame.f_code.co_firstlineno,
        )


def temporary(x):
    return str(x) == "5" or str(x) + "" == "6" or repr(x)[0] == "7" or (x, x)[1] is x


for n in range(5):
    show("raising", n, often(lambda n=n: raising(Raises(n))), often(temporary, n + 4))


def traced():
    events = []

    def hook(frame, event, argument):
        if frame.f_code is numbers.__code__ or frame.f_code is kept.__code__:
            events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return hook

    sys.settrace(hook)
    numbers(1, 2)
    kept("b")
    sys.settrace(None)
    return events


show("traced", often(traced))
