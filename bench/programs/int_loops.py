"""Loops over small integers: Collatz chains, greatest common divisors, digits, bit tricks."""

SIZE = 45_000
SIZE_CHECK = 50


def collatz_length(start: int) -> int:
    length = 1
    number = start
    while number != 1:
        if number % 2 == 0:
            number //= 2
        else:
            number = 3 * number + 1
        length += 1
    return length


def gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


def digit_sum(number: int) -> int:
    total = 0
    while number > 0:
        total += number % 10
        number //= 10
    return total


def bits_set(number: int) -> int:
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


def is_prime(number: int) -> bool:
    if number < 2:
        return False
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 1
    return True


def run(size: int) -> object:
    """Look at the integers from 1 to `size`."""
    longest = 0
    champion = 0
    coprime = 0
    digits = 0
    bits = 0
    primes = 0
    for number in range(1, size + 1):
        length = collatz_length(number)
        if length > longest:
            longest = length
            champion = number
        if gcd(number, 5040) == 1:
            coprime += 1
        digits += digit_sum(number * number)
        bits += bits_set(number ^ (number >> 1))
        if is_prime(number):
            primes += 1
    return longest, champion, coprime, digits, bits, primes
