"""Nested lists of floats: products, elimination with pivots, powers and transposes."""

Matrix = list[list[float]]

SIZE = 140
SIZE_CHECK = 5


def make(size: int, seed: int) -> Matrix:
    return [
        [((row * 31 + column * 17 + seed) % 101) / 50.0 - 1.0 for column in range(size)]
        for row in range(size)
    ]


def multiply(a: Matrix, b: Matrix) -> Matrix:
    """The textbook triple loop."""
    rows, inner, columns = len(a), len(b), len(b[0])
    product = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += a[i][k] * b[k][j]
            product[i][j] = total
    return product


def multiply_by_rows(a: Matrix, b: Matrix) -> Matrix:
    """The same with zip and sum."""
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def determinant(matrix: Matrix) -> float:
    """Gauss elimination on a copy; the determinant scaled by 2 for each step to stay small."""
    work = [row[:] for row in matrix]
    size = len(work)
    result = 1.0
    for step in range(size):
        pivot = max(range(step, size), key=lambda row: abs(work[row][step]))
        if work[pivot][step] == 0.0:
            return 0.0
        if pivot != step:
            work[step], work[pivot] = work[pivot], work[step]
            result = -result
        result *= work[step][step] / 2.0
        for row in range(step + 1, size):
            factor = work[row][step] / work[step][step]
            for column in range(step, size):
                work[row][column] -= factor * work[step][column]
    return result


def run(size: int) -> object:
    """Matrices of `size` rows."""
    a = make(size, 3)
    for index in range(size):
        a[index][index] += 2.0
    b = make(size, 58)
    product = multiply(a, b)
    other = multiply_by_rows(b, a)
    trace = sum(product[n][n] + other[n][n] for n in range(size))
    return round(trace, 6), round(product[1][2], 6), f"{determinant(a):.6e}"
