"""Serves requests of an application in process, one after another, and prints how long each took, as JSON.

python serve.py flask_shop 3000
"""

import hashlib
import importlib
import json
import pathlib
import sys
import time


def main() -> None:
    """Serve as many requests as the command line says."""
    name, count = sys.argv[1], int(sys.argv[2])
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
    one = importlib.import_module(f"bench.web.{name}").make()
    digest, clock, times = hashlib.sha256(), time.perf_counter, []
    for i in range(count):
        start = clock()
        body = one(i)
        times.append(clock() - start)
        digest.update(body)
    print(json.dumps({"times": times, "digest": digest.hexdigest()}))


if __name__ == "__main__":
    main()
