"""Reading stencils from an ELF object whose sections are called hot.NAME and cold.NAME."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection
from elftools.elf.sections import SymbolTableSection

from stencilgen.assembly import NEXT_SYMBOLS
from stencilgen.errors import StencilError
from stencilgen.targets import Target
from stencilgen.template import immediate_bias

MAX_PART_SIZE = 65535
MAX_HOLES = 255

_OPERAND_SYMBOL = re.compile(r"(HOLE|IMM)_(\d+)_\w+")


@dataclass(frozen=True)
class Hole:
    """A place to patch; the fields are those of Hole in include/pyjit/stencil.h.

    `symbol` is the name for VALUE_SYMBOL, `operand` the number for VALUE_OPERAND.
    """

    offset: int
    kind: str
    value: str
    addend: int
    operand: int = 0
    symbol: str = ""


@dataclass(frozen=True)
class Part:
    """The hot or the cold part of a stencil."""

    code: bytes = b""
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True)
class _Relocation:
    offset: int
    type: int
    addend: int
    symbol: str
    section: str
    """Name of the section the symbol is defined in, empty if undefined."""
    symbol_value: int


def _relocations(elf: ELFFile, section_name: str) -> Iterator[_Relocation]:
    relocations = elf.get_section_by_name(".rela" + section_name)
    if not isinstance(relocations, RelocationSection):
        return
    symbols = elf.get_section(relocations["sh_link"])
    assert isinstance(symbols, SymbolTableSection)
    for relocation in relocations.iter_relocations():
        symbol = symbols.get_symbol(relocation["r_info_sym"])
        index = symbol["st_shndx"]
        yield _Relocation(
            offset=relocation["r_offset"],
            type=relocation["r_info_type"],
            addend=relocation["r_addend"],
            symbol=symbol.name,
            section=elf.get_section(index).name if isinstance(index, int) else "",
            symbol_value=symbol["st_value"],
        )


def _hole(relocation: _Relocation, stencil: str, is_narrow: bool, target: Target) -> Hole:
    """The hole of one relocation. Raises StencilError without saying where."""
    type_name = target.relocation_names.get(relocation.type, f"relocation type {relocation.type}")
    name = relocation.symbol or relocation.section
    kind = target.relocations.get(relocation.type)
    operand = _OPERAND_SYMBOL.fullmatch(relocation.symbol)
    outside = not relocation.section and not operand and relocation.symbol not in NEXT_SYMBOLS
    reaches = is_narrow or kind in target.near | target.wide
    if outside and (not reaches or type_name in target.data_distances):
        raise StencilError(f"{type_name} against {name}: its address may need 64 bits, write ADDRESS({name})")
    if kind is None:
        raise StencilError(f"{type_name} against {name} is not supported")
    offset, addend = relocation.offset, relocation.addend
    if relocation.section:
        addend += relocation.symbol_value
        values = {"hot." + stencil: "VALUE_HOT", "cold." + stencil: "VALUE_COLD"}
        if relocation.section not in values:
            raise StencilError(f"{type_name} against {name}, which is in another stencil")
        return Hole(offset, kind, values[relocation.section], addend)
    if relocation.symbol in NEXT_SYMBOLS:
        return Hole(offset, kind, "VALUE_NEXT", addend)
    if operand:
        index = int(operand[2])
        if operand[1] == "IMM" and target.biased_immediates:
            addend -= immediate_bias(index)
        return Hole(offset, kind, "VALUE_OPERAND", addend, operand=index)
    return Hole(offset, kind, "VALUE_SYMBOL", addend, symbol=relocation.symbol)


def _read_part(elf: ELFFile, part: str, stencil: str, is_narrow: bool, target: Target) -> Part:
    name = f"{part}.{stencil}"
    section = elf.get_section_by_name(name)
    code = section.data() if section is not None else b""
    holes = tuple(
        sorted(
            (_hole(relocation, stencil, is_narrow, target) for relocation in _relocations(elf, name)),
            key=lambda hole: hole.offset,
        )
    )
    if len(code) > MAX_PART_SIZE:
        raise StencilError(f"its {part} part has {len(code)} bytes, at most {MAX_PART_SIZE} are possible")
    if len(holes) > MAX_HOLES:
        raise StencilError(f"its {part} part has {len(holes)} holes, at most {MAX_HOLES} are possible")
    return Part(code, holes)


def read_parts(file: Path, stencils: dict[str, bool], target: Target) -> dict[str, tuple[Part, Part]]:
    """The hot and the cold part of each stencil, by function name; `stencils` says which are narrow.

    Raises StencilError whose message starts with the name of the stencil's function.
    """
    result = {}
    with file.open("rb") as stream:
        elf = ELFFile(stream)
        for name, is_narrow in stencils.items():
            try:
                result[name] = (
                    _read_part(elf, "hot", name, is_narrow, target),
                    _read_part(elf, "cold", name, is_narrow, target),
                )
            except StencilError as error:
                raise StencilError(f"{name}: {error}") from error
    return result
