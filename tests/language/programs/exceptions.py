"""Raising, catching, tracebacks to the column, from every place in an expression."""

import sys
import traceback

from common import error_text, hot, runs, show, trace_hot


def boom(x=0):
    raise ValueError(f"boom {x}")


class Bad:
    """Every operation on it fails."""

    def fail(self, *a): raise RuntimeError("bad operation")
    __add__ = __radd__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __pow__ = __lshift__ = __and__ = fail
    __neg__ = __invert__ = __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = __delitem__ = __contains__ = fail
    __lt__ = __eq__ = __call__ = __enter__ = __exit__ = __getattr__ = __format__ = __str__ = __index__ = __matmul__ = fail
    __iadd__ = fail
    __hash__ = object.__hash__


bad = Bad()


def p_add(x): return 1 + (x + 2) * 3
def p_radd(x): return 1 + x
def p_sub(x): return x - 1
def p_mul(x): return 2 * (x * 3)
def p_div(x): return x / 0 if x is not bad else x / 1
def p_mod(x): return [x % 2, 1]
def p_pow(x): return x ** 2
def p_shift(x): return x << 2
def p_and(x): return x & 2
def p_matmul(x): return x @ x
def p_neg(x): return -x
def p_inv(x): return ~x
def p_not(x): return not x
def p_if(x):
    if x:
        return 1
    return 2
def p_while(x):
    while x:
        break
def p_and_or(x): return x and 1 or 2
def p_ternary(x): return 1 if x else 2
def p_for(x):
    for y in x:
        pass
def p_unpack(x):
    a, b = x
def p_unpack_star(x):
    a, *b = x
def p_sub_get(x): return x[1]
def p_sub_set(x): x[1] = 2
def p_sub_del(x):
    del x[1]
def p_slice(x): return x[1:2]
def p_in(x): return 1 in x
def p_not_in(x): return 1 not in x
def p_lt(x): return x < 1
def p_eq(x): return x == 1
def p_chain(x): return 0 < x < 5
def p_call(x): return x(1, 2)
def p_call_kw(x): return x(a=1)
def p_call_ex(x): return x(*[1], **{})
def p_star_arg(x): return len(*x)
def p_star_kw(x): return dict(**x)
def p_attr(x): return x.attribute
def p_attr_method(x): return x.attribute(1)
def p_attr_set(x): (None).attribute = x
def p_attr_del(x):
    del (None).attribute
def p_with(x):
    with x:
        pass
def p_fstring(x): return f"a{x}b{x!r:>5}"
def p_format(x): return f"{x:5}"
def p_list(x): return [1, *x]
def p_set(x): return {1, *x}
def p_dict(x): return {1: 2, **x}
def p_comp(x): return [y for y in x]
def p_setcomp(x): return {y for y in x}
def p_dictcomp(x): return {y: 1 for y in x}
def p_genexp(x): return list(y for y in x)
def p_raise(x): raise x
def p_raise_from(x): raise ValueError("a") from x
def p_assert(x): assert not isinstance(x, Bad), "is bad"
def p_import(x): import nothing_of_the_kind
def p_import_from(x): from sys import nothing_of_the_kind
def p_global(x): return nothing_global
def p_local(x):
    del x
    return x
def p_iadd(x):
    x += 1
def p_index(x): return [1, 2][x]
def p_range(x): return range(x)
def p_match(x):
    match x:
        case [1, 2]:
            return 1
        case {"a": 1}:
            return 2
        case str(y):
            return y
    raise LookupError("no match")
def p_yield_from(x):
    def g(): yield from x
    return list(g())
def p_lambda(x): return (lambda y: y + 1)(x)
def p_default(x):
    def f(a=x + 1): return a
def p_class(x):
    class C(x): pass
def p_decorator(x):
    @x
    def f(): pass
def p_deco_class(x):
    @x
    class C: pass
def p_multiline(x):
    return (
        1
        + 2
        + len([
            x,
            x + 1,
        ])
    )
