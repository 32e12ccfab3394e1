"""A batch's prompt, negative prompt, finding and seeds move to its lines; each batch there is gets one line."""

from django.db import migrations, models


def lines_from_batches(apps, schema_editor):
    """One line for each batch, with all of its images."""
    Batch, BatchLine = apps.get_model("generation", "Batch"), apps.get_model("generation", "BatchLine")
    fields = ("count", "first_seed", "prompt", "negative_prompt", "finding")
    rows = Batch.objects.values("pk", *fields).iterator(chunk_size=500)
    lines = (BatchLine(batch_id=row.pop("pk"), first_index=0, **row) for row in rows)
    BatchLine.objects.bulk_create(lines, batch_size=500)
    # The columns change next, and Postgres wants these rows' references checked before.
    schema_editor.connection.check_constraints()


def batches_from_lines(apps, schema_editor):
    """A batch of several prompts gets its first one back; what its images were drawn from is in their recipes."""
    Batch, BatchLine = apps.get_model("generation", "Batch"), apps.get_model("generation", "BatchLine")
    fields = ("first_seed", "prompt", "negative_prompt", "finding")
    for line in BatchLine.objects.filter(first_index=0).values("batch", *fields).iterator(chunk_size=500):
        Batch.objects.filter(pk=line.pop("batch")).update(**line)
    BatchLine.objects.all().delete()
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_registry")]

    operations = [
        migrations.RunPython(lines_from_batches, batches_from_lines),
        # Defaults, so that the columns can come back.
        migrations.AlterField("batch", "prompt", models.TextField(default="")),
        migrations.AlterField("batch", "first_seed", models.BigIntegerField(default=0)),
        migrations.RemoveField("batch", "prompt"),
        migrations.RemoveField("batch", "negative_prompt"),
        migrations.RemoveField("batch", "finding"),
        migrations.RemoveField("batch", "first_seed"),
        migrations.AlterField("batch", "count", models.PositiveIntegerField(help_text="Of all its lines.")),
    ]
