"""Files that workers make of uploads when somebody asks for them: the rows to correct."""

import medisupply.backends.database
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0008_row_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='PreparedFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=8, verbose_name='idioma')),
                ('errors', models.PositiveIntegerField(db_default=0, default=0, verbose_name='errores')),
                ('corrected', models.PositiveIntegerField(db_default=0, default=0, verbose_name='corregidos')),
                ('state', models.CharField(choices=[('pending', 'En espera'), ('processing', 'En preparación'), ('ready', 'Listo'), ('failed', 'Fallido')], default='pending', max_length=10, verbose_name='estado')),
                ('created_at', models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name='pedido')),
                ('updated_at', models.DateTimeField(default=medisupply.backends.database.database_now, verbose_name='modificado')),
                ('rows_total', models.PositiveIntegerField(db_default=0, default=0, verbose_name='filas')),
                ('rows_done', models.PositiveIntegerField(db_default=0, default=0, verbose_name='filas listas')),
                ('s3_key', models.CharField(blank=True, db_default='', default='', max_length=512, verbose_name='clave en S3')),
                ('size', models.BigIntegerField(db_default=0, default=0, verbose_name='tamaño (bytes)')),
                ('missing_from', models.PositiveIntegerField(db_default=0, default=0, verbose_name='faltan desde la fila')),
                ('published_at', models.DateTimeField(null=True, verbose_name='publicada')),
                ('publications', models.PositiveIntegerField(default=0, verbose_name='publicaciones')),
                ('claim_number', models.PositiveIntegerField(db_default=0, default=0, verbose_name='número de toma')),
                ('lease_until', models.DateTimeField(null=True, verbose_name='tomado hasta')),
                ('attempts', models.PositiveIntegerField(db_default=0, default=0, verbose_name='intentos')),
                ('error_code', models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='error')),
                ('error_params', models.JSONField(blank=True, default=dict, verbose_name='datos del error')),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prepared_files', to='bulk_upload.bulkupload')),
            ],
            options={
                'verbose_name': 'archivo preparado',
                'verbose_name_plural': 'archivos preparados',
                'ordering': ['-created_at'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'processing'])), fields=['state'], name='file_unfinished')],
                'constraints': [models.UniqueConstraint(fields=('upload', 'language', 'errors', 'corrected'), name='file_prepared_once')],
            },
        ),
    ]
