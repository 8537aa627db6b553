"""What programs have reached of pyjit, and what they never did; for builds with ``-Dcoverage=true``.

Counts come from ``_pyjit.coverage()`` in every process that ran programs.  What there is to reach is read
from the generated header ``operations.h`` of the build: each operation with its operands.
"""

from __future__ import annotations

import dataclasses
import json
import math
import opcode
import pathlib
import re
from collections import Counter

OPERATION = re.compile(r"^ +OP_(\w+),(?: /\* (.*) \*/)?$", re.MULTILINE)
Counts = dict[str, Counter[str]]


@dataclasses.dataclass(frozen=True)
class Operation:
    """An operation of templates/."""

    name: str
    variants: int
    exits: dict[int, str]  # number of the operand -> its name


def read_operations(header: str) -> list[Operation]:
    """Read the operations from the text of operations.h."""
    found = []
    for name, text in OPERATION.findall(header):
        operands = [part for part in text.split(", ") if "(" in part]
        registers = [int(part.rpartition("<")[2]) for part in operands if "<" in part]
        exits = {i: part[5:-1] for i, part in enumerate(operands) if part.startswith("EXIT(")}
        found.append(Operation(name, math.prod(registers), exits))
    return found


def find_operations(build: pathlib.Path) -> list[Operation]:
    """Read the operations of a build directory."""
    return read_operations((build / "stencils" / "operations.h").read_text())


def _named(text: str) -> str:
    """Return "way NAME" for "way number"."""
    way, _, number = text.rpartition(" ")
    return f"{way} {opcode.opname[int(number)]}"


def report(operations: list[Operation], counts: Counts) -> str:
    """Return what was never reached, as text."""
    variants: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    for key, count in counts.get("stencils", Counter()).items():
        variants[key.split(" ")[0]] += 1
        placed[key.split(" ")[0]] += count
    taken = counts.get("exits", Counter())
    never = [op.name for op in operations if not placed[op.name]]
    exits = [
        f"{op.name} {name}"
        for op in operations
        for number, name in op.exits.items()
        if placed[op.name] and not taken[f"{op.name} {number}"]
    ]
    total = sum(op.variants for op in operations)
    ways = sum(len(op.exits) for op in operations)
    lines = [
        f"operations placed: {len(operations) - len(never)} of {len(operations)}",
        f"stencils placed: {sum(variants.values())} of {total}",
        f"exits taken: {sum(1 for key in taken if taken[key])} of {ways}",
        "operations never placed:", *(f"  {name}" for name in never),
        "exits of others never taken:", *(f"  {name}" for name in exits),
    ]  # fmt: skip
    bytecodes = Counter({_named(key): n for key, n in counts.get("bytecodes", Counter()).items()})
    defined = [name for name in opcode.opmap if name not in ("CACHE", "EXTENDED_ARG")]
    for way in ("compiled", "cold"):
        missing = [name for name in defined if not bytecodes[f"{way} {name}"]]
        lines += [f"bytecodes never {way}: {' '.join(missing) or 'none'}"]
    kinds: dict[str, list[str]] = {}
    for key in counts.get("kinds", Counter()):
        way, name = _named(key).split(" ")
        kinds.setdefault(way, []).append(name)
    lines += [
        f"exits of the kind {kind} taken at: {' '.join(sorted(names))}"
        for kind, names in sorted(kinds.items())
    ]
    return "\n".join(lines) + "\n"


def save(path: pathlib.Path, counts: Counts) -> None:
    """Add counts to a file of them, made if it is not there."""
    total = load(path) if path.exists() else {}
    for name, counter in counts.items():
        total.setdefault(name, Counter()).update(counter)
    path.write_text(json.dumps(total))


def load(path: pathlib.Path) -> Counts:
    """Read a file of counts."""
    return {name: Counter(counts) for name, counts in json.loads(path.read_text()).items()}
