"""The with statement: locks, transactions that roll back, nested and generator-made managers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType

SIZE = 260_000
SIZE_CHECK = 100


class Lock:
    def __init__(self, name: str) -> None:
        self.name = name
        self.held = 0
        self.taken = 0

    def __enter__(self) -> Lock:
        self.held += 1
        self.taken += 1
        return self

    def __exit__(self, *exc: object) -> None:
        self.held -= 1


class Transaction:
    """Undoes the writes to a store when its block raises, and swallows ValueError."""

    def __init__(self, store: dict[str, int]) -> None:
        self.store = store
        self.saved: dict[str, int] = {}

    def __enter__(self) -> Transaction:
        self.saved = dict(self.store)
        return self

    def write(self, key: str, value: int) -> None:
        if value < 0:
            raise ValueError(key)
        self.store[key] = value

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if kind is None:
            return False
        self.store.clear()
        self.store.update(self.saved)
        return issubclass(kind, ValueError)


@contextmanager
def indented(lines: list[str], level: int) -> Iterator[str]:
    lines.append("begin")
    try:
        yield " " * level
    finally:
        lines.append("end")


def run(size: int) -> object:
    """Make `size` transactions under two locks."""
    first, second = Lock("first"), Lock("second")
    store = {"a": 5, "b": 9, "c": 0}
    lines: list[str] = []
    for turn in range(size):
        with first, second as inner:
            with Transaction(store) as transaction:
                transaction.write("a", store["a"] + turn % 3)
                transaction.write("b", store["b"] - turn % 5)
                transaction.write("c", inner.held)
        if store["b"] < 3:
            store["b"] += 10
        if turn % 8 == 0:
            with indented(lines, turn % 4) as space, suppress(KeyError):
                lines.append(space + str(store["d"]))
        if turn % 16 == 0:
            with ExitStack() as stack:
                for lock in (first, second, first):
                    stack.enter_context(lock)
                if first.held != 2:
                    raise AssertionError("the lock is not held twice")
    return sorted(store.items()), first.taken, second.taken, first.held, len(lines)
