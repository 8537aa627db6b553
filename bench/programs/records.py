"""Dataclasses and named tuples: frozen, ordered, replaced, compared, with post-init and fields."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from typing import NamedTuple

SIZE = 30_000
SIZE_CHECK = 20


class State(Enum):
    NEW = 1
    PAID = 2
    SENT = 3


@dataclass(order=True, frozen=True)
class Money:
    cents: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents, self.currency)

    def times(self, count: int) -> Money:
        return replace(self, cents=self.cents * count)


@dataclass
class Line:
    name: str
    price: Money
    count: int = 1
    total: Money = field(init=False)

    def __post_init__(self) -> None:
        self.total = self.price.times(self.count)


@dataclass
class Order:
    number: int
    lines: list[Line] = field(default_factory=list)
    state: State = State.NEW

    def add(self, line: Line) -> None:
        self.lines.append(line)

    def total(self) -> Money:
        result = Money(0)
        for line in self.lines:
            result = result + line.total
        return result


class Point(NamedTuple):
    x: int
    y: int

    def moved(self, dx: int, dy: int) -> Point:
        return self._replace(x=self.x + dx, y=self.y + dy)


Edge = namedtuple("Edge", ["source", "target", "cost"])


def run(size: int) -> object:
    """Make, compare and convert `size` orders."""
    orders = []
    place = Point(0, 0)
    cost = 0
    for number in range(size):
        order = Order(number)
        for index in range(number % 4 + 1):
            order.add(Line(f"item{index}", Money(100 + number % 7 * 25), count=index + 1))
        if number % 2:
            order.state = State.PAID
        if number % 6 == 0:
            order.state = State((number // 6) % 3 + 1)
        orders.append(order)
        place = place.moved(number % 3 - 1, number % 5 - 2)
        edge = Edge(number, number + 1, number % 9)
        cost += edge.cost * (edge.target - edge.source)
    best = max(order.total() for order in orders)
    states = {state.name: sum(o.state is state for o in orders) for state in State}
    same = sum(a.lines == b.lines for a, b in zip(orders, orders[28:]))
    distinct = {order.total() for order in orders}
    plain = asdict(orders[-1])
    return best, states, same, len(distinct), len(plain["lines"]), tuple(place), cost
