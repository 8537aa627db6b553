"""Program texts that several tests use."""

# For tests of what happens to pyjit while it runs: enough different code to need many blocks, and it prints
# the same whatever becomes of them.
PROGRAM = """
import sys

class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def norm(self):
        return self.x * self.x + self.y * self.y

def numbers(n):
    total = 0
    for i in range(n):
        total += i * 2 if i % 3 else i / 2
        if i == n // 2:
            total += 2 ** 70
    return total

def gen(n):
    for i in range(n):
        got = yield i
        if got:
            yield got

def errors(n):
    caught = 0
    for i in range(n):
        try:
            [1, 2][i % 4]
        except IndexError as error:
            caught += len(str(error))
        finally:
            caught += 1
    return caught

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items())

def many(a, *args, k=1, **kw):
    return a + sum(args) + k + len(kw)

for turn in range(8):
    print(numbers(60), [Point(i, 1.5).norm() for i in range(4)], sum(gen(30)), errors(20), fib(9))
    print(words("a b a c b a"), many(1, 2, 3, k=4, z=5), many(*range(5)), [f"{x!r:>4}" for x in "ab"])
    match (turn, "x"):
        case (0, y): print("first", y)
        case (int(z), _): print(z)
    with open("/dev/null") as null:
        print(null.closed, {k: v for k, v in zip("ab", range(2))}, {1, 2} | {3})
try:
    (lambda: 1 // 0)()
except ZeroDivisionError as error:
    print(error, error.__traceback__.tb_next.tb_lineno)
"""

# Statements before those of a test that forks.
IN_CHILD = """
import os, sys, traceback

def in_child(work):
    # Whether the work went well in a forked process.
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0
"""
