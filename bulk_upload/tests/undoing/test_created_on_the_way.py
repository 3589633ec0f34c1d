"""What an import created because its rows named it goes with its undo, unless somebody uses it or has touched it."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import CHANGE, LogEntry

from bulk_upload.models import BulkUpload
from bulk_upload.tests.helpers.admin_people import ALL_OF_UPLOADS, address, person, signed_in
from bulk_upload.tests.helpers.rows import row
from bulk_upload.undoing.request import reach
from catalog.models import Category, Product

pytestmark = pytest.mark.django_db


def names():
    return sorted(Category.objects.values_list("pk", flat=True))


@pytest.fixture
def upload(run_import):
    """Of products of three new categories; `GUANTES` was there before."""
    run_import([row(1)])
    return run_import([row(2), row(3, categoria="A"), row(4, categoria="B"), row(5, categoria="C")], chunk_rows=2)


def test_what_nobody_uses_is_removed_and_listed(upload, run_undo, supplier):
    staff = signed_in(person("jefe", *ALL_OF_UPLOADS, "undo_bulkupload", supplier=supplier))
    assert upload.creado_al_paso == ["A", "B", "C"]
    Product.objects.filter(pk=row(4)["id"]).update(changed_by_upload=None)
    assert reach(upload).on_the_way == 2
    assert "Categorías que creó y nadie más usa" in staff.get(address("undo", upload.pk)).content.decode()
    undone = run_undo(upload)
    assert (names(), undone.creado_al_paso) == (["B", "GUANTES"], ["A", "C"])
    for name, said in (
        ("change", "Se retiró también lo que la carga creó al paso y nadie usa (categorías): A, C."),
        ("history", "Retiró"),
    ):
        text = staff.get(address(name, undone.pk)).content.decode()
        assert said in text
        assert "A, C" in text
    assert "Creó al paso: A, B, C" in staff.get(address("history", upload.pk)).content.decode()


def test_what_somebody_has_touched_is_kept(upload, run_undo, user):
    Category.objects.filter(pk="A").update(aprobada=True)
    LogEntry.objects.log_actions(user.pk, [Category.objects.get(pk="B")], CHANGE, "Unida con X", single_object=True)
    assert reach(upload).on_the_way == 1
    run_undo(upload)
    assert names() == ["A", "B", "GUANTES"]


def test_what_a_restored_row_was_in_is_there_again(upload, run_import, run_undo):
    later = run_import([row(3, categoria="D")], replace=True)
    run_undo(upload)
    assert names() == ["D", "GUANTES"]
    run_undo(later)
    assert names() == ["A", "GUANTES"]
    assert Product.objects.get(pk=row(3)["id"]).categoria_id == "A"


def test_a_plan_creates_nothing_on_the_way(run_import):
    upload = run_import([row(1, categoria="A")], only_plan=True)
    assert (upload.categorias_creadas, upload.creado_al_paso, names()) == (1, None, [])
    assert not BulkUpload.objects.exclude(creado_al_paso=None).exists()
