"""`make bench-search`: searches among 260,000 products on PostgreSQL, and what their index costs an import.

Prints the median and the 95 % of each search's page and of its count, as the admin asks for them; the microseconds a
product takes to be filled afterwards; and the time of an import with and without the triggers that note its products.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from benchmarks import databases
from benchmarks.files import Recipe
from benchmarks.options import Options
from benchmarks.writing import made
from deploy.environment import PROJECT

PRODUCTS: Final = int(os.environ.get("SEARCH_PRODUCTS") or 260_000)
IMPORTED: Final = 100_000
SEARCHES: Final = (
    "cateter",
    "bisturí",
    "guante nitrilo",
    "nitrilo guante 4711",
    "0123",
    "niño 77",
    "77000000001234",
    "sutura azul 999",
    "línea estéril",
    "no-hay",
)
# Words of tens of thousands of products. PROV001 has no product with the first one.
FREQUENT: Final = ("niño", "calibre", "estéril", "gasa estéril", "e", "78")
MAKE: Final = """
    INSERT INTO catalog_category (nombre, aprobada, created_at) SELECT name, true, now()
        FROM unnest(%(categories)s) AS name ON CONFLICT DO NOTHING;
    INSERT INTO catalog_product (id, nombre, codigo, categoria_id, presentacion, precio_unitario, certificado_sanitario,
        condiciones_almacenamiento, tiempo_entrega_dias, stock_minimo, stock_critico, requiere_lote,
        requiere_vencimiento, proveedor_id)
    SELECT 'S' || lpad(n::text, 8, '0'),
        (%(names)s)[1 + n %% 16] || ' ' || (%(kinds)s)[1 + n %% 6] || ' ' || n || ', ' || (%(traits)s)[1 + n %% 5],
        '78' || lpad(n::text, 11, '0'), (%(categories)s)[1 + n %% 8], 'Caja x 100', 12.5, 'INVIMA 2024DM-0001',
        'Lugar seco, 15–30 °C', 5, 10, 5, false, true, 'PROV00' || 1 + n %% 3
    FROM generate_series(1, %(products)s) AS n
