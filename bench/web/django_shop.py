"""A shop on django (sqlite in memory): models, templates, a form, a cart in signed cookies."""

import itertools
from collections.abc import Callable

import django
from django.conf import settings

BASE = """<!doctype html><title>{% block title %}Shop{% endblock %}</title>
{% block body %}{% endblock %}<footer>{{ count }} in the cart</footer>"""
INDEX = """{% extends "base.html" %}{% block body %}<table>{% for item in items %}
<tr class="{% cycle "odd" "even" %}"><td>{{ forloop.counter }}</td><td>{{ item.name|title }}</td>
<td>{{ item.price|floatformat:2 }}</td><td>{{ item.maker.name|upper }}</td>
{% if item.price > 20 %}<td>dear</td>{% endif %}</tr>{% endfor %}</table>{% endblock %}"""
CART = """{% extends "base.html" %}{% block body %}<form method="post">{{ form.as_p }}</form>
{% for item, number in lines %}<p>{{ item.name }} {{ number }}</p>{% empty %}Nothing yet{% endfor %}{% endblock %}"""

settings.configure(
    SECRET_KEY="not a secret",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["testserver"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    MIDDLEWARE=[
        "django.middleware.common.CommonMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [
                            (
                                "django.template.loaders.locmem.Loader",
                                {"base.html": BASE, "index.html": INDEX, "cart.html": CART},
                            )
                        ],
                    )
                ]
            },
        }
    ],
    USE_TZ=True,
)
django.setup()

from django import forms  # noqa: E402 (settings come first)
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.shortcuts import redirect, render  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path, reverse  # noqa: E402


class Maker(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "shop"


class Item(models.Model):
    name = models.CharField(max_length=40)
    price = models.FloatField()
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"


class Order(forms.Form):
    item = forms.IntegerField(min_value=1, max_value=60)
    number = forms.IntegerField(min_value=1, max_value=9)
    note = forms.CharField(max_length=30, required=False)


def page(request: HttpRequest, name: str, **values: object) -> HttpResponse:
    return render(request, name, {"count": sum(request.session.get("cart", {}).values()), **values})


def index(request: HttpRequest) -> HttpResponse:
    items = Item.objects.select_related("maker").order_by("-price")
    if "maker" in request.GET:
        items = items.filter(maker_id=int(request.GET["maker"]))
    return page(request, "index.html", items=items[:20])


def cart(request: HttpRequest) -> HttpResponse:
    form = Order(request.POST or None)
    chosen = request.session.get("cart", {})
    if request.method == "POST" and form.is_valid():
        chosen = dict(itertools.islice(chosen.items(), 5))
        chosen[str(form.cleaned_data["item"])] = form.cleaned_data["number"]
        request.session["cart"] = chosen
        return redirect(reverse("cart"))
    items = Item.objects.in_bulk([int(key) for key in chosen])
    return page(request, "cart.html", form=form, lines=[(items[int(key)], n) for key, n in chosen.items()])


def api(request: HttpRequest, maker: str) -> JsonResponse:
    found = Item.objects.filter(maker__name=maker).aggregate(models.Count("id"), models.Avg("price"))
    return JsonResponse({"maker": maker, **found})


urlpatterns = [path("", index), path("cart", cart, name="cart"), path("api/<str:maker>", api)]


def make() -> Callable[[int], bytes]:
    """Requests by a client that keeps its cookies."""
    with connection.schema_editor() as editor:
        editor.create_model(Maker)
        editor.create_model(Item)
    makers = [Maker.objects.create(name=f"maker {i}") for i in range(5)]
    Item.objects.bulk_create(Item(name=f"thing {i}", price=i * 1.75, maker=makers[i % 5]) for i in range(60))
    client = Client()
    steps = [
        lambda i: client.get("/"),
        lambda i: client.get(f"/?maker={i % 5 + 1}"),
        lambda i: client.post("/cart", {"item": i % 60 + 1, "number": "2", "note": "soon"}),
        lambda i: client.get("/cart"),
        lambda i: client.get(f"/api/maker {i % 7}"),
        lambda i: client.post("/cart", {"item": "many", "number": "12"}),
    ]

    def one(i: int) -> bytes:
        return steps[i % len(steps)](i).content

    return one
