"""Names that stay where they were found for a while, and then no longer do."""

import builtins
import types

from common import hot, outcome, runs, show

TURNS = 60
number = 1
text = "first"


def seen(function, change=None, turns=TURNS):
    """What a function gives, many times over; midway something changes."""
    results = []
    for i in range(turns):
        if i == turns // 2 and change is not None:
            change()
        results.append(outcome(function))
    return runs(results)


def copy_of(function, namespace):
    """The same code with other globals."""
    return types.FunctionType(function.__code__, namespace)


def read():
    return number, text


def measure():
    return len("four"), abs(-3), max(1, 2)


def missing():
    return not_there


show("read", seen(read))
show("rebound", seen(read, lambda: globals().update(number=2)))
show("deleted", seen(read, lambda: globals().pop("number")))
number = 1
show("back", seen(read))
show("missing", seen(missing), seen(missing, lambda: globals().update(not_there="now")))
del not_there
show("gone again", seen(missing))
show("builtins", seen(measure))
show(
    "builtin shadowed", seen(measure, lambda: globals().update(len=lambda t: "own len"))
)
show("shadow removed", seen(measure, lambda: globals().pop("len")))
kept = builtins.abs
show(
    "builtin replaced",
    seen(measure, lambda: setattr(builtins, "abs", lambda n: "new abs")),
)
builtins.abs = kept
show("builtin back", seen(measure))
show("new builtin", seen(missing, lambda: setattr(builtins, "not_there", "builtin")))
show(
    "new builtin shadowed", seen(missing, lambda: globals().update(not_there="global"))
)
del not_there
del builtins.not_there
show("all gone", seen(missing))


def rebinds(n):
    """Reads what the loop itself writes."""
    global number
    out = []
    for i in range(n):
        number = i // 10
        if i == n // 2:
            globals()["text"] = "second"
        out.append((number, text))
    return runs(map(str, out))


hot("rebinds", rebinds, (40,), (100,))
text = "first"


def grows(n):
    """The dict of globals moves to a bigger table."""
    out = []
    for i in range(n):
        globals()[f"added_{i}"] = i
        out.append((number, len(out)))
    return sum(a * b for a, b in out)


number = 3
show("grows", grows(10), grows(1000), seen(read), seen(measure))
for name in [name for name in globals() if name.startswith("added_")]:
    del globals()[name]
show("shrunk", seen(read), seen(measure))

# ---- other namespaces --------------------------------------------------------------------------------

spaces = [{"number": i, "text": str(i), "__builtins__": builtins} for i in range(8)]
functions = [copy_of(read, space) for space in spaces]
hot("many globals", lambda: [f() for f in functions])
order = {"text": "t", "__builtins__": builtins, "number": "n"}
hot("other order", lambda: [f() for f in (copy_of(read, order), read, functions[3])])
odd = {1: 2, "number": "odd", "text": "keys", "__builtins__": builtins}
hot("odd keys", lambda: [f() for f in (copy_of(read, odd), read)])
odd["number"] = "changed"
hot("odd keys changed", lambda: copy_of(read, odd)())
own = {"__builtins__": {"len": lambda t: "len of its own", "abs": abs, "max": max}}
hot("own builtins", lambda: [f() for f in (copy_of(measure, own), measure)])
few = {"__builtins__": {"len": len}}
hot("few builtins", lambda: outcome(copy_of(measure, few)))


class Namespace(dict):
    def __getitem__(self, key):
        if key.startswith("asked"):
            return ("asked for", key)
        return super().__getitem__(key)


def asks():
    return asked, number


strange = Namespace(number=5, __builtins__=builtins)
hot("globals of a subclass", lambda: outcome(copy_of(asks, strange)))
exec("def inner(): return asked, number", strange)
hot("defined in it", lambda: outcome(strange["inner"]))

# ---- module and class bodies ------------------------------------------------------------------------------

