"""Suppliers have more ways to reach them, and keep which upload wrote them."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_stock_of_the_supplier_group")]

    operations = [
        # The table's column keeps its name: the last release goes on reading it.
        migrations.AlterField("supplier", "email", models.EmailField(blank=True, db_column="email", max_length=254, verbose_name="correo")),
        migrations.RenameField("supplier", "email", "contacto_email"),
        migrations.AddField("supplier", "contacto_nombre", models.CharField(blank=True, db_default="", default="", max_length=255, verbose_name="contacto")),
        migrations.AddField("supplier", "telefono", models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="teléfono")),
        migrations.AddField("supplier", "direccion", models.CharField(blank=True, db_default="", default="", max_length=255, verbose_name="dirección")),
        migrations.AddField("supplier", "pais", models.CharField(blank=True, db_default="", default="", max_length=2, verbose_name="país")),
        migrations.AddField("supplier", "version", models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name="versión")),
        migrations.AddField("supplier", "created_at", models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="creado")),
        migrations.AddField("supplier", "updated_at", models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name="modificado")),
        migrations.AddField("supplier", "created_by_upload", models.UUIDField(blank=True, editable=False, null=True, verbose_name="carga que lo creó")),
        migrations.AddField("supplier", "changed_by_upload", models.UUIDField(blank=True, editable=False, null=True, verbose_name="última carga que lo cambió")),
        migrations.AddField("supplier", "change_number", models.PositiveBigIntegerField(db_default=0, default=0, editable=False, verbose_name="número de cambio")),
    ]
