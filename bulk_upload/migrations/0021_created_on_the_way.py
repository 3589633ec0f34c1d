"""What an upload created on the way because its rows named it, and what an undo removed of that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0020_more_file_formats")]

    operations = [
        migrations.AddField(
            model_name="bulkupload",
            name="creado_al_paso",
            field=models.JSONField(null=True, verbose_name="creado al paso"),
        ),
    ]
