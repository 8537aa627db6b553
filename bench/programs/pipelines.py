"""Generator pipelines: records flow through filters, maps, windows and groupings."""

from collections import deque
from collections.abc import Iterable, Iterator

SIZE = 500_000
SIZE_CHECK = 100

Reading = tuple[int, str, float]


def readings(count: int) -> Iterator[Reading]:
    """(time in s, sensor name, value in degrees Celsius)."""
    state = 99
    for time in range(count):
        state = (state * 16807) % 2147483647
        yield time, "abcde"[state % 5], 15.0 + state % 1000 / 50.0


def without_outliers(rows: Iterable[Reading], limit: float) -> Iterator[Reading]:
    for row in rows:
        if row[2] <= limit:
            yield row


def in_kelvin(rows: Iterable[Reading]) -> Iterator[Reading]:
    for time, sensor, value in rows:
        yield time, sensor, value + 273.15


def windows(rows: Iterable[Reading], width: int) -> Iterator[tuple[int, float]]:
    """The moving average over so many rows."""
    window: deque[float] = deque(maxlen=width)
    for time, _, value in rows:
        window.append(value)
        if len(window) == width:
            yield time, sum(window) / width


def changes(rows: Iterable[tuple[int, float]], step: float) -> Iterator[tuple[int, float]]:
    last = None
    for time, value in rows:
        if last is None or abs(value - last) >= step:
            last = value
            yield time, value


def batches(rows: Iterable[tuple[int, float]], length: int) -> Iterator[list[tuple[int, float]]]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == length:
            yield batch
            batch = []
    if batch:
        yield batch


def run(size: int) -> object:
    """Send `size` readings through the pipeline."""
    source = readings(size)
    smooth = windows(in_kelvin(without_outliers(source, 33.0)), 5)
    groups = 0
    checksum = 0.0
    for batch in batches(changes(smooth, 0.4), 16):
        groups += 1
        checksum += max(value for _, value in batch) - min(value for _, value in batch)
    evens = (n for n in range(size) if n % 2 == 0)
    squares = (n * n % 1009 for n in evens)
    odd_squares = sum(s for s in squares if s % 2)
    pairs = ((a, b) for a in range(size // 400) for b in range(a) if (a + b) % 3 == 0)
    return groups, round(checksum, 6), odd_squares, sum(a - b for a, b in pairs)
