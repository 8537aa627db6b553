"""Which object a number is: of what min(), max(), abs() and % return, of locals read on several ways, of large ints."""

from common import hot, show

nan = float("nan")


def same(a, between, b):
    return a is b


def same_two(a, b):
    return a is b


# -- a local that is assigned on one of the ways after a branch, and read on the other ------------


def assigned_if(y, c):
    x = y + 1.5
    return same(x, (x := 2.5) if c else 1, x)


def assigned_if_not(y, c):
    x = y + 1.5
    return same(x, 1 if c else (x := 2.5), x)


def assigned_or(y, c):
    x = y + 1000
    return same(x, c or (x := 2000), x)


def assigned_and(y, c):
    x = y + 1000
    return same(x, c and (x := 2000), x)


def assigned_if_none(y, c):
    x = y + 1000
    return same(x, (x := 1) if c is None else 2, x)


def assigned_behind(y, c):
    x = y + 1.5
    return same_two(x if c else (x := 2.5), x)


class Truth:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        return self.truth


def assigned_or_object(y, c):
    x = y + 1000
    return same(x, Truth(c) or (x := 2000), x)


for condition in (False, True):
    for function in (assigned_if, assigned_if_not, assigned_or, assigned_and, assigned_behind, assigned_or_object):
        hot(f"{function.__name__} {condition}", function, (0.5, condition))
hot("assigned_if_none", assigned_if_none, (5, None))
hot("assigned_if_none, not", assigned_if_none, (5, 5))


def matched(y):
    x = y + 1.5
    match x:
        case None:
            return 0
        case z:
            return z is x


hot("matched", matched, (0.25,))


def lists_of_nan(y, c):
    x = y * 1.0
    return [x] == [(x := 2.5) if c else x], same(x, (x := 2.5) if c else 1, x)


hot("nan", lists_of_nan, (nan, False))
hot("nan, assigned", lists_of_nan, (nan, True))


# -- ints of three digits ------------------------------------------------------------------------


def kept(a, b):
    x = a * b
    found = []
    for i in range(3):
        found.append(x)
        z = x + 1
    return [one is found[0] for one in found], z - x


for number in (2**29, 2**30 - 1, 2**30, 2**31 - 1, 2**31, -(2**31)):
    hot(f"kept {number}", kept, (number, number))
hot("kept, negative", kept, (2**31 - 1, -(2**31)))
hot("kept, the least", kept, (2**32, -(2**31)))
hot("kept, beyond", kept, (2**32, 2**31))


def in_two_places(a, b, c):
    x = a * b
    y = x
    if c:
        c = 0
    return y is x, y


hot("in two places", in_two_places, (2**31, 2**31 - 1, 0))
hot("in two places, jumped", in_two_places, (2**31, 2**31 - 1, 1))


# -- min(), max() and abs() ----------------------------------------------------------------------


def greater(a, b):
    t = a + 0.5
    u = b + 0.5
    found = max(t, u)
    return found is t, found is u, found


def less(a, b):
    t = a + 1000
    u = b + 1000
    found = min(t, u)
    return found is t, found is u, found


for pair in ((1.0, 2.0), (2.0, 1.0), (1.0, 1.0), (nan, 1.0), (1.0, nan), (0.0, -0.0), (-0.5, -1.0)):
    hot(f"greater {pair}", greater, pair)
    hot(f"less {pair}", less, pair)
for pair in ((1, 2), (2, 1), (1, 1), (-1000, -999), (2**61, 2**62), (2**62, 2**61), (2**63, 2**64)):
    hot(f"greater {pair}", greater, pair)
    hot(f"less {pair}", less, pair)


def either(numbers):
    found = []
    for i in range(len(numbers) - 1):
        t = numbers[i] + 0.25
        u = numbers[i + 1] + 0.25
        a, b = max(t, u), min(t, u)
        found.append((a is t, a is u, b is t, b is u))
    return found


hot("either", either, ([1.0, 3.0, 2.0, 2.0, nan, 1.0, -1.0, 5.0] * 3,))


