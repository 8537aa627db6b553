"""From Clang's assembly to assembly in which every stencil has a hot and a cold section.

The hot part is the path that falls through to the next stencil, without its final jump; everything
else is cold. Functions that are not stencils are dropped, constants are copied into the cold part.
"""

import re
from dataclasses import dataclass, field, replace

from stencilgen.errors import StencilError
from stencilgen.targets import Branch, Target

NEXT_SYMBOLS = frozenset(["NEXT_LEAF", "NEXT_CALLING"])

_LABEL = re.compile(r"([.\w$]+):")
_LOCAL_SYMBOL = re.compile(r"\.L[\w$.]+")
_DATA_DIRECTIVES = (".quad", ".xword", ".long", ".word", ".short", ".byte", ".zero")


@dataclass
class Block:
    """A basic block: instructions, then at most one branch; without one it falls through."""

    labels: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    branch: Branch | None = None

    @property
    def falls_through(self) -> bool:
        """Can execution go on with the block after it?"""
        return self.branch is None or self.branch.kind == "conditional"


@dataclass(frozen=True)
class SplitFunction:
    """The lines of both parts of one stencil, labels and constants included."""

    name: str
    hot: list[str]
    cold: list[str]


@dataclass(frozen=True)
class _Unit:
    """What is used of an assembly file: the lines of functions and of constants by label."""

    functions: dict[str, list[str]]
    constants: dict[str, list[str]]


def _strip_comment(line: str, target: Target) -> str:
    return line.split(target.comment, 1)[0].strip()


def _read_unit(text: str, target: Target) -> _Unit:
    """Takes an assembly file apart."""
    unit = _Unit({}, {})
    functions = set(re.findall(r"^\s*\.type\s+([\w$.]+),[@%]function", text, re.MULTILINE))
    current: list[str] | None = None
    for raw in text.splitlines():
        line = _strip_comment(raw, target)
        if not line:
            continue
        label = _LABEL.fullmatch(line)
        if label and label[1] in functions:
            current = unit.functions.setdefault(label[1], [])
        elif label and label[1].startswith(".Lfunc_end"):
            current = None
        elif label and (current is None or not label[1].startswith(".LBB")) and _is_data(label[1]):
            current = unit.constants.setdefault(label[1], [])
        elif line.startswith(".section") or line.startswith(".text"):
            current = None
        elif current is not None:
            current.append(line)
    return unit


def _is_data(label: str) -> bool:
    return label.startswith((".LCPI", ".L.str", ".L__const", ".Lswitch.table"))


def _read_blocks(lines: list[str], target: Target) -> list[Block]:
    blocks = [Block()]
    for line in lines:
        if label := _LABEL.fullmatch(line):
            if blocks[-1].lines or blocks[-1].branch:
                blocks.append(Block())
            blocks[-1].labels.append(label[1])
            continue
        if line.startswith(".") and not line.startswith(_DATA_DIRECTIVES):
            continue  # alignment and bookkeeping
        fixed = target.fix(line)
        if fixed is None:
            continue
        if blocks[-1].branch:
            blocks.append(Block())
        blocks[-1].branch = target.parse_branch(fixed)
        if blocks[-1].branch is None:
            blocks[-1].lines.append(fixed)
    return blocks


def _calls(block: Block) -> bool:
    return any(line.startswith(("call", "bl\t", "blr\t")) for line in block.lines)


