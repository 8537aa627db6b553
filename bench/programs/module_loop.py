"""A script without functions: its loops are module-level code on global variables."""

import runpy
from pathlib import Path

SIZE = 4600
SIZE_CHECK = 4

SCRIPT = Path(__file__).parent / "scripts" / "weather.py"


def run(size: int) -> object:
    """Execute the script afresh, simulating `size` weeks."""
    return runpy.run_path(str(SCRIPT), init_globals={"weeks": size})["result"]
