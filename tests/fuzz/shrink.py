"""Reduces a program that does something else under pyjit to a few lines.

Hierarchical delta debugging: picire minimizes the set of statements, from the outermost to the innermost;
then compound statements are replaced by their bodies and expressions by simpler ones, as long as anything
gets smaller.
"""

from __future__ import annotations

import ast
import copy
import time
import warnings
from collections.abc import Callable, Iterator

import picire

Fails = Callable[[str], bool]  # does this program still differ?


class _Pruner(ast.NodeTransformer):
    """Drops statements whose number is not to be kept."""

    def __init__(self, dropped: set[int]) -> None:
        self.dropped = dropped

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Drop statements from all lists of them; what must not be empty gets a `pass`."""
        super().generic_visit(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                left = [one for one in value if getattr(one, "number", -1) not in self.dropped]
                if not left and name == "body" and not isinstance(node, ast.Module):
                    left = [ast.Pass()]
                setattr(node, name, left)
        if isinstance(node, ast.Try) and not node.handlers and not node.finalbody:
            node.finalbody = [ast.Pass()]
        return node


def _statements(tree: ast.AST, level: int = 0) -> Iterator[tuple[int, ast.stmt]]:
    """Yield all statements with how deep they are nested."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.stmt):
            yield level, child
            yield from _statements(child, level + 1)
        else:
            yield from _statements(child, level)


def _source(tree: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class Shrinker:
    """Reduces one program."""

    def __init__(self, fails: Fails, seconds: float) -> None:
        """Take the test, and how long to go on."""
        self.fails = fails
        self.end = time.monotonic() + seconds
        self.tests = 0
        self.known: dict[str, bool] = {}

    def test(self, program: str) -> bool:
        """Does the program compile, and differ?  No more when time is up."""
        if program in self.known:
            return self.known[program]
        if time.monotonic() > self.end:
            return False
        try:
            with warnings.catch_warnings(action="ignore"):
                compile(program, "program", "exec")
        except (SyntaxError, ValueError):
            return False
        self.tests += 1
        self.known[program] = self.fails(program)
        return self.known[program]

    def _minimize(self, tree: ast.Module, level: int) -> ast.Module:
        """Return the tree with as few as possible of the statements of a level."""
        numbered: list[ast.stmt] = []
        for depth, statement in _statements(tree):
            statement.number = -1  # type: ignore[attr-defined]
            if depth == level and not isinstance(statement, ast.Pass):
                statement.number = len(numbered)  # type: ignore[attr-defined]
                numbered.append(statement)
        everything = set(range(len(numbered)))

        def pruned(kept: list[int]) -> ast.Module:
            new = _Pruner(everything - set(kept)).visit(copy.deepcopy(tree))
            assert isinstance(new, ast.Module)
            return new

        def interesting(kept: list[int], _config_id: object) -> picire.Outcome:
            return picire.Outcome.FAIL if self.test(_source(pruned(kept))) else picire.Outcome.PASS

        if not numbered:
            return tree
        if self.test(_source(pruned([]))):
            return pruned([])
        return pruned(picire.DD(interesting)(sorted(everything)))

    def statements(self, program: str) -> str:
        """Return the program with fewer statements."""
        level = 0
        while time.monotonic() < self.end:
            tree = ast.parse(program)
            if max((depth for depth, _ in _statements(tree)), default=-1) < level:
                break
            smaller = _source(self._minimize(tree, level))
            program = smaller if self.test(smaller) else program
            level += 1
        return program

    def expressions(self, program: str) -> str:
        """Return the program with simpler statements and expressions, one greedy walk through it."""
        position = 0
        while time.monotonic() < self.end:
            tree = ast.parse(program)
            places = list(_places(tree))
            if position >= len(places):
                break
            for replacement in _simpler(places[position][2]):
                new = _replaced(program, position, replacement)
                if len(new) < len(program) and self.test(new):
                    program = new
                    break
            else:
                position += 1
        return program

    def run(self, program: str) -> str:
        """Return the smallest program found."""
        unparsed = _source(ast.parse(program))
        if not self.test(unparsed):
            return program
        program = unparsed
        while time.monotonic() < self.end:
            smaller = self.expressions(self.statements(program))
            if smaller == program:
                break
            program = smaller
        return program


def _places(tree: ast.AST) -> Iterator[tuple[ast.AST, tuple[str, int | None], ast.AST]]:
    """Yield every statement and expression: its parent, where it is there, and itself."""
    for name, value in ast.iter_fields(tree):
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.stmt) or (
                isinstance(child, ast.expr)
                and not isinstance(getattr(child, "ctx", None), ast.Store | ast.Del)
            ):
                yield tree, (name, index if isinstance(value, list) else None), child
            if isinstance(child, ast.AST):
                yield from _places(child)


def _simpler(node: ast.AST) -> list[ast.AST | list[ast.stmt]]:
    """Return what could stand in the place of a node."""
    if isinstance(node, ast.stmt):
        bodies = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
        return (
            [body for body in bodies if body] if not isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        )
    children: list[ast.AST | list[ast.stmt]] = [
        child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)
    ]
    for _, _, below in _places(node):
        if isinstance(below, ast.Name | ast.Constant) and below not in children:
            children.append(below)
    if isinstance(node, ast.Constant | ast.Name):
        children = []
    return [*children, ast.Constant(0), ast.Constant(None), ast.Constant(1)]


def _replaced(program: str, position: int, new: ast.AST | list[ast.stmt]) -> str:
    """Return the program with something else in a place, or itself if that cannot be."""
    tree = ast.parse(program)
    parent, (name, index), _ = list(_places(tree))[position]
    value = getattr(parent, name)
    if index is None:
        setattr(parent, name, new)
    else:
        value[index : index + 1] = new if isinstance(new, list) else [new]
    try:
        return _source(tree)
    except (AttributeError, TypeError, ValueError):
        return program


def shrink(program: str, fails: Fails, seconds: float = 120) -> str:
    """Return a program, as small as was found in so many seconds, that still fails."""
    return Shrinker(fails, seconds).run(program)
