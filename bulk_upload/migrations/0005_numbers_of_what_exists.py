"""Number the uploads that exist in the order of their acceptance, and what they changed where a retry could undo it.

On PostgreSQL the database also gives the number by default, so that a web process of the previous release can
still accept uploads.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NUMBER = """
    UPDATE bulk_upload_bulkupload SET number = numbered.position
    FROM (
        SELECT task_id AS key, ROW_NUMBER() OVER (ORDER BY created_at, task_id) AS position FROM bulk_upload_bulkupload
    ) AS numbered
    WHERE numbered.key = bulk_upload_bulkupload.task_id
"""
# Only where an unfinished, failed or cancelled upload may still be imported: elsewhere nobody compares.
NUMBER_PRODUCTS = """
    UPDATE catalog_product SET change_number = upload.number
    FROM bulk_upload_bulkupload AS upload
    WHERE upload.task_id = catalog_product.changed_by_upload AND catalog_product.proveedor_id IN (
        SELECT proveedor_id FROM bulk_upload_bulkupload WHERE status <> 'completed'
    )
"""
BY_DEFAULT = """
    ALTER TABLE bulk_upload_bulkupload ALTER COLUMN number
        SET DEFAULT nextval(pg_get_serial_sequence('catalog_changenumber', 'id'))
"""
LAST_NUMBER = """
    SELECT setval(pg_get_serial_sequence('catalog_changenumber', 'id'), max(number))
    FROM bulk_upload_bulkupload HAVING max(number) > 0
"""
# An upload that ended without some of its rows was reported as complete by mistake.
UNFINISHED = """
    UPDATE bulk_upload_bulkupload
    SET status = 'failed', error_code = 'attempts_exhausted', error_params = '{"intentos": 1}'
    WHERE status = 'completed' AND sin_procesar > 0
"""


def number(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    is_postgresql = editor.connection.vendor == "postgresql"
    if is_postgresql:
        # First: a table whose rows have just been updated may not be altered.
        editor.execute(BY_DEFAULT, params=None)
    for statement in (NUMBER, NUMBER_PRODUCTS, UNFINISHED):
        editor.execute(statement, params=None)
    if is_postgresql:
        editor.execute(LAST_NUMBER, params=None)
        return
    last = apps.get_model("bulk_upload", "BulkUpload").objects.order_by("-number").first()
    if last is not None:
        change_numbers = apps.get_model("catalog", "ChangeNumber").objects
        change_numbers.create(pk=last.number)
        change_numbers.all().delete()  # the key remembers


def forget(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE bulk_upload_bulkupload ALTER COLUMN number SET DEFAULT 0", params=None)


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0004_order_and_faults")]
    operations = [migrations.RunPython(number, forget)]
