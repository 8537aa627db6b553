"""A discrete-event simulation: customers of a supermarket queue at its tills."""

from __future__ import annotations

import heapq
from random import Random

SIZE = 54_000
SIZE_CHECK = 60


class Customer:
    def __init__(self, number: int, arrival: float, items: int) -> None:
        self.number = number
        self.arrival = arrival
        self.items = items
        self.served = 0.0

    @property
    def wait(self) -> float:
        return self.served - self.arrival


class Till:
    def __init__(self, number: int, speed: float) -> None:
        self.number = number
        self.speed = speed
        self.queue: list[Customer] = []
        self.busy = False
        self.sold = 0


class Event:
    def __init__(self, time: float, order: int, kind: str, subject: Customer | Till) -> None:
        self.time = time
        self.order = order
        self.kind = kind
        self.subject = subject

    def __lt__(self, other: Event) -> bool:
        if self.time != other.time:
            return self.time < other.time
        return self.order < other.order


class Market:
    def __init__(self, tills: int, seed: int) -> None:
        self.random = Random(seed)
        self.now = 0.0
        self.events: list[Event] = []
        self.scheduled = 0
        self.tills = [Till(n, 1.5 + n % 3 * 0.5) for n in range(tills)]
        self.done: list[Customer] = []
        self.handlers = {"arrive": self.arrive, "finish": self.finish}

    def schedule(self, delay: float, kind: str, subject: Customer | Till) -> None:
        self.scheduled += 1
        heapq.heappush(self.events, Event(self.now + delay, self.scheduled, kind, subject))

    def arrive(self, customer: Customer | Till) -> None:
        assert isinstance(customer, Customer)
        till = min(self.tills, key=lambda t: sum(c.items for c in t.queue) / t.speed)
        till.queue.append(customer)
        if not till.busy:
            self.serve(till)

    def serve(self, till: Till) -> None:
        if not till.queue:
            till.busy = False
            return
        till.busy = True
        customer = till.queue.pop(0)
        customer.served = self.now
        till.sold += customer.items
        self.done.append(customer)
        self.schedule(5.0 + customer.items * till.speed, "finish", till)

    def finish(self, till: Customer | Till) -> None:
        assert isinstance(till, Till)
        self.serve(till)

    def open(self, customers: int) -> None:
        time = 0.0
        for number in range(customers):
            time += self.random.expovariate(0.085)
            self.schedule(time, "arrive", Customer(number, time, self.random.randint(1, 40)))
        while self.events:
            event = heapq.heappop(self.events)
            self.now = event.time
            self.handlers[event.kind](event.subject)


def run(size: int) -> object:
    """A day with `size` customers."""
    market = Market(tills=4, seed=11)
    market.open(size)
    waits = [customer.wait for customer in market.done]
    return (
        round(market.now, 3),
        round(sum(waits) / len(waits), 6),
        round(max(waits), 6),
        [till.sold for till in market.tills],
    )
