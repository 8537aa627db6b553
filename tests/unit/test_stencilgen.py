"""The stencil generator from end to end: template files in, stencils out, and running them."""

import ctypes
import mmap
import platform
import re
import shutil
import struct
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stencilgen import __main__ as command
from stencilgen import clang, header, template
from stencilgen.errors import StencilError
from stencilgen.objects import Part
from stencilgen.targets import TARGETS, Target

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "stencilgen_data"
PYTHON_INCLUDE = Path(sysconfig.get_path("include"))


def compiler_for(target: Target, scratch: Path) -> clang.Compiler:
    """A compiler for the target; skips the test where there is none."""
    try:
        found = clang.find_clang()
        headers = clang.header_flags(target.name, PYTHON_INCLUDE, scratch / "include")
    except StencilError as error:
        pytest.skip(str(error))
    flags = [*target.flags, *clang.builtin_header_flags(found), *headers]
    includes = [f"-I{ROOT / 'templates'}", f"-I{ROOT / 'include'}"]
    return clang.Compiler(found, target.triple, [*flags, *includes])


def compile_text(text: str, target: Target, scratch: Path) -> dict[str, header.Stencil]:
    """The stencils of a template file by name of the variant."""
    compiler = compiler_for(target, scratch)
    family = template.parse_family(Path("family.c"), text)
    stencils = command.compile_family(family, compiler, target, scratch)
    return {stencil.variant.name: stencil for stencil in stencils}


@pytest.fixture(params=TARGETS.values(), ids=list(TARGETS))
def target(request: pytest.FixtureRequest) -> Target:
    result: Target = request.param
    return result


def test_the_smoke_templates_compile_for_every_target(target: Target, tmp_path: Path) -> None:
    text = (DATA / "smoke.c").read_text(encoding="utf-8")
    stencils = compile_text(text, target, tmp_path)
    family = template.parse_family(Path("family.c"), text)
    assert [name for name in stencils if not stencils[name].variant.is_narrow] == [
        variant.name for operation in family.operations for variant in operation.variants()
    ]
    assert ("guard_type__narrow" in stencils) == target.has_peephole


def test_two_runs_give_the_same_bytes(target: Target, tmp_path: Path) -> None:
    compiler_for(target, tmp_path)
    templates = tmp_path / "templates"
    templates.mkdir()
    for file in (DATA / "smoke.c", ROOT / "templates" / "template.h"):
        shutil.copy(file, templates)
    shutil.copytree(ROOT / "include", tmp_path / "include", dirs_exist_ok=True)
    texts = []
    for name in ("first", "second"):
        status = command.main(
            [
                f"--templates={templates}",
                f"--variants={no_variants(tmp_path)}",
                f"--include={tmp_path / 'include'}",
                f"--output={tmp_path / name}",
                f"--python-include={PYTHON_INCLUDE}",
                f"--target={target.name}",
            ]
        )
        assert status == 0
        (output,) = (tmp_path / name).iterdir()
        texts.append(output.read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("if (Py_TYPE(x) == &PyFloat_Type) r0 = 1;", r"PyFloat_Type.*ADDRESS\(PyFloat_Type\)"),
        ('extern char hidden __attribute__((visibility("hidden"))); r0 = hidden;', r"ADDRESS\(hidden\)"),
        ('x = PyUnicode_FromString("text");', "constant data"),
        ("outlined(frame);", "outlined.*declare it inline"),
    ],
)
def test_a_template_that_cannot_be_a_stencil_is_named(
    body: str, message: str, target: Target, tmp_path: Path
) -> None:
    text = f"""#include "template.h"
        static __attribute__((noinline)) void outlined(Frame *frame) {{ frame->stacktop++; }}
        OPERATION(faulty, SLOT(x)) {{ {body} }}"""
    with pytest.raises(StencilError, match=rf"operation faulty \(family\.c:3\): .*{message}"):
        compile_text(text, target, tmp_path)


def test_a_mistake_in_c_is_reported_at_its_line(tmp_path: Path) -> None:
    text = '#include "template.h"\nOPERATION(faulty, IREG(a)) {\n    a = nonsense;\n}\n'
    with pytest.raises(StencilError, match=r"family\.c:3:\d+: error"):
        compile_text(text, TARGETS["x86_64"], tmp_path)


def no_variants(directory: Path) -> Path:
    file = directory / "variants.toml"
    file.write_text("", encoding="utf-8")
    return file


# --- Running stencils -------------------------------------------------------------------------


