"""Coroutines, async generators, async for and with, asyncio."""

import asyncio
import contextlib
import gc
import inspect
import sys
import types
import warnings

from common import hot, outcome, runs, show, trace_hot


class Awaitable:
    def __init__(self, values, result):
        self.values = values
        self.result = result

    def __await__(self):
        for v in self.values:
            yield v
        return self.result


def run(coro, *sends):
    out = []
    it = iter(sends)
    x = None
    while True:
        try:
            out.append(coro.send(x))
        except StopIteration as e:
            return out, e.value
        x = next(it, None)


async def simple(x):
    return x + 1


async def chain(n):
    if n == 0:
        return await Awaitable([1, 2], "end")
    return await chain(n - 1)


async def loop(n):
    t = 0
    for i in range(n):
        t += await simple(i)
        if i == n // 2:
            t += await Awaitable(["half"], 0.5)
    return t


hot("simple", lambda x: run(simple(x)), (1,), (1.5,), ("s",))
hot("chain", lambda n: run(chain(n)), (0,), (20,))
hot("loop", lambda n: run(loop(n)), (5,), (200,), repeat=15)


async def awaits(x):
    return await x


class BadAwait:
    def __await__(self): return 5


class RaisingAwait:
    def __await__(self): raise KeyError("raising await")


class AwaitIter:
    def __await__(self): return iter([1, 2])


for x in (5, None, BadAwait(), RaisingAwait(), AwaitIter(), Awaitable([], 3)):
    hot(f"await {type(x).__name__}", lambda: run(awaits(x)))
trace_hot("await int", lambda: run(awaits(5)))
trace_hot("await raising", lambda: run(awaits(RaisingAwait())))


class ACM:
    def __init__(self, log, swallow=False): self.log, self.swallow = log, swallow

    async def __aenter__(self):
        self.log.append("enter")
        await Awaitable(["entering"], None)
        return self

    async def __aexit__(self, t, v, tb):
        self.log.append(("exit", t and t.__name__))
        await Awaitable(["exiting"], None)
        return self.swallow


async def use_with(kind, log):
    for i in range(3):
        async with ACM(log, kind == "swallow") as a, ACM(log) as b:
            if kind in ("raise", "swallow"):
                raise ValueError(kind)
            if kind == "return":
                return "returned"
            if kind == "break":
                break
            if kind == "continue":
                continue
            await Awaitable(["body"], None)
    return "after"


def with_case(kind):
    log = []
    return outcome(lambda: run(use_with(kind, log))), log


hot("async with", with_case, ("",), ("raise",), ("swallow",), ("return",), ("break",), ("continue",), repeat=20)


class NoExit:
    async def __aenter__(self): return 1


async def with_bad(x):
    async with x:
        pass


for x in (5, NoExit()):
    trace_hot(f"with {type(x).__name__}", lambda: run(with_bad(x)), repeat=5)


class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        if self.n % 10 == 0:
            await Awaitable(["tick"], None)
        return self.n


class BadAiter:
    def __aiter__(self): return 5


class BadAnext:
    def __aiter__(self): return self
    def __anext__(self): return 5


async def use_for(it):
    t = 0
    async for x in it:
        t += x
        if x == 3:
            continue
        if x > 1000:
            break
    else:
        t += 0.5
    return t


hot("async for", lambda n: run(use_for(AIter(n))), (0,), (5,), (100,), repeat=15)
for x in (5, BadAiter(), BadAnext(), [1]):
    trace_hot(f"for {type(x).__name__}", lambda: run(use_for(x)), repeat=5)


