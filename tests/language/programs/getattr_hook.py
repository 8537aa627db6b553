"""Classes with __getattr__: attributes that are there, that are not, that fail; the hook that changes."""

import sys

from common import Token, error_text, hot, outcome, runs, show


class Proxy:
    kind = "class"

    def __init__(self, target):
        self.target = target

    def __getattr__(self, name):
        return getattr(self.__dict__["target"], name)

    def method(self, x):
        return x, self.kind

    @property
    def prop(self):
        return self.target

    @property
    def failing(self):
        raise AttributeError("from the property")

    @property
    def breaking(self):
        raise KeyError("from the property")

    @property
    def hidden(self):
        return self.nothing_such

    @staticmethod
    def static(x):
        return x


class Slotted:
    __slots__ = ("a", "b")

    def __getattr__(self, name):
        return f"no {name}"


class Both:
    def __getattribute__(self, name):
        if name == "x":
            raise AttributeError("getattribute")
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return f"after: {name}"


class Only:
    def __getattribute__(self, name):
        return f"always {name}"


class Callable:
    def __call__(self, name):
        return f"called {name}"


class WithObject:
    __getattr__ = Callable()


class WithBuiltin:
    __getattr__ = len


class WithStatic:
    __getattr__ = staticmethod(lambda name: f"static {name}")


class WithClass:
    __getattr__ = classmethod(lambda cls, name: (cls.__name__, name))


class WithNone:
    __getattr__ = None


class Meta(type):
    def __getattr__(cls, name):
        return f"meta {name}"


class Made(metaclass=Meta):
    here = 1


class Raises:
    def __getattr__(self, name):
        raise {"k": KeyError, "a": AttributeError}.get(name, ValueError)(name)


class Bad:
    """A descriptor that says it has nothing."""

    def __get__(self, instance, owner):
        raise AttributeError("bad")


class WithBad:
    bad = Bad()

    def __getattr__(self, name):
        return f"instead of {name}"


slotted = Slotted()
slotted.a = 1


def x_of(o):
    return o.x


def a_of(o):
    return o.a, o.b


def method_of(o):
    return o.method(3), o.method(4)


def many(o):
    return o.kind, o.target, o.prop, o.failing, o.hidden, o.upper(), o.static(2), o.method(1)


def breaking(o):
    return o.breaking


proxied = Proxy("text")
proxied.__dict__["x"] = 5
hot("x", x_of, (proxied,), (Proxy(3),), (Both(),), (Only(),), (WithObject(),), (WithBuiltin(),), (WithStatic(),), (WithClass(),), (WithNone(),))
hot("made", lambda: (Made.here, Made.there, Made().here))
hot("meta", x_of, (Made,), (Made(),))
hot("slots", a_of, (slotted,), (Slotted(),))
hot("method", method_of, (proxied,), (Proxy(proxied),), (Made(),))


class Strings(str):
    failing = hidden = "target's"


hot("many", many, (Proxy(Strings("t")),), (Proxy(Proxy(Strings("u"))),))
hot("breaking", breaking, (proxied,))
hot("bad", lambda o: o.bad, (WithBad(),))


def caught(o, name):
    try:
        return o.k if name == "k" else o.a if name == "a" else o.z
    except Exception as error:
        return type(error).__name__, str(error), repr(error.__context__), error_text().count("\n")


hot("raises", caught, (Raises(), "k"), (Raises(), "a"), (Raises(), "z"))


class Deep:
    def __getattr__(self, name):
        return getattr(self, name)


def deep():
    try:
        return Deep().x
    except RecursionError as error:
        return str(error)


hot("deep", deep, repeat=5)


class Changing:
    x = "class"


def change():
    results = []
    o = Changing()
    for i in range(70):
        if i == 10:
            del Changing.x
        if i == 20:
            Changing.__getattr__ = lambda self, name: f"hook {name}"
        if i == 30:
            o.x = "own"
        if i == 40:
            del o.x
        if i == 50:
            Changing.x = property(lambda self: "property")
        if i == 60:
            del Changing.__getattr__
        results.append(outcome(x_of, o))
    return runs(results)


show("changing", change())


class Looks:
    def __getattr__(self, name):
        frame = sys._getframe(1)
        return name, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno


def looked_at(o):
    return (
        o.first,
        o.second,
    )


hot("looks", looked_at, (Looks(),))


class Hooked(Token):
    def __getattr__(self, name):
        return Token.alive


hot("alive", lambda: (Hooked().x, Hooked().y, Token.alive))
