"""A just-in-time compiler for stock CPython.

Start any program with ``PYJIT=1`` in the environment, or call :func:`enable`. The program does the
same, sooner. Code is compiled when it is hot: a function at its 500th execution, a loop after some
milliseconds. Other settings of the environment (``PYJIT_THRESHOLD``, ``PYJIT_TICK``,
``PYJIT_CODE_LIMIT``, ``PYJIT_STATS``, ``PYJIT_LOG``) are read once, when the process starts or else
when the program first calls a function of this package.
"""

TYPE_CHECKING = False  # importing typing, types or __future__ would be felt at every start
if TYPE_CHECKING:
    from collections.abc import Generator
    from types import CodeType, FunctionType, MethodType

    from pyjit import _pyjit, _wait

    def _extension(name: str) -> object: ...
    def _extension_file(name: str) -> str: ...
else:
    # Extension modules are where they are: searching for them would be felt as well, and later be seen.
    import _imp
    from sys import implementation as _implementation

    _path, _suffix = __path__[0], _imp.extension_suffixes()[0]

    def _extension_file(name):
        """Return where an extension module of this package is, for this interpreter."""
        return f"{_path}/{name}{_suffix}"

    def _extension(name):
        """Return an extension module of this package, or what stands in for it in other interpreters."""
        try:
            spec = type(_implementation)(name=f"pyjit.{name}", origin=_extension_file(name))
            module = _imp.create_dynamic(spec)
            _imp.exec_dynamic(module)
        except ImportError:
            from pyjit import _foreign as module
        return module

    _wait = _extension("_wait")

__all__ = [
    "compile",
    "disable",
    "disassemble",
    "enable",
    "is_compiled",
    "is_enabled",
    "stats",
]


def _function(a: int, b: int = 2, *, c: int = 3) -> int:
    return a + b + c


def _generate(a: int) -> "Generator[int, None, None]":
    yield a


def _make_samples() -> tuple[object, ...]:
    """Return objects in which the C half looks whether this interpreter lays things out as it expects.

    They are a function, a generator function, a generator of it that has yielded, an instance whose
    first attribute is the next but one object, and that attribute's name.
    """
    generator = _generate(123456)
    generator.send(None)
    return _function, _generate, generator, __spec__, "name", __spec__.name


_asked: list[str] = []


def _start() -> None:
    """Turn the JIT on if ``PYJIT`` asks for it: what ``pyjit.pth`` does when an interpreter starts.

    That is put off, if possible, until there is something to compile. In a virtual environment an
    interpreter goes through its ``.pth`` files twice.
    """
    import os
    import sys

    setting = os.environ.get("PYJIT", "")
    if sys.flags.ignore_environment or setting in ("", "0") or _asked:
        return
    _asked.append(setting)
    if setting != "1":
        if sys.stderr is not None:
            print(f"pyjit: PYJIT takes 0 or 1, not '{setting:.100}'; off", file=sys.stderr)
    elif not _wait.begin(_extension_file("_pyjit"), _make_samples()):
        _load()
        _pyjit.enable(_make_samples())


def _load() -> None:
    """Have the extension module in ``_pyjit``, and the JIT on if it has been asked for."""
    _wait.end()
    if "_pyjit" not in globals():
        globals()["_pyjit"] = _extension("_pyjit")


def enable() -> bool:
    """Turn the JIT on in this process, also for loops that are running, and return whether it is on.

    Where it cannot run (another version or build of CPython than it was built for, a
    subinterpreter, another frame evaluator in place, no executable memory) it stays off and one
    line on stderr says why.
    """
    _load()
    on = _pyjit.enable(_make_samples())
    _pyjit.watch()
    return on


def disable() -> None:
    """Leave code to the interpreter from now on.

    Compiled code that is running goes on, with what it calls directly, until it returns to C.
    """
    _load()
    _pyjit.disable()


def is_enabled() -> bool:
    """Return whether the JIT is on."""
    _load()
    return _pyjit.is_enabled()


def is_compiled(function: "FunctionType | MethodType | CodeType") -> bool:
    """Return whether any block of the function has been compiled, alone or in the place of a call.

    Raises TypeError for anything but a Python function, method or code object.
    """
    _load()
    return _pyjit.is_compiled(function)


def compile(function: "FunctionType | MethodType | CodeType") -> None:
    """Ask that the function be compiled from its next execution on, however rarely it has run.

    Blocks are compiled when execution reaches them, so nothing is until then. Raises TypeError for
    anything but a Python function, method or code object, RuntimeError while the JIT has not been
    enabled, and MemoryError.
    """
    _load()
    _pyjit.compile(function)


def stats() -> dict[str, int | dict[str, int]]:
    """Return what has been counted since the process started, by name.

    Values are numbers of times or things, except for ``bytes_*`` and ``code_memory_*`` (bytes) and
    ``compile_ns`` (nanoseconds). ``refusals`` and ``exits`` are counts by reason: of code objects
    left to the interpreter, and of frames handed back to it. All of them are listed in
    ``docs/settings.md``.
    """
    _load()
    return _pyjit.stats()


def disassemble(function: "FunctionType | MethodType | CodeType") -> str:
    """Return the machine code of a function as text, by block version in order of address.

    Each bytecode instruction is followed by the machine instructions made for it, each line with
    the source line number and the bytecode offset (bytes) it belongs to. What was compiled in the
    place of a call names its function. Without the package
    ``capstone`` the machine code is shown as hexadecimal bytes. Raises TypeError for anything but
    a Python function, method or code object.
    """
    _load()
    from pyjit import disassembler

    return disassembler.disassemble(function)
