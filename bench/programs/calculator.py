"""A recursive-descent parser: tokens, a tree of nodes and their evaluation."""

from __future__ import annotations

SIZE = 5000
SIZE_CHECK = 10


class Token:
    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text


class Node:
    def value(self, names: dict[str, float]) -> float:
        raise NotImplementedError


class Literal(Node):
    def __init__(self, number: float) -> None:
        self.number = number

    def value(self, names: dict[str, float]) -> float:
        return self.number


class Name(Node):
    def __init__(self, name: str) -> None:
        self.name = name

    def value(self, names: dict[str, float]) -> float:
        return names[self.name]


class Negation(Node):
    def __init__(self, operand: Node) -> None:
        self.operand = operand

    def value(self, names: dict[str, float]) -> float:
        return -self.operand.value(names)


class Binary(Node):
    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def value(self, names: dict[str, float]) -> float:
        left = self.left.value(names)
        right = self.right.value(names)
        if self.operator == "+":
            return left + right
        if self.operator == "-":
            return left - right
        if self.operator == "*":
            return left * right
        return left / right if right else 0.0


def tokenize(text: str) -> list[Token]:
    tokens = []
    place = 0
    while place < len(text):
        letter = text[place]
        if letter == " ":
            place += 1
        elif letter.isdigit():
            end = place
            while end < len(text) and (text[end].isdigit() or text[end] == "."):
                end += 1
            tokens.append(Token("number", text[place:end]))
            place = end
        elif letter.isalpha():
            end = place
            while end < len(text) and text[end].isalnum():
                end += 1
            tokens.append(Token("name", text[place:end]))
            place = end
        else:
            tokens.append(Token("symbol", letter))
            place += 1
    tokens.append(Token("end", ""))
    return tokens


class Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.place = 0

    def peek(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.tokens[self.place]
        self.place += 1
        return token

    def accept(self, symbols: str) -> str | None:
        token = self.peek()
        if token.kind == "symbol" and token.text in symbols:
            self.place += 1
            return token.text
        return None

    def expression(self) -> Node:
        node = self.term()
        while operator := self.accept("+-"):
            node = Binary(operator, node, self.term())
        return node

    def term(self) -> Node:
        node = self.factor()
        while operator := self.accept("*/"):
            node = Binary(operator, node, self.factor())
        return node

    def factor(self) -> Node:
        if self.accept("-"):
            return Negation(self.factor())
        if self.accept("("):
            node = self.expression()
            if not self.accept(")"):
                raise SyntaxError("missing )")
            return node
        token = self.take()
        if token.kind == "number":
            return Literal(float(token.text))
        if token.kind == "name":
            return Name(token.text)
        raise SyntaxError(f"unexpected {token.text!r}")


FORMULAS = [
    "1 + 2 * (width - 4) / 3.5",
    "-(a + b) * (a - b) / (1 + a * a)",
    "((((width))) + height) * 2 - -3",
    "width * height / (2 + count) + a * b - 17.25 * (count - 3 * (a - 1))",
    "(1 + 2",
    "5 * * 3",
]


def run(size: int) -> object:
    """Parse and evaluate every formula `size` times."""
    total = 0.0
    errors = 0
    for turn in range(size):
        names = {
            "width": turn % 17 + 0.5,
            "height": 3.0,
            "a": turn % 5,
            "b": 2.5,
            "count": turn % 9,
        }
        for formula in FORMULAS:
            try:
                tree = Parser(formula).expression()
            except SyntaxError:
                errors += 1
                continue
            for _ in range(3):
                total += tree.value(names)
                names["a"] += 1.0
    return round(total, 6), errors
