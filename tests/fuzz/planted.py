"""Does the fuzzer find bugs?  Plants bugs in a copy of the tree, one at a time, and fuzzes what is built.

``PYTHONPATH=tests python -m fuzz.planted --python PY --minutes 3 [NAME ...]``.  Needs what building pyjit
needs.  Prints for each bug after how many programs and seconds it was found, or that it was not.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[2]
COPIED = ("include", "runtime", "stencils", "templates", "tools", "meson.build", "meson.options", "pyproject.toml",
          "LICENSE", "README.md")  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Bug:
    """A change to one file that makes pyjit wrong."""

    name: str
    file: str
    old: str
    new: str


BUGS = [
    Bug("multiplication-overflows", "templates/arithmetic.c",
        "if (unlikely(__builtin_mul_overflow(a, b, &result))) LEAVE(overflow);",
        "if (unlikely(__builtin_mul_overflow(a, b, &result) && a == 7)) LEAVE(overflow);"),
    Bug("addition-overflows", "templates/arithmetic.c",
        "if (unlikely(ADD_IMMEDIATE_IN_PLACE(a, b))) {",
        "if (unlikely(ADD_IMMEDIATE_IN_PLACE(a, b) && b == 77)) {"),
    Bug("no-negative-zero", "templates/arithmetic.c", "    a = negated(a);", "    a = 0.0 - a;"),
    Bug("nan-is-not-less", "templates/compare.c", "if (!(a < b)) LEAVE(taken);", "if (a >= b) LEAVE(taken);"),
    Bug("division-rounds-to-zero", "templates/arithmetic.c",
        "if (a % b != 0 && (a ^ b) < 0) quotient--;", "if (a % b != 0 && (a ^ b) < 0 && b > 0) quotient--;"),
    Bug("float-divides-by-zero", "templates/arithmetic.c",
        "if (unlikely(b == 0.0)) LEAVE(zero);", "if (unlikely(b == 0.0 && a == 1234.5)) LEAVE(zero);"),
    Bug("stale-class", "templates/attribute.c",
        "if (unlikely(DIFFERS32(((PyTypeObject *)class)->tp_version_tag, version))) LEAVE(miss);",
        "if (unlikely(DIFFERS32(((PyTypeObject *)class)->tp_version_tag, version) && version == 1)) LEAVE(miss);"),
    Bug("lent-when-popped", "runtime/emit_method.c",
        "    block_own_lent_below(b, b->in.oparg + 2); /* it may be this item */\n", ""),
    Bug("lent-when-code-runs", "runtime/entries.c",
        "        if (entry->lent || (!entry->owned && fact_object(&b->state->facts, entry->fact) != NULL)) {",
        "        if (!entry->owned && fact_object(&b->state->facts, entry->fact) != NULL) {"),
    Bug("stale-globals", "templates/global.c",
        "if (unlikely(globals->ma_version_tag != (uint64_t)version)) LEAVE(miss);",
        "if (unlikely(globals->ma_version_tag < (uint64_t)version)) LEAVE(miss);"),
    Bug("stale-function", "templates/call.c",
        "if (unlikely(DIFFERS32(((PyFunctionObject *)function)->func_version, version))) LEAVE(miss);",
        "if (unlikely(DIFFERS32(((PyFunctionObject *)function)->func_version, version) && version == 1)) "
        "LEAVE(miss);"),
    Bug("name-not-compared", "templates/global.c",
        "if (unlikely((void *)entry_->me_key != name)) LEAVE(miss);                                     \\",
        "if (unlikely((void *)entry_->me_key == NULL && name)) LEAVE(miss);                             \\"),
    Bug("instance-does-not-shadow", "templates/attribute.c",
        "if (unlikely(((PyDictKeysObject *)keys)->dk_nentries != count)) LEAVE(miss);",
        "if (unlikely(((PyDictKeysObject *)keys)->dk_nentries < count)) LEAVE(miss);"),
    Bug("index-one-past-the-end", "templates/index.h", "if (unlikely((uint64_t)at >= (uint64_t)(size))) { ",
        "if (unlikely((uint64_t)at > (uint64_t)(size))) {  "),
    Bug("index-from-the-end-off-by-one", "templates/index.h", "at += (size);  ", "at += (size)-1;"),
    Bug("known-index-past-the-end", "templates/subscript.c",
        "if (unlikely(Py_SIZE(object) <= at)) LEAVE(rare);", "if (unlikely(Py_SIZE(object) < at)) LEAVE(rare);"),
    Bug("other-bool-kept", "runtime/emit_control.c",
        "block_push_known(b, branch->opcode == JUMP_IF_TRUE_OR_POP ? Py_True : Py_False);",
        "block_push_known(b, branch->opcode == JUMP_IF_TRUE_OR_POP ? Py_False : Py_True);"),
    Bug("own-attribute-not-searched", "templates/attribute.c",
        "if (unlikely(!CALL_ASIDE_2(int64_t, ADDRESS(quiet_dict_lacks), dict, name))) LEAVE(miss);",
        "if (unlikely(CALL_ASIDE_2(int64_t, ADDRESS(quiet_dict_lacks), dict, name) < 0)) LEAVE(miss);"),
    Bug("slice-ends-one-late", "runtime/quiet_slice.c",
        "Py_ssize_t from = *start, to = (Py_ssize_t)(intptr_t)pyjit_state.operand;",
        "Py_ssize_t from = *start, to = (Py_ssize_t)(intptr_t)pyjit_state.operand + (*start == 1);"),
    Bug("character-of-any-length", "templates/compare.c",
        "return x->length == 1 && x->state.ascii", "return x->length != 0 && x->state.ascii"),
    Bug("attributes-left-over", "runtime/cells.c",
        "    clear(values->values, room);\n", "    clear(values->values, room - 1);\n"),
    Bug("cells-end-unseen", "runtime/quiet_free.c",
        "if (Py_REFCNT(cell) <= own) {", "if (Py_REFCNT(cell) < own) {"),
    Bug("defaults-left-over", "runtime/quiet_new.c",
        "function->func_defaults = oparg & 0x01 ? *items++ : NULL;",
        "if (oparg & 0x01) function->func_defaults = *items++;"),
    Bug("worst-of-three", "runtime/natives.c",
        "return choose(arguments, PyVectorcall_NARGS(count), Py_GT);",
        "return choose(arguments, PyVectorcall_NARGS(count) - 1, Py_GT);"),
    Bug("range-of-any-length", "templates/iterate.c",
        "if (unlikely(__builtin_sub_overflow(stop, start, &distance) || distance == INT64_MIN)) LEAVE(rare);",
        "if (unlikely(__builtin_sub_overflow(stop, start, &distance) && distance == INT64_MIN)) LEAVE(rare);"),
    Bug("item-without-reference", "templates/subscript.c",
        "PyObject *item = *(PyObject **)((char *)tuple + offset);\n    Py_INCREF(item);",
        "PyObject *item = *(PyObject **)((char *)tuple + offset);"),
    Bug("item-referenced-twice", "templates/iterate.c",
        "PyObject *item = list->ob_item[it->index++];\n    Py_INCREF(item);",
        "PyObject *item = list->ob_item[it->index++];\n    Py_INCREF(item);\n    Py_INCREF(item);"),
    Bug("number-changed-under-others", "templates/number.h",
        "(void *)Py_TYPE(old) == ADDRESS(PyFloat_Type) && old->ob_refcnt == 1",
        "(void *)Py_TYPE(old) == ADDRESS(PyFloat_Type) && old->ob_refcnt <= 2"),
    Bug("another-float-is-its-box", "templates/box.c", "    return bits == other;", "    return bits - other < 2;"),
    Bug("not-boxed-before-release", "runtime/exits.c",
        "    box_locals(regs, exit->ctx);\n    regs->frame->prev_instr = _PyCode_CODE(regs->frame->f_code) + "
        "exit->offset;\n    free_dying(regs, exit, dying);",
        "    regs->frame->prev_instr = _PyCode_CODE(regs->frame->f_code) + exit->offset;\n    free_dying(regs, exit, dying);"),
    Bug("not-boxed-before-a-call", "runtime/entries.c",
        "    empty_registers(b, in_registers);",
        "    if (b->ctx.depth < 5) empty_registers(b, in_registers);"),
    Bug("facts-survive-calls", "runtime/entries.c",
        "    empty_registers(b, 0);\n    block_forget_facts(b);", "    empty_registers(b, 0);"),
    Bug("lines-not-exact", "templates/control.c",
        "CALLING_OPERATION(generic, SLOT(top), IMM(oparg), PTR(at), FUNC(run), EXIT(error)) {\n"
        "    frame->prev_instr = at;",
        "CALLING_OPERATION(generic, SLOT(top), IMM(oparg), PTR(at), FUNC(run), EXIT(error)) {\n"
        "    if (oparg != 0) frame->prev_instr = at;"),
    Bug("owner-beyond-contexts", "runtime/emit_attribute.c",
        "if (b->ctx.depth >= CTX_STACK) {\n        block_own(b, 0);", "if (b->ctx.depth > CTX_STACK) {\n        block_own(b, 0);"),
    Bug("any-function-of-math", "templates/native.c",
        "(void *)function->m_ml != (definition)", "function->m_ml == NULL"),
    Bug("attribute-of-a-pattern-not-there", "templates/attribute.c",
        "OPERATION(lend_values, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {\n    IN_VALUES(x, at, miss);\n    LEND(miss);\n    to = value;",
        "OPERATION(lend_values, SLOT(x), IMM(at), SLOT(to), EXIT(miss)) {\n    IN_VALUES(x, at, miss);\n    to = *place;"),
    Bug("attributes-of-a-pattern-swapped", "runtime/emit_match.c",
        "int number = lowest + count - 1 - i;", "int number = lowest + i;"),
    Bug("pattern-of-any-class", "runtime/emit_match.c",
        "    emit_guard_verdict(b, 2, &class, &verdict);\n    for (", "    for ("),
    Bug("model-of-other-keys", "runtime/emit_build.c",
        "return i == count && i == known->dk_nentries;", "return count == known->dk_nentries;"),
    Bug("display-not-tracked", "runtime/keys.c",
        "    if (tracked) {\n        PyObject_GC_Track(dict);", "    if (false) {\n        PyObject_GC_Track(dict);"),
    Bug("lent-owner-ends-first", "runtime/emit_attribute.c", "    exit->held = held;\n", ""),
    Bug("remainder-of-negative-numbers", "templates/arithmetic.c",
        "        quotient--;\n        remainder += b;\n", "        quotient--;\n"),
    Bug("sign-of-text-lost", "runtime/text.c",
        "number < 0 ? -(uint64_t)number : (uint64_t)number, number < 0));", "number < 0 ? -(uint64_t)number : (uint64_t)number, false));"),
    Bug("wrong-branch", "runtime/emit_control.c",
        "bool on_none = branch.opcode == POP_JUMP_FORWARD_IF_NONE ||\n"
        "                   branch.opcode == POP_JUMP_BACKWARD_IF_NONE;",
        "bool on_none = branch.opcode == POP_JUMP_FORWARD_IF_NONE;"),
    Bug("init-returns-anything", "templates/call.c",
        "if (unlikely((void *)result != ADDRESS(_Py_NoneStruct))) {", "if (unlikely(result == NULL)) {"),
    Bug("exception-state-not-restored", "templates/generator.c",
        "    tstate->exc_info = generator->gi_exc_state.previous_item;\n    generator->gi_exc_state.previous_item = "
        "NULL;\n    tstate->recursion_remaining++;",
        "    tstate->recursion_remaining++;"),
    Bug("registers-swapped-wrongly", "runtime/transition.c",
        "            if (source[r] == pending) {\n                source[r] = from;",
        "            if (source[r] == pending) {\n                source[r] = pending;"),
    Bug("ints-rounded-to-floats", "templates/arithmetic.c",
        "if (unlikely((uint64_t)(x + (int64_t)limit) > 2 * limit)) LEAVE(rare);",
        "if (unlikely((uint64_t)(x + (int64_t)limit) > 512 * limit)) LEAVE(rare);"),
    Bug("tracing-not-noticed", "templates/control.c",
        "if (unlikely((TRACED() | SEEN()) != 0)) LEAVE(happened);",
        "if (unlikely(SEEN() != 0)) LEAVE(happened);"),
    Bug("handler-one-off", "runtime/resume.c",
        "return unwind_find_handler(state->code, offset, handler);\n    }\n    int at",
        "return unwind_find_handler(state->code, offset, handler);\n    }\n    offset++;\n    int at"),
    Bug("handler-of-another-place", "runtime/resume.c",
        "    if (cache->entries[at].offset != offset) {",
        "    if (cache->entries[at].offset == 0) {"),
    Bug("key-not-quiet", "runtime/quiet.c",
        "    if (!quiet_value(other)) {\n        return -1;\n    }",
        "    if (!quiet_value(other)) {\n        return 0;\n    }"),
    Bug("dead-at-large", "runtime/quiet_free.c",
        "count_dropped(&end, end.dropped[i]) < references;", "count_dropped(&end, end.dropped[i]) <= references;"),
    Bug("finalizer-not-looked-for", "runtime/quiet_free.c",
        "end->quiet &= type->tp_finalize == NULL && type->tp_del == NULL;", "end->quiet &= type->tp_del == NULL;"),
    Bug("dict-changed-meanwhile", "templates/iterate.c",
        "it->used != dict->ma_used || it->left <= 0", "it->left <= 0"),
    Bug("view-not-released", "templates/iterate.c",
        "    x = iterator;\n    Py_DECREF(iterable);", "    x = iterator;"),
    Bug("class-not-asked", "runtime/emit_builtin.c",
        "class == plan_lookup(&PyBaseObject_Type, pyjit_names.dunder_class) &&", "class != Py_None &&"),
    Bug("dict-keeps-its-version", "runtime/quiet.c",
        "    dict->ma_version_tag = ++keys_last_dict_version;\n", ""),
    Bug("keywords-change-places", "runtime/emit_bind.c",
        "binding->sources[i].entry = call->first - positional - k;",
        "binding->sources[i].entry = call->first - positional - (call->keywords == 2 ? 1 - k : k);"),
    Bug("init-may-return-anything", "runtime/emit_special.c",
        "        ASM(&b->as, OP_guard_identical, block_object_slot(b, 0), (intptr_t)Py_None,\n"
        "            (intptr_t)block_exit_finish(b, FINISH_STACK));\n", ""),
    Bug("value-not-compared", "templates/global.c",
        "    if (unlikely((void *)*place != value)) LEAVE(miss);",
        "    if (unlikely((void *)*place == NULL && value)) LEAVE(miss);"),
    Bug("tracing-not-seen-when-cold", "runtime/cold.c",
        "    if (c->tstate->cframe->use_tracing) {\n        return NULL;\n    }\n", ""),
    Bug("two-boxes-of-one-number", "runtime/exits.c", "if (entry->lent || !is_box_of(regs, entry, old)) {",
        "if (!is_box_of(regs, entry, old) || old != NULL) {"),
    Bug("sum-overflows", "templates/consume.c", "likely(!__builtin_add_overflow(sum->number, number, &number))",
        "(__builtin_add_overflow(sum->number, number, &number), true)"),
    Bug("keywords-taken-late", "runtime/emit_build.c", "    if (block_learn(b, 0, 1u << TYPE_TUPLE) != TYPE_TUPLE) {",
        "    if (b->ended) {"),
    Bug("truth-kept", "runtime/consume.c", "    int truth = PyObject_IsTrue(item);\n    Py_DECREF(item);",
        "    int truth = PyObject_IsTrue(item);"),
    Bug("true-is-one", "templates/consume.c", "sum->phase == CONSUMER_INT && (void *)type == ADDRESS(PyLong_Type)",
        "sum->phase == CONSUMER_INT && (void *)type != ADDRESS(PyFloat_Type)"),
    Bug("box-not-there", "runtime/emit_typed.c", "parameter->boxed = has_box;", "parameter->boxed = 1;"),
    Bug("except-the-other-way", "runtime/emit_exception.c", "PyType_IsSubtype(type, (PyTypeObject *)class);",
        "PyType_IsSubtype((PyTypeObject *)class, type);"),
    Bug("sent-too-briefly", "runtime/emit_consume.c",
        "    ASM(&b->as, OP_increment, value); /* the call has one as well, until it ends */\n", ""),
    Bug("awaited-twice", "runtime/emit_generator.c",
        "    ASM(&b->as, OP_guard_unstarted, block_object_slot(b, 0), (intptr_t)block_exit_generic(b));\n", ""),
    Bug("last-use-without-its-object", "templates/box.c",
        "    if (is_int_of(box, x)) TAKE_BOX(box, to);\n", ""),
    Bug("box-of-others-used", "templates/number.h", " || old->ob_refcnt != 1)) return false;\n    int64_t sign",
        ")) return false;\n    int64_t sign"),
    Bug("globals-believed-after-exits", "runtime/exits.c", "(ctx->globals != 0 && ", "(false && "),
    Bug("globals-believed-after-ends", "runtime/entries.c", "return b->ctx.globals != 0 || b->ctx.builtins != 0;",
        "return false;"),
    Bug("content-not-looked-at", "runtime/facts.c", "return content == 0 ? 0 : mixed((uintptr_t)type, content);",
        "return (uintptr_t)type;"),
    Bug("last-use-on-one-way", "runtime/entries.c",
        "if (target >= 0 && liveness_at(", "if (false && liveness_at("),
    Bug("new-though-kept", "runtime/entries.c",
        "return value == entry || (value->lent && is_last_of_local(b, n));", "return true;"),
    Bug("locals-end-backwards", "runtime/emit_inline.c", "    block_release_upwards(b, first_local, 1);",
        "    for (int n = 1; n <= first_local; n++) block_release_upwards(b, n, n);"),
    Bug("loaded-before-a-jump-target", "runtime/assembler.c",
        "known = as->marks[mark].version != NULL ? 0 : known;", "(void)as->marks[mark].version;"),
    Bug("begins-where-it-ends", "runtime/quiet_methods.c", "0, PY_SSIZE_T_MAX, -1), -1);\n}\n\nstatic int64_t\nends_with",
        "0, PY_SSIZE_T_MAX, 1), -1);\n}\n\nstatic int64_t\nends_with"),
    Bug("owner-left-in-its-slot", "runtime/emit_attribute.c", "(in_register || constant == NULL)", "constant == NULL"),
    Bug("power-loses-its-sign", "runtime/mathematics.c",
        "fmod(fabs(exponent), 2.0) == 1.0 ? -result : result", "exponent == 1.0 ? -result : result"),
    Bug("floor-towards-zero", "templates/numeric.c", "to = whole - ((double)whole > x);", "to = whole;"),
    Bug("result-kept", "runtime/divert.c", "push(frame, result);", "push(frame, Py_NewRef(result));"),
]  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What came of a bug."""

    found: bool
    text: str


