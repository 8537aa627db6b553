"""send() of generators and coroutines, `yield from` and `await` of all that they take, and how each of them goes wrong."""

import sys
import weakref

from common import Token, error_text, hot, outcome, show, trace_hot

# ---- send() ----------------------------------------------------------------------------------------


def adder(total):
    while True:
        x = yield total
        if x is None:
            return total, "done"
        if x == "raise":
            raise ValueError(total)
        total += x


def summed(values):
    g = adder(0)
    g.send(None)
    out = [g.send(v) for v in values]
    try:
        g.send(None)
    except StopIteration as e:
        out.append(e.value)
    return out


hot("summed", summed, ([1, 2, 3],), ([0.5, 1, True],), ([2**62, 2**62],), ([],))


def one_by_one(values):
    g = adder(0)
    g.send(None)
    last = None
    for v in values:
        last = g.send(v)
    return last


hot("in a loop", one_by_one, (range(50),), ([1.5] * 5,), (["raise"],), ([1, "raise", 2],), ([None],), (["a"],))


def misused(kind):
    g = adder(0)
    if kind == "too soon":
        return g.send(1)
    if kind == "finished":
        g.send(None)
        try:
            g.send(None)
        except StopIteration:
            pass
        return g.send(None)
    if kind == "finished, with a value":
        g.close()
        return g.send(5)
    if kind == "arguments":
        return g.send()
    if kind == "keywords":
        return g.send(value=1)
    if kind == "unbound":
        return type(g).send(g, None)
    if kind == "bound":
        send = g.send
        return send(None), send(4), send(5)
    return type(g).send(kind, None)


for kind in ("too soon", "finished", "finished, with a value", "arguments", "keywords", "unbound", "bound", 7):
    hot("misused", misused, (kind,))


def itself():
    g = None

    def body():
        yield outcome(g.send, None)
        yield outcome(lambda: g.send(None))

    g = body()
    return g.send(None), g.send(None)


hot("itself", itself)


def held():
    """What is sent lives until the call is over, as long as the caller has it."""
    log = []

    def body():
        x = yield
        del x
        log.append(Token.alive)
        yield

    g = body()
    g.send(None)
    g.send(Token())
    log.append(Token.alive)
    return log


show("held", *(held() for _ in range(70)))


def depth(n):
    def body():
        x = yield
        yield depth(x)

    if n == 0:
        return 0
    g = body()
    g.send(None)
    return g.send(n - 1) + 1


hot("nested", depth, (20,))


def fails(x):
    g = adder(x)
    g.send(None)
    return g.send("raise")


trace_hot("raised", fails, 5)


def ends_in_order(kind):
    """What a call that fails was made with ends before the exception goes on, the generator first."""
    log = []

    class Noted:
        def __del__(self):
            log.append("argument")

    def body():
        x = yield
        del x
        if kind == "raise":
            raise KeyError

    g = body()
    g.send(None)
    held = [g]
    watched = weakref.ref(g, lambda _: log.append("generator"))
    del g
    try:
        held.pop().send(Noted())
    except (KeyError, StopIteration) as e:
        log.append(type(e).__name__)
    return log, watched()


hot("ends in order", ends_in_order, ("raise",), ("return",))


class Own:
    def send(self, x):
        return ("own", x)


def whoever(g, x):
    return g.send(x)


hot("others", lambda: (whoever(Own(), 1), whoever(adder(4), None), whoever(Own(), 2)))

# ---- yield from ------------------------------------------------------------------------------------


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def tree(low, high):
    middle = (low + high) // 2
    return None if low >= high else Tree(middle, tree(low, middle), tree(middle + 1, high))


hot("walked", lambda n: list(tree(0, n)), (20,), (1,))


class Never:
    def __iter__(self):
        return 5


class Raises:
    def __iter__(self):
        raise KeyError("iter")


class Itself:
    def __init__(self):
        self.n = 3

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise StopIteration("end")
        return self.n


async def coroutine():
    return 1


def delegates(x):
    got = yield from x
    yield got


def all_of(make):
    return list(delegates(make()))


MADE = {
    "list": lambda: [1, 2],
    "range": lambda: range(3),
    "generator": lambda: adder(1),
    "dict": lambda: {1: 2},
    "str": lambda: "ab",
    "tree": lambda: tree(0, 3),
    "itself": Itself,
    "never": Never,
    "raises": Raises,
    "int": lambda: 5,
}
for name, make in MADE.items():
    hot("delegates to " + name, all_of, (make,), repeat=30)
hot("delegates to all", lambda: [outcome(all_of, make) for make in MADE.values()])


def to_a_coroutine():
    c = coroutine()
    try:
        return list(delegates(c))
    finally:
        c.close()


hot("delegates to a coroutine", to_a_coroutine)

# ---- await -----------------------------------------------------------------------------------------


async def plus(x):
    return x + 1


class Awaitable:
    def __init__(self, steps):
        self.steps = steps

    def __await__(self):
        for i in range(self.steps):
            yield i
        return self.steps


class Badly:
    def __await__(self):
        return [1]


async def waits(what):
    return (await what), "waited"


def driven(make):
    c, out = waits(make()), []
    try:
        while True:
            out.append(c.send(None))
    except StopIteration as e:
        return out, e.value


hot("awaits", driven, (lambda: plus(1),), (lambda: Awaitable(2),), (lambda: Awaitable(0),), (Badly,), (lambda: 5,))


async def forever():
    while True:
        await Awaitable(1)


def twice():
    """A coroutine that is being awaited already."""
    shared = forever()
    one, other = waits(shared), waits(shared)
    one.send(None)
    try:
        return outcome(other.send, None)
    finally:
        one.close()
        other.close()


hot("twice", twice)


def again():
    """One that has ended."""
    shared = plus(1)
    return outcome(driven, lambda: shared), outcome(driven, lambda: shared)


hot("again", again)


async def chain(n):
    return 0 if n == 0 else await chain(n - 1) + 1


hot("a chain", lambda n: driven(lambda: chain(n)), (30,))


def spoiled():
    try:
        driven(lambda: plus("a"))
    except TypeError:
        return error_text()


show("spoiled", *{spoiled() for _ in range(40)})


def counted():
    """References to what is sent and to the generator are as before."""
    value, g = object(), adder(0)
    before = sys.getrefcount(value), sys.getrefcount(g)
    g.send(None)
    for _ in range(3):
        try:
            g.send(value)
        except (TypeError, StopIteration):
            pass
    return [now - then for now, then in zip((sys.getrefcount(value), sys.getrefcount(g)), before)]


hot("counted", counted)
