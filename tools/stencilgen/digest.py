"""The hash of everything of this project that stencils are made of.

A source distribution carries generated headers in stencils/generated; they are used as long as the
hash recorded in them is that of the tree. Runs without any other package:

    python -m stencilgen.digest ROOT [TAG ARCHITECTURE ...]

prints the hash, or with a tag and architectures "yes" or "no": can generated headers be used?
"""

import hashlib
import re
import sys
from pathlib import Path


def input_files(templates: Path, variants: Path, include: Path) -> list[Path]:
    """The files the stencils depend on, this program's own included."""
    own = Path(__file__).parent.glob("*.py")
    return [*sorted(templates.glob("*.[ch]")), variants, *sorted(include.rglob("*.h")), *sorted(own)]


def digest_inputs(files: list[Path]) -> str:
    """The hash of the files' names and contents, in hexadecimal."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda each: (each.parent.name, each.name)):
        content = file.read_bytes()
        digest.update(f"{file.parent.name}/{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def tree_digest(root: Path) -> str:
    """The hash of a source tree."""
    return digest_inputs(
        input_files(root / "templates", root / "stencils" / "variants.toml", root / "include")
    )


def recorded_digest(header: Path) -> str:
    """The hash a generated header was made from, empty if there is no such header."""
    try:
        with header.open(encoding="utf-8") as stream:
            match = re.search(r"templates: ([0-9a-f]{64})", stream.read(1000))
    except OSError:
        return ""
    return match[1] if match else ""


def generated_is_current(root: Path, tag: str, architectures: list[str]) -> bool:
    """Does the tree carry generated headers for all these targets that belong to it?"""
    generated = root / "stencils" / "generated"
    names = ["operations.h", *(f"stencils-{tag}-{each}.h" for each in architectures)]
    if not all((generated / name).exists() for name in names):
        return False
    digest = tree_digest(root)
    return all(recorded_digest(generated / name) == digest for name in names)


def main(arguments: list[str]) -> int:
    """Command line; see the top of the file."""
    root, *rest = arguments
    if rest:
        tag, *architectures = rest
        print("yes" if generated_is_current(Path(root), tag, architectures) else "no")
    else:
        print(tree_digest(Path(root)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
