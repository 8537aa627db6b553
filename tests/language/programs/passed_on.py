"""Wrappers that pass their arguments on: f(*a, **k) of functions, methods, classes and whatever else."""

import atexit

from common import HOT, fresh, hot, outcome, show


def passing(function):
    def wrapper(*args, **named):
        return function(*args, **named)
    return wrapper


def passing_self(function):
    def wrapper(self, *args, **named):
        result = function(self, *args, **named)
        return result, sorted(named)
    return wrapper


def passing_changed(function):
    def wrapper(*args, **named):
        named["z"] = len(named)
        return function(*args, **named), len(named)
    return wrapper


class Passed:
    def method(self, *args, **named):
        named["own"] = 1
        return args, sorted(named.items())

    @passing_self
    def passed(self, a, b=5): return a, b


class Mapping:
    def keys(self): return ["a", "b"]
    def __getitem__(self, key): return key * 2


class NamedDict(dict): pass


def plain(a, b=2, *, c=3): return a, b, c
def takes_all(*args, **named):
    named["added"] = 1
    return args, sorted(named.items())


def only_named(function, named): return function(**named)
def by_mapping(function, args, named): return function(*args, **named)


FUNCTIONS = [plain, takes_all, Passed().method, dict, len, lambda *a, **k: (a, k), Passed, print.__class__, passing(plain), type("C", (), {"__call__": takes_all})()]
for wrap in (passing, passing_changed):
    for i, function in enumerate(FUNCTIONS):
        wrapped = wrap(function)
        hot(f"{wrap.__name__} {i}", lambda wrapped=wrapped: (outcome(lambda: wrapped(1, b=2)), outcome(lambda: wrapped()), outcome(lambda: wrapped(c=5, a=6)), outcome(lambda: wrapped(1, nothing=1))))
    turns = [wrap(function) for function in FUNCTIONS]
    show("in turn", *[outcome(lambda i=i: turns[i % len(turns)](i % len(turns), b=5)) for i in range(HOT * 2)][-len(turns):])
hot("passed", lambda: (Passed().passed(1), Passed().passed(1, b=7), outcome(lambda: Passed().passed(x=1))))
for named in ({"a": 1}, {}, {"a": 1, "c": 2}, NamedDict(a=4), Mapping(), {1: 2}, {"a": 1, 2: 3}, None, [("a", 1)]):
    hot("only named", lambda named=named: (outcome(lambda: only_named(plain, named)), outcome(lambda: only_named(takes_all, named)), outcome(lambda: by_mapping(takes_all, (1,), named)), named if type(named) is dict else 0))


def keeps(function):
    def wrapper(*args, **named):
        result = function(*args, **named)
        del args
        return result, named
    return wrapper


def gives_back(**named): return named


hot("keeps", lambda: [x is y for x, y in [keeps(gives_back)(a=1)]])


def changed_meanwhile(function, wrong=False):
    """The arguments' iteration changes the dict, of which a copy has been made before."""
    def items():
        named["late"] = 1
        yield 1
        if wrong:
            named.clear()
    named = {"a": 2}
    return by_mapping(function, items(), named), sorted(named)


hot("changed meanwhile", lambda: (changed_meanwhile(takes_all), changed_meanwhile(takes_all, True), changed_meanwhile(Passed().method)))

# ---- what is passed to becomes something else ----------------------------------------------------------


def changed_after(function, *args, **named):
    result = function(*args, **named)
    named["after"] = len(named)
    return result


def measured_after(function, named):
    result = function(*(), **named)
    return result, len(named)


class Sized(Mapping):
    def __len__(self): return 77


def at_exit(**named): print("at exit", named)


for name, function in (("function", takes_all), ("method", Passed().method)):
    changing = fresh(changed_after)
    for _ in range(HOT):
        changing(function, 1, b=2)
    show(f"{name} before", changing(function, c=3))
    changing(atexit.register, at_exit, own=1)  # which keeps the dict that it gets
    atexit._run_exitfuncs()
    measuring = fresh(measured_after)
    hot(f"{name} measured", lambda measuring=measuring, function=function: measuring(function, {"a": 1, "b": 2}))
    for named in (Sized(), NamedDict(a=4), [1], None):
        show(f"{name} then", outcome(measuring, function, named))
