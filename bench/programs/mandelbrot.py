"""Float and complex loops: escape times of the Mandelbrot set and of a Julia set."""

SIZE = 460
SIZE_CHECK = 8


def mandelbrot(width: int, height: int, limit: int) -> list[int]:
    """How many points escape after how many steps, in plain floats."""
    histogram = [0] * (limit + 1)
    for row in range(height):
        cy = 2.4 * row / height - 1.2
        for column in range(width):
            cx = 3.2 * column / width - 2.2
            x = y = 0.0
            steps = 0
            while steps < limit:
                xx = x * x
                yy = y * y
                if xx + yy > 4.0:
                    break
                y = 2.0 * x * y + cy
                x = xx - yy + cx
                steps += 1
            histogram[steps] += 1
    return histogram


def julia(width: int, height: int, limit: int, c: complex) -> int:
    """The sum of escape times, with the complex type."""
    total = 0
    for row in range(height):
        for column in range(width):
            z = complex(3.0 * column / width - 1.5, 3.0 * row / height - 1.5)
            for _ in range(limit):
                if abs(z) > 2.0:
                    break
                z = z * z + c
                total += 1
    return total


def run(size: int) -> object:
    """Draw both pictures with `size` columns."""
    histogram = mandelbrot(size, size * 3 // 4, 60)
    return sum(n * count for n, count in enumerate(histogram)), julia(
        size, size // 2, 40, complex(-0.8, 0.156)
    )
