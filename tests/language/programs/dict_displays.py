"""Dicts made with keys that are known: displays and **kwargs, what they hold, how large they are, and what becomes of
them."""

import gc
import sys

from common import HOT, Token, hot, outcome, show


def three(a, b, c):
    return {"a": a, "b": b, "c": c}


def one(a):
    return {"x": a}


def many(a):
    return {"a": a, "b": 1, "c": 2.5, "d": None, "e": a, "f": "text", "g": (a,), "h": [a], "i": a, "j": a, "k": a}


def twice(a):
    return {"a": a, "b": 1, "a": 2}  # noqa: F601


def mixed(a):
    return {"a": a, 1: 2}


def of_ints(a):
    return {1: a, 2: a}


def nested(a):
    return {"outer": {"inner": a, "other": one(a)}, "rest": [{"x": a} for _ in range(2)]}


def with_others(a, other):
    return {"first": a, **other, "last": a, "x": 1}


def keywords(**named):
    return named


def passes(a, b):
    return keywords(first=a, second=b)


def passes_many(a):
    return keywords(a=a, b=a, c=a, d=a, e=a, f=a, g=a)


def args_and_keywords(*args, **named):
    return args, named


def passes_both(a):
    return args_and_keywords(a, 2, k=a, more=a)


def told(made):
    return made, gc.is_tracked(made), sys.getsizeof(made), list(made), list(made.items())


VALUES = [0, 300, 70_000, 2.5, None, "s", (), (1, 2), ([],), [], {}, {"k": 1}]
for function in (one, many, twice, mixed, of_ints, passes_many):
    for value in VALUES:
        results = [told(function(value)) for _ in range(HOT)]
        show(function.__name__, results[0], results[-1], results[0] == results[-1])
for value in VALUES:
    for function in (lambda v: three(v, 1, v), lambda v: passes(1, v), lambda v: with_others(v, {"k": v})):
        results = [told(function(value)) for _ in range(HOT)]
        show("dicts", results[0], results[-1] == results[0])
hot("nested", nested, (1,), ("a",), ([],))
hot("both", passes_both, (1,), ("a",), ([],))


# ---- what becomes of them ----------------------------------------------------------------------------------


def changed(a):
    made = {"a": a, "b": a}
    made["c"] = a
    del made["a"]
    made["a"] = 1
    made.update(z=a, y=a, x=a, w=a)
    made[1] = a
    return made, made.pop("b"), made.popitem(), made.setdefault("q", a), dict(made), made | {"v": 1}, "a" in made


def read(a):
    made = {"number": a, "real": a * 0.5, "text": "t"}
    total = 0
    for key in made:
        total += len(key)
    return made["number"] + made["real"], made.get("text"), made.get("none"), total, len(made), {**made} == made


def as_attributes(a):
    class Holder:
        pass

    holder = Holder()
    holder.__dict__ = {"x": a, "y": a + 1}
    holder.z = 3
    return holder.x, holder.y, vars(holder)


def as_namespace(a):
    space = {"value": a}
    exec("result = value + 1", space)
    del space["__builtins__"]
    return space


hot("changed", changed, (1,), ("s",), (2.5,))
hot("read", read, (3,), (70_000,), (1.5,))
hot("attributes", as_attributes, (1,))
hot("namespace", as_namespace, (1,))

# ---- references ---------------------------------------------------------------------------------------------


def hold(value, key="held"):
    made = {"held": value, "again": value, "number": 1000}
    kept = keywords(held=value, again=value)
    return sys.getrefcount(value), made[key] is kept[key]


def held():
    return hold(token)


token = Token()
show("references", [held() for _ in range(HOT * 20)][-1], sys.getrefcount(token))


def fails(a):
    return {"first": Token(), "second": a.missing, "third": Token()}


def fails_in_keywords(a):
    return keywords(first=Token(), second=a.missing)


for _ in range(HOT):
    outcome(fails, 1)
    outcome(fails_in_keywords, 1)
show("failed", outcome(fails, 1), outcome(fails_in_keywords, 1), Token.alive)


def cycle():
    made = {"self": None, "token": Token()}
    made["self"] = made


gc.collect()
gc.disable()
for _ in range(3):
    cycle()
    show("collected", gc.collect())
gc.enable()

before = sys.getrefcount(None)
for n in range(20_000):
    three(n, None, "c")
    passes(None, n)
show("None", abs(sys.getrefcount(None) - before) < 10)

# Many at once, more than memory is kept for.
show("at once", [len({"a": n, "b": n, "c": [{"d": m} for m in range(n % 7)]}) for n in range(3000)][-1])
gc.set_threshold(1)
for _ in range(HOT):
    passes_both([])
    three([], {}, ())
gc.set_threshold(700, 10, 10)
show("collector", three([], {}, ()), passes_both([]))

# ---- keys that are known otherwise ---------------------------------------------------------------------------
KEY = "".join(["a", " key"])


class Keys:
    K = "".join(["another", " key"])


def of_global(x):
    return {KEY: x if x else 5}


def of_class(x):
    return {Keys.K: (y := [x])}, y


def of_local(x):
    k = KEY
    return {k: (k := [x])}, k


def of_nested(x):
    return {KEY: {Keys.K: (y := x)}}, {KEY: (x and 5)}, y


for function in (of_global, of_class, of_local, of_nested):
    hot(function.__name__, function, (0,), ("x",))
before = sys.getrefcount(KEY), sys.getrefcount(Keys.K)
for n in range(2000):
    of_global(n), of_class(n), of_local(n), of_nested(n)
after = sys.getrefcount(KEY), sys.getrefcount(Keys.K)
show("keys", [abs(a - b) < 20 for a, b in zip(before, after)])


def has_constant():
    return "placeholder"


shared = {"a": 1, "b": 2}
has_constant.__code__ = has_constant.__code__.replace(co_consts=(None, shared))


def beside_constant(x):
    other = has_constant()
    return {"a": x, "b": x}, other is shared


for _ in range(HOT):
    beside_constant(1)
shared.clear()
shared["z"] = 1
show("constant", beside_constant(2), shared)
shared.update(q=1, w=2, e=3, r=5, t=6, y=7)
show("constant", beside_constant(3), shared)
