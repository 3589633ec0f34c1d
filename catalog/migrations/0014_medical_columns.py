"""Products have a GTIN, the registration of INVIMA with its end, an ATC code and temperatures of storage."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

TEMPERATURES = [MinValueValidator(Decimal(-100)), MaxValueValidator(Decimal(100))]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_supplier_contacts")]

    operations = [
        migrations.AddField("product", "gtin", models.CharField(blank=True, db_default="", default="", max_length=14, verbose_name="GTIN")),
        migrations.AddField("product", "registro_invima", models.CharField(blank=True, db_default="", default="", max_length=255, verbose_name="registro INVIMA")),
        migrations.AddField("product", "atc", models.CharField(blank=True, db_default="", default="", max_length=64, verbose_name="código ATC")),
        migrations.AddField("product", "registro_vence", models.DateField(blank=True, null=True, verbose_name="vencimiento del registro")),
        migrations.AddField("product", "temperatura_min", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, validators=TEMPERATURES, verbose_name="temperatura mínima (°C)")),
        migrations.AddField("product", "temperatura_max", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True, validators=TEMPERATURES, verbose_name="temperatura máxima (°C)")),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                condition=models.Q(gtin="") | models.Q(gtin__regex="^([0-9]{8}|[0-9]{12,14})$"),
                name="product_gtin_form",
                violation_error_message="El GTIN tiene 8, 12, 13 o 14 dígitos.",
            ),
        ),
        migrations.AddConstraint(
            "product",
            models.CheckConstraint(
                condition=models.Q(temperatura_min__lte=models.F("temperatura_max")),
                name="product_temperatures",
                violation_error_message="La temperatura mínima no puede ser mayor que la máxima.",
            ),
        ),
    ]
