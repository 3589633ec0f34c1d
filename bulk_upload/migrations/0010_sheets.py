"""Which declared sheet an upload holds; uploads of sheets that are no supplier's own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0009_prepared_files'),
        ('catalog', '0009_product_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='bulkupload',
            name='upload_same_file_once',
        ),
        migrations.AddField(
            model_name='bulkupload',
            name='sheet_name',
            field=models.CharField(db_default='productos', default='productos', max_length=32, verbose_name='contenido'),
        ),
        migrations.AlterField(
            model_name='bulkupload',
            name='proveedor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='catalog.supplier', verbose_name='proveedor'),
        ),
        migrations.AddConstraint(
            model_name='bulkupload',
            constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key', ''), ('status__in', ['pending', 'processing']), models.Q(('sha256', ''), _negated=True)), fields=('proveedor', 'sheet_name', 'sha256', 'reemplazar_duplicados'), name='upload_same_file_once'),
        ),
        migrations.AddConstraint(
            model_name='bulkupload',
            constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key', ''), ('proveedor', None), ('status__in', ['pending', 'processing']), models.Q(('sha256', ''), _negated=True)), fields=('sheet_name', 'sha256', 'reemplazar_duplicados'), name='upload_same_unowned_file_once'),
        ),
    ]
