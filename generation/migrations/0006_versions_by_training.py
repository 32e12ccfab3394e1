"""Each training keeps the versions that trained it; those noted on the whole experiment go to all it has."""

from django.db import migrations, models


def to_trainings(apps, schema_editor):
    for experiment in apps.get_model("generation", "Experiment").objects.exclude(versions={}):
        experiment.cells.update(versions=experiment.versions)


def to_experiments(apps, schema_editor):
    for experiment in apps.get_model("generation", "Experiment").objects.all():
        if newest := experiment.cells.order_by("pk").last():
            experiment.versions = newest.versions
            experiment.save(update_fields=["versions"])


class Migration(migrations.Migration):

    dependencies = [
        ('generation', '0005_masks_and_experiments'),
    ]

    operations = [
        migrations.AddField(
            model_name='experimentcell',
            name='versions',
            field=models.JSONField(blank=True, default=dict, help_text='What trained it: another worker may go on with other versions.'),
        ),
        migrations.RunPython(to_trainings, to_experiments),
        migrations.RemoveField(
            model_name='experiment',
            name='versions',
        ),
    ]
