"""The stencil generator: parsing template files and expanding operations."""

from pathlib import Path

import pytest
from stencilgen import template
from stencilgen.errors import StencilError

FILE = Path("family.c")


def parse_one(text: str) -> template.Operation:
    (operation,) = template.parse_family(FILE, text).operations
    return operation


def test_an_operation_has_its_operands_in_order() -> None:
    operation = parse_one("OPERATION(add, FREG(a), SLOT(x), EXIT(miss)) { a += 1; }")
    assert [(operand.kind, operand.name) for operand in operation.operands] == [
        ("FREG", "a"),
        ("SLOT", "x"),
        ("EXIT", "miss"),
    ]


def test_the_rest_of_the_file_is_the_preamble_with_its_lines_in_place() -> None:
    text = "int before;\nOPERATION(one) {\n}\nint after;\n"
    family = template.parse_family(FILE, text)
    assert family.preamble.splitlines() == ["int before;", "", "", "int after;"]
    assert family.operations[0].line == 2


def test_braces_in_comments_strings_and_characters_do_not_end_a_body() -> None:
    body = "{ /* } */ f(\"}\", '}'); // }\n }"
    assert parse_one(f"OPERATION(one) {body}").body == body


def test_operations_in_comments_are_none() -> None:
    assert template.parse_family(FILE, "/* OPERATION(one) { } */").operations == ()


def test_there_is_a_variant_for_each_combination_of_registers() -> None:
    operation = parse_one("OPERATION(mix, IREG(a), SLOT(x), FREG(b)) { }")
    assert operation.stencil_count == 8 * 8
    assert operation.strides == (8, 0, 1)
    names = [variant.name for variant in operation.variants()]
    assert names[1 * 8 + 2 * 1] == "mix__r1_f2"
    assert len(set(names)) == 64


def test_a_calling_operation_has_two_registers() -> None:
    assert parse_one("CALLING_OPERATION(call, IREG(a)) { }").stencil_count == 2


def test_a_c_function_has_one_stencil() -> None:
    operation = parse_one("C_FUNCTION(enter, int, (void *code, int n)) { return n; }")
    assert (operation.result, operation.parameters) == ("int", "(void *code, int n)")
    assert operation.stencil_count == 1


def test_operands_are_replaced_but_members_and_strings_are_not() -> None:
    family = template.parse_family(FILE, 'OPERATION(one, IREG(x)) { x = p->x + q.x + max(x, "x"); }')
    assert '{ r3 = p->x + q.x + max(r3, "x"); }' in template.expand(family)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("OPERATION(one, WHAT(x)) { }", "'WHAT(x)' is not an operand"),
        ("OPERATION(one, IREG(frame)) { }", "cannot be named 'frame'"),
        ("OPERATION(one, IREG(a), SLOT(a)) { }", "same name"),
        ("CALLING_OPERATION(one, FREG(a)) { }", "do not survive"),
        ("OPERATION(one) { ", "has no end"),
        ("OPERATION(one);", "needs operands in parentheses and a body"),
        ("C_FUNCTION(one, int) { }", "C_FUNCTION takes"),
        ("OPERATION(one, " + ", ".join(f"IMM(a{n})" for n in range(11)) + ") { }", "more than 10"),
    ],
)
def test_a_mistake_is_reported_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(StencilError, match=r"^family\.c:2: ") as caught:
        template.parse_family(FILE, "\n" + text)
    assert message in str(caught.value)


def read(tmp_path: Path, text: str, variants: str) -> list[template.Family]:
    (tmp_path / "family.c").write_text(text, encoding="utf-8")
    limits = tmp_path / "variants.toml"
    limits.write_text(variants, encoding="utf-8")
    return template.read_families(tmp_path, limits)


def test_variants_toml_limits_registers(tmp_path: Path) -> None:
    (family,) = read(tmp_path, "OPERATION(add, FREG(a), FREG(b)) { }", "[add]\na = 2\n")
    assert family.operations[0].stencil_count == 2 * 8
    assert family.operations[0].strides == (8, 1)


@pytest.mark.parametrize("variants", ["[other]\na = 1\n", "[add]\nz = 1\n", "[add]\na = 9\n", "add = ["])
def test_variants_toml_with_a_mistake_is_rejected(tmp_path: Path, variants: str) -> None:
    with pytest.raises(StencilError):
        read(tmp_path, "OPERATION(add, FREG(a)) { }", variants)


def test_an_operation_defined_twice_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(StencilError, match="already defined"):
        read(tmp_path, "OPERATION(add) { }\nOPERATION(add) { }", "")
