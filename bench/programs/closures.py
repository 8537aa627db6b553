"""Closures: counters with nonlocal state, composed functions and decorators."""

from collections.abc import Callable

SIZE = 520_000
SIZE_CHECK = 100

Number = Callable[[float], float]


def make_counter(step: int) -> tuple[Callable[[], int], Callable[[], None]]:
    count = 0

    def increase() -> int:
        nonlocal count
        count += step
        return count

    def reset() -> None:
        nonlocal count
        count = 0

    return increase, reset


def compose(*functions: Number) -> Number:
    def composed(value: float) -> float:
        for function in functions:
            value = function(value)
        return value

    return composed


def scaled(factor: float) -> Number:
    return lambda value: value * factor


def shifted(offset: float) -> Number:
    def shift(value: float) -> float:
        return value + offset

    return shift


def clamped(low: float, high: float) -> Number:
    def clamp(value: float) -> float:
        if value < low:
            return low
        if value > high:
            return high
        return value

    return clamp


def running_mean() -> Callable[[float], float]:
    total = 0.0
    seen = 0

    def add(value: float) -> float:
        nonlocal total, seen
        total += value
        seen += 1
        return total / seen

    return add


def counted(function: Number) -> tuple[Number, Callable[[], int]]:
    calls = 0

    def wrapper(value: float) -> float:
        nonlocal calls
        calls += 1
        return function(value)

    return wrapper, lambda: calls


def run(size: int) -> object:
    """Push `size` values through composed closures."""
    increase, reset = make_counter(3)
    shape, calls = counted(compose(scaled(1.5), shifted(-4.0), clamped(-10.0, 90.0), scaled(0.5)))
    mean = running_mean()
    last = 0.0
    ticks = 0
    for number in range(size):
        last = mean(shape(float(number % 101)))
        ticks += increase()
        if number % 50 == 49:
            reset()
        if number % 200 == 0:
            shape, calls = counted(compose(shape, shifted(number % 3 - 1.0)))
            if number % 1000 == 0:
                shape, calls = counted(compose(scaled(0.75), clamped(0.0, 60.0)))
    return ticks, calls(), round(last, 9)
