"""Pages and answers about what is no longer kept say so in words; none of them is a 404 or a 500."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from bulk_upload import progress
from bulk_upload.models import BulkUpload, iso_utc
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from bulk_upload.tests.helpers.purging import age, purge
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.tests.helpers.upload_api import a_file, refused
from catalog.models import Product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

API = "/api/v1/catalog/bulk-upload"
FILE = "El archivo ya no se conserva: se borró 100 días después de terminar la carga."
ERRORS = (
    "Los errores y advertencias de las filas ya no se conservan: se borraron 100 días después de terminar la carga."
)
CHANGES = "Los valores anteriores ya no se conservan: se borraron 100 días después de terminar la carga."


def page(client, name, *arguments, method="get"):
    answer = getattr(client, method)(address(name, *arguments), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def purged(accept, worker):
    """A completed upload with a rejected row, of which nothing but the history is left."""
    upload = accept(csv_bytes([row(1), row(2, precio_unitario="caro")]))
    worker.step()
    age(upload, 100)
    purge()
    upload.refresh_from_db()
    return upload


@pytest.fixture
def failed(accept):
    upload = age(accept(csv_bytes([row(1)])), 100, status="failed", error_code="attempts_exhausted")
    purge()
    return upload


class TestTheApi:
    def test_the_original_is_410(self, api, purged):
        answer = api.get(f"{API}/{purged.pk}/file")
        refused(answer, 410, "file_purged")
        assert answer.json()["message"] == FILE

    @pytest.mark.parametrize("path", ["errors", "errors.csv", "errors.xlsx", "errors.json", "errors?format=csv"])
    def test_the_errors_are_410(self, api, purged, path):
        answer = api.get(f"{API}/{purged.pk}/{path}")
        refused(answer, 410, "errors_purged")
        assert answer.json()["message"] == ERRORS

    def test_the_rows_to_correct_are_410(self, api, purged):
        refused(api.get(f"{API}/{purged.pk}/corrections"), 410, "errors_purged")
        BulkUpload.objects.update(errors_purged_at=None)
        refused(api.get(f"{API}/{purged.pk}/corrections"), 410, "file_purged")

    def test_a_retry_is_refused_and_changes_nothing(self, api, failed):
        answer = api.post(f"{API}/{failed.pk}/retry")
        refused(answer, 410, "file_purged")
        assert answer.json()["message"] == f"{FILE} Por eso no puede reintentarse: cargue el archivo otra vez."
        failed.refresh_from_db()
        assert failed.status == "failed"

    def test_a_retry_whose_account_is_gone_is_refused_too(self, api, failed):
        BulkUpload.objects.update(file_purged_at=None)
        refused(api.post(f"{API}/{failed.pk}/retry"), 410, "errors_purged")
        BulkUpload.objects.update(errors_purged_at=None)
        refused(api.post(f"{API}/{failed.pk}/retry"), 410, "changes_purged")

    def test_it_is_said_in_english_too(self, api, purged):
        answer = api.get(f"{API}/{purged.pk}/file", headers={"Accept-Language": "en"})
        assert answer.json()["message"] == "The file is no longer kept: it was removed 100 days after the upload ended."

    def test_the_state_and_the_list_say_since_when(self, api, purged):
        state = api.get(f"{API}/status/{purged.pk}").json()
        (listed,) = api.get(API).json()["items"]
        since = [iso_utc(purged.file_purged_at), iso_utc(purged.errors_purged_at)]
        assert [[body["file_purged_at"], body["errors_purged_at"]] for body in (state, listed)] == [since, since]
        assert state["result"]["resumen"]["rechazados"] == 1
        assert (state["result"]["errores"], state["result"]["productos_creados"]) == ([], ["PROD00001"])

    def test_an_upload_that_is_gone_is_an_unknown_one_and_it_is_said_how_long_they_are_kept(self, api, purged):
        age(purged, 731)
        purge()
        for path in ("", "/errors", "/corrections", "/file"):
            answer = api.get(f"{API}/{purged.pk}{path}")
            refused(answer, 404, "not_found")
            assert "Las cargas se conservan 730 días después de terminar." in answer.json()["message"]

    def test_the_key_of_a_request_is_free_again_when_its_upload_is_gone(self, api, worker):
        send = lambda: api.post(  # noqa: E731
            "/api/v1/catalog/items/bulk-upload", {"file": a_file()}, headers={"Idempotency-Key": "pedido-1"}
        ).json()["task_id"]
        first = send()
        worker.step()
        age(BulkUpload.objects.get(), 100)
        purge()
        assert send() == first
        age(BulkUpload.objects.get(), 731)
        purge()
        assert send() != first

    def test_a_lost_file_that_is_sent_again_brings_back_nothing_that_was_purged(self, api):
        send = lambda: api.post(  # noqa: E731
            "/api/v1/catalog/items/bulk-upload", {"file": a_file()}, headers={"Idempotency-Key": "pedido-1"}
        ).json()
        first = send()
        upload = age(BulkUpload.objects.get(), 100, status="failed", error_code="file_missing")
        purge()
        again = send()
        assert again["task_id"] == first["task_id"]
        upload.refresh_from_db()
        assert (upload.status, upload.file_purged_at is None) == ("failed", False)


class TestTheAdmin:
    def test_the_result_says_what_is_gone_and_offers_none_of_it(self, staff, purged):
        said = page(staff, "change", purged.pk)
        assert FILE in said
        assert ERRORS in said
        assert "Ninguna fila fue rechazada" not in said
        for name, *more in (("original",), ("corrections",), ("errors", "xlsx"), ("replace",)):
            assert address(name, purged.pk, *more) not in said

    @pytest.mark.parametrize(
        ("name", "more", "sentence"),
        [
            ("original", (), FILE),
            ("errors", ("csv",), ERRORS),
            ("errors", ("xlsx",), ERRORS),
            ("corrections", (), ERRORS),
            ("replace", (), FILE),
            ("changes", (), CHANGES),
            ("history", (), "Historial"),
        ],
    )
    def test_addresses_below_an_upload_say_it(self, staff, purged, name, more, sentence):
        assert sentence in page(staff, name, purged.pk, *more)

    def test_the_script_of_the_waiting_page_is_told_that_there_is_nothing(self, staff, purged):
        assert staff.get(address("corrections_state", purged.pk)).status_code == 404

    def test_uploading_it_again_with_replacement_is_refused(self, staff, purged):
        assert FILE in page(staff, "replace", purged.pk, method="post")
        assert BulkUpload.objects.count() == 1

    def test_a_retry_is_refused_before_it_is_asked(self, staff, failed):
        sentence = f"{FILE} Por eso no puede reintentarse: cargue el archivo otra vez."
        assert sentence in page(staff, "retry", failed.pk)
        assert sentence in page(staff, "retry", failed.pk, method="post")
        assert address("retry", failed.pk) not in page(staff, "change", failed.pk)
        failed.refresh_from_db()
        assert failed.status == "failed"

    def test_corrections_are_named_without_a_count_of_what_is_not_known(self, staff, purged, accept):
        correction = accept(csv_bytes([row(2)]), "corregido.csv")
        BulkUpload.objects.filter(pk=correction.pk).update(corrects=purged)
        said = page(staff, "change", purged.pk)
        assert "Filas de esta carga se corrigieron con:" in said
        assert "filas corregidas" not in said
        assert address("change", correction.pk) in said

    def test_between_the_mark_and_the_removal_nothing_is_shown_by_halves(self, staff, api, accept, worker):
        upload = accept(csv_bytes([row(1, nombre="")]))
        worker.step()
        BulkUpload.objects.update(errors_purged_at=BulkUpload.objects.get().completed_at + timedelta(days=100))
        progress.forget(upload.pk)
        assert upload.row_errors.exists()
        assert ERRORS in page(staff, "change", upload.pk)
        refused(api.get(f"{API}/{upload.pk}/errors"), 410, "errors_purged")
        assert api.get(f"{API}/status/{upload.pk}").json()["result"]["errores"] == []


class TestPagesThatNameAnUploadThatIsGone:
    @pytest.fixture
    def gone(self, purged):
        age(purged, 731)
        purge()
        assert not BulkUpload.objects.exists()
        return purged

    def test_a_products_page_names_it_and_says_that_it_is_no_longer_kept(self, staff, gone):
        product = Product.objects.get()
        answer = staff.get(reverse("admin:catalog_product_change", args=[product.pk]))
        assert answer.status_code == 200
        assert f"{gone.pk} (ya no se conserva)" in answer.content.decode()
        assert address("change", gone.pk) not in answer.content.decode()

    def test_the_products_that_it_created_are_found_all_the_same(self, staff, gone):
        answer = staff.get(reverse("admin:catalog_product_changelist"), {"created_by_upload": str(gone.pk)})
        assert (answer.status_code, answer.context["cl"].result_count) == (200, 1)

    def test_who_edited_a_product_meanwhile_is_told_of_it(self, gone):
        editor = signed_in(person("editora", *ALL_OF_UPLOADS, "view_product", "change_product"))
        address = reverse("admin:catalog_product_change", args=["PROD00001"])
        form = editor.get(address).context["adminform"].form
        sent = {name: form[name].value() or "" for name in form.fields}
        shown = {f"initial-{name}": value for name, value in sent.items()}
        Product.objects.update(nombre="Otro nombre")
        answer = editor.post(address, {**sent, **shown, "nombre": "Un tercer nombre"})
        assert answer.status_code in (200, 302)

    def test_the_last_actions_name_it_without_a_link(self, client, django_user_model, accept, gone):
        from bulk_upload.tests.helpers.admin_people import make_upload
        from medisupply.web import history

        root = django_user_model.objects.create_superuser("raiz", password="raiz")
        upload = make_upload(gone.proveedor, "abril.csv")
        history.log_change(root, upload, history.message("cancelled"))
        client.force_login(root)
        assert address("change", upload.pk) in client.get(reverse("admin:index")).content.decode()
        upload.delete()
        home = client.get(reverse("admin:index")).content.decode()
        assert "abril.csv" in home
        assert "La carga ya no se conserva." in home
        assert address("change", upload.pk) not in home

    @pytest.mark.parametrize("name", ["change", "original", "changes", "history", "retry"])
    def test_its_own_addresses_say_that_it_may_be_no_longer_kept(self, staff, gone, name):
        answer = staff.get(address(name, gone.pk))
        assert answer.status_code == 404
        assert "puede que esta ya no se conserve" in answer.content.decode()
