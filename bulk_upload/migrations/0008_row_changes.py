"""What updated rows changed, old values beside new ones; and how many large changes of a price an upload made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0007_new_categories")]
    operations = [
        migrations.AddField(
            model_name="bulkupload",
            name="cambios_grandes_de_precio",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="cambios grandes de precio"),
        ),
        migrations.CreateModel(
            name="RowChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "upload_id", "fila", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("fila", models.PositiveIntegerField(verbose_name="fila")),
                ("producto", models.CharField(max_length=64, verbose_name="producto")),
                ("cambios", models.JSONField(verbose_name="cambios")),
                (
                    "precio_grande",
                    models.BooleanField(db_default=False, default=False, verbose_name="cambio grande de precio"),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="row_changes",
                        to="bulk_upload.bulkupload",
                    ),
                ),
            ],
            options={
                "verbose_name": "cambio de producto",
                "verbose_name_plural": "cambios de productos",
                "ordering": ["fila"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("precio_grande", True)),
                        fields=["upload", "fila"],
                        name="row_change_large_price",
                    )
                ],
            },
        ),
    ]
