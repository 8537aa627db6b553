"""What is seen of frames from inside and outside while code is hot."""

import inspect
import sys
import traceback
import types

from common import hot, outcome, runs, show, trace_hot


def caller_info():
    f = sys._getframe(1)
    return f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno, f.f_lasti


def lines():
    a = caller_info()
    b = (
        caller_info()
    )
    c = [caller_info(), caller_info()][1]
    for i in range(2):
        d = caller_info()
    return a, b, c, d


hot("lines", lines)


def caller_locals():
    return {k: v for k, v in sys._getframe(1).f_locals.items() if not k.startswith("_")}


def typed_locals(n):
    i_sum = 0
    f_sum = 0.0
    s = "x"
    seen = []
    for i in range(n):
        i_sum += i
        f_sum += 0.5
        flag = i % 2 == 0
        if i in (0, 1, n // 2, n - 1):
            snap = caller_locals()
            snap.pop("seen")
            snap.pop("snap", None)
            seen.append(snap)
    return seen


hot("locals", typed_locals, (5,), (200,))


def write_f_locals():
    sys._getframe(1).f_locals["x"] = "written"


def written(n):
    x = 1
    for i in range(n):
        write_f_locals()
        x += 1
    return x


hot("write", written, (100,))


def write_through(n):
    """ctypes' way of making f_locals writable."""
    import ctypes
    x = 1
    for i in range(n):
        x += 1
        if i == n // 2:
            f = sys._getframe()
            f.f_locals["x"] = 1000
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(f), ctypes.c_int(0))
    return x


hot("write through", write_through, (100,), repeat=10)


def write_caller(value):
    import ctypes
    f = sys._getframe(1)
    f.f_locals["x"] = value
    f.f_locals["y"] = value
    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(f), ctypes.c_int(0))


def written_by_callee(n, value):
    x = 1
    y = 0.5
    for i in range(n):
        x += 1
        y += 1
        if i % 50 == 25:
            write_caller(value)
    return x, y


hot("written by callee", written_by_callee, (200, 10), (200, 0.25), (200, 2**70), (200, True), repeat=10)


def kept_frame(n):
    f = sys._getframe()
    x = 0
    out = []
    for i in range(n):
        x += i
        if i % 50 == 0:
            out.append((f.f_locals["x"], f.f_lineno - f.f_code.co_firstlineno))
    return out


hot("kept frame", kept_frame, (200,))


def leave_frame():
    a = 1
    b = [a]
    for i in range(60):
        a += i
    return sys._getframe()


def dead_frame():
    f = leave_frame()
    r = sorted(f.f_locals), f.f_locals["a"], f.f_back, f.f_lineno - f.f_code.co_firstlineno
    f.clear()
    return r, f.f_locals


hot("dead frame", dead_frame)


def stack_names():
    out = []
    f = sys._getframe()
    while f:
        out.append((f.f_code.co_name, f.f_lineno))
        f = f.f_back
    return [n for n, l in out][:6], [l for n, l in out][1:4]


def level3(): return stack_names()
def level2(): return level3()
def level1(): return [level2() for _ in range(1)][0]


hot("stack", level1)
hot("through builtin", lambda: list(map(lambda x: [n for n in stack_names()[0][:4]], [1])))


class Ops:
    def __add__(self, o): return stack_names()
    def __getattr__(self, n): return stack_names()
    def __getitem__(self, n): return stack_names()
    def __iter__(self): yield stack_names()
    def __eq__(self, o): return stack_names()
    def __call__(self): return stack_names()
    def __enter__(self): return stack_names()
    def __exit__(self, *a): pass
    def __init__(self): self.__dict__["init"] = stack_names()
    @property
    def prop(self): return stack_names()
    def method(self): return stack_names()


def operators():
    o = Ops()
    out = [
        o + 1,
        o.anything,
        o[1],
        [x for x in o],
        o == 1,
        o(),
        o.prop,
        o.method(),
        o.init,
    ]
    with o as w:
        out.append(w)
    (a,) = o
    out.append(a)
    for b in o:
        out.append(b)
    return out


hot("operators", operators)


def inspect_stack():
    return [(f.function, f.lineno, f.index, f.code_context and f.code_context[0].strip()) for f in inspect.stack()[:3]]


def calls_inspect(n):
    out = []
    for i in range(n):
        out.append(inspect_stack())
    return runs(map(str, out))


hot("inspect", calls_inspect, (3,), repeat=20)


def extract():
    return [(f.name, f.lineno, f.line, f.colno, f.end_colno) for f in traceback.extract_stack()[-3:]]


hot("extract", lambda: (1 + len(extract()), extract()))


def current_frames():
    import threading
    return sys._current_frames()[threading.get_ident()] is sys._getframe()


hot("current frames", current_frames)


def generator_frames():
    def g():
        x = 1
        yield sys._getframe().f_back.f_code.co_name
        x = 2
        yield x
    it = g()
    first = next(it)
    back = it.gi_frame.f_back
    l = dict(it.gi_frame.f_locals)
    return first, back, l, it.gi_frame.f_lineno - it.gi_code.co_firstlineno


