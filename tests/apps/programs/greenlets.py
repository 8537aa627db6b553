"""Greenlets copy pieces of the C stack away and bring them back in another order."""

import contextlib

from greenlet import GreenletExit, greenlet

COUNT = 10


def step(x: int) -> int:
    return x * 3 % 1009


def ring(number: int, turns: int, others: list[greenlet], results: dict[int, int]) -> None:
    """Works in a loop that others interrupt all the time."""
    total = number
    for i in range(turns):
        total += step(i)
        if i % (31 + number) == 0:
            others[(number + 1) % COUNT].switch()
    results[number] = total
    while len(results) < COUNT:
        others[(number + 1) % COUNT].switch()


def run_ring(turns: int) -> dict[int, int]:
    results: dict[int, int] = {}
    others: list[greenlet] = []
    for number in range(COUNT):
        others.append(greenlet(lambda number=number: ring(number, turns + number, others, results)))
    while len(results) < COUNT:
        for other in others:
            if not other.dead:
                other.switch()
    return results


def produce(parent: greenlet, n: int) -> None:
    for i in range(n):
        parent.switch(i)


def consume(n: int) -> int:
    """A generator by hand, left before its end."""
    producer = greenlet(produce)
    total = producer.switch(greenlet.getcurrent(), 1_000_000)
    for _ in range(n):
        total += producer.switch()
    with contextlib.suppress(StopIteration):
        producer.throw(GreenletExit)
    return total


def fail(depth: int) -> None:
    for i in range(200):
        if i == 150 and depth == 0:
            raise ValueError("inside")
    if depth:
        greenlet(fail).switch(depth - 1)


for turns in (10, 500, 5_000):
    print(sorted(run_ring(turns).items()))
print([consume(n) for n in (0, 10, 3_000, 20_000)])
for depth in range(4):
    try:
        fail(depth)
    except ValueError as e:
        print(depth, e)
