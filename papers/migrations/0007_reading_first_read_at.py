"""Keep when a paper was read first; of papers read so far their last reading is what is known."""

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def take_the_last(apps, schema_editor):
    apps.get_model("papers", "Reading").objects.update(first_read_at=F("read_at"))


class Migration(migrations.Migration):

    dependencies = [
        ('papers', '0006_desk_and_classifier'),
    ]

    operations = [
        migrations.AddField(
            model_name='reading',
            name='first_read_at',
            field=models.DateTimeField(default=timezone.now),
        ),
        migrations.RunPython(take_the_last, migrations.RunPython.noop),
    ]
