"""Products are found by words, whatever their accents and capitals, at every moment after they were written."""

from __future__ import annotations

import threading
import time
from importlib import import_module

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client

from catalog import search
from catalog.models import Category, Product, Supplier
from catalog.search_filling import fill_some
from catalog.unaccented import LETTERS, unaccented

pytestmark = pytest.mark.django_db

needs_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite fills nothing")


@pytest.fixture(params=["unfilled", "filled"])
def filled(request):
    """What every test does twice: before and after a worker has filled the texts."""

    def fill():
        if request.param == "filled":
            while fill_some():
                pass

    return fill


@pytest.fixture
def make():
    supplier = Supplier.objects.create(codigo="PROV001", nombre="Distribuciones Peñón")

    def make(key, nombre, categoria="SONDAS", **more):
        fields = {
            "id": key,
            "nombre": nombre,
            "codigo": f"770{key}",
            "categoria": Category.objects.get_or_create(nombre=categoria)[0],
            "precio_unitario": "1.00",
            "certificado_sanitario": "INVIMA",
            "condiciones_almacenamiento": "Seco",
            "tiempo_entrega_dias": 1,
            "proveedor": supplier,
            **more,
        }
        return Product.objects.create(**fields)

    return make


def found(text):
    return sorted(search.products(Product.objects.all(), text, Supplier.objects.all()).values_list("pk", flat=True))


@pytest.mark.parametrize("text", ["cateter", "CATÉTER", "Catéter", "catÉter", "téte"])
def test_accents_and_capitals_make_no_difference(make, filled, text):
    make("A", "CATÉTER venoso 18G")
    make("B", "Cateter venoso 20G")
    make("C", "Guante")
    filled()
    assert found(text) == ["A", "B"]


@pytest.mark.parametrize("text", ["nino", "niño", "NIÑO", "pañal nino"])
def test_n_finds_enye(make, filled, text):
    make("A", "Pañal para NIÑO")
    filled()
    assert found(text) == ["A"]


def test_every_word_is_somewhere_in_any_order(make, filled):
    make("A", "Guante de nitrilo", "GUANTES ESTÉRILES")
    make("B", "Guante de látex")
    filled()
    for text in ("nitrilo guante", "esteriles nitrilo", "770A guante", "a nitrilo", "  guante   nitrilo "):
        assert found(text) == ["A"], text
    assert found("guante catéter") == []
    assert found('"guante de"') == ["A", "B"]
    assert found('"de guante"') == []


@pytest.mark.parametrize(("text", "keys"), [("5%", ["A"]), ("a_b", ["B"]), ("c\\d", ["C"]), ("%", ["A"]), ("'", ["D"])])
def test_signs_of_patterns_mean_themselves(make, filled, text, keys):
    make("A", "Solución 5% x 500")
    make("B", "Equipo a_b")
    make("C", "Ruta c\\d")
    make("D", "Catéter 18'")
    make("E", "Solución 50 axb")
    filled()
    assert found(text) == keys


def test_a_word_is_not_found_across_two_columns(make, filled):
    make("A1", "1venda", codigo="B2")
    filled()
    assert found("A1B2") == found("21venda") == []


def test_nothing_asked_for_is_everything(make, filled):
    make("A", "Guante")
    filled()
    assert found("") == found("  ") == ["A"]


def test_a_changed_name_is_found_and_the_old_one_is_not(make, filled):
    make("A", "Guante")
    filled()
    Product.objects.filter(pk="A").update(nombre="Cánula")
    assert (found("canula"), found("guante")) == (["A"], [])
    filled()
    assert (found("canula"), found("guante")) == (["A"], [])


def test_another_category_is_found_after_a_merge(make, filled):
    from bulk_upload.history.edits import Editor
    from bulk_upload.models import EditSource
    from catalog.merging import merge_categories

    make("A", "Venda", "APOSITOS")
    filled()
    merge_categories(["APOSITOS"], Category.objects.create(nombre="CURACIÓN"), Editor(None, EditSource.SYSTEM))
    filled()
    assert (found("curacion venda"), found("apositos")) == (["A"], [])


def test_a_deleted_product_is_not_found_and_comes_back_as_what_it_then_is(make, filled):
    make("A", "Guante")
    filled()
    Product.objects.all().delete()
    assert found("guante") == []
    filled()
    make("A", "Cánula")
    assert (found("guante"), found("canula")) == ([], ["A"])
    filled()
    assert (found("guante"), found("canula")) == ([], ["A"])


def test_only_what_one_may_see_is_found(make, filled):
    make("A", "Guante")
    make("B", "Guante", proveedor=Supplier.objects.create(codigo="PROV002", nombre="Otro"))
    filled()
    for suppliers, keys in (
        (Supplier.objects.filter(pk="PROV002"), ["B"]),
        (Supplier.objects.none(), []),
        (Supplier.objects.all(), ["A", "B"]),
    ):
        rows = search.products(suppliers.own(Product.objects.all()), "guante", suppliers)
        assert sorted(rows.values_list("pk", flat=True)) == keys


