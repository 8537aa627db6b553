"""Numbers that lie side by side: bytes, bytearray and array.array by index."""

from array import array

from common import often, show

VALUES = {
    "b": (-128, 127, 0), "B": (0, 255, 7), "h": (-(2**15), 2**15 - 1, 5), "H": (0, 2**16 - 1, 300),
    "i": (-(2**31), 2**31 - 1, 9), "I": (0, 2**32 - 1, 9), "l": (-(2**63), 2**63 - 1, 2**60), "L": (0, 2**64 - 1, 2**63),
    "q": (-(2**63), 2**63 - 1, -(2**61)), "Q": (0, 2**64 - 1, 1), "f": (0.5, -1.25, 1e30), "d": (0.1, -0.0, float("inf")),
    "u": ("a", "\xe9", "\u20ac"),
}  # fmt: skip
MADE = [array(code, values) for code, values in VALUES.items()] + [b"\x00\xffab", bytearray(b"\x00\xffab")]


def read(a, i):
    return a[i]


def write(a, i, x):
    a[i] = x
    return a[i]


def total(a):
    s = 0
    for i in range(len(a)):
        s += a[i]
    return s


def add(a, n):
    for i in range(n):
        a[i % len(a)] += 1
    return a


# What each holds, from both ends and beyond; a function for each kind, and one for all of them.
for made in MADE:
    exec("def read_one(a, i):\n    return a[i]\n")
    for i in (0, 1, 2, -1, -2, -len(made), len(made), -len(made) - 1, 2**62, 2**70, True, 1.0, None, slice(0, 2)):
        show("read", type(made).__name__, getattr(made, "typecode", ""), repr(i), often(read_one, made, i), often(read, made, i))  # noqa: F821
    show("read", often(total, made))

# What can be written, and what cannot.
for made in MADE:
    exec("def write_one(a, i, x):\n    a[i] = x\n    return a[i]\n")
    edges = [v for values in VALUES.values() for v in values]
    for x in (*edges, -1, 256, 2**16, 2**31, 2**32, 2**63, 2**64, -(2**31) - 1, True, 1, 1.5, float("nan"), None, b"a"):
        for i in (0, -1):
            show("write", getattr(made, "typecode", type(made).__name__), repr(x), i, often(write_one, made[:], i, x))  # noqa: F821
            show("write", often(write, made[:], i, x), often(write, made[:], 99, x))
    for i in (3, -4, 2**64, None, True):
        show("write at", repr(i), often(write_one, made[:], i, made[0]))  # noqa: F821

# One after the other, until what is written does not fit any more.
for code in "bBhHilq":
    show("add", often(add, array(code, [1, 2, 3]), 300), often(add, array(code, [0]), 70000 if code in "hH" else 5))
show("add", often(add, bytearray(3), 300), often(add, bytearray(3), 900), often(add, array("d", [0.5, 1e308]), 9))


# Types that look like these: subclasses with and without methods of their own, a class of the same name.
class Plain(bytearray):
    pass


class Doubling(array):
    def __getitem__(self, i):
        return super().__getitem__(i) * 2

    def __setitem__(self, i, x):
        super().__setitem__(i, x + 1)


class Text(bytes):
    def __getitem__(self, i):
        return chr(super().__getitem__(i))


Fake = type("array.array", (), {"__getitem__": lambda self, i: ("fake", i), "__setitem__": lambda self, i, x: None})
for made in (Plain(b"abc"), Doubling("d", [1.5, 2.5]), Doubling("b", [1, 2]), Text(b"abc"), Fake(), [4, 5], {0: 6, 1: 7}):
    show("like", type(made).__name__, often(read, made, 1), often(write, made, 1, 3))


# Changed in between: emptied, made longer, exported.
def shrink(a):
    seen = []
    while True:
        seen.append(a[0])
        a.pop()


def exported(a):
    with memoryview(a) as view:
        a[0] = 5
        seen = view[0], a[0]
        view[1] = 6
    return seen, a[1], len(a)


def grow(a):
    for i in range(40):
        a.append(i)
        a[-1] += a[i]
    return a[:6], a[39]


for code in "bdl":
    show("shrink", often(lambda code=code: shrink(array(code, [1, 2, 3]))))
    show("exported", often(exported, array(code, [1, 2, 3])), often(lambda code=code: grow(array(code))))
show("shrink", often(lambda: shrink(bytearray(b"abc"))), often(exported, bytearray(b"abc")), often(lambda: grow(bytearray())))


# Temporary ones, and numbers that are also something else.
def temporary(i):
    return b"abc"[i] + bytes([i, 5])[0] + bytearray([9, i])[1] + array("d", [i])[0]


def crossed(a, f, i):
    x = a[i]
    y = f[x & 1]
    f[i] = y * 2
    a[x & 1] = i
    return x, y, x is a[i], f[i] is f[i]


show("temporary", often(temporary, 1), often(temporary, 2))
show("crossed", often(lambda: crossed(array("i", [1, 2]), array("d", [0.5, 1.5]), 1)))
