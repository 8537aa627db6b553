"""The templates of statements."""

from __future__ import annotations

from fuzz.grammar import Template, templates

# Statements of functions; what begins with @ names what the place must offer.
STATEMENTS: list[Template] = templates("""
40: <new:int> = <int>

25: <new:float> = <float>

6: <new:bool> = <bool>

8: <new:str> = <str>

8: <new:list> = <list>

6: <new:tuple> = <tuple>

6: <new:dict> = <dict>

10: <new:obj> = <obj>

12: <new:any> = <any>

20: <name:int> += <int>

8: <name:int> -= <small>

5: <name:int> *= <small>

3: <name:int> //= <int>

3: <name:int> ^= <int>

3: <name:int> &= <int>

15: <name:float> += <float>

5: <name:float> *= <float>

3: <name:float> /= <float>

4: <name:str> += (<str>)[:5]

4: <name:list> += <list>[:3]

2: <name:obj> += <any>

6: <new:int>, <new:float> = <int>, <float>

4: <new:int>, <new:any> = <tuple>

2: <new:any>, *<new:list> = <iter>

1: <new:any>, *<new:list>, <new:any> = <list>

1: *<new:list>, <new:any> = <tuple>

4: <new:int>, <new:int> = <var:int>, <var:int>

3: <new:int>, <new:int>, <new:float> = <int>, <var:int>, <var:float>

2: [<new:any>, (<new:int>, <new:any>)] = [<any>, <tuple>]

5: <new:any> = <new:any> = <any>

2: <list>.extend((<list>)[:3])

2: <set>.add(<key>)

1: <set>.add(<any>)

4: <list>.append(<any>)

4: <name:list>.append(<int>)

4: <name:list>[<index>] = <any>

2: <name:list>[<small>:<small>] = <iter>

2: del <name:list>[<index>]

2: <name:list>[<index>] += <int>

2: <list>.pop()

2: <name:list>.insert(<small>, <any>)

4: <name:dict>[<key>] = <any>

2: del <name:dict>[<key>]

2: <name:dict>['k0'] += <int>

6: <name:obj>.n = <int>

4: <name:obj>.n += <int>

4: <name:obj>.f = <float>

3: <name:obj>.f *= <float>

3: <name:obj>.next = <obj>

2: <name:obj>.x = <any>

2: <obj>.n = <any>

1: del <name:obj>.n

1: <name:obj>.__class__ = <class>

2: setattr(<obj>, <str>, <any>)

3: <obj>.method(<any>)

3: <obj>.bump()

4: <obj>[<int>] = <any>

1: del <obj>[<int>]

1: del <name:any>

1: del <name:int>

12: print('at', text(<any>))

6: <call>

1: assert <bool>, <any>

1: raise <exception>

2: pass

3: <name:obj>.n = <obj>

3: <name:obj>.f = Last()

2: <name:obj>.n = <var:obj>

2: <name:obj>.next = <var:obj>

2: <name:list>[<index>] = <obj>

2: <name:any> = Last()

2: <name:obj> = Last()

1: <name:dict>[<any>] = <any>

1: <name:dict>[[]] = <int>

1: <name:list>.append(<name:list>)

1: <class>.shared = <any>

1: <class>.shared += 1

2: globals()['G3'] = Last()
globals()['G3'] = <int>

@module 6: G3 = Last()
for i in range(5):
    G3 = <int>
    G2 = G2 * 0.5 + <float>
    G3 = Last()
    G3 = i * 0.5

2: if <name:dict>:
    <block>

3: <fresh> = iter(<iter>)
while (v := next(<fresh>, None)) is not None:
    <loop>

3: <fresh> = None
while <fresh> is None:
    <new:int> = <int>
    <fresh> = 1 if <bool> else 2

2: <fresh> = [1, 2, 3]
while <fresh>:
    <fresh>.pop()
    <loop>

2: from math import tau as <new:float>

2: <new:any> = {*<iter>, <int>}

2: class <fresh>:
    a: int = <int>
    b = <any>
print(<fresh>.a)

@function 2: cell = <any>
def use():
    return cell
class Inner:
    cell = cell
    other = cell
show(use())
del cell
try:
    use()
except NameError as e:
    print(type(e).__name__)

2: if not <name:float>:
    <block>

1: while <name:dict>:
    <name:dict>.popitem()

1: for f in (abs, operator.neg, float, bool, str):
    show(f(<int>))

1: for s in ('a', b'b', 'cd', bytearray(b'e')):
    show(len(s.upper()))

2: for <fresh> in (<obj>, <obj>, <make>):
    show(<fresh>.n, <fresh>.fixed())
    <effect>

@function 3: cell = 0.5
def turn(v):
    nonlocal cell
    cell = cell * 0.5 + v
    return cell
for i in range(<small>, 7):
    turn(<float>)
    cell += i
show(cell)
cell = Last()
cell = <int>

@function 2: cell = Last()
def turn(v):
    nonlocal cell
    cell = v
for i in (1, 2.5, Last(), 3, 'a', <int>):
    turn(i)
    show(cell)

2: for i in range(6):
    <same:any> = Last() if i & 1 else i
    <same:any> = i * 0.5

2: x = 1.5
for i in range(5):
    y = Last()
    x = x * 1.5 + i
    y = i
    show(x, y)

12: <effect>

3: G0 = <int>

2: G1 = <any>

3: LOG.append(<any>)

3: show(<int>, <float>)

2: exec('<fresh> = 1; show(<fresh>)')

1: <new:any> = eval('G0 + 1')

1: import math as <new:any>

@function 2: return <any>

@function 3: return <int>

@loop 4: continue

@loop 4: break

@yield 20: yield <any>

@yield 12: <new:any> = yield <int>

@yield @sync 3: yield from <iter>

@yield @sync 3: <new:any> = yield from <generator>

@await 16: <new:any> = await <awaitable>

@await 8: await <awaitable>

24: if <bool>:
    <block>

8: if <any>:
    <block>

12: if <bool>:
    <block>
else:
    <block>

5: if <int> < <int>:
    <block>
elif <float> < <float>:
    <block>
else:
    <block>

5: if <any> is None:
    <block>

3: if not (<bool> and <bool> or <bool>):
    <block>

4: if (<new:int> := <int>) > <small>:
    <block>

20: for <new:int> in range(<small>, 9):
    <loop>

6: for <new:int> in range(<int> & 15):
    <loop>

3: <fresh> = 3
for <new:int> in range(<int>, <int>):
    if (<fresh> := <fresh> - 1) < 0:
        break
    <loop>

2: <fresh> = 3
for <new:int> in range(<lit:int>, <lit:int>, <lit:int>):
    if (<fresh> := <fresh> - 1) < 0:
        break
    <loop>

10: <fresh> = 20
for <new:any> in <iter>:
    if (<fresh> := <fresh> - 1) < 0:
        break
    <loop>

5: <fresh> = 20
for <new:int> in <list>:
    <fresh> -= 1
    if <fresh> < 0:
        break
    <loop>

4: for <new:int>, <new:any> in enumerate(<list>):
    <loop>

3: for <new:float> in <list>:
    <loop>
else:
    <block>

10: <fresh> = <small> + 8
while <fresh> > 0:
    <fresh> -= 1
    <loop>

4: <fresh> = 6
while (<bool>) and (<fresh> := <fresh> - 1) > 0:
    <loop>
else:
    <block>

4: <fresh> = 0
while <fresh> < 12:
    <fresh> += 1
    <loop>

3: <fresh> = 0.0
while <fresh> < 4.5:
    <fresh> += 0.5
    <loop>

16: try:
    <block>
except <excepted> as e:
    print('caught', trouble(e))

5: try:
    <block>
except (ValueError, TypeError, AttributeError):
    <block>
else:
    <block>

5: try:
    <block>
finally:
    <block>

4: try:
    <block>
except Exception as e:
    <block>
finally:
    <new:any> = <any>

2: try:
    raise <exception> from <exception>
except <excepted> as e:
    print('caught', trouble(e.__cause__))
    <block>

2: try:
    raise ExceptionGroup('g', [ValueError(<int>), TypeError(<any>)])
except* ValueError as e:
    <new:any> = e.exceptions
except* TypeError:
    print(<any>)

5: with <manager> as <new:any>:
    <block>

2: with <manager>, <manager> as <new:any>:
    <block>

4: match <any>:
    case int(<fresh>) if <bool>:
        <block>
    case [_, *rest]:
        <new:any> = rest
    case {'k0': v, **rest}:
        print(text(v), text(rest))
    case str() | float():
        <block>
    case None:
        <block>
    case _:
        <block>

3: match <obj>:
    case C0(n=0 | 1 as v):
        print('matched', text(v))
    case C1(v, w):
        print('matched', text(v), text(w))
    case [v, w]:
        print('matched', text(v), text(w))
    case _:
        <block>

2: match <tuple>:
    case (1, w):
        <new:any> = w
    case (v, w) if v:
        <block>

4: def <fresh>(p=<int>, *a, **k):
    nonlocal_ = <int>
    return p, a, k
print(text(LOG[-1:]))

@function 4: def inner(v, w=<any>):
    return v, w, <any>
<new:any> = inner(<any>)

@function 3: count = <int>
def step(by=<small>):
    nonlocal count
    count += by
    return count
<new:any> = step() , step(<int>)
print(text(count))

@function 2: cell = <float>
add = lambda v: cell + v
cell = <any>
<new:any> = add(<float>)

2: <new:any> = [(lambda: i + <int>)() for i in range(3)]

4: if isinstance(<same:int>, int) and not -2**70 < <same:int> < 2**70:
    <same:int> = 3

2: <same:int> = <same:int> + 1

2: <same:float> = <same:float> * <float> - <same:float>

1: del <same:list>[:]

@async 6: async for <new:any> in <asynchronous>:
    <loop>

@async 5: async with AsyncManager(<any>) as <new:any>:
    <block>

@async 3: <new:list> = [i async for i in <asynchronous>]
""")
