"""Truth values: a brute-force search for satisfying assignments and an adder of gates."""

SIZE = 16
SIZE_CHECK = 4


def implies(a: bool, b: bool) -> bool:
    return not a or b


def exclusive(a: bool, b: bool) -> bool:
    return (a or b) and not (a and b)


def majority(a: bool, b: bool, c: bool) -> bool:
    return (a and b) or (a and c) or (b and c)


def satisfied(clauses: list[list[int]], values: list[bool]) -> bool:
    """Every clause has a literal that holds; literal -3 means variable 3 is false."""
    for clause in clauses:
        for literal in clause:
            if values[abs(literal)] is (literal > 0):
                break
        else:
            return False
    return True


def count_solutions(clauses: list[list[int]], variables: int) -> int:
    count = 0
    values = [False] * (variables + 1)
    while True:
        if satisfied(clauses, values):
            count += 1
        place = 1
        while place <= variables and values[place]:
            values[place] = False
            place += 1
        if place > variables:
            return count
        values[place] = True


def add(left: list[bool], right: list[bool]) -> list[bool]:
    """A ripple-carry adder."""
    carry = False
    out = []
    for a, b in zip(left, right):
        out.append(exclusive(exclusive(a, b), carry))
        carry = majority(a, b, carry)
    out.append(carry)
    return out


def to_bits(number: int, width: int) -> list[bool]:
    return [number >> place & 1 == 1 for place in range(width)]


def run(size: int) -> object:
    """Count the solutions of formulas with up to `size` variables, then add with gates."""
    counts = []
    for variables in range(3, size + 1):
        clauses = []
        for turn in range(variables * 3):
            a = turn * 5 % variables + 1
            b = turn * 7 % variables + 1
            c = (turn * 3 + 1) % variables + 1
            clauses.append([a if turn % 2 else -a, -b if turn % 3 else b, c])
        counts.append(count_solutions(clauses, variables))
    rules = 0
    sums = 0
    for number in range(1 << size):
        a, b, c = number & 1 == 1, number & 2 != 0, number & 4 != 0
        if implies(a, b) and implies(b, c) and (c is not a or not b):
            rules += 1
        bits = add(to_bits(number, 12), to_bits(number * 3 % 4096, 12))
        sums += sum(1 << place for place, bit in enumerate(bits) if bit)
    return counts, rules, sums
