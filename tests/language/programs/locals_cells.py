"""Local variables: unbound, deleted, captured, shared."""

from common import hot, show, trace_hot


def unbound(flag):
    if flag:
        x = 1
    return x


hot("unbound", unbound, (True,), (False,))
trace_hot("unbound", unbound, False)


def deleted(n):
    out = []
    x = 5
    for i in range(n):
        if i % 10 == 9:
            del x
        try:
            out.append(x)
        except UnboundLocalError as e:
            out.append(str(e))
            x = i
    return len(out), [o for o in out if isinstance(o, str)][:2], x


hot("deleted", deleted, (200,), (9,))


def double_delete():
    x = 1
    del x
    del x


hot("double delete", double_delete)


def delete_typed(n):
    t = 0
    for i in range(n):
        y = i * 2
        t += y
        del y
    try:
        return y
    except UnboundLocalError as e:
        return t, str(e)


hot("delete typed", delete_typed, (250,))


def loop_variable_after(n):
    for i in range(n):
        pass
    return i


hot("loop var", loop_variable_after, (5,), (0,), (300,))


def maker():
    n = 0

    def up(k=1):
        nonlocal n
        n += k
        return n

    def get():
        return n

    def drop():
        nonlocal n
        del n

    return up, get, drop


up, get, drop = maker()
hot("up", up, (1,), (0.5,), (2**64,))
hot("get", get)
drop()
hot("dropped", get)
hot("dropped up", up)


def free_unbound():
    def inner():
        return later

    try:
        return inner()
    except NameError as e:
        first = str(e)
    later = 3
    return first, inner()


hot("free", free_unbound)


def cells_in_loop(n):
    fs = []
    for i in range(n):
        fs.append(lambda: i)
    return sum(f() for f in fs)


hot("late binding", cells_in_loop, (60,))


def default_binding(n):
    fs = []
    for i in range(n):
        fs.append(lambda i=i: i)
    return sum(f() for f in fs)


hot("early binding", default_binding, (60,))


def cell_argument(a, b):
    def add(k):
        nonlocal a
        a += k
        return a

    for i in range(b):
        add(i)
    return a


hot("cell argument", cell_argument, (0, 200), (0.5, 200), ("", 0), (2**63 - 100, 200))


def deep():
    a = 1

    def f():
        b = a + 1

        def g():
            c = a + b

            def h(k):
                nonlocal a, b, c
                a += k
                b += a
                c += b
                return a, b, c

            return h

        return g()

    return f()


h = deep()
show("deep", [h(1) for _ in range(100)][-1])


def closure_types(n):
    acc = 0

    def add(x):
        nonlocal acc
        acc = acc + x

    for i in range(n):
        add(1 if i < n // 2 else 0.25)
    return acc


hot("closure types", closure_types, (200,))


class Counter:
    def __init__(self):
        self.count = 0

        def bump():
            self.count += 1
            return self.count

        self.bump = bump


c = Counter()
hot("bump", lambda: c.bump() > 0)
show("count", c.count)


def swap(n):
    a, b, c = 1, 2.5, "x"
    for i in range(n):
        a, b, c = b, c, a
        a, b = b, a
    return a, b, c


hot("swap", swap, (0,), (1,), (2,), (100,), (101,))


def alias(n):
    a = b = 0
    for i in range(n):
        b = a
        a = a + 1
        c = b
        b = c + a
        a = a
    return a, b, c


hot("alias", alias, (250,))


def alias_list(n):
    a = []
    b = a
    for i in range(n):
        b.append(i)
        a = a if i % 2 else b
        b = a
    return a is b, len(a)


hot("alias list", alias_list, (100,))


def stack_alias(x):
    return (x, (x := x + 1), x, (x := 2.5), x)


hot("walrus", stack_alias, (1,), (1.5,), (2**62,), (True,))


def walrus_loop(items):
    it = iter(items)
    got = []
    while (v := next(it, None)) is not None:
        got.append(v)
    return len(got), v


hot("walrus loop", walrus_loop, ([1, 2.0, "x"] * 50,))


def many(a0, a1, a2, a3, a4, a5, a6, a7):
    b0 = a0 + a1
    b1 = a2 + a3
    b2 = a4 + a5
    b3 = a6 + a7
    c0 = b0 * b1
    c1 = b2 * b3
    d = c0 - c1
    for i in range(50):
        a0, a1, a2, a3, a4, a5, a6, a7 = a7, a0, a1, a2, a3, a4, a5, a6
        d += a0 * i
    return a0, b0, b1, b2, b3, c0, c1, d


hot("many", many, (1, 2, 3, 4, 5, 6, 7, 8), (1.0, 2, 3.0, 4, 5.0, 6, 7.0, 8), (1, 2, 3, 4, 5, 6, 7, 2**62))


def shadow(x):
    def inner(x):
        x = x + 1
        return x

    y = inner(x)
    return x, y


hot("shadow", shadow, (1,), (1.5,))


def recursive_closure(n):
    def go(k):
        return 0 if k == 0 else k + go(k - 1)

    return go(n)


hot("recursive", recursive_closure, (30,))


def locals_call(a, b):
    c = a + b
    for i in range(60):
        c += i
    d = dict(locals())
    return sorted(d.items())


hot("locals()", locals_call, (1, 2), (0.5, 2))


def locals_write(n):
    x = 1
    for i in range(n):
        locals()["x"] = 100
        x += 1
    return x


hot("locals write", locals_write, (100,))


def cell_contents(n):
    x = n

    def f():
        return x

    f.__closure__[0].cell_contents = n * 2
    a = x
    del f.__closure__[0].cell_contents
    try:
        f()
    except NameError as e:
        return a, str(e)


hot("cell contents", cell_contents, (3,), (1.5,))


def exception_variable(n):
    for i in range(n):
        try:
            raise ValueError(i)
        except ValueError as e:
            last = e.args[0]
    try:
        return e
    except UnboundLocalError as err:
        return last, str(err)


hot("except name", exception_variable, (60,))


def comprehension_scope(n):
    x = "outer"
    a = [x for x in range(n)]
    b = {x: y for x in range(3) for y in range(x)}
    return x, len(a), b


hot("comprehension", comprehension_scope, (100,))


def args_reassigned(a, *args, k=1, **kw):
    for i in range(60):
        a = a + k
        args = args + (i,)
        kw[str(i)] = i
    return a, len(args), len(kw)


hot("args", args_reassigned, (1,), (1.5, 2, 3))


class X:
    x = "class"

    def f(self):
        return __class__.x, type(self).x

    def g(self):
        try:
            return x_not_global
        except NameError as e:
            return str(e)


hot("__class__", X().f)
hot("no class scope", X().g)
