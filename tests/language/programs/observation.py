"""Trace and profile functions: the events, wherever the observer is switched on."""

import bdb
import sys
import threading

from common import hot, outcome, runs, show, trace_hot

HERE = __file__


def tracer(log, opcodes=False, lines=True):
    def trace(frame, event, arg):
        code = frame.f_code
        if code.co_filename != HERE or code.co_name in ("trace", "off"):
            return None
        frame.f_trace_opcodes = opcodes
        frame.f_trace_lines = lines
        shown = arg[0].__name__ if event == "exception" else arg if isinstance(arg, (int, float, str, type(None))) else type(arg).__name__
        log.append((event, code.co_name, (frame.f_lineno or 0) - code.co_firstlineno, frame.f_lasti if opcodes else 0, shown))
        return trace

    return trace


def profiler(log):
    def profile(frame, event, arg):
        name = arg.__name__ if event.startswith("c_") else frame.f_code.co_name
        if frame.f_code.co_filename == HERE:
            log.append((event, name, frame.f_code.co_name))

    return profile


def add(a, b):
    c = a + b
    return c


def work(n):
    t = 0
    for i in range(n):
        if i % 2:
            t = add(t, i)
        else:
            t += len("x")
    return t


def fails(n):
    for i in range(n):
        try:
            if i == 1:
                raise KeyError(i)
            [][i]
        except LookupError:
            continue
    raise ValueError("end")


def gen(n):
    for i in range(n):
        x = yield i
        if x:
            yield x


def use_gen(n):
    t = 0
    for i in gen(n):
        t += i
    g = gen(2)
    next(g)
    g.send(5)
    g.close()
    return t


class K:
    v = 1
    def __init__(self): self.a = 1
    def __enter__(self): return self
    def __exit__(self, *a): return False
    @property
    def p(self): return self.a


def objects(n):
    for i in range(n):
        k = K()
        with k as w:
            w.p
        [j for j in range(2)]
        (lambda: 0)()


def multi(n):
    x = [
        n,
        add(n, 1),
    ]; y = 1
    while n: n -= 1
    if x and y \
            or n:
        pass
    return (x,
            y)


def nothing(n):
    pass


PROGRAMS = [work, fails, use_gen, objects, multi, nothing]


def traced(f, n, **kw):
    log = []
    sys.settrace(tracer(log, **kw))
    try:
        f(n)
    except ValueError:
        pass
    finally:
        sys.settrace(None)
    return log


def profiled(f, n):
    log = []
    sys.setprofile(profiler(log))
    try:
        f(n)
    except ValueError:
        pass
    finally:
        sys.setprofile(None)
    return log


def warm():
    for f in PROGRAMS:
        for _ in range(80):
            outcome(f, 5)


# Cold, then hot, then traced in turn with running freely.
for stage in ("cold", "warm", "again"):
    for f in PROGRAMS:
        show(f"{stage} trace {f.__name__}", traced(f, 3))
        show(f"{stage} opcodes {f.__name__}", traced(f, 2, opcodes=True))
        show(f"{stage} only opcodes {f.__name__}", len(traced(f, 2, opcodes=True, lines=False)))
        show(f"{stage} profile {f.__name__}", profiled(f, 3))
    warm()


# Switched on in the middle of a hot loop, in this frame or a callee.
def start_trace(log, how):
    if how == "trace":
        sys.settrace(tracer(log))
    elif how == "frame":
        t = tracer(log)
        sys.settrace(t)
        sys._getframe(1).f_trace = t
    elif how == "callers":
        t = tracer(log)
        sys.settrace(t)
        f = sys._getframe(1)
        while f:
            f.f_trace = t
            f = f.f_back
    elif how == "profile":
        sys.setprofile(profiler(log))


def stop():
    sys.settrace(None)
    sys.setprofile(None)
    f = sys._getframe(1)
    while f:
        f.f_trace = None
        f = f.f_back


def middle(n, log, how):
    t = 0
    for i in range(n):
        t += i
        if i == n - 4:
            start_trace(log, how)
        t = add(t, 1)
        if i == n - 2:
            stop()
    return t


def middle_direct(n, log, how):
    t = 0.5
    tr = tracer(log)
    for i in range(n):
        t += i
        if i == n - 3:
            sys.settrace(tr)
            sys._getframe().f_trace = tr
        t += 1
        t = add(t, 1)
        if i == n - 1:
            sys.settrace(None)
    return t


def nested_middle(n, log, how):
    def inner(k):
        if k == n - 3:
            start_trace(log, how)
        return k
    t = 0
    for i in range(n):
        t += inner(i)
        x = (i, t)
    stop()
    return t


def raising_middle(n, log, how):
    for i in range(n):
        try:
            if i == n - 3:
                start_trace(log, how)
            [][i]
        except IndexError:
            x = i
    stop()
    return x


def generator_middle(n, log, how):
    t = 0
    for i in gen(n):
        t += i
        if i == n - 3:
            start_trace(log, how)
    stop()
    return t


for f in (middle, middle_direct, nested_middle, raising_middle, generator_middle):
    for how in ("trace", "frame", "callers", "profile"):
        seen = []
        for _ in range(15):
            log = []
            r = f(60, log, how)
            seen.append(repr((r, log)))
        show(f"{f.__name__} {how}", runs(seen))


def off_in_tracer(n):
    """The trace function switches itself off."""
    log = []

    def trace(frame, event, arg):
        log.append((event, (frame.f_lineno or 0) - frame.f_code.co_firstlineno))
        if len(log) == 7:
            sys.settrace(None)
            return None
        return trace

    sys.settrace(trace)
    work(n)
    sys.settrace(None)
    return log[:9]


