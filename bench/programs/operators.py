"""Operator overloading: vectors, polynomials and modular numbers with special methods."""

from __future__ import annotations

from math import sqrt

SIZE = 52_000
SIZE_CHECK = 20


class Vector:
    def __init__(self, x: float, y: float) -> None:
        self.x = x
        self.y = y

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other: Vector) -> Vector:
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor: float) -> Vector:
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __matmul__(self, other: Vector) -> float:
        return self.x * other.x + self.y * other.y

    def __neg__(self) -> Vector:
        return Vector(-self.x, -self.y)

    def __abs__(self) -> float:
        return sqrt(self @ self)

    def __bool__(self) -> bool:
        return self.x != 0.0 or self.y != 0.0


class Modular:
    """A number modulo 10007."""

    modulus = 10007

    def __init__(self, value: int) -> None:
        self.value = value % self.modulus

    def __add__(self, other: Modular | int) -> Modular:
        if isinstance(other, Modular):
            return Modular(self.value + other.value)
        if isinstance(other, int):
            return Modular(self.value + other)
        return NotImplemented

    __radd__ = __add__

    def __mul__(self, other: Modular) -> Modular:
        return Modular(self.value * other.value)

    def __imul__(self, other: int) -> Modular:  # type: ignore[misc]
        self.value = self.value * other % self.modulus
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Modular) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: Modular) -> bool:
        return self.value < other.value


class Polynomial:
    def __init__(self, *coefficients: int) -> None:
        self.coefficients = list(coefficients)

    def __len__(self) -> int:
        return len(self.coefficients)

    def __getitem__(self, power: int) -> int:
        return self.coefficients[power] if power < len(self.coefficients) else 0

    def __setitem__(self, power: int, value: int) -> None:
        while len(self.coefficients) <= power:
            self.coefficients.append(0)
        self.coefficients[power] = value

    def __call__(self, x: int) -> int:
        result = 0
        for coefficient in reversed(self.coefficients):
            result = result * x + coefficient
        return result

    def __mul__(self, other: Polynomial) -> Polynomial:
        product = Polynomial()
        for i in range(len(self)):
            for j in range(len(other)):
                product[i + j] = product[i + j] + self[i] * other[j]
        return product

    def __contains__(self, root: int) -> bool:
        return self(root) == 0


def run(size: int) -> object:
    """Reckon with each kind of number, `size` rounds."""
    place = Vector(0.0, 0.0)
    speed = Vector(1.0, 0.5)
    number = Modular(3)
    seen: set[Modular] = set()
    roots = 0
    turns = 0
    for turn in range(size):
        for _ in range(6):
            place = place + 0.1 * speed
            if abs(place) > 10.0:
                speed = -speed + Vector(0.01, 0.0)
                place = place - place * 0.01
                turns += 1
        number = number * number + turn
        number *= 5
        number = 7 + number
        seen.add(number)
        if place and turn % 4 == 0:
            product = Polynomial(-(turn % 5), 1) * Polynomial(2, 1) * Polynomial(turn % 3, 1, 1)
            roots += sum(root in product for root in range(-3, 5))
    return round(place.x, 6), round(place.y, 6), turns, len(seen), min(seen).value, roots
