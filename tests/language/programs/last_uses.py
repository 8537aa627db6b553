"""Numbers that locals hold for the last time: they get one object, where it is needed, and no second one."""

from common import hot, show


def pairs(n):
    kept = []
    for i in range(1000, 1000 + n):
        kept.append((i, i))
    return len(kept), all(a is b for a, b in kept)


hot("two of the same", pairs, (40,))


def same(a, b):
    return a is b


def arguments(n):
    found = 0
    for i in range(n):
        x = i * 1.5
        found += same(x, x)
    return found


hot("as arguments", arguments, (60,))


def appended(n):
    kept, found = [], 0
    for i in range(n):
        y = i * 1000 + 5000
        kept.append(y)
        found += kept[-1] is y
    return found, kept[-1]


hot("read again", appended, (60,))


def twice(n):
    one, other = [], []
    for i in range(n):
        y = i + 0.25
        one.append(y)
        other.append(y)
    return all(a is b for a, b in zip(one, other)), one[-1]


hot("appended twice", twice, (60,))


def handled(n, items):
    try:
        for i in range(n):
            y = i * 3.5
            kept = y, 1
            items[i]
    except IndexError:
        return kept[0] is y, y


hot("read by a handler", handled, (60, [0] * 59))


def branched(n, flag):
    kept, found = [], 0
    for i in range(n):
        y = i - 0.5
        kept.append(y)
        if flag and i % 3 == 0:
            found += kept[-1] is y
    return found, sum(kept)


hot("read on one way", branched, (60, True), (60, False))


def deleted(n):
    kept = []
    for i in range(n):
        y = i * 2.5
        kept.append(y)
        del y
    try:
        return y
    except UnboundLocalError:
        return sum(kept)


hot("deleted", deleted, (60,))


def last_of_all(n):
    kept = []
    for i in range(n):
        y = i * 700
        kept.append(y)
    return kept[-1] is y, kept[3:5]


hot("after the loop", last_of_all, (60,))

hot("comprehensions", lambda n: ([j for j in range(n)][-3:], [j * 1.5 for j in range(n)][-2:]), (700,))
hot("of both kinds", lambda n: [(j, -j, [j]) for j in range(n)][-2:], (700,))
hot("sets and dicts", lambda n: (len({j for j in range(n)}), {j: j for j in range(n)}[n - 1]), (700,))
hot("dicts of the same", lambda n: all(k is v for k, v in {j: j for j in range(n)}.items()), (700,))
hot("nested", lambda n: [[j for k in range(3)] for j in range(n)][-1], (700,))
hot("nested, the same", lambda n: all(a is b for a, b, _ in [[j for k in range(3)] for j in range(n)]), (700,))


def passed_on(n):
    def keep(x):
        kept.append(x)
        return kept[-1] is x

    kept = []
    return all([keep(j) for j in range(300, 300 + n)]), len(kept)


hot("passed on", passed_on, (60,))


def generated(n):
    def numbers():
        for i in range(n):
            x = i * 1.25
            yield x

    return sum(numbers()), [x for x in numbers()][-1]


hot("yielded", generated, (60,))
show("done", True)


# A number that has had an object before the last use, which is forgotten on the way there.


def looped(xs):
    total = 0.0
    x = xs[0]
    i = 0
    while i < 3:
        total += x
        i += 1
    return x


def same_as_first(first):
    return looped([first]) is first, looped([first]) in [first]


hot("after a loop", same_as_first, (float("nan"),), (10**6,), (2.5,), (-0.0,))


def after_branches(n, out):
    x = n + 1000
    out.append(x)
    if n > 3:
        y = 1
    else:
        y = x
        x = 7
    a = out
    b = a
    c = b
    d = c
    a = d, y
    return x


def after_loops(n, out):
    x = n + 1000
    out.append(x)
    for i in range(3):
        x = x
    return x


def after_passing(x, out):
    out.append(x)
    if x > 3:
        y = 1
    else:
        y = x = 7
    a = out
    b = a
    c = b
    d = c
    a = d, y
    return x


def kept_and_returned(n):
    found = []
    for function in after_branches, after_loops:
        out = []
        found.append(function(n, out) is out[0])
    out = []
    found.append(after_passing(n + 1000, out) is out[0])
    return found


hot("kept and returned", kept_and_returned, (5,), (4.5,), (2**40,))


# A new number that happens to equal the old one is another object.


def scaled(x):
    x = x * 1.0
    return x


def added(x, out):
    out.append(x)
    x = x + 0
    out.append(x)
    return x


def new_ones(x):
    out = []
    y = added(x, out)
    return scaled(x) is x, y is x, [v is x for v in out]


hot("new ones", new_ones, (float("nan"),), (10**6,), (2.5,), (-(2**50),))


def new_or_not(c, x, k):
    z = x * k
    if c:
        z = k
    both = (z, k)
    return both[0] is both[1]


def alternately(n):
    return [new_or_not(i > n, 3.25, float("4.5")) for i in range(2 * n)]


hot("new or not", alternately, (20,), (3,))
