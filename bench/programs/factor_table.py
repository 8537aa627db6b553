"""List tables: smallest prime factors, divisor sums, partitions and Pascal's triangle."""

SIZE = 540_000
SIZE_CHECK = 300


def smallest_factors(limit: int) -> list[int]:
    """table[n] is the smallest prime that divides n."""
    table = list(range(limit + 1))
    number = 2
    while number * number <= limit:
        if table[number] == number:
            for multiple in range(number * number, limit + 1, number):
                if table[multiple] == multiple:
                    table[multiple] = number
        number += 1
    return table


def totients(table: list[int]) -> list[int]:
    """Euler's function of every index, from the table of smallest factors."""
    phi = [0, 1]
    for number in range(2, len(table)):
        prime = table[number]
        rest = number // prime
        phi.append(phi[rest] * (prime if rest % prime == 0 else prime - 1))
    return phi


def factors(number: int, table: list[int]) -> list[int]:
    out = []
    while number > 1:
        out.append(table[number])
        number //= table[number]
    return out


def coin_ways(amount: int, coins: list[int]) -> int:
    ways = [1] + [0] * amount
    for coin in coins:
        for value in range(coin, amount + 1):
            ways[value] = (ways[value] + ways[value - coin]) % 1_000_003
    return ways[amount]


def pascal(rows: int, modulus: int) -> int:
    row = [1]
    total = 0
    for _ in range(rows):
        nxt = [1] * (len(row) + 1)
        for index in range(1, len(row)):
            nxt[index] = (row[index - 1] + row[index]) % modulus
        row = nxt
        total += row[len(row) // 2]
    return total


def run(size: int) -> object:
    """Tables up to `size`."""
    table = smallest_factors(size)
    phi = totients(table)
    primes = 0
    for number in range(2, size + 1):
        if table[number] == number:
            primes += 1
    most = max(len(factors(number, table)) for number in range(2, size, 3))
    return (
        primes,
        sum(phi),
        most,
        coin_ways(size, [1, 2, 5, 10, 20, 50]),
        pascal(120 + size // 5000, 9973),
    )
