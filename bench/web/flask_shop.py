"""A shop on flask, jinja2 and sqlalchemy (sqlite in memory): pages from templates, forms, a cart in the session."""

from collections.abc import Callable

from flask import Flask, jsonify, redirect, render_template, request, session, url_for
from jinja2 import DictLoader
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.pool import StaticPool

TEMPLATES = {
    "base.html": """<!doctype html><title>{% block title %}Shop{% endblock %}</title>
<nav>{% for name, target in [("All", "index"), ("Cart", "cart")] %}<a href="{{ url_for(target) }}">{{ name }}</a>
{% endfor %}</nav>{% for message in messages %}<p>{{ message }}</p>{% endfor %}
{% block body %}{% endblock %}<footer>{{ count }} in the cart</footer>""",
    "index.html": """{% extends "base.html" %}{% block title %}All of {{ maker or "them" }}{% endblock %}
{% block body %}<table>{% for item in items %}<tr class="{{ loop.cycle("odd", "even") }}">
<td>{{ loop.index }}</td><td>{{ item.name|title }}</td><td>{{ "%.2f"|format(item.price) }}</td>
<td>{{ item.maker.name|upper }}</td>{% if item.price > 20 %}<td>dear</td>{% endif %}</tr>{% endfor %}
</table>{% endblock %}""",
    "cart.html": """{% extends "base.html" %}{% block body %}<form method="post">{% for item, number in lines %}
<label>{{ item.name }} <input name="n{{ item.id }}" value="{{ number }}"></label> {{ item.price * number }}
{% else %}Nothing yet{% endfor %}</form>{{ total|round(2) }}{% endblock %}""",
}


class Base(DeclarativeBase):
    pass


class Maker(Base):
    __tablename__ = "maker"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[float]
    maker_id: Mapped[int] = mapped_column(ForeignKey("maker.id"))
    maker: Mapped[Maker] = relationship(lazy="joined")


def make_app() -> Flask:
    """The application, with its database filled."""
    app = Flask(__name__)
    app.secret_key = "not a secret"
    app.jinja_loader = DictLoader(TEMPLATES)
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with Session(engine) as database:
        makers = [Maker(name=f"maker {i}") for i in range(5)]
        database.add_all(Item(name=f"thing {i}", price=i * 1.75, maker=makers[i % 5]) for i in range(60))
        database.commit()

    def page(name: str, **values: object) -> str:
        return render_template(name, count=sum(session.get("cart", {}).values()), messages=[], **values)

    @app.get("/")
    def index() -> str:
        maker = request.args.get("maker", type=int)
        query = select(Item).order_by(Item.price.desc()).limit(20)
        if maker is not None:
            query = query.where(Item.maker_id == maker)
        with Session(engine) as database:
            return page("index.html", items=database.scalars(query).all(), maker=maker)

    @app.post("/add/<int:item>")
    def add(item: int) -> object:
        cart = session.setdefault("cart", {})
        cart[str(item)] = cart.get(str(item), 0) + int(request.form["number"])
        session.modified = True
        return redirect(url_for("cart"))

    @app.route("/cart", methods=["GET", "POST"])
    def cart() -> str:
        chosen = session.get("cart", {})
        if request.method == "POST":
            chosen = {key[1:]: int(value) for key, value in request.form.items() if int(value) > 0}
            session["cart"] = chosen
        with Session(engine) as database:
            items = [database.get(Item, int(key)) for key in sorted(chosen)]
            lines = [(item, chosen[str(item.id)]) for item in items if item is not None]
        return page("cart.html", lines=lines, total=sum(item.price * number for item, number in lines))

    @app.get("/api/<maker>")
    def api(maker: str) -> object:
        query = select(func.count(Item.id), func.avg(Item.price)).join(Maker).where(Maker.name == maker)
        with Session(engine) as database:
            count, mean = database.execute(query).one()
        return jsonify(maker=maker, count=count, mean=mean, agent=request.headers.get("User-Agent", ""))

    return app


def make() -> Callable[[int], bytes]:
    """Requests by a client that keeps its cookies."""
    client = make_app().test_client()
    steps = [
        lambda i: client.get("/"),
        lambda i: client.get(f"/?maker={i % 5 + 1}"),
        lambda i: client.post(f"/add/{i % 60 + 1}", data={"number": "2"}),
        lambda i: client.get("/cart"),
        lambda i: client.get(f"/api/maker {i % 7}"),
        lambda i: client.post("/cart", data={f"n{i % 60 + 1}": "1", "n7": "3"}),
    ]

    def one(i: int) -> bytes:
        return steps[i % len(steps)](i).data

    return one
