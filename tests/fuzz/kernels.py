"""Numeric functions: loops over ints and floats in many locals, which compiled code keeps in registers.

The templates of this file say little but arithmetic; what disturbs it comes in by the arguments.
"""

from __future__ import annotations

import random

from fuzz.grammar import Expander, Scope, Template, indented, templates

NUMBERS: dict[str, list[str]] = {
    "int": [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "5",
        "7",
        "-3",
        "100",
        "255",
        "256",
        "2**30",
        "-2**30",
        "2**53",
        "2**53+1",
        "2**59",
        "2**60-1",
        "-2**60",
        "2**62",
        "2**63-1",
        "-2**63",
        "K0",
        "True",
    ],
    "float": ["0.0", "1.0", "0.5", "-1.5", "-0.0", "2.0", "1e300", "NAN", "INF", "3.25", "K2"],
    "bool": ["True", "False"],
}

EXPRESSIONS: dict[str, list[Template]] = {
    "int": templates("""
8: <int> + <int>

8: <int> - <int>

4: <int> * <int> & 0xFFFFF

3: <int> & <int>

1: AI[<int> & 3]

1: BB[<lit:int> & 3]

1: AB[-1]

3: <int> | <int>

3: <int> ^ <int>

1: -<var:int>

1: ~<var:int>

2: <int> << (<int> & 7)

2: <int> >> (<int> & 31)

1: <int> >> <lit:int>

2: <int> // <lit:int>

2: <int> % <lit:int>

1: <int> // <var:int>

1: <int> % <var:int>

3: <var:int> + 1

2: <var:int> - 1

2: <var:int> * 3

2: (<int> if <bool> else <int>)

1: P0(<var:int>, <var:int>, <var:int>)

1: abs(<var:int>)

1: int(<bool>)
"""),
    "float": templates("""
8: <float> + <float>

8: <float> - <float>

8: <float> * <float>

1: AD[<int> & 1]

3: <float> / <float>

2: <float> + <int>

2: <int> * <float>

2: <int> / <int>

3: (2**59 + <var:int> * 77777) / 7

2: (2**57 - <var:int>) / 3

1: (<int> + 2**55) / 49

2: -<var:float>

2: (<float> if <bool> else <float>)

2: <var:float> * 0.5

1: float(<var:int>)

1: abs(<var:float>)
"""),
    "bool": templates("""
6: <int> < <int>

4: <int> <= <int>

4: <int> == <int>

3: <int> != <int>

3: <int> > <lit:int>

3: <int> >= 0

5: <float> < <float>

3: <float> <= <float>

3: <float> > <float>

2: <float> == <float>

2: <float> != <float>

2: <float> < <int>

2: float(<var:int>) == <var:int>

2: <var:int> == <float>

2: <var:int> <= <var:int> * 1.0

1: (not <bool>)

2: <bool> and <bool>

2: <bool> or <bool>

2: <var:int> & 1

1: <var:float>

1: <var:int>

1: <var:int> is None

1: <var:int> < <var:int> < <var:int>
"""),
}

