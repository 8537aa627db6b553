"""The smallest programs that once did something else under pyjit."""

import ctypes
import gc
import signal
import sys
import tracemalloc
import types

from common import show


# A frame that outlives its execution shows where it returned.
def returned_later(flag):
    frame = sys._getframe()
    if flag:
        flag = False
    return frame


for flag in (True, False):
    frames = [returned_later(flag) for _ in range(5)]
    show(
        "line of a finished frame",
        sorted({f.f_lineno - f.f_code.co_firstlineno for f in frames}),
    )
    show("last instruction", len({f.f_lasti for f in frames}))


# Functions that free others' data in code objects are called for that data only.
def freed(data):
    calls.append(data)


calls = []
kept = ctypes.CFUNCTYPE(None, ctypes.c_ssize_t)(freed)
api = ctypes.pythonapi
api._PyEval_RequestCodeExtraIndex.argtypes = (ctypes.CFUNCTYPE(None, ctypes.c_ssize_t),)
index = api._PyEval_RequestCodeExtraIndex(kept)
for n in range(3):
    space = {}
    exec("def f(x):\n    return x + 1", space)
    show("compiled later", [space["f"](k) for k in range(3)])
    del space
show("freed", calls)


# What the interpreter calls directly is no level of recursion.
class Deep:
    depth = 0

    def __iter__(self):
        Deep.depth += 1
        return iter(self)

    def __len__(self):
        Deep.depth += 1
        return len(self)


def deep_iter():
    Deep.depth = 0
    try:
        iter(Deep())
    except RecursionError as error:
        return Deep.depth, str(error)


def deep_len():
    Deep.depth = 0
    try:
        len(Deep())
    except RecursionError as error:
        return Deep.depth, str(error)


show("iter", [deep_iter() for _ in range(20)][-1])
show("len", [deep_len() for _ in range(20)][-1])


# One operand's type is known, the other's is to be seen, and there are versions enough already.
def half_known(p):
    d = 1.5
    n = 0
    for a in [1.5, 2, 3.5]:
        for c in range(-3, 2, 2):
            d -= (p < c) and (7 - 1)
            c = -(7 + (a - 3))
            n += 1
    return d, n


show("half known", [half_known(p) for p in (0, 1, -2, 0.5)])


# A class whose namespace has keys that run code when a name is looked up.
class Key:
    def __hash__(self):
        return hash("attribute")

    def __eq__(self, other):
        seen.append(other)
        return helper(other) == "nothing"


def helper(x):
    return x


def use(owner):
    owner.attribute = 1
    return owner.attribute, owner.method()


seen = []
Odd = type("Odd", (), {Key(): 1})


class Even(Odd):
    def method(self):
        return self.attribute


show("odd keys", [use(Even()) for _ in range(4)])
show("asked for", set(seen))


# A local that is only in a register is pushed beyond the stack entries that contexts describe.
nested = "(i | " * 44 + "i" + ")" * 44
space = {}
exec(f"def deep(x):\n    for i in range(6):\n        y = (x + i) / (1 + {nested})\n    return y", space)
show("deep alias", [space["deep"](n) for n in range(4)])


# A profile function that is set on the way to a branch sees what is called next.
def watch():
    def profile(frame, event, arg):
        if event == "c_call":
            seen.append((frame.f_code.co_name, arg.__name__))

    sys.setprofile(profile)
    return True


class Watching:
    __bool__ = __eq__ = __contains__ = lambda self, *others: watch()
    __hash__ = None


class Last:
    def __iter__(self):
        return self

    def __next__(self):
        watch()
        raise StopIteration


def truth(x, items):
    if x:
        items.append(1)


def either(x, items):
    y = x or items
    items.append(y)


def both(x, items):
    (x and items).append(1)


def equal(x, items):
    if x == 1:
        items.append(1)


def inside(x, items):
    if 1 not in x:
        return
    items.append(1)


def end(x, items):
    for _ in Last():
        pass
    items.append(1)


def stops():
    yield 1
    watch()


def end_of_generator(x, items):
    for _ in stops():
        pass
    items.append(1)


