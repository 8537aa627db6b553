"""Polymorphic dispatch: many classes behind one interface, abstract bases, isinstance, visitors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import pi, sqrt

SIZE = 22_000
SIZE_CHECK = 20


class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...

    @abstractmethod
    def perimeter(self) -> float: ...

    def scaled(self, factor: float) -> Shape:
        raise NotImplementedError

    def compactness(self) -> float:
        """1 for a circle, less for everything else."""
        return 4.0 * pi * self.area() / self.perimeter() ** 2

    def accept(self, visitor: Visitor) -> None:
        visitor.other(self)


class Circle(Shape):
    def __init__(self, radius: float) -> None:
        self.radius = radius

    def area(self) -> float:
        return pi * self.radius**2

    def perimeter(self) -> float:
        return 2.0 * pi * self.radius

    def scaled(self, factor: float) -> Shape:
        return Circle(self.radius * factor)

    def accept(self, visitor: Visitor) -> None:
        visitor.circle(self)


class Rectangle(Shape):
    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height

    def area(self) -> float:
        return self.width * self.height

    def perimeter(self) -> float:
        return 2.0 * (self.width + self.height)

    def scaled(self, factor: float) -> Shape:
        return Rectangle(self.width * factor, self.height * factor)

    def accept(self, visitor: Visitor) -> None:
        visitor.rectangle(self)


class Square(Rectangle):
    def __init__(self, side: float) -> None:
        super().__init__(side, side)


class Triangle(Shape):
    def __init__(self, a: float, b: float, c: float) -> None:
        self.sides = (a, b, c)

    def area(self) -> float:
        a, b, c = self.sides
        s = (a + b + c) / 2.0
        return sqrt(s * (s - a) * (s - b) * (s - c))

    def perimeter(self) -> float:
        return sum(self.sides)

    def scaled(self, factor: float) -> Shape:
        return Triangle(*(side * factor for side in self.sides))


class Group(Shape):
    """Several shapes that do not overlap."""

    def __init__(self, members: list[Shape]) -> None:
        self.members = members

    def area(self) -> float:
        return sum(member.area() for member in self.members)

    def perimeter(self) -> float:
        return sum(member.perimeter() for member in self.members)

    def scaled(self, factor: float) -> Shape:
        return Group([member.scaled(factor) for member in self.members])

    def accept(self, visitor: Visitor) -> None:
        for member in self.members:
            member.accept(visitor)


class Visitor:
    def __init__(self) -> None:
        self.round = 0.0
        self.square = 0
        self.rest = 0

    def circle(self, circle: Circle) -> None:
        self.round += circle.radius

    def rectangle(self, rectangle: Rectangle) -> None:
        self.square += isinstance(rectangle, Square)

    def other(self, shape: Shape) -> None:
        self.rest += 1


def run(size: int) -> object:
    """Measure a drawing of 15 shapes `size` times."""
    shapes: list[Shape] = []
    for n in range(1, 4):
        shapes += [
            Circle(n),
            Rectangle(n, n + 1.5),
            Square(n * 2.0),
            Triangle(3.0, 4.0, 4.0 + n / 2),
        ]
        shapes.append(Group([Circle(0.5), Square(n)]))
    visitor = Visitor()
    total = 0.0
    for turn in range(size):
        for shape in shapes:
            total += shape.area() - shape.perimeter()
            total += shape.compactness()
            shape.accept(visitor)
        if turn % 10 == 0:
            shapes = [shape.scaled(1.01 if turn % 20 else 0.99) for shape in shapes]
    return round(total, 4), round(visitor.round, 4), visitor.square, visitor.rest
