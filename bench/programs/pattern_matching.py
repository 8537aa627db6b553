"""The match statement: simplifying and differentiating expressions, handling commands."""

from __future__ import annotations

from dataclasses import dataclass

SIZE = 2700
SIZE_CHECK = 5


@dataclass(frozen=True)
class Num:
    value: int


@dataclass(frozen=True)
class Var:
    name: str


@dataclass(frozen=True)
class Add:
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Mul:
    left: Expr
    right: Expr


Expr = Num | Var | Add | Mul


def simplify(expr: Expr) -> Expr:
    match expr:
        case Add(left, right):
            match simplify(left), simplify(right):
                case Num(0), other:
                    return other
                case other, Num(0):
                    return other
                case Num(a), Num(b):
                    return Num(a + b)
                case a, b:
                    return Add(a, b)
        case Mul(left, right):
            match simplify(left), simplify(right):
                case (Num(0), _) | (_, Num(0)):
                    return Num(0)
                case (Num(1), other) | (other, Num(1)):
                    return other
                case Num(a), Num(b):
                    return Num(a * b)
                case a, b:
                    return Mul(a, b)
    return expr


def derive(expr: Expr, name: str) -> Expr:
    match expr:
        case Num():
            return Num(0)
        case Var(found) if found == name:
            return Num(1)
        case Var():
            return Num(0)
        case Add(left, right):
            return Add(derive(left, name), derive(right, name))
        case Mul(left, right):
            return Add(Mul(derive(left, name), right), Mul(left, derive(right, name)))


def weight(expr: Expr) -> int:
    match expr:
        case Num(value):
            return value % 10 + 1
        case Var():
            return 1
        case Add(left, right) | Mul(left, right):
            return weight(left) + weight(right) + 1


def polynomial(degree: int) -> Expr:
    """Horner's form of 1 + 2x + 3x**2 + …"""
    expr: Expr = Num(degree + 1)
    for power in range(degree, 0, -1):
        expr = Add(Num(power), Mul(Var("x") if power % 3 else Var("y"), expr))
    return expr


def command(words: list[str], place: tuple[int, int]) -> tuple[int, int]:
    x, y = place
    match words:
        case ["go", "north" | "up"]:
            return x, y + 1
        case ["go", "south" | "down"]:
            return x, y - 1
        case ["go", direction, distance]:
            return (x + int(distance), y) if direction == "east" else (x - int(distance), y)
        case ["home", *_]:
            return 0, 0
        case []:
            return place
        case [verb, *rest]:
            return x + len(verb), y + len(rest)
    return place


def event(record: dict[str, object]) -> int:
    match record:
        case {"kind": "key", "code": int(code)} if code > 64:
            return code
        case {"kind": "click", "at": (int(x), int(y)), **rest}:
            return x * y + len(rest)
        case {"kind": str(kind)}:
            return len(kind)
        case _:
            return -1


def run(size: int) -> object:
    """Derive polynomials and follow commands, `size` rounds."""
    total = 0
    place = (0, 0)
    lines = ["go north", "go east 4", "go down", "jump over it", "", "go west 2", "home now"]
    records: list[dict[str, object]] = [
        {"kind": "key", "code": 70}, {"kind": "click", "at": (3, 4), "button": 1},
        {"kind": "key", "code": 10}, {"sort": "none"},
    ]  # fmt: skip
    for turn in range(size):
        total += weight(simplify(derive(polynomial(6 + turn % 4), "x")))
        for line in lines[: 3 + turn % 5]:
            place = command(line.split(), place)
        for record in records:
            total += event(record)
    return total, place
