"""`except` of classes, for which it is known whether they match."""

from common import Token, hot, outcome, show


class Base(Exception):
    pass


class Derived(Base):
    pass


class Other(Exception):
    pass


class Meta(type):
    def __instancecheck__(cls, instance):
        raise AssertionError("not asked")

    def __subclasscheck__(cls, subclass):
        raise AssertionError("not asked")


class Strange(Exception, metaclass=Meta):
    pass


def raised(what):
    try:
        raise what
    except Derived:
        return "derived"
    except Base as e:
        return "base", type(e).__name__
    except KeyError:
        return "key"
    except (ValueError, Other) as e:
        return "several", type(e).__name__
    except Strange:
        return "strange"
    except LookupError:
        return "lookup"
    except Exception as e:
        return "any", type(e).__name__
    except BaseException:
        return "base of all"


KINDS = [Base, Derived, Other, KeyError, IndexError, ValueError, UnicodeError, OSError, Strange, SystemExit, Base("a")]
for kind in KINDS:
    hot("raised", raised, (kind,), repeat=30)
hot("raised in turn", lambda: [raised(kind) for kind in KINDS])


def looked_up(d, k):
    try:
        return d[k]
    except KeyError as e:
        return "no " + str(e)
    except TypeError:
        return "unhashable"


hot("looked up", looked_up, ({1: 2}, 1), ({1: 2}, 3), ({}, []), ([1], 5))

Wanted = KeyError


def changing(k):
    try:
        return {}[k]
    except Wanted:
        return "wanted"
    except LookupError:
        return "lookup"


def wanted(what):
    global Wanted
    Wanted = what
    return outcome(changing, 1)


for what in (KeyError, IndexError, (KeyError,), (), (IndexError, (KeyError,)), 5, (5,), int, "KeyError", None, Exception):
    hot("wanted", wanted, (what,), repeat=25)
WANTED = [KeyError, 5, IndexError, (IndexError, KeyError), int]
hot("wanted in turn", lambda: [wanted(what) for what in WANTED])


def made(match):
    """A class that is made anew each time, at the address of an earlier one perhaps."""

    class New(Exception):
        pass

    class Sub(New if match else Exception):
        pass

    try:
        raise Sub
    except New:
        return "new"
    except Exception:
        return "other"


hot("made", made, (True,), (False,))


class Changed(Base):
    pass


def bases(turn):
    Changed.__bases__ = (Base,) if turn % 3 == 0 else (Other,)
    try:
        raise Changed
    except Base:
        return "base"
    except Other:
        return "other"


show("bases change", *(bases(turn) for turn in range(80)))


def with_finalizer():
    class Mine(Exception):
        token = Token()

    try:
        raise Mine(Token())
    except KeyError:
        return "never"
    except Exception:
        return Token.alive > 0


hot("with a finalizer", with_finalizer, repeat=30)


def nested(x):
    out = []
    for kind in (KeyError, ValueError, Derived, x):
        try:
            try:
                raise kind("a")
            except ValueError:
                out.append("value")
                raise
            except Base:
                out.append("base")
            finally:
                out.append("finally")
        except ValueError as e:
            out.append(str(e))
        except KeyError:
            out.append("key")
    return out


hot("nested", nested, (KeyError,), (Derived,), (ValueError,))
