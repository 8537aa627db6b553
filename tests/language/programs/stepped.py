"""Generators and coroutines stepped by C: by builtins, itertools, the slots of their types, `async for`."""

import asyncio
import functools
import gc
import itertools
import sys
import types
import weakref

from common import often, show


# Consumed whole, in part, and after the end; with a value at the end, with an exception on the way.
def count(n, end=None):
    for i in range(n):
        got = yield i
        if got is not None:
            yield got, "got"
    if isinstance(end, BaseException):
        raise end
    return end


def consume(n):
    g = count(n)
    first = list(itertools.islice(g, 3))
    return first, sum(g), next(g, "none"), sum(x * 2 for x in range(n)), max(count(n), default=None), [*count(2)]


show("consume", often(consume, 9), consume(0), consume(1))


def ends(end):
    g = count(3, end)
    seen = []
    while True:
        try:
            seen.append(next(g))
        except Exception as error:
            seen.append((type(error).__name__, getattr(error, "value", None), str(error.__cause__)))
            if len(seen) > 5:
                return seen


for end in (None, 0, (1, 2), StopIteration(5), ValueError("v"), StopAsyncIteration(1)):
    show("ends", repr(end), often(ends, end))


def fails_in(consumer):
    try:
        consumer(1 // (3 - x) for x in range(10))
    except ZeroDivisionError as error:
        tb = error.__traceback__
        lines = []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti >= 0))
            tb = tb.tb_next
        return lines


for consumer in (sum, list, tuple, set, any, sorted, max, functools.partial(map, str), "".join):
    show("fails", often(fails_in, consumer))


# A generator that steps itself, is stepped while it runs, looks at its frames, deletes what steps it.
def selfish(box):
    yield 1
    try:
        yield sum(box[0])
    except ValueError as error:
        yield str(error)
    yield sys._getframe().f_back.f_code.co_name, sys._getframe(1).f_lineno > 0


def steps_itself():
    box = []
    box.append(selfish(box))
    return list(box[0])


show("itself", often(steps_itself))


def exception_state():
    def inner():
        yield sys.exc_info()[0]
        try:
            raise KeyError
        except KeyError:
            yield sys.exc_info()[0]
        yield sys.exc_info()[0]

    try:
        raise ValueError
    except ValueError:
        return list(inner()), sys.exc_info()[0]


show("exception state", often(exception_state))


def forgotten(n):
    g = count(n)
    seen = weakref.ref(g)
    result = sum(itertools.islice(map(int, g), 4))
    del g
    return result, seen() is None


show("forgotten", often(forgotten, 9))


# Deep chains, which end by RecursionError where they are too deep.
def nest(n):
    if n:
        yield from map(int, nest(n - 1))
    yield n


def deep(n):
    try:
        return sum(nest(n))
    except RecursionError as error:
        return type(error).__name__


show("deep", often(deep, 30), deep(5000))


# Turned on in between: tracing and profiling.
def observed(switch):
    events = []

    def hook(frame, event, argument):
        if frame.f_code.co_name == "walk":
            events.append((event, frame.f_lineno - frame.f_code.co_firstlineno))
        return hook

    def walk():
        yield 1
        if switch:
            switch(hook)
        yield 2
        yield 3

    g = walk()
    total = sum(g)
    if switch:
        switch(None)
    return total, events


for switch in (None, sys.settrace, sys.setprofile):
    show("observed", often(observed, switch))


# The slots called with values: coroutines that a task steps, types.coroutine, StopIteration's value.
@types.coroutine
def ask(question):
    answer = yield question
    return answer


async def dialogue(n):
    answers = [await ask(i) for i in range(n)]
    return sum(answers)


def drive(n):
    c = dialogue(n)
    sent = None
    while True:
        try:
            sent = c.send(sent) * 2
        except StopIteration as stop:
            return stop.value


show("drive", often(drive, 6))


async def sleeper(n):
    total = 0
    for i in range(n):
        await asyncio.sleep(0)
        total += i
    if n == 4:
        raise LookupError(n)
    return total


async def tasks():
    done = await asyncio.gather(*[sleeper(n) for n in range(6)], return_exceptions=True)
    return [repr(x) for x in done]


show("tasks", often(lambda: asyncio.run(tasks())))


# Asynchronous generators: steps that pass awaiting on, end, fail, are closed, used twice or at once.
async def numbers(n, end=None):
    try:
        for i in range(n):
            if i % 3 == 2:
                await asyncio.sleep(0)
            got = yield i
            if got:
                yield got
        if end is not None:
            raise end
    finally:
        if n == 7:
            await asyncio.sleep(0)


async def collect(g):
    seen = []
    try:
        async for x in g:
            seen.append(x)
    except BaseException as error:
        seen.append((type(error).__name__, str(error), repr(error.__cause__)))
    return seen


def gathered(n, end=None):
    return asyncio.run(collect(numbers(n, end)))


for end in (None, ValueError("v"), StopIteration(3), StopAsyncIteration(4), GeneratorExit("x"), KeyError("k")):
    show("gathered", repr(end), often(gathered, 5, end))
show("gathered", often(gathered, 7), gathered(0))


async def odd_steps():
    out = []
    g = numbers(5)
    step = g.__anext__()
    out.append(await step)
    try:
        await step
    except RuntimeError as error:
        out.append(str(error))
    out.append(await g.asend("hello"))
    out.append(await g.asend(None))
    both = await asyncio.gather(anext(g), anext(g), return_exceptions=True)
    out.append([str(x) for x in both])
    await g.aclose()
    out.append(await anext(g, "closed"))
    fresh = numbers(3)
    try:
        await fresh.asend(1)
    except TypeError as error:
        out.append(str(error))
    async for x in numbers(9):
        if x == 4:
            break
    return out


show("odd steps", often(lambda: asyncio.run(odd_steps())))


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    async def __aiter__(self):
        if self.left:
            async for x in self.left:
                yield x
        yield self.value
        if self.right:
            async for x in self.right:
                yield x


def grow(values):
    if not values:
        return None
    half = len(values) // 2
    return Tree(grow(values[:half]), values[half], grow(values[half + 1 :]))


async def walk(n):
    return [x async for x in grow(range(n))]


show("tree", often(lambda: asyncio.run(walk(40))))
gc.collect()
