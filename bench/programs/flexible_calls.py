"""Calls with *args, **kwargs, defaults and keyword-only parameters: events and their handlers."""

from collections.abc import Callable
from typing import Any

SIZE = 120_000
SIZE_CHECK = 100

Handler = Callable[..., int]


def traced(function: Handler) -> Handler:
    """A decorator that passes everything through."""

    def wrapper(*args: Any, **kwargs: Any) -> int:
        return function(*args, **kwargs) + 1

    return wrapper


def bound(function: Handler, *first: Any, **fixed: Any) -> Handler:
    """Like functools.partial, in Python."""

    def call(*args: Any, **kwargs: Any) -> int:
        return function(*first, *args, **{**fixed, **kwargs})

    return call


def box(width: int, height: int = 2, depth: int = 3, *, scale: int = 1, offset: int = 0) -> int:
    return width * height * depth * scale + offset


def total(*numbers: int, start: int = 0) -> int:
    result = start
    for number in numbers:
        result += number
    return result


@traced
def keyed(prefix: str, /, **fields: int) -> int:
    result = len(prefix)
    for name, value in fields.items():
        result += len(name) * value
    return result


class Signal:
    def __init__(self) -> None:
        self.handlers: list[tuple[Handler, tuple[Any, ...]]] = []

    def connect(self, handler: Handler, *extra: Any) -> None:
        self.handlers.append((handler, extra))

    def emit(self, *args: Any, **kwargs: Any) -> int:
        return sum(handler(*args, *extra, **kwargs) for handler, extra in self.handlers)


def run(size: int) -> object:
    """Emit `size` signals and make as many mixed calls."""
    resized = Signal()
    resized.connect(box, 4)
    resized.connect(traced(box))
    resized.connect(bound(box, scale=2), 5)
    crate = bound(box, 7, offset=1)
    check = 0
    options = {"scale": 3, "offset": 9}
    for turn in range(size):
        check += box(turn % 5)
        check += box(turn % 5, depth=turn % 3, scale=2)
        check += box(1, *(2, 3), **options)
        check += resized.emit(turn % 4, 2, offset=turn % 2)
        check += crate(2, depth=turn % 6)
        check += total(turn, 1, 2, start=5) + total(*range(turn % 6))
        check += keyed("k", first=turn % 3, second=2)
    return check