def p_nested_call(x): return max(len([1]), p_add(x), 3)
def p_arg(x): return max(1, boom(2), 3)
def p_zero(x): return [10 // n for n in (2, 1, 0)]
def p_binary_boom(x): return x.__class__.__name__ + boom(1)
def p_sub_boom(x): return [1, 2, 3][boom(3)]
def p_store_boom(x): [1][0] = boom(4)
def p_key_boom(x): {}[boom(5)] = 1
def p_return_boom(x):
    try:
        return boom(6)
    finally:
        len("x")
def p_str_add(x): return "a" + 1
def p_int_add(x): return 1 + "a"
def p_none_attr(x): return None.foo
def p_async(x):
    async def f(): await x
    f().send(None)


POSITIONS = [f for n, f in sorted(globals().items()) if n.startswith("p_")]
for f in POSITIONS:
    for value, name in ((bad, "bad"), (5, "5"), ("s", "s")):
        trace_hot(f"{f.__name__} {name}", f, value, repeat=12)


def in_loop(f, n):
    """The failure comes after the loop has run well for a while."""
    for i in range(n):
        x = [1, 2] if i < n - 1 else bad
        for y in x:
            z = y + 1
    return z


trace_hot("in loop", in_loop, None, 100)


def late_type_error(n):
    t = 0
    for i in range(n):
        t = t + (
            i if i < n - 1
            else "x"
        )
    return t


trace_hot("late", late_type_error, 100)
trace_hot("late 2", late_type_error, 1)


def handlers(n):
    log = []
    for i in range(n):
        try:
            if i % 5 == 0:
                raise KeyError(i)
            if i % 5 == 1:
                [][i]
            if i % 5 == 2:
                1 / 0
            if i % 5 == 3:
                int("x")
            log.append("none")
        except (KeyError, IndexError) as e:
            log.append(type(e).__name__)
        except ZeroDivisionError:
            log.append("zero")
        except Exception as e:
            log.append(str(e))
        else:
            log.append("else")
        finally:
            log.append("finally")
    return len(log), log[:14], log[-3:]


hot("handlers", handlers, (10,), (250,), repeat=15)


def finally_paths(how, n=0):
    out = []
    for i in range(3):
        try:
            try:
                if how == "return": return out
                if how == "break": break
                if how == "continue": continue
                if how == "raise": raise ValueError(how)
                if how == "nested": boom(i)
                out.append("end")
            finally:
                out.append("inner")
                if how == "nested" and i == 1:
                    return ("swallowed", out)
        except ValueError as e:
            out.append(str(e))
        finally:
            out.append("outer")
            if how == "override": return "override"
    else:
        out.append("loop else")
    return out, "after"


hot("finally", finally_paths, ("return",), ("break",), ("continue",), ("raise",), ("nested",), ("override",), ("",))


def finally_return_in_loop():
    while True:
        try:
            return "try"
        finally:
            break
    return "after"


hot("finally break", finally_return_in_loop)


def reraise(kind):
    try:
        try:
            boom(1)
        except ValueError:
            if kind == 0: raise
            if kind == 1: raise KeyError("new")
            if kind == 2: raise KeyError("from") from None
            if kind == 3: raise KeyError("cause") from TypeError("the cause")
            if kind == 4: 1 / 0
            if kind == 5: sys.exc_info()[1].args = ("edited",); raise
            if kind == 6: raise sys.exc_info()[1]
    finally:
        len("x")


for k in range(7):
    trace_hot(f"reraise {k}", reraise, k, repeat=10)


def bare_raise(): raise


trace_hot("bare", bare_raise)


def bare_in_callee():
    try:
        boom(1)
    except ValueError:
        bare_raise()


trace_hot("bare callee", bare_in_callee)


def exc_info():
    out = [sys.exc_info()[0]]
    try:
        boom()
    except ValueError:
        out.append(sys.exc_info()[0])
        try:
            {}[1]
        except KeyError as e:
            out.append(sys.exc_info()[0])
            out.append(type(e.__context__))
        out.append(sys.exc_info()[0])

        def inner():
            return sys.exc_info()[0]

        out.append(inner())
    out.append(sys.exc_info()[0])
    return [None if o is None else o.__name__ for o in out]


hot("exc_info", exc_info)


def raise_things(what):
    raise what


hot("raise", raise_things, (ValueError,), (ValueError("x"),), (5,), (None,), ("s",), (int,), (KeyError("k"),), (StopIteration(3),))


class Custom(Exception):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b


class InitFails(Exception):
    def __init__(self, *a): raise TypeError("init fails")


class NotReally(Exception):
    def __new__(cls, *a): return 5


def raise_classes(c, cause=None):
    try:
        raise c from cause
    except Exception as e:
        return type(e).__name__, str(e), type(e.__cause__).__name__, e.__suppress_context__


hot("classes", raise_classes, (Custom,), (Custom(1, 2),), (InitFails,), (NotReally,), (ValueError, KeyError), (ValueError, None), (ValueError, 5), (ValueError, KeyError("c")))


def catch_with(what):
    try:
        boom()
    except what:
        return "caught"
    return "not"


hot("catch", catch_with, (ValueError,), (KeyError,), ((KeyError, ValueError),), ((),), (5,), ("s",), ((ValueError, 5),), (Exception,), (((ValueError,),),), (int,))
trace_hot("catch bad", catch_with, 5)


class Meta(type):
    def __instancecheck__(cls, o): return True
    def __subclasscheck__(cls, o): return True


class Virtual(Exception, metaclass=Meta):
    pass


hot("virtual", catch_with, (Virtual,))


def star_groups(kind):
    out = []
    try:
        if kind == 0: raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [ValueError(3), KeyError(4)])])
        if kind == 1: raise ValueError("plain")
        if kind == 2: raise ExceptionGroup("g", [OSError(1)])
        if kind == 3: raise ExceptionGroup("g", [ValueError(1)])
        out.append("none")
    except* ValueError as e:
        out.append(("V", repr(e)))
        if kind == 3: raise KeyError("in handler")
    except* (TypeError, KeyError) as e:
        out.append(("TK", repr(e)))
    else:
        out.append("else")
    finally:
        out.append("finally")
    return out


