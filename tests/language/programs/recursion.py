"""Depth: where RecursionError comes, and that depth does not use up the C stack."""

import sys
import threading

from common import hot, outcome, show


def depth_reached(f, *args):
    global reached
    reached = 0
    try:
        f(*args)
    except RecursionError as e:
        return reached, str(e)
    return reached, "no error"


def down():
    global reached
    reached += 1
    down()


def down_arg(n, *a, k=1):
    global reached
    reached += 1
    return down_arg(n + 1, k=2) + 1


class C:
    def method(self):
        global reached
        reached += 1
        self.method()

    def __init__(self, n=None):
        global reached
        if n is not None:
            reached += 1
            C(n + 1)

    def __getattr__(self, name):
        global reached
        reached += 1
        return self.missing

    def __call__(self):
        global reached
        reached += 1
        self()

    def __add__(self, o):
        global reached
        reached += 1
        return self + o

    def __getitem__(self, k):
        global reached
        reached += 1
        return self[k]

    def __eq__(self, o):
        global reached
        reached += 1
        return self == o

    def __iter__(self):
        global reached
        reached += 1
        return iter(self)

    @property
    def prop(self):
        global reached
        reached += 1
        return self.prop

    def __repr__(self):
        global reached
        reached += 1
        return repr(self)

    def __bool__(self):
        global reached
        reached += 1
        return not self

    def __lt__(self, o):
        global reached
        reached += 1
        if self < o:
            return True
        return False


def ping():
    global reached
    reached += 1
    pong()


def pong():
    global reached
    reached += 1
    ping()


def through_map():
    global reached
    reached += 1
    list(map(lambda x: through_map(), [1]))


def through_sorted():
    global reached
    reached += 1
    sorted([1, 2], key=lambda x: through_sorted())


def star_call(*a):
    global reached
    reached += 1
    star_call(*a)


def kw_call(**k):
    global reached
    reached += 1
    kw_call(**k)


def gen():
    global reached
    reached += 1
    yield from gen()


def gen_for():
    global reached
    reached += 1
    for x in gen_for():
        yield x


async def coro():
    global reached
    reached += 1
    await coro()


def comp():
    global reached
    reached += 1
    [comp() for _ in range(1)]


def with_try():
    global reached
    reached += 1
    try:
        with_try()
    finally:
        reached += 0


def closure():
    def inner():
        global reached
        reached += 1
        inner()

    inner()


def exec_level():
    global reached
    reached += 1
    exec("exec_level()")


CASES = {
    "down": down, "arg": lambda: down_arg(1), "method": lambda: C().method(), "init": lambda: C(1), "getattr": lambda: C().x, "call": lambda: C()(), "add": lambda: C() + 1,
    "getitem": lambda: C()[1], "eq": lambda: C() == 1, "iter": lambda: iter(C()), "prop": lambda: C().prop, "repr": lambda: repr(C()), "ping": ping, "map": through_map,
    "sorted": through_sorted, "star": lambda: star_call(1), "kw": lambda: kw_call(a=1), "gen": lambda: list(gen()), "gen for": lambda: list(gen_for()), "comp": comp, "try": with_try,
    "closure": closure, "lambda": lambda: (lambda f: f(f))(lambda f: f(f)), "coro": lambda: coro().send(None), "bool": lambda: bool(C()), "lt": lambda: C() < C(), "exec": exec_level,
}
for limit in (200, 1000):
    sys.setrecursionlimit(limit)
    for name, f in CASES.items():
        # The interpreter's own count of C frames changes while it specializes: what it settles on counts.
        results = [depth_reached(f) for _ in range(30)]
        show(f"{limit} {name}", results[-10] if len(set(results[-10:])) == 1 else results)
sys.setrecursionlimit(1000)


def catches(n):
    """The error is caught deep down and recursion goes on from there."""
    try:
        return catches(n + 1)
    except RecursionError:
        return n


hot("caught", lambda: catches(0), repeat=10)


def handler_recurses(n):
    try:
        handler_recurses(n + 1)
    except RecursionError:
        try:
            return down()
        except RecursionError as e:
            return str(e)


hot("handler", lambda: handler_recurses(0), repeat=3)


def sum_to(n): return 0 if n == 0 else n + sum_to(n - 1)


def exactly(n):
    try:
        return sum_to(n)
    except RecursionError:
        return "error"


for _ in range(30):
    exactly(1000)
hot("edge", lambda: [n for n in range(950, 1010) if exactly(n) == "error"][:1], repeat=5)
hot("limit type", lambda: outcome(sys.setrecursionlimit, 1))

sys.setrecursionlimit(200_000)


def deep(n): return 0 if n == 0 else deep(n - 1) + 1


def deep_float(n, x): return x if n == 0 else deep_float(n - 1, x + 0.5)


def deep_two(a, b, *, k=0): return k if a == b else deep_two(a + 1, b, k=k + 1)