def returns(x, items):
    list(sends(items))


def sends(items):
    yield (yield from stops())
    items.append(1)


for function in (truth, either, both, equal, inside, end, end_of_generator, returns):
    for _ in range(4):
        seen = []
        function(Watching(), [])
        sys.setprofile(None)
    show(f"watched {function.__name__}", seen)


# A finalizer finds the number in place that its object makes room for.
class Leaving:
    def __del__(self):
        now = sys._getframe(1).f_locals
        left.append((now["r"], now["t"]))


def replaced(t, n):
    r = Leaving()
    r = t * 2
    n += 1
    return r, n


left = []
show("replaced", [replaced(x, 1) for x in (1.5, 2.5, 3.5, 7, 8)], left)


# A number that was unboxed and not changed is the same object when a loop is left by an exit taken rarely.
def same_after_loop(number, other):
    for _ in range(5):
        other = number
        negative = -number
    return other is number, negative


for number in (2**60 - 1, 1000, 1000.5, 5):
    show("same after loop", [same_after_loop(number + k, 2) for k in range(40)][::13])


# The index is an object that is known, the sequence a temporary.
FIRST, SECOND = 0, 1
table = {"numbers": ((1, 2), (3, 4)), "mixed": ["text", (6,)]}


def second_of(name):
    return table[name][SECOND], table[name][FIRST], sys.getrefcount(table["mixed"][FIRST]) < 10**6


before = sys.getrefcount(table["mixed"][0])
show("known index", [second_of(name) for _ in range(30) for name in table][-2:])
show("known index, references", sys.getrefcount(table["mixed"][0]) - before)


# What stands for instances while code is compiled is no garbage, even if it has itself for an attribute.
def count_garbage(n):
    class Circle:
        def __init__(self):
            self.me = self

    gc.collect()
    gc.disable()
    for _ in range(n):
        Circle()
    gc.enable()
    return gc.collect() - n


show("garbage", [count_garbage(10) - count_garbage(20) for _ in range(4)])


# Instances that the garbage collector does not know.
class Nothing:
    __slots__ = ()

    def answer(self):
        return 42


def nothings(n, kind):
    return [(Nothing().answer(), kind().answer()) for _ in range(n)]


show("nothings", nothings(30, Nothing)[-1], len([Nothing() for _ in range(1000)]))


# A call with keywords in code in place, which is tried in place itself and turns out to need a frame.
class Query:
    raw = False


class Field:
    def __init__(self, name):
        self.name = name

    def value(self, of, add):
        return getattr(of, self.name)


class Compiler:
    def __init__(self):
        self.query = Query()

    def value(self, field, of):
        if self.query.raw:
            return getattr(of, field.name)
        return field.value(of, add=True)

    def prepare(self, field, value):
        return value

    def rows(self, fields, objects):
        return [[self.prepare(field, self.value(field, of)) for field in fields] for of in objects]


compiler, fields = Compiler(), [Field("a"), Field("b")]
objects = [types.SimpleNamespace(a=k, b=-k) for k in range(40)]
show("keywords in place", [compiler.rows(fields, objects)[-1] for _ in range(4)])


# Ranges whose ends are more than 2^63 apart, either way: constants, and results that are in registers.
FAR = """
def far_constants():
    for b in range({0}, {1}, {2}):
        return b
    return "none"


def far_computed(half, odd, other, another):
    for b in range(half * 2 + odd, other * 2 + another, {2}):
        return b
    return "none"
"""
LOW, HIGH = -(2**63), 2**63 - 1
for start, stop in ((0, 1), (LOW, 0), (LOW, HIGH), (0, LOW), (1, LOW), (5, HIGH), (-1, HIGH), (-2, HIGH), (HIGH, LOW)):
    for by in (1, -1, 1 << 20, -(1 << 20)):
        exec(FAR.format(start, stop, by))
        halves = start // 2, start % 2, stop // 2, stop % 2
        firsts = [(far_constants(), far_computed(*halves)) for _ in range(3)]  # noqa: F821
        show("far apart", start, stop, by, firsts)


