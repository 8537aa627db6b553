"""A program that dies of an exception inside hot code (inside a subprocess of its own)."""

import signal
import subprocess
import sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell

PROGRAMS = {
    "loop": """
def f(n):
    for i in range(n):
        x = 100 // (n - i - 1)
    return x

def g():
    return [f(k)
            for k in range(1, 2)]
try:
    f(50)
except ZeroDivisionError:
    pass
g()
""",
    "module": """
t = 0
for i in range(500):
    t += i
    if i == 400:
        t = t + None
""",
    "exit in loop": """
import sys
def f():
    for i in range(300):
        if i == 200:
            sys.exit(3)
try:
    f()
finally:
    print("finally")
""",
    "recursion": """
import sys
sys.setrecursionlimit(100)
def f(n):
    return f(n + 1) + 1
f(0)
""",
    "atexit": """
import atexit
def f(n):
    return sum(i for i in range(n))
atexit.register(lambda: print("atexit", f(300)))
print([f(i) for i in range(100)][-1])
class D:
    def __del__(self): print("del at end", f(10))
d = D()
raise SystemExit("bye")
""",
    "generator left": """
def g():
    try:
        for i in range(1000):
            yield i
    finally:
        print("closed at exit")
it = g()
for x in it:
    if x == 500: break
""",
    "chain": """
def f(i):
    try:
        {}[i]
    except KeyError as e:
        raise ValueError("outer") from e
for i in range(200):
    try: f(i)
    except ValueError: pass
f(999)
""",
    "syntax": "def f(:\n  pass\n",
    "keyboard": """
import os, signal
def f():
    i = 0
    while True:
        i += 1
        if i == 1000: os.kill(os.getpid(), signal.SIGINT)
f()
""",
}
for name, source in PROGRAMS.items():
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    err = done.stderr
    if name == "keyboard":
        err = err.splitlines()[-1]
    print(f"--- {name}: {done.returncode}\n{done.stdout}{err}")
