"""What has ended and is still kept, by its end. The indexes are built beside imports that run."""

from django.db import migrations, models

from medisupply.backends.online_index import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('bulk_upload', '0013_purges'),
    ]

    operations = [
        AddIndexOnline(
            model_name='bulkupload',
            index=models.Index(condition=models.Q(('completed_at__isnull', False), ('file_purged_at', None)), fields=['completed_at'], name='upload_file_kept'),
        ),
        AddIndexOnline(
            model_name='bulkupload',
            index=models.Index(condition=models.Q(('completed_at__isnull', False), ('errors_purged_at', None)), fields=['completed_at'], name='upload_errors_kept'),
        ),
        AddIndexOnline(
            model_name='bulkupload',
            index=models.Index(condition=models.Q(('changes_purged_at', None), ('completed_at__isnull', False)), fields=['completed_at'], name='upload_changes_kept'),
        ),
    ]
