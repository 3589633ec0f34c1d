"""What an upload does with its rows, and what is kept so that it can be planned, traced and undone."""

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import medisupply.backends.database
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bulk_upload", "0014_kept_by_their_end"),
        ("catalog", "0013_supplier_contacts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="bulkupload",
            options={
                "ordering": ["-created_at", "-task_id"],
                "permissions": [
                    ("operate_bulkupload", "Puede ver la operación y traer de vuelta lo que falló"),
                    ("undo_bulkupload", "Puede deshacer cargas"),
                    ("approve_bulkupload", "Puede aplicar lo que el control de cambios detuvo"),
                ],
                "verbose_name": "carga",
                "verbose_name_plural": "cargas",
            },
        ),
        migrations.CreateModel(
            name="ChangeGuard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet_name", models.CharField(max_length=32, verbose_name="contenido")),
                (
                    "max_changed_percent",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="De lo que el proveedor tiene. Cuentan las filas que cambiarían; las nuevas no.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="filas cambiadas, como máximo (%)",
                    ),
                ),
                (
                    "max_price_percent",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Hacia arriba o hacia abajo, de cualquier fila.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="cambio de precio, como máximo (%)",
                    ),
                ),
                (
                    "refuse_zero_price",
                    models.BooleanField(default=True, verbose_name="detener si un precio queda en cero"),
                ),
            ],
            options={
                "verbose_name": "control de cambios",
                "verbose_name_plural": "controles de cambios",
            },
        ),
        migrations.CreateModel(
            name="ChunkRows",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "upload_id", "first_row", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("upload", models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chunk_rows",
                to="bulk_upload.bulkupload",
            )),
                ("first_row", models.PositiveIntegerField(verbose_name="primera fila")),
                ("runs", models.JSONField(verbose_name="tramos de filas")),
                (
                    "keys",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="claves"
                    ),
                ),
            ],
            options={
                "verbose_name": "filas de un bloque",
                "verbose_name_plural": "filas de bloques",
                "ordering": ["first_row"],
            },
        ),
        migrations.CreateModel(
            name="PlannedRows",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "upload_id", "first_row", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("upload", models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="planned_rows",
                to="bulk_upload.bulkupload",
            )),
                ("first_row", models.PositiveIntegerField(verbose_name="primera fila")),
                ("creados", models.PositiveIntegerField(verbose_name="creados")),
                ("actualizados", models.PositiveIntegerField(verbose_name="actualizados")),
                ("sin_cambios", models.PositiveIntegerField(verbose_name="sin cambios")),
                ("rechazados", models.PositiveIntegerField(verbose_name="rechazados")),
                ("content", models.TextField(verbose_name="filas")),
            ],
            options={
                "verbose_name": "filas de un plan",
                "verbose_name_plural": "filas de planes",
                "ordering": ["first_row"],
            },
        ),
        migrations.CreateModel(
            name="RowEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet_name", models.CharField(max_length=32, verbose_name="contenido")),
                ("producto", models.CharField(max_length=255, verbose_name="producto")),
                (
                    "moment",
                    models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name="cuándo"),
                ),
                ("username", models.CharField(blank=True, max_length=150, verbose_name="usuario")),
                (
                    "source",
                    models.CharField(
                        choices=[("admin", "Administración"), ("api", "API"), ("system", "Sistema")],
                        max_length=8,
                        verbose_name="desde",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[("created", "Creado"), ("changed", "Cambiado"), ("removed", "Borrado")],
                        max_length=8,
                        verbose_name="acción",
                    ),
                ),
                ("cambios", models.JSONField(verbose_name="cambios")),
                ("creado_por", models.UUIDField(null=True, verbose_name="carga que lo creó")),
            ],
            options={
                "verbose_name": "cambio de una persona",
                "verbose_name_plural": "cambios de personas",
                "ordering": ["-moment", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="bulkupload",
            name="upload_same_file_once",
        ),
        migrations.RemoveConstraint(
            model_name="bulkupload",
            name="upload_same_unowned_file_once",
        ),
        migrations.AddField(
            model_name="bulkupload",
            name="based_on",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="followed_by",
                to="bulk_upload.bulkupload",
                verbose_name="parte de",
            ),
        ),
        migrations.AddField(
            model_name="bulkupload",
            name="eliminados",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="eliminados"),
        ),
        migrations.AddField(
            model_name="bulkupload",
            name="guard",
            field=models.JSONField(null=True, verbose_name="control de cambios"),
        ),
        migrations.AddField(
            model_name="bulkupload",
            name="operation",
            field=models.CharField(
                choices=[
                    ("import", "Importación"),
                    ("plan", "Plan"),
                    ("apply", "Aplicación de un plan"),
                    ("undo", "Deshacer"),
                ],
                db_default="import",
                default="import",
                max_length=8,
                verbose_name="operación",
            ),
        ),
        migrations.AddField(
            model_name="rowchange",
            name="cambiado_antes_por",
            field=models.UUIDField(null=True, verbose_name="carga que lo cambió antes"),
        ),
        migrations.AddField(
            model_name="rowchange",
            name="registro",
            field=models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="registro"),
        ),
        migrations.AddConstraint(
            model_name="bulkupload",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("idempotency_key", ""),
                    ("status__in", ["pending", "processing"]),
                    models.Q(("sha256", ""), _negated=True),
                ),
                fields=("proveedor", "sheet_name", "sha256", "reemplazar_duplicados", "operation"),
                name="upload_same_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkupload",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("idempotency_key", ""),
                    ("proveedor", None),
                    ("status__in", ["pending", "processing"]),
                    models.Q(("sha256", ""), _negated=True),
                ),
                fields=("sheet_name", "sha256", "reemplazar_duplicados", "operation"),
                name="upload_same_unowned_file_once",
            ),
        ),
        migrations.AddField(
            model_name="changeguard",
            name="proveedor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="change_guards",
                to="catalog.supplier",
                verbose_name="proveedor",
            ),
        ),
        migrations.AddField(
            model_name="rowedit",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="quién",
            ),
        ),
        migrations.AddConstraint(
            model_name="changeguard",
            constraint=models.UniqueConstraint(fields=("proveedor", "sheet_name"), name="change_guard_once"),
        ),
        migrations.AddIndex(
            model_name="rowedit",
            index=models.Index(fields=["producto", "sheet_name"], name="row_edit_by_key"),
        ),
        migrations.AddIndex(
            model_name="rowedit",
            index=models.Index(fields=["moment"], name="row_edit_by_moment"),
        ),
    ]
