"""Programs made from CPython's own test files: a few test methods of a file, mutated.

A program is the file without the other methods, with constants, operators and statements changed at random,
and a few lines that run each method three times and print what came of it.  What they print are outcomes, so
it does not matter that mutated tests fail, as long as they fail the same way.
"""

from __future__ import annotations

import ast
import copy
import functools
import pathlib
import random
import subprocess
import warnings

# Files about the language and pure Python modules, which leave the machine alone.
FILES = [
    "augassign",
    "binop",
    "bisect",
    "bool",
    "builtin",
    "class",
    "collections",
    "compare",
    "complex",
    "contains",
    "contextlib",
    "copy",
    "coroutines",
    "dataclasses",
    "decorators",
    "defaultdict",
    "deque",
    "descr",
    "descrtut",
    "dict",
    "dictcomps",
    "dictviews",
    "dynamic",
    "enum",
    "enumerate",
    "except_star",
    "exception_hierarchy",
    "exception_variations",
    "exceptions",
    "extcall",
    "float",
    "format",
    "fractions",
    "fstring",
    "funcattrs",
    "functools",
    "generator_stop",
    "generators",
    "genericclass",
    "genexps",
    "global",
    "graphlib",
    "grammar",
    "hash",
    "heapq",
    "index",
    "int",
    "int_literal",
    "isinstance",
    "iter",
    "iterlen",
    "itertools",
    "keywordonlyarg",
    "list",
    "listcomps",
    "long",
    "long_future",
    "longexp",
    "math",
    "metaclass",
    "named_expressions",
    "numeric_tower",
    "opcodes",
    "operator",
    "ordered_dict",
    "pattern",
    "patma",
    "pep380",
    "pkgutil",
    "pow",
    "property",
    "positional_only_arg",
    "pprint",
    "raise",
    "range",
    "reprlib",
    "richcmp",
    "scope",
    "set",
    "setcomps",
    "slice",
    "sort",
    "statistics",
    "string",
    "string_literals",
    "subclassinit",
    "super",
    "syntax",
    "textwrap",
    "tuple",
    "types",
    "typechecks",
    "unary",
    "unpack",
    "unpack_ex",
    "userdict",
    "userlist",
    "userstring",
    "utf8source",
    "weakset",
    "with",
    "yield_from",
    "abc",
    "abstract_numbers",
    "call",
    "contextlib_async",
    "asyncgen",
    "baseexception",
    "bigmem",
    "bytes",
    "buffer",
    "charmapcodec",
    "cmd",
    "colorsys",
    "copyreg",
    "difflib",
    "fnmatch",
    "getopt",
    "shlex",
    "string",
    "stringprep",
    "struct",
    "unicode",
    "keyword",
    "tokenize",
    "zip",
    "mutants",
    "minmax",
    "quopri",
]

METHODS = 5  # of a file in one program
INTS = [
    0,
    1,
    -1,
    2,
    255,
    256,
    257,
    2**30 - 1,
    2**30,
    -(2**31),
    2**60,
    2**62,
    2**63 - 1,
    2**63,
    -(2**63),
    2**70,
]
FLOATS = [0.0, -0.0, 1.5, -2.5, 1e308, 5e-324, float("inf"), 2.0**53]
BINARY = [ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Div]
COMPARE = [ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.Is, ast.IsNot]

HEAD = """\
import gc, random, re, sys, unittest, warnings
gc.disable()
random.seed(1)
warnings.simplefilter('ignore')
"""
TAIL = """\
def _outcome(case):
    result = unittest.TestResult()
    case.run(result)
    for kind in ('errors', 'failures', 'expectedFailures'):
        for _, text in getattr(result, kind):
            return kind + ' ' + text[-1500:]
    return 'skipped' if result.skipped else 'passed' if result.wasSuccessful() else 'unexpected'


for _name, _class in sorted(globals().items()):
    if isinstance(_class, type) and issubclass(_class, unittest.TestCase):
        for _method in sorted(unittest.defaultTestLoader.getTestCaseNames(_class)):
            for _ in range(3):
                try:
                    print(_name, _method, _outcome(_class(_method)))
                except BaseException as _error:
                    print(_name, _method, 'raises', type(_error).__name__)
"""