class Node:
    def __init__(self, n): self.next = None
    def length(self): return 1 if self.next is None else 1 + self.next.length()


def deep_try(n):
    try:
        return 0 if n == 0 else deep_try(n - 1) + 1
    finally:
        n


def deep_raise(n):
    if n == 0:
        raise KeyError("bottom")
    deep_raise(n - 1)


show("deep", [deep(150_000) for _ in range(3)])
show("deep float", [deep_float(150_000, 0) for _ in range(3)])
show("deep two", [deep_two(0, 150_000) for _ in range(2)])
show("deep try", [deep_try(150_000) for _ in range(2)])
show("deep mutual", (lambda e, o: e(150_000, e, o))(lambda n, e, o: True if n == 0 else o(n - 1, e, o), lambda n, e, o: False if n == 0 else e(n - 1, e, o)))

# Many functions, each of which is called too rarely at first to be compiled.
RING = 60
ring = {}
for number in range(RING):
    exec(f"def f(n):\n    return n and 1 + ring[{(number + 1) % RING}](n - 1)\nring[{number}] = f")
show("deep ring", ring[0](150_000))

first = node = Node(0)
for _ in range(100_000):
    node.next = Node(0)
    node = node.next
show("deep method", first.length())
node = first
while node:  # take it apart without recursion
    node.next, node = None, node.next
try:
    deep_raise(100_000)
except KeyError as e:
    tb, n = e.__traceback__, 0
    while tb:
        tb, n = tb.tb_next, n + 1
    show("deep raise", str(e), n)
    e.__traceback__ = None


def deep_frames(n):
    if n:
        return deep_frames(n - 1)
    f, k = sys._getframe(), 0
    while f:
        f, k = f.f_back, k + 1
    return k


show("deep frames", deep_frames(50_000))


def deep_then_c(n):
    return len(sorted([3, 1, 2], key=lambda x: x)) if n == 0 else deep_then_c(n - 1)


show("deep then C", deep_then_c(100_000))


def thread_deep():
    results.append(deep(100_000))


results = []
threading.stack_size(1 << 20)
for _ in range(3):
    t = threading.Thread(target=thread_deep)
    t.start()
    t.join()
show("thread", results)


def deep_generators(n):
    def chain(k):
        if k:
            yield from chain(k - 1)
        else:
            yield "bottom"
    return list(chain(n))


show("generators", deep_generators(1000))


# Which calls of builtins count as a level.
sys.setrecursionlimit(400)


class Names(list):
    pass


class Same:
    def __init__(self, function):
        self.function = function

    def __eq__(self, other):
        self.function()
        return True


def counted(call):
    def go():
        global reached
        reached += 1
        return call(go)

    return go


CALLS = {
    "any": lambda go: any(go() for _ in "a"),
    "all": lambda go: all(go() for _ in "a"),
    "min": lambda go: min(go() for _ in "a"),
    "max": lambda go: max(go() for _ in "a"),
    "sum": lambda go: sum(go() for _ in "a"),
    "list": lambda go: list(go() for _ in "a"),
    "set": lambda go: set(go() for _ in "a"),
    "sorted": lambda go: sorted(go() for _ in "a"),
    "join": lambda go: "".join(go() for _ in "a"),
    "sort": lambda go: [1].sort(key=lambda _: go()),
    "index": lambda go: [1].index(Same(go)),
    "index of a subclass": lambda go: Names([1]).index(Same(go)),
    "sort of a subclass": lambda go: Names([1]).sort(key=lambda _: go()),
    "sort without a key": lambda go: ([1].sort(key=None), go()),
    "split with a keyword": lambda go: ("a,b".split(sep=","), go()),
    "to_bytes with keywords": lambda go: ((3).to_bytes(length=4, byteorder="big"), go()),
}
for name, call in CALLS.items():
    go = counted(call)
    show(name, *[depth_reached(go)[0] for _ in range(60)][-3:])  # CPython has specialized the calls by then


# Which builtins still count as a level while they look at what a generator has given them.
class Asked:
    def __init__(self, function):
        self.function = function

    def __bool__(self):
        self.function()
        return False

    def __lt__(self, other):
        self.function()
        return False

    __gt__ = __lt__
    __hash__ = None


class Hashed(Asked):
    def __hash__(self):
        self.function()
        return 1


LOOKS = {
    "any": lambda go: any(Asked(go) for _ in "a"),
    "all": lambda go: all(Asked(go) for _ in "a"),
    "min": lambda go: min(Asked(go) for _ in "ab"),
    "max": lambda go: max(Asked(go) for _ in "ab"),
    "sorted": lambda go: sorted(Asked(go) for _ in "ab"),
    "set": lambda go: set(Hashed(go) for _ in "a"),
}
for name, call in LOOKS.items():
    go = counted(call)
    show("looks", name, *[depth_reached(go)[0] for _ in range(60)][-3:])
