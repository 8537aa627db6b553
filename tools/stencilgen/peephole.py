"""What can be said, or made shorter, by looking at the instructions of a stencil. x86-64 only.

*Narrow* twins: addresses that fit into 31 bits, as those of an interpreter that is not position-independent
do, need no `movabsq`. Where the register that it loads is used once it is not needed either.

*Slots in rax*: a stencil that begins by loading a slot into rax can do without if rax holds that slot
already, because of what the stencil before has left there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stencilgen.assembly import NEXT_SYMBOLS, SplitFunction

_FAMILIES = (
    ("rax", "eax", "ax", "al", "ah"),
    ("rbx", "ebx", "bx", "bl", "bh"),
    ("rbp", "ebp", "bp", "bpl"),
    ("r10", "r10d", "r10w", "r10b"),
    ("r11", "r11d", "r11w", "r11b"),
)
"""The registers that hold nothing between stencils, under all their names."""
_FAMILY = {name: family[0] for family in _FAMILIES for name in family}
_REGISTER = re.compile(r"%(\w+)")
_ADDRESS = re.compile(r"movabsq\t\$(\w+(?:[+-]\d+)?), %(\w+)")
_INTERPRETER = re.compile(r"_?Py\w+")
_LOCAL = re.compile(r"\.L[\w$.]+")
_SLOT_LOAD = re.compile(r"movq\t(HOLE_(\d+)_\w+)\(%r12\), %rax")
_SLOT_STORE = re.compile(r"movq\t%rax, (HOLE_(\d+)_\w+)\(%r12\)")
_TAKES_IMMEDIATE = ("cmpq", "movq", "addq", "subq", "andq", "orq", "xorq", "testq")
_ONLY_READS = ("cmp", "test", "push", "bt\t", "btq", "btl", "ucomisd")
_WRITES_RAX_UNSEEN = (
    "call",
    "mul",
    "imul",
    "div",
    "idiv",
    "cqto",
    "cltq",
    "cltd",
    "cwtl",
    "xchg",
    "cmpxchg",
    "rep",
    "pop",
)
"""Beginnings of instructions that may change rax without having it as their last operand."""

SLOT_LOAD_SIZE = 8
"""Bytes of a load of a slot into rax."""


def _operands(line: str) -> str:
    return line.partition("\t")[2]


def _mentions(line: str, register: str) -> bool:
    return any(_FAMILY.get(name) == register for name in _REGISTER.findall(line))


def _defines(line: str, register: str) -> bool:
    """Does it give the register a value without reading it?"""
    *sources, last = _operands(line).rsplit(", ", 1)
    whole = last in (f"%{register}", f"%{_narrow_name(register)}")
    return (
        line.startswith(("mov", "lea"))
        and whole
        and not any(_mentions(source, register) for source in sources)
    )


def _narrow_name(register: str) -> str:
    """The name of the lower half of a 64-bit register."""
    return register + "d" if register[1:].isdigit() else "e" + register[1:]


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Straight runs of instructions, without labels, branches last."""
    block: list[str] = []
    for line in lines:
        if line.endswith(":"):
            yield block
            block = []
            continue
        block.append(line)
        if line.startswith("j"):
            yield block
            block = []
    yield block


def _reads_first(block: list[str], register: str) -> bool:
    """Is the register read in the block before it gets a value there? A call may read any."""
    for line in block:
        if _defines(line, register):
            return False
        if _mentions(line, register) or line.startswith("call"):
            return True
    return False


def _fused(line: str, symbol: str, register: str) -> str | None:
    """An instruction that uses the register as its source once, with the address in place of it."""
    operation, _, operands = line.partition("\t")
    source = f"%{register}, "
    if operation not in _TAKES_IMMEDIATE or not operands.startswith(source):
        return None
    rest = operands[len(source) :]
    if _mentions(rest, register) or rest.startswith("%xmm"):
        return None
    return f"{operation}\t${symbol}, {rest}"