hot("generator", generator_frames)


def locals_identity():
    a = 1
    l = locals()
    a = 2
    b = locals() is l
    return l["a"], b


hot("locals identity", locals_identity)


def f_trace_attributes():
    f = sys._getframe()
    return f.f_trace, f.f_trace_lines, f.f_trace_opcodes, f.f_builtins is __builtins__.__dict__, f.f_globals is globals(), type(f.f_code).__name__


hot("attributes", f_trace_attributes)


def jump_without_trace():
    sys._getframe().f_lineno = 1


hot("jump", jump_without_trace)


def clear_running():
    sys._getframe().clear()


hot("clear", clear_running)


def tb_frames(n):
    def f(k):
        local = k * 0.5
        if k == 0:
            raise ValueError
        f(k - 1)
    try:
        f(n)
    except ValueError as e:
        tb = e.__traceback__.tb_next
        out = []
        while tb:
            out.append((tb.tb_frame.f_locals["local"], tb.tb_lineno - f.__code__.co_firstlineno))
            tb = tb.tb_next
        return out


hot("tb frames", tb_frames, (0,), (5,))


def class_frame():
    class C:
        a = 1
        names = sorted(k for k in sys._getframe().f_locals if not k.startswith("__"))
        name = sys._getframe().f_code.co_name
    return C.names, C.name


hot("class", class_frame)


def exec_frame():
    out = {}
    exec("import sys\nx = 5\nr = [sys._getframe().f_code.co_name, sys._getframe().f_lineno]", out)
    return out["r"]


hot("exec", exec_frame)


def super_in_frames():
    class A:
        def f(self): return stack_names()[0][:3]
    class B(A):
        def f(self): return super().f()
    return B().f()


hot("super", super_in_frames)


def recursion_depth(n):
    if n:
        return recursion_depth(n - 1)
    d, f = 0, sys._getframe()
    while f:
        d, f = d + 1, f.f_back
    return d


hot("depth", lambda: recursion_depth(30) - recursion_depth(0))


def unbound_visible():
    if False:
        hidden = 1
    early = sorted(locals())
    late = 2
    del early
    return sorted(locals())


hot("unbound", unbound_visible)


def cells_visible():
    c = 1
    def inner():
        nonlocal c
        c += 1
        return sorted(locals().items()), sorted(sys._getframe(1).f_locals)[:2]
    return inner(), c


hot("cells", cells_visible)


def comprehension_frames():
    return [sys._getframe().f_code.co_name for _ in range(2)], list(sys._getframe().f_code.co_name for _ in range(1)), (lambda: sys._getframe().f_code.co_name)()


hot("comprehension", comprehension_frames)


def deep_exception_frame(n):
    try:
        1 / n
    except ZeroDivisionError:
        return caller_info()
    finally:
        caller_info()
    return caller_info()


hot("handler line", deep_exception_frame, (0,), (1,))
show("end", isinstance(leave_frame(), types.FrameType), outcome(sys._getframe, 1000))


def call_chain_reads(n):
    """Each level leaves ints and floats that the bottom reads."""
    a = n * 2
    b = n / 2
    if n == 0:
        out, f = [], sys._getframe()
        while f.f_code.co_name == "call_chain_reads":
            out.append((f.f_locals["a"], f.f_locals["b"]))
            f = f.f_back
        return out
    r = call_chain_reads(n - 1)
    a += 1
    return r if a else b


hot("chain", call_chain_reads, (10,))


def gc_referents():
    import gc
    x = 12345.678
    for i in range(100):
        x += 1
    frame = sys._getframe()
    return any(isinstance(o, float) and o == x for o in gc.get_referents(frame))


hot("referents", gc_referents)


kept_frames = []


def keep_caller():
    kept_frames.append(sys._getframe(1))


def ends_by_itself(flag):
    keep_caller()
    x = 1
    if flag:
        y = 2
    else:
        while x < 5:
            x += 1


def returns_later(flag):
    keep_caller()
    for i in range(3):
        if flag and i == 1:
            return i
    return (
        i
    )


def traceback_places(n):
    def down(n):
        if n == 0:
            raise ValueError
        down(n - 1)

    try:
        down(n)
    except ValueError as e:
        places, tb = [], e.__traceback__
        while tb:
            places.append((tb.tb_frame.f_code.co_name, tb.tb_lasti))
            tb = tb.tb_next
        return places


hot("last instructions", traceback_places, (0,), (4,))


def raises_later(flag):
    keep_caller()
    x = [1]
    return x[
        5
    ]


def finished_line(f, flag):
    kept_frames.clear()
    try:
        f(flag)
    except IndexError:
        pass
    frame = kept_frames.pop()
    return frame.f_lineno - f.__code__.co_firstlineno, frame.f_lasti, sorted(frame.f_locals.items(), key=str)


for f in (ends_by_itself, returns_later, raises_later):
    hot(f"finished {f.__name__}", finished_line, (f, True), (f, False))
