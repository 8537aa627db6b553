"""An interpreter in Python: a stack machine with jumps, calls and memory."""

SIZE = 2800
SIZE_CHECK = 5

PUSH, LOAD, STORE, ADD, SUB, MUL, MOD, LESS, JUMP, JUMP_ZERO, CALL, RETURN, PRINT, HALT = range(14)

Program = list[tuple[int, int]]

SOURCE = """
    push 0 / store total / push 1 / store n
loop:
    load n / push limit / less / jump_zero end
    load n / call square / push 11 / mod / load total / add / store total
    load n / push 1 / add / store n / jump loop
end:
    load total / print / halt
square:
    store x / push 0 / store i / push 0 / store s
again:
    load i / push 6 / less / jump_zero out
    load s / load x / load i / mul / add / store s
    load i / push 1 / add / store i / jump again
out:
    load s / load x / sub / return
"""


def assemble(source: str, limit: int) -> Program:
    """Two passes: labels, then instructions."""
    codes = {
        name: code
        for code, name in enumerate(
            "push load store add sub mul mod less jump jump_zero call return print halt".split()
        )
    }
    lines: list[list[str]] = []
    labels: dict[str, int] = {}
    for line in source.splitlines():
        for part in line.split("/"):
            part = part.strip()
            if part.endswith(":"):
                labels[part[:-1]] = len(lines)
            elif part:
                lines.append(part.split())
    variables: dict[str, int] = {}
    program = []
    for name, *operands in lines:
        argument = 0
        for operand in operands:
            if operand == "limit":
                argument = limit
            elif operand.isdigit():
                argument = int(operand)
            elif operand in labels:
                argument = labels[operand]
            else:
                argument = variables.setdefault(operand, len(variables))
        program.append((codes[name], argument))
    return program


class Machine:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.stack: list[int] = []
        self.returns: list[int] = []
        self.memory = [0] * 16
        self.output: list[int] = []
        self.steps = 0

    def execute(self) -> None:
        program = self.program
        stack = self.stack
        memory = self.memory
        counter = 0
        while True:
            opcode, argument = program[counter]
            counter += 1
            self.steps += 1
            if opcode == PUSH:
                stack.append(argument)
            elif opcode == LOAD:
                stack.append(memory[argument])
            elif opcode == STORE:
                memory[argument] = stack.pop()
            elif opcode == ADD:
                right = stack.pop()
                stack[-1] += right
            elif opcode == SUB:
                right = stack.pop()
                stack[-1] -= right
            elif opcode == MUL:
                right = stack.pop()
                stack[-1] *= right
            elif opcode == MOD:
                right = stack.pop()
                stack[-1] %= right
            elif opcode == LESS:
                right = stack.pop()
                stack[-1] = 1 if stack[-1] < right else 0
            elif opcode == JUMP:
                counter = argument
            elif opcode == JUMP_ZERO:
                if stack.pop() == 0:
                    counter = argument
            elif opcode == CALL:
                self.returns.append(counter)
                counter = argument
            elif opcode == RETURN:
                counter = self.returns.pop()
            elif opcode == PRINT:
                self.output.append(stack.pop())
            else:
                return


def run(size: int) -> object:
    """Run the program with its loop going to `size`, ten times."""
    results = []
    steps = 0
    for extra in range(10):
        machine = Machine(assemble(SOURCE, size + extra))
        machine.execute()
        results.extend(machine.output)
        steps += machine.steps
    return results, steps
