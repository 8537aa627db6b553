"""Expands typed templates of Python source.

A template is text with holes ``<kind>``.  Each hole is filled with an expansion of one of the templates of
that kind; what depends on the place in the program (variables, functions in reach) is asked of a `Scope`.
This file knows neither what the templates say (expressions.py, statements.py) nor programs (program.py).

Holes that are not kinds of expressions:

* ``<var:kind>``: a variable of that kind that exists, or a literal; ``<name:kind>``: the same, but a name.
* ``<lit:kind>``: a literal.
* ``<new:kind>``: a variable to assign a value of that kind to.
* ``<block>``: an indented block of statements; ``<loop>``: the same as the body of a loop.
* ``<fresh>``: a name not used before, of no kind; ``<same:kind>``: a variable.  Each is the same all over a
  template.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterable

HOLE = re.compile(r"<([a-z]+)(?::([a-z]+))?>")
SAME = re.compile(r"<same:([a-z]+)>")
ATOM = re.compile(r"[A-Za-z_]\w*(\(\))?")
NAMED = re.compile(r"<(?:name|same):([a-z]+)>")
DEEPEST = 4  # levels of nested expressions, after which holes become variables
INDENT = "    "


@dataclasses.dataclass(frozen=True)
class Template:
    """One way to write something."""

    text: str
    weight: int = 4
    names: frozenset[str] = frozenset()  # the kinds of which there must be a variable
    needs: frozenset[str] = (
        frozenset()
    )  # properties the scope must have: "loop", "function", "yield", "await", "async", "flat"


def templates(text: str) -> list[Template]:
    """Read templates, one a paragraph: after empty lines: the text, before which may come
    ``@loop `` (what it needs of the scope) and ``N: `` (its weight).
    """
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        lines = paragraph.rstrip()
        needs, weight = set(), 4
        while word := re.match(r"@([a-z]+) |(\d+): ", lines):
            if word[1]:
                needs.add(word[1])
            else:
                weight = int(word[2])
            lines = lines[word.end() :]
        names = frozenset(NAMED.findall(lines)) - {"obj"}
        found.append(Template(lines, weight, names, frozenset(needs)))
    return found


@dataclasses.dataclass
class Scope:
    """What can be named at a place in the program."""

    properties: frozenset[str]
    variables: dict[str, str]  # name -> kind
    loops: int = 0  # nested around here
    depth: int = 0  # blocks nested around here

    def inner(self, *properties: str) -> Scope:
        """Return the scope of a nested block, whose variables are gone after it."""
        more = (self.properties | frozenset(properties)) - ({"flat"} if "loop" in properties else set())
        return Scope(more, dict(self.variables), self.loops + ("loop" in properties), self.depth + 1)

    def of_kind(self, kind: str) -> list[str]:
        """Return the variables of a kind."""
        return [name for name, its in self.variables.items() if its == kind]


class Expander:
    """Fills templates at random."""

    def __init__(
        self,
        rng: random.Random,
        expressions: dict[str, list[Template]],
        literals: dict[str, list[str]],
        statements: list[Template],
    ) -> None:
        """Take the templates of each kind, literals of each kind, and the statements."""
        self.rng = rng
        self.expressions = expressions
        self.literals = literals
        self.statements = statements
        self.special: dict[str, Callable[[Scope, int], str]] = {}
        self.names = 0
        self.known = 0.75  # how often what is not nested further is a variable, not a literal
        self.mistake = 0.003  # how often an expression is of another kind than asked for

    def fresh(self, prefix: str = "x") -> str:
        """Return a name not used before."""
        self.names += 1
        return f"{prefix}{self.names}"

    def choose(self, options: list[Template], scope: Scope) -> Template:
        """Return one of the templates that fit the scope."""
        kinds = set(scope.variables.values())
        fitting = [one for one in options if one.needs <= scope.properties and one.names <= kinds]
        return self.rng.choices(fitting, [option.weight for option in fitting])[0]

    def literal(self, kind: str) -> str:
        """Return a literal of the kind."""
        return self.rng.choice(self.literals[kind])

    def variable(self, kind: str, scope: Scope) -> str | None:
        """Return a variable of the kind, if there is one."""
        known = scope.of_kind(kind)
        return self.rng.choice(known) if known else None

    def expression(self, kind: str, scope: Scope, level: int = 0) -> str:
        """Return an expression that is meant to be of the kind."""
        if kind in self.literals and self.rng.random() < self.mistake:
            kind = self.rng.choice(sorted(self.literals))
        if kind in self.literals and (level >= DEEPEST or self.rng.random() < 0.25 + 0.2 * level):
            name = self.variable(kind, scope) if self.rng.random() < self.known else None
            return name or self.literal(kind)
        return self.fill(self.choose(self.expressions[kind], scope).text, scope, level + 1)

    def target(self, kind: str, scope: Scope, within: bool) -> str:
        """Return a variable to assign to, old or new; `within` an expression it may remain unbound."""
        if self.rng.random() < 0.03 and scope.variables:
            return self.rng.choice(sorted(scope.variables))
        name = self.variable(kind, scope)
        if name is None or self.rng.random() < 0.2:
            name = self.fresh()
            if not within:
                scope.variables[name] = kind
        return name

    def hole(self, word: str, kind: str | None, scope: Scope, level: int) -> str:
        """Return what goes into a hole that stands within a line."""
        match word:
            case "var":
                assert kind
                return self.variable(kind, scope) or self.literal(kind)
            case "name":
                assert kind
                return self.variable(kind, scope) or ("O0" if kind == "obj" else "G0")
            case "lit":
                assert kind
                return self.literal(kind)
            case "new":
                assert kind
                return self.target(kind, scope, level > 0)
            case _ if word in self.special:
                return self.special[word](scope, level)
        return self.expression(word, scope, level)

    def unified(self, text: str, scope: Scope) -> str:
        """Fill the holes that are the same all over a template."""
        if "<fresh>" in text:
            text = text.replace("<fresh>", self.fresh())
        same: dict[str, str] = {}
        return SAME.sub(lambda hole: same.setdefault(hole[1], self.variable(hole[1], scope) or "G0"), text)

    def fill(self, text: str, scope: Scope, level: int = 0) -> str:
        """Fill the holes of a template that has no blocks, targets last: they are not yet bound before."""
        parts = HOLE.split(self.unified(text, scope))  # text, word, kind, text, word, kind, ...
        filled = list(parts)
        order = sorted(range(1, len(parts), 3), key=lambda i: parts[i] == "new")
        for i in order:
            value = self.hole(parts[i], parts[i + 1], scope, level)
            operand = parts[i + 2].startswith((".", "[", "(", " & ")) or parts[i - 1][-1:] in "*"
            filled[i] = f"({value})" if operand and not ATOM.fullmatch(value) else value
            filled[i + 1] = ""
        return "".join(filled)

    def statement(self, scope: Scope, fuel: int) -> list[str]:
        """Return the lines of one statement; `fuel` bounds the statements inside it."""
        options = self.statements
        if fuel < 2 or scope.depth >= 4:
            options = [o for o in options if "<block>" not in o.text and "<loop>" not in o.text]
        elif scope.loops >= 2:
            options = [o for o in options if "<loop>" not in o.text]
        return self.lines(self.choose(options, scope).text, scope, fuel)

    def lines(self, text: str, scope: Scope, fuel: int) -> list[str]:
        """Return the lines of a template that may contain blocks."""
        text = self.unified(text, scope)
        lines: list[str] = []
        blocks = text.count("<block>") + text.count("<loop>")
        inner = scope
        for line in text.split("\n"):
            stripped = line.strip()
            if stripped in ("<block>", "<loop>"):
                properties = ("loop",) if stripped == "<loop>" else ()
                body = self.block(inner.inner(*properties), max(1, fuel // (blocks + 1)))
                if properties:
                    body = [*self.clipped(inner), *body]
                margin = line[: len(line) - len(line.lstrip())]
                lines += [margin + one for one in body]
            else:
                lines += self.fill(line, inner).split("\n")
        if self.rng.random() < 0.03:
            scope.variables.update(inner.variables)
        return lines

    def clipped(self, scope: Scope) -> list[str]:
        """Return lines that keep ints from growing without bounds in a loop."""
        names = [name for name in scope.of_kind("int") if self.rng.random() < 0.6]
        return [f"{name} = clip({name})" for name in names[:2]]

    def block(self, scope: Scope, fuel: int) -> list[str]:
        """Return the lines of one to `fuel` statements."""
        lines: list[str] = []
        for _ in range(self.rng.randint(1, max(1, min(fuel, 6)))):
            lines += self.statement(scope, fuel - 1)
            if lines[-1].strip().split(" ")[0] in ("return", "break", "continue", "raise"):
                break
        return lines


def indented(lines: Iterable[str], by: int = 1) -> list[str]:
    """Return the lines further to the right."""
    return [INDENT * by + line for line in lines]