# Locals of code in place end in the order in which a frame's do: the first one first.
class Ends:
    def __init__(self, number):
        self.number = number

    def __del__(self):
        ended.append(self.number)


class Two:
    def method(self, made):
        a = made.pop()
        b = made.pop()
        return 1

    def __add__(self, made):
        a = made.pop()
        b = made.pop()
        return 1


def ends(made):
    a = made.pop()
    b = made.pop()
    return 1


def in_place(two, made):
    ends(made)
    two.method(made)
    two + made
    return 0


ended = []
for _ in range(30):
    in_place(Two(), [0, 0, 0, 0, 0, 0, 0, 0, Ends(6), Ends(5), Ends(4), Ends(3), Ends(2), Ends(1)])
show("order of ends", ended[-12:])


# What list.append() has appended ends after the list whose last reference the call had.
def appended(lists, made):
    result = lists.pop().append(made.pop())
    return result


ended.clear()
for i in range(20):
    appended([[Ends(i), Ends(i + 100)]], [Ends(i + 1000)])
show("appended to a list that ends", ended[-6:])


# Chains of instances deeper than CPython frees at once: what is put off comes in the same order.
class Node:
    def __init__(self, following, value):
        self.following, self.value = following, value


def chain(count):
    head = None
    for i in range(count):
        head = Node(head, Ends(i))
    held = [head]
    head = None
    held[0] = 5
    return held


for _ in range(20):
    ended.clear()
    chain(120)
show("chain", len(ended), ended)


# An int shifted by nothing, and the length that __len__ returns.
class Long:
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length


def shifted(a, by):
    result = a >> by
    return result is a, result


def length(of):
    return len(of) is of.length, len(of)


for number in ("-1073741824", "-5", "5", "1073741824", "-4611686018427387904"):
    show("shifted", [shifted(int(number), 0) for _ in range(20)][-1], [shifted(int(number), 3) for _ in range(20)][-1])
for number in ("0", "5", "256", "257", "300", "1073741823", "1073741824"):
    show("length", [length(Long(int(number))) for _ in range(20)][-1])


# The signal handler of a long multiplication, division and remainder.
class Late(Exception):
    pass


def late(number, frame):
    raise Late


def multiply(x, n):
    for _ in range(n):
        y = x * x
    return y


def divide(x, y, n):
    for _ in range(n):
        z = x // y, x % y
    return z


big = 3**300000
multiply(3**2000, 30)
divide(3**2000, 3**1000, 30)
signal.signal(signal.SIGALRM, late)
hits = 0
for work in (lambda: multiply(big, 1000), lambda: divide(big, 3**150000, 1000)):
    multiply(3**500, 2)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        work()
    except Late:
        hits += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
show("late", hits)


# Iterating over a dict's items makes two objects: the garbage collector comes before, or after.
class Cycle:
    def __init__(self):
        self.me = self

    def __del__(self):
        found.append(sys._getframe(1).f_locals["i"] - len(counted))


def over_items(view, n, keep):
    i = 0
    while i < n:
        i += 1
        counted.append(1)
        for _, _ in view:
            pass
        keep.append((i, i))


found, counted, thresholds = [], [], gc.get_threshold()
view = {1: 2, 3: 4}.items()
gc.disable()
over_items(view, 100, [])
for threshold in range(20, 60):
    pairs = [(j, j) for j in range(2500)]
    gc.collect()
    Cycle()
    gc.set_threshold(threshold, 1000, 1000)
    counted.clear()
    gc.enable()
    over_items(view, 100, [])
    gc.disable()
gc.set_threshold(*thresholds)
gc.enable()
show("within items", found)


# A list of nothing that a generator has brought has had room.
def of_nothing():
    made = list(x for x in ())
    made.extend([1])
    ordered = sorted(x for x in ())
    ordered.extend([1])
    return sys.getsizeof(made), sys.getsizeof(ordered)


show("room", [of_nothing() for _ in range(20)][-1])


# What a method compiled in place returns is one of its operands, which is a temporary, and not what is wanted.
class Returns:
    def __contains__(self, other):
        return other

    def __sub__(self, other):
        return other

    def __lt__(self, other):
        return other

    def __eq__(self, other):
        return other

    def __iter__(self):
        return self


