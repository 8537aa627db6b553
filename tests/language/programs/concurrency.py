"""Signals, asynchronous exceptions, threads, fork, subinterpreters, against hot loops."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

from common import hot, outcome, show

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell

# Signals


def spin_until_signal(kind):
    got = []

    def handler(s, f):
        got.append((signal.Signals(s).name, f.f_code.co_name in ("spin", "helper")))
        if kind == "raise":
            raise OSError("from handler")

    def helper(x):
        return x + 1

    def spin():
        i = 0
        while not got:
            if kind == "call":
                i = helper(i)
            elif kind == "for":
                for k in range(1000):
                    i += k
            else:
                i += 1
        return "left"

    old = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    try:
        r = spin()
    except OSError as e:
        r = str(e)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    return r, got


hot("signal", spin_until_signal, ("while",), ("call",), ("for",), ("raise",), repeat=3)


def many_signals():
    count = 0

    def handler(s, f):
        nonlocal count
        count += 1

    old = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    t = 0.0
    i = 0
    while count < 20:
        i += 1
        t += 0.5
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, old)
    return t == i * 0.5, count >= 20


hot("many signals", many_signals, repeat=3)


def interrupted(how):
    def by_kill():
        i = 0
        while True:
            i += 1
            if i == 5000:
                os.kill(os.getpid(), signal.SIGINT)

    def by_raise():
        for i in range(10**9):
            if i == 3000:
                signal.raise_signal(signal.SIGINT)

    def generator():
        i = 0
        while True:
            yield i
            i += 1
            if i == 4000:
                os.kill(os.getpid(), signal.SIGINT)

    try:
        if how == "kill":
            by_kill()
        elif how == "raise":
            by_raise()
        else:
            for x in generator():
                pass
    except KeyboardInterrupt:
        return "interrupted"


hot("interrupt", interrupted, ("kill",), ("raise",), ("generator",), repeat=4)

# Asynchronous exceptions


class Stop(Exception):
    pass


def async_exception(kind):
    result = []
    started = threading.Event()

    def loop():
        i = 0
        x = 0.0
        started.set()
        while True:
            i += 1
            x += 0.5
            if kind == "call":
                len("x")
            elif kind == "python":
                pure(i)

    def run():
        try:
            loop()
        except Stop:
            result.append("stopped")

    t = threading.Thread(target=run)
    t.start()
    started.wait()
    time.sleep(0.005)
    n = ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(t.ident), ctypes.py_object(Stop))
    t.join(30)
    return n, result, t.is_alive()


def pure(x):
    return x


hot("async exception", async_exception, ("",), ("call",), ("python",), repeat=3)

# Threads


def threads(n, k):
    totals = [0] * n
    lock = threading.Lock()
    shared = 0

    def work(me):
        nonlocal shared
        t = 0
        for i in range(k):
            t += i if me % 2 else i * 0.5
            if i % 100 == 0:
                with lock:
                    shared += 1
        totals[me] = t

    ts = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return totals, shared


old = sys.getswitchinterval()
sys.setswitchinterval(1e-5)
hot("threads", threads, (4, 3000), repeat=4)


def ping_pong(n):
    """Progress of one thread depends on the other getting the interpreter."""
    turn = [0]
    out = []

    def player(me):
        for _ in range(n):
            while turn[0] != me:
                pass
            out.append(me)
            turn[0] = 1 - me

    ts = [threading.Thread(target=player, args=(i,)) for i in (0, 1)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return len(out), out[:4]


hot("ping pong", ping_pong, (30,), repeat=2)


def globals_from_thread():
    global flag
    flag = 0

    def setter():
        global flag
        time.sleep(0.005)
        flag = "set"

    t = threading.Thread(target=setter)
    t.start()
    while flag == 0:
        pass
    t.join()
    return flag


hot("globals", globals_from_thread, repeat=3)


def class_from_thread():
    class C:
        def m(self): return 0

    c = C()

    def patch():
        time.sleep(0.005)
        C.m = lambda self: "patched"

    t = threading.Thread(target=patch)
    t.start()
    while c.m() == 0:
        pass
    t.join()
    return c.m()


hot("class", class_from_thread, repeat=3)


def thread_local(n):
    local = threading.local()
    out = []

    def work(i):
        local.x = 0
        for _ in range(200):
            local.x += i
        out.append(local.x)

    ts = [threading.Thread(target=work, args=(i,)) for i in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return sorted(out)


hot("local", thread_local, (4,), repeat=5)


def same_code_many_threads(n):
    """First executions of fresh functions race each other."""
    space = {}
    exec("def f(k):\n    t = 0\n    for i in range(k):\n        t += i * one\n    return t\none = 1", space)
    out = []
    ts = [threading.Thread(target=lambda: out.append(space["f"](300))) for _ in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return out


hot("race", same_code_many_threads, (6,), repeat=10)
sys.setswitchinterval(old)


def daemon_exit():
    source = "import threading\ndef f():\n    i = 0\n    while True: i += 1\nthreading.Thread(target=f, daemon=True).start()\nprint(sum(i for i in range(1000)))"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


hot("daemon", daemon_exit, repeat=2)

# Fork


def hot_function(n):
    t = 0
    for i in range(n):
        t += i
    return t


def fork_and_compute(seed):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            space = {}
            exec(f"def fresh(n):\n    t = {seed}\n    for i in range(n):\n        t += i * 2\n    return t", space)
            result = (hot_function(300), [space["fresh"](200) for _ in range(60)][-1], sum(x for x in range(100)))
            os.write(w, repr(result).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(w)
    space = {}
    exec(f"def fresh(n):\n    t = {seed}\n    for i in range(n):\n        t -= i\n    return t", space)
    mine = [space["fresh"](200) for _ in range(60)][-1]
    data = b""
    while chunk := os.read(r, 4096):
        data += chunk
    os.close(r)
    _, status = os.waitpid(pid, 0)
    return data.decode(), os.waitstatus_to_exitcode(status), mine, hot_function(300)


hot("fork", fork_and_compute, (1,), (2,), repeat=5)


def fork_in_hot_loop(n):
    out = []
    for i in range(n):
        t = hot_function(i)
        if i == n - 1:
            pid = os.fork()
            if pid == 0:
                t = 0.5
                for k in range(500):
                    t += k
                os._exit(int(t) % 100)
            out.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    return out, t


hot("fork in loop", fork_in_hot_loop, (60,), repeat=3)


def grandchildren(n):
    pid = os.fork()
    if pid == 0:
        status = hot_function(50) % 7
        if n:
            status += grandchildren(n - 1)
        os._exit(status % 100)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


hot("grandchildren", grandchildren, (3,), repeat=2)


def _pool_work(n):
    return hot_function(n)


def pool():
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as p:
        return p.map(_pool_work, range(0, 200, 10))


hot("pool", pool, repeat=1)


def executor():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as e:
        return list(e.map(hot_function, range(100))), [f.result() for f in [e.submit(hot_function, 10)]]


hot("executor", executor, repeat=3)

# Subinterpreters
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    interpreters = None


def subinterpreter(n):
    if interpreters is None:
        return "absent"
    r, w = os.pipe()
    i = interpreters.create()
    interpreters.run_string(i, f"""
