"""Plain function calls: repayment plans of loans, made of many small helper functions."""

SIZE = 12_000
SIZE_CHECK = 5


def monthly_rate(yearly_percent: float) -> float:
    """The rate per month as a fraction."""
    return yearly_percent / 1200.0


def payment(principal: float, rate: float, months: int) -> float:
    """The equal monthly payment of an annuity loan."""
    if rate == 0.0:
        return principal / months
    return principal * rate / (1.0 - (1.0 + rate) ** -months)


def interest(balance: float, rate: float) -> float:
    return balance * rate


def fee(month: int, every: int = 12, amount: float = 3.5) -> float:
    """A fixed fee once every so many months."""
    if month % every == 0:
        return amount
    return 0.0


def larger(left: float, right: float) -> float:
    return left if left > right else right


def step(balance: float, rate: float, paid: float, month: int) -> float:
    """The balance after one month."""
    owed = balance + interest(balance, rate) + fee(month)
    return larger(owed - paid, 0.0)


def plan(principal: float, percent: float, months: int) -> tuple[int, float]:
    """Months needed and the sum of balances seen on the way."""
    rate = monthly_rate(percent)
    paid = payment(principal, rate, months) + fee(0)
    balance = principal
    total = 0.0
    month = 0
    while balance > 0.0 and month < months * 2:
        month += 1
        balance = step(balance, rate, paid, month)
        total = total + balance
    return month, total


def run(size: int) -> object:
    """Plan `size` loans."""
    months = 0
    total = 0.0
    for number in range(size):
        needed, balances = plan(
            1000.0 + 250.0 * (number % 37), percent=2.0 + number % 7, months=60 + number % 240
        )
        months += needed
        total += balances
    return months, round(total, 3)