@dataclass
class Step:
    """A stencil to lay out, and its operands by name; an exit's value is the label of a step."""

    stencil: str
    operands: dict[str, int | str] = field(default_factory=dict)
    label: str = ""


class Program:
    """A linker for tests: lays stencils out in executable memory and calls them."""

    WORDS = 16

    def __init__(self, stencils: dict[str, header.Stencil]) -> None:
        self.stencils = stencils
        self.memory = mmap.mmap(-1, 65536, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        self.base = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        self.frame = (ctypes.c_int64 * self.WORDS)()

    def _patch(self, step: Step, part: Part, own: dict[str, int], labels: dict[str, int]) -> bytes:
        code = bytearray(part.code)
        operation = self.stencils[step.stencil].variant.operation
        start = own["part"]
        for hole in part.holes:
            if hole.value == "VALUE_OPERAND":
                given = step.operands[operation.operands[hole.operand].name]
                value = labels[given] if isinstance(given, str) else given
            else:
                value = own[hole.value]
            value += hole.addend
            if hole.kind == "HOLE_X86_64_REL32":
                value -= start + hole.offset
            layout = "<q" if hole.kind == "HOLE_X86_64_ABS64" else "<i"
            struct.pack_into(layout, code, hole.offset, value)
        return bytes(code)

    def run(self, steps: list[Step]) -> list[int]:
        """Runs the steps, entered through the stencil `enter`; returns the words of the frame."""
        steps = [Step("enter", label="enter"), Step("helper", label="helper"), *steps]
        address = self.base
        places: list[dict[str, int]] = []
        for temperature in ("HOT", "COLD"):
            for position, step in enumerate(steps):
                stencil = self.stencils[step.stencil]
                size = len((stencil.hot if temperature == "HOT" else stencil.cold).code)
                if temperature == "HOT":
                    places.append({"VALUE_HOT": address, "VALUE_NEXT": address + size})
                else:
                    places[position]["VALUE_COLD"] = address
                address += size
        labels = {step.label: place["VALUE_HOT"] for step, place in zip(steps, places, strict=True)}
        for step, place in zip(steps, places, strict=True):
            stencil = self.stencils[step.stencil]
            for part_name, part in (("VALUE_HOT", stencil.hot), ("VALUE_COLD", stencil.cold)):
                code = self._patch(step, part, {**place, "part": place[part_name]}, labels)
                offset = place[part_name] - self.base
                self.memory[offset : offset + len(code)] = code
        signature = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        signature(labels["enter"])(places[2]["VALUE_HOT"], ctypes.addressof(self.frame), 0)
        return list(self.frame)


def slot(number: int) -> int:
    return 8 * number


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    if platform.machine() != "x86_64" or sys.platform != "linux":
        pytest.skip("the linker of this test is for x86-64 Linux")
    scratch = tmp_path_factory.mktemp("stencils")
    text = (DATA / "smoke.c").read_text(encoding="utf-8")
    stencils = compile_text(text, TARGETS["x86_64"], scratch)
    return Program(stencils)


LEAVE = Step("leave", {"result": slot(15)}, label="out")


@pytest.mark.parametrize("value", [0, 1, -1, 5, -(2**31) + 8, 2**31 - 8])
@pytest.mark.parametrize("register", range(4))
def test_immediates_are_signed_and_of_any_value(program: Program, value: int, register: int) -> None:
    frame = program.run(
        [
            Step(f"int_constant__r{register}", {"value": value}),
            Step(f"store_int__r{register}", {"a": 0, "to": slot(0)}),
            Step("int_is_zero__r0", {"value": value}),
            Step("store_int__r0", {"to": slot(1)}),
            Step("int_equal__r1", {"x": value, "y": value}),
            Step("store_int__r1", {"to": slot(2)}),
            Step("int_equal__r2", {"x": value, "y": value + 1}),
            Step("store_int__r2", {"to": slot(3)}),
            LEAVE,
        ]
    )
    assert frame[:4] == [value, int(value == 0), 1, 0]


@pytest.mark.parametrize(("x", "y", "overflows"), [(20, 22, False), (-3, 1, False), (2**30, 2**30, False)])
def test_registers_pass_from_stencil_to_stencil(program: Program, x: int, y: int, overflows: bool) -> None:
    frame = program.run(
        [
            Step("int_constant__r2", {"value": x}),
            Step("int_constant__r3", {"value": y}),
            Step("int_add__r2_r3", {"overflow": "out"}),
            Step("store_int__r2", {"to": slot(0)}),
            LEAVE,
        ]
    )
    assert frame[0] == x + y


def test_an_exit_is_taken_with_the_registers_as_they_are(program: Program) -> None:
    doubling = [Step("int_add__r0_r0", {"overflow": "failed"}) for _ in range(63)]
    frame = program.run(
        [
            Step("int_constant__r0", {"value": 3}),
            *doubling,
            LEAVE,
            Step("store_int__r0", {"to": slot(0)}, label="failed"),
            Step("jump", {"target": "out"}),
        ]
    )
    assert frame[0] == 3 * 2**61


def test_doubles_pass_and_constants_are_found(program: Program) -> None:
    bits = struct.unpack("<q", struct.pack("<d", 10.0))[0]
    frame = program.run(
        [
            Step("load_float__f4", {"bits": bits}),
            Step("load_float__f5", {"bits": bits}),
            Step("float_add__f4_f5"),
            Step("float_half__f4"),
            Step("float_negate__f4"),
            Step("store_float__f4", {"to": slot(0)}),
            LEAVE,
        ]
    )
    assert struct.unpack("<d", struct.pack("<q", frame[0]))[0] == -6.0


@pytest.mark.parametrize("oparg", [7, -7])
def test_a_helper_is_called_and_its_result_tested(program: Program, oparg: int) -> None:
    frame = program.run(
        [
            Step("int_constant__r0", {"value": 100}),
            Step("int_constant__r1", {"value": 1}),
            Step("store_int__r0", {"to": slot(5)}),
            Step("generic_call", {"oparg": oparg, "top": slot(5), "helper": "helper", "error": "failed"}),
            Step("int_constant__r1", {"value": 2}),
            Step("store_int__r1", {"to": slot(6)}, label="failed"),
            LEAVE,
        ]
    )
    assert frame[5:7] == [100 + oparg, 2 if oparg > 0 else 1]


@pytest.mark.parametrize(("x", "y", "less"), [(1, 2, True), (2, 1, False), (-1, 0, True), (3, 3, False)])
def test_a_raw_operation_goes_one_of_two_ways(program: Program, x: int, y: int, less: bool) -> None:
    frame = program.run(
        [
            Step("int_constant__r0", {"value": x}),
            Step("int_constant__r1", {"value": y}),
            Step("int_constant__r2", {"value": 1}),
            Step("branch_if_less__r0_r1", {"target": "less"}),
            Step("int_constant__r2", {"value": 0}),
            Step("store_int__r2", {"to": slot(0)}, label="less"),
            LEAVE,
        ]
    )
    assert frame[0] == int(less)


def test_addresses_of_exits_and_of_the_next_stencil_can_be_kept(program: Program) -> None:
    frame = program.run(
        [
            Step("push_exit", {"x": slot(0), "resume": "resume"}),
            Step("int_constant__r0", {"value": 1}),
            Step("tail", {"code": slot(0)}),
            Step("int_constant__r0", {"value": 2}),
            Step("store_int__r0", {"to": slot(1)}, label="resume"),
            LEAVE,
        ]
    )
    assert frame[1] == 1


# --- The header -------------------------------------------------------------------------------


def test_the_header_names_operands_and_shows_the_assembly(tmp_path: Path) -> None:
    stencils = compile_text((DATA / "smoke.c").read_text(encoding="utf-8"), TARGETS["x86_64"], tmp_path)
    chosen = stencils["guard_type"]
    operation = chosen.variant.operation
    twin = stencils["guard_type__narrow"]
    text = header.stencils_header("cp311, x86_64", "0", [operation], [chosen, twin])
    assert "{4, HOLE_X86_64_ABS32S, VALUE_OPERAND, 0 /* x */, 0}," in text
    assert re.search(r"/\* guard_type\n \* hot:\n \*     movq HOLE_0_guard_type_x\(%r12\), %rax\n", text)
    assert '{"guard_type", 0, 1, 0x0, 0x4, 0x2, 3, 0, {OPERAND_SLOT, OPERAND_POINTER, OPERAND_EXIT},' in text
    assert re.search(r", 0, 0}, /\* guard_type \*/\n.*, 0, 0}, /\* guard_type__narrow \*/\n", text)
    assert len(twin.hot.code) < len(chosen.hot.code)


def test_all_templates_compile_for_aarch64(tmp_path: Path) -> None:
    """They are not linked or run there yet, but it is known that they could be."""
    target = TARGETS["aarch64"]
    compiler = compiler_for(target, tmp_path)
    files = sorted((ROOT / "templates").glob("*.c"))
    assert len(files) > 10
    for path in files:
        family = template.parse_family(path, path.read_text(encoding="utf-8"))
        assert command.compile_family(family, compiler, target, tmp_path), path.name
