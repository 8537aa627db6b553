"""Black and Lark: formatting Python, parsing a grammar of one's own; Rich draws the result."""

import inspect
import io
import json.decoder
import textwrap

import black
import lark
import rich.console
import rich.table

GRAMMAR = r"""
start: (assign NEWLINE?)*
assign: NAME "=" sum
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom -> mul | product "/" atom -> div
?atom: NUMBER -> number | NAME -> var | "-" atom -> neg | "(" sum ")"
%import common.CNAME -> NAME
%import common.NUMBER
%import common.NEWLINE
%import common.WS_INLINE
%ignore WS_INLINE
"""


@lark.v_args(inline=True)
class Calculate(lark.Transformer):  # type: ignore[type-arg, misc]
    from operator import add, mul, neg, sub
    from operator import truediv as div

    number = float

    def __init__(self) -> None:
        super().__init__()
        self.vars: dict[str, float] = {}

    def assign(self, name: str, value: float) -> None:
        self.vars[str(name)] = value

    def var(self, name: str) -> float:
        return self.vars[name]


def main() -> None:
    ugly = (
        "def  f( a,b = 2,*args ):\n    return {  'a':a ,'b' : [x for x in args if x!=b],\n"
        " 'long': 'x'*80, 'longer': (a+b)*(a-b)/(a or b)}\n"
    )
    print(black.format_str(ugly, mode=black.Mode()))
    source = textwrap.dedent(inspect.getsource(json.decoder)).replace("    ", "  ")
    print(black.format_str(source, mode=black.Mode(line_length=60)))
    try:
        black.format_str("def f(:\n", mode=black.Mode())
    except black.InvalidInput as error:
        print(error)
    for parser in ("lalr", "earley"):
        calculator = lark.Lark(GRAMMAR, parser=parser)
        program = "\n".join(f"v{i} = {i} * (2 + {i}) - v{i - 1} / 3" if i else "v0 = -1" for i in range(20))
        transformer = Calculate()
        transformer.transform(calculator.parse(program))
        print(parser, transformer.vars)
        try:
            calculator.parse("a = 1 +* 2")
        except lark.exceptions.UnexpectedInput as error:
            print(type(error).__mro__[-4].__name__, error.line, error.column)
    table = rich.table.Table(title="Numbers")
    for name in ("n", "square", "text"):
        table.add_column(name, style="bold", justify="right")
    for i in range(30):
        table.add_row(str(i), f"[red]{i * i}[/red]", "word " * (i % 7))
    console = rich.console.Console(
        file=io.StringIO(), width=60, force_terminal=True, color_system="truecolor"
    )
    console.print(table)
    console.print_json('{"a": [1, 2.5, null, true], "b": {"c": "d"}}')
    out = console.file
    assert isinstance(out, io.StringIO)
    print(out.getvalue())


main()