class _Layout:
    """The blocks of one function while they are put into a new order."""

    def __init__(self, name: str, blocks: list[Block], target: Target) -> None:
        self.name = name
        self.target = target
        self.blocks = blocks
        self.new_labels = 0
        self._merge_labels()
        self._thread_jumps()
        self.chains = self._make_chains()

    def _merge_labels(self) -> None:
        """Gives each block one label at most."""
        alias = {label: block.labels[0] for block in self.blocks for label in block.labels}
        for block in self.blocks:
            del block.labels[1:]
            if block.branch:
                new = alias.get(block.branch.target, block.branch.target)
                block.branch = replace(block.branch, target=new)

    def _thread_jumps(self) -> None:
        """Lets branches to a block that only jumps go where it jumps."""
        onward = {
            block.labels[0]: block.branch
            for block in self.blocks
            if block.labels and not block.lines and block.branch and block.branch.kind == "jump"
        }
        for block in self.blocks:
            seen = set()
            while block.branch and (jump := onward.get(block.branch.target)):
                outside = not jump.target.startswith(".L") and jump.target not in NEXT_SYMBOLS
                conditional = block.branch.kind == "conditional"
                if conditional and outside and not self.target.conditional_to_symbol:
                    break
                if jump.target in seen:
                    break
                seen.add(jump.target)
                block.branch = replace(block.branch, target=jump.target)

    def _make_chains(self) -> list[list[Block]]:
        """Runs of blocks that fall through one into the next."""
        chains: list[list[Block]] = [[]]
        for block in self.blocks:
            chains[-1].append(block)
            if not block.falls_through:
                chains.append([])
        return [chain for chain in chains if chain]

    def _chain_at(self, label: str) -> list[Block] | None:
        """The unplaced chain that starts with a label."""
        return next((chain for chain in self.chains if label in chain[0].labels), None)

    def _reaches_next(self, label: str) -> bool:
        """Does the way from a label, jumps followed, end at the next stencil?"""
        seen = set()
        while label not in NEXT_SYMBOLS:
            chain = self._chain_at(label)
            if chain is None or label in seen or chain[-1].branch is None:
                return False
            seen.add(label)
            label = chain[-1].branch.target
        return True

    def _cut(self, trace: list[Block], index: int) -> str:
        """Inverts the conditional branch of a block of the trace and makes what followed a chain
        of its own. Returns the target it had."""
        block = trace[index]
        rest = trace[index + 1 :]
        del trace[index + 1 :]
        assert block.branch is not None
        old = block.branch.target
        only = rest[0].branch if len(rest) == 1 and not rest[0].lines else None
        if only and only.kind == "jump" and self.target.conditional_to_symbol and not rest[0].labels:
            new = only.target
        else:
            if not rest[0].labels:
                rest[0].labels.append(f".Lrest_{self.name}_{self.new_labels}")
                self.new_labels += 1
            new = rest[0].labels[0]
            self.chains.append(rest)
        block.branch = replace(self.target.invert(block.branch), target=new)
        return old

    def make_trace(self, wants_next: bool) -> list[Block]:
        """The hot blocks; what is left of the chains is cold."""
        trace = self.chains.pop(0)
        while True:
            branch = trace[-1].branch
            if branch and branch.kind == "jump":
                if branch.target in NEXT_SYMBOLS:
                    break
                if chain := self._chain_at(branch.target):
                    trace[-1].branch = None
                    self._append(trace, chain)
                    continue
            if not wants_next:
                return trace
            for index in range(len(trace) - 2, -1, -1):
                conditional = trace[index].branch
                if conditional and self._reaches_next(conditional.target):
                    break
            else:
                return trace
            target = self._cut(trace, index)
            if target in NEXT_SYMBOLS:
                trace.append(Block(branch=Branch("jump", self.target.jump, target)))
            elif chain := self._chain_at(target):
                self._append(trace, chain)
        self._move_calls_out(trace)
        return trace

    def _append(self, trace: list[Block], chain: list[Block]) -> None:
        self.chains.remove(chain)
        trace.extend(chain)

    def _move_calls_out(self, trace: list[Block]) -> None:
        """Makes what a branch to the next stencil skips cold if it calls something.

        Clang turns `if (likely(done)) goto next; call();` into a conditional jump to the next
        stencil over the call.
        """
        called = next((index for index, block in enumerate(trace) if _calls(block)), 0)
        for index in range(called - 1, -1, -1):
            branch = trace[index].branch
            if branch and branch.kind == "conditional" and branch.target in NEXT_SYMBOLS:
                target = self._cut(trace, index)
                trace.append(Block(branch=Branch("jump", self.target.jump, target)))
                return

    def drop_unused(self, trace: list[Block]) -> None:
        """Drops cold chains nothing goes to."""
        while True:
            used = {
                block.branch.target
                for chain in [trace, *self.chains]
                for block in chain
                if block.branch is not None
            }
            used |= {
                symbol
                for chain in [trace, *self.chains]
                for block in chain
                for line in block.lines
                for symbol in _LOCAL_SYMBOL.findall(line)
            }
            kept = [chain for chain in self.chains if any(used.intersection(each.labels) for each in chain)]
            if len(kept) == len(self.chains):
                return
            self.chains = kept


