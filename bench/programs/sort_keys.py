"""sorted, min and max with key functions: lambdas, methods, attrgetter, cmp_to_key."""

from functools import cmp_to_key
from operator import attrgetter, itemgetter

SIZE = 30_000
SIZE_CHECK = 40


class Runner:
    def __init__(self, number: int, name: str, seconds: float, club: str) -> None:
        self.number = number
        self.name = name
        self.seconds = seconds
        self.club = club

    def pace(self) -> float:
        """Seconds per kilometre over ten kilometres."""
        return self.seconds / 10.0

    def __lt__(self, other: "Runner") -> bool:
        return (self.seconds, self.number) < (other.seconds, other.number)


def compare(left: Runner, right: Runner) -> int:
    """By club, then the faster first."""
    if left.club != right.club:
        return -1 if left.club < right.club else 1
    if left.seconds != right.seconds:
        return -1 if left.seconds < right.seconds else 1
    return left.number - right.number


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A key that sorts "a10" after "a9"."""
    parts: list[tuple[bool, int, str]] = []
    digits = ""
    for letter in text + " ":
        if letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((True, int(digits), ""))
            digits = ""
        parts.append((False, 0, letter))
    return parts


def run(size: int) -> object:
    """Rank `size` runners in several ways."""
    runners = [
        Runner(n, f"r{n * 7919 % 1009}x{n % 13}", 1800.0 + n * 7907 % 1801, "club" + "abc"[n % 3])
        for n in range(size)
    ]
    orders = [
        sorted(runners),
        sorted(runners, key=lambda runner: (runner.club, -runner.seconds)),
        sorted(runners, key=Runner.pace, reverse=True),
        sorted(runners, key=attrgetter("club", "seconds")),
        sorted(runners, key=cmp_to_key(compare)),
        sorted(runners, key=lambda runner: natural(runner.name)),
    ]
    rows = sorted([(r.club, r.seconds, r.number) for r in runners], key=itemgetter(1, 0))
    last = max(runners, key=lambda runner: runner.seconds % 97)
    first = min(runners, key=lambda runner: len(runner.name))
    check = 0
    for order in orders:
        for place, runner in enumerate(order):
            check = (check * 31 + place * runner.number) % 1_000_000_007
    return check, rows[size // 2], last.number, first.number
