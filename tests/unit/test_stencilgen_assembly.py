"""The stencil generator: splitting functions into hot and cold parts."""

import pytest
from stencilgen.assembly import split_function
from stencilgen.errors import StencilError
from stencilgen.targets import AARCH64, X86_64, Target


def split(text: str, target: Target = X86_64, wants_next: bool = True) -> tuple[list[str], list[str]]:
    """Hot and cold lines; in `text` lines are separated by semicolons and operands by one space."""
    lines = [line.strip().replace(" ", "\t", 1) for line in text.split(";")]
    result = split_function("f", lines, {".LCPI0_0": [".quad 1"]}, target, wants_next)
    plain = [[line.replace("\t", " ") for line in part] for part in (result.hot, result.cold)]
    return plain[0], plain[1]


def test_the_jump_to_the_next_stencil_disappears() -> None:
    assert split("addq %rax, %rbx; jmp NEXT_LEAF") == (["addq %rax, %rbx"], [])


def test_a_jump_that_is_left_out_by_itself_leaves_nothing() -> None:
    assert split("jmp NEXT_LEAF") == ([], [])


def test_a_branch_to_a_jump_goes_where_the_jump_goes() -> None:
    hot, cold = split("testq %rax, %rax; jne .LBB0_1; incq %rbx; jmp NEXT_LEAF; .LBB0_1:; jmp HOLE_0_f_e")
    assert hot == ["testq %rax, %rax", "jne HOLE_0_f_e", "incq %rbx"]
    assert cold == []


def test_a_conditional_branch_stays_inside_on_aarch64() -> None:
    hot, cold = split("cbz x0, .LBB0_1; add x1, x1, #1; b NEXT_LEAF; .LBB0_1:; b HOLE_0_f_e", AARCH64)
    assert hot == ["cbz x0, .LBB0_1", "add x1, x1, #1"]
    assert cold == [".LBB0_1:", "b HOLE_0_f_e"]


def test_a_branch_over_an_exit_is_inverted() -> None:
    hot, cold = split("testq %rax, %rax; jle NEXT_LEAF; jmp HOLE_0_f_e")
    assert (hot, cold) == (["testq %rax, %rax", "jg HOLE_0_f_e"], [])


def test_an_exit_laid_out_first_becomes_cold() -> None:
    hot, cold = split(
        "cmpq $3, %rax; jl .LBB0_2; movq %rax, %rbx; jmp HOLE_0_f_e; .LBB0_2:; incq %rax; jmp NEXT_LEAF"
    )
    assert hot == ["cmpq $3, %rax", "jge .Lrest_f_0", ".LBB0_2:", "incq %rax"]
    assert cold == [".Lrest_f_0:", "movq %rax, %rbx", "jmp HOLE_0_f_e"]


def test_a_skipped_call_becomes_cold() -> None:
    hot, cold = split("decq (%rax); jne NEXT_LEAF; pushq %rax; callq release; popq %rax; jmp NEXT_LEAF")
    assert hot == ["decq (%rax)", "je .Lrest_f_0"]
    assert cold == [".Lrest_f_0:", "pushq %rax", "callq release", "popq %rax", "jmp NEXT_LEAF"]


def test_a_raw_operation_keeps_its_order() -> None:
    hot, cold = split("testq %rax, %rax; je HOLE_0_f_e; retq", wants_next=False)
    assert (hot, cold) == (["testq %rax, %rax", "je HOLE_0_f_e", "retq"], [])


def test_a_branch_from_the_hot_part_to_the_next_stencil_goes_to_its_end() -> None:
    hot, _ = split("testq %rax, %rax; je NEXT_LEAF; incq %rax; jmp NEXT_LEAF")
    assert hot == ["testq %rax, %rax", "je .Lend_f", "incq %rax", ".Lend_f:"]


def test_a_short_move_of_a_hole_is_sign_extended() -> None:
    assert split("movl $IMM_0_f_x+1, %r8d; movl $5, %eax; jmp NEXT_LEAF")[0] == [
        "movq $IMM_0_f_x+1, %r8",
        "movl $5, %eax",
    ]


def test_constants_go_to_the_end_of_the_cold_part() -> None:
    hot, cold = split("mulsd .LCPI0_0(%rip), %xmm0; jmp NEXT_LEAF")
    assert hot == ["mulsd .LCPI0_0_f(%rip), %xmm0"]
    assert cold == [".LCPI0_0_f:", ".quad 1"]


def test_constants_are_loaded_directly_on_aarch64() -> None:
    hot, cold = split("adrp x8, .LCPI0_0; ldr d1, [x8, :lo12:.LCPI0_0]; b NEXT_LEAF", AARCH64)
    assert hot == ["ldr d1, .LCPI0_0_f"]
    assert cold == [".LCPI0_0_f:", ".quad 1"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("pushq %rax; jmp NEXT_LEAF", X86_64),
        ("subq $24, %rsp; testq %rax, %rax; je HOLE_0_f_e; addq $24, %rsp; jmp NEXT_LEAF", X86_64),
        ("str x30, [sp, #-16]!; b NEXT_LEAF", AARCH64),
        ("sub sp, sp, #32; b NEXT_LEAF", AARCH64),
    ],
)
def test_leaving_with_a_changed_stack_is_rejected(text: str, target: Target) -> None:
    with pytest.raises(StencilError, match="bytes left on the stack"):
        split(text, target)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("xorps .LCPI0_0(%rip), %xmm0; jmp NEXT_LEAF", "aligned constant"),
        ("movq $.L.str, %rdi; jmp NEXT_LEAF", "constant data"),
        ("incq %rax", "past its end"),
    ],
)
def test_what_cannot_be_moved_is_rejected(text: str, message: str) -> None:
    with pytest.raises(StencilError, match=message):
        split(text)


def test_a_test_before_a_skipped_call_stays_hot() -> None:
    hot, cold = split(
        "testq %rax, %rax; je NEXT_LEAF; decq (%rax); jne NEXT_LEAF; callq release; jmp NEXT_LEAF"
    )
    assert hot == ["testq %rax, %rax", "je .Lend_f", "decq (%rax)", "je .Lrest_f_0", ".Lend_f:"]
    assert cold == [".Lrest_f_0:", "callq release", "jmp NEXT_LEAF"]
