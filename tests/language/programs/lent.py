"""Items and attributes that are used without a reference of their own, and what takes their container away."""

import sys

ROUNDS = 40


class Noisy:
    """Says when it goes."""

    def __init__(self, name):
        self.name = name
        self.items = [name, [name + "!"]]
        self.next = None

    def __del__(self):
        print("gone", self.name)

    def first(self):
        return self.items[1]


class Plain:
    __slots__ = ("number", "other")

    def __init__(self, number, other=None):
        self.number = number
        self.other = other


def nested(rows, i, j):
    return rows[i][j] + rows[j][i]


def store(rows, i, j, value):
    rows[i][j] = value
    return rows[i][j]


def pop_under(stack):
    """The last item is on the operand stack when it is taken out of the list."""
    return stack[-1] * (stack.pop() + 1)


def pop_rows(rows):
    return rows[-1][0] + rows.pop()[1]


def replace_under(box, value):
    """The attribute is replaced between its reading and its use."""
    return box.number + replace(box, value)


def replace(box, value):
    box.number = value
    return value


def walrus(rows, i):
    """The list goes while its item waits."""
    return rows[i][len(rows := [[1, 2], [3, 4]]) - 1] + rows[0][0]


def chain(node):
    return node.next.next.name if node.next.next is not None else node.next.name


def cut(node):
    """What is compared goes when its owner forgets it."""
    kept = node.next.items == forget(node)
    return kept, node.next


def forget(node):
    node.next = None
    return [1]


def self_store(rows, i):
    """The row that is stored into is the one that goes."""
    rows[i][0] = rows
    rows[i] = rows[i][0]
    return rows[i] is rows


class Box:
    def __init__(self, items):
        self.items = items

    def get(self, i):
        return self.items[i]

    def own(self):
        items = [[7], [8]]
        return items[0]

    def last(self):
        return self.items[-1]

    def drop(self):
        return self.items.pop()


def from_place(box, i):
    """The result of code in place is lent by what it was called on."""
    return box.get(i)[0] + box.own()[0]


def from_temporary(i):
    return Box([[i], [i + 1]]).get(1)[0]


def both(box):
    return box.last()[0] + box.drop()[0] + len(box.items)


def raises(rows, i):
    try:
        return rows[i][99]
    except IndexError as error:
        return str(error)


def misses(rows, i, key):
    """Guards fail with an item on the stack."""
    return rows[i][key]


def truth(box):
    if box.other:
        return 1
    return 2 if box.other is None else 3


def unpacked(rows, i):
    a, b = rows[i]
    return a, b


def iterate(rows, i):
    total = 0
    for x in rows[i]:
        rows[i] = [0]
        total += x
    return total


def shared(rows, i):
    """No more references than without pyjit, in the end."""
    row = rows[i]
    before = sys.getrefcount(row)
    for _ in range(5):
        rows[i][0] = rows[i][0] + 1
    return sys.getrefcount(row) - before


class Taker:
    """Takes things out of containers whenever it is asked anything."""

    def __init__(self, container):
        self.container = container
        self.name = "name of the taker " + str(len(container))

    def take(self):
        self.container.clear()
        kept = [x * 1.5 for x in range(20)], [f"{x} in their place" for x in range(20)]
        return len(kept[0])

    def __getitem__(self, key):
        return self.take() + key

    def __getattr__(self, name):
        return self.take()

    @property
    def taken(self):
        return self.take()

    @property
    def renamed(self):
        self.name = f"another name {self.take()}"
        return self.name

    def __contains__(self, item):
        return self.take() > 0

    def __lt__(self, other):
        return self.take() > 0

    def __neg__(self):
        return self.take()


def while_asked(rows, taker, key):
    """The item waits on the operand stack while other code runs."""
    first = rows[0] + taker[key]
    rows.append(first + 1)
    second = rows[0] + taker.taken
    rows.append(second + 1)
    third = rows[0] + taker.missing
    rows.append(third + 1)
    return first, second, third, rows[0] * -taker


def while_compared(rows, taker):
    rows.append(str(len(rows)) + " as text")
    first = rows[-1], (key := rows[-1]) in taker, key
    rows.append("more of " + first[0])
    return first, rows[-1] + str(taker < 1), taker.name + taker.renamed


