"""Command line of the stencil generator."""

import argparse
import itertools
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from stencilgen import assembly, clang, header, objects, peephole, template
from stencilgen.digest import digest_inputs, input_files
from stencilgen.errors import StencilError
from stencilgen.targets import TARGETS, Target

JOBS = 2


def with_narrow_twins(
    functions: list[assembly.SplitFunction], variants: dict[str, template.Variant]
) -> tuple[list[assembly.SplitFunction], dict[str, template.Variant]]:
    """All stencils and what they are variants of, by name.

    After each operation's come their narrow twins, if one of them has become shorter.
    """
    result: list[assembly.SplitFunction] = []
    variants = dict(variants)
    for operation, group in itertools.groupby(functions, lambda function: variants[function.name].operation):
        wide = list(group)
        twins = []
        for function in wide:
            twin = replace(variants[function.name], is_narrow=True)
            twins.append(peephole.narrowed(function, twin.function, operation.pointers))
            variants[twin.function] = twin
        result += wide
        if any(peephole.is_shorter(twin, function) for twin, function in zip(twins, wide, strict=True)):
            result += twins
    return result, {function.name: variants[function.name] for function in result}


def compile_family(
    family: template.Family, compiler: clang.Compiler, target: Target, scratch: Path
) -> list[header.Stencil]:
    """Compiles all operations of a template file. Raises StencilError."""
    variants = [variant for operation in family.operations for variant in operation.variants()]
    if not variants:
        return []
    by_function = {variant.function: variant for variant in variants}
    base = scratch / family.file.stem
    source, plain, split, compiled = (base.with_suffix(end) for end in (".c", ".s", ".split.s", ".o"))
    source.write_text(template.expand(family), encoding="utf-8")
    compiler.compile(source, plain)
    wants_next = {function: variant.operation.wants_next for function, variant in by_function.items()}
    try:
        functions = assembly.split_unit(plain.read_text(encoding="utf-8"), wants_next, target)
        if target.has_peephole:
            functions, by_function = with_narrow_twins(functions, by_function)
        split.write_text(assembly.render(functions), encoding="utf-8")
        compiler.assemble(split, compiled)
        narrow = {name: variant.is_narrow for name, variant in by_function.items()}
        parts = objects.read_parts(compiled, narrow, target)
    except StencilError as error:
        function, _, message = str(error).partition(": ")
        if function not in by_function:
            raise
        place = by_function[function].operation.place
        raise StencilError(f"{target.name}: {place}: {message}") from error
    stencils = []
    for one in functions:
        variant = by_function[one.name]
        falls_through = not variant.operation.is_raw
        slots = peephole.slots_in_rax(one, falls_through) if target.has_peephole else peephole.SlotsInRax()
        stencils.append(header.Stencil(variant, *parts[one.name], one, slots))
    return stencils


def python_tag(compiler: clang.Compiler) -> str:
    """The tag of the CPython whose headers the compiler finds: cp311, or cp311d for a debug build.

    Raises StencilError.
    """
    macros = compiler.macros("patchlevel.h", "pyconfig.h")
    debug = "d" if "Py_DEBUG" in macros else ""
    return f"cp{macros['PY_MAJOR_VERSION']}{macros['PY_MINOR_VERSION']}{debug}"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Parses the command line."""
    parser = argparse.ArgumentParser(prog="stencilgen", description=__doc__)
    parser.add_argument("--templates", type=Path, required=True, help="directory of template files")
    parser.add_argument("--variants", type=Path, required=True, help="variants.toml")
    parser.add_argument("--include", type=Path, required=True, help="the project's include directory")
    parser.add_argument("--output", type=Path, required=True, help="directory for the headers")
    parser.add_argument("--target", choices=TARGETS, help="architecture; without it, make operations.h")
    parser.add_argument("--python-include", type=Path, help="directory of the CPython headers")
    parser.add_argument("--clang", help="command that runs Clang 19 or newer")
    parser.add_argument("--depfile", type=Path, help="write the files depended on here, for make or ninja")
    parser.add_argument("--keep", type=Path, help="keep intermediate files in this directory")
    return parser.parse_args(arguments)


def generate_stencils(
    options: argparse.Namespace, families: list[template.Family], digest: str, scratch: Path
) -> Path:
    """Writes the stencils header of one target and returns its path. Raises StencilError."""
    target = TARGETS[options.target]
    if options.python_include is None:
        raise StencilError("--target needs --python-include")
    command = options.clang.split() if options.clang else clang.find_clang()
    flags = [
        *target.flags,
        f"-I{options.templates}",
        f"-I{options.include}",
        *clang.builtin_header_flags(command),
        *clang.header_flags(target.name, options.python_include, scratch / "include"),
    ]
    compiler = clang.Compiler(command, target.triple, flags)
    tag = python_tag(compiler)
    with ThreadPoolExecutor(JOBS) as pool:
        compiled = pool.map(lambda family: compile_family(family, compiler, target, scratch), families)
        stencils = [stencil for family in compiled for stencil in family]
    operations = [operation for family in families for operation in family.operations]
    text = header.stencils_header(f"{tag}, {target.name}", digest, operations, stencils)
    output: Path = options.output / f"stencils-{tag}-{target.name}.h"
    output.write_text(text, encoding="utf-8")
    return output


def included_headers(include: Path, scratch: Path) -> list[Path]:
    """This project's headers that the templates include, by what Clang noted."""
    words = {word for file in scratch.glob("*.d") for word in file.read_text(encoding="utf-8").split()}
    return sorted(Path(word) for word in words if Path(word).is_relative_to(include))


def run(options: argparse.Namespace) -> None:
    """Does what the command line asks for. Raises StencilError."""
    inputs = input_files(options.templates, options.variants, options.include)
    digest = digest_inputs(inputs)
    families = template.read_families(options.templates, options.variants)
    options.output.mkdir(parents=True, exist_ok=True)
    needed = [file for file in inputs if not file.is_relative_to(options.include)]
    if options.target is None:
        output = options.output / "operations.h"
        operations = [operation for family in families for operation in family.operations]
        output.write_text(header.operations_header(digest, operations), encoding="utf-8")
    elif options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        output = generate_stencils(options, families, digest, options.keep)
        needed += included_headers(options.include, options.keep)
    else:
        with tempfile.TemporaryDirectory(prefix="stencilgen-") as scratch:
            output = generate_stencils(options, families, digest, Path(scratch))
            needed += included_headers(options.include, Path(scratch))
    if options.depfile:
        needed.append(options.templates)  # changes when a template file is added or goes
        names = " ".join(str(file) for file in needed)
        options.depfile.write_text(f"{output}: {names}\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Runs the generator; returns the exit status."""
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        run(options)
    except StencilError as error:
        print(f"stencilgen: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
