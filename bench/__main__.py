"""`python -m bench`: the command line of the harness."""

import signal
import sys

from bench.harness.cli import main


def stop(number: int, _frame: object) -> None:
    """Leave through the handlers that end measured processes, which have sessions of their own."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    sys.exit(main())
