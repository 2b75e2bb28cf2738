"""Keep which loaded page took a paper, so that one which closes gives back only what is its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('papers', '0007_reading_first_read_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='lease',
            name='page',
            field=models.UUIDField(null=True),
        ),
    ]
