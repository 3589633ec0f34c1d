"""Since when parts of an upload are no longer kept, and what of them is still to be removed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0012_operate_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='bulkupload',
            name='file_purged_at',
            field=models.DateTimeField(null=True, verbose_name='archivo borrado'),
        ),
        migrations.AddField(
            model_name='bulkupload',
            name='errors_purged_at',
            field=models.DateTimeField(null=True, verbose_name='errores borrados'),
        ),
        migrations.AddField(
            model_name='bulkupload',
            name='changes_purged_at',
            field=models.DateTimeField(null=True, verbose_name='cambios borrados'),
        ),
        migrations.CreateModel(
            name='UnfinishedPurge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('file', 'Archivo original'), ('errors', 'Errores de filas'), ('changes', 'Cambios de filas')], max_length=7, verbose_name='parte')),
                ('upload', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='unfinished_purges', to='bulk_upload.bulkupload')),
            ],
            options={
                'verbose_name': 'borrado sin terminar',
                'verbose_name_plural': 'borrados sin terminar',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('upload', 'part'), name='purged_once')],
            },
        ),
    ]
