"""Instances with dicts of their own: attributes set late, by many instances, through and behind the dict."""

import sys
import weakref

from common import Token, often, show


class Late:
    limit = 10

    def __init__(self, n):
        self.n = n

    def settle(self, other):
        self.other = other
        self.colour = self.n % 3
        self.used = True
        self.weight = 0.5
        return self

    def find(self, depth):
        return self.n if depth == 0 else self.other.find(depth - 1)

    def step(self):
        self.colour += 1
        self.weight *= 2
        self.used = not self.used
        return self.colour, self.weight, self.used, self.limit


def crowd(n):
    found = [Late(i) for i in range(n)]
    for i, x in enumerate(found):
        x.settle(found[i - 1])
    return found


def use(people):
    total = 0
    for x in people:
        total += x.find(5) + x.colour
        x.used = total
        x.step()
    return total, people[3].step(), sorted(vars(people[-1]))[:4], people[0].used


show("crowd", often(lambda: use(crowd(80))), often(lambda: use(crowd(5))))

# A method that some get one of their own of, in between; a name of the class that turns into an attribute.
PEOPLE = crowd(80)


def mixed(change):
    seen = []
    for i, x in enumerate(PEOPLE):
        if i == 40:
            change(x)
        seen.append((x.find(2), x.limit))
    return seen[38:43]


def shadow(x):
    x.find = lambda depth: ("mine", depth)
    x.limit = 11


def unshadow(x):
    del x.find, x.limit


def through(x):
    x.__dict__["find"] = len
    x.__dict__["limit"] = "through"


def call(change):
    try:
        return mixed(change)
    except Exception as error:
        return type(error).__name__, str(error)


for change in (shadow, unshadow, through, unshadow, lambda x: None):
    show("mixed", getattr(change, "__name__", ""), call(change), call(lambda x: None))


class Names(dict):
    def __getitem__(self, name):
        return "never asked"

    def __setitem__(self, name, value):
        raise LookupError(name)


def replace(kind):
    x = Late(1).settle(Late(2))
    x.__dict__ = kind(vars(x))
    x.colour = 5
    x.extra = 6
    x.colour = 7
    return x.step(), x.find(0), sorted(vars(x)), type(vars(x)).__name__


show("replace", often(replace, dict))
if not hasattr(sys, "gettotalrefcount"):  # CPython's assertions do not expect it
    show("replace", often(replace, Names))


# A dict that is also a module's: what is set is a global.
def counted():
    return marker + other_marker


marker = 1
other_marker = 10


class Globals:
    def set(self, value):
        self.marker = value
        first = counted()
        self.marker = value + 1
        return first, counted()


def globals_through_instance():
    x = Globals()
    x.__dict__ = globals()
    return [x.set(i) for i in range(4)]


show("globals", often(globals_through_instance))


# Values whose end runs code, sees the frame, or brings the old state back.
class Last:
    def __init__(self, owner):
        self.owner = weakref.ref(owner)

    def __del__(self):
        owner = self.owner()
        if owner is not None:
            seen.append((owner.__dict__.get("held") is None, sys._getframe(1).f_code.co_name, sys._getframe(1).f_lasti > 0))
            owner.again = len(seen)


def ends():
    seen.clear()
    x = Late(1)
    vars(x)
    for _ in range(3):
        x.held = Last(x)
    x.held = None
    before = len(seen), x.again
    del x.held
    return before, seen[0], sorted(vars(x))


seen = []
show("ends", often(ends))


def tokens():
    x = Late(0)
    vars(x)["token"] = Token()
    x.token = Token()
    x.token = Token()
    first = Token.alive
    x.token = 5
    return first, Token.alive


show("tokens", often(tokens))


class Odd(str):
    __hash__ = str.__hash__

    def __eq__(self, other):
        seen.append(other)
        return str.__eq__(self, other)


def odd_names():
    seen.clear()
    x = Late(3).settle(Late(4))
    vars(x)[Odd("odd")] = 1
    vars(x)[5] = 2
    x.odd = 3
    x.colour = 9
    return x.odd, x.find(1), x.colour, len(seen) > 0, [k for k in vars(x) if k == "odd" or k == 5]


show("odd names", often(odd_names))


# Temporary owners, values used elsewhere as well, numbers of all kinds.
def temporary(n):
    a = Late(n)
    vars(a)
    a.big = n << 70
    a.small = n - 3
    a.ratio = n / 4
    a.itself = a
    a.itself.itself.same = a.big
    alive = weakref.ref(a)
    result = a.big is a.same, a.small, a.ratio, a.itself is a
    a.itself = None
    del a
    return result, alive() is None, vars(Late(n))


show("temporary", often(temporary, 9))


class Checked:
    def __init__(self):
        vars(self)["x"] = 1

    @property
    def x(self):
        return "property"

    @x.setter
    def x(self, value):
        self.kept = value

    def method(self):
        return self.x, self.kept


def checked(n):
    c = Checked()
    c.x = n
    return c.method(), sorted(vars(c).items())


show("checked", often(checked, 4))
