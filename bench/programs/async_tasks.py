"""asyncio: producers and consumers on queues, gathered tasks, locks, events, async generators."""

import asyncio
from collections.abc import AsyncIterator

SIZE = 680
SIZE_CHECK = 2


async def numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        if number % 10 == 0:
            await asyncio.sleep(0)
        yield number


async def produce(queue: "asyncio.Queue[int]", count: int) -> None:
    async for number in numbers(count):
        await queue.put(number)
    await queue.put(-1)


async def consume(queue: "asyncio.Queue[int]") -> int:
    total = 0
    while True:
        item = await queue.get()
        if item < 0:
            return total
        total += item * item


async def guarded(lock: asyncio.Lock, shared: dict[str, int], key: str) -> int:
    async with lock:
        value = shared.get(key, 0)
        await asyncio.sleep(0)
        shared[key] = value + 1
        return value


async def fan_out(depth: int) -> int:
    """A tree of tasks; the number of its leaves."""
    if depth == 0:
        await asyncio.sleep(0)
        return 1
    parts = await asyncio.gather(*(fan_out(depth - 1) for _ in range(3)))
    return sum(parts)


async def cancelled() -> int:
    task = asyncio.create_task(asyncio.sleep(3600))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return 1
    return 0


async def day(turn: int) -> int:
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=8)
    producer = asyncio.create_task(produce(queue, 60 + turn % 5))
    total = await consume(queue)
    await producer
    lock = asyncio.Lock()
    shared: dict[str, int] = {}
    await asyncio.gather(*(guarded(lock, shared, "xyz"[n % 3]) for n in range(15)))
    return total + shared["x"] + await fan_out(3) + await cancelled()


async def main(size: int) -> int:
    total = 0
    for turn in range(size):
        total += await day(turn)
    return total


def run(size: int) -> object:
    """Live `size` days on an event loop."""
    return asyncio.run(main(size))
