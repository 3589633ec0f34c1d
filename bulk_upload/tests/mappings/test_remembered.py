"""What was said once of a file's columns is used for the next file with the same header, and by nobody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from bulk_upload.intake import accept_upload
from bulk_upload.models import BulkUpload, RememberedMapping
from bulk_upload.tests.helpers.erp_files import HEADER, MAPPING, erp_list
from bulk_upload.tests.helpers.upload_api import URL, a_file, refused
from catalog.sheets.products import PRODUCTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("aws")]

MAPPINGS = "/api/v1/catalog/bulk-upload/mappings"


@pytest.fixture
def remembered(api, worker):
    """A list was looked at, mapped, remembered as "ERP" and imported."""
    sent = api.post(f"{URL}?revisar=true", {"file": a_file("enero.csv", erp_list(1))}).json()
    body = {"mapping": MAPPING, "recordar": "ERP"}
    refused(api.post(sent["start_url"], body, format="json"), 409, "not_looked_at")
    worker.previews.step()
    assert api.post(sent["start_url"], body, format="json").status_code == 202
    worker.step()
    return RememberedMapping.objects.get()


def imported(worker, content, owner, **options):
    file = a_file("febrero.csv", content)
    user = User.objects.first()
    upload = accept_upload(file=file, sheet=PRODUCTS, owner=owner, user=user, reemplazar_duplicados=False, **options)
    worker.step()
    upload.refresh_from_db()
    return upload


def test_the_next_file_with_the_same_header_is_imported_without_asking(remembered, worker, supplier):
    upload = imported(worker, erp_list(2, 3), supplier)
    assert (upload.status, upload.creados, upload.mapping_name) == ("completed", 2, "ERP")
    remembered.refresh_from_db()
    assert remembered.used_at


def test_neither_the_order_of_the_columns_nor_how_they_are_written_counts(remembered, worker, supplier):
    names = HEADER.strip().split(";")
    cells = erp_list(2).decode().split("\n")[1].split(";")
    turned = ";".join(reversed(names)).upper() + "\n" + ";".join(reversed(cells)) + "\n"
    assert imported(worker, turned.encode(), supplier).creados == 1


def test_another_header_and_another_supplier_are_none_of_its_business(remembered, worker, supplier, other_supplier):
    other = imported(worker, erp_list(2, header=HEADER.replace("Obs", "Notas")), supplier)
    assert (other.status, other.mapping) == ("failed", {})
    assert imported(worker, erp_list(3), other_supplier).status == "failed"


def test_a_forgotten_one_is_not_used(api, remembered, worker, supplier):
    assert api.delete(f"{MAPPINGS}/{remembered.pk}").status_code == 204
    assert imported(worker, erp_list(2), supplier).status == "failed"


def test_it_is_used_while_the_file_is_only_looked_at(api, remembered, worker):
    sent = api.post(f"{URL}?revisar=true", {"file": a_file("marzo.csv", erp_list(4))}).json()
    api.get(sent["preview_url"])
    worker.previews.step()
    found = api.get(sent["preview_url"]).json()
    assert (found["mapping_name"], found["faltan"], found["problema"]) == ("ERP", [], None)
    api.post(sent["start_url"], {}, format="json")
    worker.step()
    assert BulkUpload.objects.get(pk=sent["task_id"]).creados == 1


def test_a_file_may_name_it(api, remembered, worker):
    answer = api.post(f"{URL}?mapping_name=ERP", {"file": a_file("abril.csv", erp_list(5))})
    worker.step()
    upload = BulkUpload.objects.get(pk=answer.json()["task_id"])
    assert (upload.creados, upload.mapping_name) == (1, "ERP")
    answer = api.post(f"{URL}?mapping_name=SAP", {"file": a_file("abril.csv", erp_list(6))})
    refused(answer, 422, "unknown_mapping")


def test_it_is_listed_for_its_supplier_alone(api, remembered, other_supplier):
    (entry,) = api.get(MAPPINGS).json()["items"]
    assert (entry["nombre"], entry["mapping"]["columnas"]["Ref."]) == ("ERP", "id")
    stranger = User.objects.create_user("otra")
    other_supplier.usuarios.add(stranger)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=stranger).key}")
    assert client.get(MAPPINGS).json()["items"] == []
    for method in (client.get, client.delete):
        assert method(f"{MAPPINGS}/{remembered.pk}").status_code == 404
    answer = client.post(f"{URL}?mapping_name=ERP", {"file": a_file("abril.csv", erp_list(5))})
    refused(answer, 422, "unknown_mapping")
