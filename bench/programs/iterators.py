"""User-made containers: __iter__, __next__, __getitem__, __contains__, __len__."""

# mypy: disable-error-code="attr-defined, call-overload"

from __future__ import annotations

from collections.abc import Iterator

SIZE = 6400
SIZE_CHECK = 3


class Countdown:
    def __init__(self, start: int) -> None:
        self.current = start

    def __iter__(self) -> Countdown:
        return self

    def __next__(self) -> int:
        if self.current <= 0:
            raise StopIteration
        self.current -= 1
        return self.current


class Ring:
    """A buffer of fixed length that forgets its oldest items."""

    def __init__(self, capacity: int) -> None:
        self.items: list[int] = [0] * capacity
        self.start = 0
        self.length = 0

    def push(self, item: int) -> None:
        capacity = len(self.items)
        if self.length < capacity:
            self.items[(self.start + self.length) % capacity] = item
            self.length += 1
        else:
            self.items[self.start] = item
            self.start = (self.start + 1) % capacity

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> int:
        if not 0 <= index < self.length:
            raise IndexError(index)
        return self.items[(self.start + index) % len(self.items)]

    def __contains__(self, wanted: object) -> bool:
        for item in self:
            if item == wanted:
                return True
        return False


class Node:
    def __init__(self, value: int, after: Node | None) -> None:
        self.value = value
        self.after = after


class Chain:
    """A linked list."""

    def __init__(self) -> None:
        self.head: Node | None = None

    def push(self, value: int) -> None:
        self.head = Node(value, self.head)

    def __iter__(self) -> Iterator[int]:
        node = self.head
        while node is not None:
            yield node.value
            node = node.after

    def reverse(self) -> None:
        previous = None
        node = self.head
        while node is not None:
            node.after, previous, node = previous, node, node.after
        self.head = previous


class Row:
    """A view of part of a list."""

    def __init__(self, data: list[int], start: int, stop: int) -> None:
        self.data, self.start, self.stop = data, start, stop

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, index: int) -> int:
        if index >= len(self):
            raise IndexError(index)
        return self.data[self.start + index]


def run(size: int) -> object:
    """Fill and read every container, `size` rounds."""
    ring = Ring(50)
    total = found = 0
    for turn in range(size):
        for value in Countdown(100):
            ring.push(value * turn % 97)
        total += sum(ring) + ring[turn % len(ring)]
        if turn % 97 in ring:
            found += 1
        chain = Chain()
        for value in Countdown(60):
            chain.push(value)
        chain.reverse()
        for place, value in enumerate(chain):
            total += place * value
        row = Row(list(range(40)), turn % 10, 30)
        total += sum(value for value in row if value % 3) + max(row) + len(list(zip(row, chain)))
    return total, found
