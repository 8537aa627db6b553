"""Whole programs: classes, functions, generators and coroutines made from the grammar, and what calls them.

`generate(seed)` is all there is to know from outside; the same seed gives the same text.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
import warnings

from fuzz.classes import DESCRIPTORS, Class, class_lines
from fuzz.effects import effect_lines
from fuzz.expressions import EXPRESSIONS, LITERALS
from fuzz.grammar import Expander, Scope, Template, indented
from fuzz.kernels import kernel_lines, kernel_writer
from fuzz.prelude import FINALE, PRELUDE
from fuzz.scenarios import scenario_lines
from fuzz.statements import STATEMENTS

KINDS = ["int", "int", "int", "float", "float", "any", "obj", "str", "list", "bool", "dict", "tuple"]
GLOBALS = [
    "S0, S1 = Sentinel(), Sentinel()",
    "G0, G1, G2 = 1, 2, 1.5",
    "GL, GT, GD = [1, 2.5, 'c'], (1, 2), {'k0': 1}",
    "O0 = O1 = O2 = O3 = None",
    "",
    "",
    "def gen():",
    "    while True:",
    "        got = yield G0",
    "        show('gen', got)",
    "",
    "",
    "GEN = gen()",
    "",
]
EFFECT_COUNT = 12
FLAT = 4  # the level at which expressions are variables and literals
# Expressions of these kinds may run methods of the program's objects; methods themselves do without.
RUNS_CODE = ("<obj>", "<call>", "<make>", "<generator>", "<callable>")


@dataclasses.dataclass(frozen=True)
class Function:
    """A function of the program."""

    name: str
    parameters: tuple[str, ...]  # their kinds
    required: int
    keyword: str | None  # the kind of its keyword-only parameter k


def _without_code(expressions: dict[str, list[Template]]) -> dict[str, list[Template]]:
    """Return the expressions that run no methods but by accident."""
    quiet = {}
    for kind, options in expressions.items():
        left = [o for o in options if not any(word in o.text for word in RUNS_CODE)]
        quiet[kind] = left or [Template(text) for text in LITERALS[kind]]
    return quiet


class ProgramWriter:
    """Writes one program."""

    def __init__(self, seed: int, attempt: int = 0) -> None:
        """Take what decides everything."""
        self.rng = random.Random(f"{seed}/{attempt}")
        self.seed = seed
        self.write = Expander(self.rng, EXPRESSIONS, LITERALS, STATEMENTS)
        self.quiet = Expander(self.rng, _without_code(EXPRESSIONS), LITERALS, STATEMENTS)
        for expander in (self.write, self.quiet):
            expander.special |= {
                "effect": lambda scope, level: f"e{self.rng.randrange(EFFECT_COUNT)}()",
                "zero": lambda scope, level: self.rng.choice("01"),
                "class": lambda scope, level: self.rng.choice(self.classes).name if self.classes else "Last",
            }
        self.write.special |= {
            "call": self.call,
            "make": self.make,
            "generator": self.generator,
            "awaitable": self.awaitable,
            "asynchronous": self.asynchronous,
            "manager": self.manager,
        }
        self.classes: list[Class] = []
        self.functions: list[Function] = []
        self.generators: list[Function] = []
        self.coroutines: list[Function] = []
        self.asynchronous_generators: list[Function] = []
        self.lines: list[str] = []

    # ---- holes that depend on the program ----------------------------------------------------------

    def arguments(self, function: Function, scope: Scope, level: int) -> str:
        """Return the arguments of a call, now and then in an odd form."""
        given = self.rng.randint(function.required, len(function.parameters))
        texts = [self.write.expression(kind, scope, level) for kind in function.parameters[:given]]
        if texts and self.rng.random() < 0.1:
            texts[-1] = f"p{given - 1}={texts[-1]}"
        elif self.rng.random() < 0.06:
            texts = [f"*({', '.join(texts)},)" if texts else "*()"]
        if function.keyword and self.rng.random() < 0.6:
            texts.append(f"k={self.write.expression(function.keyword, scope, level)}")
        if self.rng.random() < 0.03:
            texts.append("**{'k': 1}")
        if self.rng.random() < 0.02 and texts:
            texts.pop()
        return ", ".join(texts)

    def call(self, scope: Scope, level: int) -> str:
        """Return a call of a function that is defined before."""
        if not self.functions or level > 3:
            return self.write.variable("any", scope) or self.write.literal("any")
        function = self.rng.choice(self.functions)
        return f"{function.name}({self.arguments(function, scope, level + 1)})"

    def make(self, scope: Scope, level: int) -> str:
        """Return a call that makes an instance."""
        made = self.rng.choice(self.classes)
        kinds = ("int", "float")[: self.rng.randint(0, made.arguments)]
        return f"{made.name}({', '.join(self.write.expression(kind, scope, level + 1) for kind in kinds)})"

    def generator(self, scope: Scope, level: int) -> str:
        """Return a generator, which an expression may run through."""
        if not self.generators or level > 3:
            return "iter([1, 2])"
        function = self.rng.choice(self.generators)
        return f"{function.name}({self.arguments(function, scope, level + 1)})"

    def awaitable(self, scope: Scope, level: int) -> str:
        """Return something to await."""
        if self.coroutines and level < 3 and self.rng.random() < 0.5:
            function = self.rng.choice(self.coroutines)
            return f"{function.name}({self.arguments(function, scope, level + 1)})"
        return self.write.fill(self.rng.choice(["Await(<any>)", "Await(<any>, <small>)"]), scope, level + 1)

    def asynchronous(self, scope: Scope, level: int) -> str:
        """Return something to iterate over asynchronously."""
        if self.asynchronous_generators and level < 3 and self.rng.random() < 0.5:
            function = self.rng.choice(self.asynchronous_generators)
            return f"{function.name}({self.arguments(function, scope, level + 1)})"
        return self.write.fill("AsyncCount(<small>)", scope, level + 1)

    def manager(self, scope: Scope, level: int) -> str:
        """Return a context manager."""
        return self.write.fill(
            self.rng.choice(["Manager(<any>)", "Manager(<any>, True)", "<obj>"]), scope, level
        )

    # ---- functions ---------------------------------------------------------------------------------

    def signature(self, most: int, odd: bool) -> tuple[Function, str, dict[str, str]]:
        """Return an unnamed function, its parameters as text, and as variables."""
        kinds = tuple(self.rng.choice(KINDS) for _ in range(self.rng.randint(0, most)))
        required = len(kinds) if self.rng.random() < 0.6 else self.rng.randint(0, len(kinds))
        texts = [
            f"p{i}" if i < required else f"p{i}={self.write.literal(kind)}" for i, kind in enumerate(kinds)
        ]
        variables = {f"p{i}": kind for i, kind in enumerate(kinds)}
        keyword = None
        if odd and self.rng.random() < 0.2:
            texts.append("*rest")
            variables["rest"] = "tuple"
        if odd and self.rng.random() < 0.15:
            keyword = self.rng.choice(KINDS)
            texts += ([] if "rest" in variables else ["*"]) + [f"k={self.write.literal(keyword)}"]
            variables["k"] = keyword
        return Function("", kinds, required, keyword), ", ".join(texts), variables

    def leaf(self, number: int) -> None:
        """Write a small function, which may be compiled in the place of its calls."""
        function, parameters, variables = self.signature(3, odd=False)
        name = f"P{number}"
        scope = Scope(frozenset({"function"}), variables)
        body = []
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            body += self.write.lines("<new:int> = <int>", scope, 1)
        if self.rng.random() < 0.3:
            body += self.write.lines("if <bool>:\n    return <any>", scope, 1)
        kind = self.rng.choice(("int", "int", "float", "bool", "any"))
        if self.rng.random() < 0.85:
            body.append(f"return {self.write.expression(kind, scope, 1)}")
        self.lines += [f"def {name}({parameters}):", *indented(body or ["pass"]), "", ""]
        self.functions.append(dataclasses.replace(function, name=name))

    def body(self, scope: Scope, fuel: int) -> list[str]:
        """Return the body of a function: a few locals, then statements."""
        lines: list[str] = []
        for kind in self.rng.sample(["int", "float", "list", "str", "any", "obj"], self.rng.randint(1, 3)):
            lines += self.write.lines(f"<new:{kind}> = <{kind}>", scope, 1)
        for _ in range(self.rng.randint(2, 6)):
            lines += self.write.statement(scope, fuel)
        return lines

    def function(self, name: str, head: str, *properties: str) -> Function:
        """Write a function with statements of all kinds."""
        function, parameters, variables = self.signature(4, odd=True)
        scope = Scope(frozenset(properties), variables)
        body = self.body(scope, self.rng.randint(3, 9))
        if "yield" in properties:
            body.insert(0, "yield 'begin'")
        elif self.rng.random() < 0.8:
            names = sorted(name for name in scope.variables if name not in ("rest", "k"))[:6]
            body.append(f"return {', '.join(names) or '()'}")
        self.lines += [f"{head} {name}({parameters}):", *indented(body), "", ""]
        return dataclasses.replace(function, name=name)

    def recursive(self) -> None:
        """Write a recursive function."""
        scope = Scope(frozenset({"function"}), {"n": "int", "x": "any", "y": "float"})
        body = ["if depth <= 0 or n <= 0:", *indented(self.write.lines("return <any>", scope, 1))]
        for _ in range(self.rng.randint(0, 3)):
            body += self.write.statement(scope, 2)
        body += self.write.lines("return R(n - 1, x, <float>, depth - 1), <int>", scope, 1)
        self.lines += ["def R(n, x=1, y=0.5, depth=160):", *indented(body), "", ""]

    # ---- calls -------------------------------------------------------------------------------------

    def driven(self, function: Function) -> list[str]:
        """Return lines that call a function over and over, with arguments that change on the way."""
        scope = Scope(frozenset(), {})
        first, second, third = (self.arguments(function, scope, FLAT) for _ in range(3))
        label = repr(function.name)
        if self.rng.random() < 0.4:
            return [
                "try:",
                f"    for i in range({self.rng.randint(4, 16)}):",
                f"        show('{function.name}', {function.name}({first}))",
                "except Exception as e:",
                "    emit(trouble(e))",
                f"attempt({', '.join(filter(None, (label, function.name, second)))})",
            ]
        calls = [
            f"attempt({', '.join(filter(None, (label, function.name, a)))})" for a in (first, second, third)
        ]
        rare = self.rng.randint(2, 9)
        return [
            f"for i in range({self.rng.randint(6, 24)}):",
            f"    if i % {rare} != {rare - 1}:",
            f"        {calls[0]}",
            "    else:",
            f"        {calls[1]}",
            calls[2],
        ]

    def driven_generator(self, function: Function, asynchronous: bool) -> list[str]:
        """Return lines that step a generator or a coroutine, and throw into it."""
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            scope = Scope(frozenset(), {})
            steps: list[str] = []
            for _ in range(self.rng.randint(2, 12)):
                step = (
                    "next"
                    if not steps and self.rng.random() < 0.85
                    else self.rng.choices(
                        ("next", "send", "throw", "close", "list"), (10, 5, 2, 1, 0 if asynchronous else 1)
                    )[0]
                )
                value = self.write.fill(
                    {"send": "<any>", "throw": "ValueError(<int>)"}.get(step, "0"), scope, FLAT
                )
                steps.append(f"({step!r}, {value})")
            make = f"lambda: {function.name}({self.arguments(function, scope, FLAT)})"
            lines.append(f"drive('{function.name}', {make}, {', '.join(steps)})")
        return [f"for i in range({self.rng.randint(1, 8)}):", *indented(lines)]

    # ---- the whole -----------------------------------------------------------------------------------

    def definitions(self) -> None:
        """Write globals, classes and effects."""
        scope = Scope(frozenset(), {})
        for name, kind in (("K0", "int"), ("K1", "int"), ("K2", "float")):
            value = self.rng.choice([text for text in LITERALS[kind] if not text.startswith("K")])
            self.lines.append(f"{name} = {value}")
        self.lines += [*GLOBALS, *self.quiet.lines(DESCRIPTORS.rstrip(), scope, 1), "", ""]
        marker = len(self.lines)
        for number in range(self.rng.randint(3, 5)):
            made, lines = class_lines(self.quiet, number, self.classes)
            self.classes.append(made)
            self.lines += [*lines, "", ""]
        self.lines[marker:marker] = effect_lines(self.quiet, EFFECT_COUNT)

    def objects(self) -> None:
        """Write what makes the objects that the program has from the start."""
        for number in range(4):
            made = self.classes[number % len(self.classes)]
            value = self.write.literal("int") if made.arguments else ""
            body = [f"    O{number} = {made.name}({value})"]
            self.lines += ["try:", *body, "except Exception as e:", "    emit(trouble(e))"]

    def functions_and_calls(self) -> list[list[str]]:
        """Write functions of all sorts; return pieces of program that call them."""
        rng = self.rng
        for number in range(rng.randint(2, 4)):
            self.leaf(number)
        calls: list[list[str]] = [self.driven(function) for function in self.functions[:2]]
        numbers = kernel_writer(rng, self.write)
        for number in range(rng.randint(1, 3)):
            kinds, lines = kernel_lines(numbers, f"N{number}")
            self.lines += lines
            calls += [self.driven(Function(f"N{number}", kinds, len(kinds), None))] * rng.randint(1, 2)
        for number in range(rng.randint(2, 7)):
            lines, call = scenario_lines(self.quiet, number)
            self.lines += lines
            calls.append(call)
        for number in range(rng.randint(0, 3)):
            if rng.random() < 0.4:
                self.generators.append(self.function(f"Y{number}", "def", "function", "yield", "sync"))
                calls.append(self.driven_generator(self.generators[-1], asynchronous=False))
            self.functions.append(self.function(f"F{number}", "def", "function"))
            calls.append(self.driven(self.functions[-1]))
        if rng.random() < 0.3:
            self.recursive()
            calls.append([f"attempt('R', R, {rng.choice((3, 9, 30, 150))}, {self.write.literal('any')})"] * 4)
        if rng.random() < 0.3:
            function = self.function("AG", "async def", "yield", "await", "async")
            self.asynchronous_generators.append(function)
            for name in ("A0", "A1"):
                self.coroutines.append(self.function(name, "async def", "function", "await", "async"))
                calls.append(self.driven_generator(self.coroutines[-1], asynchronous=True))
        return calls

    def text(self) -> str:
        """Return the program."""
        self.lines += [f'"""Program {self.seed}."""', *PRELUDE.split("\n"), ""]
        self.definitions()
        calls = self.functions_and_calls()
        self.objects()
        self.rng.shuffle(calls)
        if self.rng.random() < 0.08:
            self.lines += [
                "sys.setswitchinterval(1e-5)",
                "THREADS.append(threading.Thread(target=idle, args=(STOP,)))",
                "THREADS[0].start()",
            ]
        if self.rng.random() < 0.3:
            self.lines += ["LOOKING.append(1)"]
        self.lines += ["", "try:"]
        for call in calls:
            guarded = ["try:", *indented(call), "except Exception as e:", "    emit(trouble(e))"]
            self.lines += indented(guarded)
        self.lines += ["except Budget:", "    sys.stdout.write('budget\\n')", "try:"]
        module = Scope(frozenset({"module"}), {"G0": "int", "G2": "float", "G1": "any", "O3": "obj"})
        for _ in range(self.rng.randint(1, 6)):
            self.lines += indented(self.write.statement(module, 4))
        self.lines += ["except (Budget, Exception) as e:", "    sys.stdout.write(type(e).__name__)"]
        return "\n".join([*self.lines, FINALE])


def compiles(program: str) -> bool:
    """Does Python accept the program?  The grammar does not know all rules about places of names."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(program, "program", "exec")
        except SyntaxError:
            return False
    return True


def generate(seed: int) -> str:
    """Return the program of a seed."""
    programs = (ProgramWriter(seed, attempt).text() for attempt in itertools.count())
    return next(program for program in programs if compiles(program))
