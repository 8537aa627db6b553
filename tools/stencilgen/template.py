"""Template files: finding the operations in them and expanding them to C.

The language is described at the top of templates/template.h.
"""

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from stencilgen.errors import StencilError

INT_REGISTERS = 8
CALLING_INT_REGISTERS = 2
FLOAT_REGISTERS = 8
MAX_OPERANDS = 10

# Operand keyword -> enumerator of OperandKind in include/pyjit/stencil.h.
OPERAND_KINDS = {
    "IREG": "OPERAND_INT_REGISTER",
    "FREG": "OPERAND_FLOAT_REGISTER",
    "SLOT": "OPERAND_SLOT",
    "IMM": "OPERAND_IMMEDIATE",
    "PTR": "OPERAND_POINTER",
    "FUNC": "OPERAND_FUNCTION",
    "EXIT": "OPERAND_EXIT",
}

RESERVED_NAMES = frozenset(
    ["frame", "tstate"]
    + [f"r{number}" for number in range(INT_REGISTERS)]
    + [f"f{number}" for number in range(FLOAT_REGISTERS)]
)


def immediate_bias(index: int) -> int:
    """What is added to an IMM hole to hide from Clang that it is an address."""
    return index + 1


_OPERATION = re.compile(
    r"\b(OPERATION|CALLING_OPERATION|RAW_OPERATION|RAW_CALLING_OPERATION|C_FUNCTION)\s*\("
)
_OPERAND = re.compile(r"(\w+)\s*\(\s*([A-Za-z_]\w*)\s*\)")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_NOT_CODE = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


@dataclass(frozen=True)
class Operand:
    """One operand of an operation; `registers` is how many variants it has (1 if not a register)."""

    kind: str
    name: str
    registers: int = 1

    @property
    def is_register(self) -> bool:
        """Does the operand choose the variant?"""
        return self.kind in ("IREG", "FREG")


@dataclass(frozen=True)
class Operation:
    """One operation as written in a template file."""

    name: str
    keyword: str
    operands: tuple[Operand, ...]
    body: str
    file: Path
    line: int
    """Line of the body's opening brace, from 1."""
    result: str = ""
    """C_FUNCTION only: its result type and its parameter list in parentheses."""
    parameters: str = ""

    @property
    def is_calling(self) -> bool:
        """Does it have the short list of registers?"""
        return self.keyword in ("CALLING_OPERATION", "RAW_CALLING_OPERATION")

    @property
    def wants_next(self) -> bool:
        """Is the way to the next stencil the one that is to be hot?"""
        return not self.is_c_function and (not self.is_raw or "CONTINUE()" in self.body)

    @property
    def is_raw(self) -> bool:
        """Does the body say itself where execution goes on?"""
        return self.keyword in ("RAW_OPERATION", "RAW_CALLING_OPERATION")

    @property
    def is_c_function(self) -> bool:
        """Is it an ordinary C function?"""
        return self.keyword == "C_FUNCTION"

    @property
    def place(self) -> str:
        """Where the operation is, for messages."""
        return f"operation {self.name} ({self.file.name}:{self.line})"

    @property
    def stencil_count(self) -> int:
        """How many variants there are."""
        count = 1
        for operand in self.operands:
            count *= operand.registers
        return count

    @property
    def strides(self) -> tuple[int, ...]:
        """For each operand the distance between stencils of neighbouring registers, 0 for others."""
        strides = []
        stride = self.stencil_count
        for operand in self.operands:
            stride //= operand.registers
            strides.append(stride if operand.is_register else 0)
        return tuple(strides)

    def variants(self) -> Iterator["Variant"]:
        """All variants in the order of the stencil table."""
        for registers in itertools.product(*(range(each.registers) for each in self.operands)):
            yield Variant(self, registers)

    @property
    def pointers(self) -> frozenset[str]:
        """The symbols that stand for pointer operands."""
        kinds = enumerate(operand.kind for operand in self.operands)
        return frozenset(self.hole(index) for index, kind in kinds if kind == "PTR")

    def hole(self, index: int) -> str:
        """The symbol that stands for the value of operand number `index`."""
        prefix = "IMM" if self.operands[index].kind == "IMM" else "HOLE"
        return f"{prefix}_{index}_{self.name}_{self.operands[index].name}"