def copy_tree(where: pathlib.Path) -> None:
    """Copy what a build needs."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, where / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, where / name)


def build(tree: pathlib.Path, directory: pathlib.Path) -> str | None:
    """Build the tree; return what went wrong, if anything did."""
    if not directory.exists():
        subprocess.run(["meson", "setup", str(directory), str(tree), "--buildtype=release"],
                       check=True, capture_output=True)  # fmt: skip
    done = subprocess.run(["ninja", "-C", str(directory)], check=False, capture_output=True, text=True)
    return done.stdout[-2000:] if done.returncode else None


def fuzz(python: pathlib.Path, directory: pathlib.Path, minutes: float, seed: int) -> Verdict:
    """Fuzz a build until something differs or time is over."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as findings:
        done = subprocess.run(
            [sys.executable, "-m", "fuzz", "--python", str(python), "--pyjit", str(directory), "--seed", str(seed),
             "--minutes", str(minutes), "--most", "1", "--shrink", "0", "--findings", findings, "--batches"],
            check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        )  # fmt: skip
    programs = re.search(r"(\d+) programs", done.stdout)
    what = re.search(r"^differs.*?\n(.*(?:\n  pyjit.*)?)", done.stdout, re.MULTILINE)
    text = f"{programs[1] if programs else '?'} programs, {time.monotonic() - began:.0f} s"
    if done.returncode not in (0, 1) or not programs:
        return Verdict(False, f"{text}: the fuzzer itself failed: {done.stderr[-300:]}")
    return Verdict(done.returncode == 1, text + (f"\n{what[1]}" if what else ""))


