"""The shop that is measured: models, templates, forms and signed cookies of django, on sqlite."""

import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from bench.web.django_shop import make

request = make()
for i in range(240):
    body = request(i)
    print(i, len(body), hashlib.sha256(body).hexdigest()[:16])
