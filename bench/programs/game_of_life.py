"""Conway's game of life on a list of lists and on a set of cells."""

SIZE = 350
SIZE_CHECK = 3

GLIDER = ["..#", "#.#", ".##"]
ACORN = [".#.....", "...#...", "##..###"]


def parse(rows: list[str], x0: int, y0: int) -> set[tuple[int, int]]:
    return {
        (x0 + x, y0 + y) for y, row in enumerate(rows) for x, mark in enumerate(row) if mark == "#"
    }


def step_cells(cells: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """One generation on an endless board."""
    counts: dict[tuple[int, int], int] = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    key = (x + dx, y + dy)
                    counts[key] = counts.get(key, 0) + 1
    return {cell for cell, count in counts.items() if count == 3 or (count == 2 and cell in cells)}


def step_board(board: list[list[int]]) -> list[list[int]]:
    """One generation on a board whose edges meet."""
    height, width = len(board), len(board[0])
    result = []
    for y in range(height):
        above, here, below = board[y - 1], board[y], board[(y + 1) % height]
        row = []
        for x in range(width):
            left, right = x - 1, (x + 1) % width
            count = (
                above[left] + above[x] + above[right] + here[left] + here[right]
                + below[left] + below[x] + below[right]
            )  # fmt: skip
            row.append(1 if count == 3 or (count == 2 and here[x]) else 0)
        result.append(row)
    return result


def run(size: int) -> object:
    """Let both boards live `size` generations twice over."""
    cells = parse(GLIDER, -20, -20) | parse(ACORN, 0, 0)
    board = [[1 if (x * 3 + y * y) % 5 == 0 else 0 for x in range(48)] for y in range(32)]
    history = []
    for generation in range(size * 2):
        cells = step_cells(cells)
        board = step_board(board)
        if generation % 10 == 0:
            history.append((len(cells), sum(map(sum, board))))
    return history, min(cells), sum(map(sum, board))