def attempt(bug: Bug, tree: pathlib.Path, directory: pathlib.Path, arguments: argparse.Namespace) -> Verdict:
    """Plant a bug, build, fuzz, and take it out again."""
    path = tree / bug.file
    sound = path.read_text()
    if bug.old not in sound:
        return Verdict(False, f"{bug.file} has changed: there is nothing to plant the bug in")
    path.write_text(sound.replace(bug.old, bug.new))
    try:
        problem = build(tree, directory)
        if problem:
            return Verdict(False, f"does not build:\n{problem}")
        return fuzz(arguments.python, directory, arguments.minutes, arguments.seed)
    finally:
        path.write_text(sound)


def main() -> int:
    """Try all bugs, or those named."""
    parser = argparse.ArgumentParser(prog="fuzz.planted", description=__doc__)
    parser.add_argument("--python", type=pathlib.Path, default=pathlib.Path(sys.executable))
    parser.add_argument("--minutes", type=float, default=3, help="for each bug")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of a bug; all if none is named")
    arguments = parser.parse_args()
    chosen = [bug for bug in BUGS if not arguments.names or bug.name in arguments.names]
    found = 0
    with tempfile.TemporaryDirectory(prefix="planted-") as name:
        where = pathlib.Path(name)
        copy_tree(where / "tree")
        for bug in chosen:
            verdict = attempt(bug, where / "tree", where / "build", arguments)
            found += verdict.found
            print(f"{'found' if verdict.found else 'NOT FOUND'}: {bug.name}: {verdict.text}", flush=True)
    print(f"{found} passed, {len(chosen) - found} failed")
    return 0 if found == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
