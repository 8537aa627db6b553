"""isinstance() with tuples of classes: made at the call, or kept."""

from common import HOT, fresh, hot, outcome, show


class Base:
    pass


class Derived(Base):
    pass


class Other:
    pass


class Asked(type):
    def __instancecheck__(cls, instance):
        asked.append(type(instance).__name__)
        return instance is None


class Asks(metaclass=Asked):
    pass


class Pretends:
    __class__ = int


class Computes:
    def __getattribute__(self, name):
        return str if name == "__class__" else super().__getattribute__(name)


asked = []
Kept = (int, Derived)
Nested = (int, (Derived, str))


def two(x):
    return isinstance(x, (int, str))


def three(x):
    if isinstance(x, (Derived, int, list)):
        return "is"
    return "is not"


def kept(x):
    return isinstance(x, Kept)


def nested(x):
    return isinstance(x, Nested)


def nested_here(x):
    return isinstance(x, (int, (Derived, str)))


def by_metaclass(x):
    return isinstance(x, (int, Asks)), isinstance(x, (Asks, int))


def of_base(x):
    return isinstance(x, (str, Base))


def none(x):
    return isinstance(x, ())


def wrong(x):
    return isinstance(x, (int, 3))


def wrong_first(x):
    return isinstance(x, (3, int))


def several(x):
    return not isinstance(x, (Base, str)) or isinstance(x, (Other, bool, Kept[1]))


def nine(x):
    return isinstance(x, (int, str, list, dict, set, bytes, float, Base, Other))


def chosen(xs):
    return [
        1 if isinstance(x, (int, float)) else 2 if isinstance(x, (Base, Other)) else 3
        for x in xs
    ]


VALUES = (
    1,
    True,
    "s",
    2.5,
    None,
    [],
    Base(),
    Derived(),
    Other(),
    Pretends(),
    Computes(),
    Asks(),
    int,
    Base,
)

for function in (
    two,
    three,
    kept,
    of_base,
    nested,
    nested_here,
    by_metaclass,
    none,
    wrong,
    wrong_first,
    several,
    nine,
):
    hot(function.__name__, function, *((x,) for x in VALUES), repeat=12)
    show(function.__name__, len(asked))
    for x in VALUES:
        one = fresh(function)
        show(
            type(x).__name__,
            [outcome(one, x) for _ in range(4)],
            [outcome(one, y) for y in VALUES],
        )

hot("chosen", chosen, (VALUES,), (VALUES[3:],))


class Ends:
    def __del__(self):
        asked.append("end")


def of_temporary():
    result = isinstance(Ends(), (int, Ends))
    asked.append("after")
    return result


asked.clear()
hot("of_temporary", of_temporary)
show("order", asked[-4:])


def changing(label, change, undo, *values):
    """The function has been on its fast path when something changes, and so when that is undone."""
    for function in (two, three, kept, of_base, several, nine):
        one = fresh(function)
        before = [[outcome(one, x) for _ in range(HOT)][-1] for x in values]
        change()
        during = [outcome(one, x) for x in values]
        undo()
        show(
            f"{label} {function.__name__}",
            before,
            during,
            [outcome(one, x) for x in values],
        )


def set_global(name, value):
    return lambda: globals().__setitem__(name, value)


object_of_base = Base()
changing("class of the value", lambda: setattr(object_of_base, "__class__", Derived),
         lambda: setattr(object_of_base, "__class__", Base), object_of_base)  # fmt: skip
changing("bases", lambda: setattr(Derived, "__bases__", (Other,)),
         lambda: setattr(Derived, "__bases__", (Base,)), Derived(), object_of_base)  # fmt: skip
changing(
    "kept", set_global("Kept", (str, Base)), set_global("Kept", Kept), 1, "s", Derived()
)
changing(
    "a global class",
    set_global("Derived", Other),
    set_global("Derived", Derived),
    Derived(),
    Other(),
)
changing(
    "a builtin class", set_global("int", float), lambda: globals().pop("int"), 1, 2.5
)
changing(
    "isinstance",
    set_global("isinstance", lambda x, c: "other"),
    lambda: globals().pop("isinstance"),
    1,
    object_of_base,
)