class Mutator(ast.NodeTransformer):
    """Changes a tree here and there."""

    def __init__(self, rng: random.Random, rate: float) -> None:
        """Take how often a place is changed."""
        self.rng = rng
        self.rate = rate

    def hit(self) -> bool:
        """Is this a place to change?"""
        return self.rng.random() < self.rate

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Change numbers to odd ones."""
        if type(node.value) is int and self.hit():
            return ast.Constant(self.rng.choice([*INTS, node.value + 1, float(node.value % 1000), True]))
        if type(node.value) is float and self.hit():
            return ast.Constant(self.rng.choice([*FLOATS, int(node.value) if abs(node.value) < 1e9 else 1]))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Leave these alone: their format is made of constants."""
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Change operators."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Pow | ast.LShift | ast.Mod | ast.Mult) and self.hit():
            node.op = self.rng.choice(BINARY)()
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Change comparisons."""
        self.generic_visit(node)
        if not isinstance(node.ops[0], ast.In | ast.NotIn) and self.hit():
            node.ops[0] = self.rng.choice(COMPARE)()
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        """Leave patterns alone, which allow few constants."""
        node.body = self.statements(node.body)
        return node

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements changed, some twice, some in a loop, some gone."""
        changed: list[ast.stmt] = []
        for statement in body:
            one = self.visit(statement)
            simple = isinstance(one, ast.Assign | ast.AugAssign | ast.Expr)
            if not simple or not self.hit():
                changed.append(one)
                continue
            match self.rng.randrange(4):
                case 0:
                    changed += [one, copy.deepcopy(one)]
                case 1:
                    loop = ast.parse(
                        f"for _{self.rng.randrange(9)} in range({self.rng.randint(0, 20)}): pass"
                    )
                    assert isinstance(loop.body[0], ast.For)
                    loop.body[0].body = [one]
                    changed += loop.body
                case 2:
                    changed.insert(self.rng.randint(0, len(changed)), one)
        return changed or [ast.Pass()]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Change a function's body."""
        node.body = self.statements(node.body)
        return node


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def _is_main(node: ast.stmt) -> bool:
    """Is it what runs the file's tests?"""
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


@functools.cache
def library(python: pathlib.Path) -> tuple[pathlib.Path, ...]:
    """Return the test files of an interpreter; none if it has no tests."""
    code = "import test, os; print(os.path.dirname(test.__file__))"
    run = subprocess.run([str(python), "-c", code], check=False, capture_output=True, text=True)
    paths = [pathlib.Path(run.stdout.strip()) / f"test_{name}.py" for name in FILES]
    return tuple(path for path in paths if path.exists())


@functools.cache
def _parsed(path: pathlib.Path) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(path.read_text(encoding="utf-8"))


def mutate(python: pathlib.Path, seed: int) -> str:
    """Return the program of a seed, made from a test file of the interpreter."""
    rng = random.Random(seed)
    tree = copy.deepcopy(_parsed(rng.choice(library(python))))
    tree.body = [node for node in tree.body if not _is_main(node)]
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    tests = [one for node in classes for one in node.body if _is_test(one)]
    chosen = set(map(id, rng.sample(tests, min(METHODS, len(tests)))))
    mutator = Mutator(rng, rng.choice((0.02, 0.05, 0.15)))
    for node in classes:
        node.body = [one for one in node.body if not _is_test(one) or id(one) in chosen] or [ast.Pass()]
        node.body = [
            mutator.visit(one) if id(one) in chosen or rng.random() < 0.1 else one for one in node.body
        ]
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    tree.body = [
        *future,
        *ast.parse(HEAD).body,
        *(n for n in tree.body if n not in future),
        *ast.parse(TAIL).body,
    ]
    return f"# {seed}\n{ast.unparse(ast.fix_missing_locations(tree))}\n"
