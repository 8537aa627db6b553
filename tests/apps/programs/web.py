"""Flask and SQLAlchemy: an application with a database, through the test client."""

import flask
import sqlalchemy
from sqlalchemy import orm


class Base(orm.DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str]
    books: orm.Mapped[list["Book"]] = orm.relationship(back_populates="author")


class Book(Base):
    __tablename__ = "book"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    title: orm.Mapped[str]
    year: orm.Mapped[int]
    author_id: orm.Mapped[int] = orm.mapped_column(sqlalchemy.ForeignKey("author.id"))
    author: orm.Mapped[Author] = orm.relationship(back_populates="books")


engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.pool.StaticPool)
Base.metadata.create_all(engine)
app = flask.Flask(__name__)
app.secret_key = "test"


@app.post("/authors/<name>/books")
def add(name: str) -> tuple[flask.Response, int]:
    data = flask.request.get_json()
    with orm.Session(engine) as session:
        author = session.scalars(sqlalchemy.select(Author).filter_by(name=name)).first() or Author(name=name)
        author.books.append(Book(title=data["title"], year=int(data["year"])))
        session.add(author)
        session.commit()
        return flask.jsonify(count=len(author.books), name=author.name), 201


@app.get("/books")
def books() -> flask.Response:
    query = sqlalchemy.select(Book).join(Author).order_by(Book.year.desc(), Book.title)
    if since := flask.request.args.get("since", type=int):
        query = query.where(Book.year >= since)
    with orm.Session(engine) as session:
        found = [{"title": b.title, "by": b.author.name, "year": b.year} for b in session.scalars(query)]
    flask.session["visits"] = flask.session.get("visits", 0) + 1
    return flask.jsonify(books=found, visits=flask.session["visits"])


@app.get("/page/<int:number>")
def page(number: int) -> str:
    return flask.render_template_string(
        "{% for i in range(n) %}<li>{{ i }} {{ url_for('books') }}</li>{% endfor %}", n=number
    )


@app.errorhandler(KeyError)
def missing(error: KeyError) -> tuple[str, int]:
    return f"missing {error}", 400


def main() -> None:
    client = app.test_client()
    for i in range(40):
        data = {"title": f"Book {i}", "year": str(1900 + i * 7 % 50)}
        if i % 13 == 12:
            del data["year"]
        answer = client.post(f"/authors/author {i % 4}/books", json=data)
        print(answer.status_code, answer.text.strip())
    for url in ("/books", "/books?since=1940", "/books?since=x", "/page/3", "/page/x", "/nowhere"):
        for _ in range(5):
            answer = client.get(url)
        print(url, answer.status_code, answer.text)
    with orm.Session(engine) as session:
        totals = sqlalchemy.select(
            Author.name, sqlalchemy.func.count(Book.id), sqlalchemy.func.avg(Book.year)
        )
        print(session.execute(totals.join(Author.books).group_by(Author.name).order_by(Author.name)).all())


main()