def _single_use(function: SplitFunction, lines: list[str], index: int, register: str) -> int | None:
    """The index of the only instruction that uses what `lines[index]` loads into a register."""
    if register not in _FAMILY.values():
        return None
    for block in [*_blocks(function.hot), *_blocks(function.cold)]:
        if _reads_first(block, register):
            return None
    use = None
    for later in range(index + 1, len(lines)):
        line = lines[later]
        if line.endswith(":") or _defines(line, register):
            break
        if use is not None and (_mentions(line, register) or line.startswith("call")):
            return None
        if use is None and line.startswith("call"):
            return None
        if use is None and _mentions(line, register):
            use = later
        if line.startswith("j"):
            break
    return use


def _narrow_lines(function: SplitFunction, lines: list[str], pointers: frozenset[str]) -> list[str]:
    result: list[str | None] = list(lines)
    for index, line in enumerate(lines):
        match = _ADDRESS.fullmatch(line)
        if match is None:
            continue
        symbol, register = match.groups()
        if symbol not in pointers and not _INTERPRETER.fullmatch(symbol):
            continue
        use = _single_use(function, lines, index, register)
        fused = _fused(lines[use], symbol, register) if use is not None else None
        if use is not None and fused is not None:
            result[index], result[use] = None, fused
        else:
            result[index] = f"movl\t${symbol}, %{_narrow_name(register)}"
    return [line for line in result if line is not None]


def narrowed(function: SplitFunction, name: str, pointers: frozenset[str]) -> SplitFunction:
    """The same stencil, under another name, for addresses below 2 GiB: of these operands and of CPython."""
    parts = []
    for lines in (function.hot, function.cold):
        short = _narrow_lines(function, lines, pointers)
        parts.append([_LOCAL.sub(lambda match: match[0] + "_narrow", line) for line in short])
    return SplitFunction(name, *parts)


def is_shorter(twin: SplitFunction, function: SplitFunction) -> bool:
    """Has any address become narrow on the usual way?"""
    return sum("movabsq" in line for line in twin.hot) < sum("movabsq" in line for line in function.hot)


@dataclass(frozen=True)
class SlotsInRax:
    """The numbers of slot operands, -1 for none.

    `first`: of the one whose load the stencil begins with. `last`: of the one that rax holds after it.
    `keeps`: rax is what it was before, and so are all slots.
    """

    first: int = -1
    last: int = -1
    keeps: bool = False


def _changes_rax(line: str) -> bool:
    if line.startswith(_WRITES_RAX_UNSEEN):
        return True
    if line.startswith(_ONLY_READS):
        return False
    return _mentions(_operands(line).rsplit(", ", 1)[-1], "rax") and "(" not in line.rsplit(", ", 1)[-1]


def _writes_frame(line: str) -> bool:
    """May it write to a slot?"""
    return not line.startswith(("cmp", "test", "j", "ucomisd")) and "(%r12" in line.rsplit(", ", 1)[-1]


def _slot_at_end(hot: list[str]) -> int:
    for line in reversed(hot):
        if line.endswith(":"):
            return -1
        if match := _SLOT_STORE.fullmatch(line) or _SLOT_LOAD.fullmatch(line):
            return int(match[2])
        if _changes_rax(line) or _writes_frame(line):
            return -1
    return -1


def slots_in_rax(function: SplitFunction, falls_through: bool) -> SlotsInRax:
    """What rax has to do with slots at the beginning of a stencil and, if it falls through, at its end."""
    first = _SLOT_LOAD.fullmatch(function.hot[0]) if function.hot else None
    number = int(first[2]) if first else -1
    lines = [*function.hot, *function.cold]
    elsewhere = any(symbol in line for line in lines for symbol in (*NEXT_SYMBOLS, ".Lend_"))
    addresses = any(line.startswith("lea") and "(%r12" in line for line in lines)
    frames = any(line.endswith("%r12") and not line.startswith(_ONLY_READS) for line in lines)
    if not falls_through or elsewhere or addresses or frames:
        return SlotsInRax(number)
    keeps = not any(_changes_rax(line) or _writes_frame(line) for line in lines)
    return SlotsInRax(number, _slot_at_end(function.hot), keeps)