hot("off in tracer", off_in_tracer, (50,), repeat=10)


def raising_tracer(n):
    log = []

    def trace(frame, event, arg):
        if frame.f_code.co_name == "work":
            log.append(event)
            if len(log) == 12:
                raise RuntimeError("from the tracer")
        return trace

    sys.settrace(trace)
    try:
        work(n)
    except RuntimeError as e:
        return str(e), sys.gettrace(), log[-2:]
    finally:
        sys.settrace(None)


hot("raising tracer", raising_tracer, (50,), repeat=10)


def assigning_tracer(n):
    """A debugger changes locals and jumps."""

    def trace(frame, event, arg):
        if frame.f_code.co_name != "victim":
            return None
        if event == "line" and frame.f_locals.get("i") == 3:
            frame.f_locals["t"] = 1000
            frame.f_locals["i"] = 100
        return trace

    def victim(k):
        t = 0
        for i in range(k):
            t += i
            t += 0
        return t

    plain = victim(n)
    sys.settrace(trace)
    r = victim(n)
    sys.settrace(None)
    return plain, r, victim(n)


hot("assigning", assigning_tracer, (6,), (60,), repeat=15)


def jumping_tracer():
    def victim(log):
        log.append(1)
        log.append(2)
        log.append(3)
        log.append(4)

    def trace(frame, event, arg):
        if frame.f_code is not victim.__code__:
            return None
        if event == "line" and frame.f_lineno == victim.__code__.co_firstlineno + 2:
            frame.f_lineno = victim.__code__.co_firstlineno + 4
        return trace

    plain, jumped = [], []
    victim(plain)
    sys.settrace(trace)
    victim(jumped)
    sys.settrace(None)
    return plain, jumped


hot("jumping", jumping_tracer, repeat=60)


class Debugger(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.log = []

    def user_line(self, frame):
        if frame.f_code.co_filename == HERE and len(self.log) < 40:
            self.log.append((frame.f_code.co_name, (frame.f_lineno or 0) - frame.f_code.co_firstlineno))
        self.set_step()

    def user_return(self, frame, value):
        if frame.f_code.co_filename == HERE:
            self.log.append(("return", frame.f_code.co_name))


def debugger():
    d = Debugger()
    d.runcall(work, 4)
    return d.log


hot("bdb", debugger, repeat=10)


def breakpoint_in_loop(n):
    d = Debugger()
    d.set_break(HERE, work.__code__.co_firstlineno + 4, cond=f"i == {n - 1}")
    d.user_line = lambda frame: (d.log.append(("stop", frame.f_locals.get("i"), frame.f_locals.get("t"))), d.set_continue())[0]
    d.run("work(%d)" % n, globals())
    d.clear_all_breaks()
    return d.log


hot("breakpoint", breakpoint_in_loop, (60,), repeat=5)


def set_trace_in_loop(n):
    d = Debugger()
    t = 0
    for i in range(n):
        t += i
        if i == n - 2:
            d.set_trace()
    sys.settrace(None)
    sys._getframe().f_trace = None
    return t, d.log[:8]


hot("set_trace", set_trace_in_loop, (60,), repeat=10)


def threads_traced(n):
    log = []
    threading.settrace(tracer(log))
    th = threading.Thread(target=lambda: work(3))
    th.start()
    th.join()
    threading.settrace(None)
    return log


hot("threads", threads_traced, (3,), repeat=5)


def profile_c_exceptions(n):
    log = []
    sys.setprofile(profiler(log))
    for i in range(3):
        try:
            int("x")
        except ValueError:
            pass
        try:
            {}.pop(1)
        except KeyError:
            pass
        max([1, 2], key=lambda v: -v)
        "a".upper()
        isinstance(i, int)
        print(end="")
    sys.setprofile(None)
    return log


hot("c calls", profile_c_exceptions, (1,), repeat=20)


def tail(n):
    def leaf(k):
        if k == n - 1:
            sys.setprofile(profiler(log))
        return k
    log = []
    for i in range(n):
        leaf(i)
    add(1, 2)
    sys.setprofile(None)
    return log


hot("profile from leaf", tail, (60,), repeat=10)


def coverage_like(f, n):
    hit = set()

    def trace(frame, event, arg):
        if frame.f_code.co_filename == HERE:
            hit.add((frame.f_code.co_name, (frame.f_lineno or 0) - frame.f_code.co_firstlineno))
        return trace

    sys.settrace(trace)
    outcome(f, n)
    sys.settrace(None)
    return hit


for f in PROGRAMS:
    hot(f"coverage {f.__name__}", coverage_like, (f, 6), repeat=5)
show("tracing off", sys.gettrace(), sys.getprofile())
trace_hot("after", fails, 3)
hot("audit", lambda: len(runs(["a"])))


def condition_begins_tracing():
    """A condition's __bool__ switches tracing on where the way on is compiled already."""
    events = []

    def tracer(frame, event, _):
        events.append((event, frame.f_code.co_name))
        return tracer

    def called(value):
        return value

    class Plain:
        pass

    def choose(o):
        for i in range(6):
            if i == 5:
                Plain.__bool__ = lambda self: sys.settrace(tracer) is None
            if i:
                o = 5
            called(o or i)

    for _ in range(2):
        choose(Plain())
    sys.settrace(None)
    return events[:4]


show("condition begins tracing", condition_begins_tracing())