class ReturnsItself:
    def __init__(self, other):
        return other


def in_it(returns, values):
    return values.pop() in returns


def less_by_it(returns, values):
    return returns - values.pop()


def compared_with_it(returns, values):
    return returns < values.pop(), returns == values[0]


def over_it(values):
    for _ in values.pop():
        pass


def made_of_it(values):
    return ReturnsItself(values.pop())


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except TypeError as error:
        return str(error)


returns = Returns()
for i in range(30):
    outcomes = (
        attempt(in_it, returns, [i]), attempt(less_by_it, returns, [NotImplemented]),
        attempt(compared_with_it, returns, [NotImplemented, NotImplemented]), attempt(over_it, [Returns()]),
        attempt(made_of_it, [i]), attempt(lambda: print >> returns), attempt(lambda: len >> returns),
    )  # fmt: skip
show("returned operands", outcomes)


# What __setitem__, __set__ and setters return goes before the operands.
class Given(Ends):
    pass


class Sets:
    def __setitem__(self, key, value):
        value = None
        return Given(1)

    def set_x(self, value):
        value = None
        return Given(2)

    x = property(None, set_x)


def set_both(sets, made):
    sets[0] = made.pop()
    sets.x = made.pop()


ended.clear()
for _ in range(20):
    set_both(Sets(), [Ends(3), Ends(4)])
show("setters", ended[-4:])


# The truth of a comparison is asked for when the operands have gone, those too that only a container had.
class Truth:
    def __bool__(self):
        ended.append("truth")
        return True


class Compares(Ends):
    def __eq__(self, other):
        holder.x = holder.y = None
        return Truth()


def compare(holder):
    if 1.5 == holder.x:
        return 1
    return 2


def compare_two(holder):
    if holder.x == holder.y:
        return 1
    return 2


holder = types.SimpleNamespace()
for function in (compare, compare_two):
    ended.clear()
    for i in range(20):
        holder.x, holder.y = Compares(i), Ends(i + 100)
        function(holder)
    show(function.__name__, ended[-3:])


# Methods of builtin types let go of their arguments before self, in CPython's order.
class EndingList(list):
    def __init__(self, number):
        super().__init__([number])
        self.number = number

    __del__ = Ends.__del__


def insert(made, lists):
    lists.pop().insert(made.pop(), 5)


class Index(Ends):
    def __index__(self):
        return 0


ended.clear()
for i in range(20):
    insert([Index(i)], [EndingList(i + 100)])
show("inserted", ended[-2:])


class Equal(Ends):
    def __eq__(self, other):
        return True

    def __call__(self, item):
        return 0


def sorted_by_key():
    [Equal(1), Equal(2)].sort(key=Equal(3))


def counted_by_bound():
    getattr([Equal(4)], "count")(Equal(5))


def found_by_bound():
    getattr([Equal(6)], "index")(Equal(7))


def sorted_by_bound():
    getattr([Equal(8)], "sort")(key=Equal(9))


for function in (sorted_by_key, counted_by_bound, found_by_bound, sorted_by_bound):
    for _ in range(20):
        ended.clear()
        function()
    show(function.__name__, ended)


# Another object at the address of a function that is found by its place, or through a staticmethod.
class LikeFunction:
    __slots__ = ("tag", *(f"a{i}" for i in range(14)))


def make_tagged():
    def tagged():
        pass

    tagged.tag = "of the function"
    return tagged


class Wraps:
    wrapped = staticmethod(make_tagged())


def tag_of_wrapped():
    try:
        return Wraps.wrapped.tag
    except ValueError:
        pass


def tag_of_global():
    global changing
    changing += 1
    try:
        return placed.tag
    except ValueError:
        pass


def take_place(old):
    made = []
    while not made or (id(made[-1]) != old and len(made) < 5000):
        made.append(LikeFunction())
    made[-1].tag = "of the other"
    return made[-1]


changing, placed = 0, make_tagged()
for _ in range(60):
    tag_of_wrapped(), tag_of_global()
