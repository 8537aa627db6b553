"""len() of instances whose class has __len__ in Python."""

from common import HOT, fresh, hot, outcome, runs, show


class Sized:
    def __init__(self, n): self.n = n
    def __len__(self): return self.n


class SizedInt(int):
    def __index__(self): return 7


class Indexed:
    def __index__(self): return 9


class AnyArguments:
    def __len__(*args, **kwargs): return len(args) + len(kwargs)


class ByKeyword:
    def __len__(self, *, by=3): return by


class ByDefault:
    def __len__(self, by=5): return by


class Counts:
    def __init__(self): self.items = [1, 2]

    def __len__(self):
        self.items.append(len(self.items))
        return len(self.items) % 5


def length(x): return len(x), len(x) + 1


for n in (0, 3, 2**30, 2**60, 2**63 - 1, 2**63, 2**70, -1, -(2**70), True, SizedInt(3), SizedInt(-3), Indexed(), 2.0, None, "x"):
    hot("len", lambda n=n: length(Sized(n)))
hot("len in turn", lambda i: length([Sized(i), [1] * i, "abc", Counts(), {1: 2}, 5, range(i)][i]), *((i,) for i in range(7)))
hot("len counts", lambda: length(Counts()))
for C in (AnyArguments, ByKeyword, ByDefault):
    hot(f"len {C.__name__}", lambda C=C, length=fresh(length): length(C()))


def shrinking(step):
    class C:
        def __len__(self, *, by=3): return by

    c, out, length_of = C(), [], fresh(length)
    for i in range(HOT * 2):
        if i == HOT:
            step(C, c)
        out.append(outcome(length_of, c))
    return runs(out)


def other_len(C, c): C.__len__ = lambda self: 4
def no_len(C, c): del C.__len__
def failing_len(C, c): C.__len__.__code__ = (lambda self: 1 / 0).__code__
def bound_len(C, c): C.__len__ = [1, 2].__len__
def class_len(C, c): C.__len__ = classmethod(lambda cls: 8)
def other_default(C, c): C.__len__.__kwdefaults__["by"] = 6
def no_default(C, c): C.__len__.__kwdefaults__ = None


for step in (other_len, no_len, failing_len, bound_len, class_len, other_default, no_default):
    show(step.__name__, *shrinking(step))
