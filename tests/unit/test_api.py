"""The public functions of the package pyjit."""

from __future__ import annotations

import textwrap

import pytest
from support import Interpreter, Run

WORK = """
def work(n):
    total = 0
    for i in range(n):
        total += i
    return total
"""


def run(jit: Interpreter, code: str, **settings: str) -> Run:
    """Run statements after the definition of work(); all must go well and silently."""
    done = jit.run_code("import pyjit\n" + WORK + textwrap.dedent(code), settings)
    assert done.status == 0, done.report()
    assert done.err == "", done.report()
    return done


def test_off_unless_asked(jit: Interpreter) -> None:
    run(jit, "assert not pyjit.is_enabled()")


def test_setting_starts_it(jit: Interpreter) -> None:
    run(jit, "assert pyjit.is_enabled()", PYJIT="1")


def test_enable_and_disable_answer_and_repeat(jit: Interpreter) -> None:
    run(
        jit,
        """
        assert pyjit.enable() is True
        assert pyjit.enable() is True
        assert pyjit.is_enabled() is True
        assert pyjit.disable() is None
        assert pyjit.disable() is None
        assert pyjit.is_enabled() is False
        """,
    )


def test_a_hot_function_is_compiled(jit: Interpreter) -> None:
    run(
        jit,
        """
        pyjit.enable()
        assert not pyjit.is_compiled(work)
        for _ in range(5000):
            assert work(100) == 4950
        assert pyjit.is_compiled(work)
        assert pyjit.is_compiled(work.__code__)
        """,
    )


def test_a_threshold_is_respected(jit: Interpreter) -> None:
    run(
        jit,
        """
        def plain(x):
            return x
        for i in range(1, 10):
            list(map(plain, [i]))  # not in the place of a call
            assert pyjit.is_compiled(plain) == (i >= 5), i
        """,
        PYJIT="1",
        PYJIT_THRESHOLD="5",
    )


def test_compile_makes_the_next_call_compile(jit: Interpreter) -> None:
    run(
        jit,
        """
        def plain(x):
            return x + 1
        class C:
            def method(self):
                return 1
        pyjit.enable()
        for f in (plain, C().method):
            assert pyjit.compile(f) is None
            assert not pyjit.is_compiled(f)
        assert plain(1) == 2 and C().method() == 1
        assert pyjit.is_compiled(plain) and pyjit.is_compiled(C().method) and pyjit.is_compiled(C.method)
        """,
        PYJIT_THRESHOLD="100000",
    )


def test_compile_needs_the_jit(jit: Interpreter) -> None:
    run(
        jit,
        """
        try:
            pyjit.compile(work)
        except RuntimeError:
            pass
        else:
            raise AssertionError
        assert not pyjit.is_compiled(work)
        """,
    )


@pytest.mark.parametrize("name", ["compile", "is_compiled", "disassemble"])
@pytest.mark.parametrize("value", ["5", "None", "len", "'work'", "int", "[].append"])
def test_only_python_code_is_accepted(jit: Interpreter, name: str, value: str) -> None:
    run(
        jit,
        f"""
        pyjit.enable()
        try:
            pyjit.{name}({value})
        except TypeError as error:
            assert str(error)
        else:
            raise AssertionError
        """,
    )


def test_stats_count(jit: Interpreter) -> None:
    run(
        jit,
        """
        before = pyjit.stats()
        for _ in range(20):
            work(100)
        after = pyjit.stats()
        assert list(before) == list(after)
        numbers = {k: v for k, v in after.items() if k not in ("refusals", "exits")}
        assert all(type(v) is int and v >= 0 for v in numbers.values()), after
        assert all(type(after[k]) is dict for k in ("refusals", "exits"))
        for name in ("codes_compiled", "blocks_compiled", "bytes_hot", "compile_ns", "code_memory_used"):
            assert after[name] > before[name], name
        assert after["code_memory_committed"] >= after["code_memory_used"]
        assert sum(after["exits"].values()) == after["exits_to_interpreter"]
        assert sum(after["refusals"].values()) == after["refused"]
        """,
        PYJIT="1",
        PYJIT_THRESHOLD="4",
    )


def test_stats_before_enable(jit: Interpreter) -> None:
    run(jit, "assert pyjit.stats()['blocks_compiled'] == 0")


def test_disassemble_shows_every_block(jit: Interpreter) -> None:
    run(
        jit,
        """
        pyjit.enable()
        for _ in range(20):
            work(100)
        text = pyjit.disassemble(work)
        assert text.count("block at offset") >= 2, text
        assert "FOR_ITER" in text and "BINARY_OP" in text, text
        assert pyjit.disassemble(work.__code__) == text
        """,
        PYJIT_THRESHOLD="4",
    )


def test_disassemble_of_code_never_run_is_empty(jit: Interpreter) -> None:
    run(jit, "pyjit.enable()\nassert pyjit.disassemble(work) == ''")


