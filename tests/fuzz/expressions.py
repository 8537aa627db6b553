"""The templates of expressions, by the kind of their value, and the literals of each kind.

Kinds are what the value usually is; the programs are meant to be wrong about it now and then.
"""

from __future__ import annotations

from fuzz.grammar import Template, templates

LITERALS: dict[str, list[str]] = {
    "int": [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "7",
        "10",
        "255",
        "256",
        "257",
        "-5",
        "-6",
        "2**30",
        "2**30-1",
        "-2**30",
        "2**31",
        "2**59-1",
        "2**60",
        "-2**60",
        "2**60-1",
        "2**62",
        "-2**62",
        "2**62-1",
        "2**63",
        "2**63-1",
        "-2**63",
        "2**64",
        "2**70",
        "1000003",
        "K0",
        "K1",
    ],
    "small": ["0", "1", "2", "3", "4", "5", "-1", "-2", "ZERO", "ONE", "LAST_ONE"],
    "float": [
        "0.0",
        "-0.0",
        "1.0",
        "0.5",
        "-1.5",
        "2.25",
        "1e308",
        "-1e308",
        "5e-324",
        "NAN",
        "INF",
        "-INF",
        "3.0",
        "1e16",
        "2.0**53",
        "0.1",
        "K2",
    ],
    "bool": ["True", "False"],
    "str": ["''", "'a'", "'abc'", "'é'", "'n'", "'xyz' 'w'", "'\\U0001f600'", "'k0'", "'k1'"],
    "key": ["'k0'", "'k1'", "1", "'k2'", "(1, 2)", "True", "0.0", "None"],
    "list": [
        "[1, 2, 3]",
        "[7, 2**62, -1]",
        "[1.5, 2.5]",
        "[3, 4]",
        "[0, 1.0, True]",
        "GL",
        "['a', None]",
        "[S0, 1]",
        "[]",
    ],
    "tuple": ["(4, 5)", "(1, 2)", "(1.5, 'a')", "(1, 2.0, 'c')", "GT"],
    "dict": ["{}", "{'k0': 1, 'k1': 2.5}", "{1: 'a'}", "GD"],
    "set": ["{1, 2}", "{'a'}", "set()"],
    "obj": ["O0", "O1", "O2", "O3"],
    "any": [
        "None",
        "0",
        "1.5",
        "'a'",
        "[1]",
        "(1,)",
        "S0",
        "S1",
        "O0",
        "O1",
        "Ellipsis",
        "2**62",
        "int",
        "K0",
    ],
    "iter": ["range(3)", "range(-2, 5, 2)", "[1, 2, 3]", "(1.5, 2.5)", "'ab'", "{'k0': 1}", "GL", "O0", "O1"],
    "callable": [
        "len",
        "abs",
        "int",
        "float",
        "(lambda *a, **k: (a, k))",
        "(lambda a=1, /, *, b=2: a)",
        "C0",
        "Empty",
        "Knot",
    ],
}

