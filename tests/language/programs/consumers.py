"""Builtins that use generators up: what comes of the items, how the generator fares, and every way it can end."""

import sys

from common import HOT, Token, error_text, fresh, hot, outcome, show, text, trace_hot


def each(items):
    for item in items:
        yield item


# ---- results --------------------------------------------------------------------------------------

CONSUMERS = {
    "any": lambda g: any(g),
    "all": lambda g: all(g),
    "sum": lambda g: sum(g),
    "min": lambda g: min(g),
    "max": lambda g: max(g),
    "sorted": lambda g: sorted(g),
    "list": lambda g: list(g),
    "tuple": lambda g: tuple(g),
    "set": lambda g: set(g),
    "join": lambda g: ", ".join(g),
    "bound join": lambda g, join="-".join: join(g),
}


class Falsy:
    def __bool__(self):
        return False


class Odd:
    """Adds up, compares and is true in its own way."""

    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Odd(self.n + getattr(other, "n", other))

    def __radd__(self, other):
        return Odd(self.n + other)

    def __lt__(self, other):
        return self.n % 7 < other.n % 7

    def __gt__(self, other):
        return self.n % 7 > other.n % 7

    def __bool__(self):
        return self.n % 3 == 1

    def __eq__(self, other):
        return self.n % 5 == other.n % 5

    def __hash__(self):
        return self.n % 5

    def __repr__(self):
        return f"Odd({self.n})"


class Int(int):
    def __radd__(self, other):
        return "Int.__radd__"


class Refuses:
    def __bool__(self):
        raise ValueError("no truth")

    def __lt__(self, other):
        raise ValueError("no order")

    __gt__ = __lt__

    def __radd__(self, other):
        raise ValueError("no sum")

    __hash__ = None

    def __repr__(self):
        return "Refuses()"


ITEMS = {
    "nothing": [],
    "one": [3],
    "ints": [3, -1, 4, 1, -5, 9, 2, 6],
    "zeros": [0, 0, 0],
    "bools": [False, True, False],
    "trues": [True, True],
    "large ints": [2**62, 2**62, 2**62, -(2**63), 1],
    "at the limit": [2**63 - 1, 0, -1, 1],
    "beyond it": [2**63 - 1, 1, 1],
    "huge ints": [2**100, 1, -(2**100)],
    "floats": [0.5, -1.25, float("inf"), 3.0],
    "nan": [1.0, float("nan"), 2.0],
    "minus zero": [-0.0, -0.0],
    "ints then floats": [1, 2, 0.5, 2, True, 2**70, 0.25],
    "rounding": [0.1] * 10 + [1e16, 1, -1e16],
    "floats and own ints": [0.5, Int(3), 1, Int(4)],
    "own ints": [1, Int(3), 2],
    "strings": ["b", "a", "", "c"],
    "one string": ["abc"],
    "strings and an int": ["b", "a", 7, "c"],
    "tuples": [(1, "b"), (1, "a"), ()],
    "lists": [[2], [1]],
    "None": [None, None],
    "falsy": [Falsy(), None, "", 0.0],
    "odd": [Odd(n) for n in (10, 3, 8, 12, 5)],
    "refuses": [1, Refuses(), 2],
    "refuses at once": [Refuses(), 1],
    "unhashable": [1, {}, 2],
    "complex": [1j, 2],
    "many": list(range(100)),
}

for name, consume in CONSUMERS.items():

    def ask(items, consume=consume):
        return consume(each(items))

    for what, items in ITEMS.items():
        show(f"{name} of {what}", *sorted({outcome(ask, items) for _ in range(HOT)}))
    show(
        f"{name} in turn",
        *[outcome(ask, items) for _ in range(3) for items in ITEMS.values()][
            -len(ITEMS) :
        ],
    )


def sizes(n):
    """How much room results have."""
    return [
        sys.getsizeof(made)
        for made in (
            list(x for x in range(n)),
            sorted(x for x in range(n)),
            tuple(x for x in range(n)),
            set(x for x in range(n)),
        )
    ]


hot("sizes", sizes, *((n,) for n in (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 100)))

# ---- generators that are not as they were -----------------------------------------------------------


def other(n):
    yield n
    n += 1
    yield n


def whatever(source):
    return sum(source), any(source)


SOURCES = [
    lambda: each([1, 2]),
    lambda: other(5),
    lambda: (x for x in "ab" if x == "c"),
    lambda: [4, 5],
    lambda: range(3),
    lambda: map(abs, [-1]),
    lambda: {7: 8},
]
hot("whatever", lambda i: whatever(SOURCES[i]()), *((i,) for i in range(len(SOURCES))))


def begun(n):
    g = each(range(n))
    first = next(g, None)
    return first, list(g), list(g), next(g, "end")


hot("begun", begun, (4,), (1,), (0,))


def stopped_early(n):
    g = each(range(n))
    return any(x == 3 for x in g), list(g), all(x < 2 for x in g)


hot("stopped early", stopped_early, (10,), (3,), (4,))


