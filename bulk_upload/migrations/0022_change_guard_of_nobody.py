"""A change guard may be of a sheet that no supplier owns."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0021_created_on_the_way")]

    operations = [
        migrations.AlterField(
            model_name="changeguard",
            name="max_changed_percent",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="De las que tiene el proveedor, o de todas. Cuentan las filas que cambiarían; las nuevas no.",
                null=True,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="filas cambiadas, como máximo (%)",
            ),
        ),
        migrations.AlterField(
            model_name="changeguard",
            name="proveedor",
            field=models.ForeignKey(
                blank=True,
                help_text="Vacío si el contenido no es de un proveedor.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="change_guards",
                to="catalog.supplier",
                verbose_name="proveedor",
            ),
        ),
        migrations.AddConstraint(
            model_name="changeguard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proveedor", None)),
                fields=("sheet_name",),
                name="change_guard_once_of_nobody",
                violation_error_message="Este contenido ya tiene un control de cambios.",
            ),
        ),
    ]
