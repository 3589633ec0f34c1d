"""Other kinds of file: .xls, .xlsb, .ods and .zip. Only what a form offers changes; the column stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bulk_upload", "0019_mended_rows")]

    operations = [
        migrations.AlterField(
            model_name="bulkupload",
            name="file_format",
            field=models.CharField(
                choices=[
                    ("xlsx", "Excel"),
                    ("csv", "CSV"),
                    ("xls", "Excel 97-2003"),
                    ("xlsb", "Excel (.xlsb)"),
                    ("ods", "OpenDocument"),
                    ("zip", "ZIP"),
                ],
                max_length=4,
                verbose_name="formato",
            ),
        ),
    ]
