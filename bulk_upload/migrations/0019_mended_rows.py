"""Rejected rows that are corrected on the page: what was typed, and files of their cells."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0018_drafts_and_mappings'),
    ]

    operations = [
        migrations.AddField(
            model_name='preparedfile',
            name='kind',
            field=models.CharField(choices=[('workbook', 'Libro'), ('rows', 'Filas')], db_default='workbook', default='workbook', max_length=8, verbose_name='clase'),
        ),
        migrations.AlterField(
            model_name='preparedfile',
            name='language',
            field=models.CharField(blank=True, max_length=8, verbose_name='idioma'),
        ),
        migrations.CreateModel(
            name='MendedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fila', models.PositiveIntegerField(verbose_name='fila')),
                ('values', models.JSONField(default=dict, verbose_name='valores')),
                ('sent_row', models.PositiveIntegerField(db_default=0, default=0, verbose_name='fila enviada')),
                ('sent_in', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sent_rows', to='bulk_upload.bulkupload')),
                ('upload', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mended_rows', to='bulk_upload.bulkupload')),
            ],
            options={
                'verbose_name': 'fila corregida en la página',
                'verbose_name_plural': 'filas corregidas en la página',
                'ordering': ['fila'],
                'constraints': [models.UniqueConstraint(fields=('upload', 'fila'), name='row_mended_once')],
            },
        ),
    ]
