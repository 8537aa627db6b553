"""Adds the generated headers for all targets to a source distribution (a Meson dist script).

The one argument is the directory of the CPython headers to make them for.
"""

import os
import sys
from pathlib import Path


def main() -> int:
    """Runs the generator on the tree that is being packed; returns the exit status."""
    root = Path(os.environ["MESON_DIST_ROOT"])
    sys.path.insert(0, str(root / "tools"))
    sys.dont_write_bytecode = True
    from stencilgen.__main__ import main as stencilgen
    from stencilgen.targets import TARGETS

    common = [
        f"--templates={root / 'templates'}",
        f"--variants={root / 'stencils' / 'variants.toml'}",
        f"--include={root / 'include'}",
        f"--output={root / 'stencils' / 'generated'}",
    ]
    status = stencilgen(common)
    for target in TARGETS:
        status = status or stencilgen([*common, f"--target={target}", f"--python-include={sys.argv[1]}"])
    return status


if __name__ == "__main__":
    sys.exit(main())