import os
def f(n):
    t = 0
    for k in range(n):
        t += k if k % 2 else 0.5
    return t
class C:
    x = 1
    def m(self): return self.x
c = C()
r = [(f(200), c.m()) for _ in range(60)][-1]
def g():
    for k in range(100):
        yield k
os.write({w}, repr((r, sum(g()))).encode())
""")
    interpreters.destroy(i)
    os.close(w)
    data = os.read(r, 1000).decode()
    os.close(r)
    return data, hot_function(n)


hot("subinterpreter", subinterpreter, (100,), repeat=4)


def nested_subinterpreter():
    if interpreters is None:
        return "absent"
    a, b = interpreters.create(), interpreters.create()
    out = []
    for i in (a, b, a, b):
        try:
            interpreters.run_string(i, "def f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nassert f(12) == 144\nraise ValueError('in sub')")
        except interpreters.RunFailedError as e:
            out.append(str(e))
        hot_function(100)
    interpreters.destroy(a)
    interpreters.destroy(b)
    return out


hot("two subinterpreters", nested_subinterpreter, repeat=3)
try:
    import _testcapi
except ImportError:
    _testcapi = None
show("capi", outcome(lambda: _testcapi.run_in_subinterp("t = 0\nfor i in range(500): t += i\nassert t == 124750") if _testcapi else 0))
