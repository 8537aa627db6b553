"""The stencil generator: short addresses, and what rax has to do with slots."""

import pytest
from stencilgen.assembly import SplitFunction
from stencilgen.peephole import SlotsInRax, is_shorter, narrowed, slots_in_rax

TYPE = frozenset(["HOLE_1_f_type"])


def function(hot: str, cold: str = "") -> SplitFunction:
    """Of lines separated by semicolons, operands by one space."""
    parts = [[line.strip().replace(" ", "\t", 1) for line in text.split(";") if line] for text in (hot, cold)]
    return SplitFunction("f", *parts)


def narrow(hot: str, cold: str = "") -> tuple[list[str], list[str]]:
    """The hot and cold lines of the narrow twin."""
    twin = narrowed(function(hot, cold), "f__narrow", TYPE)
    hot_lines, cold_lines = ([line.replace("\t", " ") for line in part] for part in (twin.hot, twin.cold))
    return hot_lines, cold_lines


def test_a_short_address_is_compared_directly() -> None:
    hot, _ = narrow("movabsq $HOLE_1_f_type, %r10; cmpq %r10, 8(%rax); jne HOLE_2_f_miss")
    assert hot == ["cmpq $HOLE_1_f_type, 8(%rax)", "jne HOLE_2_f_miss"]


def test_addresses_of_the_interpreter_are_short_others_are_not() -> None:
    hot, _ = narrow(
        "movabsq $_Py_NoneStruct, %rax; movabsq $pyjit_state, %r10; movq %rax, 8(%rcx); incq (%r10)"
    )
    assert hot == ["movabsq $pyjit_state, %r10", "movq $_Py_NoneStruct, 8(%rcx)", "incq (%r10)"]


@pytest.mark.parametrize(
    "after",
    [
        "cmpq %r10, 8(%rax); jne HOLE_2_f_miss; movq %r10, (%rcx)",  # used twice
        "cmpq 8(%rax), %r10; jne HOLE_2_f_miss",  # not the source
        "jne .LBB0_1; cmpq %r10, 8(%rax)",  # in another block
        "callq other; movq %r10, 8(%rax)",  # a call between
        "movq %r10, %xmm1",  # takes no immediate
        "movq %r10, 8(%r10)",  # used as both
    ],
)
def test_a_register_that_is_needed_is_loaded_shortly(after: str) -> None:
    hot, _ = narrow(f"movabsq $HOLE_1_f_type, %r10; {after}")
    assert hot[0] == "movl $HOLE_1_f_type, %r10d"
    assert hot[1:] == [line.strip() for line in after.replace(".LBB0_1", ".LBB0_1_narrow").split(";")]


def test_a_register_that_is_read_elsewhere_is_loaded() -> None:
    hot, cold = narrow(
        "movabsq $HOLE_1_f_type, %r11; cmpq %r11, 8(%rax); jne .LBB0_1",
        ".LBB0_1:; movq %r11, (%rcx); jmp .LBB0_2",
    )
    assert hot[0] == "movl $HOLE_1_f_type, %r11d"
    assert cold == [".LBB0_1_narrow:", "movq %r11, (%rcx)", "jmp .LBB0_2_narrow"]


def test_a_register_that_compiled_code_lives_in_is_loaded() -> None:
    assert narrow("movabsq $HOLE_1_f_type, %r14; cmpq %r14, 8(%rax)")[0][0] == "movl $HOLE_1_f_type, %r14d"


def test_only_what_is_shorter_on_the_usual_way_counts() -> None:
    only_cold = function("incq %rax", "movabsq $HOLE_1_f_type, %r10; cmpq %r10, 8(%rax)")
    assert not is_shorter(narrowed(only_cold, "twin", TYPE), only_cold)


LOAD = "movq HOLE_0_f_x(%r12), %rax"


@pytest.mark.parametrize(
    ("hot", "slots"),
    [
        (LOAD, SlotsInRax(0, 0, keeps=False)),
        (f"{LOAD}; cmpq $3, 8(%rax); jne HOLE_2_f_miss", SlotsInRax(0, 0)),
        (f"{LOAD}; movq 24(%rax), %rax", SlotsInRax(0, -1)),
        (f"{LOAD}; movq 24(%rax), %rax; movq %rax, HOLE_1_f_to(%r12)", SlotsInRax(0, 1)),
        (
            f"{LOAD}; movq 24(%rax), %r10; movq %r10, HOLE_1_f_to(%r12)",
            SlotsInRax(0, -1),
        ),  # may be the same slot
        (f"{LOAD}; movq %r10, 8(%rax); incq (%rax)", SlotsInRax(0, 0)),
        (f"{LOAD}; decq (%rax); je .LBB0_1; incq %rbx; .LBB0_2:", SlotsInRax(0, -1)),  # joined from elsewhere
        (f".LBB0_2:; {LOAD}", SlotsInRax(-1, 0)),  # jumped to from elsewhere: the load must stay
        (f"{LOAD}; callq other", SlotsInRax(0, -1)),
        (f"{LOAD}; setne %al", SlotsInRax(0, -1)),
        (f"{LOAD}; divl %ecx", SlotsInRax(0, -1)),
        (f"{LOAD}; leaq HOLE_1_f_to(%r12), %rcx; movq %r10, (%rcx)", SlotsInRax(0, -1)),
        (f"{LOAD}; movq 48(%r12), %r12", SlotsInRax(0, -1)),  # another frame's slots
        (f"{LOAD}; testq %rax, %rax; je .Lend_f; incq %rbx; .Lend_f:", SlotsInRax(0, -1)),
        ("addsd %xmm1, %xmm0", SlotsInRax(-1, -1, keeps=True)),
        ("incq %r14; cmpq %rax, %r14", SlotsInRax(-1, -1, keeps=True)),
        ("movq $0, HOLE_0_f_x(%r12)", SlotsInRax(-1, -1)),
        ("xorl %eax, %eax", SlotsInRax(-1, -1)),
    ],
)
def test_what_rax_holds(hot: str, slots: SlotsInRax) -> None:
    seen = slots_in_rax(function(hot), falls_through=True)
    assert (seen.first, seen.last if not seen.keeps else -1) == (slots.first, slots.last)
    assert seen.keeps == slots.keeps


def test_a_cold_part_that_goes_on_behind_the_stencil_may_have_changed_rax() -> None:
    cold = ".LBB0_1:; callq other; jmp NEXT_LEAF"
    assert slots_in_rax(function(f"{LOAD}; je .LBB0_1", cold), falls_through=True) == SlotsInRax(0)


def test_what_does_not_fall_through_leaves_nothing() -> None:
    assert slots_in_rax(function(LOAD), falls_through=False) == SlotsInRax(0)