total = 0
for i in range(300):
    total += i
    if i == 100:
        step = 2
    if i > 100:
        total = total - step
    if i == 200:
        del step
        step = 3
show("module loop", total, i, step)

body = compile(
    """
out = []
for i in range(60):
    if i == 20:
        abs = lambda n: 'local abs'
    if i == 40:
        del abs
    out.append(abs(-i))
""",
    "<body>",
    "exec",
)
for kind in (dict, Namespace):
    space = kind(__builtins__=builtins)
    exec(body, space)
    show(f"body in {kind.__name__}", runs(map(str, space["out"])))
local = {}
exec(body, {"__builtins__": builtins}, local)
show("body with locals", runs(map(str, local["out"])), sorted(local))
local = Namespace()
exec("for i in range(50): x = (asked_for, i)", {}, local)
show("locals of a subclass", local["x"])


def make(n):
    class Body:
        values = []
        for i in range(n):
            values.append((number, i))
            if i == n // 2:
                number = "of the class"
        last = i

    return Body.values[:: max(1, n // 4)], Body.last, Body.number


hot("class body", make, (4,), (60,))

# ---- cells ------------------------------------------------------------------------------------------------


def cells(n):
    x = 0
    y = "y"

    def inner():
        nonlocal x, y
        for i in range(n):
            x = x + i
            if i == n // 2:
                y = 2.5
            if i == n - 1:
                del y
        return x

    def look():
        return y

    return inner(), outcome(look), x


hot("cells", cells, (3,), (200,))


def late(n):
    def inner():
        return [outcome(lambda: variable) for _ in range(n)]

    before = inner()
    variable = n
    after = inner()
    del variable
    return runs(before + after + inner())


hot("late cell", late, (3,), (20,))
counters = []
for start in (0, 0.5, 2**62, "t", [1]):

    def counter(value=start):
        current = value

        def advance():
            nonlocal current
            current = current + current
            return current

        return advance

    counters.append(counter())
hot("counters", lambda: [outcome(f) for f in counters], repeat=8)


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(self.name)


log = []


def replaced(n):
    x = None

    def put():
        nonlocal x
        for i in range(n):
            x = Noisy(i)
            log.append("stored")

    put()
    x = None


replaced(4)
show("old cell values", log)
log = []


def replaced_global(n):
    global held
    for i in range(n):
        held = Noisy(i)
        log.append("stored")
    del held


replaced_global(4)
show("old global values", log)


# Globals of which some change all the time, so that functions, classes, modules and builtins are known by their place.

counter = 0


def first(x):
    return x + 1


def second(x):
    return x + 2


def through(x):
    return chosen(x) + max(x, 3) + len(math_like.name)


class math_like:
    name = "abc"


class other_like:
    name = "abcdef"


def busy(n):
    global counter, chosen, max, math_like
    out = []
    chosen, kept = first, math_like
    for i in range(n):
        counter += 1
        if i == 20:
            chosen = second
        if i == 30:
            max = min
        if i == 40:
            del max
        if i == 50:
            math_like = other_like
        if i == 60:
            globals()[f"new{n}"] = i
        if i == 70:
            chosen = lambda x: -x
        out.append(
            (through(i), chosen(i), isinstance(chosen, type(first)), counter > i)
        )
    math_like = kept
    return out


for n in (10, 80, 81, 82):
    show("busy", busy(n)[9::10])


def deleted(n):
    global chosen
    out = []
    for i in range(n):
        globals()["counter"] += 1
        if i == 20:
            del chosen
        if i == 25:
            chosen = first
        try:
            out.append(chosen(i))
        except NameError as e:
            out.append(str(e))
    return out


for n in (10, 30, 31):
    show("deleted", deleted(n)[5::5])
module_total = 0
for module_step in range(60):
    module_total += first(module_step) if module_step % 2 else len("ab")
    if module_step == 40:
        first = second
show("module", module_total)
