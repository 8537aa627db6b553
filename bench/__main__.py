"""`python -m bench`: the command line of the harness."""

import sys

from bench.harness.cli import main

if __name__ == "__main__":
    sys.exit(main())
