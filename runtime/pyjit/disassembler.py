"""Machine code as text, tied to the bytecode and the source it was made from."""

from __future__ import annotations

import dis
import importlib
import itertools
import linecache
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, MethodType
from typing import Any

from pyjit import _pyjit

BYTES_PER_LINE = 16


@dataclass(frozen=True)
class MachineLine:
    """One line of machine code: an instruction, or some bytes where nothing can decode them."""

    address: int
    code: bytes
    text: str


Decoder = Callable[[bytes, int], Iterator[MachineLine]]


def _decode_as_hex(code: bytes, address: int) -> Iterator[MachineLine]:
    """Yield the bytes at the address, some to a line."""
    for start in range(0, len(code), BYTES_PER_LINE):
        yield MachineLine(address + start, code[start : start + BYTES_PER_LINE], "")


def _capstone_decoder(capstone: Any) -> Decoder | None:
    """Return a decoder of this machine's instructions, None if capstone has none."""
    machine = platform.machine().lower()
    if machine in ("x86_64", "amd64"):
        engine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    elif machine in ("aarch64", "arm64"):
        # Renamed in capstone 6.
        architecture = getattr(capstone, "CS_ARCH_AARCH64", None) or capstone.CS_ARCH_ARM64
        engine = capstone.Cs(architecture, capstone.CS_MODE_ARM)
    else:
        return None

    def decode(code: bytes, address: int) -> Iterator[MachineLine]:
        end = 0
        for instruction in engine.disasm(code, address):
            text = f"{instruction.mnemonic} {instruction.op_str}".rstrip()
            yield MachineLine(instruction.address, bytes(instruction.bytes), text)
            end = instruction.address + instruction.size - address
        yield from _decode_as_hex(code[end:], address + end)

    return decode


def _decoder() -> Decoder:
    """Return the best decoder there is."""
    try:
        capstone = importlib.import_module("capstone")
    except ImportError:
        return _decode_as_hex
    return _capstone_decoder(capstone) or _decode_as_hex


@dataclass(frozen=True)
class Bytecode:
    """One bytecode instruction: its offset in bytes, how it reads, its source line if it has one."""

    offset: int
    text: str
    line: int | None


def _bytecodes(code: CodeType) -> dict[int, Bytecode]:
    """Return the generic (not specialized) instructions of the code by offset."""
    return {
        instruction.offset: Bytecode(
            instruction.offset,
            f"{instruction.opname} {instruction.argrepr or instruction.arg or ''}".rstrip(),
            instruction.positions.lineno if instruction.positions else None,
        )
        for instruction in dis.get_instructions(code)
    }


def _code_of(subject: object) -> CodeType:
    """Return the code object of a function or method, or the code object itself.

    Raises TypeError for anything else.
    """
    if isinstance(subject, MethodType):
        subject = subject.__func__
    if isinstance(subject, FunctionType):
        subject = subject.__code__
    if not isinstance(subject, CodeType):
        raise TypeError(f"expected a Python function or a code object, not {type(subject).__name__}")
    return subject


class _Listing:
    """The text of one code object as it is written, with code of others that was compiled in place."""

    def __init__(self, code: CodeType) -> None:
        self._code = code
        self._bytecodes = {code: _bytecodes(code)}
        self._decode = _decoder()
        self._lines: list[str] = []
        self._source_line: tuple[CodeType, int] | None = None

    def add_block(self, block: _pyjit.Block) -> None:
        """Add a block version: a title, its hot part by bytecode instruction, its cold part."""
        if self._lines:
            self._lines.append("")
        self._lines.append(
            f"block at offset {block['offset']}, {len(block['hot'])} bytes hot, {len(block['cold'])} cold"
        )
        if block["context"]:
            self._lines.append(f"    context: {block['context']}")
        self._source_line = None
        hot = block["hot"]
        starts = [(0, block["offset"], None), *block["map"], (len(hot), block["offset"], None)]
        for (start, offset, inner), (end, _, _) in itertools.pairwise(starts):
            if start < end:
                place = (inner or self._code, offset)
                self._add_bytecode(place)
                self._add_machine_code(hot[start:end], block["address"] + start, place)
        if block["cold"]:
            self._lines.append("    cold:")
            cold = block["cold"]
            self._add_machine_code(cold, block["cold_address"], None)

    def _bytecode(self, place: tuple[CodeType, int]) -> Bytecode | None:
        """Return the bytecode instruction at an offset of a code object, None if there is none."""
        code, offset = place
        if code not in self._bytecodes:
            self._bytecodes[code] = _bytecodes(code)
        return self._bytecodes[code].get(offset)

    def _add_bytecode(self, place: tuple[CodeType, int]) -> None:
        """Add the bytecode instruction, after its source line where that changes."""
        bytecode = self._bytecode(place)
        if bytecode is None:
            return
        code = place[0]
        if bytecode.line is not None and (code, bytecode.line) != self._source_line:
            self._source_line = (code, bytecode.line)
            source = linecache.getline(code.co_filename, bytecode.line).strip()
            if source:
                inner = "" if code is self._code else f" ({code.co_qualname}, in place)"
                self._lines.append(f"{bytecode.line:5}  # {source}{inner}")
        self._lines.append(self._columns(place) + f"  {bytecode.text}")

    def _add_machine_code(self, code: bytes, address: int, place: tuple[CodeType, int] | None) -> None:
        """Add a line for each machine instruction."""
        for line in self._decode(code, address):
            column = line.code.hex(" ")
            text = f"{column:<30}  {line.text}" if line.text else column
            self._lines.append(self._columns(place) + f"      {line.address:x}  {text}")

    def _columns(self, place: tuple[CodeType, int] | None) -> str:
        """Return the columns that tie a line to its source line and bytecode offset."""
        if place is None:
            return f"{'':>5} {'':>6}"
        bytecode = self._bytecode(place)
        line = None if bytecode is None else bytecode.line
        return f"{'' if line is None else line:>5} {place[1]:>6}"

    def text(self) -> str:
        """Return all lines, each ended by a newline."""
        return "".join(f"{line}\n" for line in self._lines)


def disassemble(function: FunctionType | MethodType | CodeType) -> str:
    """Return the machine code of a function as text; see :func:`pyjit.disassemble`."""
    code = _code_of(function)
    listing = _Listing(code)
    for block in _pyjit.describe(code):
        listing.add_block(block)
    if not listing.text() and _pyjit.is_compiled(code):
        return "compiled in the place of calls only: see the functions that call it\n"
    return listing.text()
