"""The PEP 517 backend: meson-python, and the packages the stencil generator needs where it runs.

Clang comes from the system if there is one that is new enough, else from the ziglang package. A
source distribution carries generated stencils; building from it needs neither.
"""

import platform
import sys
from pathlib import Path
from typing import Any

from mesonpy import (  # noqa: F401 (the hooks that need no change)
    build_editable,
    build_sdist,
    build_wheel,
)
from mesonpy import get_requires_for_build_sdist as meson_requires_for_sdist
from mesonpy import get_requires_for_build_wheel as meson_requires_for_wheel
from stencilgen.clang import find_system_clang
from stencilgen.digest import generated_is_current

ROOT = Path(__file__).parents[2]
ZIGLANG = "ziglang>=0.14"
PYELFTOOLS = "pyelftools>=0.31"

ConfigSettings = dict[str, Any] | None


def _generated_is_usable() -> bool:
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}{sys.abiflags}"
    return generated_is_current(ROOT, tag, [platform.machine().lower().replace("arm64", "aarch64")])


def get_requires_for_build_wheel(config_settings: ConfigSettings = None) -> list[str]:
    """What a wheel needs here and now."""
    requires = list(meson_requires_for_wheel(config_settings))
    if not _generated_is_usable():
        requires.append(PYELFTOOLS)
        if find_system_clang() is None:
            requires.append(ZIGLANG)
    return requires


get_requires_for_build_editable = get_requires_for_build_wheel


def get_requires_for_build_sdist(config_settings: ConfigSettings = None) -> list[str]:
    """What a source distribution needs: stencils for all targets, thus libc headers of each."""
    return [*meson_requires_for_sdist(config_settings), PYELFTOOLS, ZIGLANG]