@dataclass(frozen=True)
class Variant:
    """An operation with a register number for every register operand (0 for the others)."""

    operation: Operation
    registers: tuple[int, ...]
    is_narrow: bool = False
    """Is it for pointers below 2 GiB? (peephole.py)"""

    @property
    def name(self) -> str:
        """The operation's name with the registers, such as float_add__f0_f1."""
        chosen = [
            ("r" if operand.kind == "IREG" else "f") + str(register)
            for operand, register in zip(self.operation.operands, self.registers, strict=True)
            if operand.is_register
        ]
        parts = [self.operation.name, "_".join(chosen), "narrow" if self.is_narrow else ""]
        return "__".join(part for part in parts if part)

    @property
    def function(self) -> str:
        """Name of the C function that becomes the stencil."""
        return "stencil_" + self.name


@dataclass(frozen=True)
class Family:
    """One template file."""

    file: Path
    preamble: str
    """The file without its operations; lines keep their numbers."""
    operations: tuple[Operation, ...] = field(default=())


def _without_comments(text: str) -> str:
    """The text with comments, strings and characters blanked out; offsets and lines stay."""
    return _NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _closing(code: str, start: int, pair: str) -> int:
    """Offset of the bracket that closes the one at `start`, or -1."""
    depth = 0
    for offset in range(start, len(code)):
        if code[offset] == pair[0]:
            depth += 1
        elif code[offset] == pair[1]:
            depth -= 1
            if depth == 0:
                return offset
    return -1


def _split_arguments(text: str) -> list[str]:
    """Splits at commas outside parentheses."""
    arguments = [""]
    depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += character
    return [argument.strip() for argument in arguments]


def _parse_operand(text: str, keyword: str, place: str) -> Operand:
    match = _OPERAND.fullmatch(text)
    if match is None or match[1] not in OPERAND_KINDS:
        raise StencilError(f"{place}: '{text}' is not an operand")
    kind, name = match.groups()
    if name in RESERVED_NAMES:
        raise StencilError(f"{place}: an operand cannot be named '{name}'")
    calling = "CALLING" in keyword
    if kind == "IREG":
        return Operand(kind, name, CALLING_INT_REGISTERS if calling else INT_REGISTERS)
    if kind == "FREG":
        if calling:
            raise StencilError(f"{place}: doubles do not survive a calling operation: FREG({name})")
        return Operand(kind, name, FLOAT_REGISTERS)
    return Operand(kind, name)


def parse_family(file: Path, text: str) -> Family:
    """Parses one template file. Raises StencilError."""
    code = _without_comments(text)
    preamble = ""
    operations: list[Operation] = []
    done = 0
    while match := _OPERATION.search(code, done):
        line = code.count("\n", 0, match.start()) + 1
        place = f"{file.name}:{line}"
        keyword = match[1]
        opening = match.end() - 1
        closing = _closing(code, opening, "()")
        brace = code.find("{", closing)
        if closing < 0 or brace < 0 or code[closing + 1 : brace].strip():
            raise StencilError(f"{place}: {keyword} needs operands in parentheses and a body in braces")
        end = _closing(code, brace, "{}")
        if end < 0:
            raise StencilError(f"{place}: the body of this {keyword} has no end")
        name, *arguments = _split_arguments(code[opening + 1 : closing])
        if _IDENTIFIER.fullmatch(name) is None:
            raise StencilError(f"{place}: '{name}' cannot name an operation")
        operands: tuple[Operand, ...] = ()
        result = parameters = ""
        if keyword == "C_FUNCTION":
            if len(arguments) != 2:
                raise StencilError(f"{place}: C_FUNCTION takes (name, result, (parameters))")
            result, parameters = arguments
        else:
            operands = tuple(_parse_operand(each, keyword, place) for each in arguments)
        if len(operands) > MAX_OPERANDS:
            raise StencilError(f"{place}: {name} has more than {MAX_OPERANDS} operands")
        if len({operand.name for operand in operands}) < len(operands):
            raise StencilError(f"{place}: two operands of {name} have the same name")
        operations.append(
            Operation(
                name=name,
                keyword=keyword,
                operands=operands,
                body=text[brace : end + 1],
                file=file,
                line=code.count("\n", 0, brace) + 1,
                result=result,
                parameters=parameters,
            )
        )
        preamble += text[done : match.start()]
        preamble += "\n" * text.count("\n", match.start(), end + 1)
        done = end + 1
    return Family(file, preamble + text[done:], tuple(operations))


