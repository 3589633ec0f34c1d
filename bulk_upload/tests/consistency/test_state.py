"""Claims, counts, checkpoints and numbers of the database itself."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from bulk_upload.models import BulkUpload, PreparedFile, RowError, WorkerHeartbeat, lease
from bulk_upload.tests.helpers.rows import csv_bytes, row
from bulk_upload.wording import text_of
from catalog.models import Product
from medisupply.backends import sequences
from medisupply.backends.database import CHANGE_NUMBERS, database_now, database_session, next_change_number

pytestmark = pytest.mark.django_db
POSTGRESQL = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="it is about PostgreSQL")


@pytest.fixture
def completed(accept, worker):
    upload = accept(csv_bytes([row(1), row(2), row(3, precio_unitario="caro")]))
    worker.step()
    upload.refresh_from_db()
    assert upload.status == "completed"
    return upload


@pytest.fixture
def halfway(accept):
    """An upload of ten rows that has come to row 5 of its sheet: three rows landed."""
    upload = accept(csv_bytes([row(n) for n in range(10)]))
    BulkUpload.objects.filter(pk=upload.pk).update(
        status="processing", lease_until=database_now(), total=10, creados=3, next_row=5, revision=5
    )
    return upload


def change(upload, **fields):
    BulkUpload.objects.filter(pk=upload.pk).update(**fields)


class TestClaims:
    def test_one_that_ends_too_late_ends_now(self, halfway, worker, check):
        change(halfway, lease_until=database_now() + timedelta(hours=6))
        status, lines = check()
        assert status == 1
        assert "por un trabajador que ya no existe: hasta entonces nadie puede tomarla" in lines[0]
        assert lines[1] == "Tomas de nadie: 1"
        assert check("--repair")[0] == 0
        assert BulkUpload.objects.claim(halfway.pk, lease())

    @POSTGRESQL
    def test_one_of_a_session_that_is_gone_ends_now(self, halfway, check):
        now = database_now()
        change(halfway, lease_until=now + lease(), holder_session="1:1.5", updated_at=now - lease())
        assert check("--repair")[1][-2] == "Tomas de nadie: 1, reparado: 1"
        assert BulkUpload.objects.claim(halfway.pk, lease())

    def test_one_of_a_session_that_lives_stays(self, halfway, check):
        now = database_now()
        change(halfway, lease_until=now + lease(), holder_session=database_session(), updated_at=now - lease())
        assert check("--repair")[0] == 0

    def test_one_that_was_just_renewed_stays(self, halfway, check):
        now = database_now()
        change(halfway, lease_until=now + lease(), holder_session="1:1.5", updated_at=now)
        assert check("--repair")[0] == 0

    def test_one_of_a_file_that_ends_too_late_ends_now(self, completed, check):
        file = PreparedFile.objects.create(
            upload=completed, state="processing", lease_until=database_now() + timedelta(days=1), language="es"
        )
        assert check("--repair")[1][-2] == "Tomas de nadie: 1, reparado: 1"
        assert PreparedFile.objects.claim(file.pk, lease())

    def test_a_heartbeat_of_the_future_is_removed(self, check):
        now = database_now()
        WorkerHeartbeat.objects.create(name="a:1:x", started_at=now, seen_at=now + timedelta(hours=1))
        WorkerHeartbeat.objects.create(name="b:1:x", started_at=now, seen_at=now)
        assert check("--repair")[1][-2] == "Señales de vida del futuro: 1, reparado: 1"
        assert WorkerHeartbeat.objects.get().name == "b:1:x"


class TestCounts:
    def test_errors_that_are_missing_are_said(self, completed, check):
        RowError.objects.all().delete()
        status, lines = check("--repair")
        assert status == 1
        assert lines[0] == (
            f"La carga {completed.pk} (PROV001, «productos.csv», completada) cuenta 1 filas rechazadas y guarda "
            "errores de 0. El resultado que ve el proveedor está incompleto: restaure todas las tablas de una misma "
            "copia."
        )

    def test_two_errors_of_a_row_are_one_rejected_row_and_warnings_none(self, completed, check):
        for severity, fila in (("error", 4), ("warning", 2), ("warning", 0)):
            RowError.objects.create(upload=completed, severity=severity, fila=fila, codigo="x")
        assert check()[0] == 0

    def test_the_database_itself_refuses_sums_that_do_not_add_up(self, completed):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(completed, creados=1)

    @POSTGRESQL
    def test_sums_that_do_not_add_up_are_said(self, completed, check):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name in ("upload_rows_add_up", "upload_rows_within_total"):
                cursor.execute(f"ALTER TABLE bulk_upload_bulkupload DROP CONSTRAINT {name}")
        change(completed, creados=5)
        status, lines = check("--repair")
        assert status == 1
        assert "Cuentas que no suman: 1, reparado: 0" in lines
        sum_of_it = "5 creadas, 0 actualizadas, 0 sin cambios, 1 rechazadas y 0 sin procesar"
        assert f"tiene 3 filas y cuenta 6: {sum_of_it}" in lines[0]


class TestCheckpoints:
    def test_one_in_the_middle_agrees(self, halfway, check):
        assert check()[0] == 0

    @pytest.mark.parametrize(
        ("fields", "why"),
        [
            ({"next_row": 0}, "antes de ella caben 0 filas y se trataron 3"),
            ({"next_row": 4}, "antes de ella caben 2 filas y se trataron 3"),
            ({"next_row": 1_000_000}, "el archivo no puede tener más de"),
            ({"next_row": 1_048_578, "file_format": "xlsx"}, "el archivo no puede tener más de 1048576 filas"),
        ],
    )
    def test_an_impossible_one_ends_its_upload_in_words(self, halfway, check, fields, why):
        change(halfway, **fields)
        status, lines = check()
        assert status == 1
        assert f"seguiría en la fila {fields['next_row']}, pero {why}" in lines[0]
        assert check("--repair")[0] == 0
        halfway.refresh_from_db()
        assert (halfway.status, halfway.error_code, halfway.sin_procesar) == ("failed", "state_damaged", 7)
        assert text_of("state_damaged", {}, "es").startswith("Lo que el sistema sabía del avance de esta carga se dañó")

    def test_an_error_of_a_row_that_was_not_reached_makes_it_impossible(self, halfway, check):
        change(halfway, creados=2, rechazados=1)
        RowError.objects.create(upload=halfway, severity="error", fila=5, codigo="required_blank")
        assert "pero hay un error de la fila 5" in check()[1][0]


class TestNumbers:
    def test_changes_that_would_be_numbered_again_are_not(self, completed, check):
        last = sequences.last_number(CHANGE_NUMBERS)
        Product.objects.filter(pk="PROD00001").update(change_number=last + 50, changed_by_upload=None)
        status, lines = check()
        assert status == 1
        assert lines[0].startswith(f"La numeración de los cambios va por {last} y ya hay un cambio {last + 50}: ")
        assert check("--repair")[0] == 0
        assert next_change_number() > last + 50
        assert check("--repair")[0] == 0

    @POSTGRESQL
    def test_rows_that_would_be_numbered_again_are_not(self, completed, check):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('bulk_upload_rowerror', 'id'), 1, false)")
        highest = RowError.objects.last().pk
        assert check()[1][0] == (
            f"La tabla bulk_upload_rowerror numera desde 0 y ya tiene el {highest}: rechazaría los nuevos por "
            "repetidos. Con --repair se adelanta."
        )
        assert check("--repair")[0] == 0
        assert RowError.objects.create(upload=completed, severity="warning", fila=1, codigo="x").pk > highest

    def test_rows_of_uploads_that_are_newer_than_all_known_ones_are_said(self, completed, check):
        number = completed.number
        for key, author, change_number in (
            ("PROD00001", uuid.uuid4(), next_change_number()),  # of a later upload that the database does not know
            ("PROD00002", uuid.uuid4(), number - 1),  # of an earlier one that somebody has removed
        ):
            Product.objects.filter(pk=key).update(changed_by_upload=author, change_number=change_number)
        status, lines = check("--repair")
        assert status == 1
        assert lines[0] == (
            "1 productos, como «PROD00001», vienen de cargas que la base no conoce y que son posteriores a todas las "
            "que conoce. Se restauró solo una parte de la base: restaure todas las tablas de una misma copia."
        )

    def test_a_person_s_change_is_of_no_upload(self, completed, check):
        Product.objects.filter(pk="PROD00001").update(changed_by_upload=None, change_number=next_change_number())
        assert check()[0] == 0