EXPRESSIONS: dict[str, list[Template]] = {
    "small": templates("""
<small>

(<int> & 7)

(<small> + 1)
"""),
    "int": templates("""
1: sum(<any> for <fresh> in <iter>)

1: sum(<int> for <fresh> in range(<small>))

1: max(<int> for <fresh> in (<small>, <any>))

1: BB[<small>]

1: AI[<small>]

1: b'a\\xff\\0'[<small>]

2: <class>.shared

2: <class>.fixed(<int>)

1: <obj>.fixed()

1: <obj>.shared

1: <make>.n

1: <int> >> <lit:int>

1: <int> << <index>

1: P0.extra

1: [abs, operator.inv, operator.neg, int][<index>](<int>)

1: [len, LEN][<int> & 1](<list>)

1: (lambda: <var:int>)()

1: <list>.index(<int>)

1: <list>.count(<int>)

14: <int> + <int>

12: <int> - <int>

8: <int> * <small>

3: <int> * <int>

5: <int> // <int>

5: <int> % <int>

4: <int> & <int>

3: <int> | <int>

3: <int> ^ <int>

4: <int> << (<int> & 31)

1: <int> << <small>

3: <int> >> (<int> & 63)

1: <small> ** (<int> & 3)

4: -(<int>)

3: ~(<int>)

2: +(<int>)

2: abs(<int>)

2: len(<list>)

1: len(<str>)

1: len(<dict>)

4: <list>[<index>]

2: <tuple>[<index>]

1: int(<float>)

1: int('0' + <str>)

8: <obj>.n

3: <obj>.<attribute>

2: <name:obj>.n

3: (<int> if <bool> else <int>)

2: min(<int>, <int>)

1: max(<int>, <int>, <small>)

1: divmod(<int>, <int>)[<index>]

1: sum(<list>)

10: <call>

1: (<new:int> := <int>)

1: (hash(<int>) & 0)

1: <bool> + <bool>

1: <bool> * <int>

1: round(<float>)

1: (<int>).bit_length()

2: (lambda a, b=<int>: a + b)(<int>)

3: <obj>.method(<any>)

2: <obj>.add(<int>)

1: ord((<str>)[0])

2: <dict>.get(<key>, <int>)

1: <dict>['k0']

2: (<int> and <int>)

1: (<int> or <int>)

3: (<var:int> + <var:int> * <small>)

1: [<fresh> for <fresh> in range(<small>)][-1]

1: sum(<small> * i for i in <iter>)

2: G0

2: G1

1: (<any> is None) + 1

1: operator.index(<int>)

1: (<str>).find(<str>)

1: (<str>).rfind(<str>)

1: (<str>).count(<str>)

2: clip(<int>) ** 2

1: int(<bool>)

1: (<list> or [0])[-1]

1: len([*<iter>])

1: len(<iter>)
"""),
    "float": templates("""
1: sum(<float> for <fresh> in <iter>)

1: min(<float> for <fresh> in (1, <any>))

1: AD[<small>]

1: math.pi

1: <class>.shared

1: math.tau * <float>

1: <make>.f

1: [abs, operator.neg, float][<index>](<float>)

14: <float> + <float>

12: <float> - <float>

12: <float> * <float>

6: <float> / <float>

4: <float> + <int>

4: <int> * <float>

3: <int> / <int>

2: <float> // <float>

2: <float> % <float>

3: (<float> + 0.0) ** <small>

4: -(<float>)

1: abs(<float>)

1: float(<int>)

1: float('1' + str(<small>))

6: <obj>.f

2: math.sqrt(abs(<float>))

1: math.sqrt(<float>)

1: math.<unary>(<float>)

1: math.<unary>(<int>)

1: math.<binary>(<float>, <float>)

2: (<float> + 0.0) ** <float>

2: (<float> + 0.0) ** 2

1: math.floor(<float>)

1: math.ceil(<float>)

1: math.copysign(1.0, <float>)

3: (<float> if <bool> else <float>)

1: min(<float>, <float>)

1: max(<float>, <int>)

3: <list>[<index>]

3: <call>

1: (<new:float> := <float>)

2: <obj>.scale(<float>)

3: (<var:float> * <var:float> + <float>)

1: G2
"""),
    "bool": templates("""
2: (<str>).<isit>()

2: (<str>).startswith(<str>)

1: (<str>).endswith(<str>)

1: any(<any> for <fresh> in <iter>)

1: all(<bool> for <fresh> in (<any>, <any>, <any>))

2: <str> != <str>

1: <float>

1: (not <float>)

1: <name:dict>

1: isinstance(<any>, <any>)

1: isinstance(<obj>, <class>)

1: <any> in <any>

1: (<list> and <dict>)

1: (not <list>)

1: <str>

10: <int> < <int>

6: <int> <= <int>

5: <int> == <int>

4: <int> != <int>

4: <int> > <int>

3: <int> >= <small>

6: <float> < <float>

3: <float> >= <float>

2: <float> == <int>

2: <float> != <float>

1: <int> < <float>

3: (not <bool>)

3: (not <any>)

3: <bool> and <bool>

3: <bool> or <bool>

2: <int> < <int> < <int>

2: <small> <= <int> <= <float>

3: <str> == <str>

1: <str> < <str>

2: <any> is <any>

2: <any> is not None

2: <obj> is <obj>

2: <int> in <list>

1: <key> in <dict>

1: <str> in <str>

1: <any> not in <tuple>

2: isinstance(<any>, (int, str))

2: isinstance(<any>, (C0, float, C1))

1: isinstance(<obj>, (<class>, <class>))

1: isinstance(<any>, (list, <any>))

1: Last(<any>) < Last()

1: Last() in <any>

1: Last() in [Last(<any>), <any>]

1: isinstance(<obj>, C0)

1: callable(<any>)

2: <obj> == <any>

2: <obj> < <obj>

1: bool(<any>)

1: <bool> & <bool>

1: <bool> ^ <bool>

1: <tuple> == <tuple>

2: <int> & 1

1: hasattr(<obj>, 'n')

2: tick(<period>)
"""),
    "str": templates("""
1: <str>.join(<str> for <fresh> in <iter>)

1: ['a', b'bc', 'D'][<index>].upper()

1: ''.join(sorted(map(text, <set>)))

3: <str> + 'q'

3: (<str> + <str>)[:30]

2: <str> * (<int> & 3)

2: str(<int>)

2: repr(<float>)

3: f'{<name:int>}:{<name:float>!r:>8}'

3: f'{<name:int>}-{<name:str>}'[:40]

2: f'{<name:any>}{<name:int>!s}|{<name:str>}'[:40]

1: f'{<name:int>}{<name:str>}{<name:float>}{<name:int>!r}{<name:int> + 1}'[:60]

2: f'{<name:int>:x}'

2: (<str>)[<index>]

2: (<str>)[<small>:<small>]

2: (<str>).upper()

2: (<str>).<changed>()

1: (<str>).strip(<str>)

1: (<str>).replace(<str>, <str>)[:60]

1: ','.join(<list>)

1: '-'.join([<str>, <str>])

2: (<str> if <bool> else <str>)

2: <obj>.s

1: '%s/%d' % (<any>, <int>)

1: (<str>).replace('a', 'b')

1: type(<any>).__name__

1: text(<obj>)
"""),
    "key": templates("""
<key>

<str>

<int>

1: <float>

1: <any>
"""),
    "list": templates("""
1: sorted(<small> for <fresh> in <iter>)

1: list(<any> for <fresh> in <iter>)

4: [<int>, <int>, <int>]

2: [<float>, <any>]

2: (<list> + <list>)[:20]

2: <list>[<small>:<small>]

2: [<int> for i in <iter>]

1: [i for i in <iter> if i]

1: [(i, <small>) for i in range(3) if <bool>]

1: [*<iter>, <any>]

1: sorted(<list>)

1: list(<iter>)

2: <obj>.items

1: list(map(<callable>, <list>))

1: <list> * (<int> & 1)

1: [i for j in (<tuple>, <list>) for i in j]
"""),
    "tuple": templates("""
1: tuple(<any> for <fresh> in <list>)

6: (<int>, <float>)

3: (<any>, <any>, <any>)

2: (<tuple> + <tuple>)[:9]

1: <tuple>[<small>:]

1: (*<iter>,)

1: tuple(<iter>)

1: divmod(<int>, <small>)

1: divmod(<float>, <float>)
"""),
    "dict": templates("""
3: {'k0': <any>, 'k1': <int>}

2: {'n': <float>, 'f': <any>, 'k0': <str>, 'k1': <int>}

1: {'k1': <any>}

1: (lambda **k: k)(k0=<any>, n=<float>)

4: {<key>: <int>, 'k0': <any>}

1: {**<dict>, 'k1': <float>}

1: {i: <int> for i in <iter>}

1: dict(k0=<int>, k1=<any>)

1: <dict> | <dict>
"""),
    "set": templates("""
1: set(<key> for <fresh> in <iter>)

{<int>, <small>}

{i for i in <iter>}

<set> | <set>
"""),
    "obj": templates("""
1: Knot(<int>)

1: Empty()

2: Last()

1: Last(<any>)

8: <name:obj>

6: <make>

3: (<obj> if <bool> else <obj>)

3: <obj>.next

2: <obj>.twin()

2: <obj> + <int>

1: <int> + <obj>

1: <obj> - <obj>

1: <obj> * <float>

1: -<obj>

1: <obj>[<int>]

1: (<obj> and <obj>)

1: (<obj> or <obj>)
"""),
    "any": templates("""
4: <int>

4: <float>

2: <str>

3: <bool>

2: <list>

2: <tuple>

1: <dict>

3: <obj>

2: <call>

1: <dict>.get(<key>)

1: <list>[<index>]

1: getattr(<obj>, <str>, <any>)

1: (lambda *a, k=<int>, **q: (a, k, sorted(q)))(*[<any>, <int>], k=<any>)

1: (<callable>)(<any>)

1: next(iter(<iter>), <any>)

1: <obj>(<any>)

1: <obj> @ <any>

1: <any> == <any>

1: sys._getframe().f_lineno

1: sorted(sys._getframe().f_locals)

1: inside(sys._getframe())

1: len(locals())

1: sorted(vars())

1: type(<any>)

1: <obj>.<attribute>

1: frozenset(<set>)

1: <obj> // <obj>
"""),
    "iter": templates("""
6: range(<small>)

3: range(<small>, 6)

1: range(<small>, <small>, <int>)

3: <list>

2: <tuple>

2: <str>

2: <dict>

1: <dict>.items()

2: enumerate(<list>)

2: zip(<list>, <tuple>)

2: (i for i in <iter> if i)

1: reversed(<list>)

2: <obj>

3: <generator>

1: map(<callable>, <iter>)

1: iter(<list>)

1: set(<str>)
"""),
    "attribute": templates("""
n

f

2: s

3: prop

3: cached

2: missing

2: x

2: sticky
"""),
    "index": templates("""
8: 0

2: ONE

2: ZERO

1: LAST_ONE

5: -1

4: 1

<int> & 1

1: <small>

1: 2
"""),
    "isit": templates("""
1: isdigit

1: isalpha

1: isalnum

1: isspace

1: isupper

1: islower

1: isascii

1: isidentifier
"""),
    "changed": templates("""
1: lower

1: title

1: capitalize

1: casefold

1: swapcase

1: strip

1: lstrip

1: rstrip
"""),
    "unary": templates("""
1: sqrt

1: fabs

1: sin

1: cos

1: exp

1: log

1: tan

1: atan

1: acos

1: log2

1: tanh

1: ceil
"""),
    "binary": templates("""
1: pow

1: atan2

1: fmod

1: copysign
"""),
    "period": templates("""
7

19

37

97
"""),
    "exception": templates("""
ValueError(<int>)

TypeError

KeyError(<any>)

1: StopIteration(<int>)

1: Custom(<any>)

1: IndexError('index')

1: ZeroDivisionError()
"""),
    "excepted": templates("""
6: Exception

2: ValueError

2: (TypeError, AttributeError, Custom)

1: ArithmeticError

1: LookupError

1: BaseException

1: <any>
"""),
    "callable": templates("""
2: (lambda x=<int>: x)

2: <obj>.method

1: <obj>

1: C0

1: C1

1: type(<obj>)

1: (lambda x, *a: (x, <any>))

1: str.upper
"""),
}