def test_turned_off_and_on_in_a_running_loop(jit: Interpreter) -> None:
    run(
        jit,
        """
        def switch(n):
            total = 0
            for i in range(n):
                if i % 100 == 50:
                    pyjit.disable()
                    assert not pyjit.is_enabled()
                if i % 100 == 75:
                    pyjit.enable()
                total += work(i % 7) + (0.5 if i > n // 2 else 1)
            return total
        pyjit.enable()
        results = {repr(switch(1000)) for _ in range(20)}
        assert len(results) == 1, results
        pyjit.disable()
        assert repr(switch(1000)) in results
        """,
        PYJIT_THRESHOLD="4",
    )


def test_a_running_frame_is_left_when_turned_off(jit: Interpreter) -> None:
    code = """
import pyjit
def add(x, y):
    return x + y
def loop(n, change):
    total = 0
    for i in range(n):
        if i == 50:
            change()
        total = add(total, i)
    return total
assert loop(100, int) == 4950
assert "another frame evaluator is set" not in pyjit.stats()["exits"]
assert loop(100, pyjit.disable) == 4950
assert pyjit.stats()["exits"]["another frame evaluator is set"] > 0
"""
    run = jit.run_code(code, PYJIT="1", PYJIT_THRESHOLD="1")
    assert run.status == 0, run.report()


def test_turned_off_from_deep_inside(jit: Interpreter) -> None:
    run(
        jit,
        """
        def down(n):
            if n == 0:
                pyjit.disable()
                return 0
            return down(n - 1) + 1
        def gen(n):
            for i in range(n):
                if i == n // 2:
                    pyjit.disable()
                yield i
        for _ in range(30):
            pyjit.enable()
            assert down(50) == 50
            assert not pyjit.is_enabled()
            pyjit.enable()
            assert sum(gen(100)) == 4950
            assert not pyjit.is_enabled()
            assert work(100) == 4950
        """,
        PYJIT_THRESHOLD="4",
    )


def test_generators_are_stepped_by_pyjit_only_when_on(jit: Interpreter) -> None:
    run(
        jit,
        """
        def gen(n):
            for i in range(n):
                yield i
        def entries():
            before = pyjit.stats()["entries"]
            assert sum(map(int, gen(100))) == 4950
            return pyjit.stats()["entries"] - before
        assert entries() == 0
        for _ in range(3):
            pyjit.enable()
            entries()
            assert entries() > 100
            pyjit.disable()
            assert entries() == 0
        """,
        PYJIT_THRESHOLD="4",
    )


def test_nothing_new_is_compiled_when_off(jit: Interpreter) -> None:
    run(
        jit,
        """
        pyjit.enable()
        pyjit.disable()
        before = pyjit.stats()["blocks_compiled"]
        for _ in range(100):
            work(100)
        assert pyjit.stats()["blocks_compiled"] == before
        assert not pyjit.is_compiled(work)
        """,
        PYJIT_THRESHOLD="4",
    )


def test_functions_sharing_code_share_machine_code(jit: Interpreter) -> None:
    run(
        jit,
        """
        import types
        pyjit.enable()
        twin = types.FunctionType(work.__code__, {"range": range})
        for _ in range(20):
            work(50)
        assert pyjit.is_compiled(twin)
        """,
        PYJIT_THRESHOLD="4",
    )


def test_every_kind_of_code_is_compiled(jit: Interpreter) -> None:
    run(
        jit,
        """
        import inspect
        def gen(n):
            for i in range(n):
                yield i
        async def coro(n):
            return n
        async def agen(n):
            for i in range(n):
                yield i
        async def use(n):
            total = await coro(1)
            async for i in agen(n):
                total += i
            return total
        class C:
            def __init__(self, v):
                self.v = v
            @property
            def p(self):
                return self.v
            @staticmethod
            def s(x):
                return x
            @classmethod
            def c(cls, x):
                return x
        def handler():
            try:
                raise ValueError
            except ValueError:
                return 1
            finally:
                len("")
        def closure(n):
            def inner():
                return n
            return inner
        def match(x):
            match x:
                case [a, b]:
                    return a
                case {"k": v}:
                    return v
            return None
        for _ in range(30):
            assert sum(gen(10)) == 45
            try:
                use(3).send(None)
            except StopIteration as stop:
                assert stop.value == 4
            assert C(1).p == C.s(1) == C.c(1) == 1
            assert handler() == 1
            inner = closure(5)
            assert inner() == 5
            assert match([1, 2]) == 1 and match({"k": 3}) == 3
            assert [x for x in range(5)] == [0, 1, 2, 3, 4]
        todo = [gen, coro, agen, use, C.__init__, C.p.fget, C.s, C.c, handler, closure, inner, match]
        left = [f.__name__ for f in todo if not pyjit.is_compiled(f)]
        assert not left, (left, pyjit.stats())
        """,
        PYJIT="1",
        PYJIT_THRESHOLD="1",
    )


def test_signatures_are_documented(jit: Interpreter) -> None:
    run(
        jit,
        """
        import inspect
        for name in pyjit.__all__:
            assert inspect.signature(getattr(pyjit, name)) is not None
            assert inspect.getdoc(getattr(pyjit, name)), name
        """,
    )