def in_closures(k):
    """The variable is another while its value waits."""
    value = k * 1.25
    words = f"{k} words"

    def change():
        nonlocal value, words
        value, words = k * 2.5, f"{k} other words"
        return Taker([1]).take()

    class Changer:
        def __getitem__(self, key):
            return change() + key

        def __str__(self):
            return f"str {change()}"

        text = property(__str__)

    changer = Changer()

    def use():
        return value + changer[1], words + changer.text, value

    return use()


class Bag:
    """Arguments of code in place are lent."""

    def __init__(self, items):
        self.items = items
        self.count = 0

    def take(self, item):
        self.items.pop()
        return item, len(self.items)

    def put(self, item, others):
        self.items.append(item)
        others.append(self.items[-1])
        return others[-1]

    def swap(self, item):
        self.items = [item]
        return item[0]

    def keep(self, item):
        item = [item, item]
        return item[1]


def pass_last(bag):
    return bag.take(bag.items[-1])


def pass_around(bag, others):
    return bag.put(bag.items[0], others), bag.swap(bag.items[-1]), bag.keep(bag.items[0])[0]


def with_dict(bag):
    """Attributes in a dict of their own."""
    bag.__dict__["more"] = [bag.count]
    return bag.more[0] + bag.items[0][0] + len(bag.more)


def closure(k):
    """The variable changes while its value is on the stack."""
    values = [k, k + 1]
    total = 0.5

    def change():
        nonlocal values, total
        values = [k * 2]
        total += 1
        return values[0]

    def use():
        values[0] += 1
        return values[0] + change() + values[0], total + change() + total

    return use(), values, total


def main():
    for k in range(ROUNDS):
        print(pass_last(Bag([[1], [k]])), pass_last(Bag([1.5, k + 1000])), pass_last(Bag(["a", "b" * k])))
        rows = [k + 0.25]
        print(while_asked(rows, Taker(rows), k), while_compared(rows, Taker(rows)), in_closures(k))
        others = [[k]]
        print(pass_around(Bag([[k, 1], [k, 2]]), others), others, with_dict(Bag([[k]])), closure(k), closure(k / 2))
        rows = [[k, k + 1], [k + 2, k + 3]]
        print(nested(rows, 0, 1), store(rows, 1, 0, k), pop_rows([[1, 2], [3, k]]), rows)
        print(pop_under([1, 2**70 + k]), pop_under([1.5, k + 0.25]), pop_under([5, 1000 + k]))
        box = Plain(k + 1000)
        print(replace_under(box, 2000 + k), box.number, replace_under(Plain(0.5), k / 3))
        print(walrus([[5, 6], [k, 1]], 1), raises(rows, 0), unpacked(rows, 1), shared(rows, 0))
        print(iterate([[1, 2, k]], 0), from_place(Box([[k], [2]]), 0), from_temporary(k), both(Box([[1], [k]])))
        print(truth(Plain(0)), truth(Plain(0, [])), truth(Plain(0, [1])), self_store([[1], [2]], 1))
        for key in (0, True, slice(0, 1), -1):
            print(misses(rows, 0, key), misses([(1, 2)], 0, key), misses(["ab"], 0, key))
        print(misses([{0: "zero"}], 0, 0))
    for k in range(ROUNDS):
        node = Noisy(f"a{k}")
        node.next = Noisy(f"b{k}")
        node.next.next = Noisy(f"c{k}") if k % 3 else None
        print(chain(node), node.first()[0])
        print(cut(node))
        bag = Bag([Noisy(f"f{k}"), Noisy(f"g{k}")])
        print(bag.take(bag.items[-1])[0].name, bag.keep(bag.items[0]).name)
        bag = None
        holder = [[Noisy(f"d{k}")]]
        holder[0][0] = 1
        holder.append(Noisy(f"e{k}"))
        print(holder[-1].items[1][0] + holder.pop().name)


main()


# ---- more numbers than registers ------------------------------------------------------------------


def crowded(p, items, x):
    a = p + x
    b = a * x
    c = b + a
    d = c + b
    e = d - c
    f = e + a
    g = f - b
    h = g * x
    i = h * x
    items[0] = x
    return p, p + a + b + c + d + e + f + g + h + i


def crowd(n):
    total = 0.0
    for k in range(n):
        items = [k + 7.5]
        x = k * 1.5
        p, more = crowded(items[0], items, x)
        total += more - p
    return total, crowded(n + 0.25, [n], n * 1.5)


print("a crowd", *{crowd(50) for _ in range(60)}, *{crowd(3) for _ in range(60)})
