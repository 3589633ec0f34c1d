"""The values that every new product begins with, known to the database: an import does not send them row by row."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0003_references_by_statement'),
    ]

    operations = [
        migrations.AlterField(
            model_name='product',
            name='activo',
            field=models.BooleanField(db_default=True, default=True, verbose_name='activo'),
        ),
        migrations.AlterField(
            model_name='product',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='creado'),
        ),
        migrations.AlterField(
            model_name='product',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now(), verbose_name='modificado'),
        ),
        migrations.AlterField(
            model_name='product',
            name='version',
            field=models.PositiveIntegerField(db_default=1, default=1, editable=False, verbose_name='versión'),
        ),
    ]