def _check_stack(blocks: list[Block], target: Target) -> None:
    """Raises StencilError if the stack is not as it was when the function is left."""
    index_of = {label: index for index, block in enumerate(blocks) for label in block.labels}
    depth_at = {0: 0}
    pending = [0]
    while pending:
        index = pending.pop()
        block = blocks[index]
        depth = depth_at[index] + sum(target.stack_change(line) for line in block.lines)
        successors = [index + 1] if block.falls_through else []
        if block.branch and block.branch.target in index_of:
            successors.append(index_of[block.branch.target])
        for successor in successors:
            if successor not in depth_at:
                depth_at[successor] = depth
                pending.append(successor)
        if block.branch is None or block.branch.target in index_of:
            continue
        if depth != 0 and block.branch.operation not in ("ud2", "brk", "udf"):
            raise StencilError(
                f"jumps to {block.branch.target or 'its caller'} with {depth} bytes left on the stack"
            )


def _emit(blocks: list[Block]) -> list[str]:
    lines = []
    for position, block in enumerate(blocks):
        lines += [f"{label}:" for label in block.labels]
        lines += block.lines
        if block.branch is None:
            continue
        following = blocks[position + 1].labels if position + 1 < len(blocks) else []
        if block.branch.kind != "jump" or block.branch.target not in following:
            lines.append(block.branch.text())
    return lines


def split_function(
    name: str,
    lines: list[str],
    constants: dict[str, list[str]],
    target: Target,
    wants_next: bool,
) -> SplitFunction:
    """Splits one function. Raises StencilError without saying where."""
    blocks = _read_blocks(lines, target)
    if blocks[-1].falls_through:
        raise StencilError("runs past its end (undefined behaviour in the template?)")
    _check_stack(blocks, target)
    layout = _Layout(name, blocks, target)
    trace = layout.make_trace(wants_next)
    end = f".Lend_{name}"
    if trace[-1].branch and trace[-1].branch.kind == "jump" and trace[-1].branch.target in NEXT_SYMBOLS:
        trace[-1].branch = None
    for block in trace:
        if block.branch and block.branch.target in NEXT_SYMBOLS:
            block.branch = replace(block.branch, target=end)
    layout.drop_unused(trace)
    hot = _emit(trace)
    if any(end in line for line in hot):
        hot.append(f"{end}:")
    cold = _emit([block for chain in layout.chains for block in chain])
    defined = {line[:-1] for line in [*hot, *cold] if line.endswith(":")}
    used = {symbol for line in [*hot, *cold] for symbol in _LOCAL_SYMBOL.findall(line)}
    for symbol in sorted(used - defined):
        if symbol not in constants or not symbol.startswith(".LCPI"):
            raise StencilError(f"refers to constant data ({symbol}); build the value in the code instead")
        private = f"{symbol}_{name}"
        pattern = re.compile(re.escape(symbol) + r"(?!\w)")
        hot = [pattern.sub(private, line) for line in hot]
        cold = [pattern.sub(private, line) for line in cold]
        cold += [f"{private}:", *(line for line in constants[symbol] if line.startswith(_DATA_DIRECTIVES))]
        aligned = re.compile(rf"(?!movup|ldr)\w+p[sd]\t{re.escape(private)}\(")
        for line in hot + cold:
            if aligned.match(line):
                raise StencilError(
                    f"needs an aligned constant in memory ({line}); see negated() and absolute()"
                    " in template.h"
                )
    return SplitFunction(name, hot, cold)


def split_unit(text: str, wants_next: dict[str, bool], target: Target) -> list[SplitFunction]:
    """Splits all stencils of an assembly file; `wants_next` has an entry for each.

    Raises StencilError whose message starts with the name of the stencil's function.
    """
    unit = _read_unit(text, target)
    result = []
    for name, wants in wants_next.items():
        try:
            split = split_function(name, unit.functions[name], unit.constants, target, wants)
            for line in split.hot + split.cold:
                for word in re.findall(r"[A-Za-z_][\w$]*", line.partition("\t")[2]):
                    if word in unit.functions:
                        raise StencilError(f"calls {word}(), which clang did not inline: declare it inline")
            result.append(split)
        except StencilError as error:
            raise StencilError(f"{name}: {error}") from error
    return result


def render(functions: list[SplitFunction]) -> str:
    """The assembly text of split functions, two sections each."""
    lines = []
    for function in functions:
        for part, content in (("hot", function.hot), ("cold", function.cold)):
            lines.append(f'.section {part}.{function.name},"ax",{"@"}progbits')
            lines += [line if line.endswith(":") else "\t" + line for line in content]
    lines.append('.section .note.GNU-stack,"",@progbits')
    return "\n".join(lines) + "\n"
