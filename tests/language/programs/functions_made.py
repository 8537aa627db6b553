"""Functions, lambdas and comprehensions made and dropped: what they hold, who sees them, what their end does."""

import builtins
import gc
import sys
import tracemalloc
import weakref

from common import Token, hot, often, outcome, runs, show


def several(n):
    """Of what makes functions."""
    total = n
    add = lambda x: x + total
    scale = lambda x, by=n: x * by

    def inner(a, b=2, *c, d: int = n, **e) -> "str":
        """Documented."""
        nonlocal total
        total += 1
        return a, b, c, d, e, total

    listed = [add(i) + n for i in range(4) if i != n]
    by_key = {k: scale(k) for k in listed}
    return (
        listed,
        by_key,
        {x & 1 for x in listed},
        all(x > 0 for x in listed),
        inner(1),
        inner(1, 3, 4, d=5, f=6),
    )


hot("several", several, (0,), (1,), (2.5,), repeat=20)


def described(n):
    def f(a, b=(1, n), *, c=[n], d: "note" = None):
        """The text."""

    g = lambda: n
    h = lambda: None
    return (
        f.__name__,
        f.__qualname__,
        f.__module__,
        f.__doc__,
        f.__defaults__,
        f.__kwdefaults__,
        f.__annotations__,
        f.__dict__,
        f.__closure__,
        f.__globals__ is globals(),
        f.__builtins__ is builtins.__dict__,
        [c.cell_contents for c in g.__closure__],
        g.__qualname__,
        g.__doc__,
        h.__closure__,
        h.__code__.co_name,
        gc.is_tracked(f),
        gc.is_tracked(h),
        sys.getrefcount(h),
    )


hot("described", described, (1,), ("x",), repeat=20)


def changed(n):
    """A function that was changed leaves nothing to the next one in its memory."""
    f = lambda x=1: x
    if n % 3 == 0:
        f.attribute = n
        f.__name__ = "other"
        f.__qualname__ = "an.other"
        f.__module__ = None
        f.__doc__ = ["a list"]
    if n % 3 == 1:
        f.__defaults__ = (n, n)[:1]
        f.__kwdefaults__ = {"x": 2}
        f.__annotations__ = {"x": int}
    return (
        f(),
        f.__dict__,
        f.__name__,
        f.__qualname__,
        f.__module__,
        f.__doc__,
        f.__kwdefaults__,
        f.__annotations__,
    )


for i in range(6):
    hot("changed", changed, (i,), repeat=10)
hot("changed in turn", changed, (0,), (1,), (2,), repeat=30)


class Text(str):
    def __del__(self):
        show("end of text", str(self))


def named_by_subclass():
    f = lambda: None
    f.__name__ = Text("name")
    f.__qualname__ = Text("qualname")
    del f
    return "done"


hot("named by subclass", named_by_subclass, repeat=3)


def with_token(n):
    """What a closure or defaults hold ends with the function, unless it is held elsewhere."""
    token = Token()
    f = lambda: token
    g = lambda t=Token(): t
    held = f.__closure__[0] if n else None
    alive = Token.alive
    del token
    between = Token.alive
    del f
    after = Token.alive
    del g
    return alive, between, after, Token.alive, held is None


hot("tokens", with_token, (0,), (1,), repeat=20)
show("alive", Token.alive)


def end_of_function():
    """A weak reference's callback comes when the function ends."""
    seen = []
    f = lambda: seen
    r = weakref.ref(f, lambda r: seen.append("gone"))
    before = r() is f
    del f
    return before, r() is None, seen


hot("weak references", end_of_function, repeat=20)


def cycles(n):
    """A recursive inner function is garbage that the collector finds."""

    def fact(k):
        return 1 if k < 2 else k * fact(k - 1)

    return fact(n)


gc.collect()
for _ in range(3):
    often(cycles, 6)
    show("found", gc.collect() > 0, gc.collect())


def module_changes(n):
    global __name__
    name, seen = __name__, []
    for i in range(n):
        f = lambda: None
        seen.append(f.__module__ == name)
        if i == n // 2:
            __name__ = "changed"
    __name__ = name
    return runs(seen)


hot("module changes", module_changes, (10,), (40,), repeat=4)

ELSEWHERE = """
def make(n):
    made = [(lambda: len), [x for x in range(n)], (lambda a=n: a)]
    f = made[0]
    return f.__module__, type(f.__builtins__).__name__, outcome(f), made[1], made[2]()
for _ in range(3):
    print(often(make, 3))
if changes:
    globals()["__builtins__"] = {"len": "mine"}
    print(often(make, 3))
    del globals()["__builtins__"]
    print(often(make, 3))
"""


def elsewhere(**more):
    namespace = {"often": often, "outcome": outcome, "changes": False, **more}
    try:
        exec(ELSEWHERE, namespace)
    except Exception as error:
        show("raises", error)


elsewhere()
elsewhere(__name__="named")
elsewhere(__name__=5)
elsewhere(__builtins__={"len": 3, "range": range, "type": type, "print": print})
elsewhere(__builtins__=builtins, changes=True)


class Namespace(dict):
    def __getitem__(self, key):
        return "mine" if key == "missing" else dict.__getitem__(self, key)


namespace = Namespace(often=often, outcome=outcome, changes=False, __name__="space")
exec(ELSEWHERE, namespace)


def in_class(n):
    class C:
        x = n
        method = lambda self: (self.x, __class__)

        def other(self):
            return [self.x for _ in range(2)], super().__repr__()[:1]

    c = C()
    return c.method()[0], c.other()


hot("in class", in_class, (1,), (2,), repeat=10)


def decorated(n):
    def decorate(f):
        def wrapper(*args, **kwargs):
            return "wrapped", f(*args, **kwargs)

        return wrapper

    @decorate
    def f(x, y=n):
        return x, y

    return f(1), f(1, y=2)


hot("decorated", decorated, (1,), (2,), repeat=20)


def kept(n):
    """Functions that stay are not those that come."""
    made = [lambda: i for i in range(n)]
    return len({id(f) for f in made}), [f() for f in made]


hot("kept", kept, (3,), (80,), repeat=5)


def while_traced(n):
    tracemalloc.start()
    result = [x + n for x in range(3)], (lambda: n)()
    tracemalloc.stop()
    return result, [x + n for x in range(3)]


hot("while traced", while_traced, (1,), repeat=5)


def iterators(n):
    """Comprehensions that end before their iterator does."""

    def fails(x):
        if x == n:
            raise KeyError(x)
        return x

    items = [[1], [2], [3]]
    found = outcome(lambda: [fails(x[0]) for x in items])
    it = iter(items)
    first = next(it)
    del it
    return found, first, sys.getrefcount(items), any(x == [2] for x in items)


hot("iterators", iterators, (2,), (9,), repeat=20)


def ends_with_iterator():
    seen = []

    class Item:
        def __del__(self):
            seen.append(len(seen))

    def last():
        it = iter([Item(), Item(), Item()])
        next(it)
        return 1

    def last_of_tuple():
        it = iter((Item(), [Item()]))
        return 2

    return last(), seen[:], last_of_tuple(), seen


hot("ends with iterator", ends_with_iterator, repeat=10)