def itself():
    g = (sum(g) for _ in (1, 2))
    return list(g)


hot("itself", itself)


def kept(n):
    g = each([n, n + 1])
    return max(g), g.gi_frame, g.gi_running


hot("kept", kept, (5,))

# ---- other functions under the names ----------------------------------------------------------------


def renamed(f, n):
    return f(x for x in range(n))


hot(
    "renamed",
    renamed,
    (sum, 4),
    (any, 3),
    (len, 3),
    (lambda g: next(g), 3),
    (list, 2),
    (str.upper, 2),
    (dict.fromkeys, 3),
    (frozenset, 3),
)


class List(list):
    pass


hot(
    "subclass",
    lambda n: (List(x for x in range(n)), type(List(x for x in range(n))).__name__),
    (3,),
)


class Text(str):
    def join(self, items):
        return "own " + str(list(items))


hot(
    "join of what",
    lambda s: s.join(c for c in "abc"),
    ("-",),
    (Text("+"),),
    ("",),
    (b"-",),
)
hot(
    "more arguments",
    lambda n: (
        sum((x for x in range(n)), 10),
        max((x for x in range(n)), default=5),
        sorted((x for x in range(n)), reverse=True),
        min((x for x in range(n)), key=lambda x: -x),
    ),
    (3,),
)


def rebound(n):
    global sum
    result = sum(x for x in range(n))
    if n == 5:
        sum = max
    if n == 6:
        globals().pop("sum", None)
    return result


for n in [1] * HOT + [5, 5, 4, 6, 6, 6]:
    last = rebound(n)
show("rebound", last)


def bound(i, n):
    return BOUND[i % len(BOUND)](str(x) for x in range(n))


BOUND = ["".join, "/".join, Text("+").join, b"-".join, [].extend, "abc".count, "x".join]
hot("bound", bound, *((i, 3) for i in range(len(BOUND))))


def new_texts(s, n):
    join = s.join
    return join(s for x in range(n)), join


hot("fresh", lambda s: new_texts(s, 3)[0], ("a",), ("bc",), ("",))


def leaves(codes, n):
    """Generators of several functions resumed at one place."""
    return [sum(make(n)) for make in codes] + [
        x for make in codes for x in through(make, n)
    ]


def through(make, n):
    got = yield from make(n)
    return got


def once(n):
    yield n


def again(n):
    yield from (n, n + 1)


def with_send(n):
    got = yield n
    yield 7 if got is None else got


hot(
    "leaves",
    leaves,
    ((once, again), 2),
    ((again, with_send, once), 3),
    ((with_send,), 4),
)

def steps(make, n):
    g = make(n)
    out = []
    try:
        while True:
            out.append(next(g))
    except StopIteration as stop:
        out.append(("end", stop.value, stop.args))
    try:
        next(g)
    except StopIteration as stop:
        out.append(("again", stop.args))
    return out


def returns(n):
    yield n
    return n + 1


def returns_tuple(n):
    yield n
    return (n, 2)


def returns_error(n):
    yield n
    return StopIteration(5)


def first(items): return next(x for x in items if x)
def first_or(items): return next((x for x in items if x), "none")
def delegated(n): return [next(each(each([n]))), next(iter([n, 2])), next(map(str, [n]))]


hot("steps", steps, *((make, 3) for make in (returns, returns_tuple, returns_error, once, again, with_send)), (each, [1, 2]), (each, []))
hot("first", first, ([0, 3, 4],), ([0],), ("ab",))
hot("first or", first_or, ([0, 3, 4],), ([0],))
hot("delegated", delegated, (3,))

# ---- exceptions -----------------------------------------------------------------------------------


def fails(n):
    for i in range(n):
        yield i
    raise KeyError(n)


def stops(n):
    yield n
    raise StopIteration(n)


for name, consume in CONSUMERS.items():
    trace_hot(name + " fails", lambda consume=consume: consume(fails(0)))
    trace_hot(name + " stops", lambda consume=consume: consume(stops("x")))


def step_fails(): return [5, next(fails(0))]
def step_stops(): return next(stops("x")) + next(each([]))


trace_hot("step fails", step_fails)
trace_hot("step stops", step_stops)


def sum_of(n):
    token = Token()
    return [1, sum(x + len(str(token)) * 0 for x in fails(n))]


trace_hot("within a display", sum_of, 3)


def tokens(n):
    return (
        [Token() for _ in range(n)],
        list(Token() for _ in range(n)),
        any(Token() for _ in range(n)),
        set(Token() for _ in range(n)),
    )


def token_error(n):
    try:
        max(Token() for _ in range(n))
    except TypeError as error:
        return str(error)


for _ in range(HOT):
    made = tokens(3)
    del made
    said = token_error(3)
show("tokens", said, Token.alive)


def in_handler(n):
    try:
        return list(fails(n))
    except KeyError as error:
        return error, sum(x for x in range(n))
    finally:
        log.append(all(x < 2 for x in range(n)))


