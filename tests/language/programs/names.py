"""Globals and builtins that change while code that uses them is hot."""

import builtins
import types

from common import hot, outcome, runs, show

counter = 0
value = 1


def read_global(n):
    out = []
    for i in range(n):
        out.append(value)
    return runs(map(repr, out))


def change_in_loop(n):
    global value
    out = []
    for i in range(n):
        if i == n // 2:
            value = "changed"
        if i == n * 3 // 4:
            value = 2.5
        out.append(value)
    value = 1
    return runs(map(repr, out))


hot("read", read_global, (200,))
hot("change", change_in_loop, (200,))


def setter(x):
    global value
    value = x


def change_by_call(n):
    out = []
    for i in range(n):
        if i % 50 == 25:
            setter(i)
        out.append(value)
    return runs(map(repr, out))


hot("by call", change_by_call, (200,))


def count_up(n):
    global counter
    for _ in range(n):
        counter += 1
    return counter


show("counter", [count_up(50) for _ in range(60)][-1], counter)


def delete_in_loop(n):
    global temporary
    log = []
    temporary = 0
    for i in range(n):
        if i == n // 2:
            del temporary
        try:
            temporary += 1
        except NameError as e:
            log.append(str(e))
            temporary = "back" if i % 2 else 100
            if isinstance(temporary, str):
                temporary = 7
    return log, temporary


hot("delete", delete_in_loop, (200,), (201,))


def missing():
    return not_there


def deletes_missing():
    global not_there_either
    del not_there_either


hot("missing", missing)
hot("del missing", deletes_missing)


def shadow_builtin(n):
    """A global takes the place of a builtin, then goes away."""
    out = []
    for i in range(n):
        if i == 60:
            globals()["len"] = lambda x: "shadow"
        if i == 120:
            del globals()["len"]
        if i == 150:
            builtins.len = lambda x: "patched"
        if i == 180:
            builtins.len = original_len
        out.append(len([1, 2]))
    return runs(map(repr, out))


original_len = len
hot("shadow", shadow_builtin, (220,), repeat=10)


def new_builtin(n):
    out = []
    for i in range(n):
        if i == 50:
            builtins.surprise = "there"
        if i == 100:
            del builtins.surprise
        try:
            out.append(surprise)
        except NameError as e:
            out.append(str(e))
    return runs(out)


hot("new builtin", new_builtin, (150,), repeat=10)


def resize_globals(n):
    """The module's dict grows and shrinks under a cached entry."""
    out = []
    g = globals()
    for i in range(n):
        g[f"filler_{i}"] = i
        out.append(value)
        if i == n // 2:
            g["value"] = "resized"
    for i in range(n):
        del g[f"filler_{i}"]
        out.append(value)
    g["value"] = 1
    return runs(map(repr, out))


hot("resize", resize_globals, (300,), repeat=10)


def reorder(n):
    out = []
    g = globals()
    for i in range(n):
        if i % 20 == 10:
            del g["value"]
            g["other"] = "other"
            g["value"] = i
        if i % 20 == 15:
            g.pop("other", None)
        out.append(value)
    g["value"] = 1
    return runs(map(repr, out))


hot("reorder", reorder, (200,), repeat=10)

SOURCE = """
def f(n):
    t = 0
    for i in range(n):
        t += step
    return t
"""


def with_globals(**names):
    space = dict(names)
    exec(SOURCE, space)
    return space["f"]


hot("own globals", with_globals(step=1), (200,))
hot("own globals float", with_globals(step=0.5), (200,))
hot("own globals str", with_globals(step="x"), (200,))
hot("own globals none", with_globals(), (200,))

f = with_globals(step=3)
same_code = types.FunctionType(f.__code__, {"step": "q", "__builtins__": {"range": lambda n: [1, 2, 3]}})
other = types.FunctionType(f.__code__, {"step": 2.0, "range": lambda n: (5, 6)})
hot("shared code", f, (100,))
hot("shared code 2", same_code, (100,))
hot("shared code 3", other, (100,))
show("shared turns", [outcome(g, 10) for _ in range(30) for g in (f, same_code, other)][-3:])

