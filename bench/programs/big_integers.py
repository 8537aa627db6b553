"""Integers beyond machine words: powers, factorials, digits of e, Miller-Rabin tests."""

SIZE = 1400
SIZE_CHECK = 2


def power_mod(base: int, exponent: int, modulus: int) -> int:
    """Square and multiply, written out."""
    result = 1
    base %= modulus
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def probably_prime(number: int) -> bool:
    """The Miller-Rabin test with eight fixed bases."""
    odd = number - 1
    twos = 0
    while odd % 2 == 0:
        odd //= 2
        twos += 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19):
        value = power_mod(base, odd, number)
        if value in (1, number - 1):
            continue
        for _ in range(twos - 1):
            value = value * value % number
            if value == number - 1:
                break
        else:
            return False
    return True


def factorial(number: int) -> int:
    result: int = 1
    for factor in range(2, number + 1):
        result *= factor
    return result


def digits_of_e(count: int) -> int:
    """The first decimals of e as one integer, by summing 1/n! in fixed point."""
    one = 10 ** (count + 10)
    total: int = one
    term = one
    n = 1
    while term:
        term //= n
        total += term
        n += 1
    return total // 10**10


def fibonacci_pair(n: int) -> tuple[int, int]:
    """Fast doubling."""
    if n == 0:
        return 0, 1
    a, b = fibonacci_pair(n // 2)
    c = a * (2 * b - a)
    d = a * a + b * b
    return (d, c + d) if n % 2 else (c, d)


def run(size: int) -> object:
    """Search primes above 2**127, `size` odd numbers wide, among other things."""
    start = 2**127 + 1
    found = [n for n in range(start, start + 2 * size, 2) if probably_prime(n)]
    check = 0
    for turn in range(size):
        check ^= factorial(120 + turn) ^ digits_of_e(150 + turn) ^ fibonacci_pair(900 + turn)[0]
        check = (check << 3 | check >> 61) & (1 << 200) - 1
    return [n - start for n in found], hex(check)
