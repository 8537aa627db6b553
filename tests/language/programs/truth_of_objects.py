"""The truth of instances: of classes that say nothing about it, that have __bool__ or __len__, and that change."""

import sys

from common import HOT, Token, error_text, fresh, hot, outcome, runs, show, text, trace_hot


class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next


class Slots:
    __slots__ = ("value", "next")
    def __init__(self, value, next=None): self.value, self.next = value, next


class Bool:
    def __init__(self, value): self.value = value
    def __bool__(self): return self.value


class Len:
    def __init__(self, value): self.value = value
    def __len__(self): return self.value


class Both(Bool, Len): pass
class NoBool(Bool): __bool__ = None
class IntBool(int):
    def __bool__(self): return self > 5


class Hooked:
    def __getattr__(self, name): return lambda *a: False


def test(x):
    if x:
        return "true"
    return "false"


def test_not(x): return "false" if not x else "true"
def both(x, y): return x and y
def either(x, y): return x or y
def loop(x):
    n = 0
    while x and n < 5:
        n += 1
    return n


def length(node):
    n = 0
    while node:
        n += node.value
        node = node.next
    return n


def temporary(make, n): return [1 if make(n) else 2, not make(n)]
def list_of(make, n):
    node = None
    for i in range(n):
        node = make(i, node)
    return node


OBJECTS = [
    Node(1), None, Slots(1), Bool(True), Bool(False), Len(0), Len(3), Both(False), 5, 0, "", "x", 0.0, [], [0], object(), object, len,
    Bool(1), Bool(None), Len(-1), Len(2**70), Len("x"), NoBool(True), IntBool(3), IntBool(7), Hooked(), 2**70, 1j, range(0), {0}, b"", Len(True),
]
for function in (test, test_not, loop):
    for x in OBJECTS:
        hot(f"{function.__name__} {type(x).__name__}", lambda function=function, x=x: function(x))
    show(f"{function.__name__} in turn", *[outcome(function, OBJECTS[i % len(OBJECTS)]) for i in range(HOT * 3)][-len(OBJECTS):])
for function in (both, either):
    shown = [outcome(lambda function=function, x=x, y=y: type(function(x, y)).__name__) for _ in range(4) for x in OBJECTS[:12] for y in OBJECTS[:12]]
    show(function.__name__, *shown[-144:])
    show(function.__name__ + " of one kind", *{outcome(lambda: type(function(Node(1), None)).__name__) for _ in range(HOT)})
hot("length", lambda make, n: length(list_of(make, n)), (Node, 6), (Slots, 6), (Node, 0))
hot("temporary", lambda make, n: temporary(make, n), (Node, 1), (Bool, False), (Bool, True), (Len, 0), (Len, 2), (Slots, 3))


def changing(step):
    class C: pass
    class D(C): pass

    c, d, out = C(), D(), []
    of_c, of_d, of_both = fresh(test), fresh(test), fresh(both)
    for i in range(HOT * 3):
        if i == HOT:
            step(C, D, d)
        out.append((outcome(of_c, c), outcome(of_d, d), outcome(of_both, d, 7)))
    return runs(out)


def gets_bool(C, D, d): C.__bool__ = lambda self: False
def gets_len(C, D, d): D.__len__ = lambda self: 0
def other_class(C, D, d): d.__class__ = type("E", (C,), {"__bool__": lambda self: False})
def other_bases(C, D, d):
    class F:
        def __len__(self): return 0
    class G(C): pass
    D.__bases__ = (type("H", (F, C), {}),)
def bool_of_builtin(C, D, d): C.__bool__ = (5).__bool__
def on_instance(C, D, d): d.__bool__ = lambda: False
def changes_twice(C, D, d):
    C.__bool__ = lambda self: False
    D.__bool__ = lambda self: True
    C.__bool__ = lambda self: True


for step in (gets_bool, gets_len, other_class, other_bases, bool_of_builtin, on_instance, changes_twice):
    show(step.__name__, *changing(step))


def unchanging(step):
    class C:
        def __bool__(self): return True

    c, out, of_c, not_c = C(), [], fresh(test), fresh(test_not)
    for i in range(HOT * 3):
        if i == HOT:
            step(C, c)
        out.append((outcome(of_c, c), outcome(not_c, c)))
    return runs(out)


def no_bool(C, c): del C.__bool__
def other_bool(C, c): C.__bool__ = lambda self: False
def wrong_bool(C, c): C.__bool__ = lambda self: 1
def other_code(C, c): C.__bool__.__code__ = (lambda self: False).__code__
def fails(C, c): C.__bool__.__code__ = (lambda self: 1 / 0).__code__
def static(C, c): C.__bool__ = staticmethod(lambda: False)
def generates(C, c): C.__bool__ = lambda self: (yield)


for step in (no_bool, other_bool, wrong_bool, other_code, fails, static, generates):
    show(step.__name__, *unchanging(step))


class Fails:
    def __bool__(self): raise KeyError("truth")


class Looks:
    def __bool__(self):
        frame = sys._getframe(1)
        seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals)))
        return len(seen) % 2 == 0


class Traces:
    def __init__(self, n): self.n = n

    def __bool__(self):
        if self.n == 3:
            sys.settrace(trace)
        return self.n > 1


def trace(frame, event, argument):
    events.append((frame.f_code.co_name, event))
    return trace


def looked(x, y=5):
    while x:
        y += 1
        if not x:
            return y
    return -y


def traced(n):
    x = Traces(n)
    if x:
        return other(n)
    return 0


def other(n): return n


seen, events = [], []
trace_hot("fails", test, Fails())
trace_hot("wrong", test, Bool("x"))
hot("looked", looked, (Looks(),))
show("seen", *runs(seen)[-3:])
for n in [1, 2] * HOT + [3]:
    result = traced(n)
    sys.settrace(None)
show("traced", result, *events)


class Tokens:
    def __bool__(self): return Token() is None


def kept():
    if Tokens():
        return 1
    x = Tokens() or Token()
    y = Token() and Tokens()
    return bool(x), type(y).__name__, 1 if Token() else 2


hot("kept", kept)
show("alive", Token.alive)


class Deep:
    def __init__(self, n): self.n = n
    def __bool__(self): return self.n == 0 or (True if Deep(self.n - 1) else False)


hot("deep", lambda n: test(Deep(n)), (30,))
show("too deep", outcome(lambda: test(Deep(10**6)))[:21])
try:
    test(Fails())
except KeyError:
    print(error_text())
