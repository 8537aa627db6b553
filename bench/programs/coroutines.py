"""Bare coroutines: a small scheduler with channels, no asyncio."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine, Generator
from typing import Any

SIZE = 190_000
SIZE_CHECK = 60

Task = Coroutine[Any, Any, None]


class Pause:
    """Awaiting it lets the other tasks run."""

    def __await__(self) -> Generator[str, None, None]:
        yield "pause"


class Channel:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: deque[int] = deque()
        self.closed = False

    async def send(self, item: int) -> None:
        while len(self.items) >= self.capacity:
            await Pause()
        self.items.append(item)

    async def receive(self) -> int | None:
        """The next item, None when the channel is closed and empty."""
        while not self.items:
            if self.closed:
                return None
            await Pause()
        return self.items.popleft()


class Scheduler:
    def __init__(self) -> None:
        self.ready: deque[Task] = deque()
        self.switches = 0

    def spawn(self, task: Task) -> None:
        self.ready.append(task)

    def run(self) -> None:
        while self.ready:
            task = self.ready.popleft()
            try:
                task.send(None)
            except StopIteration:
                continue
            self.switches += 1
            self.ready.append(task)


async def source(out: Channel, count: int) -> None:
    for number in range(count):
        await out.send(number)
    out.closed = True


async def square(value: int) -> int:
    return value * value % 1009


async def worker(inward: Channel, outward: Channel) -> None:
    while (item := await inward.receive()) is not None:
        await outward.send(await square(item))
    outward.closed = True


async def sink(inward: Channel, totals: list[int]) -> None:
    while True:
        item = await inward.receive()
        if item is None:
            return
        totals[item % len(totals)] += item


def run(size: int) -> object:
    """Pass `size` numbers through four tasks."""
    scheduler = Scheduler()
    first, second, third = Channel(4), Channel(2), Channel(8)
    totals = [0] * 5
    scheduler.spawn(source(first, size))
    scheduler.spawn(worker(first, second))
    scheduler.spawn(worker(second, third))
    scheduler.spawn(sink(third, totals))
    scheduler.run()
    return totals, scheduler.switches