no_builtins = types.FunctionType(f.__code__, {"step": 1, "__builtins__": {}})
hot("no builtins", no_builtins, (10,))


class Missing(dict):
    def __missing__(self, key):
        if key.startswith("m_"):
            return "missing " + key
        raise KeyError(key)


def exec_mapping():
    space = Missing()
    exec("r = []\nfor i in range(100):\n    r.append(m_x)\n    if i == 50: m_x = 'set'\n", {"__builtins__": builtins}, space)
    return runs(map(str, space["r"])), sorted(space)


hot("mapping", exec_mapping, repeat=10)


def builtins_subclass():
    class B(dict):
        def __getitem__(self, k):
            return ("got", k) if k == "magic" else dict.__getitem__(self, k)

    space = {"__builtins__": B(vars(builtins))}
    exec("def f():\n    return len('abc')\nr = [f() for _ in range(60)]", space)
    return space["r"][-1]


hot("builtins subclass", builtins_subclass, repeat=10)


def globals_subclass():
    class G(dict):
        def __getitem__(self, k):
            return ("got", k)

    out = []
    space = G(a=1)
    exec("def f():\n    return a\nout = [f() for _ in range(60)]\nresult = (a, out[-1])", space)
    return dict.__getitem__(space, "result")


hot("globals subclass", globals_subclass, repeat=10)

# A module's body is code like any other.
total = 0
for i in range(300):
    total += i
    if i == 100:
        total = float(total)
    if i == 200:
        total = str(total)
        break
show("module level", total, i)

names = []
for k in range(250):
    names.append(k)
    if k == 200:
        names = tuple(names)
        break
show("module names", len(names))
for late in range(100):
    if late == 50:
        del names
    try:
        names
    except NameError as e:
        message = str(e)
show("module deleted", message)


class Body:
    x = 1
    items = []
    for i in range(100):
        items.append(x)
        x += 1
        if i == 60:
            del x
            x = 0.5
    y = [q for q in items if q]
    try:
        undefined_here
    except NameError as e:
        error = str(e)
    z = value
    value = "class value"
    w = value

    def method(self):
        return value


show("class body", runs(map(repr, Body.items[-45:])), Body.x, Body.z, Body.w, Body.error, Body().method(), Body.i)


def class_in_loop(n):
    out = []
    for i in range(n):
        class C:
            a = i
            b = a * 2
            global leaked
            leaked = i
        out.append((C.a, C.b, leaked))
    return out[-1]


hot("classes", class_in_loop, (60,))


def class_closure(x):
    class C:
        y = x
        x = "inner"
        z = x

    return C.y, C.z, x


hot("class closure", class_closure, (1,), ("s",))


def eval_loop(n):
    x = 10
    out = []
    for i in range(n):
        out.append(eval("x + i"))
        exec("x = 99")
    return out[-1], x


hot("eval", eval_loop, (60,))


def annotations():
    a: int = 3
    b: undefined_type
    return a


hot("annotations", annotations)
module_annotation: int = 5
show("annotations", __annotations__)


def star_import():
    space = {}
    exec("from math import *\nr = [floor(i / 2) for i in range(60)]", space)
    return sum(space["r"])


hot("star", star_import, repeat=5)


def assert_loop(n, bad):
    for i in range(n):
        assert i != bad, f"bad {i}"
    return n


hot("assert", assert_loop, (100, -1), (100, 70))


def builtin_constant_rebind(n):
    out = []
    for i in range(n):
        if i == 50:
            builtins.__dict__["range_alias"] = range
        if i >= 50:
            out.append(len(range_alias(i)))
    del builtins.range_alias
    return sum(out)


hot("builtin dict", builtin_constant_rebind, (100,), repeat=10)
show("dunder", __name__, __doc__, type(__builtins__).__name__)
