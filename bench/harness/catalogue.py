"""Which programs there are. Owns names and files; importing a program is the worker's business."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"


@dataclass(frozen=True)
class Program:
    """A program of bench/programs."""

    name: str
    path: Path

    @property
    def summary(self) -> str:
        """The first line of the program's docstring."""
        doc = ast.get_docstring(ast.parse(self.path.read_text(encoding="utf-8"))) or ""
        return doc.partition("\n")[0]


def all_programs() -> list[Program]:
    """Every program, by name."""
    return [Program(path.stem, path) for path in sorted(PROGRAMS.glob("*.py"))]


def choose(names: str | None) -> list[Program]:
    """The programs of a comma-separated list, all of them for None.

    Raises ValueError for a name that is no program.
    """
    programs = {program.name: program for program in all_programs()}
    if names is None:
        return list(programs.values())
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in programs]
    if unknown:
        raise ValueError(f"no such program: {', '.join(unknown)} (see `python -m bench list`)")
    return [programs[name] for name in wanted]
