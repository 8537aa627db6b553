"""Jinja2: inheritance, macros, loops, filters, autoescaping, and an error in a template."""

import jinja2

TEMPLATES = {
    "base.html": "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}",
    "macros.html": "{% macro cell(v, k='td') %}<{{ k }}>{{ v }}</{{ k }}>{% endmacro %}",
    "table.html": """{% extends 'base.html' %}{% from 'macros.html' import cell %}
{% block title %}{{ title|upper }}{% endblock %}
{% block body %}<table>{% for row in rows %}
<tr class="{{ loop.cycle('odd', 'even') }}">{{ loop.index }}
{% for v in row %}{{ cell(v) }}{% endfor %}
{%- if loop.last %}{{ cell('last', k='th') }}{% endif %}</tr>{% else %}none{% endfor %}</table>
{{ rows|map('sum')|list|join(', ') }} {{ total|round(2) }} {{ names|sort|unique|join('/') }}
{% set ns = namespace(n=0) %}
{% for i in range(50) if i is odd %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}
{{ '<b>'|e }} {{ missing|default('nothing') }} {{ data.items()|list }} {{ "%05d"|format(42) }}
{% endblock %}""",
    "bad.html": "{% for i in [1, 2, 0] %}\n{{ 1 // i }}\n{% endfor %}",
}


def main() -> None:
    environment = jinja2.Environment(loader=jinja2.DictLoader(TEMPLATES), autoescape=True)
    for size in (0, 1, 5, 40):
        for _ in range(10):
            text = environment.get_template("table.html").render(
                title="numbers & <tags>",
                rows=[[i, i * 1.5, i**3] for i in range(size)],
                total=sum(i * 0.1 for i in range(size)),
                names=["b", "a", "<c>", "b"] * size,
                data={"k": size},
            )
        print(text)
    try:
        environment.get_template("bad.html").render()
    except ZeroDivisionError as error:
        assert error.__traceback__ is not None
        frame = error.__traceback__
        while frame.tb_next is not None:
            frame = frame.tb_next
        print(error, frame.tb_lineno, frame.tb_frame.f_code.co_filename)
    for source in ("{% if %}", "{{ 1 + }}", "{% endfor %}"):
        try:
            environment.from_string(source)
        except jinja2.TemplateSyntaxError as error:
            print(error.message, error.lineno)


main()
