"""The full-text index, in the words of the database in use."""

from django.db import migrations

from papers.search import postgresql, sqlite


def _engine(schema_editor):
    return postgresql if schema_editor.connection.vendor == "postgresql" else sqlite


def create(apps, schema_editor):
    for statement in _engine(schema_editor).CREATE:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in _engine(schema_editor).DROP:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
