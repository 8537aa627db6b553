"""String formatting: f-strings, format specifications, percent signs, str.format, __format__."""

SIZE = 55_000
SIZE_CHECK = 50


class Duration:
    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02d}:{seconds:02d}"

    def __repr__(self) -> str:
        return f"Duration({self.seconds!r})"

    def __format__(self, spec: str) -> str:
        if spec == "m":
            return f"{self.seconds / 60:.1f} min"
        return format(str(self), spec)


def row(number: int, name: str, amount: float) -> str:
    return f"{number:>5} | {name:<12} | {amount:>10,.2f} | {amount / 1000:8.1%}"


def legacy(number: int, name: str) -> str:
    return "%05d %-8s %x %s %r" % (number, name, number, number % 2 == 0, name)


def braces(number: int, name: str) -> str:
    return "{0}:{name!r:>10}:{1:#06b}:{0:e}".format(number, number % 16, name=name)


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(cells, widths)).rstrip() for cells in rows]


def human(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def run(size: int) -> object:
    """Format `size` rows in each style."""
    letters = 0
    names = ["apple", "pear", "plum", "fig"]
    table: list[tuple[str, ...]] = []
    lines: list[str] = []
    for number in range(size):
        name = names[number % 4]
        duration = Duration(number * 37)
        letters += len(row(number, name, number * 12.345))
        letters += len(legacy(number, name)) + len(braces(number, name))
        letters += len(f"{duration} {duration!r} {duration:m} {duration:>12}")
        letters += len(human(number**3))
        table.append((str(number), name.capitalize(), str(duration)))
        if len(table) == 25:
            lines = aligned(table)
            letters += sum(map(len, lines))
            table = []
    return letters, lines[-1] if lines else "", row(size, "last", 0.5)