def greatest(numbers):
    best = numbers[0]
    for x in numbers:
        best = max(best, x * 1)
    return best, best is numbers[0], [best is x for x in numbers].index(True) if best in numbers else -1


hot("greatest", greatest, ([5000, 4000, 4000],))
hot("greatest, anew", greatest, ([5000, 7000, 6000],))


def limited(x, least, most):
    clamped = max(least, min(x, most))
    return clamped is x, clamped is least, clamped is most


for number in (1000, 5000, 9000):
    hot(f"limited {number}", limited, (number, 2000, 8000))
    hot(f"limited {number / 2}", limited, (number / 2, 2000.0, 8000.0))


def assigned_parameters(a, b, c):
    if c:
        a, b = a + 1, b + 1
    return max(a, b) is a, min(a, b) is a, abs(a) is a


for c in (0, 1):
    hot(f"assigned parameters {c}", assigned_parameters, (7000, 5000, c))
    hot(f"assigned parameters, floats {c}", assigned_parameters, (7000.5, 5000.5, c))


def constants(a):
    x = a + 1
    return max(x, 10), max(10, x), min(x, 5000) is x, max(x, 5000) is x, min(1000.5, 2000.5)


for number in (3, 4000, 6000, 3.5):
    hot(f"constants {number}", constants, (number,))


def walrus(a):
    found = max((t := a + 0.5), 0.25)
    return found is t, abs((u := a + 1000)) is u


hot("walrus", walrus, (1.0,))
hot("walrus, less", walrus, (-1.0,))
hot("walrus, of ints", walrus, (1,))


def magnitude(a):
    x = a + 1000
    y = abs(x)
    return y is x, y, x


for number in (0, 1, -5000, -1000, 2**40, -(2**40), 2**62, -(2**62), -(2**63) - 1000, 0.5, -2000.5):
    hot(f"magnitude {number}", magnitude, (number,))


def magnitudes(numbers):
    found = []
    for x in numbers:
        y = x * 3
        z = abs(y)
        found.append((z is y, abs(x) is x, z))
    return found


hot("magnitudes", magnitudes, ([5000, -5000, 3, -3, 0, 10**9, -(10**9)],))


# -- remainders ----------------------------------------------------------------------------------


def remainder(a, b):
    x = a + 1
    y = x % b
    return y is x, a % b is a, y


for pair in ((500, 700), (500, 2**30), (2**29, 2**30 + 5), (2**40, 2**50), (2**50, 2**40), (2**40, 2**40 + 3),
             (-(2**40), 2**50), (-(2**40), -(2**50)), (2**50, 1000), (3, 2**40), (2**61, 2**62 - 1), (0, 2**40)):  # fmt: skip
    hot(f"remainder {pair}", remainder, pair)


def remainders(numbers, modulus):
    found = []
    for x in numbers:
        y = x * 5
        z = y % modulus
        found.append((z is y, x % modulus is x, y % 1000003 is y, z))
    return found


hot("remainders", remainders, ([300, 10**8, 10**9, -7], 2**31 - 1))
hot("remainders, small", remainders, ([300, 10**8, 10**9, -7], 997))


class Holds:
    def __init__(self, x):
        self.x = x


def of_attribute(holder, y):
    r = holder.x % y
    s = holder.x >> y % 2
    return r is holder.x, s is holder.x, r, s


def of_cell(x, y):
    def inner():
        r = x % y
        return r is x, (x >> 0) is x, r

    return [inner() for _ in range(20)][-1]


def of_global(y):
    r = LARGE % y
    return r is LARGE, (LARGE >> 0) is LARGE, r


LARGE = int("700000")
for number in ("700", "-99999999999", "99999999999"):
    for modulus in (1 << 40, 1000, 1 << 60):
        HELD = Holds(int(number))
        show("of an attribute", number, modulus, [of_attribute(HELD, modulus) for _ in range(20)][-1])
        show("of a cell", [of_cell(int(number), modulus) for _ in range(20)][-1])
        show("of a global", [of_global(modulus) for _ in range(20)][-1])


def congruential(seed, n):
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2147483648
    return seed


hot("congruential", congruential, (42, 50))
show("done")
