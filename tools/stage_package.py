"""Makes the package directory of a build tree: links to the Python files and the extension module."""

import argparse
from pathlib import Path


def stage(package: Path, files: list[Path]) -> None:
    """Makes `package` a directory that holds exactly links to the files."""
    package.mkdir(exist_ok=True)
    for old in package.iterdir():
        if old.is_symlink():
            old.unlink()
    for file in files:
        (package / file.name).symlink_to(file.resolve())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stamp", type=Path, required=True, help="file to touch when done")
    parser.add_argument("--package", type=Path, required=True, help="directory to make")
    parser.add_argument("files", type=Path, nargs="+", help="what it holds")
    options = parser.parse_args()
    stage(options.package, options.files)
    options.stamp.touch()


if __name__ == "__main__":
    main()
