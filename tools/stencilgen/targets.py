"""What the generator has to know about each architecture: flags, branches, relocations."""

import re
from collections.abc import Callable
from dataclasses import dataclass

COMMON_FLAGS = [
    "-std=gnu11",
    "-O2",
    "-Wall",
    "-Werror=implicit-function-declaration",
    "-Wno-self-assign",
    "-Wno-tautological-compare",
    "-Wno-unused-function",
    # Variants in which two operands are the same register.
    "-Wno-self-assign",
    "-Wno-tautological-compare",
    "-Wno-unused-const-variable",
    "-DNDEBUG",
    # Absolute 32-bit addresses in place are what makes cheap holes, so: no PIC. Data of other
    # modules is then only reachable through ADDRESS(), and the GOT access shows where it was not used.
    "-fno-pic",
    "-fno-direct-access-external-data",
    # Holes are addresses to Clang, but their values may well be zero.
    "-fno-delete-null-pointer-checks",
    "-fno-strict-aliasing",
    "-fwrapv",
    # Code that can be cut up: no unwind tables, frame pointers, jump tables, checks, vectors.
    "-fno-asynchronous-unwind-tables",
    "-fno-unwind-tables",
    "-fno-exceptions",
    "-fno-stack-protector",
    "-fomit-frame-pointer",
    "-fno-jump-tables",
    "-fno-vectorize",
    "-fno-slp-vectorize",
    "-fno-verbose-asm",
    "-fno-ident",
    "-fno-addrsig",
    "-fcf-protection=none",
]


@dataclass(frozen=True)
class Branch:
    """An instruction that ends a basic block.

    `kind` is "jump" (to a symbol), "conditional" (to a symbol, else the next block) or "leave" (return
    or indirect jump). `prefix` is the operands before the target, with their comma.
    """

    kind: str
    operation: str
    target: str = ""
    prefix: str = ""

    def text(self) -> str:
        """The instruction."""
        return f"{self.operation}\t{self.prefix}{self.target}".rstrip()


@dataclass(frozen=True)
class Target:
    """One architecture."""

    name: str
    triple: str
    flags: list[str]
    comment: str
    """What starts a comment in assembly text."""
    relocations: dict[int, str]
    """ELF relocation type -> enumerator of HoleKind."""
    relocation_names: dict[int, str]
    wide: frozenset[str]
    """Kinds of hole that reach any address; together with `near` those a symbol may have."""
    near: frozenset[str]
    data_distances: frozenset[str]
    """Names of the relocations that are of a near kind but not a call or jump."""
    conditional_to_symbol: bool
    """May a conditional branch go to a symbol outside the stencil?"""
    biased_immediates: bool
    """Do IMM holes come with immediate_bias() added?"""
    has_peephole: bool
    """Does peephole.py know its instructions?"""
    jump: str
    parse_branch: Callable[[str], Branch | None]
    invert: Callable[[Branch], Branch]
    fix: Callable[[str], str | None]
    """Rewrites one instruction, None to drop it."""
    stack_change: Callable[[str], int]
    """By how many bytes an instruction moves the stack pointer down."""


# --- x86-64 -----------------------------------------------------------------------------------

_X86_INVERSE = {
    "e": "ne", "l": "ge", "le": "g", "b": "ae", "be": "a", "s": "ns", "o": "no", "p": "np",
}  # fmt: skip
_X86_INVERSE |= {second: first for first, second in _X86_INVERSE.items()}
_X86_SYMBOL = re.compile(r"[.\w$]+(?=@PLT$|$)")
_X86_SHORT_MOVE = re.compile(r"movl\t\$((?:HOLE|IMM)_\w+(?:[+-]\d+)?), %(\w+)")
_X86_NEAR_VALUE = re.compile(r"leaq\t((?:HOLE|IMM)_\w+(?:[+-]\d+)?)\(%rip\), (%\w+)")
_X86_ALIGNED_CONSTANT = re.compile(r"movap[sd]\t(\.L\w+)\(%rip\), (%xmm\d+)")


