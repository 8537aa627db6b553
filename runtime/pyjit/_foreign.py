"""Stands in for the extension modules where they were built for an interpreter with another ABI.

The package is there, but no ``_wait`` and no ``_pyjit`` that this interpreter would load: a debug
build of CPython loads other extension modules than a release build. The JIT stays off, and the first
request to turn it on says why.
"""

import sys
from typing import NoReturn

_said: list[str] = []


def begin(_file: str, _samples: object, /) -> bool:
    """Return False: there is nothing to wait for."""
    return False


def end() -> None:
    """Do nothing."""


def enable(_samples: object, /) -> bool:
    """Say once on stderr that pyjit cannot run here; return False."""
    if not _said and sys.stderr is not None:
        kind = "debug" if hasattr(sys, "gettotalrefcount") else "release"
        version = ".".join(map(str, sys.version_info[:2]))
        _said.append(f"not built for this interpreter, a {kind} build of CPython {version}")
        print(f"pyjit: off: {_said[0]}", file=sys.stderr)
    return False


def watch() -> None:
    """Do nothing."""


def disable() -> None:
    """Do nothing."""


def is_enabled() -> bool:
    """Return False."""
    return False


def is_compiled(_code: object, /) -> bool:
    """Return False."""
    return False


def compile(_code: object, /) -> NoReturn:
    """Raise RuntimeError."""
    raise RuntimeError("pyjit is off: it was not built for this interpreter")


def describe(_code: object, /) -> list[object]:
    """Return what there is for disassemblers: nothing."""
    return []


def stats() -> dict[str, object]:
    """Return no counters."""
    return {}
