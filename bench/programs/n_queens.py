"""Backtracking: queens on a board with lists, with bit masks and with a generator."""

from collections.abc import Iterator

SIZE = 10
SIZE_CHECK = 5


def place(row: int, size: int, columns: list[int]) -> int:
    """Count the ways to go on from columns[:row]."""
    if row == size:
        return 1
    found = 0
    for column in range(size):
        for earlier in range(row):
            other = columns[earlier]
            if other == column or abs(other - column) == row - earlier:
                break
        else:
            columns[row] = column
            found += place(row + 1, size, columns)
    return found


def count_masks(size: int, columns: int = 0, down: int = 0, up: int = 0) -> int:
    """The same with the attacked columns and diagonals as bits."""
    full = (1 << size) - 1
    if columns == full:
        return 1
    found = 0
    free = full & ~(columns | down | up)
    while free:
        bit = free & -free
        free ^= bit
        found += count_masks(size, columns | bit, (down | bit) << 1 & full, (up | bit) >> 1)
    return found


def solutions(size: int, board: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if len(board) == size:
        yield board
        return
    row = len(board)
    for column in range(size):
        if all(c != column and abs(c - column) != row - r for r, c in enumerate(board)):
            yield from solutions(size, (*board, column))


def run(size: int) -> object:
    """Boards up to `size` rows."""
    counts = []
    for rows in range(4, size + 1):
        counts.append((place(0, rows, [0] * rows), count_masks(rows)))
    boards = list(solutions(size))
    return counts, len(boards), boards[0], boards[-1]
