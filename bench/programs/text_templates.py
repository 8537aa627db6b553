"""A template engine: text is compiled into nodes, which render themselves with variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SIZE = 3200
SIZE_CHECK = 2

Scope = dict[str, Any]

PAGE = """<h1>{{ title|upper }}</h1>
{% if user.admin %}<p>Hello, {{ user.name }}!</p>{% else %}<p>Read only</p>{% end %}
<table>
{% for row in rows %}<tr class="{{ row.kind }}"><td>{{ row.name|title }}</td>
<td>{{ row.price|money }}</td>{% if row.sold %}<td>sold out</td>{% end %}
{% for tag in row.tags %}<i>{{ tag|escape }}</i>{% end %}</tr>
{% end %}</table>
"""


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FILTERS: dict[str, Callable[[Any], str]] = {
    "upper": lambda value: str(value).upper(),
    "title": lambda value: str(value).title(),
    "escape": lambda value: escape(str(value)),
    "money": lambda value: f"{value / 100:,.2f}",
}


class Node:
    def render(self, scope: Scope) -> str:
        raise NotImplementedError


class Text(Node):
    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, scope: Scope) -> str:
        return self.text


def look_up(path: list[str], scope: Scope) -> Any:
    value: Any = scope
    for part in path:
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value


class Variable(Node):
    def __init__(self, expression: str) -> None:
        path, *filters = expression.split("|")
        self.path = path.strip().split(".")
        self.filters = [FILTERS[name.strip()] for name in filters]

    def render(self, scope: Scope) -> str:
        value = look_up(self.path, scope)
        for function in self.filters:
            value = function(value)
        return str(value)


class Block(Node):
    def __init__(self) -> None:
        self.children: list[Node] = []

    def render(self, scope: Scope) -> str:
        return "".join(child.render(scope) for child in self.children)


class If(Node):
    def __init__(self, condition: str) -> None:
        self.path = condition.split(".")
        self.yes = Block()
        self.no = Block()

    def render(self, scope: Scope) -> str:
        branch = self.yes if look_up(self.path, scope) else self.no
        return branch.render(scope)


class For(Node):
    def __init__(self, name: str, source: str) -> None:
        self.name = name
        self.path = source.split(".")
        self.body = Block()

    def render(self, scope: Scope) -> str:
        pieces = []
        inner = dict(scope)
        for item in look_up(self.path, scope):
            inner[self.name] = item
            pieces.append(self.body.render(inner))
        return "".join(pieces)


def compile_template(source: str) -> Block:
    """Nested blocks from the text."""
    root = Block()
    stack: list[tuple[Block, If | None]] = [(root, None)]
    rest = source
    while rest:
        start = rest.find("{")
        if start < 0 or start + 1 == len(rest):
            stack[-1][0].children.append(Text(rest))
            break
        if start:
            stack[-1][0].children.append(Text(rest[:start]))
        closing = "}}" if rest[start + 1] == "{" else "%}"
        inside, _, rest = rest[start + 2 :].partition(closing)
        words = inside.split()
        if closing == "}}":
            stack[-1][0].children.append(Variable(inside))
        elif words[0] == "if":
            choice = If(words[1])
            stack[-1][0].children.append(choice)
            stack.append((choice.yes, choice))
        elif words[0] == "for":
            loop = For(words[1], words[3])
            stack[-1][0].children.append(loop)
            stack.append((loop.body, None))
        elif words[0] == "else":
            _, condition = stack.pop()
            if condition is None:
                raise SyntaxError("else without if")
            stack.append((condition.no, None))
        else:
            stack.pop()
    return root


class User:
    def __init__(self, name: str, admin: bool) -> None:
        self.name = name
        self.admin = admin


def run(size: int) -> object:
    """Compile the page and render it with 20 rows, `size` times."""
    letters = 0
    page = ""
    for turn in range(size):
        template = compile_template(PAGE)
        rows = [
            {"name": f"thing {n}", "kind": "odd" if n % 2 else "even", "price": n * 1234 + turn,
             "sold": n % 5 == 0, "tags": ["<new>", "a & b"][: n % 3]}
            for n in range(20)
        ]  # fmt: skip
        page = template.render({"title": "stock", "user": User("Ann", turn % 2 == 0), "rows": rows})
        letters += len(page)
    return letters, page[:70]
