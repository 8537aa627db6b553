"""What may happen behind the back of compiled code: bodies of the functions e0, e1, ... of a program.

Each happens once in so many times that it is asked for, hence in the middle of hot loops.
"""

from __future__ import annotations

from fuzz.grammar import Expander, Scope, indented

EFFECTS = [
    "global G0; G0 = <any>",
    "global G1; G1 = <any>",
    "global G2; G2 = <float>",
    "global GL; GL = [<any>, <any>]",
    "global K0; K0 = <int>",
    "C0.n = <any>",
    "C1.n = <any>",
    "del C1.n",
    "C0.x = <any>",
    "C0.method = lambda self, *a: <any>",
    "C1.add = lambda self, v: v",
    "del C0.method",
    "C0.__add__ = lambda self, other: <any>",
    "C1.__bool__ = lambda self: <bool>",
    "C1.__eq__ = lambda self, other: <any>",
    "C0.__getattr__ = lambda self, name: <any>",
    "C0.__getattribute__ = lambda self, name: object.__getattribute__(self, name)",
    "C0.prop = property(lambda self: <any>)",
    "C1.__bases__ = C1.__bases__",
    "C0.__call__ = lambda self, *a: <any>",
    "O0.__class__ = C1",
    "O1.__class__ = C0",
    "O1.__class__ = C2",
    "O0.__dict__['n'] = <any>",
    "O0.__dict__ = {'n': <any>, 'f': <float>}",
    "vars(O1).clear()",
    "O0.n = <any>",
    "del O1.n",
    "builtins.abs = lambda v: <lit:any>",
    "builtins.abs = ABS",
    "builtins.len = lambda v: <lit:small>",
    "builtins.len = LEN",
    "globals()['abs'] = lambda v: <lit:any>",
    "globals().pop('abs', None)",
    "globals()['len'] = LEN",
    "globals()['new%d' % COUNTS[1]] = 1",
    "del globals()['G1']",
    "GL.append(<any>)",
    "GL.append(GL)",
    "GL.pop()",
    "GL.clear()",
    "BB.pop()",
    "AI.append(<small>)",
    "AD.pop()",
    "global AD; AD = array('f', [1.5, 2.5])",
    "global AI; AI = [<any>, <int>]",
    "global BB; BB = b'abc'",
    "GL[:] = [<any>, <int>]",
    "GD['k%d' % (COUNTS[1] & 7)] = <any>",
    "GD.clear()",
    "GD.pop('k0', None)",
    "P0.__defaults__ = (<any>,)",
    "P0.__code__ = P1.__code__",
    "P1.__defaults__ = None",
    "P1.__kwdefaults__ = {'k': <any>}",
    "raise <exception>",
    "raise KeyError('effect')",
    "collect()",
    "LOG.append(sys._getframe(1).f_lineno)",
    "LOG.append(sorted(sys._getframe(1).f_locals))",
    "LOG.append(len(sys._getframe(1).f_locals))",
    "LOG.append(sys._getframe(1).f_code.co_name)",
    "LOG.append([text(v) for v in sys._getframe(1).f_locals.values()])",
    "global HELD; HELD = sys._getframe(1)",
    "global HELD; HELD = sys._getframe(2) if sys._getframe(1).f_back else None",
    "sys._getframe(1).f_trace = tracer",
    "sys._getframe(1).f_trace_opcodes = True",
    "LOG.append(inside(sys._getframe(1)))",
    "LOG.append(inside(sys._getframe(2)))",
    "LOG.append(HELD and inside(HELD))",
    "LOG.append(HELD and HELD.f_lineno)",
    "HELD.clear()",
    "LOG.append(next(GEN, 'done'))",
    "LOG.append(GEN.send(<any>))",
    "GEN.throw(ValueError('thrown'))",
    "GEN.close()",
    "LOG.append(sys.exc_info()[0])",
    "S = [<any>]; LOG.append(S)",
    "exec('global G0\\nG0 = 5')",
    "show('effect', <any>)",
    "math.extra = <any>",
    "math.pi = <float>",
    "C0.shared = <any>",
    "C1.shared = <any>",
    "C0.fixed = staticmethod(lambda *a: <any>)",
    "C0.fixed = classmethod(lambda *a: <any>)",
    "P0.extra = <any>",
    "P0.__code__ = (lambda *a, **k: a).__code__",
    "P1.__code__ = (lambda *a, **k: <any>).__code__",
    "P0.__defaults__ = (<any>, <any>, <any>)",
    "global P1; P1 = (lambda *a, **k: <any>)",
    "global P0; P0 = len",
    "O0.__dict__",
    "O2.__dict__",
    "O0.__dict__.update(x=1, y=2, n=<int>)",
    "LOG.append(vars(O1).get('n'))",
    "_thread.interrupt_main(signal.SIGUSR1)",
    "_thread.interrupt_main(signal.SIGUSR1)",
    "show(fall())",
    "O0.n = Last()",
    "O1.f = Last()",
    "GL[:1] = [Last()]",
    "global G1; G1 = Last()",
    "LOOKING.append(1)",
    "LOOKING.clear()",
    "global G0; G0 = Last()",
    "C0.n = property(lambda self: <any>)",
    "C0.n = <int>",
    "C1.__slots__ = ()",
    "C0.__setattr__ = lambda self, name, v: object.__setattr__(self, name, v)",
    "C1.__hash__ = lambda self: <small>",
    "builtins.isinstance = lambda a, b: <lit:bool>",
    "builtins.isinstance = ISINSTANCE",
    "builtins.range = RANGE",
    "builtins.P9 = 1",
    "tracemalloc.start()",
    "tracemalloc.stop()",
]

TRACING = ["sys.settrace(tracer)", "sys.settrace(None)", "sys.setprofile(profiler)", "sys.setprofile(None)"]


def effect_lines(writer: Expander, count: int) -> list[str]:
    """Return the definitions of e0, e1, ..., all of them different."""
    rng = writer.rng
    pool = rng.sample(EFFECTS, count)
    if rng.random() < 0.35:
        pool[0] = TRACING[0] if rng.random() < 0.6 else TRACING[2]
        pool[1] = rng.choice(TRACING)
    lines: list[str] = []
    for number, effect in enumerate(pool):
        body = writer.fill(effect, Scope(frozenset(), {})).split("; ")
        declared = [part for part in body if part.startswith("global ")]
        rest = [part for part in body if not part.startswith("global ")]
        lines += [f"def e{number}():", *indented(declared)]
        lines += [
            f"    if tick({rng.choice((2, 5, 5, 11, 23, 47))}):",
            *indented(["; ".join(rest)], 2),
            "",
            "",
        ]
    return lines
