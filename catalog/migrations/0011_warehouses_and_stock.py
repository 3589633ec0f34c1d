"""Warehouses, and what is stored in them of each product, by lot."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0010_product_search_suppliers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Warehouse',
            fields=[
                ('codigo', models.CharField(max_length=64, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('^[^\\W_][\\w .-]*\\Z', 'Use letras, dígitos, espacios, puntos y guiones; al comienzo, una letra o un dígito.', code='invalid_code')], verbose_name='código')),
                ('nombre', models.CharField(max_length=255, verbose_name='nombre')),
                ('pais', models.CharField(help_text='Código ISO de dos letras, por ejemplo CO.', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}\\Z', 'Use las dos letras del código ISO del país, por ejemplo CO.', code='invalid_country')], verbose_name='país')),
                ('ciudad', models.CharField(blank=True, max_length=128, verbose_name='ciudad')),
                ('direccion', models.CharField(blank=True, max_length=255, verbose_name='dirección')),
                ('tipo', models.CharField(choices=[('PRINCIPAL', 'principal'), ('SECUNDARIA', 'secundaria'), ('TRANSITO', 'tránsito')], default='PRINCIPAL', max_length=16, verbose_name='tipo')),
                ('activo', models.BooleanField(db_default=True, default=True, verbose_name='activa')),
            ],
            options={
                'verbose_name': 'bodega',
                'verbose_name_plural': 'bodegas',
                'ordering': ['codigo'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('codigo', ''), _negated=True), models.Q(('codigo__regex', '[a-zß-öø-ÿ]'), _negated=True)), name='warehouse_code_upper_case'), models.CheckConstraint(condition=models.Q(('pais__regex', '^[A-Z]{2}$')), name='warehouse_country_two_letters'), models.CheckConstraint(condition=models.Q(('tipo__in', ['PRINCIPAL', 'SECUNDARIA', 'TRANSITO'])), name='warehouse_type_known')],
            },
        ),
        migrations.CreateModel(
            name='StockLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='versión')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='creado')),
                ('updated_at', models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='modificado')),
                ('created_by_upload', models.UUIDField(blank=True, editable=False, null=True, verbose_name='carga que lo creó')),
                ('changed_by_upload', models.UUIDField(blank=True, editable=False, null=True, verbose_name='última carga que lo cambió')),
                ('change_number', models.PositiveBigIntegerField(db_default=0, default=0, editable=False, verbose_name='número de cambio')),
                ('lote', models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='lote')),
                ('cantidad', models.PositiveIntegerField(verbose_name='cantidad')),
                ('fecha_vencimiento', models.DateField(blank=True, null=True, verbose_name='fecha de vencimiento')),
                ('condiciones', models.CharField(blank=True, db_default='', default='', max_length=255, verbose_name='condiciones')),
                ('producto', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='catalog.product', verbose_name='producto')),
                ('bodega', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='catalog.warehouse', verbose_name='bodega')),
            ],
            options={
                'verbose_name': 'lote en bodega',
                'verbose_name_plural': 'lotes en bodega',
                'ordering': ['producto_id', 'bodega_id', 'lote'],
                'indexes': [models.Index(fields=['bodega'], name='stock_lot_by_warehouse')],
                'constraints': [models.UniqueConstraint(fields=('producto', 'bodega', 'lote'), name='stock_lot_unique')],
            },
        ),
    ]