def _x86_branch(line: str) -> Branch | None:
    operation, _, operands = line.partition("\t")
    if operation in ("retq", "ret", "ud2"):
        return Branch("leave", operation, operands)
    if not operation.startswith("j"):
        return None
    if operands.startswith("*"):
        return Branch("leave", operation, operands)
    match = _X86_SYMBOL.match(operands)
    target = match[0] if match else operands
    return Branch("jump" if operation == "jmp" else "conditional", operation, target)


def _x86_invert(branch: Branch) -> Branch:
    return Branch(branch.kind, "j" + _X86_INVERSE[branch.operation[1:]], branch.target)


def _x86_wide_name(register: str) -> str:
    """The 64-bit name of a 32-bit register."""
    return register[:-1] if register.endswith("d") else "r" + register[1:]


def _x86_fix(line: str) -> str | None:
    # Clang takes addresses to be positive and near, so that a 32-bit move or a distance will do, but
    # hole values are signed numbers.
    if match := _X86_SHORT_MOVE.fullmatch(line):
        return f"movq\t${match[1]}, %{_x86_wide_name(match[2])}"
    if match := _X86_NEAR_VALUE.fullmatch(line):
        return f"movq\t${match[1]}, {match[2]}"
    # Constants are copied to the end of the cold part, where nothing is aligned.
    if match := _X86_ALIGNED_CONSTANT.fullmatch(line):
        return f"movups\t{match[1]}(%rip), {match[2]}"
    return line


def _x86_stack_change(line: str) -> int:
    operation, _, operands = line.partition("\t")
    if operation.startswith("push"):
        return 8
    if operation.startswith("pop"):
        return -8
    if match := re.fullmatch(r"\$(-?\d+), %rsp", operands):
        return int(match[1]) * {"subq": 1, "addq": -1}.get(operation, 0)
    if operation == "leaq" and (match := re.fullmatch(r"(-?\d+)\(%rsp\), %rsp", operands)):
        return -int(match[1])
    if match := re.fullmatch(r"(-?\d+)\(%rsp\), %rsp", operands):
        return -int(match[1])
    return 0


X86_64 = Target(
    name="x86_64",
    triple="x86_64-linux-gnu",
    flags=[*COMMON_FLAGS, "-mcmodel=medium", "-mno-red-zone"],
    comment="#",
    relocations={
        1: "HOLE_X86_64_ABS64",
        2: "HOLE_X86_64_REL32",
        4: "HOLE_X86_64_REL32",
        10: "HOLE_X86_64_ABS32S",
        11: "HOLE_X86_64_ABS32S",
    },
    relocation_names={
        1: "R_X86_64_64",
        2: "R_X86_64_PC32",
        4: "R_X86_64_PLT32",
        9: "R_X86_64_GOTPCREL",
        10: "R_X86_64_32",
        11: "R_X86_64_32S",
        12: "R_X86_64_16",
        14: "R_X86_64_8",
        41: "R_X86_64_GOTPCRELX",
        42: "R_X86_64_REX_GOTPCRELX",
    },
    wide=frozenset(["HOLE_X86_64_ABS64"]),
    near=frozenset(["HOLE_X86_64_REL32"]),
    data_distances=frozenset(["R_X86_64_PC32"]),
    conditional_to_symbol=True,
    biased_immediates=True,
    has_peephole=True,
    jump="jmp",
    parse_branch=_x86_branch,
    invert=_x86_invert,
    fix=_x86_fix,
    stack_change=_x86_stack_change,
)

# --- AArch64 ----------------------------------------------------------------------------------

_ARM_INVERSE = {
    "eq": "ne", "lt": "ge", "le": "gt", "lo": "hs", "ls": "hi", "mi": "pl", "vs": "vc",
    "cc": "cs",
}  # fmt: skip
_ARM_INVERSE |= {second: first for first, second in _ARM_INVERSE.items()}
_ARM_CONSTANT_PAGE = re.compile(r"adrp\tx\d+, \.LCPI\w+")
_ARM_CONSTANT = re.compile(r"ldr\t([dsq]\d+), \[x\d+, :lo12:(\.LCPI\w+)\]")