log = []
hot("in a handler", in_handler, (2,), (5,))
show("log", len(log), set(log))

# ---- who is looking --------------------------------------------------------------------------------


def looks(n):
    for i in range(n):
        frame = sys._getframe(1)
        yield frame.f_lineno - frame.f_code.co_firstlineno, frame.f_code.co_name, i


def looked_at(n):
    here = 5
    result = list(looks(n))
    return result, here


hot("looks", looked_at, (2,))


def traces(n):
    for i in range(n):
        if i == 2:
            sys.settrace(trace)
        yield i


def trace(frame, event, argument):
    events.append(
        (frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno)
    )
    return trace


def traced(kind, n):
    g = traces(n)
    if kind == "sum":
        result = sum(g)
    elif kind == "list":
        result = list(g)
    elif kind == "all":
        result = all(x < 100 for x in g)
    elif kind == "next":
        result = next(g), next(g), next(g)
    else:
        result = max(g)
    result = result, 1
    return result


events = []
for kind in ("sum", "list", "all", "next", "max"):
    for n in [2] * (HOT * (kind != "next")) + [5] * (1 + HOT * (kind == "next")):
        events.clear()
        result = traced(kind, n)
        sys.settrace(None)
    show("traced " + kind, result)
    for event in events:
        print("   ", event)


def writes(n):
    """Looks at the consumer's locals while it waits."""
    for i in range(n):
        frame = sys._getframe(1)
        seen.append(frame.f_locals["x"])
        yield i


def read(n):
    x = n
    x += sum(writes(3))
    y = x + any(writes(2))
    return x, y


seen = []
hot("read", read, (1,), (0.5,))
show("seen", len(seen), seen[0], seen[-1])


def nested(n):
    return sum(sum(y for y in range(x)) for x in range(n)), list(
        tuple(max(z for z in (x, y)) for y in range(2)) for x in range(n)
    )


hot("nested", nested, (4,))


def recursive(n):
    return n and 1 + sum(recursive(n - 1) for _ in (0,))


hot("recursive", recursive, (20,))


def delegates(n):
    yield from (sum(x for x in range(i)) for i in range(n))
    return all(i is None for i in range(n)), (yield n)


hot("delegates", lambda n: list(delegates(n)), (4,))


async def ticks(n):
    for i in range(n):
        yield i


async def collected(n):
    return sum([x async for x in ticks(n)]), max(y for y in [x async for x in ticks(n)])


def driven(n):
    try:
        collected(n).send(None)
    except StopIteration as stop:
        return stop.value


hot("driven", driven, (4,))
show(
    "errors",
    outcome(lambda: sum("ab" for _ in (1,))),
    outcome(lambda: "".join(x for x in (1,))),
)
try:
    min(x for x in ())
except ValueError:
    print(error_text())
print(text(recursive(3)))

# ---- the callee becomes another ------------------------------------------------------------------------


def by_callee(function, n): return function(i for i in range(1, n))


CALLEES = [next, any, all, sum, min, max, sorted, list, tuple, set, ",".join, len, abs, by_callee, None]
for first in CALLEES[:11]:
    calling = fresh(by_callee)
    for _ in range(HOT):
        outcome(calling, first, 4)
    for callee in CALLEES:
        show(f"{first.__name__} then", getattr(callee, "__name__", callee), outcome(calling, callee, 4), outcome(calling, callee, 1))

# ---- failing while the generator waits: what has been made of the items ends first ---------------------------

ends = []


class Ends:
    def __init__(self, name, answer=NotImplemented):
        self.name = name
        self.answer = answer

    def __del__(self):
        ends.append(self.name)

    def __radd__(self, other):
        return self.answer

    def __add__(self, other):
        ends.append(("references", sys.getrefcount(self)))
        return NotImplemented if other is None else self

    __hash__ = object.__hash__


def two(first, second):
    try:
        yield first()
        yield second()
    finally:
        ends.append("closed")


def failing(consumer, first, second):
    try:
        consumer(two(first, second))
    except TypeError:
        ends.append("caught")


FAILING = {
    "set": (set, lambda: Ends(1), list),
    "sum": (sum, lambda: Ends(1, Ends(2)), lambda: None),
    "sum of one": (sum, lambda: Ends(1), lambda: None),
    "sum of same": (lambda g: sum(g, Ends(0)), lambda: Ends(1), lambda: 2),
    "min": (min, lambda: Ends(1), lambda: 5),
    "max": (max, lambda: 5, lambda: Ends(1)),
    "join": (lambda g: "".join(g), lambda: "a", lambda: Ends(1)),
    "sorted": (sorted, lambda: Ends(1), lambda: Ends(2)),
}
for name, (consumer, first, second) in FAILING.items():
    calling = fresh(failing)
    seen = []
    for _ in range(HOT):
        ends.clear()
        calling(consumer, first, second)
        told = str(ends)
        if told not in seen[-1:]:
            seen.append(told)
    show("fails", name, seen)
