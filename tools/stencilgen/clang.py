"""Finding Clang and the headers it needs, and running it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stencilgen.errors import StencilError

MINIMUM_VERSION = 19
NEWEST_VERSION = 30
INSTALL_HINT = "stencilgen needs Clang 19 or newer: set PYJIT_CLANG, install clang, or pip install ziglang"


def _version(command: list[str]) -> int:
    """The major version of the Clang a command runs, 0 if it does not run one."""
    try:
        result = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, check=True, timeout=120
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r"clang version (\d+)", result.stdout)
    return int(match[1]) if match and "Apple" not in result.stdout else 0


def find_system_clang() -> list[str] | None:
    """The command of $PYJIT_CLANG or of a system Clang that is new enough."""
    if chosen := os.environ.get("PYJIT_CLANG"):
        return chosen.split()
    names = ["clang", *(f"clang-{number}" for number in range(NEWEST_VERSION, MINIMUM_VERSION - 1, -1))]
    for name in names:
        path = shutil.which(name)
        if path and _version([path]) >= MINIMUM_VERSION:
            return [path]
    return None


def find_ziglang() -> Path | None:
    """The directory of the ziglang package, if it is installed for this Python."""
    spec = importlib.util.find_spec("ziglang")
    return Path(spec.origin).parent if spec and spec.origin else None


def find_clang() -> list[str]:
    """The command that runs Clang. Raises StencilError if there is none."""
    if command := find_system_clang():
        return command
    if find_ziglang():
        return [sys.executable, "-m", "ziglang", "clang"]
    raise StencilError(INSTALL_HINT)


def builtin_header_flags(command: list[str]) -> list[str]:
    """Where Clang's own headers are, if it does not know: ziglang's keeps them apart."""
    ziglang = find_ziglang()
    if ziglang and "ziglang" in command:
        return ["-isystem", str(ziglang / "lib" / "include")]
    return []


@dataclass(frozen=True)
class Compiler:
    """Clang with the flags for one target."""

    command: list[str]
    triple: str
    flags: list[str]

    def run(self, arguments: list[str], purpose: str) -> str:
        """Runs Clang and returns what it prints; raises StencilError with its messages."""
        result = subprocess.run(
            [*self.command, f"--target={self.triple}", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StencilError(f"clang failed on {purpose}:\n{result.stderr.strip()}")
        if result.stderr.strip():
            print(result.stderr.strip(), file=sys.stderr)
        return result.stdout

    def macros(self, *headers: str) -> dict[str, str]:
        """What is defined where these headers have been included."""
        includes = [word for header in headers for word in ("-include", header)]
        text = self.run([*self.flags, *includes, "-dM", "-E", "-x", "c", os.devnull], ", ".join(headers))
        return dict(re.findall(r"^#define (\w+) ?(.*)$", text, re.MULTILINE))

    def compile(self, source: Path, assembly: Path) -> None:
        """C source to assembly text."""
        dependencies = ["-MMD", "-MF", str(source.with_suffix(".d"))]
        self.run([*self.flags, *dependencies, "-S", str(source), "-o", str(assembly)], source.name)

    def assemble(self, assembly: Path, object_file: Path) -> None:
        """Assembly text to an ELF object."""
        self.run(["-c", str(assembly), "-o", str(object_file)], assembly.name)


def _host_architecture() -> str:
    machine = os.uname().machine
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(machine.lower(), machine)


def header_flags(architecture: str, python_include: Path, shim: Path) -> list[str]:
    """Include flags for Python's headers and for the libc headers of the target.

    `shim` is a scratch directory. Debian keeps pyconfig.h in a directory named after the host's
    architecture; for another target a header of that name is written there that includes the host's,
    which serves because both are LP64 with the same libc. Raises StencilError.
    """
    flags = [f"-I{python_include}"]
    triple = f"{architecture}-linux-gnu"
    if architecture == _host_architecture() and sys.platform == "linux":
        # A Clang from elsewhere does not know where Debian keeps the headers of an architecture.
        multiarch = Path("/usr/include") / triple
        if multiarch.is_dir():
            flags += ["-idirafter", str(multiarch)]
        return [*flags, "-idirafter", "/usr/include"]
    host = Path("/usr/include") / f"{_host_architecture()}-linux-gnu"
    host_pyconfig = host / python_include.name / "pyconfig.h"
    if host_pyconfig.exists():
        substitute = shim / triple / python_include.name / "pyconfig.h"
        substitute.parent.mkdir(parents=True, exist_ok=True)
        substitute.write_text(f'#include "{host_pyconfig}"\n', encoding="utf-8")
        flags += [f"-I{shim}", "-Wno-macro-redefined"]
    cross = Path("/usr") / triple / "include"
    if cross.is_dir():
        return [*flags, "-nostdlibinc", "-isystem", str(cross)]
    if ziglang := find_ziglang():
        libc = ziglang / "lib" / "libc" / "include"
        # The package names directories after families of architectures.
        family = "x86" if architecture == "x86_64" else architecture
        flags += ["-nostdlibinc"]
        for name in (triple, f"{family}-linux-gnu", "generic-glibc", f"{family}-linux-any", "any-linux-any"):
            if (libc / name).is_dir():
                flags += ["-isystem", str(libc / name)]
        return flags
    raise StencilError(
        f"no libc headers for {triple}: install the cross headers of your system or pip install ziglang"
    )