def _arm_branch(line: str) -> Branch | None:
    operation, _, operands = line.partition("\t")
    if operation in ("ret", "br", "brk", "udf"):
        return Branch("leave", operation, operands)
    if operation == "b":
        return Branch("jump", operation, operands)
    if operation.startswith("b.") or operation in ("cbz", "cbnz", "tbz", "tbnz"):
        prefix, comma, target = operands.rpartition(", ")
        return Branch("conditional", operation, target, prefix + comma)
    return None


def _arm_invert(branch: Branch) -> Branch:
    operation = branch.operation
    if operation.startswith("b."):
        operation = "b." + _ARM_INVERSE[operation[2:]]
    else:
        operation = {"cbz": "cbnz", "cbnz": "cbz", "tbz": "tbnz", "tbnz": "tbz"}[operation]
    return Branch(branch.kind, operation, branch.target, branch.prefix)


def _arm_fix(line: str) -> str | None:
    # Constants are copied to the end of the cold part and loaded from there directly.
    if _ARM_CONSTANT_PAGE.fullmatch(line):
        return None
    if match := _ARM_CONSTANT.fullmatch(line):
        return f"ldr\t{match[1]}, {match[2]}"
    return line


def _arm_stack_change(line: str) -> int:
    if match := re.search(r"\[sp, #-(\d+)\]!$", line):
        return int(match[1])
    if match := re.search(r"\[sp\], #(\d+)$", line):
        return -int(match[1])
    if match := re.fullmatch(r"(sub|add)\tsp, sp, #(\d+)", line):
        return int(match[2]) * {"sub": 1, "add": -1}[match[1]]
    return 0


AARCH64 = Target(
    name="aarch64",
    triple="aarch64-linux-gnu",
    # macOS reserves x18.
    flags=[*COMMON_FLAGS, "-ffixed-x18", "-mno-outline", "-mno-outline-atomics"],
    comment="//",
    relocations={
        263: "HOLE_AARCH64_MOVW_G0",
        264: "HOLE_AARCH64_MOVW_G0",
        265: "HOLE_AARCH64_MOVW_G1",
        266: "HOLE_AARCH64_MOVW_G1",
        267: "HOLE_AARCH64_MOVW_G2",
        268: "HOLE_AARCH64_MOVW_G2",
        269: "HOLE_AARCH64_MOVW_G3",
        # A load of a nearby constant keeps its distance where a conditional branch does.
        273: "HOLE_AARCH64_BRANCH19",
        279: "HOLE_AARCH64_BRANCH14",
        280: "HOLE_AARCH64_BRANCH19",
        282: "HOLE_AARCH64_BRANCH26",
        283: "HOLE_AARCH64_BRANCH26",
    },
    relocation_names={
        257: "R_AARCH64_ABS64",
        273: "R_AARCH64_LD_PREL_LO19",
        275: "R_AARCH64_ADR_PREL_PG_HI21",
        277: "R_AARCH64_ADD_ABS_LO12_NC",
        279: "R_AARCH64_TSTBR14",
        280: "R_AARCH64_CONDBR19",
        282: "R_AARCH64_JUMP26",
        283: "R_AARCH64_CALL26",
        286: "R_AARCH64_LDST64_ABS_LO12_NC",
        311: "R_AARCH64_ADR_GOT_PAGE",
        312: "R_AARCH64_LD64_GOT_LO12_NC",
    },
    wide=frozenset(f"HOLE_AARCH64_MOVW_G{part}" for part in range(4)),
    near=frozenset(["HOLE_AARCH64_BRANCH26"]),
    data_distances=frozenset(),
    conditional_to_symbol=False,
    biased_immediates=False,
    has_peephole=False,
    jump="b",
    parse_branch=_arm_branch,
    invert=_arm_invert,
    fix=_arm_fix,
    stack_change=_arm_stack_change,
)

TARGETS = {target.name: target for target in (X86_64, AARCH64)}
