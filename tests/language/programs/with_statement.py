"""`with` over managers written in Python: what __enter__ and __exit__ get, raise, return and swallow; classes that
change; managers that go at once; recursion; frames and tracing; contextlib."""

import contextlib
import sys
import traceback

from common import HOT, Token, often, show


class Manager:
    def __init__(self, swallow=False, log=None):
        self.swallow = swallow
        self.log = log if log is not None else []

    def __enter__(self):
        self.log.append("in")
        return self

    def __exit__(self, *about):
        self.log.append(("out", about[0] and about[0].__name__, str(about[1])))
        return self.swallow


class Strict:
    def __enter__(self):
        return 7

    def __exit__(self, kind, value, trace):
        return None


class Defaulted:
    def __enter__(self, extra=3):
        return extra

    def __exit__(self, *, a=1):
        return a


class BadEnter:
    def __enter__(self):
        raise KeyError("enter")

    def __exit__(self, *about):
        return True


class BadExit:
    def __enter__(self):
        return self

    def __exit__(self, *about):
        raise ValueError("exit") from about[1]


class Static:
    @staticmethod
    def __enter__():
        return "static"

    @classmethod
    def __exit__(cls, *about):
        return True


class Half:
    def __enter__(self):
        return self


def use(manager, fails=False):
    with manager as m:
        if fails:
            raise RuntimeError("body")
        got = m is manager
    return got


def several(log):
    with Manager(log=log), Manager(True, log) as m, Strict() as seven:
        if len(log) % 2:
            raise RuntimeError("body")
        return m.swallow, seven
    return "swallowed"


def early(kind):
    out = []
    for i in range(3):
        with Manager(log=out):
            if kind == "break":
                break
            if kind == "continue":
                continue
            if kind == "return":
                return out
    return out


for manager in (
    Manager(),
    Manager(True),
    Strict(),
    Defaulted(),
    BadEnter(),
    BadExit(),
    Static(),
    Half(),
    3,
    contextlib.nullcontext(5),
):
    show("use", often(use, manager), often(use, manager, True))
for kind in ("break", "continue", "return", "none"):
    show("early", often(early, kind))
log = []
show("several", [several(log) for _ in range(HOT)][-2:], log[-6:])


def at_once():
    with Temporary() as n:
        return n, Token.alive


class Temporary(Token):
    def __enter__(self):
        return Token.alive

    def __exit__(self, *about):
        return Token.alive


show("at once", often(at_once), Token.alive)


def changing():
    class Changes(Strict):
        pass

    def second(self):
        return "second"

    out = []
    for i in range(60):
        if i == 20:
            Changes.__enter__ = second
        if i == 30:
            Changes.__exit__ = lambda self, *about: True
        if i == 40:
            second.__code__ = (lambda self: "third").__code__
        if i == 50:
            Changes.__exit__ = bool
        try:
            with Changes() as got:
                out.append(got)
                1 / (i % 3)
        except ZeroDivisionError as e:
            out.append(str(e))
        except TypeError as e:
            out.append(str(e)[:30])
    return out


show("changing", changing())


def trouble(manager):
    try:
        use(manager, True)
    except Exception:
        return traceback.format_exc().replace(__file__, "file")
    return "nothing"


for manager in (Manager(), BadEnter(), BadExit(), Manager(True)):
    show("trouble", often(trouble, manager))


class Deep:
    reached = 0

    def __init__(self, n):
        self.n = n

    def __enter__(self):
        Deep.reached = self.n
        with Deep(self.n + 1) as inner:
            return inner

    def __exit__(self, *about):
        return None


def deep():
    try:
        with Deep(0):
            pass
    except RecursionError:
        return Deep.reached
    return None


sys.setrecursionlimit(250)
show("deep", [deep() for _ in range(5)])
sys.setrecursionlimit(1000)


class Looks:
    def __enter__(self):
        frame = sys._getframe()
        return (
            frame.f_code.co_name,
            frame.f_back.f_code.co_name,
            frame.f_back.f_lineno - frame.f_code.co_firstlineno,
        )

    def __exit__(self, *about):
        frame = sys._getframe()
        self.seen = frame.f_back.f_lineno - frame.f_code.co_firstlineno, len(about)


def looked():
    manager = Looks()
    with manager as got:
        pass
    return got, manager.seen


show("looked", often(looked))


def traced():
    events = []

    def tracer(frame, event, _):
        events.append((frame.f_code.co_name, event))
        return tracer

    class Starts:
        def __enter__(self):
            if self.on:
                sys.settrace(tracer)

        def __exit__(self, *about):
            sys.settrace(None)

    starts = Starts()
    for i in range(30):
        starts.on = i == 25
        with starts:
            len("a")
    return events


show("traced", traced())


@contextlib.contextmanager
def generated(n):
    try:
        yield n
    except KeyError:
        yield "swallowed twice" if n > 40 else None
    finally:
        n += 1


def generate(n, error=None):
    with generated(n) as got:
        if error:
            raise error
    return got


show(
    "generated",
    [generate(i) for i in range(HOT)][-1],
    often(generate, 1, ValueError("v")),
    often(generate, 50, KeyError(1)),
)