def test_the_admin_searches_so_and_its_autocompletes_too(make, filled):
    make("A", "CATÉTER venoso", "SOLUCIÓN")
    make("B", "Guante")
    filled()
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    page = root.get("/admin/catalog/product/", {"q": "venoso cateter"}).content.decode()
    assert ("CATÉTER venoso" in page, "Guante" in page) == (True, False)
    for field, text, key in (("categoria", "solucion", "SOLUCIÓN"), ("proveedor", "penon", "PROV001")):
        asked = {"app_label": "catalog", "model_name": "product", "field_name": field, "term": text}
        assert [one["id"] for one in root.get("/admin/autocomplete/", asked).json()["results"]] == [key]


@needs_postgresql
class TestFilling:
    def unfilled(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT products FROM catalog_unfilledproducts ORDER BY id")
            return [products for (products,) in cursor.fetchall()]

    def texts(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT product_id, texto FROM catalog_productsearch ORDER BY product_id")
            return cursor.fetchall()

    def test_it_is_done_in_batches_and_ends(self, make, monkeypatch):
        monkeypatch.setattr("catalog.search_filling.BATCH", 2)
        for number in range(5):
            make(f"P{number}", "Venda")
        assert [fill_some() for _ in range(4)] == [2, 2, 1, 0]
        assert [key for key, _text in self.texts()] == ["P0", "P1", "P2", "P3", "P4"]

    def test_the_rows_of_a_large_statement_are_noted_in_parts(self, make):
        make("A", "Venda")
        fill_some()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalog_product SELECT (jsonb_populate_record(product, jsonb_build_object("
                "'id', 'N' || n, 'codigo', 'N' || n))).* FROM catalog_product AS product, generate_series(1, 5001) AS n"
            )
        assert (sum(self.unfilled()), max(self.unfilled())) == (5001, 2500)

    def test_texts_of_deleted_products_are_removed(self, make):
        make("A", "Venda")
        fill_some()
        assert self.texts() == [("A", "a\n770a\nvenda\nsondas")]
        Product.objects.all().delete()
        assert fill_some() == 1
        assert self.texts() == []

    def test_an_emptied_table_leaves_none(self, make):
        make("A", "Venda")
        fill_some()
        make("B", "Venda")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("TRUNCATE catalog_product CASCADE")
        assert (self.texts(), self.unfilled()) == ([], [])

    def test_the_index_is_used(self, make):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            plan = search.products(Product.objects.all(), "catéter", Supplier.objects.all()).explain()
        assert "catalog_productsearch_words" in plan

    def test_with_the_extension_it_has_the_letters_of_sqlite_and_more(self):
        text = "".join(LETTERS)
        with connection.cursor() as cursor:
            cursor.execute("SELECT catalog_search_text(%s)", [text])
            assert cursor.fetchone()[0] == unaccented(text)

    def test_without_the_extension_it_has_the_letters_of_sqlite(self):
        migration = import_module("catalog.migrations.0009_product_search")
        create = migration.WITH_LETTERS.format(accented="".join(LETTERS), plain="".join(LETTERS.values()))
        with connection.cursor() as cursor:
            cursor.execute(create.replace("catalog_search_text", "pg_temp.plain_text"))
            cursor.execute("SELECT pg_temp.plain_text('CATÉTER ñandú Łódź')")
            assert cursor.fetchone()[0] == "cateter nandu lodz"

    def test_whoever_may_create_no_extension_finds_products_too(self, make):
        """As the README says of production: the tables are made by a user that owns them, but not the database."""
        migration = import_module("catalog.migrations.0009_product_search")
        with connection.cursor() as cursor, connection.schema_editor() as editor:
            migration.drop(None, editor)
            cursor.execute("DROP EXTENSION unaccent, pg_trgm")
            cursor.execute("CREATE ROLE few; GRANT CREATE ON SCHEMA public TO few")
            cursor.execute("ALTER TABLE catalog_product OWNER TO few")
            cursor.execute("SET LOCAL ROLE few")
            migration.create(None, editor)
            import_module("catalog.migrations.0010_product_search_suppliers").add(None, editor)
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname IN ('unaccent', 'pg_trgm')")
            assert cursor.fetchone()[0] == 0
        make("A", "Catéter")
        assert found("cateter") == ["A"]
        fill_some()
        assert found("cateter") == ["A"]

    @pytest.mark.django_db(transaction=True)
    def test_emptying_the_products_meets_the_filling_in_no_deadlock(self, make):
        make("A", "Venda")
        locked = threading.Event()

        def empty():
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE catalog_product IN ACCESS EXCLUSIVE MODE")
                locked.set()
                time.sleep(0.5)
                cursor.execute("TRUNCATE catalog_product CASCADE")
            connection.close()

        other = threading.Thread(target=empty)
        other.start()
        locked.wait()
        fill_some()
        other.join()
        assert (self.texts(), self.unfilled()) == ([], [])
