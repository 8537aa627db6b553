"""Runs one program several times and prints what each iteration took.

This file is executed as a script by the interpreter under measurement. It uses the standard
library only and imports as little as it can, so that start-up and memory are the program's own.
Usage: worker.py PROGRAM_FILE SIZE ITERATIONS (SIZE is a number, `full` or `check`).
"""

import sys

# The script's directory is first on the path and holds modules of the harness: not for programs.
del sys.path[0]

from importlib.util import module_from_spec, spec_from_file_location
from time import perf_counter, process_time
from types import ModuleType

MARK = "bench-worker: "


def load(path: str) -> ModuleType:
    """Import a program from its file; raises ImportError when the file is no module."""
    spec = spec_from_file_location("program", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = module_from_spec(spec)
    sys.modules["program"] = module
    spec.loader.exec_module(module)
    return module


def peak_memory() -> int:
    """Peak resident memory of this process in KiB.

    Linux's ru_maxrss starts at what the parent had when it forked, so /proc is asked first.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    from resource import RUSAGE_SELF, getrusage

    peak = getrusage(RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def main(path: str, size_name: str, iterations: int) -> None:
    """Run the program and print a line of JSON: times in seconds, memory in KiB, the result."""
    program = load(path)
    sizes = {"full": "SIZE", "check": "SIZE_CHECK"}
    size = getattr(program, sizes[size_name]) if size_name in sizes else int(size_name)
    times = []
    processor_times = []
    results = []
    for _ in range(iterations):
        start, processor_start = perf_counter(), process_time()
        result = program.run(size)
        times.append(perf_counter() - start)
        processor_times.append(process_time() - processor_start)
        text = repr(result)
        if text not in results:
            results.append(text)
    memory = peak_memory()
    import json
    from hashlib import sha256

    report = {
        "times": times,
        "processor": processor_times,
        "memory": memory,
        "result": " / ".join(results)[:200],
        "digest": sha256("\n".join(results).encode()).hexdigest(),
        "distinct": len(results),
        "jit": any(name.split(".")[0].lstrip("_") == "pyjit" for name in sys.modules),
    }
    print(MARK + json.dumps(report), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