"""
WORDS: Final = {
    "names": "Guante de nitrilo|Catéter venoso|Jeringa desechable|Sutura de polipropileno|Vendaje elástico"
    "|Solución salina|Cánula nasal|Pañal para adulto|Gasa estéril|Aguja hipodérmica|Sonda vesical"
    "|Equipo de infusión|Mascarilla quirúrgica|Bisturí|Termómetro digital|Algodón hidrófilo",
    "kinds": "calibre|talla|presentación|referencia|niño|línea",
    "traits": "estéril|no estéril|médico|pediátrico|azul",
    "categories": "GUANTES|JERINGAS|SUTURAS|VENDAJES|SONDAS|SOLUCIONES|CÁNULAS|PAÑALES",
}


def measure() -> None:
    """Runs in a process that has Django set up, on an empty database."""
    from django.db import connection

    from catalog.models import Supplier

    Supplier.objects.bulk_create([Supplier(codigo=f"PROV00{n}", nombre="x") for n in (1, 2, 3)])
    import_times(Options.given().runs)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_stocklot, catalog_product, catalog_productsearch, catalog_unfilledproducts")
        # The driver takes several statements only without parameters of its own.
        lists = {
            name: "ARRAY[" + ",".join(f"'{word}'" for word in text.split("|")) + "]" for name, text in WORDS.items()
        }
        cursor.execute(MAKE % {**lists, "products": PRODUCTS})
        cursor.execute("VACUUM ANALYZE catalog_product")  # as autovacuum does
    print("before they are filled")
    search_times(SEARCHES[:2], times=3)
    fill()
    print("after they were filled")
    search_times(SEARCHES, times=11)
    search_times(FREQUENT, times=11)
    print("a third of the products, as a clerk of one supplier sees them")
    search_times(SEARCHES, times=11, supplier="PROV001")
    search_times(FREQUENT, times=11, supplier="PROV001")


def import_times(runs: int) -> None:
    """Turn by turn, and the fastest of each: what else a machine does only makes it slower."""
    path = made(Options.given().files, Recipe(IMPORTED, "csv"))
    seconds: dict[str, list[float]] = {"DISABLE": [], "ENABLE": []}
    for _ in range(runs):
        for state, found in seconds.items():
            found.append(import_once(path, state))
    without, with_ = (min(found) / IMPORTED * 1e6 for found in seconds.values())
    print(f"import, µs a row: {with_:.2f}, without the triggers {without:.2f} ({with_ / without - 1:+.1%})")


def import_once(path: Any, state: str) -> float:
    from django.conf import settings
    from django.db import connection

    from benchmarks.tables import reset, settle
    from bulk_upload.importing.run import import_table
    from bulk_upload.models import BulkUpload
    from bulk_upload.reading.files import Readers
    from bulk_upload.reading.table import Limits

    reset()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalog_unfilledproducts")
        cursor.execute(f"ALTER TABLE catalog_product {state} TRIGGER catalog_product_unfilled_insert")
    upload = BulkUpload.objects.create(proveedor_id="PROV001", filename="a.csv", file_format="csv", s3_key="-", size=1)
    claimed = BulkUpload.objects.claim(upload.pk, timedelta(hours=1))
    if claimed is None:
        raise AssertionError("an upload that nobody else knows cannot be claimed")
    settle()
    readers = Readers()
    readers.prepare()
    began = time.perf_counter()
    with readers.reader(Limits()) as reader:
        table = reader.checked(path, "csv", next_row=0, chunk_rows=settings.BULK_UPLOAD_CHUNK_ROWS)
        import_table(claimed, table, lambda: None)
    seconds = time.perf_counter() - began
    readers.close()
    return seconds


def fill() -> None:
    from django.db import connection

    from catalog.search_filling import fill_some

    began, filled, longest = time.perf_counter(), 0, 0.0
    last = began
    while count := fill_some():
        filled, now = filled + count, time.perf_counter()
        longest, last = max(longest, now - last), now
    each = (time.perf_counter() - began) / filled * 1e6
    print(f"filling, µs a product: {each:.1f}; longest transaction {longest * 1000:.0f} ms")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_productsearch")


def search_times(texts: Sequence[str], *, times: int, supplier: str = "") -> None:
    from catalog import search
    from catalog.models import Product, Supplier

    suppliers = Supplier.objects.filter(pk=supplier) if supplier else Supplier.objects.all()

    def found(text: str) -> Any:
        return search.products(suppliers.own(Product.objects.all()), text, suppliers)

    pages, counts = [], []
    for text in texts:
        page = timed(lambda: list(found(text).select_related("categoria", "proveedor").order_by("id")[:100]), times)  # noqa: B023
        count = timed(lambda: found(text).count(), times)  # noqa: B023
        pages += page
        counts += count
        print(f"  {text:20} {found(text).count():7} page {middle(page)} count {middle(count)}", flush=True)
    print(f"  {'all':20} {'':7} page {middle(pages)} count {middle(counts)}", flush=True)


def timed(action: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each time; one before them, which reads what nobody has read, does not count."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


def middle(times: list[float]) -> str:
    return f"{statistics.median(times):6.1f} ms (95 %: {statistics.quantiles(times, n=20)[-1]:6.1f})"


def main() -> None:
    options = Options.given()
    with databases.on_postgresql(options.server) as url:
        env = {**os.environ, "DATABASE_URL": url, "DEBUG": "true", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
        env["DJANGO_SETTINGS_MODULE"] = "medisupply.settings"
        # Queries that DEBUG keeps would be counted, too.
        command = [sys.executable, "-m", "benchmarks.product_search", "measure"]
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"]
        subprocess.run(migrate, cwd=PROJECT, env=env, check=True)
        subprocess.run(command, cwd=PROJECT, env=env | {"DEBUG": "false", "SECRET_KEY": "bench"}, check=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        import django

        django.setup()
        measure()
    else:
        main()
