"""Constraint search: a sudoku solver with sets of candidates."""

from __future__ import annotations

SIZE = 180
SIZE_CHECK = 1

PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
HARDER = "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3.."

Cells = dict[int, set[str]]


def neighbours() -> list[set[int]]:
    """For each of 81 cells, the cells of its row, column and box."""
    table = []
    for cell in range(81):
        row, column = divmod(cell, 9)
        near = set()
        for other in range(81):
            r, c = divmod(other, 9)
            if other != cell and (
                r == row or c == column or (r // 3, c // 3) == (row // 3, column // 3)
            ):
                near.add(other)
        table.append(near)
    return table


class Solver:
    def __init__(self) -> None:
        self.near = neighbours()
        self.guesses = 0

    def assign(self, cells: Cells, cell: int, digit: str) -> bool:
        """Set a digit and follow the consequences; False when they contradict."""
        pending = [(cell, digit)]
        while pending:
            place, value = pending.pop()
            if value not in cells[place]:
                return False
            cells[place] = {value}
            for other in self.near[place]:
                candidates = cells[other]
                if value in candidates:
                    candidates = candidates - {value}
                    if not candidates:
                        return False
                    cells[other] = candidates
                    if len(candidates) == 1:
                        (only,) = candidates
                        pending.append((other, only))
        return True

    def solve(self, cells: Cells) -> Cells | None:
        open_cells = [(len(found), cell) for cell, found in cells.items() if len(found) > 1]
        if not open_cells:
            return cells
        _, cell = min(open_cells)
        for digit in sorted(cells[cell]):
            self.guesses += 1
            trial = dict(cells)
            if self.assign(trial, cell, digit):
                result = self.solve(trial)
                if result is not None:
                    return result
        return None

    def start(self, puzzle: str) -> Cells:
        cells: Cells = {cell: set("123456789") for cell in range(81)}
        for cell, digit in enumerate(puzzle):
            if digit != "." and not self.assign(cells, cell, digit):
                raise ValueError("the puzzle contradicts itself")
        return cells


def run(size: int) -> object:
    """Solve both puzzles `size` times with rotated digits."""
    answers = []
    solver = Solver()
    for turn in range(size):
        table = str.maketrans("123456789", "123456789"[turn % 9 :] + "123456789"[: turn % 9])
        for puzzle in (PUZZLE, HARDER):
            solved = solver.solve(solver.start(puzzle.translate(table)))
            if solved is None:
                raise AssertionError("no solution")
            answers.append("".join("".join(solved[cell]) for cell in range(0, 81, 10)))
    return answers, solver.guesses