def _restricted(operation: Operation, limits: object, place: str) -> Operation:
    """The operation with the register counts of its table in variants.toml."""
    if not isinstance(limits, dict):
        raise StencilError(f"{place}: [{operation.name}] must be a table")
    operands = {operand.name: operand for operand in operation.operands}
    for name, count in limits.items():
        operand = operands.get(name)
        if operand is None or not operand.is_register:
            raise StencilError(f"{place}: {operation.name} has no register operand '{name}'")
        if not isinstance(count, int) or not 1 <= count <= operand.registers:
            raise StencilError(
                f"{place}: {operation.name}.{name} must be a number from 1 to {operand.registers}"
            )
        operands[name] = Operand(operand.kind, name, count)
    changed = {**vars(operation), "operands": tuple(operands.values())}
    return Operation(**changed)


def read_families(directory: Path, variants: Path) -> list[Family]:
    """Reads all template files of a directory, by name, and the limits on variants.

    Raises StencilError.
    """
    families = [
        parse_family(file, file.read_text(encoding="utf-8")) for file in sorted(directory.glob("*.c"))
    ]
    seen: dict[str, Operation] = {}
    for family in families:
        for operation in family.operations:
            if operation.name in seen:
                raise StencilError(f"{operation.place}: already defined: {seen[operation.name].place}")
            seen[operation.name] = operation
    try:
        limits = tomllib.loads(variants.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise StencilError(f"{variants}: {error}") from error
    if unknown := sorted(limits.keys() - seen.keys()):
        raise StencilError(f"{variants}: no such operation: {', '.join(unknown)}")
    return [
        Family(
            family.file,
            family.preamble,
            tuple(
                _restricted(operation, limits.get(operation.name, {}), str(variants))
                for operation in family.operations
            ),
        )
        for family in families
    ]


def _expand_c_function(operation: Operation) -> list[str]:
    return [
        f"{operation.result} stencil_{operation.name}{operation.parameters}",
        f'#line {operation.line} "{operation.file.name}"',
        operation.body,
    ]


def _declarations(operation: Operation) -> list[str]:
    """Declares the operation's holes."""
    stencil = "CallingStencil" if operation.is_calling else "LeafStencil"
    lines = []
    for index, operand in enumerate(operation.operands):
        if operand.kind in ("SLOT", "IMM"):
            lines.append(f"extern HOLE const char {operation.hole(index)};")
        elif operand.kind == "FUNC":
            lines.append(f"extern HOLE void {operation.hole(index)}(void);")
        elif operand.kind == "EXIT":
            lines.append(f"extern HOLE __attribute__((cold)) {stencil} {operation.hole(index)};")
    return lines


def _meaning(variant: Variant, index: int) -> str:
    """What an operand's name stands for in the body."""
    hole = variant.operation.hole(index)
    register = variant.registers[index]
    return {
        "IREG": f"r{register}",
        "FREG": f"f{register}",
        "SLOT": f"SLOT_HOLE({hole})",
        "IMM": f"IMMEDIATE_HOLE({hole}, {immediate_bias(index)})",
        "PTR": f"WIDE_ADDRESS({hole})",
        "FUNC": hole,
        "EXIT": hole,
    }[variant.operation.operands[index].kind]


def _body(variant: Variant) -> str:
    """The body with operands replaced by what they stand for; members of structs keep their names."""
    body = variant.operation.body
    meanings = {
        operand.name: _meaning(variant, index) for index, operand in enumerate(variant.operation.operands)
    }
    if not meanings:
        return body
    names = re.compile(rf"(?<![\w.])(?<!->)({'|'.join(map(re.escape, meanings))})\b")
    code = _without_comments(body)
    result = ""
    done = 0
    for match in names.finditer(code):
        result += body[done : match.start()] + meanings[match[1]]
        done = match.end()
    return result + body[done:]


def expand(family: Family) -> str:
    """The C source of all variants of all operations of a family."""
    lines = [f'#line 1 "{family.file.name}"', family.preamble]
    for operation in family.operations:
        if operation.is_c_function:
            lines += _expand_c_function(operation)
            continue
        kind = "CALLING" if operation.is_calling else "LEAF"
        lines += _declarations(operation)
        lines += [
            "#undef ARGUMENTS",
            "#undef STENCIL",
            "#undef NEXT",
            f"#define ARGUMENTS {kind}_ARGUMENTS",
            f"#define STENCIL {kind.title()}Stencil",
            f"#define NEXT NEXT_{kind}",
        ]
        for variant in operation.variants():
            lines += [
                f"COMPILED PyObject *{variant.function}({kind}_PARAMETERS) {{",
                f'#line {operation.line} "{operation.file.name}"',
                _body(variant),
            ]
            lines += [] if operation.is_raw else ["CONTINUE();"]
            lines += ["}"]
    return "\n".join(lines) + "\n"
