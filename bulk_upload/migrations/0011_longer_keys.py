"""Changed rows are named by keys of several columns, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0010_sheets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='rowchange',
            name='producto',
            field=models.CharField(max_length=255, verbose_name='producto'),
        ),
    ]