async def agen(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                yield ("got", got)
            await Awaitable(["agen"], None)
    finally:
        await Awaitable(["cleanup"], None)


async def use_agen(n):
    out = []
    async for x in agen(n):
        out.append(x)
    g = agen(n)
    out.append(await g.__anext__())
    out.append(await g.asend("hello"))
    try:
        await g.athrow(KeyError("k"))
    except KeyError as e:
        out.append(repr(e))
    g = agen(n)
    await g.__anext__()
    await g.aclose()
    try:
        await g.__anext__()
    except StopAsyncIteration:
        out.append("stopped")
    return len(out), out[-4:]


hot("agen", lambda n: run(use_agen(n)), (1,), (5,), (60,), repeat=10)


async def comprehensions(n):
    a = [x async for x in agen(n)]
    b = {x async for x in agen(n) if x % 2}
    c = {x: await simple(x) async for x in agen(n)}
    d = [await simple(i) for i in range(n)]
    e = [y async for y in (x * 2 async for x in agen(n))]
    f = [[z async for z in agen(2)] for _ in range(2)]
    return a, b, c, d, e, f


hot("comprehensions", lambda n: run(comprehensions(n))[1], (0,), (4,), repeat=15)


def thrown():
    log = []

    async def c():
        try:
            await Awaitable([1, 2], None)
        except ValueError as e:
            log.append(str(e))
            await Awaitable(["handler"], None)
            return "recovered"
        finally:
            log.append("finally")

    x = c()
    out = [x.send(None), x.throw(ValueError("in")), outcome(x.send, None)]
    y = c()
    y.send(None)
    y.close()
    z = c()
    z.close()
    w = c()
    w.send(None)
    return out, log, outcome(w.throw, KeyError("k")), outcome(w.send, None), outcome(x.send, None)


hot("thrown", thrown)


def attributes():
    c = chain(1)
    out = [inspect.getcoroutinestate(c), c.cr_running, c.cr_await is None, c.cr_frame.f_lineno > 0]
    c.send(None)
    out += [inspect.getcoroutinestate(c), type(c.cr_await).__name__, c.cr_suspended]
    c.close()
    out += [inspect.getcoroutinestate(c), c.cr_frame]
    return out


hot("attributes", attributes)


def never_awaited():
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        simple(1)
        gc.collect()
    return [str(x.message) for x in w]


hot("never awaited", never_awaited, repeat=10)


def twice():
    c = simple(1)
    run(c)
    return outcome(c.send, None)


hot("twice", twice)


async def stop_in_coroutine():
    raise StopIteration("x")


async def stop_in_agen():
    yield 1
    raise StopAsyncIteration("y")


async def all_of(g): return [x async for x in g]


trace_hot("stop coroutine", lambda: run(stop_in_coroutine()), repeat=8)
trace_hot("stop agen", lambda: run(all_of(stop_in_agen())), repeat=8)


async def deep_error(n):
    if n == 0:
        await Awaitable([1], None)
        raise ValueError("deep")
    await deep_error(n - 1)


trace_hot("deep error", lambda: run(deep_error(4)), repeat=8)

# asyncio


async def producer(q, n):
    for i in range(n):
        await q.put(i)
        if i % 7 == 0:
            await asyncio.sleep(0)
    await q.put(None)


async def consumer(q):
    t = 0
    while (x := await q.get()) is not None:
        t += x
    return t


async def queue_program(n):
    q = asyncio.Queue(5)
    p = asyncio.create_task(producer(q, n))
    r = await consumer(q)
    await p
    return r


async def gather_program(n):
    async def work(i):
        for _ in range(i % 5):
            await asyncio.sleep(0)
        if i == 13:
            raise ValueError(i)
        return i * 2

    rs = await asyncio.gather(*(work(i) for i in range(n)), return_exceptions=True)
    return [repr(r) if isinstance(r, Exception) else r for r in rs]


async def cancel_program(n):
    log = []

    async def worker(i):
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            log.append(i)
            raise
        finally:
            await asyncio.sleep(0)

    ts = [asyncio.create_task(worker(i)) for i in range(n)]
    await asyncio.sleep(0)
    for t in ts:
        t.cancel()
    r = await asyncio.gather(*ts, return_exceptions=True)
    return log, [type(x).__name__ for x in r], all(t.cancelled() for t in ts)


async def group_program():
    log = []

    async def fails():
        await asyncio.sleep(0)
        raise KeyError("group")

    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(fails())
            g.create_task(asyncio.sleep(1000))
    except* KeyError as e:
        log.append(repr(e.exceptions))
    return log


async def timeout_program():
    log = []
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(1000)
    except TimeoutError as e:
        log.append(type(e).__name__)
    return log


async def lock_program(n):
    lock = asyncio.Lock()
    shared = []

    async def w(i):
        async with lock:
            shared.append(i)
            await asyncio.sleep(0)
            shared.append(i)

    await asyncio.gather(*(w(i) for i in range(n)))
    return shared


@contextlib.asynccontextmanager
async def acontext(log):
    log.append("in")
    try:
        yield 5
    finally:
        log.append("out")


async def context_program():
    log = []
    async with acontext(log) as x:
        log.append(x)
    try:
        async with acontext(log):
            raise ValueError("through")
    except ValueError as e:
        log.append(str(e))
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(acontext(log))
    return log


async def abandoned_agen():
    log = []

    async def g():
        try:
            for i in range(10):
                yield i
        finally:
            log.append("finalised")

    async for x in g():
        if x == 3:
            break
    gc.collect()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return log


hot("queue", lambda: asyncio.run(queue_program(100)), repeat=5)
hot("gather", lambda: asyncio.run(gather_program(20)), repeat=5)
hot("cancel", lambda: asyncio.run(cancel_program(10)), repeat=5)
hot("group", lambda: asyncio.run(group_program()), repeat=5)
hot("timeout", lambda: asyncio.run(timeout_program()), repeat=5)
hot("lock", lambda: asyncio.run(lock_program(10)), repeat=5)
hot("context", lambda: asyncio.run(context_program()), repeat=5)
hot("abandoned", lambda: asyncio.run(abandoned_agen()), repeat=5)


async def tcp(n):
    async def handle(r, w):
        while line := await r.readline():
            w.write(line.upper())
            await w.drain()
        w.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    r, w = await asyncio.open_connection(host, port)
    out = []
    for i in range(n):
        w.write(f"line {i}\n".encode())
        await w.drain()
        out.append((await r.readline()).decode())
    w.close()
    await w.wait_closed()
    await asyncio.sleep(0.01)
    server.close()
    await server.wait_closed()
    return len(out), out[-1]


hot("tcp", lambda: asyncio.run(tcp(50)), repeat=2)


@types.coroutine
def switch():
    yield


async def task(name, n, log):
    for i in range(n):
        log.append(name)
        await switch()


def scheduler(n):
    log = []
    ready = [task(k, n, log) for k in "abc"]
    while ready:
        t = ready.pop(0)
        try:
            t.send(None)
            ready.append(t)
        except StopIteration:
            pass
    return len(log), "".join(log[-6:])


hot("scheduler", scheduler, (3,), (60,), repeat=15)
show("origin", sys.get_coroutine_origin_tracking_depth(), runs(["x"]))
