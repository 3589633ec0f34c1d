"""Files that are looked at before they are imported, and what is remembered of their columns."""

import django.db.models.deletion
import medisupply.backends.database
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bulk_upload", "0017_mappings"),
        ("catalog", "0014_medical_columns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bulkupload",
            name="mapping_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100, verbose_name="correspondencia recordada"
            ),
        ),
        migrations.CreateModel(
            name="RememberedMapping",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("sheet_name", models.CharField(max_length=32, verbose_name="contenido")),
                ("name", models.CharField(max_length=100, verbose_name="nombre")),
                ("signature", models.CharField(editable=False, max_length=64, verbose_name="encabezados")),
                ("headers", models.JSONField(default=list, verbose_name="encabezados")),
                ("mapping", models.JSONField(default=dict, verbose_name="columnas")),
                (
                    "created_at",
                    models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name="recordado"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name="modificado"),
                ),
                ("used_at", models.DateTimeField(null=True, verbose_name="último uso")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recordado por",
                    ),
                ),
                (
                    "proveedor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.supplier",
                        verbose_name="proveedor",
                    ),
                ),
            ],
            options={
                "verbose_name": "correspondencia recordada",
                "verbose_name_plural": "correspondencias recordadas",
                "ordering": ["proveedor", "sheet_name", "name"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("proveedor", "sheet_name", "signature"), name="mapping_header_once"
                    ),
                    models.UniqueConstraint(fields=("proveedor", "sheet_name", "name"), name="mapping_name_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("proveedor", None)),
                        fields=("sheet_name", "signature"),
                        name="mapping_unowned_header_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("proveedor", None)),
                        fields=("sheet_name", "name"),
                        name="mapping_unowned_name_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False, verbose_name="tarea"
                    ),
                ),
                ("sheet_name", models.CharField(max_length=32, verbose_name="contenido")),
                ("filename", models.CharField(max_length=255, verbose_name="archivo")),
                (
                    "file_format",
                    models.CharField(choices=[
                    ("xlsx", "Excel"),
                    ("csv", "CSV"),
                    ("xls", "Excel 97-2003"),
                    ("xlsb", "Excel (.xlsb)"),
                    ("ods", "OpenDocument"),
                    ("zip", "ZIP"),
                ], max_length=4, verbose_name="formato"),
                ),
                ("s3_key", models.CharField(max_length=512, verbose_name="clave en S3")),
                ("size", models.BigIntegerField(verbose_name="tamaño (bytes)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("reemplazar_duplicados", models.BooleanField(default=False, verbose_name="reemplazar duplicados")),
                ("solo_validar", models.BooleanField(default=False, verbose_name="mostrar primero qué cambiaría")),
                ("recordar", models.BooleanField(default=True, verbose_name="recordar estas columnas")),
                (
                    "idempotency_key",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="clave de idempotencia"),
                ),
                ("mapping", models.JSONField(null=True, verbose_name="columnas")),
                (
                    "created_at",
                    models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name="recibida"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="subido por",
                    ),
                ),
                (
                    "proveedor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.supplier",
                        verbose_name="proveedor",
                    ),
                ),
            ],
            options={
                "verbose_name": "archivo por revisar",
                "verbose_name_plural": "archivos por revisar",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["created_at"], name="draft_oldest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key", ""), _negated=True),
                        fields=("created_by", "idempotency_key"),
                        name="draft_key_once",
                    )
                ],
            },
        ),
    ]
