"""When the operands of an operator end that are nowhere else: the left one first, after the method and before the
result is asked for its truth, and before an exception goes on."""

import gc
import sys

from common import HOT

events = []


class Operand:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        events.append(f"del {self.name}")

    def __repr__(self):
        return self.name


class Truth(Operand):
    def __bool__(self):
        events.append(f"bool {self.name}")
        return True


class Gives(Operand):
    def __lt__(self, other):
        return Truth("lt")

    def __contains__(self, item):
        return Truth("in")

    def __getitem__(self, key):
        return Truth("item")

    def __sub__(self, other):
        return Truth("sub")

    def __setitem__(self, key, value):
        events.append("set")


class Fails(Operand):
    def __lt__(self, other):
        raise ValueError("lt")

    def __contains__(self, item):
        raise ValueError("in")

    def __getitem__(self, key):
        raise ValueError("item")

    def __sub__(self, other):
        raise ValueError("sub")

    def __setitem__(self, key, value):
        raise ValueError("set item")

    def __setattr__(self, name, value):
        if name == "fails":
            raise ValueError("set attribute")
        super().__setattr__(name, value)


class Refuses(Operand):
    def __lt__(self, other):
        return NotImplemented

    def __sub__(self, other):
        return NotImplemented


def branch_less(kind):
    if kind("x") < Operand("y"):
        events.append("then")


def loop_less(kind):
    while kind("x") < Operand("y"):
        events.append("then")
        break


def less(kind):
    return kind("x") < Operand("y")


def kept_less(kind):
    return kind("x") < Operand("y") and 1


def branch_in(kind):
    if Operand("x") in kind("y"):
        events.append("then")


def branch_not_in(kind):
    if Operand("x") not in kind("y"):
        events.append("then")


def inside(kind):
    return Operand("x") in kind("y")


def not_inside(kind):
    return Operand("x") not in kind("y")


def branch_in_list(kind):
    if Operand("x") in [kind("y"), kind("z")]:
        events.append("then")


def branch_is(kind):
    if kind("x") is Operand("y"):
        events.append("then")


def is_not(kind):
    return kind("x") is not Operand("y")


def item(kind):
    return kind("x")[Operand("y")]


def set_item(kind):
    kind("x")[Operand("y")] = Operand("z")


def set_attribute(kind):
    kind("x").fails = Operand("y")


def subtract(kind):
    return kind("x") - Operand("y")


def subtract_in_place(kind):
    x = kind("x")
    x -= Operand("y")
    events.append("then")


def missing(kind):
    return {1: kind("x")}[2]


def missing_operand(kind):
    return {1: kind("x")}[Operand("y")]


def unhashable(kind):
    ({1: kind("x")})[[Operand("y")]]


def observe(function, kind):
    """What happens in a call, in order."""
    events.clear()
    try:
        result = function(kind)
        events.append(type(result).__name__)
        del result
    except Exception as error:
        events.append(f"{type(error).__name__}: {error}")
        assert error.__traceback__.tb_next.tb_frame.f_code is function.__code__
        del error
    return ", ".join(events)


functions = (
    branch_less, loop_less, less, kept_less, branch_in, branch_not_in, inside, not_inside, branch_in_list, branch_is,
    is_not, item, set_item, set_attribute, subtract, subtract_in_place, missing,
)  # fmt: skip

for function in functions:
    for kind in (Operand, Gives, Fails, Refuses):
        seen = {observe(function, kind) for _ in range(HOT)}
        print(function.__name__, kind.__name__, *sorted(seen), sep=" | ")

# A dict's subscript takes the dict first until CPython has specialized it, then the key.
for function in (missing_operand, unhashable):
    print(
        function.__name__,
        *sorted(
            set(
                ", ".join(sorted(observe(function, Operand).split(", ")))
                for _ in range(HOT)
            )
        ),
    )


# Slices of lists that cannot be stored.
def set_slice(kind):
    [kind("item")][0:1] = kind("value")


def set_slice_between(kind, first=1, last=1):
    [kind("first"), kind("second")][first:last] = kind("value")


for function in (set_slice, set_slice_between):
    print(function.__name__, *sorted({observe(function, Operand) for _ in range(HOT)}), sep=" | ")


# What an instruction stores into lives until the old value's finalizer has run, if nothing else refers to it any more.
class Lets:
    def __init__(self, action):
        self.action = action

    def __del__(self):
        self.action()
        events.append("old value's end")


class Inner:
    __slots__ = ("value", "__weakref__")

    def __del__(self):
        events.append("inner's end")


class Outer:
    pass


class Things(list):
    def __del__(self):
        events.append("list's end")


def store(outer):
    outer.inner.value = 1


def store_float(outer, x=0.5):
    outer.inner.value = x * 3


def store_number(outers, x=7):
    outers[0].inner.value = x + 1


def store_item(outer):
    outer.things[0] = 1


def store_item_of_list(outer):
    outer.plain[0] = 2.5


def store_as_object(outer):
    object.__setattr__(outer.inner, "value", 1)


def stored(function):
    outer = Outer()
    outer.inner = Inner()
    outer.inner.value = Lets(lambda: outer.__dict__.update(inner=None))
    outer.things = Things([Lets(lambda: outer.__dict__.update(things=None))])
    outer.plain = [Lets(lambda: outer.__dict__.update(plain=[sys.getrefcount(outer.plain)]))]
    gc.collect()
    events.clear()
    function([outer] if function is store_number else outer)
    return str(events) + str(outer.plain if function is store_item_of_list else "")


gc.disable()  # what ends there are cycles
for function in (store, store_float, store_number, store_item, store_item_of_list, store_as_object):
    print(function.__name__, *sorted({stored(function) for _ in range(HOT)}), sep=" | ")


class Known:
    pass


def store_in_known(v):
    Known.inner.value = v


def store_in_known_list(v):
    Known.things[0] = v


def ends_known(function):
    Known.inner, Known.things = Inner(), Things([None])
    Known.inner.value = Known.things[0] = None
    for _ in range(HOT):
        function(1)
    old = Lets(lambda: (setattr(Known, "inner", None), setattr(Known, "things", None)))
    gc.collect()
    events.clear()
    function(old)
    del old
    function(2)
    return list(events)


for function in (store_in_known, store_in_known_list):
    print(function.__name__, *[ends_known(function) for _ in range(3)], sep=" | ")
