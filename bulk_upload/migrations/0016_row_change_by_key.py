"""The history of one row of a model. The index is built beside imports that run."""

from django.db import migrations, models

from medisupply.backends.online_index import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("bulk_upload", "0015_operations")]

    operations = [
        AddIndexOnline(model_name="rowchange", index=models.Index(fields=["producto"], name="row_change_by_key")),
    ]
