"""What the programs print with: results of functions that have become hot, in stable text."""

import re
import traceback
import types

HOT = 60


class Token:
    """Counts those that are alive."""

    alive = 0

    def __init__(self):
        Token.alive += 1

    def __del__(self):
        Token.alive -= 1


class Odd:
    """A truth that is told by Python code."""

    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        if self.truth is None:
            raise ValueError("neither")
        return self.truth

    def __repr__(self):
        return f"Odd({self.truth})"


def plain(shown):
    """Without addresses."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x...", shown)


def text(value):
    """A repr that tells 1 from True and has no address."""
    if isinstance(value, float):
        return f"float {value!r}"
    if isinstance(value, bool):
        return f"bool {value!r}"
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + " " + text(sorted(value, key=repr))
    if type(value) in (list, tuple):
        inner = ", ".join(text(item) for item in value)
        return f"[{inner}]" if type(value) is list else f"({inner})"
    if type(value) is dict:
        return "{" + ", ".join(f"{text(k)}: {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, BaseException):
        return plain(f"{type(value).__name__}({value})")
    if isinstance(value, type):
        return f"class {value.__qualname__}"
    if isinstance(value, int) and not -(10**60) < value < 10**60:
        return f"int {value.bit_length()} bits {value % 1000003}"
    return plain(repr(value))


def outcome(function, *args, **kwargs):
    """What a call gives, as text."""
    try:
        return text(function(*args, **kwargs))
    except Exception as error:
        return plain(f"raises {type(error).__name__}: {error}")


def often(function, *args):
    """What many calls give, each outcome once."""
    return sorted({outcome(function, *args) for _ in range(HOT)})


def fresh_code(code):
    inner = (fresh_code(x) if isinstance(x, types.CodeType) else x for x in code.co_consts)
    return code.replace(co_consts=tuple(inner))


def fresh(function):
    """The same function, of which nothing has been seen yet, nor of those within."""
    code = fresh_code(function.__code__)
    return types.FunctionType(code, function.__globals__, argdefs=function.__defaults__, closure=function.__closure__)


def runs(items):
    """Equal neighbours counted: a b b b -> 'a', 'b x3'."""
    packed = []
    for item in items:
        if packed and packed[-1][0] == item:
            packed[-1][1] += 1
        else:
            packed.append([item, 1])
    return [item if n == 1 else f"{item} x{n}" for item, n in packed]


def show(label, *values):
    print(f"{label}: " + " | ".join(text(value) for value in values))


def hot(label, function, *cases, repeat=HOT):
    """Call with each case many times over, then with the cases taking turns; print what came."""
    cases = cases or ((),)
    for case in cases:
        results = [outcome(function, *case) for _ in range(repeat)]
        print(f"{label}{tuple_text(case)}: " + "; ".join(runs(results)))
    if len(cases) > 1:
        turns = []
        for i in range(repeat * 2):
            turns.append(outcome(function, *cases[i % len(cases)]))
        first, rest = turns[: len(cases)], turns[len(cases) :]
        same = all(rest[i] == first[i % len(cases)] for i in range(len(rest)))
        print(f"{label} in turn: " + ("same" if same else "; ".join(turns)))


def tuple_text(case):
    try:
        shown = text(case)
    except Exception:
        shown = "(?)"
    return shown


def error_text():
    """The traceback being handled, lines and columns and all."""
    return plain(traceback.format_exc())


def trace_hot(label, function, *args, repeat=HOT):
    """Call a function that raises, many times; print its traceback when it changes."""
    last = None
    for i in range(repeat):
        try:
            function(*args)
            now = "no exception\n"
        except BaseException:
            now = plain(traceback.format_exc())
        if now != last:
            print(f"--- {label} [{i}]")
            print(now, end="")
            last = now