hot("except*", star_groups, (0,), (1,), (2,), (3,), (4,), repeat=30)
for k in range(4):
    trace_hot(f"except* {k}", star_groups, k, repeat=8)


def star_naked():
    for i in range(60):
        try:
            raise ExceptionGroup("g", [ValueError(i)])
        except* ValueError:
            pass
    try:
        raise ValueError("naked")
    except* ValueError as e:
        shape = repr(e)
    return shape


hot("star naked", star_naked, repeat=10)


def star_bad():
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ExceptionGroup:
        pass


trace_hot("star bad", star_bad, repeat=5)


def depth(n):
    if n == 0:
        boom("deep")
    return depth(n - 1) + 1


trace_hot("depth", depth, 6, repeat=10)
trace_hot("depth repeated lines", depth, 20, repeat=10)


def tb_position(tb):
    """Line and column of where a traceback's frame stands."""
    line, _, start, end = list(tb.tb_frame.f_code.co_positions())[tb.tb_lasti // 2]
    return line - tb.tb_frame.f_code.co_firstlineno, start, end


def tb_lines(n):
    try:
        depth(n)
    except ValueError as e:
        tb = e.__traceback__
        out = []
        while tb:
            out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno - tb.tb_frame.f_code.co_firstlineno, tb_position(tb)))
            tb = tb.tb_next
        return out


hot("tb", tb_lines, (0,), (4,))


def tb_in_loop(n):
    lines = set()
    for i in range(n):
        try:
            if i % 2:
                x = [1][i]
            else:
                x = {}["k"]
        except LookupError as e:
            lines.add((e.__traceback__.tb_lineno - tb_in_loop.__code__.co_firstlineno, e.__traceback__.tb_lasti, e.__traceback__.tb_next is None))
    return lines


