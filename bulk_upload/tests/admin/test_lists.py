"""The admin's list of uploads: whose, how fast, how found."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import address, make_upload

LIST = "/admin/bulk_upload/bulkupload/"


def test_an_upload_shows_its_state_as_icon_and_word(staff, supplier):
    make_upload(supplier, status="completed", completed_at=timezone.now())
    page = staff.get(LIST).content.decode()
    assert re.search(r'estado-completed"><span aria-hidden="true">✔</span> Completada', page)


def test_the_list_takes_the_same_queries_for_one_row_and_for_many(staff, supplier):
    make_upload(supplier)
    with CaptureQueriesContext(connection) as few:
        staff.get(LIST)
    for number in range(40):
        make_upload(supplier, f"{number}.csv")
    with CaptureQueriesContext(connection) as many:
        staff.get(LIST)
    assert len(many) == len(few) <= 12


def test_a_file_is_found_by_its_name(staff, supplier):
    make_upload(supplier, "enero.xlsx")
    make_upload(supplier, "febrero.xlsx")
    page = staff.get(LIST, {"q": "ENERO"}).content.decode()
    assert "enero.xlsx" in page
    assert "febrero.xlsx" not in page


def test_an_upload_is_found_by_its_task_id_or_a_part_of_it(staff, supplier):
    wanted, other = make_upload(supplier, "enero.xlsx"), make_upload(supplier, "febrero.xlsx")
    for term in (str(wanted.pk), wanted.pk.hex, str(wanted.pk)[:13]):
        page = staff.get(LIST, {"q": term}).content.decode()
        assert wanted.filename in page
        assert other.filename not in page


@pytest.mark.parametrize("query", ["status__exact=failed", "proveedor__codigo__exact=PROV002", "q=nadie"])
def test_filters_leave_only_what_fits(staff, supplier, other_supplier, query):
    make_upload(supplier, "enero.xlsx")
    response = staff.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "enero.xlsx" not in response.content.decode()


def test_a_suppliers_person_sees_only_its_own_uploads(supplier_person, supplier, other_supplier):
    make_upload(supplier, "propio.xlsx")
    theirs = make_upload(other_supplier, "ajeno.xlsx")
    for query in ({}, {"q": "xlsx"}, {"q": str(theirs.pk)}, {"proveedor__codigo__exact": "PROV002"}):
        page = supplier_person.get(LIST, query).content.decode()
        assert "ajeno.xlsx" not in page
        assert "Suministros del Norte" not in page
    assert "propio.xlsx" in supplier_person.get(LIST).content.decode()


@pytest.mark.parametrize("name", ["change", "history", "original", "corrections", "cancel", "retry", "delete"])
def test_nobody_reaches_an_upload_of_others_by_guessing_its_address(supplier_person, other_supplier, name):
    theirs = make_upload(other_supplier, "ajeno.xlsx")
    for method in (supplier_person.get, supplier_person.post):
        response = method(address(name, theirs.pk))
        assert response.status_code in (302, 403, 404)
        assert b"ajeno" not in response.content
    theirs.refresh_from_db()
    assert theirs.status == "pending"


def test_the_errors_of_others_cannot_be_downloaded(supplier_person, other_supplier):
    theirs = make_upload(other_supplier)
    assert supplier_person.get(address("errors", theirs.pk, "csv")).status_code == 404


def test_without_the_permission_there_is_no_list(bystander):
    response = bystander.get(LIST)
    assert response.status_code == 403
    assert "Su cuenta no tiene permiso" in response.content.decode()


def test_an_upload_can_be_neither_changed_nor_deleted(staff, supplier):
    upload = make_upload(supplier)
    staff.post(address("change", upload.pk), {"filename": "otro"})
    assert staff.post(address("delete", upload.pk), {"post": "yes"}).status_code == 403
    assert BulkUpload.objects.get().filename == upload.filename


def test_every_page_forbids_code_and_style_from_elsewhere(staff, supplier):
    for page in (LIST, f"{LIST}add/", address("change", make_upload(supplier).pk)):
        response = staff.get(page)
        assert "default-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        content = response.content.decode()
        assert "style=" not in content
        assert not re.search(r"<script(?![^>]*(src=|application/json))", content)
        assert not re.search(r"\son\w+=", content)
