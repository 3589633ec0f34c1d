"""`make bench-search`: searches among 260,000 products on PostgreSQL, and what their index costs an import.

Prints the median and the 95 % of each search's page and of its count, as the admin asks for them; the microseconds a
product takes to be filled afterwards; and the time of an import with and without the triggers that note its products.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from benchmarks.databases import Database, on_postgresql
from benchmarks.files import Recipe
from benchmarks.in_django import measure
from benchmarks.options import QUICK, RUNS
from benchmarks.system import environment

HOW_MANY: Final = 20_000 if QUICK else 260_000
IMPORTED: Final = 10_000 if QUICK else 100_000
SEARCHES: Final = (
    *("cateter", "bisturí", "guante nitrilo", "nitrilo guante 4711", "0123"),
    *("niño 77", "77000000001234", "sutura azul 999", "línea estéril", "no-hay"),
)
# Words of tens of thousands of products. PROV001 has no product with the first one.
FREQUENT: Final = ("niño", "calibre", "estéril", "gasa estéril", "e", "78")
MAKE: Final = f"""
    CREATE TEMPORARY TABLE word AS SELECT
        string_to_array('Guante de nitrilo|Catéter venoso|Jeringa desechable|Sutura de polipropileno|Vendaje elástico'
        '|Solución salina|Cánula nasal|Pañal para adulto|Gasa estéril|Aguja hipodérmica|Sonda vesical'
        '|Equipo de infusión|Mascarilla quirúrgica|Bisturí|Termómetro digital|Algodón hidrófilo', '|') AS names,
        string_to_array('calibre|talla|presentación|referencia|niño|línea', '|') AS kinds,
        string_to_array('estéril|no estéril|médico|pediátrico|azul', '|') AS traits,
        string_to_array('GUANTES|JERINGAS|SUTURAS|VENDAJES|SONDAS|SOLUCIONES|CÁNULAS|PAÑALES', '|') AS categories;
    INSERT INTO catalog_category (nombre, aprobada, created_at)
        SELECT unnest(categories), true, now() FROM word ON CONFLICT DO NOTHING;
    INSERT INTO catalog_product (id, nombre, codigo, categoria_id, presentacion, precio_unitario, certificado_sanitario,
        condiciones_almacenamiento, tiempo_entrega_dias, stock_minimo, stock_critico, requiere_lote,
        requiere_vencimiento, proveedor_id)
    SELECT 'S' || lpad(n::text, 8, '0'),
        names[1 + n % 16] || ' ' || kinds[1 + n % 6] || ' ' || n || ', ' || traits[1 + n % 5],
        '78' || lpad(n::text, 11, '0'), categories[1 + n % 8], 'Caja x 100', 12.5, 'INVIMA 2024DM-0001',
        'Lugar seco, 15–30 °C', 5, 10, 5, false, true, 'PROV00' || 1 + n % 3
    FROM word, generate_series(1, {HOW_MANY}) AS n
"""


def measure_within(url: str) -> None:
    """Within Django, on an empty database."""
    from django.core.management import call_command

    from catalog.models import Supplier

    call_command("migrate", verbosity=0, skip_checks=True)
    database = Database(url)
    Supplier.objects.bulk_create([Supplier(codigo=f"PROV00{n}", nombre="x") for n in (1, 2, 3)])
    import_times(database)
    empty = "TRUNCATE catalog_stocklot, catalog_product, catalog_productsearch, catalog_unfilledproducts"
    # Vacuumed as autovacuum does.
    database.execute(empty, MAKE, "VACUUM ANALYZE catalog_product")
    print("before they are filled")
    search_times(SEARCHES[:2], times=3)
    fill()
    database.execute("VACUUM ANALYZE catalog_productsearch")
    for title, supplier in (
        ("after they were filled", ""),
        ("a third of the products, as a clerk of one supplier sees them", "PROV001"),
    ):
        print(title)
        search_times(SEARCHES, times=11, supplier=supplier)
        search_times(FREQUENT, times=11, supplier=supplier)


def import_times(database: Database) -> None:
    """Turn by turn, and the fastest of each: what else a machine does only makes it slower."""
    from benchmarks.parts import import_file

    path = Recipe(IMPORTED, "csv").made()
    seconds: dict[str, list[float]] = {"DISABLE": [], "ENABLE": []}
    for _ in range(RUNS):
        for state, found in seconds.items():
            database.reset()
            trigger = f"ALTER TABLE catalog_product {state} TRIGGER catalog_product_unfilled_insert"
            database.execute("TRUNCATE catalog_unfilledproducts", trigger)
            found.append(import_file(path, database))
    without, with_ = (min(found) / IMPORTED * 1e6 for found in seconds.values())
    print(f"import, µs a row: {with_:.2f}, without the triggers {without:.2f} ({with_ / without - 1:+.1%})")


def fill() -> None:
    from catalog.search_filling import fill_some

    began, filled, longest = time.perf_counter(), 0, 0.0
    last = began
    while count := fill_some():
        filled, now = filled + count, time.perf_counter()
        longest, last = max(longest, now - last), now
    each = (time.perf_counter() - began) / filled * 1e6
    print(f"filling, µs a product: {each:.1f}; longest transaction {longest * 1000:.0f} ms")


def search_times(texts: Sequence[str], *, times: int, supplier: str = "") -> None:
    from catalog import search
    from catalog.models import Product, Supplier

    suppliers = Supplier.objects.filter(pk=supplier) if supplier else Supplier.objects.all()

    def found(text: str) -> Any:
        return search.products(suppliers.own(Product.objects.all()), text, suppliers)

    def page(text: str) -> int:
        return len(found(text).select_related("categoria", "proveedor").order_by("id")[:100])

    def count(text: str) -> int:
        return int(found(text).count())

    pages: list[float] = []
    counts: list[float] = []
    for text in texts:
        of_page, of_count = timed(partial(page, text), times), timed(partial(count, text), times)
        pages += of_page
        counts += of_count
        print(f"  {text:20} {found(text).count():7} page {middle(of_page)} count {middle(of_count)}", flush=True)
    print(f"  {'all':20} {'':7} page {middle(pages)} count {middle(counts)}", flush=True)


def timed(action: Callable[[], int], times: int) -> list[float]:
    """Milliseconds of each time; one before them, which reads what nobody has read, does not count."""
    taken = []
    for _ in range(times + 1):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


def middle(times: list[float]) -> str:
    return f"{statistics.median(times):6.1f} ms (95 %: {statistics.quantiles(times, n=20)[-1]:6.1f})"


def measure_search() -> None:
    with on_postgresql() as database:
        measure("search.measure_within", environment(database), database.url)