STATEMENTS: list[Template] = templates("""
16: <new:int> = <int>

16: <new:float> = <float>

6: <name:int> += <int>

3: <name:int> -= 1

2: <name:int> *= 3

2: <name:int> &= 0xFFFFFFFF

6: <name:float> += <float>

3: <name:float> *= <float>

4: <new:int>, <new:int> = <var:int>, <var:int>

4: <new:float>, <new:float> = <var:float>, <var:float>

3: <new:int>, <new:float>, <new:int> = <var:int>, <var:float>, <var:int>

2: <new:int> = <new:int> = <int>

2: <new:int> = <float>

2: <new:float> = <int>

1: <new:int> = None

1: <new:int> = <bool>

1: show(<var:int>, <var:float>)

2: <effect>

1: O0.n = <var:int>

1: O0.f = <var:float>

1: <new:int> = O0.n

1: <new:float> = O0.f

1: AI[<int> & 3] = <int>

1: AI[<int> & 1] += 1

1: AB[<int> & 1] = <int> & 127

1: BB[<int> & 3] = <int> & 255

1: AD[<int> & 1] = <float>

1: G0 + <var:int>

@loop 2: continue

@loop 2: break

8: if <bool>:
    <block>

6: if <bool>:
    <block>
else:
    <block>

8: for <new:int> in range(<lit:int> & 7, 9):
    <loop>

4: <fresh> = 12
while <fresh> > 0 and (<bool>):
    <fresh> -= 1
    <loop>

3: <fresh> = 0
while <fresh> < 10:
    <fresh> += 1
    <loop>

2: <fresh> = 3.0
while <fresh>:
    <fresh> -= 0.5
    <loop>

3: <fresh> = Last()
<new:float> = <float>
<new:int> = <int>
del <fresh>

3: <fresh> = Last()
<new:float> = <float>
<fresh> = <int>
<new:int> = <int>
<fresh> = Last(<var:int>)
<fresh> = <var:float>

2: try:
    <block>
except (ArithmeticError, TypeError, ValueError) as e:
    show(type(e).__name__)

@flat 4: <fresh> = 2**59 - 1
<fresh> = <fresh> * 8 + 7
<fresh> = <fresh> * 2 + 1
show(<fresh> + 1, <fresh> - 1, -<fresh>, ~<fresh>, <fresh> + <fresh>)

@flat 3: <fresh> = 2**59 - 1
<fresh> = <fresh> * 8 + 7
<fresh> = <fresh> * 2 + 1
<fresh> = -<fresh>
<fresh> = <fresh> - 1
show(-<fresh>, <fresh> - 1, <fresh> // -1, abs(<fresh>), <fresh> * -1)

@flat 3: <fresh> = 2**59 - 1
<fresh> = <fresh> * 8 + 7
<fresh> = -(<fresh> * 2 + 1) - 1
<new:int> = -<fresh>
<new:int> = <fresh> - <lit:int>
<new:int> = <fresh> + <lit:int>

@flat 3: <fresh> = <int>
for i in range(5):
    <fresh> = 2**59 - <lit:int>
    <fresh> = <fresh> * 8 + 7
    <fresh> = <fresh> * 2 + <lit:int>
    <fresh> += 1
    <fresh> = -<fresh>
    <fresh> = -<fresh> - 1
    <fresh> -= 1
show(<fresh>)

@flat 4: <fresh> = 2**59 - 1
for i in range(7):
    <fresh> = <fresh> * 2 + 1
    show(<fresh> + 1, <fresh> - 1, -<fresh>, <fresh> >> i, ~<fresh>)
    show(-<fresh> - 1, -(-<fresh> - 1), -<fresh> - 2)
    show(<fresh> * 2, <fresh> << 1, <fresh> ^ -1, <fresh> + <fresh>, <fresh> * <fresh>, -<fresh> * 2 - 2)
""")


def kernel_writer(rng: random.Random, special: Expander) -> Expander:
    """Return an expander of these templates, with the special holes of another."""
    writer = Expander(rng, EXPRESSIONS, NUMBERS, STATEMENTS)
    writer.special |= special.special
    writer.mistake = 0
    writer.known = 0.9
    return writer


def kernel_lines(writer: Expander, name: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the kinds of the parameters of a numeric function, and its lines."""
    rng = writer.rng
    kinds = tuple(rng.choice(("int", "int", "float")) for _ in range(rng.randint(1, 7)))
    scope = Scope(frozenset({"flat"}), {f"p{i}": kind for i, kind in enumerate(kinds)})
    body = writer.lines("<new:int> = <lit:int>\n<new:float> = <lit:float>", scope, 1)
    if rng.random() < 0.08:  # more locals than contexts describe
        for _ in range(45):
            body += writer.fill(
                "<fresh> = <lit:int>" if rng.random() < 0.5 else "<fresh> = <lit:float>", scope
            ).split("\n")
            scope.variables[body[-1].split(" ")[0]] = "float" if "." in body[-1] else "int"
    stop = rng.randint(4, 14)
    body += writer.statement(scope, 1)
    loop = scope.inner("loop")
    loop.variables["i"] = "int"
    lines = writer.clipped(loop)
    for _ in range(rng.randint(2, 7)):
        lines += writer.statement(loop, 5)
    body += [f"for i in range({stop}):", *indented(lines)]
    if rng.random() < 0.5:
        body += writer.statement(scope, 5)
    if rng.random() < 0.08:  # more stack entries than contexts describe
        name, other = rng.choice(sorted(scope.variables)), rng.choice(sorted(scope.variables))
        body.append(f"show({f'({name} + ' * 44}{other}{')' * 44})")
    body.append(f"return {', '.join(sorted(scope.variables)[:9])}")
    parameters = ", ".join(f"p{i}" for i in range(len(kinds)))
    return kinds, [f"def {name}({parameters}):", *indented(body), "", ""]
