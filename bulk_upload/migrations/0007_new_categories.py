"""How many categories an upload has created: a file may create so many only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0006_unfinished_in_order")]
    operations = [
        migrations.AddField(
            model_name="bulkupload",
            name="categorias_creadas",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="categorías creadas"),
        ),
    ]