hot("tb loop", tb_in_loop, (200,), repeat=10)


def positions():
    try:
        return (1 + 2) * (3 + None) - 5
    except TypeError as e:
        return [(p.lineno - 400, p.end_lineno - 400, p.colno, p.end_colno) for p in traceback.extract_tb(e.__traceback__)]


hot("positions", positions)


def context_chain(n):
    try:
        if n == 0:
            boom("root")
        context_chain(n - 1)
    except (ValueError, KeyError) as e:
        raise KeyError(n) from (e if n % 2 else None)


trace_hot("context", context_chain, 4, repeat=8)


def same_exception_again(n):
    e = ValueError("kept")
    depths = []
    for i in range(n):
        try:
            raise e
        except ValueError as x:
            d, t = 0, x.__traceback__
            while t:
                d, t = d + 1, t.tb_next
            depths.append(d)
    return depths[0], depths[-1], e.__context__


hot("same exception", same_exception_again, (60,), repeat=10)


def with_traceback():
    try:
        boom()
    except ValueError as e:
        tb = e.__traceback__
        try:
            raise KeyError("k").with_traceback(tb)
        except KeyError as k:
            return [f.name for f in traceback.extract_tb(k.__traceback__)]


hot("with_traceback", with_traceback)


def in_handler():
    try:
        boom(1)
    except ValueError as e:
        e.add_note("a note")
        try:
            boom(2)
        except ValueError as e2:
            return e2.__context__ is e, e.__notes__, error_text().count("During handling")


hot("in handler", in_handler)


def generator_errors(kind):
    def g():
        try:
            yield 1
            if kind == 0: raise StopIteration("inside")
            if kind == 1: boom()
            yield 2
        finally:
            if kind == 2: raise KeyError("finally")
    return list(g())


for k in range(4):
    trace_hot(f"generator {k}", generator_errors, k, repeat=8)


def stop_iteration():
    it = iter([1])
    next(it)
    return next(it)


trace_hot("StopIteration", stop_iteration)


def deep_finally(n, log):
    try:
        if n:
            deep_finally(n - 1, log)
        else:
            boom("bottom")
    finally:
        log.append(n)


def run_deep(n):
    log = []
    try:
        deep_finally(n, log)
    except ValueError as e:
        return log, str(e), len(traceback.extract_tb(e.__traceback__))


hot("deep finally", run_deep, (5,), (60,), repeat=10)


def loop_in_except(n):
    t = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                boom(i)
            t += 1
        except ValueError as e:
            for k in range(5):
                t += k
                if k == 3:
                    break
            if i % 6 == 0:
                continue
            t += len(e.args)
    return t


hot("loop in except", loop_in_except, (250,), repeat=15)


def error_from_builtin(n):
    out = []
    for i in range(n):
        try:
            sorted([1, 2, 3], key=lambda x: 1 // (x - 2))
        except ZeroDivisionError as e:
            out.append([f.name for f in traceback.extract_tb(e.__traceback__)])
    return runs(map(str, out))


hot("builtin callback", error_from_builtin, (60,), repeat=5)


class DelRaises:
    def __del__(self): raise ValueError("in del")


def unraisable():
    seen = []
    sys.unraisablehook = lambda u: seen.append((type(u.exc_value).__name__, str(u.exc_value)))
    for i in range(60):
        d = DelRaises()
        d = None
    sys.unraisablehook = sys.__unraisablehook__
    return runs(map(str, seen))


hot("unraisable", unraisable, repeat=5)


def keyboard():
    try:
        raise KeyboardInterrupt
    except BaseException as e:
        return type(e).__name__


hot("base", keyboard)


def exit_code(n):
    try:
        sys.exit(n)
    except SystemExit as e:
        return e.code


hot("exit", exit_code, (0,), ("message",), (None,))
show("end", sys.exc_info())
