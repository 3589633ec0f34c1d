"""How a file's columns fill the sheet's; the same file with another mapping is another upload."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0016_row_change_by_key")]

    operations = [
        migrations.AddField(
            "bulkupload",
            "mapping",
            models.JSONField(blank=True, db_default={}, default=dict, verbose_name="correspondencia de columnas"),
        ),
        migrations.AddField(
            "bulkupload",
            "mapping_fingerprint",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=64,
                verbose_name="huella de la correspondencia",
            ),
        ),
        migrations.RemoveConstraint("bulkupload", "upload_same_file_once"),
        migrations.RemoveConstraint("bulkupload", "upload_same_unowned_file_once"),
        migrations.AddConstraint(
            "bulkupload",
            models.UniqueConstraint(
                name="upload_same_file_once",
                fields=[
                    *("proveedor", "sheet_name", "sha256", "reemplazar_duplicados", "operation"),
                    "mapping_fingerprint",
                ],
                condition=models.Q(status__in=["pending", "processing"], idempotency_key="") & ~models.Q(sha256=""),
            ),
        ),
        migrations.AddConstraint(
            "bulkupload",
            models.UniqueConstraint(
                name="upload_same_unowned_file_once",
                fields=["sheet_name", "sha256", "reemplazar_duplicados", "operation", "mapping_fingerprint"],
                condition=models.Q(status__in=["pending", "processing"], idempotency_key="", proveedor=None)
                & ~models.Q(sha256=""),
            ),
        ),
    ]
