"""The waiting uploads by their number, and no completed upload with rows that were not processed."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bulk_upload', '0005_numbers_of_what_exists'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='bulkupload',
            name='upload_unfinished',
        ),
        migrations.AddIndex(
            model_name='bulkupload',
            index=models.Index(condition=models.Q(('status__in', ['pending', 'processing'])), fields=['status', 'proveedor', 'number'], name='upload_unfinished_in_order'),
        ),
        migrations.AddConstraint(
            model_name='bulkupload',
            constraint=models.CheckConstraint(condition=models.Q(('sin_procesar__gt', 0), ('status', 'completed'), _negated=True), name='upload_completed_is_whole'),
        ),
    ]
