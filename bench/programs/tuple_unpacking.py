"""Tuples: rational numbers as pairs, points, swaps, several return values, star targets."""

SIZE = 200_000
SIZE_CHECK = 50

Fraction = tuple[int, int]
Point = tuple[float, float]


def reduce(numerator: int, denominator: int) -> Fraction:
    a, b = abs(numerator), denominator
    while b:
        a, b = b, a % b
    return numerator // a, denominator // a


def add(left: Fraction, right: Fraction) -> Fraction:
    (a, b), (c, d) = left, right
    return reduce(a * d + b * c, b * d)


def times(left: Fraction, right: Fraction) -> Fraction:
    a, b = left
    c, d = right
    return reduce(a * c, b * d)


def bounds(points: list[Point]) -> tuple[Point, Point]:
    """The lower left and the upper right corner."""
    (left, bottom), *rest = points
    right, top = left, bottom
    for x, y in rest:
        if x < left:
            left = x
        if x > right:
            right = x
        if y < bottom:
            bottom = y
        if y > top:
            top = y
    return (left, bottom), (right, top)


def rotate(a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
    a, b, c, d = b, c, d, a
    a, c = c, a
    return c, b, d, a


def area(points: list[Point]) -> float:
    """The shoelace formula."""
    total = 0.0
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1]):
        total += x1 * y2 - x2 * y1
    return total / 2.0


def run(size: int) -> object:
    """Sum fractions, turn tuples and measure polygons, `size` rounds."""
    state = (1, 2, 3, 4)
    fraction = (0, 1)
    surface = 0.0
    first_sum = last_sum = 0
    for number in range(1, size + 1):
        fraction = add(times(fraction, (number % 5 + 1, number % 3 + 2)), (number % 7, 4))
        state = rotate(*state)
        a, *_, d = state
        first_sum += a
        last_sum += d
        if number % 8 == 0:
            corners = [(float(k * k % 11), float(k * number % 13)) for k in range(12)]
            (x, y), (right, top) = bounds(corners)
            surface += area(corners) + (right - x) * (top - y)
        if fraction[1] > 10**9:
            fraction = (fraction[0] % 97, 97)
    return fraction, state, first_sum, last_sum, round(surface, 3)
