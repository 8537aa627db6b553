"""Comprehensions of lists, dicts and sets, nested and with conditions: a table of sales."""

SIZE = 4900
SIZE_CHECK = 4

REGIONS = ["north", "south", "east", "west"]


def make_sales(days: int) -> list[dict[str, int]]:
    return [
        {"day": day, "region": region, "units": (day * 7 + region * 3) % 23, "price": 5 + day % 9}
        for day in range(days)
        for region in range(4)
    ]


def totals(sales: list[dict[str, int]]) -> dict[str, int]:
    return {
        name: sum([row["units"] * row["price"] for row in sales if row["region"] == index])
        for index, name in enumerate(REGIONS)
    }


def transpose(rows: list[list[int]]) -> list[list[int]]:
    return [[row[column] for row in rows] for column in range(len(rows[0]))]


def triples(limit: int) -> list[tuple[int, int, int]]:
    """Pythagorean triples below the limit."""
    squares = {n * n: n for n in range(1, limit)}
    return [
        (a, b, squares[a * a + b * b])
        for a in range(1, limit)
        for b in range(a, limit)
        if a * a + b * b in squares
    ]


def run(size: int) -> object:
    """Sum up the sales of 30 days `size` times."""
    money = 0
    busy = 0
    for turn in range(size):
        sales = make_sales(30)
        money += sum(totals(sales).values())
        grid = [
            [row["units"] + turn for row in sales[start : start + 10]]
            for start in range(0, 120, 10)
        ]
        flat = [value for column in transpose(grid) for value in column if value % 2]
        days = {row["day"] for row in sales if row["units"] > 18}
        names = [REGIONS[row["region"]].upper() for row in sales if row["day"] in days]
        busy += len(days) + len([name for name in names if name.startswith("N")]) + sum(flat)
    return money, busy, len(triples(60 + size % 40))
