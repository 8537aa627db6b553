"""Exceptions raised, caught, translated, chained and passed through finally blocks."""

SIZE = 200_000
SIZE_CHECK = 100


class OrderError(Exception):
    """An order that cannot be filled."""

    def __init__(self, order: int, reason: str) -> None:
        super().__init__(f"order {order}: {reason}")
        self.order = order
        self.reason = reason


class OutOfStock(OrderError):
    pass


class Stock:
    def __init__(self) -> None:
        self.items = {"bolt": 500, "nut": 400, "gear": 60}
        self.locked = 0

    def take(self, name: str, amount: int) -> int:
        try:
            left = self.items[name] - amount
        except KeyError:
            raise LookupError(name) from None
        if left < 0:
            raise ValueError(f"{name}: {-left} missing")
        self.items[name] = left
        return left


def parse_amount(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        try:
            return round(float(text))
        except ValueError:
            return -1


def fill(stock: Stock, number: int, name: str, text: str) -> int:
    stock.locked += 1
    try:
        amount = parse_amount(text)
        if amount < 0:
            raise OrderError(number, "amount")
        return stock.take(name, amount)
    except LookupError as error:
        raise OrderError(number, "unknown " + str(error)) from error
    except ValueError as error:
        raise OutOfStock(number, str(error)) from error
    finally:
        stock.locked -= 1


def first_index(items: list[int], wanted: int) -> int:
    try:
        return items.index(wanted)
    except ValueError:
        return -1


def depth_charge(depth: int) -> int:
    """Raise at the bottom of so many calls."""
    if depth == 0:
        raise RuntimeError("bottom")
    try:
        return depth_charge(depth - 1) + 1
    finally:
        depth -= 1


def run(size: int) -> object:
    """Fill `size` orders, of which many fail."""
    stock = Stock()
    names = ["bolt", "nut", "gear", "cog"]
    amounts = ["3", "2.0", "many", "7", "1"]
    filled = 0
    reasons: dict[str, int] = {}
    for number in range(size):
        try:
            fill(stock, number, names[number % 4], amounts[number % 5])
        except OutOfStock as error:
            reasons["stock"] = reasons.get("stock", 0) + 1
            stock.items[error.reason.split(":")[0]] += 40
        except OrderError as error:
            reasons[error.reason] = reasons.get(error.reason, 0) + 1
        else:
            filled += 1
        if number % 25 == 0:
            try:
                depth_charge(20)
            except RuntimeError:
                reasons["depth"] = reasons.get("depth", 0) + 1
        reasons["index"] = reasons.get("index", 0) + first_index([1, 2, 3], number % 5)
    return filled, sorted(reasons.items()), sorted(stock.items.items()), stock.locked