taken = [make_tagged() for _ in range(100)]
gc.disable()
old, attributes = id(Wraps.wrapped), Wraps.wrapped.__dict__
Wraps.__dict__["wrapped"].__init__(None)
other = take_place(old)
Wraps.__dict__["wrapped"].__init__(other)
for i in range(14):
    setattr(other, f"a{i}", attributes)
show("wrapped", tag_of_wrapped())
old, attributes, placed = id(placed), placed.__dict__, None
placed = take_place(old)
for i in range(14):
    setattr(placed, f"a{i}", attributes)
show("placed", tag_of_global())
gc.enable()


# The callable of a staticmethod is exchanged for one at the address of the one before.
class WithStatic:
    number = staticmethod(float("0.0"))


def is_true(owner):
    return "true" if owner.number else "false"


owner = WithStatic()
for _ in range(30):
    is_true(owner)
wanted, static = id(WithStatic.number), WithStatic.__dict__["number"]
static.__init__(float("1.5"))
kept = []
for _ in range(500):
    kept.append(float("7.25"))
    if id(kept[-1]) == wanted:
        break
static.__init__(kept[-1])
show("static", WithStatic.number, is_true(owner))


# A metaclass has a key that compares itself, and so runs code while others are compiled.
class Key:
    def __hash__(self):
        return hash("__getattr__")

    def __eq__(self, other):
        made = types.FunctionType(compare.__code__.replace(co_name="other"), {})
        for _ in range(30):
            made(holder)
        return False


Meta = type("Meta", (type,), {Key(): 1})
Meta.__getattr__ = lambda cls, name: "hook"


class OfMeta(metaclass=Meta):
    a = 5


def of_meta(c):
    return c.a


for i in range(30):
    Meta.x = i
    answer = of_meta(OfMeta)
show("of a metaclass", answer)


# Lists and dicts that grow are noted by tracemalloc where they do.
def grow(n):
    grown, noted = [], {}
    for i in range(n):
        grown.append(None)
        noted[str(i)] = None
    return grown, noted


for _ in range(20):
    grow(100)
tracemalloc.start()
grown = grow(2000)
statistics = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)]).statistics("lineno")
tracemalloc.stop()
first = grow.__code__.co_firstlineno
sizes = {one.traceback[0].lineno - first: one.size // 4000 for one in statistics if one.size > 4000}
show("growth", sizes.get(3, 0) > 0, sizes.get(4, 0) > 0)


# A module's dict is looked into without asking its keys, or its spec, anything.
class Spec:
    def __getattr__(self, name):
        asked.append(name)
        return True


class Asks:
    def __hash__(self):
        return hash("__spec__")

    def __eq__(self, other):
        asked.append(other)
        raise ValueError("not to be asked")


asked = []
module_code = compile("x = 1\nfor i in range(3): x += i\n", "module", "exec")
for space in ({"__spec__": Spec()}, {Asks(): 1}, {"__spec__": types.SimpleNamespace(_initializing=True)}):
    for _ in range(5):
        exec(module_code, space)
show("spec", asked)


# More values on the stack than contexts can count.
WIDE = 65_600
wide_source = "def wide(values):\n  (" + ",".join(f"v{i}" for i in range(WIDE)) + ",) = values\n  return v0, v65599\n"
exec(wide_source)
show("wide", [wide(range(WIDE)) for _ in range(5)][-1])  # noqa: F821


# A known number that is in a register, and has an object, as the owner of a method: in code in place, whose slots are
# memory that has held nothing yet.
OWNER_OF_METHOD = """
known = 0
def owner(a, b, c):
    x = abs(known).bit_length()
def in_place(a, b, *rest):
    x = owner(0, 0, 0)
    y = 0
def in_place_twice(a, b, c, d):
    b = in_place(0, 0)
    y = 0
for i in range(9):
    known(0, in_place_twice(5, 0, 6, 0))
"""
for _ in range(3):
    try:
        exec(compile(OWNER_OF_METHOD, "owner", "exec"), {})
    except TypeError as e:
        show("owner of method", e)
