"""The text every generated program begins with: how it shows values and trouble, and the odd helpers.

The place of an UnboundLocalError is left out: CPython's own superinstructions get it wrong once code is warm.
It is part of the program, so that a program stands alone, and so that it can be reduced as well.
"""

PRELUDE = """\
import _thread, builtins, functools, gc, itertools, math, operator, signal, sys, threading, tracemalloc
from array import array
gc.disable()
NAN, INF = float('nan'), float('inf')
HELD = None
LOG, EVENTS, STOP, THREADS = [], [], [], []
LOOKING = []  # not empty: finalizers look at the frames that they interrupt
COUNTS = [0, 0, 0]  # lines, ticks, finalizers; not globals that change: code relies on a module's globals
LEN, ABS, ISINSTANCE, RANGE, CHR, MAX, HASH = len, abs, isinstance, range, chr, max, hash
ZERO, ONE, LAST_ONE = 0, 1, -1
BB, AB = bytearray(b'a\\0\\xff'), array('b', [1, -128, 127])
AI, AD = array('i', [5, -1, 2**31 - 1]), array('d', [0.5, -0.0])


class Budget(BaseException):
    pass


def collect():
    sys.stdout.write('collecting\\n')
    gc.collect()
    sys.stdout.write('collected\\n')


class Sentinel:
    __slots__ = ()


class Empty:
    __slots__ = ()
    n, f, s, items, next = 6, 6.0, 'empty', (), None
    __repr__ = lambda self: 'E'


class Knot:
    n, f, s, items, next = 7, 7.0, 'knot', (), None
    __repr__ = lambda self: 'N'

    def __init__(self, n=0):
        self.n = n
        self.next = self


class Last:
    n, f, s, items, next = 5, 5.0, 'last', (), None
    __repr__ = lambda self: 'L'

    def __init__(self, n=0):
        self.n = n

    def __del__(self):
        COUNTS[2] += 1
        sys.stdout.write('last %s %d%s\\n' % (type(self.n).__name__, COUNTS[1], seen()))


class Custom(Exception):
    pass


def emit(line):
    COUNTS[0] += 1
    if COUNTS[0] > 1500:
        raise Budget
    sys.stdout.write(line + '\\n')


def text(v, deep=0):
    t = type(v)
    if t is int:
        if -2**300 < v < 2**300:
            return int.__repr__(v)
        return 'big %d %d' % (v.bit_length(), v % 1000003)
    if t is str and LEN(v) > 5000:
        return 'long %d %d' % (LEN(v), HASH(v))
    if t in (float, bool, str, type(None), complex, range):
        return repr(v)
    if t in (list, tuple, set, frozenset, dict):
        if deep > 3:
            return '...'
        if t is dict:
            pairs = [text(a, deep + 1) + ':' + text(v[a], deep + 1) for a in list(v)[:20]]
            return '{' + ', '.join(pairs) + '}'
        parts = [text(a, deep + 1) for a in list(v)[:30]]
        if t in (set, frozenset):
            parts.sort()
        return t.__name__ + '[' + ', '.join(parts) + ']'
    if t is type:
        return 'class ' + v.__name__
    for base in (int, float, str):
        if base in t.__mro__:
            return t.__name__ + '(' + base.__repr__(v)[:60] + ')'
    if deep < 2 and 'n' in getattr(t, 'SHOWN', ()):
        try:
            return '<' + t.__name__ + ' ' + text(v.n, deep + 2) + '>'
        except Exception as e:
            return '<' + t.__name__ + ' ' + type(e).__name__ + '>'
    if BaseException in t.__mro__:
        return trouble(v)
    return '<' + t.__name__ + '>'


def show(*values):
    emit(' '.join([text(v) for v in values]))


def inside(frame):
    if frame.f_locals is frame.f_globals:
        return ''
    plain = int, float, bool, str, type(None)
    known = [(name, v) for name, v in frame.f_locals.items() if type(v) in plain]
    return ' '.join([name + '=' + text(v)[:60] for name, v in sorted(known)][:8])


def seen():
    if not LOOKING:
        return ''
    frame, places = sys._getframe(2), ''
    while frame is not None and LEN(places) < 200:
        places += ' | %s %s %s' % (frame.f_code.co_name, frame.f_lineno, inside(frame))
        frame = None if frame.f_code.co_name == '<module>' else frame.f_back  # nothing but the program's
    return places


def where(tb, kind):
    places = []
    while tb is not None and LEN(places) < 12:
        code = tb.tb_frame.f_code
        spot = next(itertools.islice(code.co_positions(), tb.tb_lasti // 2, None))
        if kind is UnboundLocalError and tb.tb_next is None:
            break
        places.append('%s %s %s %s' % (code.co_name, tb.tb_lineno, spot, inside(tb.tb_frame)))
        tb = tb.tb_next
    return ' | '.join(places)


def trouble(e):
    if BaseException not in type(e).__mro__:
        return text(e)
    message = ', '.join([text(a) for a in e.args])[:200]
    return '%s(%s) at %s ctx %s' % (type(e).__name__, message, where(e.__traceback__, type(e)),
                                    type(e.__context__).__name__)


def tick(period):
    COUNTS[1] += 1
    if COUNTS[1] > 4000:
        raise Budget
    return COUNTS[1] % period == 0


def clip(x):
    return x if type(x) is not int or -2**200 < x < 2**200 else 7


def attempt(label, function, *args, **named):
    try:
        result = function(*args, **named)
    except (Exception, GeneratorExit) as e:
        emit(label + ' raises ' + trouble(e))
    else:
        emit(label + ' ' + text(result))


# How threading waits for a thread that begins depends on how soon it does.
def is_timed(frame):
    return frame.f_code.co_filename.endswith('threading.py')


def tracer(frame, event, arg):
    if is_timed(frame):
        return tracer
    if LEN(EVENTS) < 60:
        EVENTS.append((event, frame.f_code.co_name, frame.f_lineno))
        return tracer
    sys.settrace(None)


def profiler(frame, event, arg):
    if is_timed(frame):
        return
    if LEN(EVENTS) < 60:
        EVENTS.append((event, frame.f_code.co_name, getattr(arg, '__name__', None) if event[0] == 'c' else 0))
    else:
        sys.setprofile(None)


def deep(n):
    abs(n), 'a'.upper(), n.bit_length(), [n].append(n), globals()
    return deep(n + 1)


def deep_builtin(n):
    globals()
    return deep_builtin(n + 1)


def deep_method(n):
    n.bit_length()
    return deep_method(n + 1)


def deep_with(n):
    [n].extend(())
    return deep_with(n + 1)


def deep_check(n):
    isinstance(n, int)
    return deep_check(n + 1)


def deep_one(n):
    {0}.discard(n)
    return deep_one(n + 1)


DEEP = deep, deep_builtin, deep_method, deep_with, deep_check, deep_one


def idle(stop):
    n = 0
    while not stop:
        n += 1


def fall():
    try:
        DEEP[COUNTS[1] % 6](0)
    except RecursionError:
        return 'deep'


def handler(number, frame):
    LOG.append(frame.f_lineno)


signal.signal(signal.SIGUSR1, handler)


def drive(label, make, *steps):
    try:
        it = make()
    except Exception as e:
        return emit(label + ' not made ' + trouble(e))
    ended = 0
    for step, value in steps:
        if ended > 1:
            break
        try:
            if step == 'next':
                result = it.send(None)
            elif step == 'send':
                result = it.send(value)
            elif step == 'throw':
                result = it.throw(value)
            elif step == 'close':
                result = it.close()
            else:
                result = list(it)[:9]
            emit(label + ' ' + step + ' ' + text(result))
        except (Exception, GeneratorExit) as e:
            ended += 1
            emit(label + ' ' + step + ' raises ' + trouble(e))


class Manager:
    def __init__(self, value, swallow=False):
        self.value, self.swallow = value, swallow

    def __enter__(self):
        return self.value

    def __exit__(self, kind, e, tb):
        if kind is not None:
            emit('exit ' + kind.__name__ + ' ' + where(tb, kind))
        return self.swallow


class Await:
    def __init__(self, value, times=1):
        self.value, self.times = value, times

    def __await__(self):
        for i in range(self.times):
            got = yield self.value
            if got is not None:
                self.value = got
        return self.value


class AsyncManager(Manager):
    async def __aenter__(self):
        return await Await(self.value)

    async def __aexit__(self, kind, e, tb):
        await Await('exit')
        return Manager.__exit__(self, kind, e, tb)


class AsyncCount:
    def __init__(self, stop):
        self.i, self.stop = 0, stop

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.stop:
            raise StopAsyncIteration
        self.i += 1
        return await Await(self.i, self.i & 1)
"""

FINALE = """\
COUNTS[:] = -1000, -1000, 0
STOP.append(1)
for thread in THREADS:
    thread.join()
sys.settrace(None)
sys.setprofile(None)
tracemalloc.stop()
signal.signal(signal.SIGUSR1, signal.SIG_DFL)
builtins.len, builtins.abs, builtins.isinstance, builtins.range = LEN, ABS, ISINSTANCE, RANGE
builtins.chr, builtins.max = CHR, MAX
globals().pop('len', None)
globals().pop('abs', None)
emit('--- end')
for event in EVENTS:
    emit(repr(event))
attempt('globals', lambda: [BB, AB, AI, AD, K0, K1, K2, G0, G1, G2, GL, GT, GD])
attempt('objects', lambda: [O0, O1, O2, O3])
attempt('log', lambda: LOG[:40])
LOG.clear(), GL.clear(), GD.clear()
G0 = G1 = G2 = GT = O0 = O1 = O2 = O3 = None
collect()
attempt('references', lambda: [sys.getrefcount(s) for s in (S0, S1) if type(s) is Sentinel])
"""
