"""Running snippets: what calls give, and their code as if it had never run."""

from __future__ import annotations

import types
from collections.abc import Callable

import snippets


def fresh(code: types.CodeType) -> types.CodeType:
    """Return the same code as if it had never run, with all that is in it."""
    constants = tuple(fresh(c) if isinstance(c, types.CodeType) else c for c in code.co_consts)
    return code.replace(co_consts=constants)


def renew() -> None:
    """Make the code of all functions and methods of the snippets as if it had never run."""
    for value in vars(snippets).values():
        members = vars(value).values() if isinstance(value, type) else [value]
        for member in members:
            function = member.fget if isinstance(member, property) else member
            if isinstance(function, types.FunctionType):
                function.__code__ = fresh(function.__code__)


def outcome(function: Callable[..., object], case: object) -> str:
    """Return what a call gives, as text."""
    arguments = case() if callable(case) else case
    try:
        return repr(function(*arguments))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def outcomes(function: Callable[..., object], cases: tuple[object, ...], repeat: int) -> list[str]:
    """Return what calls give, of each case as many in a row as said."""
    return [outcome(function, case) for case in cases for _ in range(repeat)]
