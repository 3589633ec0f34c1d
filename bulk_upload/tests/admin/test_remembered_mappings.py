"""What was said of a file's columns can be seen, changed and forgotten, by those who act for its supplier."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bulk_upload.models import RememberedMapping
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, person, signed_in
from bulk_upload.tests.helpers.drafts import make_mapping

pytestmark = pytest.mark.django_db


def place(name, *arguments):
    return reverse(f"admin:bulk_upload_rememberedmapping_{name}", args=arguments)


@pytest.fixture
def kept(supplier):
    return make_mapping(supplier)


def form(**changes):
    targets = ["id", "nombre", "codigo", "categoria", "precio_unitario", "certificado_sanitario"]
    targets += ["condiciones_almacenamiento", "tiempo_entrega_dias", ""]
    chosen = {f"columna-{letter}": target for letter, target in zip("ABCDEFGHI", targets, strict=True)}
    return {"name": "ERP", **chosen, **changes}


def test_it_is_changed_and_the_next_file_is_read_so(supplier_person, kept):
    assert "Reg. San." in supplier_person.get(place("change", kept.pk)).content.decode()
    answer = supplier_person.post(place("change", kept.pk), form(name="SAP", **{"columna-I": "presentacion"}))
    assert answer.status_code == 302
    kept.refresh_from_db()
    assert (kept.name, kept.mapping["columnas"]["Obs"]) == ("SAP", "presentacion")


def test_what_does_not_fit_is_said_and_nothing_changes(supplier_person, kept, supplier):
    twice = supplier_person.post(place("change", kept.pk), form(**{"columna-I": "nombre"}))
    assert "ya la llena la columna B" in twice.content.decode()
    make_mapping(supplier, name="SAP", signature="y")
    taken = supplier_person.post(place("change", kept.pk), form(name="SAP"))
    assert "Ya hay otra con este nombre." in taken.content.decode()
    kept.refresh_from_db()
    assert (kept.name, kept.mapping["columnas"]["Obs"]) == ("ERP", None)


def test_it_is_forgotten(supplier_person, kept):
    assert supplier_person.post(place("delete", kept.pk), {"post": "yes"}).status_code == 302
    assert not RememberedMapping.objects.exists()


def test_others_do_not_see_it_and_who_may_only_look_changes_nothing(kept, other_supplier):
    stranger = signed_in(person("norte", *ALL_OF_UPLOADS, supplier=other_supplier))
    assert b"ERP" not in stranger.get(place("changelist")).content
    clerk = signed_in(person("consulta", "view_bulkupload"))
    assert clerk.get(place("change", kept.pk)).status_code == 200
    for client, status in ((stranger, (302, 404)), (clerk, (403,))):
        for name, data in (("change", form(name="X")), ("delete", {"post": "yes"})):
            assert client.post(place(name, kept.pk), data).status_code in status
    kept.refresh_from_db()
    assert kept.name == "ERP"
